"""Latency budgets that don't add up, or that steps don't keep."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.budget import described
from groma.analyses.time_budgets import asked, before, budgeted
from groma.model.elements import Need
from groma.model.measure import ParsedMeasure
from groma.model.program import walk
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

SLACK = 1e-9


def check(subject: Subject) -> Look:
    """Latency needs of flows whose steps state budgets: their sum against the target, each step against its own."""
    looked = 0
    hits: list[Hit] = []
    for need, measure in asked(subject.context):
        steps = before(subject.model.flows[measure.subject].steps, measure.mark)
        if any(step.budget is not None for step in walk(steps)):
            looked += 1 + sum(step.budget is not None for step in steps)
            hits += [*_sum(subject, need, measure), *_steps(subject, need, measure)]
    return Look(looked, tuple(hits))


def _sum(subject: Subject, need: Need, measure: ParsedMeasure) -> Iterator[Hit]:
    target = need.at_most
    assert isinstance(target, Quantity)
    flow = subject.model.flows[measure.subject]
    whole = budgeted(subject.context, before(flow.steps, measure.mark))
    if whole.seconds > target.mean * (1 + SLACK):
        yield Hit(
            f"needs.{need.name}",
            f"Budgets of flow {flow.name} add up to more than `{need.name}` asks",
            f"{whole.seconds:.6g} s along the longest path, {target.text} are asked",
            need.at,
            figures=(subject.figure(f"budgeted/{need.name}").name,),
        )


def _steps(subject: Subject, need: Need, measure: ParsedMeasure) -> Iterator[Hit]:
    flow = subject.model.flows[measure.subject]
    for step in before(flow.steps, measure.mark):
        if step.budget is None:
            continue
        taken = subject.figure(f"budget/{flow.name}/{step.path}/{measure.statistic}")
        if taken.low is None or taken.low <= step.budget.mean * (1 + SLACK):
            continue
        yield Hit(
            step.path,
            f"{described(step)} takes longer than its budget",
            f"at least {taken.low:.4g} s ({measure.statistic}), its budget is {step.budget.text}",
            step.at,
            figures=(taken.name,),
            key=need.name,
        )


RULE = Rule(
    id="budget-exceeded",
    title="Latency budget exceeded",
    looks_for="Steps with a `budget` on the way to what a latency need asks: budgets that add up to more than the "
    "target, and steps that take longer than theirs.",
    why="A target that nobody split is everybody's and nobody's; parts that don't add up promise what can't be kept.",
    source="Beyer et al., Site Reliability Workbook, 2018, chapter 2; Dean & Barroso, The Tail at Scale, 2013",
    severity="error",
    tags=("programs", "latency"),
    consequence="Every team keeps its own promise and the answer is late.",
    remedy="Make the budgets add up to the target (`allotted/NEED/STEP` says what falls to each), then the "
    "steps keep theirs.",
    check=check,
    good="""\
needs: {quick: {measure: latency/a/p95, at_most: 2 s}}
components: {s: {kind: service, offers: {go: {work: 500 ms}}}}
flows: {a: {starts: {rate: 1/min}, steps: [{call: s.go, budget: 1 s}, {call: s.go, budget: 1 s}]}}
""",
    bad="""\
needs: {quick: {measure: latency/a/p95, at_most: 2 s}}
components: {s: {kind: service, offers: {go: {work: 1500 ms}}}}
flows: {a: {starts: {rate: 1/min}, steps: [{call: s.go, budget: 1 s}, {call: s.go, budget: 2 s}]}}
""",
    expected=("budget-exceeded:flows.a.steps.1/quick", "budget-exceeded:needs.quick"),
)
