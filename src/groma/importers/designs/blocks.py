"""What a design document is made of, whatever format it came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "paragraph", "item", "table", "code", "picture"]
MOST_BLOCKS = 20_000
MOST_TEXT = 2_000_000
"""Characters in all: some thousand printed pages."""
MOST_ROWS = 5_000
MOST_COLUMNS = 60


class DesignError(Exception):
    """A document can't be read; the message says what was expected, what was found, and what to do."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: a line of a text (`by` is "line"), or the number of a paragraph of a DOCX, from 1."""

    file: str
    number: int
    by: Literal["line", "paragraph"] = "line"

    def __str__(self) -> str:
        return f"{self.file}:{self.number}" if self.by == "line" else f"{self.file}, paragraph {self.number}"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document. `level` is a heading's, from 1; `rows` a table's cells, the first row its head;
    `language` what a code block says that it is written in."""

    kind: Kind
    text: str
    at: Spot
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, up to the next heading of any level; `path` are the headings above and its own."""

    path: tuple[str, ...]
    at: Spot
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """A document: its blocks in order; `notes` say what of it was not read."""

    file: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    def sections(self) -> Iterator[Section]:
        """Sections in order; what stands before the first heading has an empty path."""
        path: list[tuple[int, str]] = []
        at, level, inside = Spot(self.file, 1), 0, list[Block]()
        for block in self.blocks:
            if block.kind != "heading":
                inside.append(block)
                continue
            if path or inside:
                yield Section(tuple(title for _, title in path), at, level, tuple(inside))
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, block.text))
            at, level, inside = block.at, block.level, []
        if path or inside:
            yield Section(tuple(title for _, title in path), at, level, tuple(inside))


def bounded(file: str, blocks: Iterator[Block]) -> Design:
    """The document of as many blocks as are read at most; a note says what was cut."""
    kept: list[Block] = []
    size = 0
    for block in blocks:
        size += len(block.text) + sum(len(cell) for row in block.rows for cell in row)
        if len(kept) == MOST_BLOCKS or size > MOST_TEXT:
            return Design(
                file, tuple(kept), (f"nothing after {block.at} was read: the document is too long",)
            )
        kept.append(block)
    return Design(file, tuple(kept))


def table(rows: list[list[str]], at: Spot) -> Block:
    """A table of at most so many rows and columns, its cells' white space closed up."""
    cut = tuple(tuple(" ".join(cell.split()) for cell in row[:MOST_COLUMNS]) for row in rows[:MOST_ROWS])
    return Block("table", "", at, rows=cut)


def uncommented(text: str) -> str:
    """Without comments of HTML, and without what follows one that never ends; lines keep their numbers."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            text = text[:start]
            break
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*kept, text[at:]])
