"""For which states of its parts *every* run of a flow is carried to its end, whatever it draws.

The coherent companion of `structure`: it has no draws, so that its minimal cut sets are the sets of parts whose joint
failure stops at least some runs, and its cut sets of order one the single points of failure. Branches that end in an
error by design are left out (no part's state changes them). Where steps after a choice are reached only by some of its
branches they are taken as needed; who lists cut sets weighs each with the share of runs that it really stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.interval import share_of
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


@dataclass(frozen=True, slots=True)
class Surely:
    """When all runs are carried through a step, and whether some go on to the next or are turned away as business."""

    carried: Formula = ALWAYS
    goes_on: bool = True
    rejects: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Reads programs into coherent formulas over `parts`."""

    context: Context
    parts: Parts
    mark: str | None = None
    strict: bool = False
    """Whether branches that end in an error by design count, too: then it is a lower bound on what is carried."""

    def flow(self, name: str) -> Formula:
        """When every run of the flow is carried to its end or to the mark."""
        flow = self.context.model.flows[name]
        return self.steps(flow.steps, flow.by).carried

    def steps(self, steps: tuple[Step, ...], caller: str | None) -> Surely:
        """Steps one after the other, called by `caller`."""
        return _sequence(self.step(step, caller) for step in steps)

    def step(self, step: Step, caller: str | None) -> Surely:
        """An action with its policies."""
        guards = (self.steps(guard.steps, caller) for guard in step.policies.guards if guard.steps)
        surely = _sequence((self._action(step, caller), *guards))
        cache = step.policies.cache
        if cache is not None and share_of(hits_of(self.context.model, step)).low >= 1.0:
            up = ALWAYS if cache.component is None else self.parts.up(cache.component)
            surely = replace(surely, carried=either(up, surely.carried), goes_on=True)
        if step.policies.fallback is not None:
            surely = _instead(surely, self.steps(step.policies.fallback, caller))
        return surely

    def _action(self, step: Step, caller: str | None) -> Surely:
        match step.action:
            case Call(component, operation):
                return self._call(component, operation, caller)
            case Choose(branches):
                taken = [self.steps(b.steps, caller) for b in branches if share_of(b.share).high > 0.0]
                kept = taken if self.strict else [s for s in taken if s.carried != NEVER] or taken
                return _all_of(kept)
            case Parallel(branches, join):
                inner = [self.steps(branch, caller) for branch in branches]
                return Surely(
                    at_least(join, tuple(s.carried for s in inner)),
                    sum(s.goes_on for s in inner) >= join,
                    any(s.rejects for s in inner),
                )
            case Repeat(steps):
                none = no_rounds(step.action)
                if none.low >= 1.0:
                    return Surely()
                once = self.steps(steps, caller)
                return replace(once, goes_on=once.goes_on or none.high > 0.0)
            case Hold(component, steps):
                return _sequence((Surely(self.parts.up(component)), self.steps(steps, caller)))
            case Do(flow):
                return self.steps(
                    self.context.model.flows[flow].steps, self.context.model.flows[flow].by or caller
                )
            case Mark(name):
                return Surely(goes_on=name != self.mark)
            case Group(steps):
                return self.steps(steps, caller)
            case Open():
                return _all_of([self.steps(steps, caller) for steps in self.context.branches(step.action)])
            case Stop():
                return Surely(goes_on=False)
            case Fail(error):
                turned_away = error == "rejected"
                return Surely(ALWAYS if turned_away else NEVER, False, turned_away)
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
        inner = _all_of(nested)
        return Surely(both(self.parts.up(component), reached, inner.carried), rejects=inner.rejects)


def _all_of(alternatives: list[Surely]) -> Surely:
    """Whichever of them is taken; where there are none, nothing."""
    if not alternatives:
        return Surely()
    return Surely(
        both(*(a.carried for a in alternatives)),
        any(a.goes_on for a in alternatives),
        any(a.rejects for a in alternatives),
    )


def _instead(first: Surely, other: Surely) -> Surely:
    """A fallback: what is turned away needs it, too, and being turned away there after an outage is still an outage."""
    carried = either(first.carried, NEVER if other.rejects else other.carried)
    if first.rejects:
        carried = both(carried, other.carried)
    return Surely(carried, first.goes_on or other.goes_on, first.rejects and other.rejects)


def _sequence(each: Iterable[Surely]) -> Surely:
    carried: list[Formula] = []
    rejects = False
    for surely in each:
        carried.append(surely.carried)
        rejects = rejects or surely.rejects
        if not surely.goes_on:
            return Surely(both(*carried), False, rejects)
    return Surely(both(*carried), True, rejects)
