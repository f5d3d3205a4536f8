"""Titles that don't fit."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MOST = 70


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed and has a title."""
    title = sight.page.title
    if not sight.is_indexable or not title:
        return None
    return [Hit(sight.page.url, f"has {len(title)} letters", title[:160])] if len(title) > MOST else []


AUDIT = Audit(
    id="title-long",
    title="Titles are cut off in results",
    group="passages",
    tier="wording",
    severity="note",
    looks_for=f"Titles of more than {MOST} letters.",
    why="Results show about 600 pixels of a title; no engine says that a long one ranks lower.",
    source="https://developers.google.com/search/docs/appearance/title-link (recalled: no limit is stated)",
    as_of="2026-11-28",
    consequence="The end isn't seen.",
    remedy="Put what matters into the first sixty letters.",
    page=check,
    bad=f"<title>{'Lamps and other things that shine ' * 3}</title></head>",
    good="<title>Lamps</title></head>",
)
