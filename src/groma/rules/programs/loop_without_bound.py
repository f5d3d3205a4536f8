"""Loops that nothing bounds."""

from __future__ import annotations

import math

from groma.analyses.interval import greatest
from groma.model.program import Repeat
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every repeat; those without `at_most` whose count has no greatest value."""
    loops = [(step, step.action) for _, step in subject.steps if isinstance(step.action, Repeat)]
    hits = (
        Hit(step.path, "A loop that nothing bounds", "no `at_most`, and its count has no `max`", step.at)
        for step, loop in loops
        if loop.at_most is None and not math.isfinite(greatest(loop.times))
    )
    return Look(len(loops), tuple(hits))


RULE = Rule(
    id="loop-without-bound",
    title="Loop without a bound",
    looks_for="`repeat` without `at_most` whose number of rounds has no stated greatest value.",
    why="An agent that may go round for ever will, once, at night; cost and time of a run have no bound.",
    source="OWASP Top 10 for LLM applications 2025, LLM10 (unbounded consumption)",
    severity="warning",
    tags=("programs", "cost", "safety"),
    consequence="The most that a run can cost isn't known; one run can spend a month's budget.",
    remedy="State `at_most`, and what happens then.",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {model: {kind: llm, offers: {think: {work: 1 s}}}}
flows: {solve: {steps: [{repeat: {until: 30 %, at_most: 8, steps: [{call: model.think}]}}]}}
""",
    bad="""\
components: {model: {kind: llm, offers: {think: {work: 1 s}}}}
flows: {solve: {steps: [{repeat: {until: 30 %, steps: [{call: model.think}]}}]}}
""",
    expected=("loop-without-bound:flows.solve.steps.1",),
)
