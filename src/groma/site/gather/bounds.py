"""How much is gathered at most. Whatever a site does, a crawl ends and fits into memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Ends of a crawl; a crawl that met one isn't complete and says so."""

    pages: int = 10_000
    """Addresses fetched, sitemaps and robots.txt not counted."""
    seconds: float = 0.0
    """Of the whole crawl (0: no end)."""
    page_bytes: int = 4_000_000
    """Of one answer, decompressed; the rest isn't read."""
    depth: int = 50
    """Clicks from the start."""
    waiting: int = 1_000_000
    """Addresses known and not yet fetched."""
    sitemaps: int = 1_000
    sitemap_bytes: int = 52_428_800
    """50 MB, the most that sitemaps.org allows."""
    per_page_seconds: float = 20.0
    redirects: int = 10
    concurrency: int = 8
    trap_pages: int = 60
    """Pages of one address pattern after which it is asked whether they differ."""
