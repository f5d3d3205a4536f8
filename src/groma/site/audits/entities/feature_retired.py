"""Markup for features that are no longer shown."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Top items of every page, against the retired features."""
    page = sight.page
    if not page.is_page or not page.items:
        return None
    hits: list[Hit] = []
    for item, features in sight.fitting:
        found = [f for f in features if any(name in item.types for name in f.types)]
        retired = [f for f in found if f.is_retired]
        alive = [f for f in found if not f.is_retired and not f.within]
        for feature in (f for f in retired if f.within or not alive):
            hits.append(
                Hit(page.url, f"“{feature.name}” isn't shown since {feature.retired_on}", item.types[0])
            )
    return hits


AUDIT = Audit(
    id="feature-retired",
    title="Markup for features that no longer exist",
    group="entities",
    tier="wording",
    severity="note",
    looks_for="Items whose only use was a feature that Google retired (FAQ, How-to, ...), with the date.",
    why="The vocabulary stays valid and harms nothing, but earns no rich result; that it helps "
    "assistants is unproven.",
    source="catalog table rich-results, with the announcement of each row",
    as_of="2026-11-28",
    consequence="None: work spent on it is spent in vain.",
    remedy="Leave it, or spend the work elsewhere. Don't add more of it for Google.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "HowTo", "name": '
    '"Bake"}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Article", '
    '"headline": "Bake"}</script>',
)
