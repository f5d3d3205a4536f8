"""Crawlers that came and were turned away, by the server's own log."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.measured import address_of
from groma.site.site import Site

SHARE = 0.05
"""Of a crawler's requests; single refusals happen."""


def check(site: Site) -> Look:
    """Every crawler of search or for users that the log names (needs a log)."""
    visits = site.measured.visits if site.measured else {}
    if not visits:
        return Look(0, (), "no log was given")
    hits: list[Hit] = []
    came = [c for c in site.crawlers if c.is_main and c.purpose in ("search", "user") and c.token in visits]
    for crawler in came:
        visit = visits[crawler.token]
        away = sum(visit.turned_away.values())
        if away > SHARE * visit.requests:
            told = ", ".join(f"{count} times {status}" for status, count in sorted(visit.turned_away.items()))
            where = address_of(site.gathered.start, visit.example)
            text = f"{away} of {visit.requests} requests of {crawler.token} were turned away ({told})"
            hits.append(Hit(where, text, cause=crawler.token, confidence="likely"))
    return Look(len(came), tuple(hits))


AUDIT = Audit(
    id="crawler-turned-away",
    title="The server turns crawlers away",
    group="access",
    tier="gate",
    severity="error",
    looks_for="Crawlers of search and for users that got 401, 403, 406, 429, 451 or 503 for more than a twentieth of "
    "their requests, by the log that was given. A log names crawlers by what they say they are.",
    why="Firewalls and hosts block robots by default, AI crawlers above all; robots.txt says nothing about it.",
    source="measured: the site's own log; names by catalog table ai-crawlers",
    as_of="2026-11-28",
    consequence="These engines can't read the site although robots.txt invites them.",
    remedy="Allow the crawlers named in the firewall or at the host, by their published addresses.",
    site=check,
)
