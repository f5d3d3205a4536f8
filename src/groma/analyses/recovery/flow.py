"""When a flow runs again after a loss, and what it has lost by then.

Everything it needs must be back: the data that it uses, and parts enough to carry every kind of run (a fallback, or as
many branches as a join asks for, will do). What it uses are the data that its steps carry and those whose holders it
calls. Parts are run again from the decision on; where no lost data say when that is, nobody knows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, hull
from groma.analyses.reach import reach_of
from groma.analyses.recovery.back import latest, quickest, returns
from groma.analyses.recovery.events import Event, carriers, events_of, lost, places_around
from groma.model.elements import Component
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
    inner_steps,
)


def uses(context: Context, flow: str) -> tuple[frozenset[str], frozenset[str]]:
    """Data that a flow uses: (whatever is chosen, at most)."""
    reader = _Uses(context)
    found = reader.steps(context.model.flows[flow].steps)
    carried = frozenset(context.model.flows[flow].carries)
    return found[0] | carried, found[1] | carried


@dataclass(slots=True)
class _Uses:
    context: Context
    _known: dict[int, tuple[frozenset[str], frozenset[str]]] = field(
        default_factory=dict[int, tuple[frozenset[str], frozenset[str]]]
    )

    def steps(self, steps: Iterable[Step]) -> tuple[frozenset[str], frozenset[str]]:
        return _both(self.step(step) for step in steps)

    def step(self, step: Step) -> tuple[frozenset[str], frozenset[str]]:
        known = self._known.get(id(step))
        if known is not None:
            return known
        own = frozenset(step.carries)
        parts = [(own, own)]
        action = step.action
        apart: set[int] = set()
        if isinstance(action, Call | Send):
            parts.append(self._called(action.component, action.operation))
        elif isinstance(action, Do):
            there = self.context.model.flows[action.flow]
            parts += [self.steps(there.steps), (frozenset(there.carries), frozenset(there.carries))]
        elif isinstance(action, Open):
            apart = {id(steps) for _, steps in action.alternatives}
            parts.append(_one_of([self.steps(steps) for steps in self.context.branches(action)]))
        parts += [self.steps(steps) for _, steps in inner_steps(step) if id(steps) not in apart]
        found = self._known[id(step)] = _both(parts)
        return found

    def _called(self, component: str, operation: str) -> tuple[frozenset[str], frozenset[str]]:
        held = frozenset(d.name for d in self.context.model.data.values() if component in d.held_by)
        ways = [
            self.steps(c.offers[operation].steps)
            if operation in c.offers
            else (frozenset[str](), frozenset[str]())
            for c in self.context.candidates(component)
        ]
        return _both([(held, held), _one_of(ways)])


Sets = tuple[frozenset[str], frozenset[str]]


def _both(parts: Iterable[Sets]) -> Sets:
    given = list(parts)
    none = frozenset[str]()
    return none.union(*(sure for sure, _ in given)), none.union(*(most for _, most in given))


def _one_of(ways: list[Sets]) -> Sets:
    if not ways:
        return frozenset(), frozenset()
    return ways[0][0].intersection(*(sure for sure, _ in ways)), _both(ways)[1]


def events_of_flow(context: Context, flow: str) -> tuple[Event, ...]:
    """The losses a flow may suffer: those of its data, and of each place in which something stands that it needs."""
    found: dict[Event, None] = {}
    _, used = uses(context, flow)
    for name in sorted(used):
        found.update(dict.fromkeys(events_of(context, context.model.data[name])))
    places = places_around(context, needed(context, flow))
    found.update(dict.fromkeys(Event("place", place) for place in places))
    rank = {"corrupted": 0, "component": 1, "place": 2, "supplier": 3}
    return tuple(sorted(found, key=lambda event: (rank[event.kind], event.name)))


def needed(context: Context, flow: str) -> tuple[str, ...]:
    """Components that a flow may come to, with what carries them and what they depend on, sorted."""
    stations = reach_of(context, context.model.flows[flow].steps).stations
    todo = sorted(s.removeprefix("components.") for s in stations if s.startswith("components."))
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            for component in context.candidates(name):
                todo += [*component.depends_on, *carriers(context, name)]
    return tuple(sorted(found))


@dataclass(slots=True)
class Running:
    """Reads when the parts of a flow run again after a loss; `decided`: when that begins."""

    context: Context
    flow: str
    event: Event
    decided: Interval | None
    evidence: Evidence
    _steps: dict[int, Interval] = field(default_factory=dict[int, Interval])
    _parts: dict[str, Interval] = field(default_factory=dict[str, Interval])

    def steps(self, steps: Iterable[Step]) -> Interval:
        """When every step can be carried."""
        return latest([self.step(step) for step in steps])

    def step(self, step: Step) -> Interval:
        """When one can be, or what it falls back to."""
        known = self._steps.get(id(step))
        if known is None:
            guards = [self.steps(guard.steps) for guard in step.policies.guards]
            known = latest([self._action(step), *guards])
            if step.policies.fallback is not None:
                known = quickest([known, self.steps(step.policies.fallback)])
            self._steps[id(step)] = known
        return known

    def _action(self, step: Step) -> Interval:
        match step.action:
            case Call(component, operation) | Send(component, operation):
                return latest([self.part(component), self._nested(component, operation)])
            case Choose(branches):
                return latest([self.steps(branch.steps) for branch in branches])
            case Parallel(branches, join):
                return _nth([self.steps(steps) for steps in branches], join)
            case Repeat(steps=steps) | Group(steps=steps):
                return self.steps(steps)
            case Hold(component=component, steps=steps):
                return latest([self.part(component), self.steps(steps)])
            case Do(flow):
                return self.steps(self.context.model.flows[flow].steps)
            case Open() as choice:
                ways = [self.steps(steps) for steps in self.context.branches(choice)]
                return hull(ways) if ways else ZERO
            case Ask() | Wait() | Fail() | Stop() | Mark():
                return ZERO
            case _:
                assert_never(step.action)

    def _nested(self, component: str, operation: str) -> Interval:
        ways = [
            self.steps(c.offers[operation].steps) if operation in c.offers else ZERO
            for c in self.context.candidates(component)
        ]
        return hull(ways) if ways else ZERO

    def part(self, name: str) -> Interval:
        """When a component runs, with all that it runs on and depends on."""
        known = self._parts.get(name)
        if known is None:
            self._parts[name] = ZERO  # what depends on itself waits for nothing more
            known = self._parts[name] = self._part(name)
        return known

    def _part(self, name: str) -> Interval:
        gone = lost(self.context, name, self.event)
        if gone is False:
            return hull([self._stands(c) for c in self.context.candidates(name)])
        back = returns(self.context, name, self.event, self.evidence)
        if back == ZERO:
            return ZERO
        if self.decided is None:
            self.evidence.miss(
                f"flows.{self.flow}.carries",
                f"state which data it uses: their copies say when {name} is decided on",
            )
            return Interval(0.0 if gone is None else back.low, None, math.inf)
        whole = self.decided + back
        return whole if gone else Interval(0.0, None, whole.high)

    def _stands(self, component: Component) -> Interval:
        under = (component.runs_on,) if component.runs_on is not None else ()
        return latest([self.part(n) for n in (*under, *component.depends_on)])


def _nth(parts: list[Interval], join: int) -> Interval:
    """When so many of some are done."""
    values = [part.value for part in parts]
    value = None if None in values else sorted(v for v in values if v is not None)[join - 1]
    return Interval(sorted(p.low for p in parts)[join - 1], value, sorted(p.high for p in parts)[join - 1])
