"""When growth fills people and tools: `full/people.NAME`, `full/components.NAME`, in months from the model's date.

With a load that grows by `growth` a year, what flows ask of a person (V hours a month) grows with it, while keeping
components alive (F) doesn't; C working hours are full after t months, with F + V (1 + g)^(t/12) = C. A station of a
stated number of servers is full when its utilisation, in proportion to the load, is one; its earliest month lets every
retry happen. The ends of the interval are those of the facts: the earliest month has the most work, the fewest hours
and the fastest growth. Zero months: it is full already.
"""

from __future__ import annotations

import math

from groma.analyses.capacity import bounds as capacity_bounds
from groma.analyses.capacity import held
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, total
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.queues import Queues, component_at
from groma.analyses.loads.rounds import most_loads
from groma.analyses.people import available, work
from groma.analyses.reach import reach, servers
from groma.analyses.registry import figure as figure_of
from groma.model.figure import Figure
from groma.model.model_programs import programs
from groma.model.program import walk
from groma.model.quantity import Quantity

MONTHS_A_YEAR = 12.0


def months_until(fixed: float, growing: float, capacity: float, growth: float) -> float:
    """Months until `fixed + growing (1 + growth)^(t/12)` reaches the capacity; infinite where it never does."""
    if fixed + growing >= capacity:
        return 0.0
    if growing <= 0.0 or growth <= 0.0 or math.isinf(capacity):
        return math.inf
    return MONTHS_A_YEAR * math.log((capacity - fixed) / growing) / math.log1p(growth)


def figure(context: Context, measure: str) -> Figure:
    """One of the figures above. Raises ValueError for anything but a person or a component."""
    section, _, name = measure.partition("/")[2].partition(".")
    if section not in ("people", "components"):
        raise ValueError(f"`{measure}`: written `full/people.NAME` or `full/components.NAME`")
    title = f"Months until growth fills {name}"
    if not isinstance(context.model.growth, Quantity):
        missing = ("growth: state how much more load is expected each year",)
        return Figure(measure, title, "month", missing=missing, reason="growth isn't stated")
    evidence = Evidence(context)
    evidence.note("growth", context.model.growth)
    found = (_person if section == "people" else _station)(context, name, evidence)
    if found is None:
        return Figure(
            measure, title, "month", method="logarithm of spare load", missing=evidence.missing,
            reason="nothing limits it: no working hours or servers are stated",
        )  # fmt: skip
    value = found.value if found.value is not None and math.isfinite(found.value) else None
    never = found.low == math.inf
    return Figure(
        measure, title, "month",
        value=None if evidence.missing else value,
        low=None if never else found.low,
        high=found.high if math.isfinite(found.high) else None,
        words="never" if never else None,
        method="logarithm of spare load",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), missing=evidence.missing,
        valid=("all flows grow alike; keeping components alive doesn't; nobody is added", *evidence.valid),
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Earliest and latest month."""
    return figure(context, measure).ends()


def _person(context: Context, name: str, evidence: Evidence) -> Interval | None:
    person = context.model.people[name]
    if not isinstance(person.hours, Quantity):
        evidence.miss(f"people.{name}.hours", "state the working hours a week")
        return None
    evidence.note(f"people.{name}.hours", person.hours)
    mine = [each for each in work(context) if each.person == name]
    for each in mine:
        evidence.note(each.path, each.each, "state how long it takes")
    fixed = total(each.hours for each in mine if each.flow is None)
    growing = total(each.hours for each in mine if each.flow is not None)
    capacity = available(context, name)
    for text, hours in (("fixed", fixed), ("growing", growing), ("there are", capacity)):
        shown = "not known" if hours.value is None else f"{hours.value:.4g}"
        evidence.line(f"hours a month: {text}", shown, f"load/{name}")
    figure_of(context, f"load/{name}")
    return _span(context, fixed, growing, capacity)


def _station(context: Context, name: str, evidence: Evidence) -> Interval | None:
    station = f"components.{name}"
    component, loads = component_at(context, station), most_loads(context)
    count = None if component is None else servers(component)
    if count is None or loads is None or component is None or component.scales is not None:
        evidence.miss(f"{station}.threads", "state how many calls it works on at once")
        return None
    calm = figure_of(context, f"utilisation/{name}")
    evidence.use(calm.name)
    queues = Queues(context, time_grid(context), loads)
    storm = total(held(queues, one)[0] * one.rate for one in loads.arrivals.get(station, ())).high / count
    low, _ = capacity_bounds(context, f"utilisation/{name}")
    for path in calm.missing:
        evidence.miss(path)
    evidence.line("share of its servers that are busy in the busiest hour", "", calm.name)
    if storm > max(low, calm.value or 0.0) and _comes_again(context, station):
        evidence.assume("the earliest month lets every retry happen")
    busy = Interval(low, calm.value, max(storm, low))
    return _span(context, Interval(0.0, 0.0, 0.0), busy, Interval(1.0, 1.0, 1.0))


def _comes_again(context: Context, station: str) -> bool:
    """Whether calls of it are retried, its own or those around them."""
    steps = (step for _, each in programs(context.model) for step in walk(each))
    return any(
        step.policies.retry is not None
        and step.policies.retry.times > 0
        and station in reach(context, step).stations
        for step in steps
    )


def _span(context: Context, fixed: Interval, growing: Interval, capacity: Interval) -> Interval:
    growth = mean_of(context.model.growth)
    value = None
    if None not in (fixed.value, growing.value, capacity.value, growth.value):
        value = months_until(
            fixed.value or 0.0, growing.value or 0.0, capacity.value or 0.0, growth.value or 0.0
        )
    return Interval(
        months_until(fixed.high, growing.high, capacity.low, growth.high),
        value,
        months_until(fixed.low, growing.low, capacity.high, growth.low),
    )
