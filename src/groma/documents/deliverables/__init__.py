"""The deliverables: which there are, and which a practice asks for.

`deliverables(practice)` gives them in the reader's order; users add their own through the entry points
`groma.documents` (each a `Deliverable`), which come last.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from groma.documents.deliverables import (
    architecture,
    assessment,
    audit,
    blueprint,
    business,
    decisions,
    handoff,
    infrastructure,
    memos,
    observability,
    orchestration,
    safety,
)
from groma.documents.deliverables.subject import Deliverable, Subject

ALL: dict[str, Deliverable] = {
    each.DELIVERABLE.id: each.DELIVERABLE
    for each in (
        blueprint,
        assessment,
        architecture,
        business,
        infrastructure,
        orchestration,
        safety,
        observability,
        handoff,
        decisions,
        memos,
        audit,
    )
}
SETS: dict[str, tuple[str, ...]] = {
    "ai": (
        "blueprint",
        "assessment",
        "architecture",
        "infrastructure-specification",
        "orchestration-design",
        "safety-specification",
        "observability-plan",
        "handoff",
        "decisions",
        "decision-memos",
    ),
    "business": ("blueprint", "assessment", "business-architecture", "decisions", "decision-memos"),
    "infrastructure": (
        "blueprint",
        "assessment",
        "infrastructure-specification",
        "architecture",
        "decisions",
        "decision-memos",
    ),
    "survey": ("audit",),
}
"""Practice -> documents in the reader's order. A document with nothing to say is left out of its set."""


def deliverables(practice: str) -> tuple[Deliverable, ...]:
    """What is handed over for a practice; everything for a practice that has no set of its own."""
    own = tuple(ALL[name] for name in SETS.get(practice, tuple(ALL)))
    added = sorted(entry_points(group="groma.documents"), key=lambda entry: entry.name)
    return (*own, *(entry.load() for entry in added))


__all__ = ["ALL", "SETS", "Deliverable", "Subject", "deliverables"]
