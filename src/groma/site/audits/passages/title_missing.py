"""Pages without a title."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    if not sight.is_indexable:
        return None
    return [] if sight.page.title else [Hit(sight.page.url, "has no title")]


AUDIT = Audit(
    id="title-missing",
    title="Pages have no title",
    group="passages",
    tier="ranking",
    severity="error",
    looks_for="Pages that may be indexed without a `title` in the head, or with an empty one.",
    why="The title is what a result shows first, and the strongest statement of what a page is about.",
    source="https://developers.google.com/search/docs/appearance/title-link (recalled); WCAG 2.2, 2.4.2",
    as_of="2026-11-28",
    consequence="Engines invent one from the page or from links.",
    remedy="Write a title that names the page's subject and the firm.",
    page=check,
    bad="<title> </title></head><h1>Lamps</h1>",
    good="<title>Lamps</title></head><h1>Lamps</h1>",
    symptom_of=("empty-without-script",),
)
