"""A site that answers with success for what doesn't exist."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """The answer to one address that can't exist."""
    missing = site.gathered.missing
    if not missing.status:
        return Look(0, (), missing.error)
    hits: tuple[Hit, ...] = ()
    if 200 <= missing.status < 300:
        hits = (Hit(missing.url, f"doesn't exist and answers {missing.status}"),)
    elif 300 <= missing.status < 400:
        hits = (Hit(missing.url, f"doesn't exist and redirects to {missing.header('location')}"),)
    return Look(1, hits)


AUDIT = Audit(
    id="soft-404",
    title="What isn't there answers with success",
    group="access",
    tier="ranking",
    severity="warning",
    looks_for="The answer to an address that can't exist: it should be 404 or 410.",
    why="Crawlers index error pages and spend their visits on addresses without end.",
    source="https://developers.google.com/search/docs/crawling-indexing/http-network-errors#soft-404-errors "
    "(recalled)",
    as_of="2026-11-28",
    consequence="Removed pages stay in the index as copies of an error page.",
    remedy="Answer 404 for what isn't there, with a page that helps to go on.",
    site=check,
)
