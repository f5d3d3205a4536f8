"""Secure pages that load insecurely."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page under https."""
    page = sight.page
    if not page.is_page or not page.url.startswith("https:"):
        return None
    return [
        Hit(page.url, f"loads {url}", url, patch=Patch(page.url, "body", url, "https" + url[4:]))
        for url in page.insecure
    ]


AUDIT = Audit(
    id="mixed-content",
    title="Secure pages load insecure parts",
    group="speed",
    tier="ranking",
    severity="error",
    looks_for="Scripts, styles, pictures, frames and media from http: addresses on https pages.",
    why="Browsers block scripts and frames, and warn about the rest.",
    source="W3C, Mixed Content (2023)",
    as_of="2026-11-28",
    consequence="Parts of the page are missing; the lock in the address bar is gone.",
    remedy="Load them from https addresses.",
    page=check,
    bad='<img src="http://example.com/a.png" alt="a" width="1" height="1">',
    good='<img src="https://example.com/a.png" alt="a" width="1" height="1"><a href="http://example.org/">link</a>',
)
