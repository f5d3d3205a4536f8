"""Pages that robots.txt keeps from crawlers of search."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.refusals import Refusal, refusals
from groma.site.site import Site


def _patch(refusal: Refusal) -> Patch | None:
    """The rule without its path: the group stays, and refuses nothing by this line."""
    if not refusal.line:
        return None
    return Patch(refusal.robots, "robots.txt", refusal.text, "Disallow:", str(refusal.line))


def check(site: Site) -> Look:
    """Every page against every crawler of search whose row rests on its vendor's statement."""
    hits: list[Hit] = []
    for refusal in refusals(site, ("search",)):
        names = ", ".join(refusal.tokens)
        where = f"line {refusal.line}" if refusal.line else "robots.txt"
        for url in refusal.urls:
            patch = _patch(refusal)
            hits.append(
                Hit(url, f"refused to {names} by {where}", refusal.text, f"{where} ({refusal.text})", patch)
            )
    return Look(len(site.pages) + len(site.gathered.refused), tuple(hits))


AUDIT = Audit(
    id="robots-blocks-search",
    title="robots.txt keeps search crawlers out",
    group="access",
    tier="gate",
    severity="error",
    looks_for="Pages that a crawler of a search engine or of an answer engine's search may not fetch, with the line.",
    why="What isn't fetched isn't indexed with its words and can't be quoted as a source.",
    source="RFC 9309, 2.2; the crawlers' vendors (catalog table ai-crawlers)",
    as_of="2026-11-28",
    consequence="These pages can't be found through the engines named.",
    remedy="Take the line out, or allow the crawlers named in a group of their own.",
    site=check,
)
