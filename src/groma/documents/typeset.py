"""Breaks inlines into lines of a width, for pictures: greedy filling, long words cut, marks kept on every piece.

A line is a tuple of runs; a run is a piece of text with one look and at most one ledger id. Greedy first-fit is what
every label needs; the total-fit method of Knuth and Plass pays only in paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.documents.glyphs import Weight, text_width
from groma.documents.inlines import Emphasis, Inlines, Link, Quote, Strong
from groma.documents.printable import printable


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line: text in one weight; `ref` where the ledger says it, `target` where it leads somewhere."""

    text: str
    weight: Weight = 400
    italic: bool = False
    ref: str = ""
    target: str = ""


Line = tuple[Run, ...]


def runs(inlines: Inlines, weight: Weight = 400, *, italic: bool = False, target: str = "") -> Iterator[Run]:
    """Inlines as runs in reading order; white space is folded to single spaces."""
    for part in inlines:
        if isinstance(part, Strong):
            yield from runs(part.inlines, 600, italic=italic, target=target)
        elif isinstance(part, Emphasis):
            yield from runs(part.inlines, weight, italic=True, target=target)
        elif isinstance(part, Link):
            yield from runs(part.inlines, weight, italic=italic, target=part.target)
        else:
            ref = part.ref if isinstance(part, Quote) else ""
            yield Run(re.sub(r"[ \t\n]+", " ", printable(part.text)), weight, italic, ref, target)


def line_width(line: Line, size: float) -> float:
    """Width of a line in the unit of `size`."""
    return sum(text_width(run.text, size, run.weight) for run in line)


def wrap(
    inlines: Inlines, width: float, size: float, weight: Weight = 400, most: int = 4
) -> tuple[Line, ...]:
    """Lines no wider than `width` (same unit as `size`), at most `most`; what is left over ends in an ellipsis.

    A quoted figure isn't broken between value and unit unless it alone is wider than a line.
    """
    lines: list[list[Run]] = []
    filled = 0.0
    for word in _words(inlines, weight):
        for piece in _pieces(word, width, size):
            advance = line_width(piece, size)
            space = text_width(" ", size, weight)
            if lines and piece[0] is word[0] and filled + space + advance <= width:
                lines[-1] += [_space(lines[-1][-1], piece[0]), *piece]
                filled += space + advance
            else:
                if len(lines) > most:
                    return _closed(lines, width, size, most)
                lines.append(list(piece))
                filled = advance
    return _closed(lines, width, size, most)


def _closed(lines: list[list[Run]], width: float, size: float, most: int) -> tuple[Line, ...]:
    """The lines with like runs joined, the last one cut where there are too many."""
    closed = tuple(_join(line) for line in lines)
    if len(closed) <= most:
        return closed
    return (*closed[: most - 1], _cut(closed[most - 1], width, size))


def _words(inlines: Inlines, weight: Weight) -> Iterator[Line]:
    """Runs grouped into what no space divides."""
    word: list[Run] = []
    for run in runs(inlines, weight):
        parts = [run.text.strip(" ")] if run.ref else run.text.split(" ")
        for nth, part in enumerate(parts):
            if nth and word:
                yield tuple(word)
                word = []
            if part:
                word.append(replace(run, text=part))
    if word:
        yield tuple(word)


def _pieces(word: Line, width: float, size: float) -> Iterator[Line]:
    """A word in pieces that each fit a line, preferably cut after a hyphen, slash, dot, colon or underscore."""
    if line_width(word, size) <= width:
        yield word
        return
    piece: list[Run] = []
    for run in word:
        rest = run
        while line_width((*piece, rest), size) > width and (piece or len(rest.text) > 1):
            end = _fitting(rest, width - line_width(tuple(piece), size), size)
            if piece and not end:
                yield tuple(piece)
                piece = []
                continue
            end = max(1, end)
            nice = max(rest.text.rfind(mark, 0, end) for mark in "-/._: ") + 1
            end = nice if nice > end / 3 else end
            yield (*piece, replace(rest, text=rest.text[:end].rstrip()))
            piece, rest = [], replace(rest, text=rest.text[end:])
        piece.append(rest)
    yield tuple(piece)


def _fitting(run: Run, width: float, size: float) -> int:
    """How many characters of the run fit, but never all of them."""
    filled = 0.0
    for nth, character in enumerate(run.text[:-1]):
        filled += text_width(character, size, run.weight)
        if filled > width:
            return nth
    return len(run.text) - 1


def _space(before: Run, after: Run) -> Run:
    """The space between two words: of their look if they share one, else of none."""
    same = replace(before, text="") == replace(after, text="") and not before.ref
    return replace(before, text=" ") if same else Run(" ", before.weight)


def _join(line: list[Run]) -> Line:
    """Pieces of one look as one run."""
    joined: list[Run] = []
    for run in line:
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)


def _cut(line: Line, width: float, size: float) -> Line:
    """The line with an ellipsis, shortened to fit."""
    kept = list(line)
    while len(kept) > 1 or len(kept[0].text) > 1:
        if line_width(tuple(kept), size) + text_width("…", size, kept[-1].weight) <= width:
            break
        shorter = kept[-1].text[:-1].rstrip()
        kept[-1:] = [replace(kept[-1], text=shorter)] if shorter else []
    return (*kept[:-1], replace(kept[-1], text=kept[-1].text + "…"))
