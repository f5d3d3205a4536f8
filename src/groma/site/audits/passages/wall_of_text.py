"""Paragraphs without end."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MOST_WORDS = 250


def check(sight: Sight) -> list[Hit] | None:
    """Paragraphs in the content of every page that may be indexed."""
    paragraphs = [b for b in sight.page.blocks if b.kind == "p"] if sight.is_indexable else []
    if not paragraphs:
        return None
    return [
        Hit(sight.page.url, f"a paragraph has {block.words} words", block.text[:80])
        for block in paragraphs
        if block.words > MOST_WORDS
    ]


AUDIT = Audit(
    id="wall-of-text",
    title="Paragraphs are too long to read",
    group="passages",
    tier="wording",
    severity="note",
    looks_for=f"Paragraphs of more than {MOST_WORDS} words.",
    why="Readers on the web scan. No engine says that it weighs the length of paragraphs.",
    source="Nielsen, How users read on the web (1997, recalled)",
    as_of="2026-11-28",
    consequence="People leave without having read.",
    remedy="One thought a paragraph; headings where the subject changes.",
    page=check,
    bad="<main><p>" + "word " * 300 + "</p></main>",
    good="<main><p>" + "word " * 100 + "</p><p>" + "word " * 100 + "</p></main>",
)
