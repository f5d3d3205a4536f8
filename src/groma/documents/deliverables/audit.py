"""The audit: what is wrong, what it costs, what must change; for a founder, a head of IT or whoever answers for it.

Read in ten minutes, acted on in the same week: the problem as it was told beside the cause found, causes in the order
of what they cost, what is fine, what wasn't looked at, the first thirty days, and one verdict with its rule. The first
page uses plain words; how each number was come by is one click away.
"""

from __future__ import annotations

from groma.documents.content import (
    Block,
    Blocks,
    Callout,
    Card,
    Cards,
    Column,
    Document,
    Paragraph,
    Row,
    Table,
)
from groma.documents.deliverables.audit_causes import amount, at_risk, causes, payback_text
from groma.documents.deliverables.audit_pictures import bars, graph, map_of
from groma.documents.deliverables.audit_rest import (
    fine,
    first_days,
    manual_work,
    not_seen,
    rule_of_verdict,
    stops,
)
from groma.documents.deliverables.audit_usage import needed, usage
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.inlines import Inlines, Link, Strong, line
from groma.documents.printable import ident
from groma.survey import Diagnosis, Found

ID = "audit"
FIRST = 6
"""Causes on the first page."""

VERDICTS = {
    "too little told": "Too little was told to judge.",
    "nothing to do": "There is nothing to do.",
    "a developer or a consultant": "A developer or a consultant will do: no architect yet.",
    "an architecture": "This needs an architecture before anybody builds or buys.",
    "a project": "This is a project: an architecture first, then people, a budget and dates.",
}


def write(subject: Subject) -> Document | None:
    """The whole document; None where nothing was surveyed."""
    survey = subject.survey
    if survey is None:
        return None
    sections = (
        *section(ID, "cost", "What it costs", cost(subject, survey)),
        *section(ID, "usage", "What the use of models costs", usage(subject, survey, ID)),
        *section(ID, "causes", "The causes, one by one", causes(subject, survey, ID)),
        *section(ID, "graph", "What points to what", graph(subject, survey, ID)),
        *section(ID, "stops", "What must not be missing", stops(subject, survey)),
        *section(ID, "work", "What is done by hand", manual_work(subject, survey)),
        *section(ID, "fine", "What is fine", fine(subject, survey)),
        *section(ID, "unseen", "What was not looked at, what was not asked", not_seen(subject, survey)),
        *section(ID, "map", "What there is", map_of(subject, ID)),
        *section(ID, "days", "The first thirty days", first_days(subject, survey, ID)),
        *section(
            ID, "verdict", "The verdict", rule_of_verdict(subject, survey, VERDICTS[survey.verdict.word])
        ),
        *section(ID, "needed", "Who is needed", needed(subject, survey, ID)),
    )
    return DELIVERABLE.document(
        subject,
        "What is wrong, what it costs, what must change",
        summary(subject, survey),
        sections,
    )


def summary(subject: Subject, survey: Diagnosis) -> Blocks:
    """What was said, what was found, the verdict, and the causes that cost most."""
    quoter = subject.quoter
    blocks: list[Block] = []
    if subject.model.problem:
        blocks.append(Callout("note", line(subject.model.problem.strip()), "What you told us"))
    blocks.append(Callout("risk" if survey.found else "good", _found(subject, survey), "What we found"))
    why = survey.verdict.why[0]
    said = line(
        Strong(line(quoter.say("survey/verdict", VERDICTS[survey.verdict.word]))),
        " ",
        quoter.say(why[1][0], why[0]),
    )
    blocks.append(
        Callout(
            "decision", line(said, " ", Link(f"#{ID}-verdict", line("How that was decided"))), "What you need"
        )
    )
    cards = _cards(subject, survey)
    if cards:
        blocks.append(Cards(cards))
    if survey.found:
        blocks.append(table(subject, survey.found[:FIRST], short=True))
        more = len(survey.found) - FIRST
        if more > 0:
            words = line(
                quoter.count("causes/more", "Causes beyond the first page", more, "the survey"),
                f" more {'follows' if more == 1 else 'follow'} in ",
                Link(f"#{ID}-cost", line("the full list")),
                ".",
            )
            blocks.append(Paragraph(words))
    return (subject.because(*blocks),)


def _found(subject: Subject, survey: Diagnosis) -> Inlines:
    """The first cause in a sentence or two."""
    if not survey.found:
        return line("Nothing that the survey looks for was found in what was told.")
    quoter, first = subject.quoter, survey.found[0]
    words = line(
        Strong(line(quoter.say(first.cost, f"{first.cause.title}."))),
        " ",
        quoter.say(first.cost, f"{first.case.title}. "),
    )
    if quoter.shown(first.cost):
        return line(
            words,
            "That costs ",
            amount(quoter, first.cost),
            " a month",
            also(subject, first),
            ". ",
            quoter.say(first.cost, first.cause.risk),
        )
    return line(
        words,
        quoter.say(first.cost, first.cause.risk),
        " What that costs can't be told yet: a fact is missing.",
    )


def also(subject: Subject, found: Found) -> Inlines:
    """Says where some of the cost isn't stated."""
    figure = subject.quoter.ledger[found.cost]
    return line(", and more that nobody stated") if figure.missing and figure.low is not None else ()


def _cards(subject: Subject, survey: Diagnosis) -> tuple[Card, ...]:
    quoter = subject.quoter
    cards: list[Card] = []
    if quoter.shown(survey.total):
        cards.append(
            Card(
                "All causes together",
                line(amount(quoter, survey.total)),
                line("a month, nothing counted twice"),
                f"#{ID}-cost" if survey.found else "",
            )
        )
    number = quoter.count("causes", "Causes found", len(survey.found), "the survey")
    told = quoter.count("symptoms", "Symptoms found", len(survey.findings), "the survey")
    cards.append(
        Card(
            "Causes",
            line(number),
            line("behind ", told, " symptoms"),
            f"#{ID}-causes" if survey.found else "",
        )
    )
    if survey.work and quoter.shown("people/month"):
        cards.append(
            Card(
                "Work by hand and upkeep",
                line(quoter.monthly("people/month")),
                line("of people's time a month"),
                f"#{ID}-work",
            )
        )
    if quoter.shown("survey/hours"):
        cards.append(
            Card("To put it right", line(quoter.figure("survey/hours")), line("of work, once"), f"#{ID}-days")
        )
    return tuple(cards)


def cost(subject: Subject, survey: Diagnosis) -> Blocks:
    """A picture and the table of all causes, dearest first."""
    if not survey.found:
        return ()
    quoter = subject.quoter
    if not any(quoter.shown(each.cost) for each in survey.found):
        none = line(
            "None of the causes can be told as money yet: it isn't stated what the work brings, or what an hour costs. "
            "They stand in the order of what hangs on them. ",
            Link(f"#{ID}-unseen", line("What was not asked")),
        )
        rest = () if len(survey.found) <= FIRST else (table(subject, survey.found, short=False),)
        return (Paragraph(none), *rest)
    words = line(
        "Costs are worked out from what was told: people's hours at what an hour costs, prices of what nobody uses, "
        "and what work brings that stops. What may be caught up later counts from nothing to all of it. "
    )
    if quoter.shown(survey.total):
        words = line(
            words,
            "Together that is ",
            amount(quoter, survey.total),
            " a month",
            "; an hour that two causes speak of is counted once, so it is less than the sum of the rows.",
        )
    return (Paragraph(words), *bars(subject, survey, ID), table(subject, survey.found, short=False))


def table(subject: Subject, found: tuple[Found, ...], *, short: bool) -> Block:
    """Causes with what they cost, what the remedy takes, and when that has come back; where none can be told as money,
    with what is at risk instead."""
    quoter = subject.quoter
    if not any(quoter.shown(each.cost) for each in found):
        return _without_money(subject, found)
    rows = tuple(
        Row(
            (
                _name(subject, each),
                line(amount(quoter, each.cost, "not known yet"), _star(subject, each)),
                line(quoter.figure(each.hours) if short else amount(quoter, each.effort, "not known")),
                line(payback_text(quoter, each.payback)),
            )
        )
        for each in found
    )
    columns = (
        Column("Cause"),
        Column("Costs a month", align="right"),
        Column("Remedy takes" if short else "Remedy costs, once", align="right"),
        Column("Paid back in", align="right"),
    )
    return subject.because(Table(columns, rows))


def _without_money(subject: Subject, found: tuple[Found, ...]) -> Block:
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                _name(subject, each),
                line(quoter.say(each.cost, at_risk(subject.model, each))),
                line(quoter.figure(each.hours)),
                line(amount(quoter, each.effort, "not known")),
            )
        )
        for each in found
    )
    columns = (
        Column("Cause"),
        Column("At risk"),
        Column("Remedy takes", align="right"),
        Column("Remedy costs, once", align="right"),
    )
    return subject.because(Table(columns, rows))


def _name(subject: Subject, found: Found) -> Inlines:
    title = line(subject.quoter.say(found.cost, found.case.title))
    return line(Strong(line(Link(f"#{ID}-{ident(found.id)}", title))))


def _star(subject: Subject, found: Found) -> Inlines:
    figure = subject.quoter.ledger[found.cost]
    return line(", and more") if figure.missing and figure.low is not None else ()


DELIVERABLE = Deliverable(
    ID,
    "Audit",
    "For whoever answers for it",
    "What is wrong, what does it cost, and what must change?",
    write,
)
