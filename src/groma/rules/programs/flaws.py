"""Flaws of programs as hits: what the state machine shows, with the way there."""

from __future__ import annotations

from groma.analyses.orchestration.checks import Found
from groma.rules.rule import Hit, Look
from groma.rules.subject import Subject


def look(subject: Subject, found: Found, title: str) -> Look:
    """Each flaw as a hit on its step; the way there is told after what is wrong."""
    at = {step.path: step.at for _, step in subject.steps}
    hits = (
        Hit(flaw.path, title, f"{flaw.what}; the way there: {flaw.way}", at.get(flaw.path), key=flaw.key)
        for flaw in found.flaws
    )
    return Look(found.looked_at, tuple(hits))
