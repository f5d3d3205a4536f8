"""What is wrong with a table or a reference, said at its place.

A catalog error is a `ModelError` (positions as `file:line:column`), so that whoever shows the problems of a model shows
these too. The place of a CSV field is worked out only when something is wrong (RFC 4180 quoting).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from groma.model.position import ModelError, Position, Problem


class CatalogError(ModelError):
    """A table can't be used as it stands: every problem found, with its place."""


class UnknownEntryError(LookupError):
    """No table, row or product of that name; `nearest` lists known ones that come close."""

    def __init__(self, message: str, nearest: Iterable[str] = ()) -> None:
        self.nearest: tuple[str, ...] = tuple(nearest)
        hint = f"; nearest known: {', '.join(f'`{name}`' for name in self.nearest)}" if self.nearest else ""
        super().__init__(message + hint)

    def __str__(self) -> str:
        return str(self.args[0])


def field_position(path: Path, line: int, index: int, text: str) -> Position:
    """Where field `index` (from 0) of the CSV record that starts at `line` (from 1) begins."""
    column, field, quoted, row = 1, 0, False, line
    lines = text.splitlines()
    while field < index and row <= len(lines):
        record = lines[row - 1]
        for column, character in enumerate(record, 1):
            if character == '"':
                quoted = not quoted
            elif character == "," and not quoted:
                field += 1
                if field == index:
                    return Position(str(path), row, column + 1)
        if not quoted:
            break
        row += 1
    return Position(str(path), row if row <= len(lines) else line, column if index else 1)


def problem(path: Path, line: int, index: int, text: str, message: str) -> Problem:
    """A problem with one CSV field."""
    return Problem(field_position(path, line, index, text), message)
