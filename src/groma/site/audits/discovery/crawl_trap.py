"""Addresses without end."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every pattern of addresses at which the crawl stopped."""
    traps = site.gathered.traps
    return Look(
        len(traps),
        tuple(
            Hit(t.example, f"{t.pattern}: {t.read} pages say the same, {t.left} more were left", t.pattern)
            for t in traps
        ),
    )


AUDIT = Audit(
    id="crawl-trap",
    title="Addresses go on without end",
    group="discovery",
    tier="ranking",
    severity="warning",
    looks_for="Address patterns with many pages that say the same, and paths that repeat themselves.",
    why="A crawler has a budget of visits; a calendar takes all of it.",
    source="https://developers.google.com/search/docs/crawling-indexing/url-structure (recalled)",
    as_of="2026-11-28",
    consequence="Real pages are visited rarely.",
    remedy="End the series, link it with forms, or refuse the pattern in robots.txt.",
    site=check,
)
