"""Links to addresses that redirect."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import MOST_HOPS, Site


def check(site: Site) -> Look:
    """Every address that redirects inside the site; hits are pages that link to it."""
    moved = {r.url: r.location for r in site.records if r.location and r.status >= 300}
    linking = site.linking(moved, most=1000)
    hits: list[Hit] = []
    for url, pages in linking.items():
        last, hops = site.resolved(url)
        if last is not None and hops < MOST_HOPS:
            hits.extend(
                Hit(
                    page,
                    f"links to {url}, which redirects to {last.url}",
                    url,
                    patch=Patch(page, "body", url, last.url),
                )
                for page in pages
            )
    return Look(len(moved), tuple(hits))


AUDIT = Audit(
    id="link-to-redirect",
    title="Links lead over redirects",
    group="access",
    tier="ranking",
    severity="note",
    looks_for="Internal links whose target redirects within the site.",
    why="The link could lead there directly: one round trip less for each visit and each fetch.",
    source="https://developers.google.com/search/docs/crawling-indexing/301-redirects (recalled)",
    as_of="2026-11-28",
    consequence="Clicks and crawling take a detour.",
    remedy="Write the last address into the link.",
    site=check,
)
