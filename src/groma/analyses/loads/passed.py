"""Queues that a run may have behind it when it comes to a station.

What leaves a queue is a Poisson stream again only where work is exponential (Burke 1956), or where nobody waits
(Mirasol 1963): else it is smoother, or more in bursts, than what came (`outcome.stirred`). All choices that are open
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.reach import servers
from groma.model.program import Ask, Call, Choose, Do, Group, Hold, Open, Parallel, Repeat, Send, Step


@dataclass(frozen=True, slots=True)
class Way:
    """The queues that some steps `come` to, messages included, and those that the run `passed` once they are over."""

    come: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()


NOWHERE = Way()


def passed_before(context: Context) -> Mapping[str, frozenset[str]]:
    """By station that a run comes to after another queue, these queues."""
    known: dict[str, frozenset[str]] | None = context.memo.get("passed before")
    if known is None:
        reader = _Reader(context.with_partial({}))
        for name, flow in context.model.flows.items():
            if flow.starts is not None:
                reader.flow(name)
        known = context.memo["passed before"] = {
            station: frozenset(before - {station})
            for station, before in reader.before.items()
            if before - {station}
        }
    return known


@dataclass(slots=True)
class _Reader:
    context: Context
    before: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _known: dict[tuple[int, str | None], Way] = field(default_factory=dict[tuple[int, "str | None"], Way])

    def then(self, first: Way, after: Way) -> Way:
        """One after the other."""
        if first.passed:
            for station in after.come:
                self.before.setdefault(station, set()).update(first.passed)
        return Way(first.come | after.come, first.passed | after.passed)

    def flow(self, name: str, caller: str | None = None) -> Way:
        there = self.context.model.flows[name]
        return self.sequence(there.steps, there.by or caller)

    def sequence(self, steps: tuple[Step, ...], caller: str | None) -> Way:
        key = (id(steps), caller)
        known = self._known.get(key)
        if known is None:
            known = NOWHERE
            for step in steps:
                known = self.then(known, self.step(step, caller))
            self._known[key] = known
        return known

    def step(self, step: Step, caller: str | None) -> Way:
        policies, found = step.policies, self.action(step, caller)
        for guard in policies.guards:
            found = self.then(found, self.sequence(guard.steps, caller))
        if policies.retry is not None:
            found = self.then(found, found)
        for steps in (policies.fallback, policies.compensate):
            if steps is not None:
                found = self.then(found, self.sequence(steps, caller))
        return found

    def action(self, step: Step, caller: str | None) -> Way:
        match step.action:
            case Call(component, operation):
                return _either(self.operations(component, operation))
            case Send(component, operation):
                return Way(_either(self.operations(component, operation)).come)
            case Ask(person):
                own = frozenset({f"people.{person}"})
                return Way(own, own)
            case Hold(component, steps):
                return self.then(self.queue(component), self.sequence(steps, caller))
            case Choose(branches):
                return _either(self.sequence(branch.steps, caller) for branch in branches)
            case Open():
                return _either(self.sequence(steps, caller) for steps in self.context.branches(step.action))
            case Parallel(branches):
                return _either(self.sequence(steps, caller) for steps in branches)
            case Repeat(steps):
                once = self.sequence(steps, caller)
                return self.then(once, once)
            case Group(steps):
                return self.sequence(steps, caller)
            case Do(flow):
                return self.flow(flow, caller)
            case _:
                return NOWHERE

    def operations(self, component: str, operation: str) -> Iterable[Way]:
        """A call of whatever may stand under a name."""
        own = self.queue(component)
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            inside = NOWHERE if offered is None else self.sequence(offered.steps, component)
            both = self.then(own, inside)
            yield both if offered is None or offered.answers == "when done" else Way(both.come, own.passed)

    def queue(self, component: str) -> Way:
        """The queue of whatever may stand under a name."""
        if all(servers(candidate) is None for candidate in self.context.candidates(component)):
            return NOWHERE
        own = frozenset({f"components.{component}"})
        return Way(own, own)


def _either(ways: Iterable[Way]) -> Way:
    """One of them, or all beside one another."""
    found = tuple(ways)
    return Way(
        frozenset[str]().union(*(way.come for way in found)),
        frozenset[str]().union(*(way.passed for way in found)),
    )
