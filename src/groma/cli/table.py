"""Tables in plain text: columns as wide as needed, wrapped at words where the terminal is narrower.

Widths follow Unicode's East Asian Width (UAX #11) and count combining marks as nothing, so that columns stay straight.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

GAP = "  "
NARROWEST = 8
"""Cells a wrapped column keeps at least."""


class Column(NamedTuple):
    """A heading, and whether the cells under it are numbers (those stand right and are never wrapped)."""

    title: str
    number: bool = False


def render(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """The table as lines, headings first, ruled off by a blank-separated line of dashes; `width` None: no limit.

    Every row has one cell a column (ValueError otherwise). Without rows the headings stand alone.
    """
    titles = [column.title for column in columns]
    lines = [titles, *(list(row) for row in rows)]
    if any(len(line) != len(columns) for line in lines):
        raise ValueError(f"every row needs {len(columns)} cells")
    widths = _fit([max(cells(line[i]) for line in lines) for i in range(len(columns))], columns, width)
    ruled = [titles, ["-" * w for w in widths], *lines[1:]]
    return "\n".join(text for line in ruled for text in _laid_out(line, columns, widths))


def cells(text: str) -> int:
    """Terminal cells that a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _fit(natural: list[int], columns: Sequence[Column], width: int | None) -> list[int]:
    """Takes what is too much from the widest text column, one cell at a time, down to NARROWEST."""
    widths = list(natural)
    while width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        wrappable = [i for i, column in enumerate(columns) if not column.number and widths[i] > NARROWEST]
        if not wrappable:
            break
        widest = max(wrappable, key=lambda i: (widths[i], -i))
        widths[widest] -= 1
    return widths


def _laid_out(line: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, w, break_on_hyphens=False) or [""] if cells(cell) > w else [cell]
        for cell, w in zip(line, widths, strict=True)
    ]
    return [
        GAP.join(
            _padded(part, w, column.number) for part, w, column in zip(parts, widths, columns, strict=True)
        ).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * max(0, width - cells(text))
    return space + text if right else text + space
