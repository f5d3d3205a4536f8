"""Redirects that never end."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import MOST_HOPS, Site


def check(site: Site) -> Look:
    """Every address that redirects."""
    moved = [r for r in site.records if r.location]
    hits = [
        Hit(r.url, f"leads to {r.location} and round in a circle")
        for r in moved
        if site.resolved(r.url)[1] >= MOST_HOPS
    ]
    return Look(len(moved), tuple(hits))


AUDIT = Audit(
    id="redirect-loop",
    title="Redirects run in a circle",
    group="access",
    tier="gate",
    severity="error",
    looks_for="Addresses whose redirects never reach a page.",
    why="No browser and no crawler gets there.",
    source="RFC 9110, 15.4",
    as_of="2026-11-28",
    consequence="These pages don't exist for anybody.",
    remedy="Let one of the addresses answer with the page.",
    site=check,
)
