"""Links within the site that crawlers are asked not to follow."""

from __future__ import annotations

from groma.site.address import host
from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Internal links of every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    own = host(page.url)
    if "nofollow" in sight.directives:
        return [Hit(page.url, "says nofollow for all of its links")]
    found = {
        link.url: link.rel for link in page.links if "nofollow" in link.rel.split() and host(link.url) == own
    }
    return [
        Hit(
            page.url,
            f"link to {url} says nofollow",
            url,
            patch=Patch(page.url, "body", f'rel="{rel}"', "", url),
        )
        for url, rel in found.items()
    ]


AUDIT = Audit(
    id="nofollow-internal",
    title="Crawlers are asked not to follow the site's own links",
    group="links",
    tier="ranking",
    severity="warning",
    looks_for="rel=nofollow on links within the site, and nofollow for a whole page.",
    why="It asks crawlers to disregard the site's own recommendation.",
    source="https://developers.google.com/search/docs/crawling-indexing/qualify-outbound-links (recalled)",
    as_of="2026-11-28",
    consequence="The target gets nothing from this link.",
    remedy="Take nofollow away from internal links.",
    page=check,
    bad='<a href="/terms" rel="nofollow">Terms</a>',
    good='<a href="/terms">Terms</a><a href="https://other.example/" rel="nofollow">Advertisement</a>',
)
