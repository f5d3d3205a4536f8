"""Links whose text says nothing."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight, folded

EMPTY_WORDS = frozenset(
    {
        "click here", "here", "click", "read more", "more", "learn more", "more info", "more information", "details",
        "this", "link", "this link", "this page", "go", "continue", "see more", "view", "start", "right here",
        "hier", "hier klicken", "klicke hier", "klicken sie hier", "mehr", "mehr lesen", "weiterlesen", "mehr erfahren",
        "cliquez ici", "ici", "en savoir plus", "lire la suite", "plus", "aquí", "leer más", "más", "clic aquí",
        "weiter", "click aquí", "qui", "clicca qui", "leggi di più", "scopri di più",
    }
)  # fmt: skip


def check(sight: Sight) -> list[Hit] | None:
    """The links in the content of every page that may be indexed."""
    page = sight.page
    if not sight.is_indexable:
        return None
    found = {
        link.url: link.text
        for link in page.links
        if link.region == "main" and folded(link.text).strip(" .…>»→") in EMPTY_WORDS
    }
    return [Hit(page.url, f"link to {url} says only", f"“{text}”") for url, text in found.items()]


AUDIT = Audit(
    id="generic-text",
    title="Links say nothing about their target",
    group="links",
    tier="ranking",
    severity="note",
    looks_for="Links in the content whose whole text is “click here”, “read more” and the like (five languages).",
    why="The text of a link tells readers, screen readers and crawlers what is behind it.",
    source="https://developers.google.com/search/docs/crawling-indexing/links-crawlable#anchor-text "
    "(recalled); WCAG 2.2, 2.4.4; "
    "the words as in Lighthouse's audit link-text",
    as_of="2026-11-28",
    consequence="The target is described by nobody.",
    remedy="Let the link carry the words that name its target.",
    page=check,
    bad='<main><p>For prices <a href="/prices">click here</a>.</p></main>',
    good='<main><p>See <a href="/prices">our prices</a>.</p></main>',
)
