"""Share of a pool's resource left after it loses its largest member (N + 1 reserve of clusters, links and feeds).

A pool is a component whose replicas each provide the resource, or that such components run on. What runs on it takes
from it; a component that runs on something else without the resource takes it from a provider that it depends on.
Left over: (what the other members provide - what is taken) / what the other members provide; negative when the pool
can't stand the loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, hull
from groma.analyses.reach import replicas_of
from groma.analyses.standing import settled
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """`headroom/COMPONENT/RESOURCE` (share of what is left)."""
    _, pool, resource = measure.split("/")
    evidence = Evidence(context)
    members, taken, priced = _count(context, pool, resource, evidence)
    title = f"{resource} of {pool} left after losing its largest member"
    if not members:
        evidence.miss(f"components.{pool}.provides.{resource}", "state how much it provides")
        return Figure(
            measure, title, "1", method="N - 1", missing=evidence.missing, reason="nothing provides it"
        )
    left = _after_loss(members)
    evidence.line(
        f"{len(members)} members, the largest lost",
        f"{left.low:.6g} to {left.high:.6g} left",
        *evidence.inputs,
    )
    evidence.line(
        f"taken by {priced[0]} of {priced[1]} that take from it", f"{taken.low:.6g} to {taken.high:.6g}"
    )
    known = not evidence.missing
    if left.high <= 0.0:
        reason = "at most nothing: a pool of one member has nothing left after losing it"
        return Figure(
            measure, title, "1", high=0.0, method="N - 1", inputs=evidence.inputs, missing=evidence.missing,
            derivation=tuple(evidence.lines), reason=reason,
        )  # fmt: skip
    spread = _left(left, taken)
    return Figure(
        measure,
        title,
        "1",
        value=spread.value if known else None,
        low=spread.low if math.isfinite(spread.low) else None,
        high=spread.high,
        method="N - 1",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else f"at most: {priced[0]} of {priced[1]} say what they take",
        valid=("members are alike enough that what runs on the lost one fits on any other",),
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Most and least that can be left; minus infinity where not all that is taken is known, or nothing is left."""
    _, pool, resource = measure.split("/")
    members, taken, _ = _count(context, pool, resource, Evidence(context))
    left = _after_loss(members) if members else Interval(0.0, None, math.inf)
    if left.high <= 0.0:
        return -math.inf, -math.inf
    spread = _left(left, taken)
    return spread.high, spread.low


def _count(
    context: Context, pool: str, resource: str, evidence: Evidence
) -> tuple[list[Interval], Interval, tuple[int, int]]:
    """Members' amounts (largest first), what is taken of them, and how many of those who take it say how much."""
    names = sorted([*context.model.components, *context.model.alternatives])
    hosts = {pool}
    members = _members(context, pool, context.candidates(pool), resource, evidence)
    if not members:
        for name in names:
            inside = [c for c in context.candidates(name) if c.runs_on == pool and resource in c.provides]
            if inside:
                hosts.add(name)
                members += _members(context, name, tuple(inside), resource, evidence)
    taken, stated, asked = ZERO, 0, 0
    for name in names:
        takers = [c for c in context.candidates(name) if _takes_from(context, c, hosts, resource)]
        if name in hosts or not takers:
            continue
        amounts: list[Interval] = []
        for component in takers:
            asked += 1
            amount = component.takes.get(resource)
            path = f"components.{name}.takes.{resource}"
            amounts.append(
                evidence.mean(path, amount, "state how much one of it takes") * replicas_of(component)
            )
            stated += isinstance(amount, Quantity)
        if not settled(context, name) or len(takers) < len(context.candidates(name)):
            amounts.append(ZERO)
        taken = taken + hull(amounts)
    return members, taken, (stated, asked)


def _members(
    context: Context, name: str, candidates: tuple[Component, ...], resource: str, evidence: Evidence
) -> list[Interval]:
    """What the members under one name provide; while it is open, each place of the list encloses all alternatives."""
    lists: list[list[Interval]] = []
    for component in candidates:
        amount = component.provides.get(resource)
        each = ZERO if amount is None else evidence.mean(f"components.{name}.provides.{resource}", amount)
        lists.append([each] * component.replicas if amount is not None else [])
    if lists and not settled(context, name):
        lists.append([])
    longest = max((len(amounts) for amounts in lists), default=0)
    return [hull(amounts[n] if n < len(amounts) else ZERO for amounts in lists) for n in range(longest)]


def _takes_from(context: Context, component: Component, hosts: set[str], resource: str) -> bool:
    if component.runs_on in hosts:
        return True
    if resource not in component.takes:
        return False
    carriers = context.candidates(component.runs_on) if component.runs_on is not None else ()
    if any(resource in carrier.provides for carrier in carriers):
        return False
    return any(name in hosts for name in component.depends_on)


def _after_loss(members: list[Interval]) -> Interval:
    """What the others provide when the largest is gone, at each end and as stated."""
    values = [member.value for member in members]
    nominal = None if None in values else _but_the_largest(v for v in values if v is not None)
    return Interval(
        _but_the_largest(m.low for m in members), nominal, _but_the_largest(m.high for m in members)
    )


def _but_the_largest(amounts: Iterable[float]) -> float:
    return math.fsum(sorted(amounts)[:-1])


def _left(left: Interval, taken: Interval) -> Interval:
    value = None
    if left.value and taken.value is not None:
        value = (left.value - taken.value) / left.value
    low = -math.inf if left.low <= 0.0 else (left.low - taken.high) / left.low
    high = 1.0 if not math.isfinite(left.high) else (left.high - taken.low) / left.high
    return Interval(low, value, high)
