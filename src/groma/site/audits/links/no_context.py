"""Pages that only menus link to."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed and is linked, the home page apart."""
    _, anywhere = site.followed()
    _, content = site.followed(("main",))
    linked, in_content = set(anywhere.tolist()), set(content.tolist())
    home = site.home
    pages = [r for r in site.indexable if r is not home and site.numbers[r.url] in linked]
    hits = [Hit(r.url, "is linked from menus only") for r in pages if site.numbers[r.url] not in in_content]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="no-context",
    title="Only menus link to these pages",
    group="links",
    tier="ranking",
    severity="note",
    looks_for="Pages that no page links to in its content, only in navigation, header, footer or aside.",
    why="A link in a sentence says what the page is about; the same menu on every page says little.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable#internal-links (recalled)",
    as_of="2026-11-28",
    consequence="Engines learn little about the page's subject from the site.",
    remedy="Mention and link the page where its subject comes up.",
    site=check,
)
