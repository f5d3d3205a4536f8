"""Runs that can never end."""

from __future__ import annotations

from groma.analyses.orchestration.checks import never_ends
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every state that runs come to; those from which no end can be reached."""
    return look(subject, never_ends(subject.context), "A run that comes here never ends")


RULE = Rule(
    id="run-never-ends",
    title="Run that can never end",
    looks_for="Loops whose rounds go on for ever: `until` a share of 0 % without `at_most`.",
    why="A run that can't end holds its threads, its place in queues and its customer for good.",
    source="Clarke, Grumberg and Peled, Model Checking, 1999, chapter 4 (liveness: an end is always reachable)",
    severity="error",
    tags=("programs", "capacity", "cost"),
    consequence="Such runs pile up until nothing else is served, and each is paid for without end.",
    remedy="State `at_most`, a chance to be done above zero, or a `deadline` around it, and what happens then.",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {desk: {kind: service, offers: {take: {work: 1 s}}}}
flows: {care: {steps: [{repeat: {until: 0 %, at_most: 5, steps: [{wait: 1 min}]}}, {call: desk.take}]}}
""",
    bad="""\
flows: {care: {steps: [{repeat: {until: 0 %, steps: [{wait: 1 min}]}}]}}
""",
    expected=("run-never-ends:flows.care.steps.1",),
)
