"""What belongs into the head and stands in the body."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every HTML page."""
    page = sight.page
    if not page.is_page:
        return None
    return [Hit(page.url, f"{name} stands in the body", name) for name in dict.fromkeys(page.misplaced)]


AUDIT = Audit(
    id="head-in-body",
    title="Head elements stand in the body",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="canonical, hreflang or robots that the parser finds in the body, often since an element "
    "ended the head.",
    why="In the body they are ignored: anybody could have written them into a comment.",
    source="https://developers.google.com/search/docs/crawling-indexing/valid-page-metadata (recalled); "
    "HTML, 13.2.6.4.4",
    as_of="2026-11-28",
    consequence="The page behaves as if they weren't there.",
    remedy="Keep only metadata in the head: no div, img or iframe before these lines.",
    page=check,
    bad='<title>Example</title><div></div><link rel="canonical" href="/page"></head>',
    good='<link rel="canonical" href="/page"></head><div></div>',
)
