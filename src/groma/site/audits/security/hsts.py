"""Hosts that don't insist on encryption."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight

_LASTS = re.compile(r'(?:^|;)\s*max-age\s*=\s*"?0*[1-9]', re.IGNORECASE)
"""A directive of RFC 6797, 6.1.1, that asks for more than no time."""


def check(sight: Sight) -> list[Hit] | None:
    """The home page of a server, under https."""
    page = sight.page
    if not is_front(sight) or not page.url.startswith("https:"):
        return None
    if _LASTS.search(page.header("strict-transport-security")):
        return []
    patch = Patch(page.url, "header", "", "Strict-Transport-Security: max-age=31536000")
    return [Hit(page.url, "sends no Strict-Transport-Security", patch=patch)]


def is_front(sight: Sight) -> bool:
    """Whether it is a front page with headers that mean something: a server's, or a folder's that states some."""
    page = sight.page
    stated = sight.is_live or len(page.headers) > 1
    return stated and page.is_page and page.url.count("/") == 3 and page.url.endswith("/")


AUDIT = Audit(
    id="hsts",
    title="The host doesn't insist on encryption",
    group="security",
    tier="wording",
    severity="note",
    looks_for="Strict-Transport-Security on the home page.",
    why="Without it the first visit can be led astray. Engines don't weigh it.",
    source="RFC 6797; OWASP Secure Headers Project",
    as_of="2026-11-28",
    consequence="Visitors can be intercepted on foreign networks.",
    remedy="Send it, first with a short max-age.",
    page=check,
    bad="FRONT\n\n<p>text</p>",
    good="FRONT\nstrict-transport-security: max-age=31536000\n\n<p>text</p>",
)
