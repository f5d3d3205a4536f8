"""What else an audit tells: what must not be missing, work by hand, what is fine or unseen, first days, its rule."""

from __future__ import annotations

from collections.abc import Sequence

from groma.documents.content import (
    Block,
    Blocks,
    Bullets,
    Callout,
    Column,
    Details,
    Numbered,
    Paragraph,
    Row,
    Table,
)
from groma.documents.deliverables.audit_causes import amount
from groma.documents.deliverables.findings_sections import together
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Link, Strong, line
from groma.documents.printable import ident
from groma.survey import Diagnosis, Found, Gap

QUICK = 12.0
"""Hours (at most) of a remedy that is done at once."""
WEEK_HOURS = 24.0
"""Hours that the first week can hold beside the daily work."""
MONTH_HOURS = 80.0
"""Hours that the first thirty days can hold beside the daily work: half of one person's."""
MOST_WORK = 12
MOST_QUESTIONS = 5
MOST_OPEN = 12


def stops(subject: Subject, survey: Diagnosis) -> Blocks:
    """The smallest sets that stop more than half."""
    if not survey.sets:
        return ()
    quoter, model = subject.quoter, subject.model
    rows = tuple(
        Row(
            (
                line(
                    Strong(
                        line(
                            quoter.say(
                                each.figure,
                                " and ".join(name_of(model, p.partition(".")[2]) for p in each.parts),
                            )
                        )
                    )
                ),
                line(quoter.figure(each.figure)),
                line(
                    quoter.say(each.figure, ", ".join(name_of(model, f"flow:{flow}") for flow in each.flows))
                ),
            )
        )
        for each in survey.sets
    )
    size = len(survey.sets[0].parts)
    who = "one person, supplier or key" if size == 1 else f"{size} people, suppliers or keys together"
    stated = any(flow.worth is not None for flow in model.flows.values())
    what = (
        "of what work brings in a month, as far as it was stated"
        if stated
        else "of the kinds of work, each counted alike"
    )
    words = line("Without ", quoter.say(survey.sets[0].figure, who), f" more than half stops, {what}.")
    return (
        Paragraph(words),
        subject.because(
            Table((Column("Without"), Column("Stops", align="right"), Column("Work that stops")), rows)
        ),
    )


def manual_work(subject: Subject, survey: Diagnosis) -> Blocks:
    """Each kind of work that people are asked for, dearest first."""
    if not survey.work:
        return ()
    quoter, model = subject.quoter, subject.model
    blocks: list[Block] = []
    if quoter.shown("people/hours"):
        words: Inlines = line("With upkeep, people's time comes to ", quoter.figure("people/hours"))
        if quoter.shown("people/month"):
            words = line(words, ", which costs ", quoter.figure("people/month"))
        blocks.append(Paragraph(line(words, ".")))
    rows: list[Row] = []
    for work, figure in survey.work[:MOST_WORK]:
        flow, _, what = work.what.partition(": ")
        takes = quoter.amount(work.path, work.each)
        title = name_of(model, f"flow:{flow}") if flow in model.flows else flow
        rows.append(
            Row(
                (
                    line(Strong(line(title))),
                    line(what) if what != title else line(),
                    line(name_of(model, work.person) if work.person else "nobody in particular"),
                    takes,
                    line(amount(quoter, figure, "not known yet")),
                )
            )
        )
    columns = (
        Column("Work"),
        Column("What is done"),
        Column("By"),
        Column("Time each", align="right"),
        Column("Costs a month", align="right"),
    )
    blocks.append(subject.because(Table(columns, tuple(rows))))
    return tuple(blocks)


def fine(subject: Subject, survey: Diagnosis) -> Blocks:
    """Rules that looked and found nothing, and needs that are met."""
    quoter = subject.quoter
    items: list[Inlines] = [
        line(
            "Not found: ",
            quoter.say("design", _lowered(each.rule.title)),
            " (looked at ",
            quoter.count(
                f"looked/{each.rule.id}", f"Places that {each.rule.id} looked at", each.looked_at, "the rule"
            ),
            ")",
        )
        for each in survey.fine
    ]
    met = [result for result in quoter.ledger.needs if result.verdict == "met"]
    items += [
        line("Met: ", quoter.say(f"need/{r.need}", r.need.replace("_", " ")), ", ", quoter.figure(r.figure))
        for r in met
    ]
    return (subject.because(Bullets(tuple(items))),) if items else ()


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def not_seen(subject: Subject, survey: Diagnosis) -> Blocks:
    """Questions that weren't answered, and what nothing was told about."""
    blocks: list[Block] = []
    if survey.gaps:
        kinds = _kinds(survey.gaps)
        rows = tuple(_open(subject, nth, same) for nth, same in enumerate(kinds))
        blocks.append(
            Paragraph(
                line(
                    "These answers would change what stands here. The figures that hang on them are left open."
                )
            )
        )
        columns = (Column("Not asked, or not answered"), Column("Why it matters"), Column("Where it goes"))
        blocks.append(subject.because(Table(columns, rows[:MOST_OPEN])))
        if len(rows) > MOST_OPEN:
            left = sum(len(same) for same in kinds[MOST_OPEN:])
            number = subject.quoter.count(
                "gaps/more", "Open questions beyond those shown", left, "the survey"
            )
            blocks.append(
                subject.because(Details(line(number, " more"), (Table(columns, rows[MOST_OPEN:]),)))
            )
    if survey.blind:
        number = subject.quoter.count(
            "rules/blind", "Rules that had nothing to look at", len(survey.blind), "the survey"
        )
        words = line(
            "Nothing was told about what ",
            number,
            " of the rules look for, so they found nothing and prove nothing.",
        )
        listed = "; ".join(each.rule.title for each in survey.blind)
        blocks.append(subject.because(Details(words, (Paragraph(line(f"{listed}.")),))))
    return tuple(blocks)


def _kinds(gaps: Sequence[Gap]) -> tuple[tuple[Gap, ...], ...]:
    """Open questions of which the same is asked of several things, together; in the order of the first ones."""
    found: dict[tuple[str, ...], list[Gap]] = {}
    for gap in gaps:
        alone = (gap.question,) if gap.default or not gap.element else ()
        found.setdefault((gap.why, gap.question.partition(" ")[0], *alone), []).append(gap)
    return tuple(tuple(same) for same in found.values())


def _open(subject: Subject, nth: int, same: Sequence[Gap]) -> Row:
    """A row for one question, asked of one thing or of several."""
    first = same[0]
    asked = together([gap.question.removesuffix("?") for gap in same])
    where: Inlines = line(Code(first.element)) if first.element else line()
    if len(same) > 1:
        more = subject.quoter.count(
            f"gaps/alike/{nth}", "Questions asked of other things too", len(same) - 1, "the survey"
        )
        where = line(where, " and ", more, " more")
    return Row(
        (
            line(Strong(line(asked + "?" * first.question.endswith("?")))),
            line(first.why + (f" (taken: {first.default})" if first.default else "")),
            where,
        )
    )


def first_days(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """What to do in the first month: ask, do what is quick, begin with what costs most."""
    quoter = subject.quoter
    items: list[Inlines] = []
    if survey.gaps:
        few = survey.gaps[:MOST_QUESTIONS]
        items.append(
            line(
                Strong(line("Days 1 to 3. ")),
                "Answer what is open: ",
                quoter.say("design", " ".join(gap.question for gap in few)),
            )
        )
    quick, begun, left = _planned(survey)
    for found in quick:
        items.append(line(Strong(line("First week. ")), _step(subject, found, document)))
    for found in begun:
        items.append(line(Strong(line("Weeks 2 to 4. ")), _step(subject, found, document)))
    if not items:
        return ()
    items.append(
        line(
            Strong(line("Day 30. ")),
            "Run the survey again with what was learned, and compare: a cause is gone when its symptoms are.",
        )
    )
    blocks: list[Block] = [subject.because(Numbered(tuple(items)))]
    if left:
        words = line(
            quoter.count("causes/later", "Causes for later", len(left), "the survey"),
            f" more wait{'s' if len(left) == 1 else ''} until these are done: "
            "the month holds no more beside the daily work.",
        )
        blocks.append(Paragraph(words))
    return tuple(blocks)


def _planned(survey: Diagnosis) -> tuple[list[Found], list[Found], list[Found]]:
    """Quick remedies for a week, then the dearest causes, as far as the month holds them (one at least)."""
    quick: list[Found] = []
    week, room = WEEK_HOURS, MONTH_HOURS
    for found in survey.found:
        takes = found.cause.remedy.hours[1]
        if takes <= min(QUICK, week):
            quick.append(found)
            week -= takes
            room -= takes
    begun: list[Found] = []
    left: list[Found] = []
    for found in survey.found:
        if found in quick:
            continue
        takes = found.cause.remedy.hours[1]
        if not begun or takes <= room:
            begun.append(found)
            room -= takes
        else:
            left.append(found)
    return quick, begun, left


def _step(subject: Subject, found: Found, document: str) -> Inlines:
    quoter = subject.quoter
    return line(
        Link(f"#{document}-{ident(found.id)}", line(quoter.say(found.cost, found.case.title))),
        ": ",
        quoter.say(found.hours, found.remedy),
        " (",
        quoter.figure(found.hours),
        ")",
    )


def rule_of_verdict(subject: Subject, survey: Diagnosis, said: str) -> Blocks:
    """The verdict, what decided it, and the whole rule."""
    quoter = subject.quoter
    verdict = survey.verdict
    blocks: list[Block] = [
        subject.because(
            Callout("decision", line(Strong(line(quoter.say(verdict.why[0][1][0], said)))), "Verdict")
        )
    ]
    items = tuple(
        line(quoter.say(refs[0], words), " (", *_listed(subject, refs), ")") for words, refs in verdict.why
    )
    blocks.append(subject.because(Bullets(items)))
    if verdict.joined:
        titles = {found.id: found.case.title for found in survey.found}
        blocks.append(Paragraph(line("These have to be answered together:")))
        blocks.append(
            subject.because(
                Bullets(
                    tuple(line(quoter.say(verdict.why[0][1][0], titles[ident_])) for ident_ in verdict.joined)
                )
            )
        )
    rule = (
        line("Too little was told: no work is described, or the rules had nothing to look at."),
        line(
            "Nothing to do: no cause matters. One matters when a symptom of it is an error, when it surely costs more "
            "than a working day a month, or when a symptom is a warning and it isn't sure that it costs less."
        ),
        line("A project: the remedies together take at least a quarter of a year of one person's work."),
        line(
            "An architecture: three or more kinds of cause, or parts not chosen yet, change the same parts, so that "
            "one answer decides the others."
        ),
        line("A developer or a consultant: everything else."),
    )
    blocks.append(Details(line("The rule: the first of these that holds"), (Numbered(rule),)))
    return tuple(blocks)


def _listed(subject: Subject, refs: tuple[str, ...]) -> Inlines:
    quoter = subject.quoter
    words: Inlines = ()
    for ref in refs:
        if not quoter.shown(ref):
            continue
        title = quoter.ledger[ref].title
        words = line(words, "; " if words else "", _lowered(title), ": ", quoter.figure(ref))
    return words or line("counted")
