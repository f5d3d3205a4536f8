"""Sites without a sitemap."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

FEW = 10
"""Pages of a site that needs none."""


def check(site: Site) -> Look:
    """The site, if it has more than a few pages."""
    if len(site.pages) <= FEW:
        return Look(0)
    found = [s for s in site.gathered.sitemaps if s.entries or s.sitemaps]
    home = site.gathered.start
    return Look(1, () if found else (Hit(home, f"{len(site.pages)} pages and no sitemap that lists any"),))


AUDIT = Audit(
    id="sitemap-missing",
    title="There is no sitemap",
    group="discovery",
    tier="ranking",
    severity="warning",
    looks_for="A sitemap named in robots.txt or at /sitemap.xml, on sites of more than ten pages.",
    why="It is the one place where a site says which pages exist and when they changed.",
    source="sitemaps.org 0.9; "
    "https://developers.google.com/search/docs/crawling-indexing/sitemaps/overview (recalled)",
    as_of="2026-11-28",
    consequence="New and changed pages are found late, pages that nothing links to not at all.",
    remedy="Publish /sitemap.xml with every page that is to be found, and name it in robots.txt.",
    site=check,
)
