"""What a page asks of crawlers beyond robots.txt: robots meta tags and the X-Robots-Tag header.

https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag: directives of all crawlers and of the named
one are joined, the strictest holds; `none` is `noindex, nofollow`; a header may begin with a crawler's name.
"""

from __future__ import annotations

import re

from groma.site.page import Page

KNOWN = frozenset(
    [
        "all",
        "noindex",
        "index",
        "nofollow",
        "follow",
        "none",
        "noarchive",
        "nosnippet",
        "indexifembedded",
        "notranslate",
        "noimageindex",
        "nocache",
        "noodp",
        "noydir",
        "nositelinkssearchbox",
        "noai",
        "noimageai",
    ]
)
_NAMED = re.compile(r"^\s*([a-z][a-z0-9_-]*)\s*:\s*(?![\d-]|large|none|standard)", re.IGNORECASE)
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def directives(page: Page, token: str = "") -> frozenset[str]:
    """Directives in lower case that hold for a crawler (all crawlers when no token is named)."""
    found: set[str] = set()
    names = ("robots", token.lower()) if token else ("robots",)
    for name, content in page.metas:
        if name in names:
            found.update(_split(content))
    for key, value in page.headers:
        if key == "x-robots-tag":
            found.update(_of_header(value, token.lower()))
    if "none" in found:
        found.update(("noindex", "nofollow"))
    return frozenset(found)


def _split(text: str) -> list[str]:
    return [part.strip().lower().replace(" ", "") for part in text[:1000].split(",") if part.strip()]


def _of_header(value: str, token: str) -> list[str]:
    """A header's directives; once a crawler is named, what follows is for it."""
    found: list[str] = []
    current = ""
    for part in value[:2000].split(","):
        named = _NAMED.match(part)
        if named and named.group(1).lower() not in _VALUED:
            current = named.group(1).lower()
            part = part[named.end() :]
        if current in ("", token):
            found.extend(_split(part))
    return found
