"""Pages that are sent uncompressed."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

LARGE = 10_000


def check(sight: Sight) -> list[Hit] | None:
    """Every page of a server with more than ten kilobytes."""
    page = sight.page
    if not sight.is_live or not page.is_page or page.size < LARGE:
        return None
    return (
        []
        if page.header("content-encoding")
        else [Hit(page.url, f"{page.size // 1000} kB are sent uncompressed")]
    )


AUDIT = Audit(
    id="uncompressed",
    title="Pages are sent uncompressed",
    group="speed",
    tier="ranking",
    severity="warning",
    looks_for="HTML of more than 10 kB without Content-Encoding, although gzip was offered.",
    why="HTML shrinks to a fifth; on a slow connection that is the wait.",
    source="RFC 9110, 8.4; Lighthouse, audit uses-text-compression",
    as_of="2026-11-28",
    consequence="Pages arrive later than they could.",
    remedy="Switch gzip or Brotli on for text.",
    page=check,
    bad="<p>" + "word " * 3000 + "</p>",
    good="content-encoding: gzip\n\n<p>" + "word " * 3000 + "</p>",
)
