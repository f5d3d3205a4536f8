"""Folders of raw files for tests: written from texts, read, and the model that comes out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from groma.importers.intake import Intake, read_folder
from groma.model.elements import Model
from groma.model.load import loads

PEOPLE = "Name,Role,Hours a week,Hourly rate\nJana Lindner,founder,45,85 EUR/h\nMia Berg,office,30,32 EUR/h\n"


def folder(at: Path, **files: str | bytes) -> Path:
    """A folder with these files; `tools_csv` becomes `tools.csv`."""
    for name, content in files.items():
        stem, _, suffix = name.rpartition("_")
        path = at / f"{stem}.{suffix}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return at


def reading(at: Path, **files: str | bytes) -> tuple[Intake, Model]:
    """What a folder with these files is read as, and the model of that."""
    intake = read_folder(folder(at, **files))
    return intake, loads(intake.text)


def workbook(*sheets: tuple[str, list[list[Any]]], merged: dict[str, list[str]] | None = None) -> bytes:
    """An XLSX file with these sheets."""
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(name, []):
            sheet.merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def said(intake: Intake) -> str:
    return "\n".join(str(note) for note in intake.notes)
