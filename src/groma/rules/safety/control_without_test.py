"""Stated controls that don't say how it is shown to work."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every control of the model; those without `test`."""
    controls = subject.model.controls
    hits = (
        Hit(f"controls.{name}", f"{control.title or name}: no test", "no `test`", control.at)
        for name, control in controls.items()
        if not control.test
    )
    return Look(len(controls), tuple(hits))


RULE = Rule(
    id="control-without-test",
    title="Control without a test",
    looks_for="`controls` without `test`.",
    why="A control that was never seen to work is a wish.",
    source="NIST SP 800-53 CA-2, CA-7; ISO/IEC 42001:2023, 9.1",
    severity="warning",
    tags=("safety", "ai"),
    consequence="Nobody knows whether it holds.",
    remedy="State `test`: how it is shown to work.",
    check=check,
    good="""\
controls: {training: {title: Training, against: [persuasion], test: planted wrong proposals, signal: share found}}
""",
    bad="""\
controls: {training: {title: Training, against: [persuasion], signal: share found}}
""",
    expected=("control-without-test:controls.training",),
)
