"""Links that only a script can follow."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """All links of every page."""
    page = sight.page
    if not page.is_page:
        return None
    found = dict.fromkeys((text, address) for address, text in page.dead_links)
    return [
        Hit(page.url, f"“{text or '(no text)'}” leads nowhere without a script", address)
        for text, address in found
    ]


AUDIT = Audit(
    id="script-link",
    title="Links work only with a script",
    group="links",
    tier="gate",
    severity="warning",
    looks_for='`a` elements with onclick and no href, with href="#" or a javascript: address.',
    why="Google follows `a` elements with an href that is an address; most crawlers of assistants run no "
    "scripts at all.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable; Lighthouse, "
    "audit crawlable-anchors",
    as_of="2026-11-28",
    consequence="What is behind these links isn't found through them.",
    remedy="Write the address into href; a script may still take the click over.",
    page=check,
    bad='<a onclick="go()">Services</a><a href="javascript:void(0)">Prices</a><a href="#">Team</a>',
    good='<a href="/services" onclick="go()">Services</a><a href="#contact-us">Contact</a>',
)
