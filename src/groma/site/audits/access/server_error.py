"""Pages that the server fails to give."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every address that was asked for."""
    hits = [
        Hit(r.url, f"answers {r.status}" if r.status else r.error or "no answer")
        for r in site.records
        if r.status >= 500 or r.status == 0 or r.status == 429
    ]
    return Look(len(site.records), tuple(hits))


AUDIT = Audit(
    id="server-error",
    title="Pages fail on the server",
    group="access",
    tier="gate",
    severity="error",
    looks_for="Addresses that answer 5xx or 429, break off, or don't answer in time.",
    why="Search engines slow down, and drop pages that go on failing.",
    source="https://developers.google.com/search/docs/crawling-indexing/http-network-errors (recalled)",
    as_of="2026-11-28",
    consequence="These pages leave the index, and the whole host is crawled more slowly.",
    remedy="Read the server's log at these addresses and mend what fails.",
    site=check,
)
