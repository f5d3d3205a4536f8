"""Pages whose text exists only after scripts, seen in a browser."""

from __future__ import annotations

from collections.abc import Iterator

from groma.site.audit import Audit, Hit, Look
from groma.site.audits.rendering.in_browser import looked
from groma.site.rendered import Rendered
from groma.site.site import Site

MOST = 0.5
MUCH = 0.2
FEW_WORDS = 30


def check(site: Site) -> Look:
    """Every page that a browser showed."""
    return looked(site, _hits)


def _hits(page: Rendered) -> Iterator[Hit]:
    if page.added >= FEW_WORDS and page.share >= MUCH:
        yield Hit(
            page.url,
            f"{page.added} of {page.words} words exist only after scripts",
            page.sample,
            severity="error" if page.share >= MOST else "warning",
            cause="most of the text" if page.share >= MOST else "a part of the text",
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
