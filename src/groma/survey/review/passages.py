"""The places of a document that a content is looked for in: whole sections, tables, rows, items, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from groma.importers.designs import Block, Design, Spot
from groma.importers.designs.blocks import Section

LONGEST = 20_000
"""Characters of a passage that are looked at."""
_LABEL = re.compile(r"(?:\W*\w[\w'’/&-]*){1,5}\W*:\W*$")
_END = re.compile(r"(?<=[.!?:;])\s+(?=[\w\"“„(])")


@dataclass(frozen=True, slots=True)
class Passage:
    """A place: its words, the headings above it, the blocks it is made of; `whole` where it is a section's all."""

    text: str
    path: str
    at: Spot
    blocks: tuple[Block, ...]
    whole: bool = False

    @property
    def head(self) -> tuple[str, ...]:
        """The head of a table; nothing of anything else."""
        return self.blocks[0].rows[0] if self.blocks and self.blocks[0].rows and not self.whole else ()


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph. A full stop within a number, or after one letter, ends none, nor does the colon
    behind a label (`Circuit breaker: opens after ...`)."""
    parts: list[str] = []
    for piece in _END.split(text):
        if parts and (
            re.search(r"(?:^|[\s(])(?:\w|\d+|e\.g|i\.e|z\.B|ca|approx|Art|art|No|Nr)\.$", parts[-1][-12:])
            or (len(parts[-1]) < 80 and _LABEL.match(parts[-1]))
        ):
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return [part.strip() for part in parts if part.strip()]


def words_of(block: Block) -> str:
    """A block as one text, a table row by row."""
    if block.kind == "table":
        return "\n".join(" | ".join(row) for row in block.rows)
    return block.text


def passages(design: Design) -> tuple[Passage, ...]:
    """Each section whole, then what it is made of."""
    return tuple(each for section in design.sections() for each in _of(section))


def _of(section: Section) -> Iterator[Passage]:
    path = " / ".join(section.path)
    whole = "\n".join(words_of(block) for block in section.blocks)[:LONGEST]
    yield Passage(whole, path, section.at, section.blocks, whole=True)
    for block in section.blocks:
        if block.kind == "table":
            yield Passage(words_of(block)[:LONGEST], path, block.at, (block,))
            head = " | ".join(block.rows[0]) if block.rows else ""
            for number, row in enumerate(block.rows[1:], 1):
                at = Spot(block.at.file, block.at.number + number + 1) if _counts(block) else block.at
                yield Passage(f"{head}\n{' | '.join(row)}"[:LONGEST], path, at, ())
        elif block.kind in ("code", "picture"):
            yield Passage(block.text[:LONGEST], path, block.at, (block,))
        else:
            for sentence in sentences(block.text[:LONGEST]):
                yield Passage(sentence, path, block.at, ())


def _counts(block: Block) -> bool:
    """Whether each row of a table is a line of its own, as in Markdown."""
    return block.at.by == "line" and block.at.file.casefold().endswith((".md", ".markdown", ".txt"))
