"""How the steps of a flow end: programs read as outcomes, action by action and policy by policy.

The semantics are those of `docs/programs.md`. Steps are independent of one another (said in `valid`), parts are up
(availability counts outages), and a station's queue is the one of the busiest hour. Where this page decides something:

- a retry's pause before attempt n + 1 is `backoff * factor^(n-1)`, spread uniformly by its jitter;
- a look-up of a cache takes its time on a miss as well; a guard takes its time on results it turns down, too;
- `until` is asked after each round; `at_most` ends the loop ok; a count with spread is rounded to the nearest whole;
- a parallel step is ok when k branches are and ends in error as soon as that can't be any more; branches that wait
  in queues hang together (`join`);
- a throttled call comes back after the connection's time; `fails` shows when the work is done;
- `stop` inside an operation's own steps ends the operation; inside a flow it ends the run.

Policies stand around an action in the order of `groma.model.program`. Open choices inside a step are tried one by one
as long as they are few (so that all attempts of a retry take the same alternative), else part by part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from groma.analyses.alike import first_alike, standing_at
from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.outcome import attempts
from groma.analyses.outcome import call as outcome_call
from groma.analyses.outcome import repeat as outcome_repeat
from groma.analyses.outcome.algebra import (
    ERRORS,
    JUST_OK,
    OK,
    REACHED,
    STOPPED,
    Outcome,
    after,
    done,
    limited,
    mass_of,
    mixed,
    one_of,
    split,
    then,
)
from groma.analyses.outcome.hedge import hedged
from groma.analyses.outcome.join import Hanging, joined
from groma.analyses.outcome.law import FAST, INF, NEGLIGIBLE, SLOW, Array, Defective, Grid, anytime
from groma.analyses.outcome.quantity import pause_law, share_of, time_law, unknown_among
from groma.analyses.reach import comes_late, reach, reach_of, stations_before, variants
from groma.model.program import (
    Action,
    Ask,
    Breaker,
    Cache,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hedge,
    Hold,
    Limit,
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
from groma.model.quantity import Quantity, Unknown

MOST_COMBINATIONS = 40
"""Combinations of open choices inside one step that are tried one by one; beyond, each part is bounded by itself."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Time in the queue of one station; `law` None: there is no queue."""

    law: Defective | None
    key: tuple[object, ...] | None = None
    full: Array | None = None
    """Share (upper, lower, nominal) of calls that find the queue full."""
    missing: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    saturated: bool = False
    """Whether there is no steady state even at the lowest load, or everything may come to stand still there."""
    crowded: bool = False
    """Whether calls that it turned away come again so soon that they find it as they left it."""
    lost: float = 1.0
    """Of these, the most that are never let in, however often they come."""
    meets: float = 1.0
    """The greatest share of attempts that wait there, where those before them may still be worked on."""


Keys: TypeAlias = tuple[tuple[str, tuple[object, ...]], ...]
CIRCLE = "circle"
"""What the key of a queue begins with that is asked for while it is worked out."""


POISSON = "calls reach {} as a Poisson stream"


def no_waiting(station: str) -> Waiting:
    """Every station as if it had no limit: for what doesn't depend on queues."""
    del station
    return Waiting(None)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Reads programs into outcomes on one grid, up to a mark (or to the end), with given queues.

    `offered` bounds the calls per second that reach a step (by id), for rate limits; `keys` remembers what the queues
    of stations are a function of.
    """

    context: Context
    grid: Grid
    mark: str | None = None
    waiting: Callable[[str], Waiting] = no_waiting
    offered: Mapping[int, float] | None = None
    keys: dict[frozenset[str], Keys] = field(default_factory=dict[frozenset[str], Keys], compare=False)

    def flow(self, name: str) -> Outcome:
        """The outcome of one run."""
        flow = self.context.model.flows[name]
        return self.sequence(flow.steps, flow.by)

    def well(self, name: str) -> Outcome:
        """How runs end well, and nothing of how they fail: all that bounds on many designs need."""
        flow, total = self.context.model.flows[name], done(self.grid)
        for step in flow.steps:
            if OK not in total.ends:
                break
            whole = self.step(step, flow.by)
            ends = {kind: law for kind, law in whole.ends.items() if kind not in ERRORS}
            fine = Outcome(ends, None, whole.missing, whole.notes, whole.at_once)
            total = then(self.grid, total, JUST_OK, fine)
        return total

    def sequence(self, steps: tuple[Step, ...], caller: str | None, marks: bool = True) -> Outcome:
        """One step after another; with `marks` off, marks and stops are those of an operation's own steps.

        What nothing gets to (after the mark that is asked for, say) isn't worked out."""
        total = done(self.grid)
        for step in steps:
            if OK not in total.ends:
                break
            total = then(self.grid, total, JUST_OK, self.step(step, caller, marks))
        return total

    def step(self, step: Step, caller: str | None, marks: bool = True) -> Outcome:
        """An action with its policies; remembered by what it depends on, for all steps that do the same."""
        first = first_alike(self.context, step)
        key = self._key("outcome", first, caller, marks)
        known: Outcome | None = self.context.recent.get(key)
        if known is None:
            roles = sorted(reach(self.context, first).roles - self.context.taken)
            known = self._step(first, caller, marks, roles)
            self.context.recent.put(key, known)
        return standing_at(step.path, known, first.path)

    def layers_of(
        self, step: Step, caller: str | None, marks: bool = True
    ) -> tuple[tuple[str, Outcome], ...]:
        """What `layers` yields, remembered in the same way."""
        first = first_alike(self.context, step)
        key = self._key("layers", first, caller, marks)
        known: tuple[tuple[str, Outcome], ...] | None = self.context.recent.get(key)
        if known is None:
            known = tuple(self.layers(first, caller, marks))
            self.context.recent.put(key, known)
        return tuple((name, standing_at(step.path, layer, first.path)) for name, layer in known)

    def _key(self, kind: str, step: Step, caller: str | None, marks: bool) -> tuple[object, ...]:
        """What an outcome depends on: its choices inside, the queues inside, the mark."""
        inside = reach(self.context, step)
        chosen = self.context.narrowed(inside.roles)
        mark = self.mark if marks and self.mark in inside.marks else None
        stations = inside.stations if mark is None else stations_before(self.context, step, mark)[0]
        offered = tuple(sorted(self.offered.items())) if self.offered else None
        return (kind, self.grid, mark, id(step), caller, chosen, self._queues(stations), offered)

    def _queues(self, stations: frozenset[str]) -> Keys:
        """What the queues of some stations are a function of; not remembered of one that is just being worked out."""
        known = self.keys.get(stations)
        if known is None:
            known = tuple((s, key) for s in sorted(stations) if (key := self.waiting(s).key) is not None)
            if not any(key[0] == CIRCLE for _, key in known):
                self.keys[stations] = known
        return known

    def stands(self, action: Action) -> bool:
        """Whether anything may stand under the name that is called: no valid model calls a part that isn't there."""
        return not isinstance(action, Call | Send) or bool(self.context.candidates(action.component))

    def _step(self, step: Step, caller: str | None, marks: bool, open_roles: list[str]) -> Outcome:
        if (open_roles and not isinstance(step.action, Group | Choose | Do)) or (
            open_roles and not step.policies.none
        ):
            choices = [self.possible(role) for role in open_roles]
            if 0 < math.prod(map(len, choices)) <= MOST_COMBINATIONS:
                ways = [self.choosing(open_roles[0], variant) for variant in choices[0]]
                standing = [way for way in ways if way.stands(step.action)]
                return one_of(self.grid, [way.step(step, caller, marks) for way in standing or ways])
        *_, (_, outermost) = self.layers(step, caller, marks)
        return outermost

    def possible(self, role: str) -> list[str]:
        """What an open choice can still become."""
        return [v for v in variants(self.context, role) if self.context.possible(role, v)]

    def choosing(self, role: str, variant: str) -> Outcomes:
        """The same with one more choice taken."""
        return replace(self, context=self.context.with_partial({**self.context.left, role: variant}))

    # Actions

    def _action(self, step: Step, caller: str | None, marks: bool) -> Outcome:
        grid, action = self.grid, step.action
        match action:
            case Call():
                return outcome_call.called(self, step, action, caller)
            case Send():
                return done(grid)
            case Choose(branches):
                shares = [share_of(grid, branch.share) for branch in branches]
                missing = unknown_among(
                    *((f"{step.path}.branch {n}.share", branch.share) for n, branch in enumerate(branches, 1))
                )
                parts = [self.sequence(branch.steps, caller, marks) for branch in branches]
                return mixed(grid, shares, parts).noting(missing)
            case Parallel(branches, join, _):
                parts = [self.sequence(steps, caller, marks) for steps in branches]
                return joined(grid, join, parts, self._hanging(branches))
            case Repeat():
                return outcome_repeat.repeated(
                    grid, step.path, action, self.sequence(action.steps, caller, marks)
                )
            case Ask():
                return outcome_call.asked(self, step, action)
            case Wait(time):
                return after(time_law(grid, time)).noting(unknown_among((f"{step.path}.wait", time)))
            case Hold(component, steps):
                held = self.sequence(steps, caller, marks)
                return then(grid, outcome_call.queued(self, f"components.{component}"), JUST_OK, held)
            case Fail(error):
                return done(grid, error)
            case Stop():
                return done(grid, STOPPED)
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.sequence(there.steps, there.by or caller, marks)
            case Mark(name):
                return done(grid, REACHED if marks and name == self.mark else OK)
            case Group(steps):
                return self.sequence(steps, caller, marks)
            case Open():
                return self._open(step.path, action, caller, marks)
        assert_never(action)

    def _open(self, path: str, action: Open, caller: str | None, marks: bool) -> Outcome:
        branches = self.context.branches(action)
        if not branches:
            nothing = Outcome({OK: anytime(self.grid)})
            return nothing.noting(frozenset({f"{path}: nothing fills the role `{action.role}`"}))
        return one_of(self.grid, [self.sequence(steps, caller, marks) for steps in branches])

    def _hanging(self, branches: Sequence[tuple[Step, ...]]) -> Hanging | None:
        """How branches that start together hang on one another; None where at most one of them waits in queues."""
        found: list[tuple[bool, bool]] = []
        timed = False
        for steps in branches:
            queues = [self.waiting(s) for s in sorted(reach_of(self.context, steps).stations)]
            laws = [queue.law for queue in queues if queue.law is not None]
            fast, slow = (
                any(1.0 - float(law.cells[row, 0]) > NEGLIGIBLE for law in laws) for row in (FAST, SLOW)
            )
            full = any(queue.full is not None and queue.full[FAST] > NEGLIGIBLE for queue in queues)
            timed = timed or full or any(comes_late(self.context, step) for step in steps)
            found.append((fast or full, slow or full))
        fasts, slows = zip(*found, strict=True)
        return Hanging(fasts, slows, timed) if sum(slows) > 1 else None

    # Policies, innermost first

    def layers(self, step: Step, caller: str | None, marks: bool = True) -> Iterator[tuple[str, Outcome]]:
        """The outcome of the action, then of each policy around it, innermost first, with the policy's name."""
        policies, grid = step.policies, self.grid
        inner = self._action(step, caller, marks)
        yield "action", inner
        if policies.none:
            return
        for guard in policies.guards:
            check = self.taking(guard.takes)
            check = then(grid, check, JUST_OK, self.sequence(guard.steps, caller, marks))
            check = split(grid, check, OK, share_of(grid, guard.rejects), "rejected")
            at = f"{step.path}.guard {guard.name}"
            missing = unknown_among((f"{at}.takes", guard.takes), (f"{at}.rejects", guard.rejects))
            inner = then(grid, inner, JUST_OK, check.noting(missing))
            yield "guard", inner
        if policies.timeout is not None:
            inner = self._limited(step, caller, inner, "timeout", policies.timeout)
            yield "timeout", inner
        if policies.hedge is not None:
            inner = attempts.narrowed(
                self, step, caller, marks, "hedge", self._hedged(step, caller, inner, policies.hedge)
            )
            yield "hedge", inner
        if policies.limit is not None:
            inner = self._throttled(step, inner, policies.limit)
            yield "limit", inner
        if policies.breaker is not None:
            inner = self._breaker(step, inner, policies.breaker)
            yield "breaker", inner
        if policies.retry is not None:
            inner = attempts.retried(self, step, inner, policies.retry)
            inner = attempts.narrowed(self, step, caller, marks, "retry", inner)
            yield "retry", inner
        if policies.deadline is not None:
            inner = self._limited(step, caller, inner, "deadline", policies.deadline)
            yield "deadline", inner
        if policies.cache is not None:
            cache = policies.cache
            look_up = self._looked_up(step, cache)
            found = hits_of(self.context.model, step)
            hits = share_of(grid, found)
            missing = unknown_among(
                (f"{step.path}.cache.takes", cache.takes), (f"{step.path}.cache.hits", found)
            )
            missed = 1 - grid.other(hits)
            inner = then(grid, look_up, JUST_OK, mixed(grid, [hits, missed], [done(grid), inner]))
            inner = inner.noting(missing)
            yield "cache", inner
        if policies.fallback is not None:
            back = self.sequence(policies.fallback, caller, marks)
            yield "fallback", attempts.fallen_back(self, step, caller, marks, inner, back)

    def _at_ends(self, quantity: Quantity, make: Callable[[float], Outcome]) -> Outcome:
        """A policy at both ends of a known range of its setting: neither end need be the better one."""
        if quantity.low == quantity.high:
            return make(quantity.mean)
        return one_of(self.grid, [make(quantity.low), make(quantity.mean), make(quantity.high)])

    def taking(self, time: Quantity | Unknown | None) -> Outcome:
        """Nothing but time passes."""
        return done(self.grid) if time is None else after(time_law(self.grid, time))

    def _looked_up(self, step: Step, cache: Cache) -> Outcome:
        """Looking into a cache, whether it is there or not."""
        del step
        return self.taking(cache.takes)

    def _limited(
        self, step: Step, caller: str | None, inner: Outcome, policy: str, limit: Quantity
    ) -> Outcome:
        """`inner` within its `timeout` or `deadline` (`policy`)."""
        del step, caller, policy
        return self._at_ends(limit, lambda time: limited(self.grid, inner, time))

    def _hedged(self, step: Step, caller: str | None, inner: Outcome, hedge: Hedge) -> Outcome:
        del caller
        both = self._at_ends(hedge.after, lambda time: hedged(self.grid, inner, time, hedge.at_most))
        return attempts.beside_a_queue(self, step, inner, both)

    def calm(self) -> Outcomes:
        """The same without any queue."""
        return replace(self, waiting=no_waiting, keys={})

    @property
    def unhindered(self) -> bool:
        """Whether there are no queues at all."""
        return self.waiting is no_waiting

    def pause(self, retry: Retry, attempt: int) -> Outcome:
        """The pause before an attempt more."""
        if retry.backoff is None:
            return done(self.grid)
        return after(pause_law(self.grid, retry.backoff, retry.factor ** (attempt - 1), retry.jitter))

    def _breaker(self, step: Step, inner: Outcome, breaker: Breaker) -> Outcome:
        bad = mass_of(self.grid, inner, frozenset(breaker.on))
        if bad[FAST] < breaker.opens_at.low:
            return inner.noting(notes=frozenset({f"{step.path}: the breaker stays closed (steady state)"}))
        note = f"{step.path}: the breaker may be open at any time"
        return one_of(self.grid, [inner, done(self.grid, "unavailable")]).noting(notes=frozenset({note}))

    def _throttled(self, step: Step, inner: Outcome, limit: Limit) -> Outcome:
        """A token bucket: over it `throttled`, at most as often as a queue of that length overflows."""
        offered = INF if self.offered is None else self.offered.get(id(step), INF)
        most, note = outcome_call.overflow(offered, limit.rate.low, limit.burst)
        turned_away = done(self.grid, "throttled")
        share = self.grid.triple(most, 0.0, 0.0 if most < 1e-6 else math.nan)
        passed = mixed(self.grid, [1 - self.grid.other(share), share], [inner, turned_away])
        return passed.noting(notes=frozenset({f"{step.path}: {note}"}))
