"""For which states of its parts *every* run of a flow is carried to its end, whatever it draws.

The coherent companion of `structure`: it has no draws, so that its minimal cut sets are the sets of parts whose joint
failure stops at least some runs, and its cut sets of order one the single points of failure. Steps that surely end in
an error by design are left out (no part's state changes them), and whoever ends so or is turned away needs the fallback
around it, too. Where steps after a choice are reached only by some of its branches they are taken as needed; who lists
cut sets weighs each with the share of runs that it really stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.interval import Interval, share_of
from groma.analyses.routes import route
from groma.analyses.structure.chances import no_rounds
from groma.analyses.structure.parts import Parts, at_least, both, either
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
from groma.solvers.faulttrees import ALWAYS, NEVER, Formula

GOES_ON, ENDED, REJECTED, FAILED = "goes on", "ended", "rejected", "failed"
"""How runs can leave a step by design: in its place, well before its end, turned away as business, in an error."""
AS_GOOD = frozenset({GOES_ON, ENDED})
LOST = frozenset({FAILED})


@dataclass(frozen=True, slots=True)
class Surely:
    """When no part stops any run in a step, and how runs leave it then."""

    carried: Formula = ALWAYS
    ends: frozenset[str] = frozenset({GOES_ON})

    @property
    def goes_on(self) -> bool:
        """Whether some runs go on to the next step."""
        return GOES_ON in self.ends

    @property
    def rejects(self) -> bool:
        """Whether some runs are turned away."""
        return REJECTED in self.ends


@dataclass(frozen=True, slots=True)
class Every:
    """Reads programs into coherent formulas over `parts`."""

    context: Context
    parts: Parts
    mark: str | None = None
    strict: bool = False
    """Whether runs that end in an error by design count, too: then it is a lower bound on what is carried."""

    def flow(self, name: str) -> Formula:
        """When every run of the flow is carried to its end or to the mark."""
        flow = self.context.model.flows[name]
        return self.steps(flow.steps, flow.by).carried

    def steps(self, steps: tuple[Step, ...], caller: str | None) -> Surely:
        """Steps one after the other, called by `caller`."""
        return self._sequence(self.step(step, caller) for step in steps)

    def step(self, step: Step, caller: str | None) -> Surely:
        """An action with its policies."""
        guards = (self.steps(guard.steps, caller) for guard in step.policies.guards if guard.steps)
        surely = self._sequence((self._action(step, caller), *guards))
        cache = step.policies.cache
        if cache is not None:
            saved = ALWAYS if cache.component is None else self.parts.up(cache.component)
            surely = self._cached(surely, share_of(hits_of(self.context.model, step)), saved)
        if step.policies.fallback is not None:
            surely = self._instead(surely, self.steps(step.policies.fallback, caller))
        return surely

    def _cached(self, missed: Surely, hits: Interval, saved: Formula) -> Surely:
        if hits.high <= 0.0:
            return missed
        if hits.low >= 1.0:
            carried = either(saved, missed.carried)
        elif FAILED in missed.ends and not self.strict:  # without the cache more runs would end in an error
            carried = saved if missed.ends == LOST else both(missed.carried, saved)
        else:
            carried = missed.carried
        return Surely(carried, missed.ends | {GOES_ON})

    def _instead(self, first: Surely, other: Surely) -> Surely:
        """A fallback: who fails or is turned away by design needs it, too, and being turned away there after an outage
        is still an outage."""
        rescued = other.carried if other.ends <= AS_GOOD else NEVER
        if first.ends == LOST and not self.strict:
            carried = other.carried
        else:
            carried = either(first.carried, rescued)
            if not first.ends <= AS_GOOD and not self._left_out(other):
                carried = both(carried, other.carried)
        ends = (first.ends | other.ends) & AS_GOOD
        if first.rejects:
            ends |= other.ends
        if FAILED in first.ends and not other.ends <= AS_GOOD:
            ends |= LOST
        return Surely(carried, ends)

    def _left_out(self, surely: Surely) -> bool:
        return not self.strict and surely.ends == LOST

    def _sequence(self, each: Iterable[Surely]) -> Surely:
        carried: list[Formula] = []
        ends = frozenset({GOES_ON})
        for surely in each:
            if not self._left_out(surely):
                carried.append(surely.carried)
            ends = (ends - {GOES_ON}) | surely.ends
            if GOES_ON not in ends:
                break
        return Surely(both(*carried), ends)

    def _one_of(self, ways: list[Surely]) -> Surely:
        """Whichever of them is taken; where there are none, nothing."""
        kept = [way for way in ways if not self._left_out(way)] or ways
        return Surely(both(*(way.carried for way in kept)), _union(ways)) if ways else Surely()

    def _parallel(self, branches: list[Surely], join: int) -> Surely:
        counted = tuple(NEVER if self._left_out(branch) else branch.carried for branch in branches)
        surely = tuple(NEVER if FAILED in branch.ends else branch.carried for branch in branches)
        carried, whatever = at_least(join, counted), at_least(join, surely)
        if carried == NEVER:
            return Surely(NEVER, LOST)
        ends = _union(branches)
        if sum(branch.goes_on for branch in branches) < join:
            ends -= {GOES_ON}
        return Surely(carried if whatever == NEVER else both(carried, whatever), ends)

    def _action(self, step: Step, caller: str | None) -> Surely:
        match step.action:
            case Call(component, operation):
                return self._call(component, operation, caller)
            case Choose(branches):
                taken = (branch for branch in branches if share_of(branch.share).high > 0.0)
                return self._one_of([self.steps(branch.steps, caller) for branch in taken])
            case Parallel(branches, join):
                return self._parallel([self.steps(branch, caller) for branch in branches], join)
            case Repeat(steps):
                none = no_rounds(step.action)
                if none.low >= 1.0:
                    return Surely()
                once = self.steps(steps, caller)
                return once if none.high <= 0.0 else self._cached(once, none, ALWAYS)
            case Hold(component, steps):
                return self._sequence((Surely(self.parts.up(component)), self.steps(steps, caller)))
            case Do(flow):
                return self.steps(
                    self.context.model.flows[flow].steps, self.context.model.flows[flow].by or caller
                )
            case Mark(name):
                return Surely(ends=frozenset({ENDED if name == self.mark else GOES_ON}))
            case Group(steps):
                return self.steps(steps, caller)
            case Open():
                return self._one_of(
                    [self.steps(steps, caller) for steps in self.context.branches(step.action)]
                )
            case Stop():
                return Surely(ends=frozenset({ENDED}))
            case Fail(error):
                if error == "rejected":
                    return Surely(ends=frozenset({REJECTED}))
                return Surely(NEVER if self.strict else ALWAYS, LOST)
            case Ask():
                return Surely(self.parts.asked(step.action))
            case Send() | Wait():
                return Surely()
            case _:
                assert_never(step.action)

    def _call(self, component: str, operation: str, caller: str | None) -> Surely:
        reached = both(*(self.parts.connected(c) for c in route(self.context, caller, component)))
        nested: list[Surely] = []
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            if offered is not None and offered.answers != "at once" and offered.steps:
                nested.append(replace(self, mark=None).steps(offered.steps, component))
        inner = self._one_of(nested)
        ends = {GOES_ON if end == ENDED else end for end in inner.ends}
        return Surely(both(self.parts.up(component), reached, inner.carried), frozenset(ends))


def _union(each: Iterable[Surely]) -> frozenset[str]:
    return frozenset[str]().union(*(surely.ends for surely in each))
