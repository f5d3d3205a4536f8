"""Links to places on the page that aren't there."""

from __future__ import annotations

from urllib.parse import unquote

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Links of a page to its own parts."""
    page = sight.page
    own = [link for link in page.links if link.url == page.url and link.fragment]
    if not page.is_page or not own:
        return None
    missing = dict.fromkeys(
        link.fragment
        for link in own
        if link.fragment.lower() != "top"
        and unquote(link.fragment) not in page.ids
        and link.fragment not in page.ids
        and not link.fragment.startswith((":~:", "!", "/"))
    )
    return [Hit(page.url, f"#{name} isn't on the page", f"#{name}") for name in missing]


AUDIT = Audit(
    id="broken-fragment",
    title="Links to parts of the page lead nowhere",
    group="links",
    tier="ranking",
    severity="note",
    looks_for="Links to `#name` on the same page where no element has that id.",
    why="The click does nothing, and engines can't offer a jump to the part.",
    source="HTML, 7.4.6.4 (finding the indicated part of a document)",
    as_of="2026-11-28",
    consequence="Tables of contents don't work.",
    remedy="Give the part the id, or correct the link.",
    page=check,
    bad='<a href="#prices">Prices</a><h2 id="costs">Prices</h2>',
    good='<a href="#prices">Prices</a><h2 id="prices">Prices</h2>',
)
