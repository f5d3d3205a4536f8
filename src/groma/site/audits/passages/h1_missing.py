"""Pages without a main heading."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed and says something."""
    page = sight.page
    if not sight.is_indexable or not page.words:
        return None
    if any(heading.level == 1 and heading.text for heading in page.headings):
        return []
    return [Hit(page.url, "has no h1")]


AUDIT = Audit(
    id="h1-missing",
    title="Pages have no main heading",
    group="passages",
    tier="ranking",
    severity="warning",
    looks_for="Pages that may be indexed without an h1 that has text.",
    why="It says what the page is about, to readers, screen readers and engines that choose a title.",
    source="https://developers.google.com/search/docs/appearance/title-link (recalled); WCAG 2.2, 1.3.1 and 2.4.6",
    as_of="2026-11-28",
    consequence="The subject must be guessed.",
    remedy="Make the line at the top an h1.",
    page=check,
    bad="<main><p class='big'>Lamps</p><p>We make lamps.</p></main>",
    good="<main><h1>Lamps</h1><p>We make lamps.</p></main>",
    symptom_of=("empty-without-script",),
)
