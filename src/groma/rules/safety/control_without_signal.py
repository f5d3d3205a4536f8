"""Stated controls that don't say what tells that it works."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every control of the model; those without `signal`."""
    controls = subject.model.controls
    hits = (
        Hit(f"controls.{name}", f"{control.title or name}: no signal", "no `signal`", control.at)
        for name, control in controls.items()
        if not control.signal
    )
    return Look(len(controls), tuple(hits))


RULE = Rule(
    id="control-without-signal",
    title="Control without a signal",
    looks_for="`controls` without `signal`.",
    why="A control that fails in silence is found out by its damage.",
    source="NIST SP 800-53 CA-2, CA-7; ISO/IEC 42001:2023, 9.1",
    severity="warning",
    tags=("safety", "ai"),
    consequence="Nobody knows whether it holds.",
    remedy="State `signal`: what tells that it works.",
    check=check,
    good="""\
controls: {training: {title: Training, against: [persuasion], test: planted wrong proposals, signal: share found}}
""",
    bad="""\
controls: {training: {title: Training, against: [persuasion], test: planted wrong proposals}}
""",
    expected=("control-without-signal:controls.training",),
)
