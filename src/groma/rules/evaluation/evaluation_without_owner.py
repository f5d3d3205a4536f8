"""Data sets that nobody answers for."""

from __future__ import annotations

from groma.rules.places import owned
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every data set; those without `owner`."""
    held = subject.model.evaluations.values()
    return owned("evaluations", ((e, f"Nobody answers for {e.title or e.name}") for e in held))


RULE = Rule(
    id="evaluation-without-owner",
    title="Data set without an owner",
    looks_for="`evaluations` without `owner`.",
    why="Cases age, labels are disputed and thresholds are argued over; somebody has to decide.",
    source="ISO/IEC 42001:2023, A.7.2 and A.7.4 (data for AI systems); NIST AI RMF 1.0, GOVERN 2.1",
    severity="warning",
    tags=("evaluation", "ai", "people"),
    consequence="The set is neither renewed nor believed, and then no longer run.",
    remedy="Name the person who answers for it.",
    check=check,
    good="""\
people: {ana: {}}
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved, owner: ana}}
""",
    bad="""\
people: {ana: {}}
components: {writer: {kind: llm, offers: {write: {work: 1 s}}}}
evaluations: {golden: {judges: components.writer, metric: approved}}
""",
    expected=("evaluation-without-owner:evaluations.golden",),
)
