"""Stations to which one run comes more than once, and how often it may be there at the same time.

A run that comes again finds those who queued up behind it; one that comes twice at once stands in its own way. Its
calls make no Poisson stream together, and its waits hang on one another (see `outcome.revisited`). Attempts that come
since something took too long, and what these leave behind, (see `outcome.late`), or that come since they were turned
away (see `again`), are none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from groma.analyses.context import Context
from groma.analyses.loads.again import THROTTLED
from groma.analyses.outcome.call import holds_on
from groma.analyses.outcome.late import TIMEOUT
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.reach import comes_late
from groma.analyses.visits.most import NOWHERE, Times, most, rounds, summed, times
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Group,
    Hold,
    Open,
    Parallel,
    Repeat,
    Retry,
    Send,
    Step,
)


@dataclass(frozen=True, slots=True)
class Revisits:
    """The most often that a run comes to a station, and the most of these calls that are there `at_once`."""

    visits: float
    at_once: float


@dataclass(frozen=True, slots=True)
class Going:
    """What a run does at stations, at the most: how often it comes (`visits`), how many calls are `there` at the same
    time, and how many still go on once the steps are over (`left`), or once they ended in an error (`lost`)."""

    visits: Times = field(default_factory=dict[str, float])
    there: Times = field(default_factory=dict[str, float])
    left: Times = field(default_factory=dict[str, float])
    lost: Times = field(default_factory=dict[str, float])

    def then(self, after: Going) -> Going:
        """One after the other."""
        return Going(
            summed((self.visits, after.visits)),
            most((self.there, summed((self.left, after.there)))),
            summed((self.left, after.left)),
            most((self.lost, summed((self.left, after.lost)))),
        )

    def again(self, count: float) -> Going:
        """One after the other, so many times."""
        before = times(self.left, max(count - 1.0, 0.0))
        return Going(
            times(self.visits, count),
            summed((before, self.there)),
            times(self.left, count),
            summed((before, self.lost)),
        )


NOTHING = Going()


def revisits(context: Context) -> Mapping[str, Revisits]:
    """By station, where a run comes more than once: over every way of making the choices that are open."""
    known: dict[str, Revisits] | None = context.memo.get("revisits")
    if known is None:
        whole = context.with_partial({})
        reader = _Reader(whole, Outcomes(whole, Grid(1.0, 32, 2)))
        starting = [name for name, flow in context.model.flows.items() if flow.starts is not None]
        found = _either(reader.flow(name) for name in starting)
        known = context.memo["revisits"] = {
            station: Revisits(max(found.visits.get(station, 0.0), there), there)
            for station, there in found.there.items()
            if max(found.visits.get(station, 0.0), there) > 1.0
        }
    return known


@dataclass(slots=True)
class _Reader:
    """Reads programs with every alternative of the choices that are open; `outcomes` are those without any queue."""

    context: Context
    outcomes: Outcomes
    _known: dict[tuple[int, str | None], Going] = field(default_factory=dict[tuple[int, "str | None"], Going])

    def flow(self, name: str, caller: str | None = None) -> Going:
        there = self.context.model.flows[name]
        return self.sequence(there.steps, there.by or caller)

    def sequence(self, steps: tuple[Step, ...], caller: str | None) -> Going:
        key = (id(steps), caller)
        known = self._known.get(key)
        if known is None:
            known = NOTHING
            for step in steps:
                known = known.then(self.step(step, caller))
            self._known[key] = known
        return known

    def step(self, step: Step, caller: str | None) -> Going:
        policies, found, late = step.policies, self.action(step, caller), comes_late(self.context, step)
        for guard in policies.guards:
            found = found.then(self.sequence(guard.steps, caller))
        if policies.retry is not None:
            found = self.tried_again(step, caller, policies.retry, found, late)
        if policies.fallback is not None:
            back = self.sequence(policies.fallback, caller)
            if late or policies.deadline is not None:
                back, beside = replace(back, visits=NOWHERE), back.there
            else:
                beside = summed((found.lost, back.there))
            left = most((found.left, found.lost))
            found = Going(
                summed((found.visits, back.visits)),
                most((found.there, beside)),
                summed((left, back.left)),
                summed((left, back.lost)),
            )
        return found

    def tried_again(self, step: Step, caller: str | None, retry: Retry, once: Going, late: bool) -> Going:
        """With its attempts more, unless they only come since something took too long or was turned away."""
        tried = dict(self.outcomes.layers_of(step, caller))["retry"]
        errors = tried.ends.keys() & set(retry.on) - {THROTTLED, TIMEOUT}
        count = 1.0 + retry.times if errors else 1.0
        if late:
            return replace(once, visits=times(once.visits, count), left=most((once.left, once.lost)))
        return replace(once, left=most((once.left, once.lost))).again(count)

    def action(self, step: Step, caller: str | None) -> Going:
        match step.action:
            case Call(component, operation):
                return _either(self.operations(component, operation, sent=False))
            case Send(component, operation):
                return _either(self.operations(component, operation, sent=True))
            case Ask(person):
                own = {f"people.{person}": 1.0}
                return Going(own, own)
            case Hold(component, steps):
                own, inside = {f"components.{component}": 1.0}, self.sequence(steps, caller)
                return replace(inside, visits=summed((own, inside.visits)), there=summed((own, inside.there)))
            case Choose(branches):
                return _either(self.sequence(branch.steps, caller) for branch in branches)
            case Open():
                return _either(self.sequence(steps, caller) for steps in self.context.branches(step.action))
            case Parallel(branches, join):
                each = [self.sequence(steps, caller) for steps in branches]
                there = summed(branch.there for branch in each)
                left = there if join < len(branches) else summed(branch.left for branch in each)
                return Going(summed(branch.visits for branch in each), there, left, there)
            case Repeat(steps):
                return self.sequence(steps, caller).again(rounds(step.action))
            case Group(steps):
                return self.sequence(steps, caller)
            case Do(flow):
                return self.flow(flow, caller)
            case _:
                return NOTHING

    def operations(self, component: str, operation: str, *, sent: bool) -> Iterable[Going]:
        """A call of whatever may stand under a name, or a message to it."""
        own = {f"components.{component}": 1.0}
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            inside = NOTHING if offered is None else self.sequence(offered.steps, component)
            visits = summed((own, inside.visits))
            if offered is not None and holds_on(candidate, offered):
                there = summed((own, inside.there))
            else:
                there = most((own, inside.there))
            if sent:
                yield Going(visits, there, there, there)
            elif offered is not None and offered.answers != "when done":
                yield Going(visits, there, inside.there, inside.there)
            else:
                yield Going(visits, there, inside.left, inside.lost)


def _either(ways: Iterable[Going]) -> Going:
    """One of them."""
    found = tuple(ways)
    return Going(
        most(way.visits for way in found),
        most(way.there for way in found),
        most(way.left for way in found),
        most(way.lost for way in found),
    )
