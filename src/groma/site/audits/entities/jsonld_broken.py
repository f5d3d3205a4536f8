"""Structured data that can't be read."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page with structured data."""
    page = sight.page
    if not page.is_page or not (page.items or page.broken_items):
        return None
    return [Hit(page.url, broken.why, broken.text) for broken in page.broken_items]


AUDIT = Audit(
    id="jsonld-broken",
    title="Structured data can't be read",
    group="entities",
    tier="gate",
    severity="error",
    looks_for="JSON-LD that is no JSON, no object, or has no @context.",
    why="One comma too many and the whole block is ignored.",
    source="JSON-LD 1.1 (W3C, 2020); RFC 8259",
    as_of="2026-11-28",
    consequence="Nothing in the block counts.",
    remedy="Correct the JSON at the place named.",
    page=check,
    bad='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Person",}</script>',
    good='<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Person", '
    '"name": "A"}</script>',
)
