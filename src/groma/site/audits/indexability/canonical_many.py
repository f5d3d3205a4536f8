"""Pages with several canonical addresses."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page with a canonical."""
    page = sight.page
    if not page.is_page or not page.canonicals:
        return None
    if len(page.canonicals) == 1:
        return []
    return [
        Hit(page.url, f"states {len(page.canonicals)} canonical addresses", ", ".join(page.canonicals[:5]))
    ]


AUDIT = Audit(
    id="canonical-many",
    title="Pages state several canonical addresses",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="Canonicals in the head and in the Link header that differ.",
    why="Search engines then ignore all of them and choose themselves.",
    source="RFC 6596; "
    "https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls "
    "(recalled)",
    as_of="2026-11-28",
    consequence="Another address than the one meant may be shown, or none.",
    remedy="State one, the address under which the page is to be found.",
    page=check,
    bad='<link rel="canonical" href="/page"><link rel="canonical" href="/other"></head>',
    good='<link rel="canonical" href="/page"></head>',
)
