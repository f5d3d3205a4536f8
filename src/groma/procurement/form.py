"""The form in which people judge what no figure can: marks from 0 to 5 by evaluator, read back as marks.

An empty cell means that nobody has judged yet; it is never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from groma.procurement.bid import Bid
from groma.procurement.judging import BEST_MARK
from groma.procurement.opened import Cell, WorkbookError, open_workbook
from groma.procurement.packed import packed
from groma.procurement.request import Request
from groma.procurement.sheets import FIRST, Head

SHEET = "Marks"
EVALUATORS = ("F", "G", "H", "I", "J")
HEADS = (
    Head("A", "Bid", 22),
    Head("B", "No.", 8),
    Head("C", "Criterion", 24),
    Head("D", "What the bid says", 60),
    Head("E", "All points for", 40),
    *(Head(c, f"Evaluator {n}", 12, True) for n, c in enumerate(EVALUATORS, 1)),
    Head("K", "Why", 40, True),
    Head("L", "key", 4),
)
LONGEST_SHOWN = 1500


def marks_form(request: Request, bids: Iterable[Bid]) -> bytes | None:
    """The form, or None where people have nothing to judge."""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    from groma.procurement.workbook import finish, heads, open_cell, put

    judged = [scale for scale in request.scales if scale.judged]
    if not judged:
        return None
    book: Any = Workbook()
    sheet = book.active
    sheet.title = SHEET
    heads(
        sheet,
        HEADS,
        f"{request.system}: marks of the evaluators",
        f"0 (nothing of it) to {BEST_MARK} (all of it); each evaluator apart. An empty cell is no mark, not a zero.",
    )
    mark: Any = DataValidation(
        type="decimal",
        operator="between",
        formula1="0",
        formula2=str(BEST_MARK),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="A mark",
        error=f"A number from 0 to {BEST_MARK}.",
    )
    sheet.add_data_validation(mark)
    row = FIRST
    for bid in bids:
        for scale in judged:
            answer = bid.answers.get(scale.key)
            said = "" if answer is None else answer.text[:LONGEST_SHOWN]
            for letter, text in zip(
                "ABCDE", (bid.bidder, scale.requirement, scale.title, said, scale.good), strict=True
            ):
                put(sheet[f"{letter}{row}"], text, wrap=True)
            for letter in (*EVALUATORS, "K"):
                open_cell(sheet[f"{letter}{row}"])
                if letter != "K":
                    mark.add(f"{letter}{row}")
            put(sheet[f"L{row}"], f"{bid.name}|{scale.key}")
            row += 1
    finish(sheet, HEADS, row - 1)
    return packed(book)


def read_marks(
    data: bytes, request: Request, bids: Iterable[Bid]
) -> dict[str, dict[str, tuple[Fraction, ...]]]:
    """Bid -> criterion -> marks. Raises WorkbookError for a form that can't be read, with every mistake in it."""
    sheets = open_workbook(data)
    if SHEET not in sheets:
        raise WorkbookError(f"expected the sheet {SHEET}, found {', '.join(sheets) or 'none'}")
    sheet = sheets[SHEET]
    keys = {
        f"{bid.name}|{scale.key}": (bid.name, scale.key)
        for bid in bids
        for scale in request.scales
        if scale.judged
    }
    found: dict[str, dict[str, tuple[Fraction, ...]]] = {}
    wrong: list[str] = []
    for row in sorted({row for row, _ in sheet if row >= FIRST}):
        key = str(sheet.get((row, "L"), Cell("")).value or "")
        given = [(letter, sheet[row, letter]) for letter in EVALUATORS if (row, letter) in sheet]
        if key not in keys:
            if given:
                wrong.append(f"row {row}: there is no such bid and criterion among those given")
            continue
        marks: list[Fraction] = []
        for letter, cell in given:
            number = cell.value
            if (
                isinstance(number, bool)
                or not isinstance(number, int | float)
                or not 0 <= number <= BEST_MARK
            ):
                wrong.append(
                    f"{letter}{row}: expected a mark from 0 to {BEST_MARK}, found `{str(number)[:40]}`"
                )
            else:
                marks.append(Fraction(str(number)))
        if marks:
            bid, criterion = keys[key]
            found.setdefault(bid, {})[criterion] = tuple(marks)
    if wrong:
        raise WorkbookError("; ".join(wrong[:20]))
    return found
