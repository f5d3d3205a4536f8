"""Pages that don't mark their content."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    return [] if "main" in page.regions else [Hit(page.url, "has no main element")]


AUDIT = Audit(
    id="main-missing",
    title="Pages don't mark their content",
    group="usability",
    tier="wording",
    severity="note",
    looks_for="Pages without `main` (or role=main).",
    why="Screen readers jump to it; whoever takes texts out of pages finds them by it. An effect on "
    "citing is unproven.",
    source="WCAG 2.2, 2.4.1 (technique ARIA11); axe-core, rule landmark-one-main",
    as_of="2026-11-28",
    consequence="Menus are read as content.",
    remedy="Put the content into a main element.",
    page=check,
    bad="<div><h1>A</h1><p>text</p></div>",
    good="<main><h1>A</h1><p>text</p></main>",
)
