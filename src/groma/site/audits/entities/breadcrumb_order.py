"""Breadcrumbs out of order."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.page import Item
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every BreadcrumbList."""
    page = sight.page
    lists = [item for item in sight.items if "BreadcrumbList" in item.types] if page.is_page else []
    if not lists:
        return None
    hits: list[Hit] = []
    for crumbs in lists:
        elements = [value for value in crumbs.values("itemListElement") if isinstance(value, Item)]
        positions = [element.text("position") for element in elements]
        if positions != [str(n) for n in range(1, len(elements) + 1)]:
            hits.append(Hit(page.url, "positions don't run from 1 without a gap", ", ".join(positions)))
        for element in elements[:-1]:
            if not element.values("item"):
                hits.append(Hit(page.url, "a step before the last has no `item`", element.text("name")))
    return hits


AUDIT = Audit(
    id="breadcrumb-order",
    title="Breadcrumbs are out of order",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="BreadcrumbList whose positions don't count from 1, or with steps that have no address.",
    why="The path shown above a result is made of them.",
    source="https://developers.google.com/search/docs/appearance/structured-data/breadcrumb; catalog "
    "table rich-results",
    as_of="2026-11-28",
    consequence="The address is shown instead of the path.",
    remedy="Number the steps from 1; give each but the last an item.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": '
    '"BreadcrumbList", "itemListElement": '
    '[{"@type": "ListItem", "position": 2, "name": "A", "item": "/a"}]}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": '
    '"BreadcrumbList", "itemListElement": '
    '[{"@type": "ListItem", "position": 1, "name": "A", "item": "/a"}, {"@type": "ListItem", "position": '
    '2, "name": "B"}]}</script>',
)
