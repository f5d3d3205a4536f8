"""What isn't known better, and what it does: how figures spread, which fact matters most, how much load they stand."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.measures_in_words import measure_title
from groma.documents.plots import need_title
from groma.documents.plots_uncertainty import fact_name, swung_facts, tornado_chart
from groma.documents.quote import Quoter
from groma.model.figure import Figure, NeedResult

MOST_CHARTS = 2
MOST_NAMED = 3
TOLD, SHARP = 0.1, 0.3
"""A fact is said to make a part of the spread from this share on, where the share is known to no less than that."""


def which_facts(subject: Subject, document: str) -> Blocks:
    """The section "Which facts matter most"; nothing where no figure hangs on a range, or none was studied."""
    quoter = subject.quoter
    spread = [
        f.name.removeprefix("spread/").removesuffix("/p50")
        for f in quoter.named("spread/")
        if f.name.endswith("/p50")
    ]
    if not spread:
        return ()
    blocks: list[Block] = [_spread_table(subject, spread)]
    for number, measure in enumerate(_charted(quoter, spread), 1):
        chart = tornado_chart(quoter, measure, f"{document}-facts-{number}")
        if chart is not None:
            blocks.append(chart)
            shares = _shares(quoter, measure)
            if shares:
                blocks.append(Paragraph(shares))
    return (subject.because(*blocks),)


def load_stood(subject: Subject) -> Blocks:
    """How much more load each need stands before it is no longer met, or its figure can no longer be shown."""
    quoter = subject.quoter
    items = tuple(
        _stood(subject, quoter, result)
        for result in quoter.ledger.needs
        if f"envelope/{result.need}/shown" in quoter.ledger
    )
    return (subject.because(Bullets(items)),) if items else ()


def _spread_table(subject: Subject, measures: list[str]) -> Table:
    quoter = subject.quoter
    rows: list[Row] = []
    for measure in measures:
        needs = [
            r for r in quoter.ledger.needs if r.figure == measure and f"chance/{r.need}" in quoter.ledger
        ]
        cells = (
            line(quoter.say(measure, measure_title(measure))),
            line(quoter.ends(measure)),
            line(quoter.figure(f"spread/{measure}/most")),
            line(quoter.figure(f"chance/{needs[0].need}")) if needs else (),
            _most(quoter, measure),
        )
        rows.append(Row(cells))
    columns = (
        Column("Figure"),
        Column("In any case", align="right"),
        Column("In nine cases of ten", align="right"),
        Column("Need met", align="right"),
        Column("Moved most by"),
    )
    return Table(columns, tuple(rows))


def _most(quoter: Quoter, measure: str) -> Inlines:
    facts = swung_facts(quoter, measure)
    return line(quoter.say(facts[0], fact_name(facts[0]))) if facts else line("nothing")


def _charted(quoter: Quoter, measures: list[str]) -> list[str]:
    """Figures of undecided needs first, then those that a fact moves furthest for their size."""
    undecided = {r.figure for r in quoter.ledger.needs if r.verdict == "undecided"}
    several = [m for m in measures if len(swung_facts(quoter, m)) > 1]
    ranked = sorted(several, key=lambda m: (m not in undecided, -_width(quoter, m), m))
    return ranked[:MOST_CHARTS]


def _width(quoter: Quoter, measure: str) -> float:
    name = f"swing/{measure}/{swung_facts(quoter, measure)[0]}"
    low, high, base = (
        _middle(quoter.ledger[f]) for f in (f"{name}/low", f"{name}/high", f"swing/{measure}/base")
    )
    return abs(high - low) / abs(base) if base else 0.0


def _middle(figure: Figure) -> float:
    if figure.value is not None:
        return figure.value
    return ((figure.low or 0.0) + (figure.high or 0.0)) / 2


def _shares(quoter: Quoter, measure: str) -> Inlines:
    """The facts that most of the spread comes from, in a sentence."""
    found = [
        f
        for f in quoter.named(f"variance/{measure}/")
        if f.name.endswith("/all") and (f.value or 0.0) >= TOLD
    ]
    found.sort(key=lambda f: (-(f.value or 0.0), f.name))
    parts: list[Inlines] = []
    for figure in found[:MOST_NAMED]:
        name = figure.name.removeprefix(f"variance/{measure}/").removesuffix("/all")
        parts.append(
            line("; " if parts else "", quoter.say(name, fact_name(name)), " ", quoter.figure(figure.name))
        )
    return line("Of the spread, counted as variance: ", *parts, ".") if parts else ()


def _stood(subject: Subject, quoter: Quoter, result: NeedResult) -> Inlines:
    ref, name = f"need/{result.need}", f"envelope/{result.need}"
    title = need_title(subject.model, ref)
    if result.accompanies:
        title = f"{need_title(subject.model, f'need/{result.accompanies}')} without failing"
    met, shown = quoter.ledger[f"{name}/met"], quoter.ledger[f"{name}/shown"]
    words = line(Strong(line(quoter.say(ref, title))))
    if met.high is not None and not met.low:
        return line(
            words, " isn't known to be met at any load; its figure can be shown ", *_up_to(quoter, shown), "."
        )
    if met.high is None:
        return line(words, " stays met ", *_up_to(quoter, met), "; more wasn't tried.")
    same = shown.low == met.low
    until = line(words, " stays met ", *_up_to(quoter, met))
    if same:
        return line(until, "; beyond that its figure can't be shown.")
    return line(until, "; its figure can be shown ", *_up_to(quoter, shown), ".")


def _up_to(quoter: Quoter, figure: Figure) -> Inlines:
    """Up to which load, as a rate where it is one flow's, and as times the busiest hour."""
    if figure.high is not None and not figure.low:
        return line("at no load")
    times = line(quoter.low(figure.name), " times the load of the busiest hour")
    rate = f"{figure.name}/rate"
    return line("up to ", quoter.low(rate), ", ", *times) if rate in quoter.ledger else line("up to ", *times)
