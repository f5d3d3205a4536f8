"""The least a run can spend while choices are open: by component, bottom up, each shared step read once.

An open model shares its steps among many alternatives, so listing every use under every combination of choices would
take the product of them. The least money spent on each component by one execution of a step, whatever is chosen
inside it, is a small table; a sequence adds the tables of its steps, weighted with the least chance of getting there,
and an open choice takes the least of its alternatives, component by component. The chances are the least over what is
still open, so they are exact where it doesn't matter; on a model without open choices the uses themselves are exact and
this is not asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.cost_use import price_of_use
from groma.analyses.interval import ONE, share_of
from groma.analyses.outcome import Outcomes
from groma.analyses.outcome_algebra import ERRORS, OK, Outcome, mass_of
from groma.analyses.outcome_law import SLOW
from groma.analyses.queues import queues_on, time_grid
from groma.analyses.reach import connection_of, reach_of
from groma.analyses.visits_walk import Use
from groma.model.law import Constant
from groma.model.program import (
    Call,
    Choose,
    Do,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Policies,
    Repeat,
    Send,
    Step,
)
from groma.model.quantity import Quantity

Spend = Mapping[str, tuple[float, frozenset[str]]]
"""Component -> (money per execution at the least, open roles that it depends on)."""
NOTHING: Spend = {}


def least_spend(context: Context, flow: str, *, quick: bool = False) -> Spend:
    """What one run of a flow spends at least on each component, given the choices taken. `quick`: with the chances over
    every way of making every choice, which are worked out once for a model and say less."""
    there = context.model.flows[flow]
    whole = context.with_partial({}) if quick else context
    outcomes = queues_on(whole, time_grid(whole, rows=2)).outcomes
    return _Least(context, outcomes, quick).sequence(there.steps, there.by, hurried=False)


@dataclass(frozen=True, slots=True)
class _Least:
    context: Context
    outcomes: Outcomes
    quick: bool

    def chance(self, outcome: Outcome, *kinds: str) -> float:
        return max(0.0, float(mass_of(self.outcomes.grid, outcome, frozenset(kinds))[SLOW]))

    def sequence(self, steps: tuple[Step, ...], caller: str | None, *, hurried: bool) -> Spend:
        """Steps one after the other; `hurried` where somebody may give up, so that only the first is sure to start."""
        if not steps:
            return NOTHING
        inside = reach_of(self.context, steps).roles
        taken = tuple((r, self.context.partial[r]) for r in sorted(inside & self.context.partial.keys()))
        key = ("least spend", id(steps), caller, hurried, self.quick, taken)
        known: Spend | None = self.context.memo.get(key)
        if known is None:
            parts: list[tuple[float, Spend]] = []
            reached = 1.0
            for step in steps:
                parts.append((reached, self.step(step, caller, hurried)))
                if hurried and not self.instant(step):
                    break
                reached *= self.chance(self.outcomes.step(step, caller), OK)
                if reached <= 0.0:
                    break
            known = self.context.memo[key] = _summed(parts)
        return known

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

    def step(self, step: Step, caller: str | None, hurried: bool) -> Spend:
        policies = step.policies
        if policies.none:
            return self.action(step, caller, hurried)
        gives_up = any(p is not None for p in (policies.timeout, policies.deadline, policies.hedge))
        layers = dict(self.outcomes.layers_of(step, caller))
        inner = self.action(step, caller, hurried or gives_up)
        before, parts = next(iter(layers.values())), [(1.0, inner)]
        if not (hurried or gives_up):
            for guard in policies.guards:
                parts.append((self.chance(before, OK), self.sequence(guard.steps, caller, hurried=False)))
                before = layers.get(f"guard {guard.name}", before)
                break  # later guards run only if the earlier ones let the result pass: counted from zero
        spend, weight = _summed(parts), 1.0 if hurried else self.attempts(policies, layers)
        if policies.breaker is not None or policies.limit is not None:
            weight = 0.0
        if policies.cache is not None:
            weight *= 1.0 - share_of(policies.cache.hits).high
        found = [(weight, spend)]
        if policies.fallback is not None and not hurried:
            names = list(layers)
            inside = layers[names[names.index("fallback") - 1]]
            found.append(
                (self.chance(inside, *ERRORS), self.sequence(policies.fallback, caller, hurried=False))
            )
        if policies.cache is not None and policies.cache.component is not None:
            found.append(
                (1.0, self.used(step, "look up", policies.cache.component, "", caller, 1.0, hurried))
            )
        return _summed(found)

    def attempts(self, policies: Policies, layers: Mapping[str, Outcome]) -> float:
        """How often it is surely tried on average: once, and again after each error that is retried."""
        retry = policies.retry
        if retry is None or retry.budget is not None or policies.deadline is not None:
            return 1.0
        names = list(layers)
        failing = self.chance(layers[names[names.index("retry") - 1]], *retry.on)
        return math.fsum(failing**n for n in range(retry.times + 1))

    def action(self, step: Step, caller: str | None, hurried: bool) -> Spend:
        match step.action:
            case Call(component, operation):
                return self.used(step, "call", component, operation, caller, 1.0, hurried)
            case Send(component, operation):
                return self.used(step, "send", component, operation, caller, 1.0, hurried)
            case Choose(branches):
                return _summed(
                    (share_of(b.share).low, self.sequence(b.steps, caller, hurried=hurried)) for b in branches
                )
            case Parallel(branches, join):
                rushed = hurried or join < len(branches) or len(branches) > 1
                return _summed((1.0, self.sequence(b, caller, hurried=rushed)) for b in branches)
            case Repeat(steps, times):
                once = times is None or share_least(times) >= 1.0
                return self.sequence(steps, caller, hurried=hurried) if once else NOTHING
            case Hold(steps=steps) | Group(steps):
                return self.sequence(steps, caller, hurried=hurried)
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.sequence(there.steps, there.by or caller, hurried=hurried)
            case Open(role, alternatives):
                taken = self.context.partial.get(role)
                ways = [
                    self.sequence(steps, caller, hurried=hurried)
                    for variant, steps in alternatives
                    if taken in (None, variant)
                ]
                return _least(ways, role)
            case _:
                return NOTHING

    def used(
        self,
        step: Step,
        kind: str,
        name: str,
        operation: str,
        caller: str | None,
        weight: float,
        hurried: bool,
    ) -> Spend:
        """A use of whatever may stand under a name, with what it calls in turn."""
        ways: list[Spend] = []
        for component in self.context.candidates(name):
            offered = component.offers.get(operation)
            here = weight
            if offered is not None and offered.throttled is not None:
                here *= 1.0 - share_of(offered.throttled).high
            connection = connection_of(self.context.model, caller, component.name)
            if connection is not None and connection.loss is not None:
                here *= 1.0 - share_of(connection.loss).high
            if self.outcomes.waiting(f"components.{component.name}").full is not None:
                here = 0.0
            price = price_of_use(
                self.context, Use(kind, component.name, operation, step, caller, ONE, (), component)
            )
            own: Spend = {component.name: (price.amount.low, frozenset())} if price.pieces else NOTHING
            nested = NOTHING
            if offered is not None and offered.steps:
                nested = self.sequence(offered.steps, component.name, hurried=hurried and offered.cancels)
            ways.append(_summed([(here, own), (here, nested)]))
        roles = frozenset(a.role for a in self.context.model.alternatives.get(name, ()))
        if not roles:
            return ways[0] if ways else NOTHING
        return _least(ways, *sorted(roles))


def share_least(quantity: object) -> float:
    """The least a count can be in any run."""
    return quantity.low if isinstance(quantity, Quantity) and quantity.constant else 0.0


def _summed(parts: Iterable[tuple[float, Spend]]) -> Spend:
    found: dict[str, tuple[float, frozenset[str]]] = {}
    for weight, spend in parts:
        for name, (money, roles) in spend.items():
            known = found.get(name, (0.0, frozenset[str]()))
            found[name] = (known[0] + weight * money, known[1] | roles)
    return found


def _least(ways: list[Spend], *depends: str) -> Spend:
    """Component by component, the least over the alternatives; what some leave out counts from zero."""
    names = dict.fromkeys(name for way in ways for name in way)
    roles = frozenset(depends)
    return {
        name: (
            min(way[name][0] if name in way else 0.0 for way in ways),
            roles.union(*(way[name][1] for way in ways if name in way)),
        )
        for name in names
    }
