"""One source for every edition of a document: a tree of blocks that HTML, PDF, DOCX and Markdown all render.

The tree says what a document contains, never how it looks, so the editions can't drift apart. After the block and
inline model of Pandoc (pandoc.org/using-the-pandoc-api.html), cut to what architects hand over. Anything that depends
on the design is a `Quote`, a `Datum` of a chart, or inside a block that names its `refs` (`Dependent`, `Row`).
Ids are unique within a set; a link's target is `#id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from groma.documents.charts.chart import Chart
from groma.documents.diagrams.diagram import Diagram, Sequence
from groma.documents.inlines import (
    Code,
    Emphasis,
    Inline,
    Inlines,
    Link,
    Quote,
    Strong,
    Text,
    line,
    plain,
    quotes,
    refs,
)

Align = Literal["left", "right", "center"]
CalloutKind = Literal["note", "decision", "risk", "good", "open"]
CALLOUT_WORDS: dict[CalloutKind, str] = {
    "note": "Note", "decision": "Decision", "risk": "Risk", "good": "Good", "open": "Open question"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: title, unit for the head (not repeated in cells), alignment; numbers are right-aligned.

    `share` says how wide it is in print beside other columns of words.
    """

    title: str
    unit: str = ""
    align: Align = "left"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One cell a column. `refs` where the row stands there at all because of the design; `total` for a sum row."""

    cells: tuple[Inlines, ...]
    refs: tuple[str, ...] = ()
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: Inlines = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A diagram or chart with a caption that is a statement, and words for those who don't see it.

    `id` names the picture's file; unique within the set. `wide` lets it use the full width of the page.
    """

    id: str
    source: Diagram | Sequence | Chart
    caption: Inlines
    alt: Inlines
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Callout:
    """A paragraph that must not be missed; the kind is printed as a word, never as a colour alone."""

    kind: CalloutKind
    inlines: Inlines
    title: str = ""


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Text of a machine: model lines, configuration, a command. `refs` where it depends on the design."""

    language: str
    text: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms with their meaning: glossaries, facts at a glance."""

    entries: tuple[tuple[Inlines, Inlines], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing at a glance: a big value or word, what it is, and a line on why it matters."""

    title: str
    value: Inlines
    note: Inlines = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks side by side where the page is wide enough, else one after another."""

    columns: tuple[Blocks, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """Folded on screen, open in print."""

    summary: Inlines
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Dependent:
    """Blocks that stand here because of `refs` (a choice, a verdict): in another design they might not."""

    refs: tuple[str, ...]
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A new page in print; nothing on screen."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what belongs to it. Level 1 is a chapter of a document; sub-sections are blocks of a section."""

    id: str
    title: str
    level: int
    blocks: Blocks


Block = (
    Paragraph | Bullets | Numbered | Table | Picture | Callout | CodeBlock | Definitions
    | Cards | Columns | Details | Dependent | PageBreak | Section
)  # fmt: skip
Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One deliverable: title page facts (`meta`: version, date, author), the summary to stop after, then sections.

    `question` is what the document answers; `reader` for whom. `id` is its anchor and its file name.
    """

    id: str
    title: str
    subtitle: str
    meta: tuple[tuple[str, Inlines], ...]
    summary: Blocks
    sections: tuple[Section, ...]
    reader: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one quoted thing was come by: an entry of the appendix that every `Quote` of its `ref` leads to.

    `text` is the value as printed with unit and interval; `method` says by which solver or source; `inputs` are refs
    of other derivations; `sources` are model positions (`model.yaml:12:5`) or published sources with their dates.
    """

    ref: str
    name: str
    text: str
    method: Inlines = ()
    inputs: tuple[str, ...] = ()
    sources: tuple[Inlines, ...] = ()
    note: Inlines = ()


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """All documents of a hand-over in the reader's order, the first being the one that opens, and the derivations."""

    title: str
    subtitle: str
    meta: tuple[tuple[str, Inlines], ...]
    documents: tuple[Document, ...]
    derivations: tuple[Derivation, ...]
    language: str = "en"


def walk(blocks: Blocks) -> Iterator[Block]:
    """Every block in reading order, containers before what they hold."""
    for block in blocks:
        yield block
        if isinstance(block, Section | Details | Dependent):
            yield from walk(block.blocks)
        elif isinstance(block, Columns):
            for column in block.columns:
                yield from walk(column)


def pictures(document: Document) -> tuple[Picture, ...]:
    """The pictures of a document in reading order."""
    return tuple(b for b in walk((*document.summary, *document.sections)) if isinstance(b, Picture))


__all__ = [
    "CALLOUT_WORDS",
    "Align", "Block", "Blocks", "Bullets", "Callout", "CalloutKind", "Card", "Cards", "Chart", "Code", "CodeBlock",
    "Column", "Columns", "Definitions", "Dependent", "Derivation", "Details", "Diagram", "Document", "DocumentSet",
    "Emphasis", "Inline", "Inlines", "Link", "Numbered", "PageBreak", "Paragraph", "Picture", "Quote", "Row", "Section",
    "Sequence", "Strong", "Table", "Text", "line", "pictures", "plain", "quotes", "refs", "walk",
]  # fmt: skip
