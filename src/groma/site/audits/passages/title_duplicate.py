"""Pages that share their title."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.record import Record
from groma.site.sight import folded
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed and has a title; pages of different languages apart."""
    groups: dict[tuple[str, str], list[Record]] = {}
    pages = [r for r in site.indexable if r.title]
    for record in pages:
        groups.setdefault((folded(record.title), record.language.lower()), []).append(record)
    hits = [
        Hit(r.url, f"shares its title with {len(group) - 1} pages", r.title[:120])
        for group in groups.values()
        if len(group) > 1
        for r in group
    ]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="title-duplicate",
    title="Pages share their title",
    group="passages",
    tier="ranking",
    severity="warning",
    looks_for="Pages that may be indexed with equal titles.",
    why="Neither a person nor an engine can tell from the result which is which.",
    source="https://developers.google.com/search/docs/appearance/title-link (recalled)",
    as_of="2026-11-28",
    consequence="The pages compete for the same questions.",
    remedy="Name in each title what is special to the page.",
    site=check,
    symptom_of=("duplicate-content", "empty-without-script"),
)
