"""Pages that ask for a password or refuse."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every address that was asked for."""
    hits = [Hit(r.url, f"answers {r.status}") for r in site.records if r.status in (401, 402, 403, 407, 451)]
    return Look(len(site.records), tuple(hits))


AUDIT = Audit(
    id="refused-page",
    title="Linked pages are refused",
    group="access",
    tier="gate",
    severity="warning",
    looks_for="Linked or listed addresses that answer 401, 402, 403, 407 or 451.",
    why="A page that refuses strangers refuses crawlers too; often a firewall does it without anybody's knowing.",
    source="RFC 9110, 15.5",
    as_of="2026-11-28",
    consequence="Neither search engines nor readers who follow the link see these pages.",
    remedy="Open the page, or take the link away; look at the firewall's rules for robots.",
    site=check,
)
