"""Headings that skip a level."""

from __future__ import annotations

import itertools

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Headings in the content of every page that may be indexed."""
    page = sight.page
    headings = [h for h in page.headings if h.region == "main" and h.text]
    if not sight.is_indexable or len(headings) < 2:
        return None
    return [
        Hit(page.url, f"h{before.level} is followed by h{after.level}", after.text[:120])
        for before, after in itertools.pairwise(headings)
        if after.level > before.level + 1
    ]


AUDIT = Audit(
    id="heading-skip",
    title="Headings skip levels",
    group="passages",
    tier="wording",
    severity="note",
    looks_for="An h2 followed by an h4, and the like, in the content.",
    why="Screen readers read headings as an outline; engines say that order doesn't matter to them.",
    source="WCAG 2.2, technique G141; Lighthouse, audit heading-order",
    as_of="2026-11-28",
    consequence="The outline has holes.",
    remedy="Use the next level, and style it as wanted.",
    page=check,
    bad="<main><h1>Lamps</h1><h4>Brass</h4></main>",
    good="<main><h1>Lamps</h1><h2>Brass</h2><h3>Polished</h3><h2>Glass</h2></main>",
)
