"""Data of a regulated sector that a language model works with, and no person or guard looks at."""

from __future__ import annotations

from groma.model.program import Ask, walk
from groma.rules.models import calls_of_models
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

REGULATED = frozenset(
    {
        "health",
        "medical",
        "patient",
        "clinical",
        "biometric",
        "genetic",
        "special",
        "credit",
        "financial",
        "regulated",
    }
)
"""Classes of data under rules of their own (GDPR Article 9; health, banking and insurance law)."""


def check(subject: Subject) -> Look:
    """Calls of language models that carry data of such a class, or whose flow does; without a guard or a person."""
    model = subject.model
    hits: dict[tuple[str, str], Hit] = {}
    looked = 0
    for flow in subject.started:
        steps = tuple(walk(model.flows[flow].steps))
        carried = {name for step in steps for name in step.carries}
        regulated = sorted(
            name for name in carried if name in model.data and model.data[name].class_ in REGULATED
        )
        calls = list(calls_of_models(model, flow))
        if not regulated or not calls:
            continue
        looked += 1
        seen = any(isinstance(step.action, Ask) for step in steps)
        if seen or any(step.policies.guards for step, _ in calls):
            continue
        for name in regulated:
            step, component = calls[0]
            hits[flow, name] = Hit(
                f"flows.{flow}",
                f"{named(model.data[name], name)} goes through {component}, and nobody looks",
                f"`{name}` is {model.data[name].class_}; no call of a model in it has a guard, and no "
                f"step asks a person",
                step.at,
                key=name,
            )
    return Look(looked, tuple(hits.values()))


RULE = Rule(
    id="regulated-data-unseen",
    title="Regulated data that nobody looks at",
    looks_for="Flows that carry data of a regulated class (health, biometric, credit, ...) and call a language model, "
    "without a guard on the call and without a step that asks a person.",
    why="In a regulated sector who watches and what is kept as evidence is a condition for going live.",
    source="Regulation (EU) 2024/1689 (AI Act), Articles 14 and 26; Regulation (EU) 2016/679 (GDPR), Articles 9 and 22",
    severity="warning",
    tags=("data", "models", "law"),
    consequence="It is stopped by the first audit, or a wrong answer reaches a patient or a borrower.",
    remedy="Say which effects a person approves, guard what goes in and out, and keep a trail of both.",
    phases=("assess",),
    check=check,
    good="""\
people: {nurse: {}}
components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
data: {findings: {class: health}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}, {ask: nurse, takes: 1 min}]}}
""",
    bad="""\
components: {brain: {kind: llm, offers: {say: {work: 1 s}}}}
data: {findings: {class: health}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: brain.say, carries: findings}]}}
""",
    expected=("regulated-data-unseen:flows.ask/findings",),
)
