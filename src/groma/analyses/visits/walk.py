"""How often a run uses each operation, person and pool: expected uses per run, with what bounds them.

The expectation reader of the programs: the weight of a step is the expected number of times a run gets to it, and
follows from the outcomes of the steps before it (linearity of expectation; no independence is needed for sums). Work
after giving up counts: a caller's timeout doesn't call back what it has started. Where it does keep later steps from
being started, the lower end allows for it, and there is no nominal value unless that changes less than 0.1 %.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.growing import NONE_BEFORE, Earlier, grows_in, growth_of, rounds_before
from groma.analyses.interval import ONE, ZERO, Interval, share_of, total
from groma.analyses.loads.again import at_once, turned_away_alone
from groma.analyses.outcome.algebra import ERRORS, OK, Outcome, any_end
from groma.analyses.outcome.call import overflow
from groma.analyses.outcome.hedge import started
from groma.analyses.outcome.late import NEVER, Late
from groma.analyses.outcome.law import NEGLIGIBLE, SLOW
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.reach import connection_of, reach_of
from groma.analyses.visits.rounds import rounds
from groma.analyses.visits.tries import Tries, chance, interval_of
from groma.analyses.visits.use import Use, When, waits_at_all
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
)

Checks = dict[tuple[str, int], Interval]


def uses_of(outcomes: Outcomes, flow: str, limits: dict[int, float] | None = None) -> tuple[Use, ...]:
    """Everything one run of a flow uses, in the order of the program.

    Into `limits` (step id -> times) goes the most often that each rate limit of a step is asked in a run.
    """
    return (_walked(outcomes, flow) if limits is None else _collected(outcomes, flow, limits))[0]


def checks_of(outcomes: Outcomes, flow: str) -> Checks:
    """(path of a step, number of its guard from 1) -> results a run of the flow that the guard is asked about."""
    return _walked(outcomes, flow)[1]


def _walked(outcomes: Outcomes, flow: str) -> tuple[tuple[Use, ...], Checks]:
    """What a walk over a flow collects, remembered by what it depends on."""
    context = outcomes.context
    inside = reach_of(context, context.model.flows[flow].steps)
    chosen = context.narrowed(inside.roles)
    queues = frozenset((s, outcomes.waiting(s).key) for s in inside.stations)
    key = ("walked", outcomes.grid, flow, chosen, queues, frozenset((outcomes.offered or {}).items()))
    known: tuple[tuple[Use, ...], Checks] | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _collected(outcomes, flow, {})
    return known


def _collected(outcomes: Outcomes, flow: str, limits: dict[int, float]) -> tuple[tuple[Use, ...], Checks]:
    there = outcomes.context.model.flows[flow]
    walk = _Walk(outcomes, [], flow, limits)
    walk.sequence(there.steps, there.by, ONE, ())
    return tuple(walk.uses), walk.checks


def _rest(share: Interval) -> Interval:
    return Interval(1 - share.high, None if share.value is None else 1 - share.value, 1 - share.low)


def _lowered(weight: Interval, cut: float) -> Interval:
    """A weight of which up to `cut` may never come to be."""
    kept = weight.value if weight.value is not None and cut <= NEGLIGIBLE * weight.value else None
    return Interval(max(weight.low - cut, 0.0), kept, weight.high)


def _cut_share(weight: Interval, cut: float) -> float:
    """The share, at the most, of uses that somebody further out ends."""
    return min(cut / weight.low, 1.0) if weight.low > 0.0 else float(cut > 0.0)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Collects uses; `cut` is the expected number of times that a caller further out gives up meanwhile."""

    outcomes: Outcomes
    uses: list[Use]
    run: str
    limits: dict[int, float]
    earlier: Earlier = NONE_BEFORE
    first: Interval | None = None
    """Of the attempts at a call, those of which some may be let in."""
    sure: bool = False
    """Whether all others are surely turned away, as their queue notices nothing of them."""
    once: bool = False
    """Whether nothing else makes them come again, or turns them away."""
    late: Late = NEVER
    """How much of what is used, is used since something took too long."""
    beside: bool = False
    """Whether attempts of one run are made beside one another, and so may wait for each other."""
    checks: Checks = field(default_factory=dict[tuple[str, int], Interval])
    """(path of a step, number of its guard) -> results a run that the guard is asked about."""

    @property
    def context(self) -> Context:
        return self.outcomes.context

    def mass(self, outcome: Outcome, *kinds: str) -> Interval:
        return chance(self.outcomes, outcome, *kinds)

    def sequence(
        self, steps: tuple[Step, ...], caller: str | None, weight: Interval, when: When, cut: float = 0.0
    ) -> None:
        now, first = weight, True
        for step in steps:
            if now.high <= 0:
                return
            self.step(step, caller, now if first else _lowered(now, cut), when, cut)
            now, first = now * self.mass(self.outcomes.step(step, caller), OK), False

    def step(self, step: Step, caller: str | None, weight: Interval, when: When, cut: float) -> None:
        """From the outermost policy inwards."""
        policies, outcomes = step.policies, self.outcomes
        if policies.none:
            self.action(step, caller, weight, when, cut)
            return
        layers = outcomes.layers_of(step, caller)
        names = [name for name, _ in layers]
        first: Interval | None = None
        found: Interval | None = None
        tried, late = Tries(outcomes, step, caller, self.late), self.late

        def inside(name: str) -> Outcome:
            """The outcome just inside a policy."""
            return layers[names.index(name) - 1][1]

        def gives_up(name: str) -> float:
            return self.mass(layers[names.index(name)][1], "timeout").high

        if policies.compensate is not None:
            undone = min(weight.high, self.mass(self.outcomes.flow(self.run), *ERRORS).high)
            self.sequence(policies.compensate, caller, Interval(0.0, None, undone), when)
        if policies.fallback is not None:
            falls = self.mass(inside("fallback"), *ERRORS)
            walk = replace(self, late=tried.fallback(falls, inside("fallback")))
            walk.sequence(policies.fallback, caller, _lowered(weight * falls, cut), when, cut)
        if policies.cache is not None:
            if policies.cache.component is not None:
                for component, then in self.candidates(policies.cache.component, when):
                    self.uses.append(
                        Use("look up", component.name, "", step, caller, weight, then, component)
                    )
            weight = weight * _rest(share_of(hits_of(self.context.model, step)))
            if policies.cache.takes is not None:  # what is inside doesn't start at once
                weight = _lowered(weight, cut)
        if policies.deadline is not None:
            cut += weight.high * gives_up("deadline")
        if policies.retry is not None:
            again, found, late = tried.attempts(policies.retry, inside("retry"))
            first = None if found is None else weight * _sure_once(found, cut)
            weight = weight * _sure_once(again, cut)
        if (
            policies.breaker is not None
            and self.mass(inside("breaker"), *policies.breaker.on).high >= policies.breaker.opens_at.low
        ):
            weight = Interval(0.0, None, weight.high)
        if policies.limit is not None:
            self.limits[id(step)] = self.limits.get(id(step), 0.0) + weight.high
            offered = outcomes.offered or {}
            most, _ = overflow(
                offered.get(id(step), float("inf")), policies.limit.rate.low, policies.limit.burst
            )
            weight = Interval(
                weight.low * (1 - most), weight.value if most < NEGLIGIBLE else None, weight.high
            )
        if policies.hedge is not None:
            one, after = inside("hedge"), policies.hedge.after
            ended = any_end(outcomes.grid, one)
            more = [
                interval_of(share)
                for time in {after.low, after.mean, after.high}
                for share in started(outcomes.grid, one, ended, time, policies.hedge.at_most)
            ]
            tries = (
                total([ONE, *more])
                if after.low == after.high
                else Interval(1.0, None, 1.0 + policies.hedge.at_most)
            )
            late = replace(tried, late=late).hedges(tries, 1.0 + policies.hedge.at_most)
            before, weight = weight, weight * _sure_once(tries, cut)
            cut += before.high * (tries.high - 1)
        if policies.timeout is not None:
            cut += weight.high * gives_up("timeout")
        walk = replace(self, late=late, beside=self.beside or policies.hedge is not None)
        before = layers[0][1]
        for nth, (guard, (_, checked)) in enumerate(zip(policies.guards, layers[1:], strict=False), 1):
            asked = _lowered(weight * self.mass(before, OK), cut)
            walk.sequence(guard.steps, caller, asked, when, cut)
            sure = asked if not when else Interval(0.0, None, asked.high)
            self.checks[step.path, nth] = self.checks.get((step.path, nth), ZERO) + sure
            before = checked
        if first is not None:
            once, sure = turned_away_alone(self.context, step), at_once(self.context, step)
            walk = replace(walk, first=first, sure=sure, once=once and found == ONE)
        walk.action(step, caller, weight, when, cut)

    def action(self, step: Step, caller: str | None, weight: Interval, when: When, cut: float) -> None:
        action, context = step.action, self.context
        match action:
            case Call(component, operation) | Send(component, operation):
                self.call(step, component, operation, caller, weight, when, cut)
            case Choose(branches):
                for branch in branches:
                    self.sequence(branch.steps, caller, weight * share_of(branch.share), when, cut)
            case Parallel(branches, join, left_over):
                if left_over == "cancel":
                    if join < len(branches):
                        cut += weight.high
                    else:
                        broken = (
                            self.outcomes.step(step, caller)
                            if step.policies.none
                            else self.outcomes.layers_of(step, caller)[0][1]
                        )
                        cut += weight.high * (1 - self.mass(broken, OK).low)
                for steps in branches:
                    self.sequence(steps, caller, weight, when, cut)
            case Repeat(steps):
                once = ONE
                for inner in steps:
                    once = once * self.mass(self.outcomes.step(inner, caller), OK)
                times, earlier = _sure_once(rounds(action, once), cut), NONE_BEFORE
                if grows_in(steps):
                    before = rounds_before(action, once)
                    earlier = before if cut <= 0 else before.less_sure(known=times.value is not None)
                replace(self, earlier=earlier).sequence(steps, caller, weight * times, when, cut)
            case Ask(person):
                self.uses.append(Use("ask", person, "", step, caller, weight, when, late=self.late))
            case Hold(component, steps):
                for candidate, then in self.candidates(component, when):
                    here = self.let_in(candidate, weight)
                    self.uses.append(
                        Use(
                            "hold", component, "", step, caller, here, then, candidate, weight,
                            cut=_cut_share(here, cut), late=self.late,
                        )
                    )  # fmt: skip
                    waits = 1.0 if self.beside else waits_at_all(self.outcomes, candidate.name)
                    late = min(cut, here.high * waits)
                    self.sequence(steps, caller, self.served(candidate, _lowered(here, late)), then, cut)
            case Do(flow):
                there = context.model.flows[flow]
                self.anew.sequence(there.steps, there.by or caller, weight, when, cut)
            case Group(steps):
                self.sequence(steps, caller, weight, when, cut)
            case Open(role, alternatives):
                for variant, steps in alternatives:
                    if (then := self.also(role, variant, when)) is not None:
                        self.sequence(steps, caller, weight, then, cut)
            case Wait() | Fail() | Stop() | Mark():
                pass
            case _:
                assert_never(action)

    @property
    def anew(self) -> _Walk:
        """What is called or done in place of a step knows nothing of the rounds and attempts around it."""
        return replace(self, earlier=NONE_BEFORE, first=None)

    def candidates(self, name: str, when: When) -> list[tuple[Component, When]]:
        """What may stand under a name, each with the choices it takes."""
        known = self.context.model.components.get(name)
        if known is not None:
            return [(known, when)]
        found: list[tuple[Component, When]] = []
        for alternative in self.context.model.alternatives.get(name, ()):
            if (then := self.also(alternative.role, alternative.variant, when)) is not None:
                found.append((alternative.component, then))
        return found

    def also(self, role: str, variant: str, when: When) -> When | None:
        """What has to be chosen if this is chosen too; None if it can't be."""
        before = dict(when).get(role)
        if before is not None:
            return when if before == variant else None
        if not self.context.possible(role, variant):
            return None
        return when if role in self.context.taken else (*when, (role, variant))

    def let_in(self, component: Component, weight: Interval, first: Interval | None = None) -> Interval:
        """The calls that don't find the queue full: some of the `first` ones only, where attempts hang together."""
        waiting = self.outcomes.waiting(f"components.{component.name}")
        full = waiting.full
        if full is None:
            return weight
        room = _rest(interval_of(full))
        if first is None or self.sure:
            return (first or weight) * room
        least = first.low * (1.0 - waiting.lost)
        return Interval(max(weight.low * room.low, least), None, min(weight.high * room.high, first.high))

    def served(self, component: Component, weight: Interval) -> Interval:
        """The calls whose wait ends at all: fewer, where everything may come to stand still."""
        law = self.outcomes.waiting(f"components.{component.name}").law
        if law is None or law.mass[SLOW] >= 1.0:
            return weight
        return weight * Interval(float(law.mass[SLOW]), None, 1.0)

    def call(
        self,
        step: Step,
        name: str,
        operation: str,
        caller: str | None,
        weight: Interval,
        when: When,
        cut: float,
    ) -> None:
        kind = "call" if isinstance(step.action, Call) else "send"
        for component, then in self.candidates(name, when):
            offered = component.offers.get(operation)
            if offered is None:
                continue
            kept = ONE if offered.throttled is None else _rest(share_of(offered.throttled))
            connection = connection_of(self.context.model, caller, component.name)
            if connection is not None and connection.loss is not None:
                kept = kept * _rest(share_of(connection.loss))
            arriving, first = weight * kept, None if self.first is None else self.first * kept
            here = self.let_in(component, arriving, first)
            earlier = self.earlier if growth_of(step.action) else NONE_BEFORE
            ends = cut if offered.cancels and kind == "call" else 0.0
            begun = _lowered(here, ends)
            if connection is not None and connection.latency is not None:
                here, arriving = begun, _lowered(arriving, ends)  # given up on its way, it never comes
            self.uses.append(
                Use(
                    kind, component.name, operation, step, caller, here, then, component, arriving, earlier,
                    first, self.sure, self.once, _cut_share(here, ends), self.late, weight,
                )
            )  # fmt: skip
            self.anew.sequence(offered.steps, component.name, self.served(component, begun), then, ends)


def _sure_once(times: Interval, cut: float) -> Interval:
    """How often something is tried when only the first try is sure to be started before somebody gives up."""
    if cut <= 0:
        return times
    close = times.high * cut <= NEGLIGIBLE
    return Interval(min(times.low, 1.0), times.value if close else None, times.high)
