"""The tables of a site's audit as a workbook: causes, problems with their patches, pages. Cells are never formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from groma.procurement.packed import packed
from groma.site import Audited
from groma.site.diagnosis import causes
from groma.site.summary import hits_table, pages_table

MOST_ROWS = 100_000
MOST_LETTERS = 32_000
NUMBERS = ("status", "words", "bytes", "clicks from home", "internal PageRank", "pages", "looked at", "share")


def site_workbook(audited: Audited) -> bytes:
    """The workbook as a file, the same bytes for the same audit."""
    from openpyxl import Workbook

    book: Any = Workbook()
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.remove(book.active)
    head = (
        "tier",
        "severity",
        "cause",
        "pages",
        "looked at",
        "share",
        "what follows",
        "what to do",
        "source",
    )
    rows = [
        (
            c.audit.tier, c.finding.severity, c.finding.title, str(c.pages), str(c.finding.looked_at),
            f"{c.weight:.4f}",
            c.finding.consequence, c.finding.remedy, c.audit.source,
        )
        for c in causes(audited)
    ]  # fmt: skip
    _sheet(book, "Causes", [head, *rows], (10, 10, 44, 8, 10, 8, 50, 50, 50))
    hits = csv.reader(io.StringIO(hits_table(audited)))
    _sheet(book, "Problems", hits, (24, 10, 10, 50, 50, 40, 50, 40, 40))
    pages = csv.reader(io.StringIO(pages_table(audited)))
    _sheet(book, "Pages", pages, (60, 8, 20, 40, 10, 44, 8, 10, 10, 12, 8))
    return packed(book)


def _sheet(book: Any, title: str, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet: Any = book.create_sheet(title)
    names: Sequence[str] = ()
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            sheet.cell(number, 1, "and more: the CSV beside this workbook holds all")
            break
        names = names or row
        for place, value in enumerate(row, 1):
            cell: Any = sheet.cell(number, place)
            amount = _number(value) if number > 1 and names[place - 1] in NUMBERS else None
            if amount is not None:
                cell.value = amount
            elif value:
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_LETTERS]
                cell.data_type = "s"
            if number == 1:
                cell.font = Font(bold=True)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _number(text: str) -> float | int | None:
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return None
