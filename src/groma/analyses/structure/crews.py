"""Replicas that share the crews which repair them: more are down at once than if each had a crew of its own.

How many of n like replicas are down is a birth-death chain (the machine-repair model, `solvers.faulttrees.repairable`).
Where nothing but the number of replicas that are up counts, each is taken as an independent part that is down as often
as makes fewer than `enough` exactly as likely as in the chain, and whose outages stop the component exactly as often.
Where each stands on something of its own, there are bounds: no replica is up more often than with a crew of its own,
and together they are up at least as those are that each have crews / n of one (with j down each gets min(1, crews / j)
of a crew, which is never less).
"""

from __future__ import annotations

from math import comb

from groma.analyses.interval import Interval, mean_of
from groma.analyses.structure.redundancy import alongside, up_of
from groma.model.elements import Component, Model
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import equivalent_unavailability, probability_of_down


def few_crews(component: Component) -> int | None:
    """How many crews repair its replicas, where they are fewer than these."""
    crews = None if component.fails is None else component.fails.crews
    return None if crews is None or crews >= component.replicas else crews


def counted(model: Model, component: Component) -> bool:
    """Whether only the number of its replicas that are up counts: none stands on something of its own, or under it."""
    if len(set(component.place)) > 1:
        return False
    if component.runs_on is not None and any(
        alongside(component, carrier) for carrier in model.candidates(component.runs_on)
    ):
        return False
    others = [c for name in (*model.components, *model.alternatives) for c in model.candidates(name)]
    return not any(other.runs_on == component.name and alongside(other, component) for other in others)


def with_crews(model: Model, component: Component, crews: int) -> tuple[Interval, float | None] | None:
    """(chance that a replica is up, mean length of its outages); None where its times aren't known."""
    fails, n = component.fails, component.replicas
    if fails is None or not (isinstance(fails.every, Quantity) and isinstance(fails.repaired_in, Quantity)):
        return None
    every, repair = mean_of(fails.every), mean_of(fails.repaired_in)
    assert every.value is not None
    assert repair.value is not None
    if not counted(model, component):
        return Interval(up_of(every.low, repair.high * n / crews), None, up_of(every.high, repair.low)), None
    needed = component.enough or 1
    down, lasts = equivalent(needed, n, every.value, repair.value, crews)
    worst, _ = equivalent(needed, n, every.low, repair.high, crews)
    best, _ = equivalent(needed, n, every.high, repair.low, crews)
    return Interval(1.0 - worst, 1.0 - down, 1.0 - best), lasts


def equivalent(needed: int, n: int, every: float, repair: float, crews: int) -> tuple[float, float]:
    """(unavailability, mean outage) of each of n independent parts that stop a group as often and as long as n parts do
    that share crews: up for `every` and repaired in `repair` on average."""
    if repair <= 0.0:
        return 0.0, 0.0
    chances = probability_of_down(n, 1.0 / every, 1.0 / repair, crews)
    down = equivalent_unavailability(needed, n, min(sum(chances[n - needed + 1 :]), 1.0))
    often = needed / every * chances[n - needed]
    just = n * comb(n - 1, needed - 1) * down ** (n - needed) * (1.0 - down) ** (needed - 1)
    return down, down * just / often
