"""Pages that lead nowhere."""

from __future__ import annotations

from groma.site.address import host
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    own = host(page.url)
    if any(link.url != page.url and host(link.url) == own for link in page.links):
        return []
    return [Hit(page.url, "links to no other page of the site")]


AUDIT = Audit(
    id="dead-end",
    title="Pages lead nowhere",
    group="links",
    tier="ranking",
    severity="warning",
    looks_for="Pages without a link to another page of the site.",
    why="Who comes from a search engine can only go back; crawlers too.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable (recalled)",
    as_of="2026-11-28",
    consequence="Visits end here.",
    remedy="Add the navigation and a next step.",
    page=check,
    bad="<main><p>text</p><a href='https://other.example/'>elsewhere</a></main>",
    good="<main><p>text</p><a href='/contact'>contact</a></main>",
    symptom_of=("script-link", "empty-without-script"),
)
