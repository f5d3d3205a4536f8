"""The words of a document as plain text: what it says, without how it looks, to find out whether it uses a term."""

from __future__ import annotations

from collections.abc import Iterator

from groma.documents.content import (
    Block,
    Blocks,
    Bullets,
    Callout,
    Cards,
    Definitions,
    Details,
    Numbered,
    Paragraph,
    Picture,
    Section,
    Table,
    plain,
    walk,
)
from groma.documents.inlines import Inlines


def words_of(blocks: Blocks) -> Iterator[str]:
    """Every piece of text in reading order: headings, sentences, cells, captions."""
    for block in walk(blocks):
        if isinstance(block, Section):
            yield block.title
        elif isinstance(block, Table):
            for column in block.columns:
                yield column.title
        elif isinstance(block, Cards):
            for card in block.cards:
                yield card.title
        for parts in _inlines(block):
            yield plain(parts)


def _inlines(block: Block) -> Iterator[Inlines]:
    match block:
        case Paragraph(parts) | Callout(_, parts):
            yield parts
        case Bullets(items) | Numbered(items):
            yield from items
        case Table(_, rows, caption):
            yield caption
            for row in rows:
                yield from row.cells
        case Picture():
            yield from (block.caption, block.alt)
        case Definitions(entries):
            for term, meaning in entries:
                yield from (term, meaning)
        case Cards(cards):
            for card in cards:
                yield from (card.value, card.note)
        case Details(summary, _):
            yield summary
        case _:
            return
