"""Pages that robots.txt keeps from crawlers that collect for training: a choice, told so that it is a known one."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.refusals import refusals
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page against every crawler for training and every token without a crawler."""
    hits: list[Hit] = []
    for refusal in refusals(site, ("training", "token-only")):
        names = ", ".join(refusal.tokens)
        where = f"line {refusal.line}" if refusal.line else "robots.txt"
        hits.extend(
            Hit(url, f"refused to {names} by {where}", refusal.text, f"{where} ({refusal.text})")
            for url in refusal.urls
        )
    return Look(len(site.pages) + len(site.gathered.refused), tuple(hits))


AUDIT = Audit(
    id="robots-blocks-training",
    title="robots.txt refuses training crawlers (a choice)",
    group="access",
    tier="wording",
    severity="note",
    looks_for="Pages that crawlers for training may not fetch.",
    why="It keeps content out of future models and out of nothing else; whether models then know the "
    "firm less is unproven.",
    source="the crawlers' vendors (catalog table ai-crawlers)",
    as_of="2026-11-28",
    consequence="Future models learn about the site from other sites only. Search and citing aren't affected.",
    remedy="Nothing, if it is meant. Otherwise take the line out.",
    site=check,
    symptom_of=("robots-blocks-search",),
)
