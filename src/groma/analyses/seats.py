"""Seats that are paid for and used by nobody: `seats/COMPONENT`, and `seats/COMPONENT/month` as money.

Users are the heads of those who are named in `used_by`, a team counting as many as it has. Money needs a price for each
seat (`15 EUR/seat/month`).
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.cost.prices import prices
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, point, total
from groma.model.elements import Component, Model
from groma.model.figure import Figure
from groma.model.quantity import Quantity


def users(model: Model, component: Component) -> Interval:
    """How many people use it."""
    counts = (model.people[name].count for name in component.used_by)
    return total(point(1.0) if count is None else mean_of(count) for count in counts)


def unused(model: Model, component: Component) -> Interval:
    """Seats beyond the users; none where there are fewer seats than users."""
    paid, used = mean_of(component.seats), users(model, component)
    value = None if paid.value is None or used.value is None else max(0.0, paid.value - used.value)
    return Interval(max(0.0, paid.low - used.high), value, max(0.0, paid.high - used.low))


def figure(context: Context, measure: str) -> Figure:
    """Seats, or money a month."""
    _, name, *money = measure.split("/")
    component = context.model.components[name]
    evidence = Evidence(context)
    evidence.note(f"components.{name}.seats", component.seats, "state how many seats are paid for")
    title = f"Seats of {name} that nobody uses"
    if not component.used_by:
        evidence.miss(f"components.{name}.used_by", "say who works with it")
    for user in component.used_by:
        count = context.model.people[user].count
        if isinstance(count, Quantity):
            evidence.note(f"people.{user}.count", count)
        evidence.line(f"used by {user}", "1" if count is None else count.text)
    whole, unit = unused(context.model, component), "1"
    if money:
        title, unit = f"Price of the seats of {name} that nobody uses", f"{context.model.currency}/month"
        evidence.line("seats that nobody uses", "", f"seats/{name}")
        terms = [t for t in prices(context, component).fixed if t.per == "resource" and t.size == "seat"]
        for term in terms:
            evidence.note(term.origin.path, term.origin.quantity)
        if not terms:
            evidence.miss(f"components.{name}.price", "state the price of a seat: `15 EUR/seat/month`")
        whole = whole * total(term.amount for term in terms)
    if evidence.missing:
        return Figure(measure, title, unit, missing=evidence.missing, reason="facts are not stated")
    return Figure(
        measure, title, unit, whole.value, whole.low, whole.high if math.isfinite(whole.high) else None,
        method="seats less users", inputs=evidence.inputs, derivation=tuple(evidence.lines),
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()
