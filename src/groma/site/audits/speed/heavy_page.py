"""Pages that are cut off."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MOST = 2_000_000


def check(sight: Sight) -> list[Hit] | None:
    """Every page."""
    page = sight.page
    if not page.is_page:
        return None
    return [Hit(page.url, f"has {page.size / 1e6:.1f} MB of HTML")] if page.size > MOST or page.is_cut else []


AUDIT = Audit(
    id="heavy-page",
    title="Pages are longer than crawlers read",
    group="speed",
    tier="gate",
    severity="error",
    looks_for="HTML of more than 2 MB, uncompressed.",
    why="Googlebot reads the first 2 MB for Search (15 MB before 2026); what stands behind isn't indexed.",
    source="https://developers.google.com/search/docs/crawling-indexing/googlebot (2026, seen second-hand)",
    as_of="2026-11-28",
    consequence="The end of the page can't be found.",
    remedy="Move inline pictures, scripts and data out of the HTML; split the page.",
    page=check,
    bad="<p>" + "word " * 450_000 + "</p>",
    good="<p>" + "word " * 1000 + "</p>",
)
