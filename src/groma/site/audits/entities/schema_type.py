"""Types that schema.org doesn't have."""

from __future__ import annotations

from groma.model.spelling import suggestion
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight
from groma.site.vocabulary import vocabulary


def check(sight: Sight) -> list[Hit] | None:
    """Every item of structured data of schema.org."""
    page = sight.page
    if not page.is_page or not page.items:
        return None
    words = vocabulary()
    wrong = dict.fromkeys(
        name for item in sight.items for name in item.types if ":" not in name and not words.is_type(name)
    )
    return [
        Hit(page.url, f"there is no type `{name}`{suggestion(name, words.parents)}", name) for name in wrong
    ]


AUDIT = Audit(
    id="schema-type",
    title="Types that schema.org doesn't have",
    group="entities",
    tier="ranking",
    severity="error",
    looks_for="Types in structured data of schema.org that its vocabulary (30.0) doesn't hold.",
    why="An unknown type means nothing to anybody.",
    source="schema.org 30.0 (2026-03-19), catalog table schemaorg-types",
    as_of="2026-11-28",
    consequence="The item is ignored.",
    remedy="Use the type suggested, or the nearest general one.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Organisation"}</script>',
    good='<div itemscope itemtype="https://schema.org/Organization"><p itemprop="name">A</p></div>',
)
