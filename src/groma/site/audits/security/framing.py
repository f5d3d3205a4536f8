"""Hosts that let others frame their pages."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit, Patch
from groma.site.audits.security.hsts import is_front
from groma.site.sight import Sight

_ANCESTORS = re.compile(r"(?:^|;)\s*frame-ancestors\s", re.IGNORECASE)


def check(sight: Sight) -> list[Hit] | None:
    """The home page of a server."""
    page = sight.page
    if not is_front(sight):
        return None
    if page.header("x-frame-options").strip() or _ANCESTORS.search(page.header("content-security-policy")):
        return []
    patch = Patch(page.url, "header", "", "Content-Security-Policy: frame-ancestors 'self'")
    return [Hit(page.url, "neither frame-ancestors nor X-Frame-Options", patch=patch)]


AUDIT = Audit(
    id="framing",
    title="Others may frame the pages",
    group="security",
    tier="wording",
    severity="note",
    looks_for="Content-Security-Policy with frame-ancestors, or X-Frame-Options, on the home page.",
    why="A foreign page can lay its own buttons over a framed one. Engines don't weigh it.",
    source="W3C, Content Security Policy Level 3, 6.4.2; OWASP Secure Headers Project",
    as_of="2026-11-28",
    consequence="Clicks can be stolen.",
    remedy="Send frame-ancestors with the sites that may frame.",
    page=check,
    bad="FRONT\ncontent-security-policy: default-src 'self'\n\n<p>text</p>",
    good="FRONT\ncontent-security-policy: default-src 'self'; frame-ancestors 'none'\n\n<p>text</p>",
)
