"""Pages that don't fit a phone."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    content = page.meta("viewport").replace(" ", "").lower()
    if not content:
        line = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        return [Hit(page.url, "has no viewport", patch=Patch(page.url, "head", "", line))]
    if "width=device-width" not in content and "initial-scale=" not in content:
        return [Hit(page.url, "its viewport has a fixed width", content)]
    return []


AUDIT = Audit(
    id="viewport",
    title="Pages don't fit a phone",
    group="usability",
    tier="ranking",
    severity="warning",
    looks_for="Pages without a viewport, or with one of fixed width.",
    why="Phones then show a shrunken desktop; Google indexes what its phone crawler sees.",
    source="https://developers.google.com/search/docs/crawling-indexing/mobile/mobile-sites-mobile-first-indexing "
    "(recalled); "
    "Lighthouse, audit viewport",
    as_of="2026-11-28",
    consequence="Most visitors must pinch and scroll.",
    remedy="Add the viewport line, and styles for narrow screens.",
    page=check,
    bad="<title>A</title></head>",
    good='<meta name="viewport" content="width=device-width, initial-scale=1"></head>',
)
