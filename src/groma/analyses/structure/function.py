"""The structure function of a flow: for which states of its parts a run is carried to its end, or to a mark.

A part's state is frozen during a run, so a retry of the same dead part gains nothing while a fallback does. What a run
draws afresh (branches of a choice, cache hits) is an event of its own in the formula, with its share as its chance: the
availability is then the exact expectation over the runs, without listing them. Decisions held to by all readers:

- `stop`, and `fail: rejected` not caused by an outage, carry a run to its end: business, not outage. Other `fail`s are
  errors.
- `ask`, guards' verdicts, `wait`, `timeout`, `limit` and a breaker don't fail here; only parts do. `send` needs
  nothing: the caller goes on, and what is sent is counted in the flow that handles it.
- A cache whose component is down misses. A guard's calls belong to the attempt that it checks.
- A retry draws afresh in every attempt; a hedge gains nothing, since a dead part answers `unavailable` at once.

Where a program isn't read exactly (draws inside loops without a fixed small count), the formula is a bound on the side
asked for and `exact` is False.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import assert_never

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.interval import Interval, share_of
from groma.analyses.reach import decided
from groma.analyses.routes import route
from groma.analyses.structure.chances import first_of, no_rounds
from groma.analyses.structure.every import Every, Surely
from groma.analyses.structure.parts import Parts, at_least, both, either
from groma.model.program import (
    Ask,
    Cache,
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
    whole_rounds,
)
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import ALWAYS, NEVER, Event, Formula, Not

MOST_ROUNDS = 6
"""Rounds of a loop or attempts of a retry whose draws are read one by one."""


@dataclass(frozen=True, slots=True)
class Ends:
    """How a step can end: going on, having ended the run well, or turned away as business; all else is an outage."""

    ok: Formula = ALWAYS
    ended: Formula = NEVER
    rejected: Formula = NEVER

    @property
    def carried(self) -> Formula:
        """When a run of just this is carried to its end."""
        return either(self.ok, self.ended, self.rejected)


GOES_ON = Ends()


@dataclass(slots=True)
class Structure:
    """Reads programs into formulas over `parts` and the draws of a run.

    `best` says on which side a bound lies: the optimistic end of open choices and of what isn't read exactly.
    """

    context: Context
    parts: Parts
    best: bool = True
    mark: str | None = None
    drawn: bool = True
    """Whether draws are events; if not, each takes its most favourable outcome."""
    exact: bool = True
    draws: dict[str, Interval] = field(default_factory=dict[str, Interval])
    """Chance of each draw, by event."""
    open: bool = field(init=False)
    """Whether choices of the design are left, so that formulas are only bounds."""
    _count: int = 0
    _hidden: bool = False
    """Whether something that is taken to be carried may be turned away: a fallback around it is needed, too."""
    _read: dict[tuple[int, str | None, str | None, bool], Ends] = field(
        default_factory=dict[tuple[int, str | None, str | None, bool], Ends]
    )
    """Ends of steps that draw nothing, by identity: an open model shares its steps among many alternatives."""

    def __post_init__(self) -> None:
        self.open = not decided(self.context)

    def flow(self, name: str) -> Formula:
        """When a run of the flow is carried to its end or to the mark."""
        flow = self.context.model.flows[name]
        return self.steps(flow.steps, flow.by).carried

    def steps(self, steps: tuple[Step, ...], caller: str | None) -> Ends:
        """Steps one after the other, called by `caller`."""
        key = (id(steps), caller, self.mark, self.drawn)
        known = self._read.get(key)
        if known is not None:
            return known
        before = self._count
        ends = self._sequence(self._step(step, caller) for step in steps)
        if self._count == before:  # draws are made afresh wherever the steps stand
            self._read[key] = ends
        return ends

    def _sequence(self, each: Iterable[Ends]) -> Ends:
        ok: Formula = ALWAYS
        ended: list[Formula] = []
        rejected: list[Formula] = []
        for ends in each:
            ended.append(both(ok, ends.ended))
            rejected.append(both(ok, ends.rejected))
            ok = both(ok, ends.ok)
            if ok == NEVER:
                break
        return Ends(ok, either(*ended), either(*rejected))

    def _step(self, step: Step, caller: str | None) -> Ends:
        policies = step.policies
        hidden, self._hidden = self._hidden, False
        ends = self._retried(step, policies.retry, lambda: self._attempt(step, caller))
        if policies.cache is not None:
            ends = self._cached(step, policies.cache, ends)
        if policies.fallback is not None:
            ends = self._instead(ends, self.steps(policies.fallback, caller))
            if self._hidden:  # whoever was turned away needs the fallback, too
                self._hidden = False
                ends = self._surely(self._every.step(step, caller))
        self._hidden = self._hidden or hidden
        return ends

    def _attempt(self, step: Step, caller: str | None) -> Ends:
        guards = (self.steps(guard.steps, caller) for guard in step.policies.guards if guard.steps)
        return self._sequence((self._action(step, caller), *guards))

    def _action(self, step: Step, caller: str | None) -> Ends:
        match step.action:
            case Call(component, operation):
                return self._call(component, operation, caller)
            case Choose():
                return self._choose(step, step.action, caller)
            case Parallel(branches, join):
                return self._parallel([self.steps(branch, caller) for branch in branches], join)
            case Repeat():
                return self._repeat(step, step.action, caller)
            case Hold(component, steps):
                inner = self.steps(steps, caller)
                return self._sequence((Ends(self.parts.up(component)), inner))
            case Do(flow):
                return self.steps(
                    self.context.model.flows[flow].steps, self.context.model.flows[flow].by or caller
                )
            case Mark(name):
                return Ends(ok=NEVER, ended=ALWAYS) if name == self.mark else GOES_ON
            case Group(steps):
                return self.steps(steps, caller)
            case Open():
                return self._open(step.action, caller)
            case Stop():
                return Ends(ok=NEVER, ended=ALWAYS)
            case Fail(error):
                return Ends(ok=NEVER, rejected=ALWAYS if error == "rejected" else NEVER)
            case Ask():
                return Ends(self.parts.asked(step.action))
            case Send() | Wait():
                return GOES_ON
            case _:
                assert_never(step.action)

    def _call(self, component: str, operation: str, caller: str | None) -> Ends:
        reached = both(*(self.parts.connected(c) for c in route(self.context, caller, component)))
        nested: list[Ends] = []
        mark, self.mark = self.mark, None  # marks belong to flows, not to what they call
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            if offered is None or offered.answers == "at once" or not offered.steps:
                nested.append(GOES_ON)
            else:
                nested.append(self.steps(offered.steps, component))
        self.mark = mark
        inner = self._any_of(nested)
        up = both(self.parts.up(component), reached)
        return Ends(ok=both(up, either(inner.ok, inner.ended)), rejected=both(up, inner.rejected))

    def _open(self, choice: Open, caller: str | None) -> Ends:
        self.parts.roles.add(choice.role)
        return self._any_of([self.steps(steps, caller) for steps in self.context.branches(choice)])

    def _any_of(self, alternatives: list[Ends]) -> Ends:
        """Ends that hold whichever alternative is taken (or, optimistically, for one of them)."""
        if len(alternatives) == 1:
            return alternatives[0]
        if not alternatives:
            return GOES_ON if self.best else Ends(ok=NEVER)
        join = either if self.best else both
        return Ends(
            join(*(a.ok for a in alternatives)),
            join(*(a.ended for a in alternatives)),
            join(*(a.rejected for a in alternatives)),
        )

    def _choose(self, step: Step, choice: Choose, caller: str | None) -> Ends:
        branches = [
            (share_of(branch.share), self.steps(branch.steps, caller))
            for branch in choice.branches
            if share_of(branch.share).high > 0.0
        ]
        for number, branch in enumerate(choice.branches, 1):
            if not isinstance(branch.share, Quantity):
                self.parts.evidence.miss(f"{step.path}.branch {number}.share")
        if all(ends == GOES_ON for _, ends in branches):
            return GOES_ON
        if not self.drawn or len(branches) == 1:
            return Ends(*(either(*column) for column in _columns([ends for _, ends in branches])))
        for number, branch in enumerate(choice.branches, 1):
            if isinstance(branch.share, Quantity):
                self.parts.evidence.note(f"{step.path}.branch {number}.share", branch.share)
        taken: list[Formula] = []
        earlier: list[Formula] = []
        for number, (share, _) in enumerate(branches):
            if number == len(branches) - 1:
                taken.append(both(*earlier))
                break
            rest = [other for other, _ in branches[number + 1 :]]
            event = self._draw(f"{step.path} branch {number + 1}", first_of(share, rest))
            taken.append(both(*earlier, event))
            earlier.append(Not(event))
        columns = _columns([ends for _, ends in branches])
        return Ends(
            *(either(*(both(t, f) for t, f in zip(taken, column, strict=True))) for column in columns)
        )

    def _parallel(self, branches: list[Ends], join: int) -> Ends:
        ok = at_least(join, tuple(ends.ok for ends in branches))
        ended = either(*(ends.ended for ends in branches))
        if ended != NEVER:
            ended = both(ended, at_least(join, tuple(either(ends.ok, ends.ended) for ends in branches)))
            if join < len(branches):  # which comes first is a matter of time
                self.exact = False
                ended = ended if self.best else NEVER
        rejected = either(*(ends.rejected for ends in branches))
        if rejected != NEVER:
            rejected = both(rejected, at_least(join, tuple(ends.carried for ends in branches)))
            if join < len(branches):
                rejected = self._unless(ok, rejected)
        return Ends(ok, ended, rejected)

    def _repeat(self, step: Step, loop: Repeat, caller: str | None) -> Ends:
        before = self._count
        once = self.steps(loop.steps, caller)
        drawing = self._count > before
        none = no_rounds(loop)
        rounds = _rounds(loop)
        if none.low >= 1.0:
            return GOES_ON
        if drawing and rounds is not None and rounds <= MOST_ROUNDS:
            copies = [self.steps(loop.steps, caller) for _ in range(rounds - 1)]
            once = self._sequence((once, *copies))
        elif drawing and rounds != 1:
            self.exact = False
            if not self.best:
                once = self._surely(self._every.steps(loop.steps, caller))
            elif once.ended != NEVER or once.rejected != NEVER:  # more rounds may end where one goes on
                once = self._favourable(lambda: self.steps(loop.steps, caller))
        if none.high <= 0.0:
            return once
        return self._skipped(self._draw(f"{step.path} no round", none), once)

    def _retried(self, step: Step, retry: Retry | None, attempt: Callable[[], Ends]) -> Ends:
        before = self._count
        first = attempt()
        if retry is None or retry.times == 0 or self._count == before:
            return first
        covered, comes_again = {"unavailable", "timeout"} & set(retry.on), "rejected" in retry.on
        if not covered and not comes_again:
            return first
        if len(covered) == 1:  # which kind an outage has depends on where it strikes
            self.exact = False
            if not self.best:  # what is turned away may end in one when it comes again
                return Ends(first.ok, first.ended) if comes_again else first
        attempts = [first, *(attempt() for _ in range(min(retry.times, MOST_ROUNDS - 1)))]
        if retry.times >= MOST_ROUNDS:
            self.exact = False
            if self.best:
                attempts.append(self._favourable(attempt))
            elif comes_again:
                attempts[-1] = Ends(attempts[-1].ok, attempts[-1].ended)
        result = attempts.pop()
        while attempts:
            here = attempts.pop()
            if not covered:
                again = here.rejected
                result = Ends(
                    either(here.ok, both(again, result.ok)),
                    either(here.ended, both(again, result.ended)),
                    both(again, result.rejected),
                )
                continue
            business = NEVER if comes_again else here.rejected
            over = either(here.ok, business)
            result = Ends(
                either(here.ok, self._unless(business, result.ok)),
                either(here.ended, self._unless(over, result.ended)),
                either(business, self._unless(here.ok, result.rejected)),
            )
        return result

    def _cached(self, step: Step, cache: Cache, inner: Ends) -> Ends:
        share = self.parts.evidence.share(f"{step.path}.cache.hits", hits_of(self.parts.context.model, step))
        if share.high <= 0.0 or inner == GOES_ON:
            return inner
        up = ALWAYS if cache.component is None else self.parts.up(cache.component)
        return self._skipped(both(self._draw(f"{step.path} hit", share), up), inner)

    def _skipped(self, skip: Formula, inner: Ends) -> Ends:
        return Ends(
            either(skip, inner.ok), self._unless(skip, inner.ended), self._unless(skip, inner.rejected)
        )

    def _instead(self, first: Ends, other: Ends) -> Ends:
        """A fallback: it runs on every error; being turned away after an outage is still an outage."""
        return Ends(
            either(first.ok, other.ok),
            either(first.ended, self._unless(first.ok, other.ended)),
            both(first.rejected, other.rejected),
        )

    def _unless(self, other: Formula, formula: Formula) -> Formula:
        """`formula` where `other` doesn't hold; only a bound where `other` is one itself."""
        if formula == NEVER:
            return NEVER
        if not self.drawn or self.open:
            return formula if self.best else NEVER
        if other == NEVER:
            return formula
        return NEVER if other == ALWAYS else both(Not(other), formula)

    def _favourable(self, read: Callable[[], Ends]) -> Ends:
        """What is read with every draw at its best."""
        drawn, self.drawn = self.drawn, False
        ends = read()
        self.drawn = drawn
        return ends

    @property
    def _every(self) -> Every:
        return Every(self.context, self.parts, self.mark, strict=True)

    def _surely(self, surely: Surely) -> Ends:
        """Runs that are carried whatever they draw, taken to go on where some do: then most is needed later."""
        self._hidden = self._hidden or surely.rejects
        return Ends(ok=surely.carried) if surely.goes_on else Ends(ok=NEVER, ended=surely.carried)

    def _draw(self, name: str, chance: Interval) -> Formula:
        if not self.drawn:
            return ALWAYS
        if chance.low >= 1.0:
            return ALWAYS
        self._count += 1
        event = f"draw {self._count}: {name}"
        self.draws[event] = chance
        return Event(event)


def _columns(ends: list[Ends]) -> list[list[Formula]]:
    return [[e.ok for e in ends], [e.ended for e in ends], [e.rejected for e in ends]]


def _rounds(loop: Repeat) -> int | None:
    """The fixed number of rounds; None when it varies or isn't known."""
    times = loop.times
    if not isinstance(times, Quantity) or not times.constant or times.known is not None:
        return None
    rounds = whole_rounds(times.mean)
    return rounds if loop.at_most is None else min(rounds, loop.at_most)
