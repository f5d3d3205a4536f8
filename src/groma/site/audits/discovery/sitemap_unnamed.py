"""Sitemaps that robots.txt doesn't name."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """The site, if it has a sitemap."""
    found = [s for s in site.gathered.sitemaps if s.entries or s.sitemaps]
    if not found:
        return Look(0)
    if site.access.outcome == "failing":
        return Look(0, (), "robots.txt can't be read, so what it names isn't known")
    robots = site.access.url
    if site.gathered.stated_sitemaps:
        return Look(1)
    patch = Patch(robots, "robots.txt", "", f"Sitemap: {found[0].url}")
    return Look(1, (Hit(robots, f"doesn't name {found[0].url}", patch=patch),))


AUDIT = Audit(
    id="sitemap-unnamed",
    title="robots.txt doesn't name the sitemap",
    group="discovery",
    tier="ranking",
    severity="note",
    looks_for="A sitemap that exists while robots.txt has no Sitemap line.",
    why="Crawlers without a console for owners (most of those that feed assistants) have no other way to "
    "learn of it.",
    source="sitemaps.org 0.9, protocol: informing search engine crawlers",
    as_of="2026-11-28",
    consequence="Only engines that were told by hand know the sitemap.",
    remedy="Add a line `Sitemap: https://...` to robots.txt.",
    site=check,
)
