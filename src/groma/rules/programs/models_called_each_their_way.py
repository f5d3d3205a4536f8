"""Two or more language models, each called in its own way."""

from __future__ import annotations

from groma.model.finding import Evidence
from groma.model.program import Step
from groma.rules.models import calls_of_models
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

BETWEEN = frozenset({"gateway", "router", "proxy"})
"""Kinds of component that stand between callers and models."""


def check(subject: Subject) -> Look:
    """Language models that flows call, where there are two at least and nothing stands between."""
    model = subject.model
    calls: dict[str, list[Step]] = {}
    for flow in subject.started:
        for step, name in calls_of_models(model, flow):
            calls.setdefault(name, []).append(step)
    if len(calls) < 2:
        return Look(len(calls))
    steps = [step for each in calls.values() for step in each]
    bare = [step for step in steps if step.policies.timeout is None and step.policies.deadline is None]
    if not bare or any(c.kind in BETWEEN for c in model.components.values()):
        return Look(len(calls))
    names = sorted(calls)
    first = f"components.{names[0]}"
    return Look(
        len(calls),
        (
            Hit(
                first,
                f"{len(names)} models, and nothing they are called through",
                f"{len(bare)} of {len(steps)} calls of {', '.join(names)} have no timeout, and no "
                f"gateway gives them one",
                bare[0].at,
                more=tuple(Evidence(f"components.{name}", "called directly") for name in names[1:]),
                confidence="likely",
            ),
        ),
    )


RULE = Rule(
    id="models-each-their-way",
    title="Models called each their way",
    looks_for="Two or more language models that flows call, some calls without a timeout, and no gateway or router.",
    why="With the second model, limits, keys, prices and answers to failures have to be decided once or "
    "for ever again.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 5; OWASP Top 10 for LLM Applications 2025, LLM10 "
    "(unbounded consumption)",
    severity="note",
    tags=("programs", "models"),
    consequence="Each caller has its own limits and retries, and nobody sees what all of them cost together.",
    remedy="Put one gateway with keys, limits, timeouts and a log between callers and models, or state the "
    "same policies at each call.",
    phases=("assess",),
    check=check,
    good="""\
components:
  small: {kind: llm, offers: {say: {work: 1 s}}}
  large: {kind: llm, offers: {say: {work: 2 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: small.say, timeout: 3 s}, {call: large.say, timeout: 6 s}]}}
""",
    bad="""\
components:
  small: {kind: llm, offers: {say: {work: 1 s}}}
  large: {kind: llm, offers: {say: {work: 2 s}}}
flows: {ask: {starts: {rate: 1/min}, steps: [{call: small.say, timeout: 3 s}, {call: large.say}]}}
""",
    expected=("models-each-their-way:components.large",),
)
