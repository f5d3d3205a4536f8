"""Pages whose markup no parser should have to read."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every answer with success that is HTML, or broke off before it said so."""
    page = sight.page
    if not 200 <= page.status < 300 or not (page.is_html or page.error):
        return None
    if page.error:
        return [Hit(page.url, page.error)]
    return []


AUDIT = Audit(
    id="unreadable-markup",
    title="Pages can't be read to their end",
    group="rendering",
    tier="gate",
    severity="error",
    looks_for="Answers that break off or are compressed wrongly, and elements nested by the thousand.",
    why="What a parser can't read isn't indexed.",
    source="WHATWG HTML, 13.2 (parsing); browsers stop at 512 levels",
    as_of="2026-11-28",
    consequence="The page counts as broken or empty.",
    remedy="Send the whole page; look for elements that are opened in a loop and never closed.",
    page=check,
    bad="<div>" * 2000,
    good="<div>" * 50 + "</div>" * 50,
)
