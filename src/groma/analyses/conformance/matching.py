"""The ways in which a program can have made the calls that were seen, one after the other.

A state is which calls of a caller are explained, and the earliest moment at which its program can go on. Every step
maps states to states, each with how it ended: policies repeat, cut off, skip and replace what is inside as
`docs/programs.md` says. A call is explained by a span of its operation that began no earlier. What isn't in a trace
(the way there, a lost message, a look-up, a breaker that is open) may have happened wherever the model says it can:
what is refused is surely no run of the program. Compensations aren't followed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from groma.analyses.conformance.ends import Ends, States, first_explained, keep, merged, split
from groma.analyses.conformance.traces import ERROR, Seen
from groma.analyses.conformance.unseen import can_end, ends_without_span
from groma.analyses.happens import happens
from groma.analyses.outcome.repeat import count_bound
from groma.model.elements import Model
from groma.model.program import (
    ERROR_KINDS,
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hedge,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
    whole_rounds,
)
from groma.model.quantity import Quantity

Cuts = tuple[States, ...]
"""Where each limit around gathers the states at which it may cut off."""
Way = tuple[int, int, tuple[str, ...], float]
"""Of branches: calls explained, how many ended ok, errors of others, when one stopped the run (inf: none did)."""

MOST_VISITS = 100_000
"""States beyond which a trace is left undecided."""


class TooManyWays(Exception):
    """A trace can have come about in more ways than are tried."""


@dataclass(slots=True)
class Matcher:
    """What the calls of one caller, in the order they began, can be explained by."""

    model: Model
    calls: Sequence[Seen]
    slack: float
    """Seconds by which clocks may differ."""
    best: int = 0
    """How many calls, of the first ones, were all explained at the most."""
    wanted: set[str] = field(default_factory=set[str])
    """What could have come there."""
    visits: int = 0

    # States

    def visit(self, states: Mapping[int, float], cuts: Cuts) -> None:
        """These states are passed: limits around may cut off here."""
        self.visits += len(states)
        if self.visits > MOST_VISITS:
            raise TooManyWays
        for mask, time in states.items():
            for cut in cuts:
                cut[mask] = min(cut.get(mask, time), time)
            if first_explained(mask) > self.best:
                self.best, self.wanted = first_explained(mask), set()

    def could(self, name: str, states: Mapping[int, float]) -> None:
        """A call of this name could come next."""
        if any(first_explained(mask) == self.best for mask in states):
            self.wanted.add(name)

    # Steps

    def steps(self, steps: Sequence[Step], states: States, caller: str | None, cuts: Cuts = ()) -> Ends:
        """One after the other."""
        ends: Ends = {}
        for step in steps:
            if not states:
                break
            states = split(self.step(step, states, caller, cuts), ends)
        for mask, time in states.items():
            keep(ends, (mask, "ok"), time)
        return ends

    def step(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """An action with its policies, outermost first."""
        self.visit(states, cuts)
        cache, fallback = step.policies.cache, step.policies.fallback
        ends = self._limited(step, states, caller, cuts)
        if cache is not None:
            for mask, time in states.items():
                keep(ends, (mask, "ok"), time)
        if fallback is None:
            return ends
        kept: Ends = {}
        failed: States = {}
        for (mask, end), time in ends.items():
            if end in ("ok", "stop"):
                keep(kept, (mask, end), time)
            else:
                failed[mask] = min(failed.get(mask, time), time)
        for key, time in self.steps(fallback, failed, caller, cuts).items():
            keep(kept, key, time)
        return kept

    def _limited(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        deadline = step.policies.deadline
        if deadline is None:
            return self._retried(step, states, caller, cuts)
        return self._cut(states, deadline, cuts, lambda one, within: self._retried(step, one, caller, within))

    def _cut(
        self, states: States, limit: Quantity, cuts: Cuts, inside: Callable[[States, Cuts], Ends]
    ) -> Ends:
        """What is inside, cut off after a limit: it then goes on, but nobody waits for it."""
        ends: Ends = {}
        for mask, time in states.items():
            gathered: States = {mask: time}
            for (after, end), when in inside({mask: time}, (*cuts, gathered)).items():
                if when <= self._latest(after & ~mask) + limit.high + self.slack:
                    keep(ends, (after, end), when)
            for after in gathered:
                keep(ends, (after, "timeout"), time + limit.low)
        return ends

    def _latest(self, calls: int) -> float:
        """When what made these calls began at the latest: with the first of them."""
        return min((seen.begin for n, seen in enumerate(self.calls) if calls >> n & 1), default=math.inf)

    def _retried(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        retry = step.policies.retry
        if retry is None:
            return self._guarded(step, states, caller, cuts)
        ends: Ends = {}
        pause = 0.0 if retry.backoff is None else retry.backoff.low * max(1.0 - retry.jitter, 0.0)
        for attempt in range(retry.times + 1):
            again: States = {}
            for (mask, end), time in self._guarded(step, states, caller, cuts).items():
                last = attempt == retry.times or not (end in retry.on or end == ERROR)
                if last or retry.budget is not None or (end == ERROR and len(retry.on) < len(ERROR_KINDS)):
                    keep(ends, (mask, end), time)
                if not last:
                    again[mask] = min(again.get(mask, time + pause), time + pause)
            states, pause = again, pause * retry.factor
            if not states:
                break
        return ends

    def _guarded(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """A breaker, a rate limit and hedging around one attempt."""
        policies = step.policies
        self.visit(states, cuts)
        hedge = policies.hedge
        if hedge is None:
            ends = self._attempt(step, states, caller, cuts)
        else:
            ends = Ends()
            for mask, time in states.items():
                for key, when in self._hedged(step, mask, time, hedge, caller, cuts).items():
                    keep(ends, key, when)
        for refused, kind in ((policies.breaker, "unavailable"), (policies.limit, "throttled")):
            if refused is not None:
                for mask, time in states.items():
                    keep(ends, (mask, kind), time)
        return ends

    def _hedged(
        self, step: Step, mask: int, time: float, hedge: Hedge, caller: str | None, cuts: Cuts
    ) -> Ends:
        """Attempts beside one another, each begun so long after the one before; the first answer counts."""
        gathered: States = {}
        ends = self._attempt(step, {mask: time}, caller, (*cuts, gathered))
        for number in range(1, hedge.at_most + 1):
            begin = time + number * hedge.after.low
            begun, gathered = dict.fromkeys(gathered, begin), {}
            for key, when in self._attempt(step, begun, caller, (*cuts, gathered)).items():
                keep(ends, key, when)
            for after in gathered:  # an earlier attempt answers
                keep(ends, (after, "ok"), begin)
        return ends

    def _attempt(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """One attempt, checked by its guards, within its timeout."""

        def inside(one: States, within: Cuts) -> Ends:
            ends = self.action(step, one, caller, within)
            for guard in step.policies.guards:
                passed: Ends = {}
                there = split(ends, passed)
                for (mask, end), time in self.steps(guard.steps, there, caller, within).items():
                    keep(passed, (mask, end), time)
                    if end == "ok" and happens(guard.rejects):
                        keep(passed, (mask, "rejected"), time)
                ends = passed
            return ends

        timeout = step.policies.timeout
        return inside(states, cuts) if timeout is None else self._cut(states, timeout, cuts, inside)

    def action(self, step: Step, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """What a step does."""
        action = step.action
        match action:
            case Call(component, operation):
                return self._called(component, operation, states, caller, cuts)
            case Send(component, operation):
                ends = {(mask, "ok"): time for mask, time in states.items()}
                for mask, time, bit, _ in self._explained(component, operation, states):
                    keep(ends, (mask | bit, "ok"), time)
                self.visit({mask: time for (mask, _), time in ends.items()}, cuts)
                return ends
            case Ask(person):
                ends: Ends = {}
                for mask, _, bit, seen in self._explained(person, step.title or "ask", states):
                    self.visit({mask | bit: seen.begin}, cuts)
                    keep(ends, (mask | bit, seen.ended), seen.end)
                return ends
            case Choose(branches):
                ways = [
                    self.steps(branch.steps, dict(states), caller, cuts)
                    for branch in branches
                    if happens(branch.share)
                ]
                return merged(ways)
            case Parallel():
                return self._parallel(action, states, caller, cuts)
            case Repeat():
                return self._repeated(action, states, caller, cuts)
            case Wait(time):
                least = time.low if isinstance(time, Quantity) and time.constant else 0.0
                return {(mask, "ok"): when + least for mask, when in states.items()}
            case Hold(steps=steps) | Group(steps=steps):
                return self.steps(steps, states, caller, cuts)
            case Fail(error):
                return {(mask, error): time for mask, time in states.items()}
            case Stop():
                return {(mask, "stop"): time for mask, time in states.items()}
            case Do(flow):
                there = self.model.flows[flow]
                return self.steps(there.steps, states, there.by or caller, cuts)
            case Mark():
                return {(mask, "ok"): time for mask, time in states.items()}
            case Open(role):
                raise ValueError(f"{step.path}: the choice `{role}` is open: only a finished design has runs")
            case _:
                assert_never(action)

    def _explained(self, service: str, name: str, states: States) -> list[tuple[int, float, int, Seen]]:
        """(calls explained, moment, bit of the call, call) for each call that this step can have made."""
        self.could(f"{service}.{name}", states)
        found: list[tuple[int, float, int, Seen]] = []
        for mask, time in states.items():
            for n, seen in enumerate(self.calls):
                free = not mask >> n & 1 and seen.service == service and seen.name == name
                if free and seen.begin >= time - self.slack:
                    found.append((mask, time, 1 << n, seen))
        return found

    def _called(self, name: str, operation: str, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """A call: its span, or none where it can have got lost or been turned away before."""
        ends: Ends = {}
        for mask, _, bit, seen in self._explained(name, operation, states):
            self.visit({mask | bit: seen.begin}, cuts)
            if can_end(self.model, name, operation, seen.ended):
                keep(ends, (mask | bit, seen.ended), seen.end)
        for candidate in self.model.candidates(name):
            for kind in ends_without_span(self.model, candidate, operation, caller):
                for mask, time in states.items():
                    keep(ends, (mask, kind), time)
        return ends

    def _parallel(self, both: Parallel, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """Branches that start together: all of them explain their calls; those not waited for may be cut off."""
        ends: Ends = {}
        count = len(both.branches)
        for mask, begin in states.items():
            ways: dict[Way, float] = {(mask, 0, (), math.inf): begin}
            for branch in both.branches:
                following: dict[Way, float] = {}
                for (here, well, errors, stops), latest in ways.items():
                    gathered: States = {}
                    done = self.steps(branch, {here: begin}, caller, (*cuts, gathered))
                    for (after, end), time in done.items():
                        bad = errors if end in ("ok", "stop") else tuple(sorted({*errors, end}))
                        key = (after, well + (end == "ok"), bad, min(stops, time) if end == "stop" else stops)
                        last = max(latest, time) if both.join == count else begin
                        following[key] = min(following.get(key, last), last)
                    for after in gathered:
                        key = (after, well, errors, stops)
                        following[key] = min(following.get(key, latest), latest)
                ways = following
            for (after, well, errors, stops), latest in ways.items():
                if well >= both.join:
                    keep(ends, (after, "ok"), latest)
                if stops < math.inf:
                    keep(ends, (after, "stop"), stops)
                for end in errors:
                    keep(ends, (after, end), begin)
        self.visit({mask: time for (mask, _), time in ends.items()}, cuts)
        return ends

    def _repeated(self, loop: Repeat, states: States, caller: str | None, cuts: Cuts) -> Ends:
        """Rounds: as many as it is said, else as many as explain something."""
        ends: Ends = {}
        times, bound = loop.times, count_bound(loop)
        fixed = False
        if isinstance(times, Quantity) and times.constant and times.low == times.high:
            fixed, told = True, whole_rounds(times.low)
            bound = told if bound is None else min(told, bound)
        if loop.until is None and not fixed:
            for mask, time in states.items():
                keep(ends, (mask, "ok"), time)
        rounds = 0
        known: States = {}
        while states and (bound is None or rounds < bound):
            rounds += 1
            states = split(self.steps(loop.steps, states, caller, cuts), ends)
            if not fixed:
                for mask, time in states.items():
                    keep(ends, (mask, "ok"), time)
                states = {mask: time for mask, time in states.items() if time < known.get(mask, math.inf)}
                known |= states
        if fixed:
            for mask, time in states.items():
                keep(ends, (mask, "ok"), time)
        return ends
