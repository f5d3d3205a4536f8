"""Joins that wait for more branches than can end ok."""

from __future__ import annotations

from groma.analyses.orchestration.checks import joins_that_cannot_complete
from groma.rules.programs.flaws import look
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every join that runs come to; those of which too few branches can end ok."""
    return look(subject, joins_that_cannot_complete(subject.context), "A join that can't complete")


RULE = Rule(
    id="join-cannot-complete",
    title="Join that can't complete",
    looks_for="`parallel` of which fewer branches than `join` can end ok: the others always fail or stop the run.",
    why="All that stands after such a join never happens, although each branch for itself looks right.",
    source="van der Aalst, The Application of Petri Nets to Workflow Management, 1998 (soundness: proper completion)",
    severity="error",
    tags=("programs",),
    consequence="Every run that comes here ends in an error, or before its time.",
    remedy="Wait for fewer branches, or handle the error inside the branch (`fallback`).",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {desk: {kind: service, offers: {take: {work: 1 s}}}}
flows: {care: {steps: [{parallel: [[{call: desk.take}], [{fail: rejected}]], join: any}]}}
""",
    bad="""\
components: {desk: {kind: service, offers: {take: {work: 1 s}}}}
flows: {care: {steps: [{parallel: [[{call: desk.take}], [{fail: rejected}]], join: all}]}}
""",
    expected=("join-cannot-complete:flows.care.steps.1",),
)
