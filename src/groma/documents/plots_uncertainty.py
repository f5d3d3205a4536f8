"""The tornado of a figure from its ledger: how far each fact that isn't known better moves it."""

from __future__ import annotations

from dataclasses import replace

from groma.documents.charts.chart import Axis, Datum, Swing, Tornado
from groma.documents.content import Picture
from groma.documents.inlines import line
from groma.documents.measures_in_words import measure_title
from groma.documents.plots import datum
from groma.documents.quote import Quoter, printed_unit, spoken
from groma.model.figure import Figure
from groma.model.printed import format_quantity

MOST_SWINGS = 10
TOO_LITTLE = 0.02
"""An interval narrower than this share of its middle is no wider than the mark of a bar's end."""
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
    base = _end(quoter.ledger[f"swing/{measure}/base"]) if facts else None
    if base is None or len(facts) < 2:
        return None
    found: list[tuple[str, Datum, Datum]] = []
    for name in facts:
        low, high = (_end(quoter.ledger[f"swing/{measure}/{name}/{end}"]) for end in ("low", "high"))
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
        f"{axis.title}: “",
        quoter.say(first, fact_name(first)),
        "”",
        " moves it most, to ",
        quoter.say(low.ref, low.text),
        " at the low end of its range and to ",
        quoter.say(high.ref, high.text),
        " at the high end.",
    )
    alt = line(f"{axis.title}: how far facts move it")
    return Picture(ident, Tornado(axis, _scaled(base, by), swings), caption, alt)


def _end(figure: Figure) -> Datum | None:
    """A figure with one fact at an end of its range: its middle, where what is left open of it is too little to see."""
    made = datum(figure)
    if made is None or figure.value is not None or figure.low is None or figure.high is None:
        return made
    if figure.high - figure.low > TOO_LITTLE * abs(made.value):
        return made
    unit, scale = printed_unit(figure)
    return replace(made, text=spoken(format_quantity(made.value * scale, unit)))


def fact_name(name: str) -> str:
    """A fact, or a place in the model, in words."""
    return name.partition("/")[2].replace("_", " ")


def _scaled(d: Datum, by: float) -> Datum:
    return replace(d, value=d.value / by, low=None, high=None)
