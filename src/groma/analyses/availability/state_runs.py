"""How a run ends in each of many states of the parts at once: the second way to availability, its programs.

An interpreter of flow programs on arrays: for each state, the chances that a run goes on, has ended well, or was turned
away as business; the rest is an outage. A part's state is frozen during a run and what a run draws is averaged here, in
each state, where `structure` makes an event of it. Raises Unreadable where only bounds could be given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from groma.analyses.availability.state_parts import Plant, Unreadable
from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.routes import route
from groma.analyses.structure.chances import no_rounds
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
    Retry,
    Send,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity

Shares: TypeAlias = NDArray[np.float64]
MOST_BRANCHES = 6
MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Ended:
    """By state: the chance of going on, of having ended well, of having been turned away."""

    ok: Shares
    ended: Shares
    rejected: Shares

    @property
    def outage(self) -> Shares:
        """The chance of none of these."""
        return np.maximum(1.0 - self.ok - self.ended - self.rejected, 0.0)

    @property
    def sure(self) -> bool:
        """Whether each state decides alone, with nothing left to the draws of a run."""
        return all(
            bool(np.all((x < 1e-12) | (x > 1.0 - 1e-12))) for x in (self.ok, self.ended, self.rejected)
        )

    def times(self, weight: float | Shares) -> Ended:
        return Ended(self.ok * weight, self.ended * weight, self.rejected * weight)

    def plus(self, other: Ended) -> Ended:
        return Ended(self.ok + other.ok, self.ended + other.ended, self.rejected + other.rejected)


@dataclass(slots=True)
class Runs:
    """Runs of the flows of a model, in the states of a plant."""

    context: Context
    plant: Plant
    mark: str | None = None
    """That ends a run well; none has an empty name."""

    def flow(self, name: str) -> Ended:
        """How runs of a flow end."""
        flow = self.context.model.flows[name]
        return self.steps(flow.steps, flow.by)

    def steps(self, steps: Iterable[Step], caller: str | None) -> Ended:
        return self._sequence(self._step(step, caller) for step in steps)

    def _sequence(self, each: Iterable[Ended]) -> Ended:
        result = self._surely("ok")
        for step in each:
            result = Ended(
                result.ok * step.ok,
                result.ended + result.ok * step.ended,
                result.rejected + result.ok * step.rejected,
            )
            if not np.any(result.ok):
                break
        return result

    def _surely(self, end: str) -> Ended:
        nought, one = np.zeros(self.plant.states.count), np.ones(self.plant.states.count)
        return Ended(*(one if name == end else nought for name in ("ok", "ended", "rejected")))

    def _where(self, up: NDArray[np.bool_]) -> Ended:
        nought = np.zeros(self.plant.states.count)
        return Ended(up.astype(np.float64), nought, nought)

    def _step(self, step: Step, caller: str | None) -> Ended:
        policies = step.policies
        checks = [self.steps(guard.steps, caller) for guard in policies.guards]
        result = self._retried(self._sequence((self._action(step, caller), *checks)), policies.retry)
        cache = policies.cache
        if cache is not None:
            hits = _share(hits_of(self.plant.model, step))
            up = 1.0 if cache.component is None else self.plant.component(cache.component).astype(np.float64)
            result = self._surely("ok").times(hits * up).plus(result.times(1.0 - hits * up))
        if policies.fallback is not None:
            result = self._instead(result, self.steps(policies.fallback, caller))
        return result

    def _instead(self, first: Ended, other: Ended) -> Ended:
        """The fallback runs after every error; being turned away after an outage is still an outage."""
        again = first.outage + first.rejected
        return Ended(
            first.ok + again * other.ok, first.ended + again * other.ended, first.rejected * other.rejected
        )

    def _retried(self, once: Ended, retry: Retry | None) -> Ended:
        if retry is None or retry.times == 0 or once.sure:
            return once
        outages = {"unavailable", "timeout"} & set(retry.on)
        business = "rejected" in retry.on
        if len(outages) == 1 or retry.times > MOST_ROUNDS:
            raise Unreadable("a retry of some kinds of outage, with draws inside")
        again = (once.outage if outages else 0.0) + (once.rejected if business else 0.0)
        first = Ended(once.ok, once.ended, once.rejected * (0.0 if business else 1.0))
        result = once
        for _ in range(retry.times):
            result = first.plus(result.times(again))
        return result

    def _action(self, step: Step, caller: str | None) -> Ended:
        match step.action:
            case Call(component, operation):
                return self._call(component, operation, caller)
            case Choose(branches):
                parts = [self.steps(b.steps, caller).times(_share(b.share)) for b in branches]
                result = parts[0]
                for part in parts[1:]:
                    result = result.plus(part)
                return result
            case Parallel(branches, join):
                return self._parallel([self.steps(branch, caller) for branch in branches], join)
            case Repeat():
                return self._repeat(step.action, caller)
            case Hold(component, steps):
                held = self._where(self.plant.component(component))
                return self._sequence((held, self.steps(steps, caller)))
            case Do(flow):
                inner = self.context.model.flows[flow]
                return self.steps(inner.steps, inner.by or caller)
            case Mark(name):
                return self._surely("ended" if name == self.mark else "ok")
            case Group(steps):
                return self.steps(steps, caller)
            case Stop():
                return self._surely("ended")
            case Fail(error):
                return self._surely("rejected" if error == "rejected" else "outage")
            case Ask() | Send() | Wait():
                return self._surely("ok")
            case Open():
                raise Unreadable("a choice of the design is open")
            case _:
                assert_never(step.action)

    def _call(self, component: str, operation: str, caller: str | None) -> Ended:
        up = self.plant.component(component)
        for connection in route(self.context, caller, component):
            up = up & self.plant.connection(connection)
        offered = self.context.model.components[component].offers.get(operation)
        if offered is None or offered.answers == "at once":
            return self._where(up)
        mark, self.mark = self.mark, None
        inner = self.steps(offered.steps, component)
        self.mark = mark
        nought = np.zeros(self.plant.states.count)
        return Ended((inner.ok + inner.ended) * up, nought, inner.rejected * up)

    def _parallel(self, branches: list[Ended], join: int) -> Ended:
        if len(branches) > MOST_BRANCHES:
            raise Unreadable(f"more than {MOST_BRANCHES} branches in parallel")
        if join < len(branches) and any(bool(np.any(branch.ended > 0.0)) for branch in branches):
            raise Unreadable("which of parallel branches ends the run is a matter of time")
        total = self._surely("outage")
        for ends in product(("ok", "ended", "rejected", "outage"), repeat=len(branches)):
            weight = np.ones(self.plant.states.count)
            for end, branch in zip(ends, branches, strict=True):
                weight = weight * getattr(branch, end)
            total = total.plus(self._surely(_joined(ends, join)).times(weight))
        return total

    def _repeat(self, loop: Repeat, caller: str | None) -> Ended:
        once = self.steps(loop.steps, caller)
        times = loop.times
        if isinstance(times, Quantity) and times.constant and times.known is None and not once.sure:
            rounds = (
                int(times.mean + 0.5) if loop.at_most is None else min(int(times.mean + 0.5), loop.at_most)
            )
            if rounds > MOST_ROUNDS:
                raise Unreadable(f"more than {MOST_ROUNDS} rounds with draws inside")
            return self._sequence(once for _ in range(rounds))
        if not once.sure:
            raise Unreadable("a loop of no fixed number of rounds, with draws inside")
        none = no_rounds(loop).value
        if none is None:
            raise Unreadable("a loop that may have no rounds")
        return self._surely("ok").times(none).plus(once.times(1.0 - none))


def _joined(ends: tuple[str, ...], join: int) -> str:
    """How parallel branches end together: going on once enough are ok, else ended, else turned away, else an outage."""
    fine = ends.count("ok")
    if fine >= join:
        return "ok"
    if fine + ends.count("ended") >= join:
        return "ended"
    return "rejected" if len(ends) - ends.count("outage") >= join else "outage"


def _share(share: object) -> float:
    if not isinstance(share, Quantity):
        raise Unreadable("a share isn't known")
    return min(1.0, share.mean)


def parts_of(context: Context, subject: str) -> Iterator[tuple[str, float]]:
    """Every part whose state matters to `FLOW[@MARK]`, with the chance that it is up, by name."""
    from groma.analyses.availability.state_parts import States

    listing = States()
    flow, _, mark = subject.partition("@")
    Runs(context, Plant(context.model, listing), mark).flow(flow)
    yield from sorted(listing.chances.items())
