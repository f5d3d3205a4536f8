"""Scripts that hold the page up."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MANY = 3


def check(sight: Sight) -> list[Hit] | None:
    """Every page with scripts in its head."""
    page = sight.page
    waiting = [s.src for s in page.scripts if s.in_head and s.src and not s.waits]
    if not page.is_page or not page.scripts:
        return None
    return (
        [Hit(page.url, f"{len(waiting)} scripts in the head hold it up", waiting[0])]
        if len(waiting) > MANY
        else []
    )


AUDIT = Audit(
    id="blocking-scripts",
    title="Scripts hold the page up",
    group="speed",
    tier="ranking",
    severity="note",
    looks_for=f"More than {MANY} scripts with src in the head without async, defer or type=module.",
    why="The browser shows nothing until they have come and run.",
    source="https://web.dev/articles/critical-rendering-path (recalled); Lighthouse, audit render-blocking-resources",
    as_of="2026-11-28",
    consequence="Visitors look at a white page.",
    remedy="Add defer, or move them to the end.",
    page=check,
    bad="".join(f'<script src="/{n}.js"></script>' for n in "abcd") + "</head>",
    good="".join(f'<script defer src="/{n}.js"></script>' for n in "abcd") + "</head>",
)
