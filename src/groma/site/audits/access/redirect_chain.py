"""Redirects that lead to redirects."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import MOST_HOPS, Site


def check(site: Site) -> Look:
    """Every address that redirects."""
    moved = [r for r in site.records if r.location]
    inner = {r.location for r in moved}
    hits: list[Hit] = []
    for record in moved:
        last, hops = site.resolved(record.url)
        if 1 < hops < MOST_HOPS and record.url not in inner and last is not None:
            hits.append(Hit(record.url, f"{hops} redirects until {last.url}"))
    return Look(len(moved), tuple(hits))


AUDIT = Audit(
    id="redirect-chain",
    title="Redirects lead to further redirects",
    group="access",
    tier="ranking",
    severity="warning",
    looks_for="Addresses that reach their page only after two or more redirects.",
    why="Each hop costs a round trip, and crawlers give up after a number of them (Googlebot after ten).",
    source="https://developers.google.com/search/docs/crawling-indexing/http-network-errors (recalled)",
    as_of="2026-11-28",
    consequence="Visits begin late, crawling is wasted.",
    remedy="Redirect straight to the last address.",
    site=check,
)
