"""Pages that the sitemap leaves out."""

from __future__ import annotations

from html import escape

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed, if there is a sitemap."""
    if not site.listed:
        return Look(0)
    pages = site.indexable
    hits = [
        Hit(
            r.url, "isn't listed", patch=Patch(r.url, "sitemap", "", f"<url><loc>{escape(r.url)}</loc></url>")
        )
        for r in pages
        if r.url not in site.listed
    ]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="not-in-sitemap",
    title="Pages are missing in the sitemap",
    group="discovery",
    tier="ranking",
    severity="note",
    looks_for="Pages that may be indexed and that no sitemap lists.",
    why="Their changes are noticed only when somebody happens to come by.",
    source="https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap (recalled)",
    as_of="2026-11-28",
    consequence="They are found by links alone.",
    remedy="Add them, or say noindex if they aren't meant to be found.",
    site=check,
)
