"""Pages that nothing links to."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed, after a complete crawl."""
    if not site.is_complete:
        return Look(0, (), "the crawl isn't complete: a page that wasn't read may link to them")
    depth = site.depth
    pages = site.indexable
    hits = [Hit(r.url, "is listed and no page links to it") for r in pages if depth[site.numbers[r.url]] < 0]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="orphan",
    title="No page links to these pages",
    group="links",
    tier="ranking",
    severity="warning",
    looks_for="Pages that are known from a sitemap or as files and can't be reached from the home page.",
    why="Links say what a page is about and that it matters; without any it has only its address.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable (recalled)",
    as_of="2026-11-28",
    consequence="These pages are crawled rarely and rank low; visitors never meet them.",
    remedy="Link to them from a page about the same thing, or remove them.",
    site=check,
    symptom_of=("script-link", "empty-without-script"),
)
