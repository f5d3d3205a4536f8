"""Links to pages that aren't there."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every address that a page links to; hits are the pages that hold the link."""
    gone = [r.url for r in site.records if r.status in (404, 410)]
    linking = site.linking(gone, most=1000)
    hits = [Hit(page, f"links to {url}, which isn't there", url) for url in gone for page in linking[url]]
    return Look(len(site.records), tuple(hits))


AUDIT = Audit(
    id="broken-link",
    title="Links lead to pages that aren't there",
    group="access",
    tier="ranking",
    severity="warning",
    looks_for="Internal links whose target answers 404 or 410.",
    why="A reader stops there, and what the link passes on is lost.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable (recalled)",
    as_of="2026-11-28",
    consequence="Visitors and crawlers end on an error page.",
    remedy="Correct the link, or redirect the old address to the page that took its place.",
    site=check,
)
