"""Frames without a title."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Frames of every page."""
    page = sight.page
    if not page.is_page or not page.frames:
        return None
    return [
        Hit(page.url, "a frame has no title", source)
        for source in dict.fromkeys(s for s, title in page.frames if not title)
    ]


AUDIT = Audit(
    id="frame-title",
    title="Frames have no title",
    group="usability",
    tier="wording",
    severity="note",
    looks_for="iframe without title.",
    why="A screen reader can't say what is inside (a map, a video). Engines don't weigh it.",
    source="WCAG 2.2, 4.1.2; axe-core, rule frame-title",
    as_of="2026-11-28",
    consequence="Some visitors don't know what they enter.",
    remedy="Say in title what the frame shows.",
    page=check,
    bad='<iframe src="https://maps.example/x"></iframe>',
    good='<iframe src="https://maps.example/x" title="Map of our shop"></iframe>',
)
