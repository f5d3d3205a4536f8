"""Money: the bill of a month, by component and by flow; what a run costs; what is paid once.

Arithmetic on stated prices and expected uses (`visits`). A bill is added up twice, in exact fractions: by component
(calls a month times price, and what stands) and by flow (runs a month times the cost of a run, and what stands); they
must agree to the cent. What has no price makes the sum a lower bound with its coverage. The bill is without tax,
rebates and people's time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from groma.analyses.context import Context
from groma.analyses.cost.derivation import (
    cents,
    miss_how_often,
    note_all_spent,
    note_fixed,
    shown,
)
from groma.analyses.cost.lines import FixedPrice, Spent, Standing, fixed_price, lines, runs, spent
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, total
from groma.analyses.reach import decided
from groma.model.elements import Component
from groma.model.figure import Figure, Result

PERCENTILE = re.compile(r"p\d{1,2}(?:\.\d+)?")


def figure(context: Context, measure: str) -> Figure:
    """`cost/month`, `cost/once`, `cost/component/NAME`, `cost/flow/NAME`, `cost/FLOW/run|pNN|bound`."""
    parts = measure.split("/")
    if PERCENTILE.fullmatch(parts[-1]) and parts[1] in context.model.flows:
        from groma.analyses.spending.figures import figure as percentile

        return percentile(context, measure)
    if measure == "cost/month":
        return _month(context, measure)
    if measure == "cost/once":
        return _once(context, measure)
    if parts[-1] == "bound" and parts[1] in context.model.flows:
        from groma.analyses.bound import cost_bound

        return cost_bound(context, measure, parts[1])
    if parts[-1] == "run" and parts[1] in context.model.flows:
        return _run(context, measure, parts[1])
    return (
        _of_component(context, measure, parts[2])
        if parts[1] == "component"
        else _of_flow(context, measure, parts[2])
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most; for `cost/month` from the lines, without any text."""
    if measure == "cost/month":
        found = lines(context)
        return math.fsum(line.low for line in found), sum(line.high for line in found)
    parts = measure.split("/")
    if PERCENTILE.fullmatch(parts[-1]) and parts[1] in context.model.flows:
        from groma.analyses.spending.figures import bounds as percentiles

        return percentiles(context, measure)
    if parts[-1] == "run" and parts[1] in context.model.flows:
        whole = total(each.run for each in spent(context, parts[1]))
        low = math.fsum(each.run.low for each in spent(context, parts[1]) if not each.use.when)
        return low, whole.high
    if parts[-1] == "bound" and parts[1] in context.model.flows:
        from groma.analyses.bound import bound_of

        return 0.0, bound_of(context, parts[1]).cost
    return figure(context, measure).ends()


def growth(context: Context, factors: Iterable[float]) -> tuple[tuple[float, Interval], ...]:
    """The bill of a month at multiples of the stated rates, for charts: (factor, money a month)."""
    found: list[tuple[float, Interval]] = []
    for factor in factors:
        at = lines(context, factor)
        found.append((factor, total(Interval(line.low, line.value, line.high) for line in at)))
    return tuple(found)


def _fixed(context: Context) -> list[tuple[Component, FixedPrice]]:
    names = [*context.model.components, *context.model.alternatives]
    return [
        (component, fixed_price(context, component))
        for name in names
        for component in context.candidates(name)
    ]


def _spent(context: Context) -> list[Spent]:
    return [each for name in context.model.flows for each in spent(context, name)]


def _paid(used: Iterable[Spent]) -> list[Spent]:
    """Those that cost anything in a month: not what is free, nor what a flow uses that only runs inside others."""
    return [each for each in used if each.month != ZERO]


def _month(context: Context, measure: str) -> Figure:
    evidence = Evidence(context)
    currency = context.model.currency
    fixed, used = _fixed(context), _spent(context)
    by_component = _by_component(fixed, used)
    by_flow = _by_flow(context, fixed, used)
    nominal = _sum(by_component.values())
    other = _sum(by_flow.values())
    for component, price in fixed:
        note_fixed(evidence, price)
        del component
    note_all_spent(evidence, used)
    if nominal is not None and other is not None and cents(nominal) != cents(other):
        raise AssertionError(
            f"the bill by component ({cents(nominal)}) and by flow ({cents(other)}) differ: a mistake in Groma"
        )
    for name, amount in sorted(by_component.items()):
        evidence.line(f"for {name}", shown(amount, currency), f"cost/component/{name}")
    for name, amount in by_flow.items():
        reference = f"cost/flow/{name}" if name else None
        evidence.line(
            f"by flow: {name}" if name else "by flow: what stands", shown(amount, currency), reference
        )
    unpriced = [component.name for component, price in fixed if price.missing]
    known = not evidence.missing
    evidence.assume(
        "list prices without tax and rebates; a month has 730 hours; people's time is a figure of its own"
    )
    if any(each.use.step.policies.retry is not None for each in used):
        evidence.assume("calls per run, with their retries, are those of the busiest hour")
    low, value, high = _ends(context, nominal, known)
    how_often = miss_how_often(evidence, _paid(used))
    reason = (
        how_often
        if known
        else f"at least: {len(fixed) - len(unpriced)} of {len(fixed)} components are priced"
    )
    return Figure(
        measure,
        "Bill of a month",
        f"{currency}/month",
        value=value,
        low=low,
        high=high,
        method="added up by component",
        second=Result(
            "added up by flow",
            low,
            high,
            None if other is None or value is None else float(cents(other)),
        ),
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason=reason,
    )


def numbers(context: Context, measure: str) -> tuple[float | None, float | None, float | None]:
    """Low end, value and high end of `figure` alone, without what it is derived from."""
    if measure != "cost/month":
        found = figure(context, measure)
        return found.low, found.value, found.high
    fixed, used = _fixed(context), _spent(context)
    known = not any([*(price.missing for _, price in fixed), *(each.price.missing for each in used)])
    return _ends(context, _sum(_by_component(fixed, used).values()), known)


def _ends(
    context: Context, nominal: Fraction | None, known: bool
) -> tuple[float, float | None, float | None]:
    """Low end, value and high end of a month's bill whose nominal sum is given; `known`: nothing is missing to it."""
    low, high = bounds(context, "cost/month")
    value = None if nominal is None or not known or not decided(context) else float(cents(nominal))
    if value is not None:
        low, high = min(low, value), max(high, value)
    return low, value, high if known and math.isfinite(high) else None


def _by_component(fixed: list[tuple[Component, FixedPrice]], used: list[Spent]) -> dict[str, Fraction | None]:
    """What is spent on each component in a month: what stands, and calls a month times their price."""
    amounts: dict[str, Fraction | None] = {}
    for component, price in fixed:
        own = None if price.missing else _sum(each.exact for each in price.month)
        amounts[component.name] = _plus(amounts.get(component.name, Fraction()), own)
    for each in _paid(used):
        calls = None
        if each.runs.value is not None and each.use.weight.value is not None:
            calls = Fraction(each.runs.value) * Fraction(each.use.weight.value)
        price = None if each.price.missing else _sum(piece.exact for piece in each.price.pieces)
        spent_on = None if calls is None or price is None else calls * price
        amounts[each.use.name] = _plus(amounts.get(each.use.name, Fraction()), spent_on)
    return amounts


def _by_flow(
    context: Context, fixed: list[tuple[Component, FixedPrice]], used: list[Spent]
) -> dict[str, Fraction | None]:
    """What is spent by each flow in a month: its runs times the cost of a run; and, under no name, what stands."""
    amounts: dict[str, Fraction | None] = {
        "": _sum(None if price.missing else _sum(each.exact for each in price.month) for _, price in fixed)
    }
    for name in context.model.flows:
        mine = [each for each in used if each.flow == name]
        if not mine:
            continue
        run, often = _sum(each.exact_run for each in _paid(mine)), runs(context, name).value
        amounts[name] = None if run is None or often is None else Fraction(often) * run
    return amounts


def _once(context: Context, measure: str) -> Figure:
    evidence = Evidence(context)
    pieces: list[Standing] = []
    for _, price in _fixed(context):
        pieces += price.once
        for each in price.once:
            evidence.line(
                f"to buy {each.component}",
                shown(each.exact, context.model.currency),
                *each.term.entered(evidence),
            )
    whole = total(each.amount for each in pieces)
    return _plain(measure, "Paid once", context.model.currency, whole, evidence, ())


def _of_component(context: Context, measure: str, name: str) -> Figure:
    evidence = Evidence(context)
    amounts: list[Interval] = []
    for component in context.candidates(name):
        price = fixed_price(context, component)
        note_fixed(evidence, price)
        amounts.append(price.amount)
    used = [each for each in _spent(context) if each.use.name == name]
    note_all_spent(evidence, used)
    amounts += [each.month for each in used]
    return _plain(
        measure,
        f"Spent on {name} in a month",
        f"{context.model.currency}/month",
        total(amounts),
        evidence,
        _paid(used),
    )


def _of_flow(context: Context, measure: str, name: str) -> Figure:
    evidence = Evidence(context)
    used = list(spent(context, name))
    note_all_spent(evidence, used)
    whole = total(each.month for each in used)
    unit = f"{context.model.currency}/month"
    return _plain(measure, f"Spent by {name} in a month", unit, whole, evidence, _paid(used))


def _run(context: Context, measure: str, name: str) -> Figure:
    evidence = Evidence(context)
    used = list(spent(context, name))
    note_all_spent(evidence, used, a_month=False)
    whole = total(each.run for each in used)
    evidence.assume("what stands is not part of a run's cost")
    return _plain(measure, f"Expected cost of a run of {name}", context.model.currency, whole, evidence, used)


def _plain(
    measure: str, title: str, unit: str, whole: Interval, evidence: Evidence, used: Sequence[Spent]
) -> Figure:
    known = not evidence.missing
    how_often = miss_how_often(evidence, used)
    return Figure(
        measure,
        title,
        unit,
        value=whole.value if known else None,
        low=whole.low,
        high=whole.high if known and math.isfinite(whole.high) else None,
        method="prices times uses",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason=how_often if known else "at least: a price, rate or size isn't known",
    )


def _sum(amounts: Iterable[Fraction | None]) -> Fraction | None:
    result: Fraction | None = Fraction()
    for amount in amounts:
        result = _plus(result, amount)
    return result


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b
