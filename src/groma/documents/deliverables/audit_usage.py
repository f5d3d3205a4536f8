"""Chapters of an audit of an AI system: what its models cost and why, from logs of calls, and who is needed for it."""

from __future__ import annotations

from collections.abc import Iterable

from groma.analyses.information.labels import MODELS
from groma.analyses.usage import Usage
from groma.analyses.usage.growth import FACTORS
from groma.analyses.usage.told import WORDS
from groma.catalog import Catalog, load_catalog
from groma.documents.content import Block, Blocks, Bullets, Callout, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.inlines import Inlines, Strong, line, sentence
from groma.model.elements import Model
from groma.survey import Diagnosis


def usage(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """What logs of calls say: whether cost grows faster than use, what of it is structural, what could be saved."""
    told = survey.usage
    if told is None:
        return ()
    blocks: list[Block] = []
    if told.calls:
        blocks.append(subject.because(Paragraph(_paid(subject, told))))
    blocks += _growth(subject, told)
    blocks += part(document, "usage-saved", "What of it could be saved", _savings(subject, told))
    blocks += part(document, "usage-payers", "Who it goes to", _payers(subject, told))
    blind = Bullets(tuple(line(sentence(each)) for each in told.blind))
    blocks += part(document, "usage-blind", "What the log can't say", (blind,) if told.blind else ())
    return tuple(blocks)


def _paid(subject: Subject, told: Usage) -> Inlines:
    quoter = subject.quoter
    calls = quoter.count("usage/calls", "Calls in the logs", told.calls, "usage logs, each call once")
    words = line(calls, " calls of models were logged; they cost ", quoter.figure("usage/cost"), ".")
    if told.unpriced:
        bare = quoter.count("usage/unpriced", "Calls without a cost", told.unpriced, "usage logs")
        words = line(words, " ", bare, " of them carry no cost.")
    return words


def _growth(subject: Subject, told: Usage) -> Blocks:
    quoter, grown = subject.quoter, told.growth
    if grown is None:
        return ()
    faster = grown.faster_than_usage
    said = "Cost grows faster than use" if faster else "Cost doesn't grow faster than use"
    words = quoter.say(
        "usage/growth/requests",
        f"{said}: {grown.cost[0]:,.2f} to {grown.cost[1]:,.2f} USD on {grown.requests[0]:,} to "
        f"{grown.requests[1]:,} requests, {grown.periods[0]} against {grown.periods[1]}.",
    )
    effects = sorted(FACTORS, key=lambda factor: -abs(grown.effects[factor]))
    rows = tuple(
        Row(
            (
                line(Strong(line(WORDS[factor]))),
                line("use" if factor == "requests" else "structure"),
                line(quoter.figure(f"usage/growth/{factor}")),
            )
        )
        for factor in effects
    )
    columns = (Column("What changed the cost"), Column("It is"), Column("By", align="right"))
    callout = Callout("risk" if faster else "good", line(words), "Cost and use")
    return (subject.because(callout, Table(columns, rows)), *_bills(subject, told))


def _bills(subject: Subject, told: Usage) -> Blocks:
    against = ((month, f"{factor:.2f} times") for month, factor in told.bills)
    return _listed(subject, "usage/growth/requests", against, "Bill of", "Against the month before")


def _savings(subject: Subject, told: Usage) -> Blocks:
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(saving.title))),
                line(quoter.figure(f"usage/saving/{saving.id}")),
                line(sentence(saving.how)),
            ),
            (f"usage/saving/{saving.id}",),
        )
        for saving in told.savings
        if saving.high > 0
    )
    if not rows:
        return ()
    columns = (Column("Saving"), Column("Over the time of the log", align="right"), Column("How", share=2.2))
    return (subject.because(Table(columns, rows, line("Savings overlap, so they have no sum."))),)


def _payers(subject: Subject, told: Usage) -> Blocks:
    paid = ((who, f"{money:,.2f} USD") for who, money in told.payers)
    return _listed(subject, "usage/cost", paid, "Team or user", "Paid")


def _listed(subject: Subject, ref: str, told: Iterable[tuple[str, str]], what: str, how_much: str) -> Blocks:
    """A table of names with amounts that one figure was made of; nothing where there are none."""
    rows = tuple(Row((line(name), line(subject.quoter.say(ref, amount)))) for name, amount in told)
    return (subject.because(Table((Column(what), Column(how_much, align="right")), rows)),) if rows else ()


def needed(subject: Subject, survey: Diagnosis, document: str) -> Blocks:
    """Who is needed, with the arithmetic; around models also who does what among five roles that are confused."""
    told, quoter = survey.staffing, subject.quoter
    if told is None:
        return ()
    first = told.why[0][1][0]
    blocks: list[Block] = [
        subject.because(
            Callout("decision", line(Strong(line(quoter.say(first, sentence(told.word))))), "Who is needed")
        ),
        subject.because(
            Bullets(
                tuple(line(quoter.say(refs[0], words), *_figures(subject, refs)) for words, refs in told.why)
            )
        ),
    ]
    rows = [
        Row((line(Strong(line(role))), line("remedies"), line(quoter.figure(ref))))
        for role, ref in told.roles
    ]
    if quoter.shown("survey/staffing/architect"):
        hours = line(quoter.figure("survey/staffing/architect"))
        rows.append(Row((line(Strong(line("architect"))), line("deciding, writing, watching"), hours)))
    if rows:
        columns = (Column("Who"), Column("For"), Column("Hours, once", align="right"))
        blocks.append(subject.because(Table(columns, tuple(rows))))
    if told.cost is not None:
        paid = line("What the architect costs, once: ", quoter.figure(told.cost), ".")
        blocks.append(subject.because(Paragraph(paid)))
    if any(component.kind.lower() in MODELS for component in subject.model.components.values()):
        catalog = load_catalog() if subject.catalog is None else subject.catalog
        blocks += part(document, "roles", "Who does what around a model", _roles(subject.model, catalog))
    return tuple(blocks)


def _figures(subject: Subject, refs: tuple[str, ...]) -> Inlines:
    shown = [ref for ref in refs if subject.quoter.shown(ref)]
    return line(" (", subject.quoter.listed(shown), ")") if shown else ()


def _roles(model: Model, catalog: Catalog) -> Blocks:
    """Activities of the table `ai-roles` by role; of those about serving only where a model is served by itself."""
    served = any(component.serves is not None for component in model.components.values())
    does: dict[str, list[str]] = {}
    beside: dict[str, dict[str, None]] = {}
    for row in catalog.entries("ai-roles"):
        if row.text("activity") == "serving" and not served:
            continue
        does.setdefault(row.text("does"), []).append(row.text("title"))
        beside.setdefault(row.text("does"), {})[row.text("with")] = None
    rows = tuple(
        Row((line(Strong(line(role))), line("; ".join(titles)), line(", ".join(beside[role]))))
        for role, titles in does.items()
    )
    columns = (Column("Role"), Column("Does", share=2.2), Column("Decides with"))
    return (
        Table(
            columns, rows, line("Table `ai-roles` of the catalog; a small team's people have several roles.")
        ),
    )
