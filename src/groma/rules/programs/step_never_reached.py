"""Steps that no run comes to."""

from __future__ import annotations

from groma.analyses.orchestration.checks import never_reached
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every step of every program; the first of each stretch that nothing leads to."""
    return look(subject, never_reached(subject.context), "A step that no run comes to")


RULE = Rule(
    id="step-never-reached",
    title="Step that no run comes to",
    looks_for="Steps after `stop` or `fail`, in branches with a share of 0 %, after loops or joins that never go on.",
    why="What stands in a design is read as what happens. A step that can't happen is a promise that isn't kept.",
    source="Clarke, Grumberg and Peled, Model Checking, 1999, chapter 4 (reachability)",
    severity="warning",
    tags=("programs",),
    consequence="What the step was to do is never done, and no test can show it.",
    remedy="Take the step out, or mend what bars the way to it.",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {desk: {kind: service, offers: {take: {work: 1 s}}}}
flows: {care: {steps: [{choose: [{share: 10 %, steps: [{stop: ok}]}, {share: 90 %, steps: []}]}, {call: desk.take}]}}
""",
    bad="""\
components: {desk: {kind: service, offers: {take: {work: 1 s}, look: {work: 1 s}}}}
flows:
  care: {steps: [{stop: ok}, {call: desk.take}, {call: desk.look}]}
  look: {steps: [{choose: [{share: 0 %, steps: [{call: desk.look}]}, {share: 100 %, steps: []}]}]}
""",
    expected=(
        "step-never-reached:flows.care.steps.2",
        "step-never-reached:flows.look.steps.1.choose.1.steps.1",
    ),
)
