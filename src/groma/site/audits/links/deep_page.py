"""Pages that are many clicks away."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

MOST_CLICKS = 4


def check(site: Site) -> Look:
    """Every page that may be indexed and can be reached."""
    depth = site.depth
    found = [(r, int(depth[site.numbers[r.url]])) for r in site.indexable]
    found = [(r, clicks) for r, clicks in found if clicks >= 0]
    hits = [
        Hit(r.url, f"is {clicks} clicks from the home page") for r, clicks in found if clicks > MOST_CLICKS
    ]
    return Look(len(found), tuple(hits))


AUDIT = Audit(
    id="deep-page",
    title="Pages are many clicks away",
    group="links",
    tier="ranking",
    severity="note",
    looks_for=f"Pages more than {MOST_CLICKS} clicks from the home page.",
    why="Crawlers and visitors come from the home page; each step loses some. The number of clicks is a "
    "rule of thumb.",
    source="https://developers.google.com/search/docs/fundamentals/seo-starter-guide (recalled); no "
    "engine states a limit",
    as_of="2026-11-28",
    consequence="They are crawled less often and weigh less.",
    remedy="Link to them from pages nearer to the home page: overviews, related pages.",
    site=check,
)
