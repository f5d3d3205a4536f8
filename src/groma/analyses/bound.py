"""The most that one run can take: money, calls, and time, whatever happens on its way.

Interval arithmetic from the inside out over the program: every attempt of a retry fails at its end and every fallback
runs, every branch may be the dearest, every cache misses. It needs a stated end of what varies (`max`, or a law that
ends) and bounded loops; what lacks one is named, and the bound is infinite. Time is bounded by timeouts only, where a
call may have to queue. What a conversation adds to its input is counted round by round (`growing`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import assert_never

from groma.analyses.bound_amounts import Amounts
from groma.analyses.context import Context
from groma.analyses.cost.prices import prices
from groma.analyses.evidence import Evidence
from groma.analyses.growing import grows_in
from groma.analyses.interval import greatest
from groma.analyses.routes import route
from groma.analyses.visits.most import most_rounds
from groma.model.figure import Figure
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
    Sizes,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity

MOST_ROUNDS = 2000
"""Rounds in which an input grows that are added up one by one."""


@dataclass(frozen=True, slots=True)
class Most:
    """Upper bounds of one step or run: money in the model's currency, calls, seconds."""

    cost: float = 0.0
    calls: float = 0.0
    time: float = 0.0

    def __add__(self, other: Most) -> Most:
        return Most(self.cost + other.cost, self.calls + other.calls, self.time + other.time)

    def times(self, count: float) -> Most:
        if count == 0:
            return Most()
        return Most(*(0.0 if each == 0 else each * count for each in (self.cost, self.calls, self.time)))

    def alongside(self, other: Most) -> Most:
        """Both happen, at the same time."""
        return Most(self.cost + other.cost, self.calls + other.calls, max(self.time, other.time))


def worst(alternatives: list[Most]) -> Most:
    """The most of each over alternatives."""
    if not alternatives:
        return Most()
    return Most(*(max(getattr(each, of) for each in alternatives) for of in ("cost", "calls", "time")))


@dataclass(slots=True)
class Reader:
    """Walks a program and adds up what its calls take."""

    amounts: Amounts

    @property
    def context(self) -> Context:
        return self.amounts.context

    def steps(self, steps: tuple[Step, ...], caller: str | None) -> Most:
        result = Most()
        for step in steps:
            result = result + self.step(step, caller)
        return result

    def step(self, step: Step, caller: str | None) -> Most:
        policies = step.policies
        before = set(self.amounts.lacking["time"])
        most = self._action(step, caller)
        for guard in policies.guards:
            takes = (
                self.amounts.time(f"{step.path}.guard {guard.name}.takes", guard.takes)
                if guard.takes is not None
                else 0.0
            )
            most = most + self.steps(guard.steps, caller) + Most(time=takes)
        if policies.timeout is not None:
            most = self._cut(most, policies.timeout, before)
        if policies.hedge is not None:
            hedge = policies.hedge
            delay = greatest(hedge.after) * hedge.at_most
            most = Most(most.cost * (1 + hedge.at_most), most.calls * (1 + hedge.at_most), most.time + delay)
        if policies.retry is not None:
            pauses = math.fsum(
                greatest(policies.retry.backoff) * policies.retry.factor**n * (1 + policies.retry.jitter)
                for n in range(policies.retry.times)
            ) if policies.retry.backoff is not None else 0.0  # fmt: skip
            most = most.times(policies.retry.times + 1) + Most(time=pauses)
        if policies.deadline is not None:
            most = self._cut(most, policies.deadline, before)
        if policies.cache is not None:
            cache = policies.cache
            takes = (
                self.amounts.time(f"{step.path}.cache.takes", cache.takes) if cache.takes is not None else 0.0
            )
            most = most + Most(time=takes)
            if cache.component is not None:
                candidates = self.context.candidates(cache.component)
                costs = [
                    self.amounts.money(
                        step,
                        candidate,
                        Sizes(),
                        tuple(t for t in prices(self.context, candidate).use if t.per == "call"),
                        None,
                    )
                    for candidate in candidates
                ]
                most = most + Most(cost=max(costs, default=0.0))
        if policies.fallback is not None:
            most = most + self.steps(policies.fallback, caller)
        if policies.compensate is not None:
            most = most + self.steps(policies.compensate, caller)
        return most

    def _cut(self, most: Most, limit: Quantity, before: set[str]) -> Most:
        """A timeout: the caller waits no longer, the work goes on; inside it, time needs no bound of its own."""
        end = greatest(limit)
        if math.isfinite(end):
            for name in [name for name in self.amounts.lacking["time"] if name not in before]:
                del self.amounts.lacking["time"][name]
        return Most(most.cost, most.calls, min(most.time, end))

    def _action(self, step: Step, caller: str | None) -> Most:
        match step.action:
            case Call(component, operation, sizes):
                return self._call(step, component, operation, sizes, caller)
            case Send(component, operation, sizes):
                sent = self._call(step, component, operation, sizes, caller)
                return Most(sent.cost, sent.calls)
            case Choose(branches):
                return worst([self.steps(branch.steps, caller) for branch in branches])
            case Parallel(branches):
                result = Most()
                for branch in branches:
                    result = result.alongside(self.steps(branch, caller))
                return result
            case Repeat():
                return self._repeated(step, step.action, caller)
            case Ask():
                self.amounts.lack(
                    "time", f"{step.path}: a person may be busy or away: put a timeout around it"
                )
                return Most(time=math.inf)
            case Wait(time):
                return Most(time=self.amounts.time(f"{step.path}.wait", time))
            case Hold(component, steps):
                self.amounts.lack(
                    "time",
                    f"components.{component}: it may be waited for without end: put a timeout around it",
                )
                return self.steps(steps, caller) + Most(time=math.inf)
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.within(1).steps(there.steps, there.by or caller)
            case Group(steps):
                return self.steps(steps, caller)
            case Open():
                return worst([self.steps(steps, caller) for steps in self.context.branches(step.action)])
            case Fail() | Stop() | Mark():
                return Most()
            case _:
                assert_never(step.action)

    def within(self, round_: int) -> Reader:
        """The same reader in the n-th round of a loop."""
        return self if round_ == self.amounts.round else Reader(replace(self.amounts, round=round_))

    def _repeated(self, step: Step, loop: Repeat, caller: str | None) -> Most:
        """So many rounds; where an input grows with them, each for itself (above `MOST_ROUNDS` all as the last)."""
        rounds, grows = most_rounds(loop), grows_in(loop.steps)
        if grows and rounds <= MOST_ROUNDS:
            result = Most()
            for n in range(int(rounds)):
                result = result + self.within(n + 1).steps(loop.steps, caller)
            return result
        once = self.within(int(min(rounds, 1e15)) if grows else 1).steps(loop.steps, caller)
        for of in ("cost", "calls", "time"):
            if math.isinf(rounds) and getattr(once, of) > 0.0:
                self.amounts.lack(of, f"{step.path}: the loop has no bound: state `at_most`")
        return once.times(rounds)

    def _call(self, step: Step, name: str, operation: str, sizes: Sizes, caller: str | None) -> Most:
        found: list[Most] = []
        for component in self.context.candidates(name):
            offered = component.offers.get(operation)
            if offered is None:
                continue
            nested = self.within(1).steps(offered.steps, name)
            own = self.amounts.work(step, component, offered, sizes) + math.fsum(
                self.amounts.time(f"connections.{c.name}.latency", c.latency)
                for c in route(self.context, caller, name)
                if c.latency is not None
            )
            if offered.answers == "when done":
                own += nested.time
            if component.threads is not None:
                self.amounts.lack(
                    "time",
                    f"components.{name}: calls may queue without end: put a timeout around {step.path}",
                )
                own = math.inf
            own = max(own, self.amounts.lost(step, name, caller))
            cost = self.amounts.money(
                step, component, sizes, prices(self.context, component).of(operation), offered
            )
            found.append(Most(cost + nested.cost, 1.0 + nested.calls, own))
        return worst(found)


def bound_of(context: Context, flow: str) -> Most:
    """The most one run of a flow can take; infinite where something has no bound."""
    there = context.model.flows[flow]
    return Reader(Amounts(context)).steps(there.steps, there.by)


def cost_bound(context: Context, measure: str, flow: str) -> Figure:
    """`cost/FLOW/bound`."""
    return _figure(
        context, measure, flow, "cost", f"The most a run of {flow} can cost", context.model.currency
    )


def figure(context: Context, measure: str) -> Figure:
    """`bound/FLOW/cost|calls|time`: the most that one run can take."""
    _, flow, of = measure.split("/")
    if of == "cost":
        return cost_bound(context, measure, flow)
    words = {"calls": f"Most calls of a run of {flow}", "time": f"Longest a run of {flow} can take"}
    return _figure(context, measure, flow, of, words[of], "s" if of == "time" else "1")


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Zero, and the bound."""
    _, flow, of = measure.split("/")
    return 0.0, float(getattr(bound_of(context, flow), of))


def _figure(context: Context, measure: str, flow: str, of: str, title: str, unit: str) -> Figure:
    evidence = Evidence(context)
    there = context.model.flows[flow]
    reader = Reader(Amounts(context))
    total = Most()
    for step in there.steps:
        each = reader.step(step, there.by)
        total = total + each
        evidence.line(f"at most in {step.path}", _shown(float(getattr(each, of))))
    most = float(getattr(total, of))
    for name in reader.amounts.lacking[of]:
        evidence.miss(name)
    known = math.isfinite(most)
    evidence.assume("work after its caller gave up is counted; what stands is not part of a run")
    return Figure(
        measure,
        title,
        unit,
        value=most if known else None,
        low=most if known else None,
        high=most if known else None,
        method="interval arithmetic",
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason="" if known else "no bound: " + "; ".join(list(reader.amounts.lacking[of])[:3]),
    )


def _shown(most: float) -> str:
    return f"{most:.6g}" if math.isfinite(most) else "no bound"
