"""Opens a workbook that somebody else sent: bounded, without running or fetching anything.

Before a spreadsheet library sees it, the archive is looked at: how many parts, how large unpacked, no macros, no
document types or entities in its XML (billion laughs). Then cells are taken by their saved values and by their
formulas, up to a number of rows and columns.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 40 * 2**20
MOST_PARTS = 500
MOST_SHEETS = 50
MOST_ROWS, MOST_COLUMNS = 5000, 40
LONGEST_CELL = 10_000


class WorkbookError(ValueError):
    """A file isn't a workbook that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its saved value (None where nothing is saved), whether a formula stands in it, whether shown in
    percent."""

    value: object
    formula: str = ""
    percent: bool = False


Sheet = Mapping[tuple[int, str], Cell]
"""Cells that aren't empty, by row number and column letter."""


def open_workbook(data: bytes) -> dict[str, Sheet]:
    """The sheets by name. Raises WorkbookError."""
    _looked_through(data)
    try:
        from openpyxl import load_workbook

        saved: Any = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        written: Any = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
        if len(written.worksheets) > MOST_SHEETS:
            raise WorkbookError(f"it has more than {MOST_SHEETS} sheets")
        return {sheet.title: _cells(sheet, saved[sheet.title]) for sheet in written.worksheets}
    except WorkbookError:
        raise
    except Exception as error:  # a library that reads hostile files may raise anything
        raise WorkbookError(f"it can't be read as a workbook ({type(error).__name__})") from None


def _looked_through(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise WorkbookError(f"it is larger than {MOST_BYTES // 2**20} MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                raise WorkbookError(f"it has more than {MOST_PARTS} parts")
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise WorkbookError(f"it is larger than {MOST_UNPACKED // 2**20} MiB when it is unpacked")
            left = MOST_UNPACKED
            for entry in entries:
                if entry.flag_bits & 1:
                    raise WorkbookError("it is locked with a password: send it without one")
                with archive.open(entry) as part:
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise WorkbookError(f"it is larger than {MOST_UNPACKED // 2**20} MiB when it is unpacked")
                _part(entry.filename, content)
    except WorkbookError:
        raise
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise WorkbookError(f"it isn't an XLSX file ({type(error).__name__})") from None
    except Exception as error:  # zlib.error and its like
        raise WorkbookError(f"it is damaged ({type(error).__name__})") from None


def _part(name: str, content: bytes) -> None:
    if "vbaproject" in name.lower():
        raise WorkbookError("it has macros: save it as XLSX without them")
    if name.lower().endswith((".xml", ".rels", ".vml")):
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:200]:
            raise WorkbookError(f"its part {name} isn't written in UTF-8")
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise WorkbookError(f"its part {name} has a document type, which no workbook needs")


def _cells(written: Any, saved: Any) -> Sheet:
    found: dict[tuple[int, str], Cell] = {}
    rows = min(written.max_row or 0, MOST_ROWS)
    columns = min(written.max_column or 0, MOST_COLUMNS)
    if (written.max_row or 0) > MOST_ROWS * 200:
        raise WorkbookError(f"its sheet {written.title[:40]} has more than {MOST_ROWS * 200} rows")
    known: Any = written._cells  # only cells that are there: a sheet may claim a million rows
    values: Any = saved._cells
    for (row, column), cell in sorted(known.items()):
        if row > rows or column > columns or cell.value is None:
            continue
        formula = _formula(cell)
        there = values.get((row, column))
        value = there.value if there is not None else None
        if isinstance(value, str):
            value = value[:LONGEST_CELL]
        found[row, cell.column_letter] = Cell(value, formula, "%" in str(cell.number_format))
    return found


def _formula(cell: Any) -> str:
    if cell.data_type != "f":
        return ""
    text = getattr(cell.value, "text", cell.value)  # array formulas are objects
    return str(text)[:LONGEST_CELL] or "="
