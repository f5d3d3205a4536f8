"""Pages that robots.txt keeps from fetchers that act for a person."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.refusals import refusals
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page against every fetcher for users."""
    hits: list[Hit] = []
    for refusal in refusals(site, ("user",)):
        names = ", ".join(refusal.tokens)
        where = f"line {refusal.line}" if refusal.line else "robots.txt"
        hits.extend(
            Hit(url, f"refused to {names} by {where}", refusal.text, f"{where} ({refusal.text})")
            for url in refusal.urls
        )
    return Look(len(site.pages) + len(site.gathered.refused), tuple(hits))


AUDIT = Audit(
    id="robots-blocks-user",
    title="robots.txt refuses fetches that a person asked for",
    group="access",
    tier="gate",
    severity="warning",
    looks_for="Pages that an assistant may not open for its user (some vendors say that they open them "
    "all the same).",
    why="Somebody asked an assistant about this page; it answers without it or from somebody else's page.",
    source="RFC 9309, 2.2; the crawlers' vendors (catalog table ai-crawlers)",
    as_of="2026-11-28",
    consequence="Assistants that keep to robots.txt can't read these pages for the people who ask.",
    remedy="Allow the fetchers named, unless a person's assistant is meant to be kept out.",
    site=check,
    symptom_of=("robots-blocks-search",),
)
