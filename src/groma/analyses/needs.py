"""Needs held against figures: met or missed only if the whole interval lies on one side of the target, else undecided.

A latency need brings a success need with it (99 % unless one is stated), so that giving up early never looks fast. The
margin is the share of the target that is left; for shares that should be near one it is the share of the error budget.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from groma.analyses.approval import ALWAYS
from groma.analyses.approval import bounds as approval_bounds
from groma.analyses.context import Context
from groma.analyses.registry import figure
from groma.analyses.residency import Stay, outside
from groma.model.elements import Need
from groma.model.figure import Figure, NeedResult, Target, Verdict
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.printed import format_quantity, format_range
from groma.model.quantity import Quantity
from groma.model.units import UnitError, convert, parse_unit

SUCCESS_UNLESS_STATED = 0.99
NEAR_ONE = ("availability", "success")


def results(context: Context) -> Iterator[NeedResult]:
    """Every need with its verdict, and the success needs that latency needs bring with them."""
    stated = {need.measure for need in context.model.needs.values()}
    for name, need in context.model.needs.items():
        yield held(context, name, need)
        measure = parsed(need.measure)
        if measure.kind == "latency":
            success = f"success/{measure.subject}" + (f"@{measure.mark}" if measure.mark else "")
            if success not in stated:
                stated.add(success)
                yield _accompanying(context, name, success)


def held(context: Context, name: str, need: Need) -> NeedResult:
    """One need against its figure."""
    found = figure(context, need.measure)
    measure = parsed(need.measure)
    if measure.kind == "approval":
        return _approved(context, name, need, found)
    if measure.kind == "residency":
        return _within(context, name, need, measure, found)
    quantity = need.at_most or need.at_least
    if not isinstance(quantity, Quantity):
        target = Target("at_most", text="no target")
        return NeedResult(name, need.measure, target, "not shown", why="the need states no target")
    value = in_unit(context, quantity, found.unit)
    sense = "at_most" if need.at_most is not None else "at_least"
    target = Target(sense, value, text=("at most " if sense == "at_most" else "at least ") + quantity.text)
    result = judged(name, found, target, measure.kind)
    return _recovered(context, result, found) if measure.kind == "recovery" else result


def judged(name: str, found: Figure, target: Target, kind: str, accompanies: str = "") -> NeedResult:
    """A number against its target."""
    assert target.value is not None
    decision = verdict(found, target)
    return NeedResult(
        name,
        found.name,
        target,
        decision,
        margin=_margin(found.value, target, kind),
        margin_low=_margin(found.high if target.sense == "at_most" else found.low, target, kind),
        why=_why(found, target, decision),
        accompanies=accompanies,
    )


def verdict(found: Figure, target: Target) -> Verdict:
    """Met or missed when the whole interval lies on one side, else undecided; not shown without any bound, and disputed
    when two methods differ."""
    assert target.value is not None
    if found.disputed:
        return "disputed"
    low, high = found.ends(-math.inf)
    if target.sense == "at_least":
        low, high, wanted = -high, -low, -target.value
    else:
        wanted = target.value
    slack = 1e-12 * abs(wanted)
    if high <= wanted + slack:
        return "met"
    if low > wanted + slack:
        return "missed"
    return "not shown" if found.low is None and found.high is None else "undecided"


def in_unit(context: Context, quantity: Quantity, unit: str) -> float:
    """A target in the unit of its figure; money or time for a month may be stated without saying so.

    Raises UnitError when they measure different things.
    """
    factor = 1.0
    currency = quantity.unit.currency
    if currency is not None and currency != context.model.currency:
        rate = context.model.exchange.get(currency)
        if not isinstance(rate, Quantity):
            raise UnitError(f"`{quantity.text}`: state what 1 {currency} is worth in `exchange`")
        factor, home = rate.mean, parse_unit(context.model.currency)
        canonical = quantity.unit.canonical / parse_unit(currency) * home
    else:
        canonical = quantity.unit.canonical
    wanted = parse_unit(unit)
    try:
        return convert(quantity.mean * factor, canonical, wanted)
    except UnitError:
        if not unit.endswith("/month"):
            raise
        return convert(quantity.mean * factor, canonical, parse_unit(unit.removesuffix("/month")))


def parsed(measure: str) -> ParsedMeasure:
    """A measure of a checked model."""
    found = parse_measure(measure)
    if isinstance(found, str):
        raise ValueError(found)
    return found


def _accompanying(context: Context, name: str, measure: str) -> NeedResult:
    target = Target("at_least", SUCCESS_UNLESS_STATED, text="at least 99 % (brought by the latency need)")
    return judged(f"{name}-success", figure(context, measure), target, "success", accompanies=name)


def _approved(context: Context, name: str, need: Need, found: Figure) -> NeedResult:
    target = Target("is", words=(need.is_ or ALWAYS,), text=f"is {need.is_ or ALWAYS}")
    if found.words is None:
        return NeedResult(name, need.measure, target, "not shown", why=found.reason)
    least, most = approval_bounds(context, need.measure)
    decision: Verdict = "met" if most == 0 else "missed" if least > 0 else "undecided"
    ways = [line.text for line in found.derivation[1:]]
    why = (
        "every path to it asks first"
        if not ways
        else ways[0] + (f" (and {len(ways) - 1} more)" if ways[1:] else "")
    )
    return NeedResult(name, need.measure, target, decision, why=why)


def _within(context: Context, name: str, need: Need, measure: ParsedMeasure, found: Figure) -> NeedResult:
    target = Target("within", words=need.within, text="within " + ", ".join(need.within))
    if not found.derivation and found.words is None:
        return NeedResult(
            name, need.measure, target, "not shown", why=found.reason, would_change=found.missing
        )
    surely, maybe = outside(context, measure.subject, need.within)
    if surely:
        return NeedResult(name, need.measure, target, "missed", why=_told(surely))
    if maybe:
        unknown = all(stay.jurisdiction is None for stay in maybe)
        decision: Verdict = "not shown" if unknown and context.closed else "undecided"
        return NeedResult(name, need.measure, target, decision, why=_told(maybe), would_change=found.missing)
    return NeedResult(
        name, need.measure, target, "met", why=f"they are in {found.words}" if found.words else ""
    )


def _recovered(context: Context, result: NeedResult, found: Figure) -> NeedResult:
    """What is lost for good misses every target; what was never brought back meets none, unless it isn't built yet."""
    from groma.analyses.recovery.figures import unproven

    if found.words is not None:
        return replace(result, verdict="missed", why=f"{found.words}: {found.reason}")
    if result.verdict != "met" or parsed(result.figure).statistic not in ("rpo", "rto"):
        return result
    never, planned = unproven(context, result.figure)
    if never:
        return replace(
            result,
            verdict="undecided",
            why=f"{result.why}, by what is stated; but a restore was never tried, so it is unproven",
            would_change=tuple(
                f"{copy.path}.tested: try a restore, time it, state the date" for copy in never
            ),
        )
    if planned:
        why = f"{result.why}; a plan, unproven until the restore is tried before it is relied on"
        return replace(result, why=why)
    return result


def _told(stays: tuple[Stay, ...]) -> str:
    first = stays[0]
    more = f" (and {len(stays) - 1} more)" if len(stays) > 1 else ""
    return f"{first.holder} {first.how}: {first.place or 'nobody says where it is'}{more}"


def _margin(value: float | None, target: Target, kind: str) -> float | None:
    wanted = target.value
    if value is None or wanted is None or not math.isfinite(value):
        return None
    if kind in NEAR_ONE and wanted < 1.0:
        return (value - wanted) / (1.0 - wanted)
    if wanted == 0.0:
        return None
    return (wanted - value) / abs(wanted) if target.sense == "at_most" else (value - wanted) / abs(wanted)


def _why(found: Figure, target: Target, decision: Verdict) -> str:
    if decision == "not shown":
        return found.reason or "it can't be shown"
    if decision == "disputed":
        other = found.second
        assert other is not None
        told = format_range(other.low or 0.0, other.high or 0.0, found.unit)
        return f"two methods differ ({other.method}: {told}): {found.disputed}"
    low, high = found.low, found.high
    if low is None or high is None or math.isinf(high):
        known, word = (high, "at most") if low is None else (low, "at least")
        shown = f"{word} {format_quantity(known or 0.0, found.unit)}"
    elif high - low <= 1e-6 * abs(high):
        shown = format_quantity(low, found.unit)
    else:
        shown = format_range(low, high, found.unit)
    return f"{shown}, wanted {target.text}"
