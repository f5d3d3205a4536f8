"""Chances that a structure function draws: of a branch of a choice, and of a loop whose steps don't run at all."""

from __future__ import annotations

from groma.analyses.interval import Interval, point
from groma.model.program import Repeat
from groma.model.quantity import Quantity


def first_of(share: Interval, rest: list[Interval]) -> Interval:
    """The chance of a branch when those before it weren't taken: its share of what is left."""
    low_rest, high_rest = (min(1.0, sum(x)) for x in ([r.low for r in rest], [r.high for r in rest]))
    values = [r.value for r in rest]
    value = None
    if share.value is not None and None not in values:
        whole = share.value + sum(v for v in values if v is not None)
        value = share.value / whole if whole > 0 else 0.0
    return Interval(ratio(share.low, high_rest, 0.0), value, ratio(share.high, low_rest, 1.0))


def ratio(part: float, rest: float, otherwise: float) -> float:
    """A part of all; `otherwise` of nothing."""
    return part / (part + rest) if part + rest > 0 else otherwise


def no_rounds(loop: Repeat) -> Interval:
    """The chance that a loop's steps don't run at all."""
    if loop.until is not None:
        return Interval(0.0, 0.0, 0.0)
    times = loop.times
    if not isinstance(times, Quantity):
        return Interval(0.0, None, 1.0)
    if times.constant:
        low, high = (0.0 if end >= 0.5 else 1.0 for end in (times.high, times.low))
        return Interval(low, low if low == high else None, high)
    if times.known is not None:
        return Interval(0.0, None, 1.0)
    from groma.analyses.outcome.repeat import count_law

    counts = count_law(times.law, 1)
    assert counts is not None
    return point(float(counts[0]))
