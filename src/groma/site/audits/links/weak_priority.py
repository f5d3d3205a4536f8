"""Pages that matter and that the site hardly links to."""

from __future__ import annotations

import numpy as np

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

HIGH = 0.8


def check(site: Site) -> Look:
    """Pages whose sitemap priority is 0.8 or more while others have less, against the median of internal PageRank."""
    stated = {url: _number(entry.priority) for url, entry in site.listed.items() if entry.priority}
    pages = [r for r in site.indexable if stated.get(r.url, 0.0) >= HIGH]
    if not pages or len(set(stated.values())) < 2:
        return Look(0)
    ranks = np.array([site.rank[site.numbers[r.url]] for r in site.indexable])
    median = float(np.median(ranks))
    hits = [
        Hit(r.url, f"priority {stated[r.url]:g}, but less internal PageRank than half of all pages")
        for r in pages
        if site.rank[site.numbers[r.url]] < median * 0.999
    ]
    return Look(len(pages), tuple(hits))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


AUDIT = Audit(
    id="weak-priority",
    title="Pages that matter are hardly linked",
    group="links",
    tier="ranking",
    severity="warning",
    looks_for="Pages of high stated priority whose internal PageRank lies below the median.",
    why="Engines ignore stated priority and see the links: the site itself says that other pages matter more.",
    source="Brin and Page 1998 (PageRank); sitemaps.org 0.9 (priority)",
    as_of="2026-11-28",
    consequence="The pages that should bring business are those with the least weight.",
    remedy="Link to them from the pages with the most weight, in their text.",
    site=check,
    symptom_of=("orphan",),
)
