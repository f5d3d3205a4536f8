"""Pages without a description."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    if not sight.is_indexable:
        return None
    return [] if sight.page.meta("description") else [Hit(sight.page.url, "has no description")]


AUDIT = Audit(
    id="description-missing",
    title="Pages have no description",
    group="passages",
    tier="wording",
    severity="note",
    looks_for="Pages that may be indexed without a meta description.",
    why="It may be shown below the title; it isn't weighed.",
    source="https://developers.google.com/search/docs/appearance/snippet (recalled)",
    as_of="2026-11-28",
    consequence="The engine picks a piece of the text.",
    remedy="Write one or two sentences that say what the page answers.",
    page=check,
    bad="<title>Lamps</title></head>",
    good='<meta name="description" content="Lamps made to order in Berlin."></head>',
)
