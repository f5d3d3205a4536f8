"""Parts that nobody answers for."""

from __future__ import annotations

from groma.rules.places import owned
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All components; those without `owner`."""
    parts = subject.components()
    return owned("components", ((c, f"Nobody answers for {c.title or c.name}") for c in parts))


RULE = Rule(
    id="component-without-owner",
    title="Component without an owner",
    looks_for="Components without `owner`.",
    why="What everybody uses and nobody answers for isn't patched, isn't renewed and isn't switched off.",
    source="ISO/IEC 27001:2022, A.5.9 (inventory with owners); NIST SP 800-53 CM-8",
    severity="note",
    tags=("people", "inventory"),
    consequence="Updates, renewals and the bill are left to chance.",
    remedy="Name one person (not a team) who answers for it.",
    phases=("assess", "build"),
    check=check,
    good="people: {ana: {}}\ncomponents: {shop: {kind: tool, owner: ana}}\n",
    bad="people: {ana: {}}\ncomponents: {shop: {kind: tool}}\n",
    expected=("component-without-owner:components.shop",),
)
