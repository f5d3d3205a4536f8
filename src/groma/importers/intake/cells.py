"""A sheet as rows of cells that know where they stand; text is cleaned and bounded here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from groma.importers.intake.types import Origin

LONGEST_CELL = 2_000
"""Characters kept of a cell; what is longer is a document, not an entry."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as text, and where it stands."""

    text: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was found; `rows` are (row number, texts), empty rows left out."""

    file: str
    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    headings_of_sections: frozenset[int] = frozenset()
    """Rows whose only cell is merged over several columns: they head what follows and are no entry."""
    modified: str = ""
    """When the file says it was last changed (YYYY-MM-DD), where it says so."""

    def at(self, row: int, column: str = "") -> Origin:
        return Origin(self.file, self.name, row, column)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a sheet whose headings were recognised: the cells by field of its topic; empty cells are left out."""

    topic: str
    at: Origin
    cells: Mapping[str, Cell]

    def text(self, field: str) -> str:
        """What is in a field, nothing when it is empty or the sheet has no such column."""
        cell = self.cells.get(field)
        return "" if cell is None else cell.text

    def origin(self, field: str) -> Origin:
        cell = self.cells.get(field)
        return self.at if cell is None else cell.at


def clean(text: str) -> str:
    """A cell's text without what can't be seen, lines joined by `;`, spaces single, at most `LONGEST_CELL` long."""
    seen = _INVISIBLE.sub("", text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u00ad", ""))
    seen = re.sub(r"\s*\n\s*", "; ", seen.strip().replace("\r\n", "\n").replace("\r", "\n"))
    return " ".join(seen[: 4 * LONGEST_CELL].split())[:LONGEST_CELL]
