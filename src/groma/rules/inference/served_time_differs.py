"""Times of self-hosted calls that were typed and that the simulation doesn't give."""

from __future__ import annotations

import math

from groma.analyses.inference.served import served
from groma.analyses.inference.times import SOURCE
from groma.analyses.interval import Interval, mean_of
from groma.model.elements import Component, Operation
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Operations of served models with a stated time; those whose time lies outside what the simulation gives."""
    stated = [
        (component, operation)
        for component in subject.components()
        if component.serves is not None
        for operation in component.offers.values()
        if isinstance(operation.work, Quantity) and operation.work.source != SOURCE
    ]
    hits = [hit for component, operation in stated if (hit := _hit(subject, component, operation))]
    return Look(len(stated), tuple(hits))


def _hit(subject: Subject, component: Component, operation: Operation) -> Hit | None:
    calls = served(subject.context, component.name).calls
    if calls is None or not calls.outputs:
        return None
    tokens = {
        "output": sum(calls.outputs) / len(calls.outputs),
        "input": sum(calls.inputs) / len(calls.inputs),
    }
    typed = mean_of(operation.work)
    for name, each in operation.per.items():
        if name in tokens:
            typed = typed + mean_of(each).scaled(tokens[name])
    names = [f"serving/{component.name}/{part}/mean" for part in ("ttft", "tpot")]
    first, between = (subject.figure(name).ends() for name in names)
    low, high = (first[end] + tokens["output"] * between[end] for end in (0, 1))
    if typed.high >= low and typed.low <= high:
        return None
    return Hit(
        f"components.{component.name}.offers.{operation.name}.work",
        f"The time typed for {component.title or component.name} isn't what its accelerators give",
        f"a mean call is typed as {_seconds(typed)}; simulated it takes {_seconds(Interval(low, None, high))}",
        operation.at,
        figures=tuple(names),
        confidence="likely",
    )


def _seconds(time: Interval) -> str:
    low = format_quantity(time.low, "s")
    if math.isinf(time.high):
        return f"at least {low}"
    high = format_quantity(time.high, "s")
    return low if low == high else f"{low} to {high}"


RULE = Rule(
    id="served-time-differs",
    title="Typed time of a self-hosted call",
    looks_for="Calls of models served by oneself whose stated time lies outside the interval of the simulation.",
    why="The time of a call follows from model, accelerator and load; a typed number ages with each of them.",
    source="docs/serving.md",
    severity="warning",
    tags=("inference", "latency"),
    consequence="Every latency that rests on it is off.",
    remedy="Leave `work` out, so that it is worked out, or measure it under the load of the busiest hour.",
    check=check,
    good="""\
components:
  llm:
    kind: llm
    serves: {model: llama-3.1-8b, accelerator: h100_sxm}
    offers: {ask: {work: 50 ms, per: {output: 8 ms}}}
flows: {help: {starts: {rate: 2/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    bad="""\
components:
  llm:
    kind: llm
    serves: {model: llama-3.1-8b, accelerator: h100_sxm}
    offers: {ask: {work: 20 ms}}
flows: {help: {starts: {rate: 2/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    expected=("served-time-differs:components.llm.offers.ask.work",),
)
