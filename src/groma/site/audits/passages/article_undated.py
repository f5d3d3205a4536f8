"""Articles without a date or an author."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight
from groma.site.vocabulary import kinds


def check(sight: Sight) -> list[Hit] | None:
    """Items of type Article and below as top items of pages that may be indexed."""
    page = sight.page
    articles = [i for i in page.items if "Article" in kinds(i.types)] if sight.is_indexable else []
    if not articles:
        return None
    hits: list[Hit] = []
    for item in articles:
        missing = [name for name in ("datePublished", "author") if not item.values(name)]
        if missing:
            hits.append(
                Hit(page.url, f"{item.types[0]} states no {' and no '.join(missing)}", item.text("headline"))
            )
    return hits


AUDIT = Audit(
    id="article-undated",
    title="Articles don't say when and by whom",
    group="passages",
    tier="ranking",
    severity="note",
    looks_for="Article markup without datePublished or author.",
    why="Answers prefer what is current and say who said it; both are recommended for articles.",
    source="https://developers.google.com/search/docs/appearance/structured-data/article; catalog table rich-results",
    as_of="2026-11-28",
    consequence="Engines guess the date, and know no author.",
    remedy="Add both, and show them on the page.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Article", '
    '"headline": "A"}</script><h1>A</h1>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "BlogPosting", '
    '"headline": "A", '
    '"datePublished": "2026-05-03", "author": {"@type": "Person", "name": "B"}}</script><h1>A</h1>',
)
