"""Sitemaps that can't be read or break the protocol."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every sitemap that is named or was found."""
    found = site.gathered.sitemaps
    return Look(len(found), tuple(Hit(s.url, problem) for s in found for problem in s.problems))


AUDIT = Audit(
    id="sitemap-broken",
    title="Sitemaps can't be read",
    group="discovery",
    tier="ranking",
    severity="error",
    looks_for="Sitemaps that fail, aren't XML, have relative addresses, or exceed 50,000 addresses or 50 MB.",
    why="A sitemap that can't be read lists nothing.",
    source="sitemaps.org 0.9, protocol",
    as_of="2026-11-28",
    consequence="The pages listed there are found late or not at all.",
    remedy="Write it anew by the protocol; split it under an index where it is too large.",
    site=check,
)
