"""The bill of a month as lines: what stands (fixed prices of components) and what each flow uses of them.

Every line says which open choices it depends on, so that a designer can tabulate it over just these; its lower end is
valid whatever is chosen elsewhere, hence so is the sum of all lower ends. A use that only some alternatives make counts
from zero while its role is open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from groma.analyses.context import Context
from groma.analyses.cost.least import least_spend
from groma.analyses.cost.prices import Term, prices
from groma.analyses.cost.use import UsePrice, price_of_use
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, mean_of, total
from groma.analyses.reach import decided, reach_of, replicas_of
from groma.analyses.standing import Line, standing
from groma.analyses.visits.counts import Use, uses
from groma.model.elements import Component
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity

Ends = Literal["both", "least", "quick"]
"""`both` ends of each line; the `least` alone, which asks for no queues; or that in a fraction of the time, and less
tightly. While choices are open only the least is known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One fixed term of a component: `times` of it (replicas, bytes kept, seats)."""

    component: str
    term: Term
    times: Interval

    @property
    def amount(self) -> Interval:
        return self.term.amount * self.times

    @property
    def exact(self) -> Fraction | None:
        if self.term.exact is None or self.times.value is None:
            return None
        return self.term.exact * Fraction(self.times.value)


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """What a component costs by just standing there; `once` is what buying it takes."""

    month: tuple[Standing, ...] = ()
    once: tuple[Standing, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def amount(self) -> Interval:
        whole = total(each.amount for each in self.month)
        return Interval(
            whole.low, None if self.missing else whole.value, math.inf if self.missing else whole.high
        )


def fixed_price(context: Context, component: Component) -> FixedPrice:
    """The fixed price of a component; remembered for each component object."""
    key = ("fixed price", id(component))
    known: FixedPrice | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _fixed(context, component)
    return known


def _fixed(context: Context, component: Component) -> FixedPrice:
    found = prices(context, component)
    missing = list(found.missing)
    month: list[Standing] = []
    once: list[Standing] = []
    for term in found.fixed:
        times = _times(context, component, term, missing)
        (once if term.per == "once" else month).append(Standing(component.name, term, times))
    if not found.stated and not missing and not carried(context, component):
        missing.append(f"components.{component.name}.price: state what it costs (0 if it is free)")
    return FixedPrice(tuple(month), tuple(once), tuple(dict.fromkeys(missing)))


def carried(context: Context, component: Component) -> bool:
    """Whether it is paid for with what it runs on: every possible carrier has a price, or is itself carried so."""
    if component.runs_on is None:
        return False
    carriers = context.model.candidates(component.runs_on)
    return all(prices(context, c).stated or carried(context, c) for c in carriers)


def _times(context: Context, component: Component, term: Term, missing: list[str]) -> Interval:
    replicas = replicas_of(component)
    if term.per in ("month", "once"):
        return replicas
    if term.per == "stored":
        kept = [data for data in context.model.data.values() if component.name in data.held_by]
        for data in kept:
            if not isinstance(data.size, Quantity):
                missing.append(f"data.{data.name}.size: state how much there is")
        if not kept:
            missing.append(f"data.*.held_by: say what {component.name} keeps, or price it by the month")
        return total(mean_of(data.size) for data in kept) if kept else NOTHING_KNOWN
    if term.size in ("seat", "user") and isinstance(component.seats, Quantity):
        return replicas * mean_of(component.seats)
    for amounts in (component.provides, component.takes):
        for name, amount in sorted(amounts.items()):
            if isinstance(amount, Quantity) and (
                name in (term.size, f"{term.size}s") or (term.size, 1) in amount.unit.dimension
            ):
                return replicas * mean_of(amount)
    missing.append(f"components.{component.name}.provides.{term.size}: state how many it is paid for")
    return NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Spent:
    """What a flow spends on one use: `runs` a month, times uses per run, times the price of a use."""

    flow: str
    runs: Interval
    use: Use
    price: UsePrice

    @property
    def run(self) -> Interval:
        """Expected money per run."""
        return self.use.weight * self.price.amount

    @property
    def month(self) -> Interval:
        return self.runs * self.run

    @property
    def exact_run(self) -> Fraction | None:
        if self.use.weight.value is None or self.price.missing:
            return None
        whole = Fraction()
        for piece in self.price.pieces:
            if piece.exact is None:
                return None
            whole += piece.exact
        return Fraction(self.use.weight.value) * whole


def runs(context: Context, flow: str) -> Interval:
    """Runs of a flow a month; none of a flow that only runs inside others."""
    start = context.model.flows[flow].starts
    if start is None:
        return ZERO
    return mean_of(start.rate).scaled(SECONDS_PER_MONTH)


def spent(context: Context, flow: str) -> Iterator[Spent]:
    """What a flow spends, use by use; uses that cost nothing are left out."""
    often = runs(context, flow)
    for use in uses(context, flow):
        price = price_of_use(context, use)
        if price.pieces or price.missing:
            yield Spent(flow, often, use, price)


def lines(context: Context, rate: float = 1.0, *, ends: Ends = "both") -> tuple[Line, ...]:
    """The month's bill by line, `rate` times the stated rates; ends infinite where a price is missing."""
    found = list(standing(context, lambda component: fixed_price(context, component).amount))
    for name, flow in context.model.flows.items():
        if flow.starts is not None:
            found += _of_flow(context, name, ends)
    if rate == 1.0:
        return tuple(found)
    return tuple(
        replace(
            line,
            low=line.low * rate,
            value=None if line.value is None else line.value * rate,
            high=line.high * rate,
        )
        if line.name.startswith("flows.")
        else line
        for line in found
    )


def _of_flow(context: Context, flow: str, ends: Ends) -> tuple[Line, ...]:
    """The lines of one flow; remembered for the choices inside it (for all of them once queues are known)."""
    inside = reach_of(context, context.model.flows[flow].steps).roles
    whole = ends == "both" and decided(context)
    chosen = context.narrowed(context.left if whole else inside)
    key = ("cost of flow", flow, ends, chosen)
    known: tuple[Line, ...] | None = context.memo.get(key)
    if known is None and (ends != "both" or not decided(context)):
        often = runs(context, flow)
        known = context.memo[key] = (
            *(
                Line(f"flows.{flow}: {name}", often.low * least, None, math.inf, roles)
                for name, (least, roles) in least_spend(context, flow, quick=ends == "quick").items()
            ),
            Line(f"flows.{flow}: all that may come to it", 0.0, None, math.inf),
        )
    if known is None:
        parts: dict[tuple[str, frozenset[str]], Interval] = {}
        for each in spent(context, flow):
            name = (each.use.name, each.use.roles)
            parts[name] = parts.get(name, ZERO) + each.month
        known = tuple(
            Line(f"flows.{flow}: {component}", amount.low, amount.value, amount.high, roles)
            for (component, roles), amount in parts.items()
        )
        context.memo[key] = known
    return known
