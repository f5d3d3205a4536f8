"""The static certificate of a flow: the most that a run can cost, call and take, and how a run comes to that.

The bound is that of `groma.analyses.bound` (interval arithmetic from the inside out); here it is taken apart by step,
with the turn that the worst run takes at each choice, loop, retry and fallback. Sizes of calls are bounded as they are
stated: what a conversation adds to its input from round to round is counted only where the stated `max` counts it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groma.analyses import bound
from groma.analyses.bound_amounts import Amounts
from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.interval import Interval, total
from groma.analyses.visits.counts import uses
from groma.model.figure import Figure, Line
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Ask, Call, Choose, Do, Repeat, Step, inner_steps, walk

Of = Literal["cost", "calls", "time"]
ALL: tuple[Of, ...] = ("cost", "calls", "time")
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What the worst run does at a step, in words."""

    path: str
    words: str


def figures(context: Context, flow: str) -> tuple[Figure, ...]:
    """`bound/FLOW/cost|calls|time`: the certificate of a flow, with reasons where there is no bound."""
    return tuple(bound.figure(context, f"bound/{flow}/{of}") for of in ALL)


def lacking(context: Context, flow: str, of: Of) -> tuple[str, ...]:
    """What keeps a flow from having a bound, each by its path with what to do."""
    reader = bound.Reader(Amounts(context))
    there = context.model.flows[flow]
    reader.steps(there.steps, there.by)
    return tuple(reader.amounts.lacking[of])


def turns(context: Context, flow: str, of: Of) -> tuple[Turn, ...]:
    """How a run comes to the bound: the branch taken, the rounds gone, the attempts made, the fallbacks run.

    One worst run for calls and cost; times of branches at once are those of the slowest.
    """
    there = context.model.flows[flow]
    return tuple(dict.fromkeys(_turns(context, there.steps, there.by, of)))


def _turns(context: Context, steps: tuple[Step, ...], caller: str | None, of: Of) -> Iterator[Turn]:
    for step in steps:
        policies = step.policies
        if policies.cache is not None:
            yield Turn(step.path, "the cache doesn't hold it")
        if policies.retry is not None and policies.retry.times:
            yield Turn(step.path, f"all {policies.retry.times + 1} attempts are made")
        if policies.hedge is not None:
            yield Turn(step.path, f"{policies.hedge.at_most} attempts more run beside the first")
        if policies.timeout is not None and of == "time":
            yield Turn(step.path, f"each attempt is given up after {policies.timeout.text}")
        if policies.deadline is not None and of == "time":
            yield Turn(step.path, f"given up after {policies.deadline.text}")
        match step.action:
            case Choose(branches):
                most = [_most(context, branch.steps, caller, of) for branch in branches]
                worst = most.index(max(most))
                yield Turn(step.path, f"takes `{branches[worst].when or f'branch {worst + 1}'}`")
                yield from _turns(context, branches[worst].steps, caller, of)
            case Repeat(steps=inner, times=times, at_most=at_most):
                rounds = at_most if at_most is not None else getattr(times, "text", "without end")
                yield Turn(
                    step.path, f"goes round {rounds} times" if rounds != "without end" else "has no bound"
                )
                yield from _turns(context, inner, caller, of)
            case Do(flow):
                there = context.model.flows[flow]
                yield from _turns(context, there.steps, there.by or caller, of)
            case Call(component, operation):
                for each in context.candidates(component):
                    if operation in each.offers:
                        yield from _turns(context, each.offers[operation].steps, component, of)
            case _:
                for word, inner in inner_steps(step):
                    if word not in ("fallback", "compensate") and not word.startswith("guard "):
                        yield from _turns(context, inner, caller, of)
        for guard in policies.guards:
            yield from _turns(context, guard.steps, caller, of)
        if policies.fallback:
            yield Turn(step.path, "fails at its end, and its fallback runs too")
            yield from _turns(context, policies.fallback, caller, of)


def _most(context: Context, steps: tuple[Step, ...], caller: str | None, of: Of) -> float:
    return float(getattr(bound.Reader(Amounts(context)).steps(steps, caller), of))


def step_figure(context: Context, step: Step, caller: str | None, of: Of) -> Figure:
    """`bound/STEP/calls|time|cost`: the most that one step can take, with its retries and fallbacks."""
    reader = bound.Reader(Amounts(context))
    most = float(getattr(reader.step(step, caller), of))
    known = math.isfinite(most)
    unit = {"cost": context.model.currency, "calls": "1", "time": "s"}[of]
    value = most if known else None
    reasons = tuple(reader.amounts.lacking[of])
    return Figure(
        f"bound/{step.path}/{of}", f"The most {of} of {step.path}", unit, value, value, value,
        method="interval arithmetic", derivation=(Line(f"with its attempts and fallbacks ({step.at})"),),
        missing=reasons, reason="" if known else "no bound: " + "; ".join(reasons[:2]),
    )  # fmt: skip


def asked_a_day(context: Context, flow: str, step: Step) -> Figure:
    """`asked_of/STEP/day`: how often a day a person is asked at a step, from the rate of starts and the shares."""
    weights = [use.weight for use in uses(context, flow) if use.kind == "ask" and use.step.path == step.path]
    month = runs(context, flow)
    often: Interval = (month * total(weights)).scaled(SECONDS_PER_DAY / SECONDS_PER_MONTH)
    start = context.model.flows[flow].starts
    known = start is not None and start.rate is not None and bool(weights) and math.isfinite(often.high)
    return Figure(
        f"asked_of/{step.path}/day", f"How often a day {step.path} asks", "1/day",
        often.value if known else None, often.low if known else None, often.high if known else None,
        method="runs times questions a run", derivation=(Line(f"runs of {flow} a day times questions a run"),),
        reason="" if known else f"how often {flow} starts isn't stated",
    )  # fmt: skip


def asks(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Steps that ask a person, in the order written."""
    return (step for step in walk(steps) if isinstance(step.action, Ask))
