"""Work that lies until a person takes it up: `waits/STEP` how long, `waits/STEP/runs` how many lie there on average.

A `wait` directly before an `ask` in one program is the time that the work lies before the person. How many lie there at
once is what comes times how long it lies (Little 1961); `waits/STEP/worth` is what these runs are worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.prices import exchange
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, mean_of
from groma.analyses.visits.counts import uses
from groma.model.elements import Model
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Ask, Step, Wait, inner_steps


@dataclass(frozen=True, slots=True)
class Lying:
    """A `wait` and the `ask` after it, in the flow that is written so."""

    flow: str
    wait: Step
    ask: Step
    time: Wait
    question: Ask


def lying(model: Model) -> Iterator[Lying]:
    """Every wait before a question in the programs of flows, in the order written."""
    for name, flow in model.flows.items():
        yield from _in(name, flow.steps)


def _in(flow: str, steps: tuple[Step, ...]) -> Iterator[Lying]:
    for wait, ask in pairwise(steps):
        if isinstance(wait.action, Wait) and isinstance(ask.action, Ask):
            yield Lying(flow, wait, ask, wait.action, ask.action)
    for step in steps:
        for _, inner in inner_steps(step):
            yield from _in(flow, inner)


def figure(context: Context, measure: str) -> Figure:
    """One of the figures above, of the step that asks. Raises ValueError where nothing lies before it."""
    _, path, *of = measure.split("/")
    found = next((each for each in lying(context.model) if each.ask.path == path), None)
    if found is None:
        raise ValueError(f"`{measure}`: nothing waits before `{path}`")
    evidence = Evidence(context)
    person = found.question.person
    long = evidence.mean(f"{found.wait.path}.wait", found.time.time, "state how long it lies")
    if not of:
        return _made(measure, f"How long work lies before {person}", "s", long, evidence)
    whole = _standing(context, path, long, of[0] == "worth", evidence)
    evidence.line("how long it lies", "", f"waits/{path}")
    title = f"Runs that lie before {person} at a time"
    if of[0] == "worth":
        return _made(
            measure, f"Worth of the runs that lie before {person}", context.model.currency, whole, evidence
        )
    return _made(measure, title, "1", whole, evidence)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _standing(context: Context, path: str, long: Interval, worth: bool, evidence: Evidence) -> Interval:
    """What comes to the step in a second times how long it lies, over all flows that run through it."""
    whole = ZERO
    for name, flow in context.model.flows.items():
        often = [use.weight for use in uses(context, name) if use.kind == "ask" and use.step.path == path]
        if flow.starts is None or not often:
            continue
        evidence.note(f"flows.{name}.starts.rate", flow.starts.rate, "state how often it starts")
        each = runs(context, name).scaled(1.0 / SECONDS_PER_MONTH)
        if worth:
            evidence.note(f"flows.{name}.worth", flow.worth, "state what one run is worth")
            unit = getattr(getattr(flow.worth, "unit", None), "currency", None)
            lacking: list[str] = []
            each = each * mean_of(flow.worth) * exchange(context, unit, lacking)[0]
            for missing in lacking:
                evidence.miss(missing)
        for weight in often:
            whole = whole + each * weight * long
    return whole


def _made(measure: str, title: str, unit: str, whole: Interval, evidence: Evidence) -> Figure:
    known = not evidence.missing
    return Figure(
        measure, title, unit, whole.value if known else None, whole.low,
        whole.high if known and math.isfinite(whole.high) else None,
        method="Little's law" if "/" in measure.removeprefix("waits/") else "as stated", inputs=evidence.inputs,
        derivation=tuple(evidence.lines), missing=evidence.missing,
        reason="" if known else "facts are not stated",
    )  # fmt: skip
