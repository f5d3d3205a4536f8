"""How wide each column of a table is in print, from what stands in its cells: no word broken, rows as low as can be.

A column is never narrower than its longest word or its head on two lines, and never wider than its longest cell needs;
numbers begin on one line. Between these ends widths begin in proportion to the words of each column, and width goes
from one column to another as long as that makes the table lower (a local search, by lines of text). After
the automatic layout of tables in CSS 2.2, 17.5.2.
"""

from __future__ import annotations

import re
from math import ceil, sqrt

from groma.documents.content import Column, Table
from groma.documents.glyphs import text_width
from groma.documents.inlines import Code, Emphasis, Inlines, Link, Quote, Strong
from groma.documents.printable import breakable, printable

MANY_COLUMNS = 6
"""From more columns than this on a table is set smaller."""
WHOLE = 24
"""A quoted figure of at most so many characters is never broken."""
ROWS_LOOKED_AT = 40
STEPS = (48.0, 24.0, 12.0, 6.0)
"""pt that go from one column to another, coarse moves first."""
MOVES = 12
_PADDING = 6.0  # pt on each side of a cell, none at the edges of the table
_MONO = 0.602  # em that a character of the fixed font is wide
_SLACK = 0.75  # pt against rounding
_WIDEST_NUMBER = 0.34  # share of the table's width that numbers may take unbroken


def text_size(table: Table) -> float:
    """The size of a table's letters, pt."""
    return 7.6 if len(table.columns) > MANY_COLUMNS else 8.8


def column_widths(table: Table, room: float) -> tuple[float, ...]:
    """The width of each column in pt, together `room` pt."""
    size = text_size(table)
    last = len(table.columns) - 1
    floor: list[float] = []
    least: list[float] = []
    most: list[float] = []
    words: list[float] = []
    for nth, column in enumerate(table.columns):
        pad = _PADDING * ((nth > 0) + (nth < last)) + _SLACK
        cells = [_extent(row.cells[nth], size, bold=row.total) for row in table.rows]
        head_word, head = _head(column, size - 0.4)
        word = max([head_word, *(narrow for narrow, _ in cells)])
        longest = max([head_word, min(head, 2 * head_word), *(wide for _, wide in cells)])
        floor.append(min(word, room / 2) + pad)
        if column.align != "left":
            word = max([word, *(min(wide, room * _WIDEST_NUMBER) for _, wide in cells)])
        least.append(min(word, room / 2) + pad)
        most.append(max(longest, word) + pad)
        square = sum(wide * wide for _, wide in cells) / max(1, len(cells))
        words.append(max(head_word, sqrt(square)) * column.share + pad)
    if sum(least) >= room:
        least = floor
    widths = _shared(table.columns, least, most, words, room)
    if sum(most) <= room or sum(floor) >= room:
        return widths
    return _lowered(table, list(widths), floor)


def _lowered(table: Table, widths: list[float], least: list[float]) -> tuple[float, ...]:
    """Widths after moves from one column to another that make the table lower, as many as there are."""
    size = text_size(table)
    rows = [
        [_extent(cell, size, bold=row.total)[1] for cell in row.cells] for row in table.rows[:ROWS_LOOKED_AT]
    ]
    columns = range(len(widths))
    for step in STEPS:
        now = _height(rows, widths)
        for _ in range(MOVES):
            best: tuple[float, int, int] | None = None
            for giver in columns:
                if widths[giver] - step < least[giver]:
                    continue
                for taker in columns:
                    if giver != taker:
                        widths[giver], widths[taker] = widths[giver] - step, widths[taker] + step
                        found = (_height(rows, widths), giver, taker)
                        widths[giver], widths[taker] = widths[giver] + step, widths[taker] - step
                        best = found if found[0] < now and (best is None or found < best) else best
            if best is None:
                break
            now, giver, taker = best
            widths[giver], widths[taker] = widths[giver] - step, widths[taker] + step
    return tuple(round(width, 2) for width in widths)


def _height(rows: list[list[float]], widths: list[float]) -> int:
    """Lines of text of all rows."""
    return sum(
        max(ceil(wide / max(1.0, width - 2 * _PADDING)) for wide, width in zip(row, widths, strict=True))
        for row in rows
    )


def lines_high(table: Table, widths: tuple[float, ...]) -> tuple[int, ...]:
    """About how many lines of text each row takes in columns so wide."""
    size = text_size(table)
    return tuple(
        max(
            ceil(_extent(cell, size, bold=row.total)[1] / max(1.0, width - 2 * _PADDING))
            for cell, width in zip(row.cells, widths, strict=True)
        )
        for row in table.rows
    )


def _shared(
    columns: tuple[Column, ...], least: list[float], most: list[float], words: list[float], room: float
) -> tuple[float, ...]:
    """`room` among columns: by their words, between the least and the most that each can use."""
    if sum(most) <= room:
        open_ended = [column.align == "left" for column in columns]
        if not any(open_ended):
            open_ended = [True] * len(columns)
        over = (room - sum(most)) / sum(open_ended)
        return tuple(width + over * free for width, free in zip(most, open_ended, strict=True))
    if sum(least) >= room:
        return tuple(width * room / sum(least) for width in least)
    low, high = 0.0, max(m / w for m, w in zip(most, words, strict=True))
    for _ in range(50):
        middle = (low + high) / 2
        if sum(_between(middle, *ends) for ends in zip(words, least, most, strict=True)) > room:
            high = middle
        else:
            low = middle
    return tuple(round(_between(low, *ends), 2) for ends in zip(words, least, most, strict=True))


def _between(factor: float, words: float, least: float, most: float) -> float:
    return min(most, max(least, factor * words))


def _head(column: Column, size: float) -> tuple[float, float]:
    """A column's head on two lines at most, and on one line (a unit stands on a line of its own)."""
    lines = [column.title, *([column.unit] if column.unit else [])]
    return (
        max(_in_two(line.split(" "), size) for line in lines),
        max(text_width(line, size, 500) for line in lines),
    )


def _in_two(words: list[str], size: float) -> float:
    """The least width in which words stand on two lines."""
    splits = range(1, len(words)) if len(words) > 1 else (1,)
    halves = ((" ".join(words[:n]), " ".join(words[n:])) for n in splits)
    return min(max(text_width(half, size, 500) for half in both) for both in halves)


def _extent(parts: Inlines, size: float, *, bold: bool = False) -> tuple[float, float]:
    """What can't be broken, at its widest, and the whole on one line."""
    widest = whole = word = 0.0
    for text, mono, fixed, strong in _texts(parts, bold):
        weight = 600 if strong else 400
        pieces = [text] if fixed else re.split(r"([ \n\u200b])", breakable(text))
        for piece in pieces:
            shown = re.sub("[0-9]", "0", piece.replace("\u200b", ""))  # digits of tables are equally wide
            wide = len(shown) * _MONO * 8.2 if mono else text_width(shown, size, weight)
            whole += wide
            word = 0.0 if piece in (" ", "\n", "\u200b") else word + wide
            widest = max(widest, word)
    return widest, whole


def _texts(parts: Inlines, bold: bool) -> list[tuple[str, bool, bool, bool]]:
    """Runs of text, each with whether it is set in the fixed font, is never broken, and is bold."""
    found: list[tuple[str, bool, bool, bool]] = []
    for part in parts:
        if isinstance(part, Strong):
            found += _texts(part.inlines, True)
        elif isinstance(part, Emphasis | Link):
            found += _texts(part.inlines, bold)
        elif isinstance(part, Quote):
            found.append((printable(part.text), False, len(part.text) <= WHOLE, bold))
        else:
            found.append((printable(part.text), isinstance(part, Code), False, bold))
    return found
