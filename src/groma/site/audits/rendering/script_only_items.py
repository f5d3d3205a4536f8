"""Structured data that exists only after scripts."""

from __future__ import annotations

from collections.abc import Iterator

from groma.site.audit import Audit, Hit, Look
from groma.site.audits.rendering.in_browser import looked
from groma.site.rendered import Rendered
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that a browser showed."""
    return looked(site, _hits)


def _hits(page: Rendered) -> Iterator[Hit]:
    if page.items:
        yield Hit(page.url, f"only scripts add {', '.join(page.items)}", page.items[0])


AUDIT = Audit(
    id="script-only-items",
    title="Structured data exists only after scripts",
    group="rendering",
    tier="ranking",
    severity="note",
    looks_for="Types of structured data that a browser has and the HTML hasn't. Needs a browser (--render).",
    why="Google reads what scripts add, late; crawlers that run no scripts never do.",
    source="https://developers.google.com/search/docs/appearance/structured-data/"
    "generate-structured-data-with-javascript (recalled)",
    as_of="2026-11-28",
    consequence="Most assistants don't see what the markup says.",
    remedy="Write the markup into the HTML.",
    site=check,
    symptom_of=("empty-without-script", "script-only-text"),
)
