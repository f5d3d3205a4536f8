"""Language models whose failure leads to no person."""

from __future__ import annotations

from groma.analyses.orchestration.checks import models_without_a_person
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every call of a language model in a flow that people answer for; those whose errors lead to nobody."""
    return look(subject, models_without_a_person(subject.context), "When the model fails nobody takes over")


RULE = Rule(
    id="no-way-to-a-person",
    title="No way to a person when the model fails",
    looks_for="Calls of an `llm` whose errors end the run without an `ask` or a tool that people use, in flows where "
    "somebody is asked, an operation has an `impact`, or a need asks for approval.",
    why="Where people answer for what the AI does, somebody has to notice that it did nothing.",
    source="Regulation (EU) 2024/1689 (AI Act), Article 14(4); NIST AI 600-1 (2024), human-AI configuration",
    severity="warning",
    tags=("programs", "safety"),
    consequence="While the model is down or unsure its cases end in silence, and customers come back angrier.",
    remedy="Give the call, or a group around it, a `fallback` that hands the case to somebody.",
    phases=("assess", "build"),
    check=check,
    good="""\
people: {ana: {}}
components: {model: {kind: llm, offers: {write: {work: 1 s, fails: 1 %}}}}
flows: {care: {steps: [{call: model.write, fallback: [{ask: ana, takes: 2 min}]}]}}
""",
    bad="""\
people: {ana: {}}
components: {model: {kind: llm, offers: {write: {work: 1 s, fails: 1 %}}}}
flows: {care: {steps: [{ask: ana, takes: 2 min}, {call: model.write}]}}
""",
    expected=("no-way-to-a-person:flows.care.steps.2",),
)
