"""Findings: what a rule says about a model, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.model.position import Position

Severity = Literal["note", "warning", "error"]
Confidence = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the model a finding stands, and what was seen there."""

    element: str
    text: str
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a rule; `id` is stable over runs, `figures` are ledger ids that show its consequence."""

    rule: str
    id: str
    title: str
    severity: Severity
    evidence: tuple[Evidence, ...]
    consequence: str
    remedy: str
    figures: tuple[str, ...] = ()
    confidence: Confidence = "certain"
    found: int = 1
    looked_at: int = 1
    symptom_of: tuple[str, ...] = ()
