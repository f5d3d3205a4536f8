"""What a step can reach: the open choices inside it, the stations it may wait at, which connection a call travels.

Open choices inside a step are what its figures depend on, and so the key under which they are remembered: a designer
who asks for thousands of partial choices pays for each step only once per choice made inside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.interval import Interval, point
from groma.model.elements import Component, Connection, Model, Person
from groma.model.model_programs import programs
from groma.model.program import (
    Action,
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Send,
    Step,
    inner_steps,
    walk,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Roles of open choices, names of stations (`components.x`, `people.y`) and marks inside a step."""

    roles: frozenset[str]
    stations: frozenset[str]
    marks: frozenset[str] = frozenset()
    """Those of the flow: marks in an operation's own steps are none of it."""


NOWHERE = Reach(frozenset(), frozenset())


def reach(context: Context, step: Step) -> Reach:
    """The reach of a step, nested operations and flows run in place included."""
    known = context.memo.get(("reach", id(step)))
    if known is not None:
        return known
    inner = [reach(context, each) for _, steps in inner_steps(step) for each in steps]
    found = context.memo[("reach", id(step))] = _united_reach([_of_action(context, step.action), *inner])
    return found


def tried_again(context: Context, step: Step) -> frozenset[str]:
    """Stations that every attempt at a step may come to: those of its action and guards, not of its fallback."""
    beside = (step.policies.fallback, step.policies.compensate)
    inside = [steps for _, steps in inner_steps(step) if not any(steps is other for other in beside)]
    return _of_action(context, step.action).stations.union(*(reach_of(context, s).stations for s in inside))


def comes_late(context: Context, step: Step) -> bool:
    """Whether an attempt at a step may end in a `timeout`: that of its own time limit, or of one inside."""
    known: bool | None = context.memo.get(("comes late", id(step)))
    if known is None:
        policies, action = step.policies, step.action
        beside = (policies.fallback, policies.compensate)
        inside = [steps for _, steps in inner_steps(step) if not any(steps is other for other in beside)]
        if isinstance(action, Call):
            offered = [c.offers.get(action.operation) for c in context.candidates(action.component)]
            inside += [operation.steps for operation in offered if operation is not None]
        elif isinstance(action, Do):
            inside.append(context.model.flows[action.flow].steps)
        limited = policies.timeout is not None or action == Fail("timeout")
        known = limited or any(
            each.policies.deadline is not None or comes_late(context, each)
            for steps in inside
            for each in steps
        )
        context.memo["comes late", id(step)] = known
    return known


def _of_action(context: Context, action: Action) -> Reach:
    """What an action itself reaches, without the steps written inside it."""
    match action:
        case Open(role):
            return Reach(frozenset({role}), frozenset())
        case Call(component, operation) | Send(component, operation):
            called = _of_operation(context, component, operation)
            return Reach(called.roles, called.stations | {f"components.{component}"}, called.marks)
        case Hold(component=component):
            roles = frozenset(a.role for a in context.model.alternatives.get(component, ()))
            return Reach(roles, frozenset({f"components.{component}"}))
        case Ask(person=person):
            return Reach(frozenset(), frozenset({f"people.{person}"}))
        case Mark(name):
            return Reach(frozenset(), frozenset(), frozenset({name}))
        case Do(flow):
            return reach_of(context, context.model.flows[flow].steps)
        case _:
            return NOWHERE


def _united_reach(parts: Iterable[Reach]) -> Reach:
    found = tuple(parts)
    return Reach(
        frozenset[str]().union(*(part.roles for part in found)),
        frozenset[str]().union(*(part.stations for part in found)),
        frozenset[str]().union(*(part.marks for part in found)),
    )


def _of_operation(context: Context, component: str, operation: str) -> Reach:
    parts: list[Reach] = []
    roles: set[str] = set()
    known = context.model.components.get(component)
    alternatives = context.model.alternatives.get(component, ())
    if known is None:
        roles.update(a.role for a in alternatives)
    for candidate in (known,) if known is not None else tuple(a.component for a in alternatives):
        offered = candidate.offers.get(operation)
        if offered is not None:
            parts += [reach(context, inner) for inner in offered.steps]
    return Reach(
        frozenset(roles.union(*(part.roles for part in parts))),
        frozenset[str]().union(*(part.stations for part in parts)),
    )


def reach_of(context: Context, steps: tuple[Step, ...]) -> Reach:
    """The reach of several steps."""
    key = ("reach of", id(steps))
    known: tuple[tuple[Step, ...], Reach] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = (steps, _united_reach(reach(context, step) for step in steps))
    return known[1]


def stations_until(
    context: Context, steps: tuple[Step, ...], mark: str | None
) -> tuple[frozenset[str], bool]:
    """Stations that a run can come to before it passes the mark, and whether these steps surely pass it."""
    if mark is None:
        return reach_of(context, steps).stations, False
    found: set[str] = set()
    passed = False
    for step in steps:
        here, passed = stations_before(context, step, mark)
        found |= here
        if passed:
            break
    return frozenset(found), passed


def stations_before(context: Context, step: Step, mark: str) -> tuple[frozenset[str], bool]:
    """The same of one step; remembered by the choices inside it."""
    key = ("stations before", id(step), mark, context.narrowed(reach(context, step).roles))
    known: tuple[frozenset[str], bool] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _stations_of(context, step, mark)
    return known


def _stations_of(context: Context, step: Step, mark: str) -> tuple[frozenset[str], bool]:
    action, policies = step.action, step.policies
    if action == Mark(mark):
        return frozenset(), True
    if isinstance(action, Open):
        ways = [stations_until(context, branch, mark) for branch in context.branches(action)]
        return _united(ways), bool(ways) and all(passed for _, passed in ways)
    inner = [stations_until(context, each, mark) for _, each in inner_steps(step)]
    apart = bool(inner) and isinstance(action, Group | Choose)
    own = frozenset[str]() if apart else reach(context, step).stations
    if isinstance(action, Group) and not policies.none:
        fallback = None if policies.fallback is None else stations_until(context, policies.fallback, mark)
        passed = inner[0][1] and (fallback is None or fallback[1])
    else:
        passed = isinstance(action, Group | Choose) and bool(inner) and all(p for _, p in inner)
    return own | _united(inner), passed


def _united(ways: list[tuple[frozenset[str], bool]]) -> frozenset[str]:
    return frozenset[str]().union(*(stations for stations, _ in ways))


def variants(context: Context, role: str) -> tuple[str, ...]:
    """Everything an open choice can become, in the order in which the model states it."""
    return _choices(context).get(role, ())


def decided(context: Context) -> bool:
    """Whether every open choice is taken."""
    return _choices(context).keys() <= context.taken


def _choices(context: Context) -> Mapping[str, tuple[str, ...]]:
    """The variants of every role."""
    known: Mapping[str, tuple[str, ...]] | None = context.memo.get("variants")
    if known is None:
        found: dict[str, dict[str, None]] = {}
        for alternatives in context.model.alternatives.values():
            for alternative in alternatives:
                found.setdefault(alternative.role, {})[alternative.variant] = None
        for _, steps in programs(context.model):
            for step in walk(steps):
                if isinstance(step.action, Open):
                    found.setdefault(step.action.role, {}).update(
                        {v: None for v, _ in step.action.alternatives}
                    )
        known = context.memo["variants"] = {name: tuple(words) for name, words in found.items()}
    return known


def connection_of(model: Model, caller: str | None, component: str) -> Connection | None:
    """The connection a call travels: the caller's own, or the only one that leads there when no caller is stated."""
    leading = [connection for connection in model.connections.values() if connection.to == component]
    if caller is None:
        return leading[0] if len(leading) == 1 else None
    return next((connection for connection in leading if connection.from_ == caller), None)


def heads(person: Person) -> int:
    """How many people stand under a name, at least."""
    return 1 if person.count is None else max(1, math.floor(person.count.low))


def servers(component: Component) -> int | None:
    """How many calls it can work on at once, at the least where it scales; None: no limit (a delay)."""
    return None if component.threads is None else component.threads * component.replicas


def servers_at_most(component: Component) -> int | None:
    """As `servers`, with all the replicas that it can scale to."""
    if component.threads is None or component.scales is None:
        return servers(component)
    return component.threads * component.scales.to


def replicas_of(component: Component) -> Interval:
    """How many replicas there are: somewhere between the least and the most where it scales."""
    least = float(component.replicas)
    return point(least) if component.scales is None else Interval(least, None, float(component.scales.to))
