"""Pages that let wait."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MOST = 1.8


def check(sight: Sight) -> list[Hit] | None:
    """Every page of a server."""
    page = sight.page
    if not sight.is_live or not page.is_page:
        return None
    return (
        [Hit(page.url, f"answered after {page.seconds:.1f} s", confidence="likely")]
        if page.seconds > MOST
        else []
    )


AUDIT = Audit(
    id="slow-answer",
    title="Pages answer slowly",
    group="speed",
    tier="ranking",
    severity="warning",
    looks_for=f"Pages that took more than {MOST} s until the answer (measured once, from here).",
    why="Everything else waits for the first byte; 0.8 s counts as good, more than 1.8 s as poor.",
    source="https://web.dev/articles/ttfb (recalled)",
    as_of="2026-11-28",
    consequence="Visitors leave; crawlers come less often.",
    remedy="Look at what the server does for these pages; cache them.",
    page=check,
    bad="seconds: 2.5\n\n<p>text</p>",
    good="seconds: 0.4\n\n<p>text</p>",
)
