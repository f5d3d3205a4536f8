"""A robots.txt that gives an error, which crawlers read as a refusal of everything."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """The robots.txt of every origin that was met."""
    found = site.gathered.robots
    hits = [
        Hit(access.url, f"answers {access.status}" if access.status else "gives no answer")
        for access in found.values()
        if access.outcome == "failing"
    ]
    return Look(len(found), tuple(hits))


AUDIT = Audit(
    id="robots-failing",
    title="robots.txt fails",
    group="access",
    tier="gate",
    severity="error",
    looks_for="A robots.txt that answers 5xx or 429, or not at all.",
    why="Crawlers must then take everything as disallowed.",
    source="RFC 9309, 2.3.1.4; Google, How Google interprets the robots.txt specification (429 counts as "
    "a server error)",
    as_of="2026-11-28",
    consequence="Crawlers stop fetching the whole host until the file answers again.",
    remedy="Let /robots.txt answer 200 with the rules, or 404 if there are none.",
    site=check,
)
