"""How often a run comes to each station at the most, whatever is chosen and however it goes.

Every attempt of a retry is made, every fallback runs, every cache misses, every alternative of an open choice may be
the one that calls most. Crude, and enough for a ceiling on the load of a station that holds for all designs of a space
at once: most stations are far from busy, and their waits are then bounded closely without knowing the design.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from groma.analyses.context import Context
from groma.analyses.interval import NOTHING_KNOWN, greatest
from groma.analyses.reach import comes_late
from groma.analyses.visits.use import Use
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
)

Times = Mapping[str, float]
"""Station -> the most often that one execution comes to it."""
NOWHERE: Times = {}
UNBOUNDED = 1e9
"""Loops without a bound: more than any station stands."""


@dataclass(slots=True)
class MostVisits:
    """Reads programs of a model with all its alternatives; `uses` collects what is asked of each station.

    `count`: all visits; those that don't come since something took too long (`calm`); or how many attempts at the most
    such times make of one that comes anyway (`tries`).
    """

    context: Context
    count: Literal["all", "calm", "tries"] = "all"
    uses: dict[str, dict[tuple[int, int, str | None], Use]] = field(
        default_factory=dict[str, dict[tuple[int, int, "str | None"], Use]]
    )
    _known: dict[tuple[int, str | None], Times] = field(default_factory=dict[tuple[int, "str | None"], Times])

    def flow(self, name: str) -> Times:
        """One run of a flow."""
        there = self.context.model.flows[name]
        return self.sequence(there.steps, there.by)

    def sequence(self, steps: tuple[Step, ...], caller: str | None) -> Times:
        """One execution of some steps; shared ones are read once."""
        key = (id(steps), caller)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.together(self.step(step, caller) for step in steps)
        return known

    def step(self, step: Step, caller: str | None) -> Times:
        """An action with the policies that repeat it or stand beside it."""
        policies = step.policies
        inside = self.together(
            [self.action(step, caller), *(self.sequence(g.steps, caller) for g in policies.guards)]
        )
        late = comes_late(self.context, step)
        if policies.hedge is not None:
            inside = self.again(inside, policies.hedge.at_most, True)
        if policies.retry is not None:
            inside = self.again(inside, policies.retry.times, late and "timeout" in policies.retry.on)
        beside = [steps for steps in (policies.fallback, policies.compensate) if steps is not None]
        if self.count == "calm" and (late or policies.deadline is not None):
            beside = []
        return self.together([inside, *(self.sequence(steps, caller) for steps in beside)])

    def together(self, parts: Iterable[Times]) -> Times:
        """All of them happen."""
        return most(parts) if self.count == "tries" else summed(parts)

    def again(self, once: Times, more: int, late: bool) -> Times:
        """Attempts more, which come since something took too long or for whatever other reason."""
        counted = self.count == "all" or late == (self.count == "tries")
        return times(once, 1.0 + more) if counted else once

    def action(self, step: Step, caller: str | None) -> Times:
        action = step.action
        match action:
            case Call(component, operation) | Send(component, operation):
                return self.call(step, component, operation, caller)
            case Choose(branches):
                return most(self.sequence(branch.steps, caller) for branch in branches)
            case Parallel(branches):
                return self.together(self.sequence(steps, caller) for steps in branches)
            case Repeat(steps):
                once = self.sequence(steps, caller)
                return once if self.count == "tries" else times(once, rounds(action))
            case Ask(person):
                self.note(f"people.{person}", Use("ask", person, "", step, caller, NOTHING_KNOWN))
                return {f"people.{person}": 1.0}
            case Hold(component, steps):
                for candidate in self.context.candidates(component):
                    use = Use("hold", component, "", step, caller, NOTHING_KNOWN, (), candidate)
                    self.note(f"components.{component}", use)
                return self.together([{f"components.{component}": 1.0}, self.sequence(steps, caller)])
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.sequence(there.steps, there.by or caller)
            case Group(steps):
                return self.sequence(steps, caller)
            case Open():
                return most(self.sequence(steps, caller) for steps in self.context.branches(action))
            case Wait() | Fail() | Stop() | Mark():
                return NOWHERE
            case _:
                assert_never(action)

    def call(self, step: Step, name: str, operation: str, caller: str | None) -> Times:
        station, found = f"components.{name}", list[Times]()
        kind = "call" if isinstance(step.action, Call) else "send"
        for candidate in self.context.candidates(name):
            offered = candidate.offers.get(operation)
            if offered is not None:
                self.note(station, Use(kind, name, operation, step, caller, NOTHING_KNOWN, (), candidate))
                found.append(self.together([{station: 1.0}, self.sequence(offered.steps, name)]))
        return most(found)

    def note(self, station: str, use: Use) -> None:
        self.uses.setdefault(station, {})[id(use.step), id(use.component), use.caller] = use


def rounds(loop: Repeat) -> float:
    """The most often that a loop goes round, where nothing bounds it more often than any station stands."""
    return min(most_rounds(loop), UNBOUNDED)


def most_rounds(loop: Repeat) -> float:
    """Rounds of a loop at most; infinite where nothing bounds them."""
    bound = math.inf if loop.at_most is None else float(loop.at_most)
    most = min(bound, greatest(loop.times) + 0.5)
    return float(math.floor(most)) if math.isfinite(most) else math.inf


def summed(parts: Iterable[Times]) -> Times:
    """All of them happen."""
    found: dict[str, float] = {}
    for part in parts:
        for station, count in part.items():
            found[station] = found.get(station, 0.0) + count
    return found


def most(parts: Iterable[Times]) -> Times:
    """One of them happens."""
    found: dict[str, float] = {}
    for part in parts:
        for station, count in part.items():
            found[station] = max(found.get(station, 0.0), count)
    return found


def times(part: Times, count: float) -> Times:
    """It happens so many times."""
    return {station: each * count for station, each in part.items()}
