"""Pages that don't say which address is theirs."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    if page.canonicals:
        return []
    line = f'<link rel="canonical" href="{page.url}">'
    return [Hit(page.url, "states no canonical address", patch=Patch(page.url, "head", "", line))]


AUDIT = Audit(
    id="canonical-missing",
    title="Pages state no canonical address",
    group="indexability",
    tier="ranking",
    severity="note",
    looks_for="Pages that may be indexed without a canonical in head or header.",
    why="The same page under several addresses (parameters, upper case, with and without slash) counts as several.",
    source="https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls (recalled)",
    as_of="2026-11-28",
    consequence="Search engines choose the address, and links may be split over copies.",
    remedy="State the page's own address as canonical.",
    page=check,
    bad="<title>Example</title></head>",
    good='<link rel="canonical" href="https://example.com/page"></head>',
)
