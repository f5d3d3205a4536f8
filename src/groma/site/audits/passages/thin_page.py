"""Pages that say next to nothing."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

FEW = 50


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed; pages with a form or a picture gallery have their purpose elsewhere."""
    page = sight.page
    if not sight.is_indexable or page.forms or len(page.images) > 3:
        return None
    return [Hit(page.url, f"says {page.words} words")] if page.words < FEW else []


AUDIT = Audit(
    id="thin-page",
    title="Pages say next to nothing",
    group="passages",
    tier="ranking",
    severity="warning",
    looks_for=f"Pages that may be indexed with fewer than {FEW} words in their content, forms and galleries apart.",
    why="There is nothing to find or to quote. The number is a rule of thumb; no engine states one.",
    source="https://developers.google.com/search/docs/fundamentals/creating-helpful-content (recalled)",
    as_of="2026-11-28",
    consequence="The page answers no question.",
    remedy="Say what a visitor comes for, join it with another page, or say noindex.",
    page=check,
    bad="<main><h1>Lamps</h1><p>Coming soon.</p></main>",
    good="<main><h1>Lamps</h1><p>" + "We make lamps of brass and glass to order. " * 8 + "</p></main>",
    symptom_of=("empty-without-script",),
)
