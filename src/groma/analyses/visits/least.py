"""The least a run uses while choices are open: by component or station, bottom up, each shared step read once.

An open model shares its steps among many alternatives, so listing every use under every combination of choices would
take the product of them. What one execution of a step uses at least (money or servers' time, whatever is chosen inside
it) is a small table by name; a sequence adds the tables of its steps, weighted with the least chance of getting there,
and an open choice takes the least of its alternatives, name by name. The chances are the least over what is still
open, so they are exact where it doesn't matter; on a model without open choices the uses themselves are exact and this
is not asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.interval import ONE, share_of
from groma.analyses.loads.again import THROTTLED, crowded
from groma.analyses.outcome.algebra import ERRORS, OK, Outcome, mass_of
from groma.analyses.outcome.call import overflow
from groma.analyses.outcome.late import TIMEOUT, waits_inside
from groma.analyses.outcome.law import FAST, SLOW
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.reach import connection_of, reach_of
from groma.analyses.visits.use import Use, waits_at_all
from groma.model.law import Constant
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Retry,
    Send,
    Step,
)
from groma.model.quantity import Quantity

Least = Mapping[str, tuple[float, frozenset[str]]]
"""Name -> (the least amount per execution, open roles that it depends on)."""
NOTHING: Least = {}


@dataclass(frozen=True, slots=True)
class LeastVisits:
    """Reads programs bottom up with the chances of `outcomes`. `worth` says under which name a use counts, and what one
    is worth at the least (None: nothing); `kind` names it for the memo.

    `cut` is everywhere how often, per execution, somebody further out gives up meanwhile at the most: so much less
    often may later steps come to be started.
    """

    context: Context
    outcomes: Outcomes
    kind: object
    worth: Callable[[Use], tuple[str, float] | None]

    def flow(self, name: str) -> Least:
        """One run of a flow."""
        there = self.context.model.flows[name]
        return self.sequence(there.steps, there.by, 0.0)

    def least(self, outcome: Outcome, *kinds: str) -> float:
        """The least chance that it ends so."""
        return max(0.0, float(mass_of(self.outcomes.grid, outcome, frozenset(kinds))[SLOW]))

    def most(self, outcome: Outcome, *kinds: str) -> float:
        """The greatest chance that it ends so."""
        return float(mass_of(self.outcomes.grid, outcome, frozenset(kinds))[FAST])

    def sequence(self, steps: tuple[Step, ...], caller: str | None, cut: float) -> Least:
        """Steps one after the other; the first surely starts, and so does what follows steps that take no time."""
        if not steps:
            return NOTHING
        inside = reach_of(self.context, steps).roles
        taken = self.context.narrowed(inside)
        key = ("least visits", self.kind, id(steps), caller, cut, taken)
        known: Least | None = self.context.memo.get(key)
        if known is None:
            parts: list[tuple[float, Least]] = []
            reached, at_once = 1.0, True
            for step in steps:
                started = reached if at_once else reached - cut
                if started <= 0.0:
                    break
                parts.append((started, self.step(step, caller, min(cut / started, 1.0))))
                reached *= self.least(self.outcomes.step(step, caller), OK)
                at_once = at_once and self.instant(step)
            known = self.context.memo[key] = _summed(parts)
        return known

    def begun(self, steps: tuple[Step, ...], caller: str | None, cut: float, share: float) -> Least:
        """A sequence that is begun in a share of executions only."""
        return NOTHING if share <= 0.0 else self.sequence(steps, caller, cut / share)

    def instant(self, step: Step) -> bool:
        """Whether a step surely takes no time at all, so that nobody gives up meanwhile."""
        if not step.policies.none or not isinstance(step.action, Call):
            return isinstance(step.action, Send | Mark) and step.policies.none
        for component in self.context.candidates(step.action.component):
            offered = component.offers.get(step.action.operation)
            if offered is None or component.threads is not None or offered.steps or offered.per:
                return False
            if not isinstance(offered.work, Quantity) or offered.work.law != Constant(0.0):
                return False
        return not self.context.model.connections

    def step(self, step: Step, caller: str | None, cut: float) -> Least:
        """From the outermost policy inwards, as `visits.walk` does."""
        policies = step.policies
        if policies.none:
            return self.action(step, caller, cut)
        layers = self.outcomes.layers_of(step, caller)
        names = [name for name, _ in layers]

        def inside(name: str) -> Outcome:
            """The outcome just inside a policy."""
            return layers[names.index(name) - 1][1]

        def gives_up(name: str) -> float:
            return self.most(layers[names.index(name)][1], "timeout")

        found: list[tuple[float, Least]] = []
        if policies.fallback is not None:
            falls = self.least(inside("fallback"), *ERRORS) - cut
            found.append((falls, self.begun(policies.fallback, caller, cut, falls)))
        weight = 1.0
        if policies.cache is not None:
            if policies.cache.component is not None:
                found.append((1.0, self.used(step, "look up", policies.cache.component, "", caller, cut)))
            weight = 1.0 - share_of(hits_of(self.context.model, step)).high
            if policies.cache.takes is not None:  # what is inside doesn't start at once
                weight = max(weight - cut, 0.0)
            if weight <= 0.0:
                return _summed(found)
            cut = min(cut / weight, 1.0)
        if policies.deadline is not None:
            cut = min(cut + gives_up("deadline"), 1.0)
        if policies.retry is not None and cut <= 0.0:
            weight *= self.attempts(step, policies.retry, inside("retry"))
        if policies.breaker is not None:
            bad = self.most(inside("breaker"), *policies.breaker.on)
            weight *= 0.0 if bad >= policies.breaker.opens_at.low else 1.0
        if policies.limit is not None:
            offered = (self.outcomes.offered or {}).get(id(step), math.inf)
            weight *= 1.0 - overflow(offered, policies.limit.rate.low, policies.limit.burst)[0]
        if policies.hedge is not None:
            cut = 1.0
        if policies.timeout is not None:
            cut = min(cut + gives_up("timeout"), 1.0)
        if weight <= 0.0:
            return _summed(found)
        before = layers[0][1]
        for guard, (_, checked) in zip(policies.guards, layers[1:], strict=False):
            asked = self.least(before, OK) - cut
            found.append((weight * asked, self.begun(guard.steps, caller, cut, asked)))
            before = checked
        return _summed([*found, (weight, self.action(step, caller, cut))])

    def attempts(self, step: Step, retry: Retry, one: Outcome) -> float:
        """How often it is surely tried on average: once, and again after each error that is retried; after being
        turned away or too late only where attempts are independent."""
        if retry.budget is not None:
            return 1.0
        hanging = {THROTTLED} if crowded(self.outcomes, step) else set[str]()
        if waits_inside(self.outcomes, step):
            hanging.add(TIMEOUT)
        failing = self.least(one, *(kind for kind in retry.on if kind not in hanging))
        return math.fsum(failing**n for n in range(retry.times + 1))

    def action(self, step: Step, caller: str | None, cut: float) -> Least:
        match step.action:
            case Call(component, operation):
                return self.used(step, "call", component, operation, caller, cut)
            case Send(component, operation):
                return self.used(step, "send", component, operation, caller, cut)
            case Choose(branches):
                shares = [share_of(branch.share).low for branch in branches]
                return _summed(
                    (share, self.begun(branch.steps, caller, cut, share))
                    for share, branch in zip(shares, branches, strict=True)
                )
            case Parallel(branches, join, left_over):
                if left_over == "cancel":
                    missed = 1.0 if join < len(branches) else 1.0 - self.least(self.bare(step, caller), OK)
                    cut += missed
                return _summed((1.0, self.sequence(b, caller, cut)) for b in branches)
            case Repeat(steps, times):
                once = times is None or share_least(times) >= 1.0
                return self.sequence(steps, caller, cut) if once else NOTHING
            case Hold(component, steps):
                if self.outcomes.waiting(f"components.{component}").full is not None:
                    return NOTHING
                candidates = self.context.candidates(component)
                held = [Use("hold", component, "", step, caller, ONE, (), c, cut=cut) for c in candidates]
                own = self.standing(component, [self.own(use) for use in held])
                begun = 1.0 - min(cut, waits_at_all(self.outcomes, component))
                return _summed([(1.0, own), (begun, self.begun(steps, caller, cut, begun))])
            case Ask(person):
                return self.own(Use("ask", person, "", step, caller, ONE))
            case Group(steps):
                return self.sequence(steps, caller, cut)
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.sequence(there.steps, there.by or caller, cut)
            case Open(role):
                ways = [self.sequence(steps, caller, cut) for steps in self.context.branches(step.action)]
                return _least(ways, role)
            case _:
                return NOTHING

    def bare(self, step: Step, caller: str | None) -> Outcome:
        """The outcome of a step's action without its policies."""
        if step.policies.none:
            return self.outcomes.step(step, caller)
        return self.outcomes.layers_of(step, caller)[0][1]

    def used(
        self,
        step: Step,
        kind: str,
        name: str,
        operation: str,
        caller: str | None,
        cut: float,
    ) -> Least:
        """A use of whatever may stand under a name, with what it calls in turn."""
        ways: list[Least] = []
        for component in self.context.candidates(name):
            offered = component.offers.get(operation)
            here = 1.0
            if offered is not None and offered.throttled is not None:
                here *= 1.0 - share_of(offered.throttled).high
            connection = connection_of(self.context.model, caller, component.name)
            if connection is not None and connection.loss is not None:
                here *= 1.0 - share_of(connection.loss).high
            if self.outcomes.waiting(f"components.{component.name}").full is not None:
                here = 0.0
            ends = cut if kind == "call" and offered is not None and offered.cancels else 0.0
            begun = max(here - ends, 0.0)
            if connection is not None and connection.latency is not None:
                here = begun  # given up on its way, it never comes
            own = self.own(Use(kind, component.name, operation, step, caller, ONE, (), component, cut=ends))
            nested = NOTHING if offered is None else self.begun(offered.steps, component.name, ends, begun)
            ways.append(_summed([(here, own), (begun, nested)]))
        return self.standing(name, ways)

    def own(self, use: Use) -> Least:
        """What one use counts by itself."""
        found = self.worth(use)
        return NOTHING if found is None else {found[0]: (found[1], frozenset())}

    def standing(self, name: str, ways: list[Least]) -> Least:
        """The least over whatever may stand under a name."""
        roles = frozenset(a.role for a in self.context.model.alternatives.get(name, ()))
        return _least(ways, *roles)


def share_least(quantity: object) -> float:
    """The least a count can be in any run."""
    return quantity.low if isinstance(quantity, Quantity) and quantity.constant else 0.0


def _summed(parts: Iterable[tuple[float, Least]]) -> Least:
    found: dict[str, tuple[float, frozenset[str]]] = {}
    for weight, part in parts:
        for name, (amount, roles) in part.items():
            known = found.get(name, (0.0, frozenset[str]()))
            found[name] = (known[0] + weight * amount, known[1] | roles)
    return found


def _least(ways: list[Least], *depends: str) -> Least:
    """Name by name, the least over the alternatives; what some leave out counts from zero."""
    names = dict.fromkeys(name for way in ways for name in way)
    roles = frozenset(depends)
    return {
        name: (
            min(way[name][0] if name in way else 0.0 for way in ways),
            roles.union(*(way[name][1] for way in ways if name in way)),
        )
        for name in names
    }
