"""Links within the site that exist only after scripts, seen in a browser."""

from __future__ import annotations

from collections.abc import Iterator

from groma.site.address import host
from groma.site.audit import Audit, Hit, Look
from groma.site.audits.rendering.in_browser import looked
from groma.site.rendered import Rendered
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that a browser showed; hits say how many of the targets no page's HTML links to."""

    def hits(page: Rendered) -> Iterator[Hit]:
        links = [url for url in page.links if host(url) == host(page.url)]
        if links:
            lost = sum(1 for pages in site.linking(links).values() if not pages)
            text = f"{len(links)} links exist only after scripts"
            told = f"{text}, {lost} of their targets have no other link" if lost else text
            yield Hit(page.url, told, links[0])

    return looked(site, hits)


AUDIT = Audit(
    id="script-only-links",
    title="Links exist only after scripts",
    group="rendering",
    tier="ranking",
    severity="warning",
    looks_for="Links to the site's own pages that a browser has and the HTML hasn't. Needs a browser (--render).",
    why="Crawlers that run no scripts don't find the way; for the others the link comes late.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable (recalled)",
    as_of="2026-11-28",
    consequence="Pages that only these links lead to stay unknown to most assistants.",
    remedy="Put the links into the HTML as <a href>.",
    site=check,
    symptom_of=("empty-without-script", "script-only-text"),
)
