"""Pages that are offered for indexing and forbid it."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """The home page and every page that a sitemap lists or the navigation links to."""
    _sources, targets = site.followed(("nav", "header"))
    linked = set(targets.tolist())
    home = site.home
    offered = [
        r
        for number, r in enumerate(site.records)
        if r.is_page and (r.url in site.listed or number in linked or r is home)
    ]
    hits = [
        Hit(r.url, "is offered and says noindex", patch=Patch(r.url, "head", "noindex", "index", "robots"))
        for r in offered
        if r.is_noindex
    ]
    return Look(len(offered), tuple(hits))


AUDIT = Audit(
    id="noindex-offered",
    title="Pages that are offered forbid indexing",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="noindex (robots meta tag or X-Robots-Tag) on the home page, pages of the navigation or of a sitemap.",
    why="The two contradict each other, and the prohibition wins.",
    source="https://developers.google.com/search/docs/crawling-indexing/block-indexing (recalled)",
    as_of="2026-11-28",
    consequence="These pages can't be found or cited by any search engine.",
    remedy="Take noindex away, or take the page out of sitemap and navigation.",
    site=check,
)
