"""Buttons without a name."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page."""
    page = sight.page
    if not page.is_page:
        return None
    count = page.buttons_unnamed
    return [Hit(page.url, f"{count} buttons have no name")] if count else []


AUDIT = Audit(
    id="button-name",
    title="Buttons have no name",
    group="usability",
    tier="wording",
    severity="warning",
    looks_for="button elements without text, picture with alt, aria-label or title.",
    why="A screen reader says “button”. Engines don't weigh it.",
    source="WCAG 2.2, 4.1.2; axe-core, rule button-name",
    as_of="2026-11-28",
    consequence="Some visitors can't open the menu.",
    remedy="Add an aria-label.",
    page=check,
    bad="<button><svg></svg></button>",
    good='<button aria-label="Menu"><svg></svg></button><button>Send</button>',
)
