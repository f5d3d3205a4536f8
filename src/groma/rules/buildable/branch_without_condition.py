"""Choices of which nobody says what is looked at."""

from __future__ import annotations

from groma.model.program import Choose
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every branch of every choice; those without `when`."""
    branches = [
        (step, number, branch)
        for _, step in subject.steps
        if isinstance(step.action, Choose)
        for number, branch in enumerate(step.action.branches, 1)
    ]
    hits = (
        Hit(
            step.path,
            f"When branch {number} of this choice is taken isn't stated",
            "no `when`",
            step.at,
            key=f"branch {number}",
        )
        for step, number, branch in branches
        if not branch.when
    )
    return Look(len(branches), tuple(hits))


RULE = Rule(
    id="branch-without-condition",
    title="Branch without a condition",
    looks_for="Branches of a choice without `when`.",
    why="How often a branch is taken can be measured; what decides has to be told.",
    source="BPMN 2.0.2, exclusive gateway (10.6.2: condition expressions)",
    severity="warning",
    tags=("ambiguity", "programs"),
    consequence="The builder chooses what decides.",
    remedy="Say in words what is looked at and what must hold.",
    phases=("build",),
    check=check,
    good="""\
flows: {a: {steps: [{choose: [{share: 10 %, when: the amount is over 1000 EUR, steps: []}, {share: 90 %,
    when: it isn't, steps: []}]}]}}
""",
    bad="""\
flows: {a: {steps: [{choose: [{share: 10 %, when: the amount is over 1000 EUR, steps: []}, {share: 90 %,
    steps: []}]}]}}
""",
    expected=("branch-without-condition:flows.a.steps.1/branch 2",),
)
