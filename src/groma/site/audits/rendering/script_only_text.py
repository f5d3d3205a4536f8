"""Pages whose text exists only after scripts, seen in a browser."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

MOST = 0.5
MUCH = 0.2
FEW_WORDS = 30
NOT_LOOKED = "no browser looked at the pages (--render)"


def check(site: Site) -> Look:
    """Every page that a browser showed."""
    rendered = site.beyond.rendered
    if rendered is None:
        return Look(0, unable=NOT_LOOKED)
    shown = [r for r in rendered.values() if not r.error]
    return Look(
        len(shown),
        tuple(
            Hit(
                r.url,
                f"{r.added} of {r.words} words exist only after scripts",
                r.sample,
                severity="error" if r.share >= MOST else "warning",
                cause="most of the text" if r.share >= MOST else "a part of the text",
            )
            for r in shown
            if r.added >= FEW_WORDS and r.share >= MUCH
        ),
    )


AUDIT = Audit(
    id="script-only-text",
    title="Text exists only after scripts",
    group="rendering",
    tier="gate",
    severity="error",
    looks_for=f"Pages on which at least {MUCH:.0%} of the words that a browser shows (and {FEW_WORDS}) aren't in the "
    f"HTML; an error from {MOST:.0%} on. Needs a browser (--render).",
    why="Googlebot renders pages, later; the crawlers of most assistants read the HTML alone.",
    source="https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics (recalled); "
    "Vercel and MERJ, The rise of the AI crawler (2024-12-17, recalled)",
    as_of="2026-11-28",
    consequence="Assistants can't quote this text, search engines index it late.",
    remedy="Render on the server or when building, so that the HTML holds the text.",
    site=check,
    symptom_of=("empty-without-script",),
)
