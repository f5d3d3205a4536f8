"""Links without any name."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """All links of every page."""
    page = sight.page
    if not page.is_page:
        return None
    found = dict.fromkeys(link.url for link in page.links if not link.text)
    return [Hit(page.url, f"link to {url} has no text", url) for url in found]


AUDIT = Audit(
    id="link-unnamed",
    title="Links have no name",
    group="links",
    tier="ranking",
    severity="warning",
    looks_for="Links with neither text nor a picture's alt text, aria-label or title.",
    why="A screen reader reads the address aloud; a crawler learns nothing.",
    source="WCAG 2.2, 2.4.4 and 4.1.2; Lighthouse, audit link-name",
    as_of="2026-11-28",
    consequence="Some visitors can't tell where the link leads.",
    remedy="Give the picture an alt text, or the link an aria-label.",
    page=check,
    bad='<a href="/home"><img src="logo.png" width="1" height="1"></a>',
    good='<a href="/home"><img src="logo.png" alt="Home" width="1" height="1"></a>',
)
