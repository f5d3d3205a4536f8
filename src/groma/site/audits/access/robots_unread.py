"""Lines of robots.txt that crawlers don't read as their writer meant."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """All lines that parsed to nothing or to something else, and what stands beyond 500 KiB."""
    hits: list[Hit] = []
    read = [access for access in site.gathered.robots.values() if access.outcome == "rules"]
    for access in read:
        hits.extend(
            Hit(
                access.url,
                f"line {p.number}: {p.why}",
                p.text,
                patch=Patch(access.url, "robots.txt", p.text, "", str(p.number)),
            )
            for p in access.robots.problems
        )
        if access.robots.is_cut:
            hits.append(Hit(access.url, "is longer than 500 KiB: rules beyond aren't read"))
    return Look(len(read), tuple(hits))


AUDIT = Audit(
    id="robots-unread",
    title="robots.txt has lines that don't work",
    group="access",
    tier="gate",
    severity="warning",
    looks_for="Lines without a key, rules before any user-agent, paths without a slash, misspelt keys, "
    "noindex lines.",
    why="A rule that isn't read doesn't protect or allow anything, and nobody is told.",
    source="RFC 9309, 2.2 and 2.5; Google's parser (google/robotstxt) for what is forgiven",
    as_of="2026-11-28",
    consequence="Crawlers behave as if these lines weren't there.",
    remedy="Write each rule as `key: value` under a user-agent line, with paths that begin with /.",
    site=check,
)
