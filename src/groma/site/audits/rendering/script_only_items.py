"""Structured data that exists only after scripts."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.audits.rendering.script_only_text import NOT_LOOKED
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that a browser showed."""
    rendered = site.beyond.rendered
    if rendered is None:
        return Look(0, unable=NOT_LOOKED)
    shown = [r for r in rendered.values() if not r.error]
    return Look(
        len(shown),
        tuple(Hit(r.url, f"only scripts add {', '.join(r.items)}", r.items[0]) for r in shown if r.items),
    )


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
