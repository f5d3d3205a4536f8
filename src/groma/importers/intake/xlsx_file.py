"""XLSX workbooks by openpyxl in its read-only mode: values as they were last computed, never formulas or macros.

A workbook is a ZIP of XML (ECMA-376). Before openpyxl sees it, its size when unpacked, the number of its parts and any
document type declaration (by which XML entities expand without end) are looked at; rows and columns are bounded while
reading, since a sheet may claim 1,048,576 rows that it doesn't have.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from groma.importers.intake.cells import Sheet, clean
from groma.importers.intake.csv_file import MOST_COLUMNS, MOST_ROWS
from groma.importers.intake.numbers import written
from groma.importers.intake.types import IntakeError, Mistake, Note, Origin

MOST_SHEETS = 50
MOST_PARTS = 1_000
LARGEST_UNPACKED = 60_000_000
LARGEST_RATIO = 200
"""A part of more than a megabyte that unpacks to more times its size is a bomb, not a table."""
MOST_EMPTY = 500
"""Empty rows in a row after which nothing more is expected below."""

_DOCTYPE = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E", re.I)
_MERGE = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def read_xlsx(data: bytes, file: str) -> tuple[list[Sheet], list[Note]]:
    """The sheets of a workbook; hidden ones are read too, with a note. Raises IntakeError for what is no workbook."""
    parts = _checked(data, file)
    import openpyxl

    notes: list[Note] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        modified = book.properties.modified
        stamp = (
            modified.date().isoformat()
            if isinstance(modified, datetime.datetime) and modified.year >= 2000
            else ""
        )
        merged = _merged(parts)
        sheets: list[Sheet] = []
        for number, sheet in enumerate(book.worksheets[:MOST_SHEETS]):
            name = clean(str(sheet.title))
            if sheet.sheet_state != "visible":
                notes.append(Note(Origin(file, name), "this sheet is hidden; it was read all the same"))
            sheets.append(_sheet(sheet, file, name, merged.get(number, ()), stamp, notes))
        if len(book.worksheets) > MOST_SHEETS:
            notes.append(Note(Origin(file), f"sheets after the first {MOST_SHEETS} were not read"))
        book.close()
    except IntakeError:
        raise
    except (
        Exception
    ) as error:  # openpyxl raises whatever a broken file makes of it: KeyError, ValueError, ParseError, ...
        message = (
            f"expected an Excel workbook, found something that can't be read as one ({type(error).__name__})"
        )
        raise IntakeError(Mistake(Origin(file), f"{message}: save it anew as .xlsx or as CSV")) from None
    return sheets, notes


def _checked(data: bytes, file: str) -> dict[str, bytes]:
    """The small parts that say how sheets are laid out, once the whole is known to be harmless."""

    def refused(found: str) -> IntakeError:
        return IntakeError(Mistake(Origin(file), f"expected an Excel workbook, found {found}"))

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            members = pack.infolist()
            if len(members) > MOST_PARTS:
                raise refused(f"{len(members):,} parts (at most {MOST_PARTS:,} are read)")
            total = sum(member.file_size for member in members)
            if total > LARGEST_UNPACKED:
                raise refused(
                    f"one that unpacks to {total / 1e6:,.0f} MB (at most {LARGEST_UNPACKED // 10**6} MB are read)"
                )
            for member in members:
                if member.file_size > 1_000_000 and member.file_size > LARGEST_RATIO * max(
                    member.compress_size, 1
                ):
                    raise refused(
                        f"a part that unpacks to {member.file_size // max(member.compress_size, 1):,} times its size"
                    )
                if member.flag_bits & 1:
                    raise refused("one with a password: save it without")
            if len({member.filename for member in members}) < len(members):
                raise refused("one in which two parts have the same name")
            return _parts(pack, members, refused)
    except IntakeError:
        raise
    except (
        Exception
    ):  # zipfile raises BadZipFile, NotImplementedError, EOFError, zlib.error, ... for broken archives
        raise refused("something that is no ZIP archive, or a broken one: save it anew as .xlsx") from None


def _parts(pack: zipfile.ZipFile, members: list[zipfile.ZipInfo], refused: Any) -> dict[str, bytes]:
    kept: dict[str, bytes] = {}
    for member in members:
        if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        content = pack.read(member)
        if _DOCTYPE.search(content):
            raise refused("a document type declaration, by which entities can expand without end")
        if re.fullmatch(
            r"xl/(workbook\.xml|_rels/workbook\.xml\.rels|worksheets/[^/]+\.xml)", member.filename
        ):
            kept[member.filename] = content
    if "xl/workbook.xml" not in kept:
        raise refused("a ZIP archive without a workbook in it")
    return kept


def _merged(parts: dict[str, bytes]) -> dict[int, tuple[tuple[int, int, int, int], ...]]:
    """Merged areas (first row, last row, first column, last column; from 1) of each sheet by its number."""
    targets: dict[bytes, str] = {}
    for tag in re.findall(rb"<Relationship\b[^>]*>", parts.get("xl/_rels/workbook.xml.rels", b"")):
        name, target = re.search(rb'\bId="([^"]+)"', tag), re.search(rb'\bTarget="([^"]+)"', tag)
        if name and target:
            path = target[1].decode("utf-8", "replace").lstrip("/")
            targets[name[1]] = path if path.startswith("xl/") else f"xl/{path}"
    found: dict[int, tuple[tuple[int, int, int, int], ...]] = {}
    for number, tag in enumerate(re.findall(rb"<sheet\b[^>]*>", parts["xl/workbook.xml"])):
        name = re.search(rb'\br:id="([^"]+)"', tag)
        content = parts.get(targets.get(name[1], "") if name else "", b"")
        areas = [
            (int(a), int(b), _column(left), _column(right)) for left, a, right, b in _MERGE.findall(content)
        ]
        if areas:
            found[number] = tuple(areas[:10_000])
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(
    sheet: Any,
    file: str,
    name: str,
    merged: tuple[tuple[int, int, int, int], ...],
    stamp: str,
    notes: list[Note],
) -> Sheet:
    rows: list[tuple[int, tuple[str, ...]]] = []
    heads = {first for first, last, left, right in merged if right > left and last == first}
    starting: dict[int, list[tuple[int, int]]] = {}
    for first, last, left, right in merged:
        if last > first and left == right <= MOST_COLUMNS:
            starting.setdefault(first, []).append((left, last))
    standing: dict[int, tuple[int, str]] = {}
    empty = 0
    errors: list[str] = []
    for number, cells in _rows(sheet):
        row = [cell_text(cell, errors) for cell in cells]
        if any(row):
            _fill_down(row, number, standing)
        for column, last in starting.get(number, ()):
            standing[column] = (last, row[column - 1] if column <= len(row) else "")
        if not any(row):
            empty += 1
            if empty > MOST_EMPTY:
                break
            continue
        empty = 0
        if len(rows) >= MOST_ROWS:
            notes.append(
                Note(Origin(file, name, number), f"rows after the first {MOST_ROWS:,} were not read")
            )
            break
        while not row[-1]:
            row.pop()
        rows.append((number, tuple(row)))
    if starting and rows:
        notes.append(
            Note(Origin(file, name), "cells merged over several rows were read as said in each of them")
        )
    for error in sorted(set(errors)):
        notes.append(Note(Origin(file, name), f"formulas that end in {error} were read as empty"))
    sections = frozenset(n for n, cells in rows if n in heads and sum(1 for cell in cells if cell) == 1)
    return Sheet(file, name, tuple(rows), sections, stamp)


def _fill_down(row: list[str], number: int, standing: dict[int, tuple[int, str]]) -> None:
    """Puts what a cell merged over several rows says into each of them."""
    for column, (last, text) in standing.items():
        if number <= last and text:
            row.extend([""] * (column - len(row)))
            row[column - 1] = row[column - 1] or text


def _rows(sheet: Any) -> Iterator[tuple[int, Any]]:
    """Rows by number; what a sheet claims about its size isn't believed."""
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + MOST_EMPTY + 200), 1)


def cell_text(cell: Any, errors: list[str]) -> str:
    """A cell as a person sees it: numbers with the unit of their format, dates in ISO form, yes and no."""
    value = cell.value
    if value is None:
        return ""
    form = str(getattr(cell, "number_format", "") or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return f"{value.hour}:{value.minute:02d} h"
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d} h" if minutes < 6000 else f"{minutes // 60} h"
    if isinstance(value, int | float):
        return _number(value, form)
    text = clean(str(value))
    if re.fullmatch(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", text):
        errors.append(text)
        return ""
    return text


def _number(value: float, form: str) -> str:
    if value != value or value in (float("inf"), float("-inf")) or abs(value) > 1e15:
        return ""
    exact = Decimal(str(value)) if not isinstance(value, int) else Decimal(value)
    if "%" in form:
        return f"{written(exact * 100)} %"
    text = written(round(exact, 6))
    for mark in ("€", "EUR", "$", "£", "CHF"):
        if mark in form.replace("[$", "[").replace("\\", "") or f"[${mark}" in form:
            return f"{text} {'$' if mark == '$' else mark}"
    unit = re.search(r'"\s*(h|min|Std\.?|%|/h|€/h)\s*"', form)
    return f"{text} {unit[1]}" if unit else text
