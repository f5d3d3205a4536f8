"""Pages that share their description."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.record import Record
from groma.site.sight import folded
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed and has a description."""
    groups: dict[str, list[Record]] = {}
    pages = [r for r in site.indexable if r.description]
    for record in pages:
        groups.setdefault(folded(record.description), []).append(record)
    hits = [
        Hit(r.url, f"shares its description with {len(group) - 1} pages", r.description[:120])
        for group in groups.values()
        if len(group) > 1
        for r in group
    ]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="description-duplicate",
    title="Pages share their description",
    group="passages",
    tier="wording",
    severity="note",
    looks_for="Pages that may be indexed with equal meta descriptions.",
    why="A description that fits every page describes none.",
    source="https://developers.google.com/search/docs/appearance/snippet (recalled)",
    as_of="2026-11-28",
    consequence="It is ignored, or results look alike.",
    remedy="Describe each page, or leave the description out.",
    site=check,
    symptom_of=("duplicate-content",),
)
