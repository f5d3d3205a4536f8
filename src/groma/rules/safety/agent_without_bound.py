"""Rounds of a model that end only when it says so."""

from __future__ import annotations

from groma.analyses.threats import Place, found_in, safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every loop in which a model answers; those that neither a number of rounds nor a time ends."""
    seen = safety_of(subject.context).seen
    hits: list[Hit] = []
    for flow, step in seen.loops:
        place = Place(step.path, step.at, "", (), flow)
        ends = found_in(seen, place, ("bound", "time limit"))
        if not ends:
            hits.append(
                Hit(
                    step.path,
                    f"{flow} goes round until its model says stop",
                    "no `at_most`, no `deadline`",
                    step.at,
                )
            )
    return Look(len(seen.loops), tuple(hits))


RULE = Rule(
    id="agent-without-bound",
    title="Agent without a bound",
    looks_for="`repeat` around a model without `at_most`, fixed `times`, `timeout` or `deadline`.",
    why="A model that was told to go on, or doesn't get on, goes on.",
    source="OWASP LLM10:2025 (LLM06:2026), ASI10; MITRE ATLAS AML.T0034",
    severity="error",
    tags=("safety", "ai"),
    consequence="Time and money of one run are unbounded.",
    remedy="State `at_most`, or a `deadline` around the loop.",
    check=check,
    good="""\
components: {thinker: {kind: llm, offers: {think: {work: 1 s}}}}
flows: {work: {steps: [{repeat: {until: 30 %, at_most: 8, steps: [{call: thinker.think}]}}]}}
""",
    bad="""\
components: {thinker: {kind: llm, offers: {think: {work: 1 s}}}}
flows: {work: {steps: [{repeat: {until: 30 %, steps: [{call: thinker.think}]}}]}}
""",
    expected=("agent-without-bound:flows.work.steps.1",),
)
