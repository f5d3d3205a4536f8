"""Properties that a type doesn't have."""

from __future__ import annotations

from groma.model.spelling import suggestion
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight
from groma.site.vocabulary import carries, vocabulary


def check(sight: Sight) -> list[Hit] | None:
    """Every property of every item of schema.org's types."""
    page = sight.page
    if not page.is_page or not page.items:
        return None
    words = vocabulary()
    wrong: dict[str, str] = {}
    for item in sight.items:
        known = tuple(name for name in item.types if words.is_type(name))
        if item.types and not known:
            continue
        for name, _ in item.properties:
            if ":" in name:
                continue
            verdict = carries(known, name)
            if verdict is None:
                wrong.setdefault(f"there is no property `{name}`{suggestion(name, words.properties)}", name)
            elif not verdict:
                wrong.setdefault(f"{' and '.join(known)} has no `{name}`", name)
    return [Hit(page.url, text, name) for text, name in wrong.items()]


AUDIT = Audit(
    id="schema-property",
    title="Properties that a type doesn't have",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="Properties that the vocabulary (30.0) doesn't hold, or not for this type and those above it.",
    why="They are ignored; often a misspelling hides the one fact that mattered.",
    source="schema.org 30.0 (2026-03-19), catalog tables schemaorg-types and schemaorg-properties",
    as_of="2026-11-28",
    consequence="What these properties say isn't read.",
    remedy="Use the property suggested, or move it to the item that it belongs to.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Person", '
    '"phone": "1"}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Person", '
    '"telephone": "1"}</script>',
)
