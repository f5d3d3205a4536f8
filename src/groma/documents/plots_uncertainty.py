"""The tornado of a figure from its ledger: how far each fact that isn't known better moves it."""

from __future__ import annotations

from dataclasses import replace

from groma.documents.charts.chart import Axis, Datum, Swing, Tornado
from groma.documents.content import Picture
from groma.documents.inlines import line
from groma.documents.measures_in_words import measure_title
from groma.documents.plots import datum
from groma.documents.quote import Quoter

MOST_SWINGS = 10
TIMES = (
    (7200.0, 3600.0, "hours"),
    (120.0, 60.0, "minutes"),
    (0.5, 1.0, "seconds"),
    (0.0, 0.001, "milliseconds"),
)
"""From so many seconds on, an axis of times counts in these."""


def swung_facts(quoter: Quoter, measure: str) -> tuple[str, ...]:
    """The inputs that move a figure, the one that moves it furthest first."""
    ends = [f for f in quoter.named(f"swing/{measure}/") if f.name.endswith("/low")]
    return tuple(f.name.removeprefix(f"swing/{measure}/").removesuffix("/low") for f in ends)


def tornado_chart(quoter: Quoter, measure: str, ident: str) -> Picture | None:
    """How far each fact swings a measure; None where fewer than two do."""
    facts = swung_facts(quoter, measure)[:MOST_SWINGS]
    base = datum(quoter.ledger[f"swing/{measure}/base"]) if facts else None
    if base is None or len(facts) < 2:
        return None
    found: list[tuple[str, Datum, Datum]] = []
    for name in facts:
        low, high = (datum(quoter.ledger[f"swing/{measure}/{name}/{end}"]) for end in ("low", "high"))
        if low is not None and high is not None:
            found.append((name, low, high))
    if len(found) < 2:
        return None
    unit = quoter.ledger[measure].unit
    by, shown = (
        next(((b, u) for least, b, u in TIMES if base.value >= least), (1.0, unit))
        if unit == "s"
        else (1.0, unit)
    )
    swings = tuple(
        Swing(line(quoter.say(name, fact_name(name))), _scaled(low, by), _scaled(high, by))
        for name, low, high in found
    )
    share = unit == "1" and base.text.endswith("%")
    axis = Axis(measure_title(measure), "" if unit == "1" else shown, percent=share)
    first, low, high = found[0]
    caption = line(
        f"{axis.title}: ",
        quoter.say(first, fact_name(first)),
        " moves it most, from ",
        quoter.say(low.ref, low.text),
        " at the low end of its range to ",
        quoter.say(high.ref, high.text),
        " at the high end.",
    )
    alt = line(f"{axis.title}: how far facts move it")
    return Picture(ident, Tornado(axis, _scaled(base, by), swings), caption, alt)


def fact_name(name: str) -> str:
    """A fact, or a place in the model, in words."""
    return name.partition("/")[2].replace("_", " ")


def _scaled(d: Datum, by: float) -> Datum:
    return replace(d, value=d.value / by, low=None, high=None)
