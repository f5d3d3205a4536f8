"""Serving a model oneself against paying by the token: both bills, and the load at which they cross.

`inference/COMPONENT/own` (instances that the busiest hour needs, by the month), `/api` (the same calls paid by the
token at what `serves.instead_of` names), `/saves` (the difference), `/breakeven` and `/always` (mean calls a second
from which self-hosting can be, and always is, no dearer), `/when` (months of growth until `always`), `/commitment`
(share of the hours from which a commitment pays).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.cost.lines import fixed_price, runs
from groma.analyses.cost.use import price_of_use
from groma.analyses.evidence import Evidence
from groma.analyses.growth import months_until
from groma.analyses.inference.served import End, instances, served
from groma.analyses.interval import ZERO, Interval, mean_of
from groma.analyses.visits.counts import uses
from groma.model.elements import Component
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity
from groma.solvers.inference import Line, crossings, pays_from


@dataclass(frozen=True, slots=True)
class Bought:
    """The calls of a month, and what they cost where they are paid by the token."""

    calls: Interval
    money: Interval


def bought(context: Context, name: str, evidence: Evidence) -> Bought | None:
    """The calls that reach a component, priced at what it stands instead of; None with what is missing noted."""
    component = context.model.components[name]
    other = _other(context, component, evidence)
    if other is None:
        return None
    calls, money = ZERO, ZERO
    for flow, there in context.model.flows.items():
        if there.starts is None:
            continue
        often = runs(context, flow)
        mine = [use for use in uses(context, flow) if use.name == name and use.kind in ("call", "send")]
        for use in mine:
            evidence.note(f"flows.{flow}.starts.rate", there.starts.rate, "state how often it starts")
            price = price_of_use(context, replace(use, component=other))
            for lacking in price.missing:
                evidence.miss(lacking)
            if not price.pieces:
                evidence.miss(f"components.{name}.serves.instead_of", "name what is paid by the token")
            for piece in price.pieces:
                piece.term.origin.entered(evidence)
            calls = calls + often * use.weight
            money = money + often * use.weight * price.amount
    return None if evidence.missing else Bought(calls, money)


def _other(context: Context, component: Component, evidence: Evidence) -> Component | None:
    """What a component stands instead of, as a component; remembered, since prices are kept by object."""
    path = f"components.{component.name}.serves.instead_of"
    if component.serves is None or component.serves.instead_of is None:
        evidence.miss(path, "name the component or product that would answer otherwise")
        return None
    wanted = component.serves.instead_of
    if wanted in context.model.components:
        return context.model.components[wanted]
    key = ("instead of", component.name, wanted)
    if key not in context.memo:
        offers = {n: replace(o, price={}) for n, o in component.offers.items()}
        context.memo[key] = replace(component, product=wanted, price={}, offers=offers, serves=None)
    found: Component = context.memo[key]
    return found


def instance_price(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """Money a month of one instance."""
    component = context.model.components[name]
    price = fixed_price(context, component)
    for lacking in price.missing:
        evidence.miss(lacking)
    if not price.month:
        evidence.miss(f"components.{name}.price", "state what one instance costs by the hour or month")
    for each in price.month:
        each.term.origin.entered(evidence)
    return None if evidence.missing else price.amount.scaled(1.0 / component.replicas)


def own(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """The month's bill of the instances that the busiest hour needs (at least those that must be up)."""
    price, found = instance_price(context, name, evidence), served(context, name)
    if (
        price is None
        or found.calls is None
        or found.nominal is None
        or found.fast is None
        or found.slow is None
    ):
        return _refused(context, name, evidence)
    least = context.model.components[name].enough or 1
    rate = found.calls.rate
    assert rate.value is not None
    ends = ((rate.low, found.fast), (rate.value, found.nominal), (rate.high, found.slow))
    counts = [max(least, instances(often, end)) for often, end in ends]
    nominal = counts[1] if math.isfinite(counts[1]) else None
    needs = "not known" if nominal is None else f"{nominal:.0f}"
    evidence.line("instances that the busiest hour needs", needs, f"serving/{name}/instances")
    evidence.line("one instance a month", f"{price.value:.6g}" if price.value is not None else "a range")
    return price * Interval(min(counts), nominal, max(counts))


def _refused(context: Context, name: str, evidence: Evidence) -> None:
    found = served(context, name)
    for lacking in () if found.calls is None else found.calls.missing:
        evidence.miss(lacking)
    if found.nominal is None and not evidence.missing:
        evidence.miss(f"components.{name}.serves", found.reason)


def saves(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """What self-hosting saves a month; negative where it is dearer."""
    paid, kept = bought(context, name, evidence), own(context, name, evidence)
    if paid is None or kept is None:
        return None
    value = None if paid.money.value is None or kept.value is None else paid.money.value - kept.value
    return Interval(paid.money.low - kept.high, value, paid.money.high - kept.low)


def crossing(context: Context, name: str, evidence: Evidence, always: bool) -> Interval | None:
    """Mean calls a second from which self-hosting can be (or always is) no dearer; infinite where it never is."""
    made = lines_of(context, name, evidence)
    if made is None:
        return None
    best, nominal, worst = (crossings(line, price)[int(always)] for line, price in made)
    evidence.assume("the mix of calls, and the ratio of the busiest hour to the mean, stay as they are")
    evidence.assume("people who run it are not in the price of an instance unless you put them there")
    return Interval(best, nominal, worst)


def lines_of(context: Context, name: str, evidence: Evidence) -> tuple[tuple[Line, float], ...] | None:
    """(staircase, price of a call) at the best, nominal and worst end for self-hosting."""
    price, paid, found = (
        instance_price(context, name, evidence),
        bought(context, name, evidence),
        served(context, name),
    )
    ends = (found.fast, found.nominal, found.slow)
    if price is None or paid is None or found.calls is None or any(end is None for end in ends):
        return _refused(context, name, evidence)
    calls, money = paid.calls.value, paid.money.value
    if not calls or money is None or found.calls.rate.value is None or price.value is None:
        evidence.miss("flows.*.starts.rate", "state how often flows start, not as a range")
        return None
    peak = max(1.0, found.calls.rate.value * SECONDS_PER_MONTH / calls)
    each = Interval(
        paid.money.low / paid.calls.low if paid.calls.low else 0.0,
        money / calls,
        paid.money.high / paid.calls.high if math.isfinite(paid.calls.high) else math.inf,
    )
    evidence.line("price of a call by the token", f"{each.value:.4g}")
    evidence.line("busiest hour over mean", f"{peak:.4g}")
    least = context.model.components[name].enough or 1
    made: list[tuple[Line, float]] = []
    prices = ((price.low, each.high), (price.value, money / calls), (price.high, each.low))
    for end, (instance, call) in zip(ends, prices, strict=True):
        assert isinstance(end, End)
        if end.kept <= 0.0:
            evidence.miss(f"components.{name}.serves", "no rate keeps its targets")
            return None
        made.append((Line(instance, end.kept, peak, least), call))
    evidence.line(
        "calls a second one instance keeps", f"{made[1][0].capacity:.4g}", f"serving/{name}/throughput"
    )
    return tuple(made)


def when(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """Months of growth until self-hosting is always no dearer."""
    growth = context.model.growth
    evidence.note("growth", growth, "state how much more load is expected each year")
    there, paid = crossing(context, name, evidence, True), bought(context, name, evidence)
    if there is None or paid is None or evidence.missing:
        return None
    now, rising = paid.calls.scaled(1.0 / SECONDS_PER_MONTH), mean_of(growth)
    value = None
    if now.value is not None and rising.value is not None:
        value = months_until(0.0, now.value, math.inf if there.value is None else there.value, rising.value)
    return Interval(
        months_until(0.0, now.high, there.low, rising.high),
        value,
        months_until(0.0, now.low, there.high, rising.low),
    )


def commitment(context: Context, name: str, evidence: Evidence) -> Interval | None:
    """Share of a month's hours that one instance must run for its commitment to pay."""
    serves = context.model.components[name].serves
    committed = None if serves is None else serves.committed
    evidence.note(
        f"components.{name}.serves.committed", committed, "state what a commitment costs: `9000 EUR/month`"
    )
    price = instance_price(context, name, evidence)
    if price is None or not isinstance(committed, Quantity):
        return None
    month = mean_of(committed).scaled(SECONDS_PER_MONTH)
    value = None if month.value is None or price.value is None else pays_from(month.value, price.value)
    return Interval(pays_from(month.low, price.high), value, pays_from(month.high, price.low))
