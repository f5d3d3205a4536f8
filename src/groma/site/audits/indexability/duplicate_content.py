"""Pages that say the same under different addresses."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.record import Record
from groma.site.site import Site


def check(site: Site) -> Look:
    """All pages that may be indexed and have at least 20 words, by what their main content says."""
    pages = [r for r in site.indexable if r.words >= 20]
    groups: dict[str, list[Record]] = {}
    for record in pages:
        groups.setdefault(record.digest, []).append(record)
    hits: list[Hit] = []
    for group in groups.values():
        first, *others = sorted(group, key=lambda r: (len(r.url), r.url))
        line = f'<link rel="canonical" href="{first.url}">'
        hits.extend(
            Hit(r.url, f"says the same as {first.url}", patch=Patch(r.url, "head", "", line)) for r in others
        )
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="duplicate-content",
    title="Pages say the same under different addresses",
    group="indexability",
    tier="ranking",
    severity="warning",
    looks_for="Pages that may be indexed with equal main content and no common canonical.",
    why="One of them is chosen, by somebody else; links to the others count less.",
    source="https://developers.google.com/search/docs/crawling-indexing/canonicalization (recalled)",
    as_of="2026-11-28",
    consequence="The copies compete with each other.",
    remedy="Redirect copies to one page, or name it as canonical in all of them.",
    site=check,
)
