"""The workbook that bidders fill in: one row for each requirement, the price sheet, the price of leaving.

What the buyer wrote is locked (without a password: protection against slips, not against people), open cells are
tinted and checked by the spreadsheet itself, sums are formulas. Keys in a hidden column and a hidden sheet let it be
read back whatever was sorted or inserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groma.procurement.packed import packed
from groma.procurement.request import Request
from groma.procurement.sheets import (
    ANSWER_HEADS,
    ANSWERS,
    BIDDER,
    CONTACT,
    COVER,
    DATED,
    EXIT,
    EXIT_HEADS,
    FIRST,
    MARKS,
    PRICE_HEADS,
    PRICES,
    Head,
    answer_cells,
    exit_rows,
    paid_word,
    price_cells,
    rows,
)

INK, MUTED, OPEN, HEAD = "1B1B1B", "6B6B6B", "FFF7DC", "E8ECEF"
LONGEST_ANSWER = 2000


def response_sheet(request: Request) -> bytes:
    """The workbook as a file: the same request gives the same bytes."""
    from openpyxl import Workbook

    book: Any = Workbook()
    _cover(book.active, request)
    _answers(book.create_sheet(ANSWERS), request)
    _prices(book.create_sheet(PRICES), request)
    _exit(book.create_sheet(EXIT), request)
    marks = book.create_sheet(MARKS)
    marks.append(["fingerprint", request.fingerprint])
    for sheet, key, row in rows(request):
        marks.append([sheet, key, row])
    marks.sheet_state = "hidden"
    marks.protection.enable()
    book.properties.creator, book.properties.title = (
        "",
        f"{request.system}: response to the request for proposals",
    )
    return packed(book)


def _cover(sheet: Any, request: Request) -> None:
    sheet.title = COVER
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    lines: Sequence[tuple[str, str]] = (
        (request.system, ""),
        ("Response to the request for proposals", ""),
        ("", ""),
        ("Edition", request.fingerprint),
        ("", ""),
        ("Bidder", ""),
        ("Date of the bid", ""),
        ("Contact", ""),
        ("", ""),
        (
            "How to fill it in",
            "Fill in the tinted cells only, in this file. Rows, texts and formulas stay as they are; a change "
            "is seen when the file is read and counts as a deviation.",
        ),
        (
            "Requirements",
            "`must`: a no means that the bid can't be taken. `states`: the value that you guarantee; the buyer puts it "
            "into its model and works out anew what the requirements with a target come to. `scored`: read and "
            "judged by people. An empty cell is no answer; it is never read as zero or no.",
        ),
        ("Numbers", "In the unit that stands beside the cell, without words: 99.95, not 99.95 %."),
        (
            "Prices",
            f"In {request.currency}, without value added tax, for one of each line; 0 where it costs "
            f"nothing. Where a price "
            "isn't firm, give the least and the most that it can become: the buyer reckons with both.",
        ),
        ("Exit", "What leaving costs after so many months, and an hour of help."),
        ("If sums differ", "The prices for one count; sums are added up again by the buyer."),
    )
    for nth, (left, right) in enumerate(lines, 1):
        put(sheet[f"A{nth}"], left, bold=nth <= 2 or bool(left), size=14 if nth == 1 else 10)
        put(sheet[f"B{nth}"], right, wrap=True)
    for cell in (BIDDER, DATED, CONTACT):
        open_cell(sheet[cell])
    sheet.protection.enable()


def _answers(sheet: Any, request: Request) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    heads(sheet, ANSWER_HEADS, f"{request.system}: requirements", "Answer in the tinted cells.")
    yes: Any = DataValidation(
        type="list",
        formula1='"yes,no"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="yes or no",
        error="Choose yes or no; say more under Deviation.",
    )
    number = _not_negative("A number", "A number in the unit beside it.")
    sheet.add_data_validation(yes)
    sheet.add_data_validation(number)
    for row, requirement in enumerate(request.requirements, FIRST):
        for letter, text in zip("ABCDE", answer_cells(requirement), strict=True):
            put(sheet[f"{letter}{row}"], text, wrap=True, bold=letter == "A")
        for letter in "FGH":
            open_cell(sheet[f"{letter}{row}"])
        if requirement.form == "yes or no":
            yes.add(f"F{row}")
        elif requirement.form == "number":
            number.add(f"F{row}")
        put(sheet[f"I{row}"], requirement.key)
    finish(sheet, ANSWER_HEADS, FIRST + len(request.requirements) - 1)


def _not_negative(title: str, words: str) -> Any:
    """What a cell for an amount takes, and what is said of anything else."""
    from openpyxl.worksheet.datavalidation import DataValidation

    return DataValidation(
        type="decimal",
        operator="greaterThanOrEqual",
        formula1="0",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=title,
        error=words,
    )


def _prices(sheet: Any, request: Request) -> None:
    heads(
        sheet,
        PRICE_HEADS,
        f"{request.system}: prices in {request.currency}, without value added tax",
        "Months of the contract:",
    )
    put(sheet["C2"], request.months, bold=True)
    money = _not_negative("A price", "A number of zero or more.")
    sheet.add_data_validation(money)
    last = FIRST + len(request.asked) - 1
    for row, line in enumerate(request.asked, FIRST):
        for letter, text in zip("ABC", price_cells(line), strict=True):
            put(sheet[f"{letter}{row}"], text, wrap=True, bold=letter == "A")
        put(sheet[f"D{row}"], float(line.quantity) if line.quantity.denominator > 1 else int(line.quantity))
        put(sheet[f"E{row}"], paid_word(line))
        for letter in "FGHL":
            open_cell(sheet[f"{letter}{row}"], "#,##0.00####" if letter != "L" else "General")
            if letter != "L":
                money.add(f"{letter}{row}")
        once, monthly = (f"=D{row}*F{row}", 0) if line.per == "once" else (0, f"=D{row}*F{row}")
        sum_cell(sheet[f"I{row}"], once)
        sum_cell(sheet[f"J{row}"], monthly)
        sum_cell(sheet[f"K{row}"], f"=I{row}+J{row}*$C$2")
        put(sheet[f"M{row}"], line.key)
    total = last + 1
    put(sheet[f"B{total}"], "Sum", bold=True)
    for letter in "IJK":
        sum_cell(sheet[f"{letter}{total}"], f"=SUM({letter}{FIRST}:{letter}{last})", bold=True)
    put(sheet[f"M{total}"], "sum")
    finish(sheet, PRICE_HEADS, total)


def _exit(sheet: Any, request: Request) -> None:

    heads(sheet, EXIT_HEADS, f"{request.system}: what leaving costs", f"In {request.currency}.")
    money = _not_negative("A price", "A number of zero or more.")
    sheet.add_data_validation(money)
    for row, asked in enumerate(exit_rows(request), FIRST):
        put(sheet[f"A{row}"], asked.id, bold=True)
        put(sheet[f"B{row}"], asked.text, wrap=True)
        open_cell(sheet[f"C{row}"], "#,##0.00")
        open_cell(sheet[f"D{row}"])
        money.add(f"C{row}")
        put(sheet[f"E{row}"], asked.key)
    finish(sheet, EXIT_HEADS, FIRST + len(exit_rows(request)) - 1)


def heads(sheet: Any, columns: Sequence[Head], title: str, below: str) -> None:
    """Title, a line below it, and the heads of the columns."""
    from openpyxl.styles import PatternFill

    put(sheet["A1"], title, bold=True, size=14)
    put(sheet["A2"], below)
    for head in columns:
        cell = sheet[f"{head.letter}{FIRST - 1}"]
        put(cell, head.title, bold=True, wrap=True)
        cell.fill = PatternFill("solid", fgColor=HEAD)
        sheet.column_dimensions[head.letter].width = head.width


def finish(sheet: Any, columns: Sequence[Head], last: int) -> None:
    """Hides the keys, holds the heads in sight and in print, locks what isn't open; `last` is the last row."""
    sheet.column_dimensions[columns[-1].letter].hidden = True
    sheet.freeze_panes = f"A{FIRST}"
    sheet.print_title_rows = f"{FIRST - 1}:{FIRST - 1}"
    sheet.print_area = f"A1:{columns[-2].letter}{last}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.enable()
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def put(cell: Any, value: object, *, bold: bool = False, wrap: bool = False, size: int = 10) -> None:
    """Writes what the buyer says; text that begins like a formula stays text."""
    from openpyxl.styles import Alignment, Font

    if isinstance(value, str) and value.startswith("="):
        cell.value, cell.data_type = value, "s"
    else:
        cell.value = value if value != "" else None
    cell.font = Font(name="Arial", size=size, bold=bold, color=INK)
    cell.alignment = Alignment(vertical="top", wrap_text=wrap)


def sum_cell(cell: Any, formula: object, *, bold: bool = False) -> None:
    """Writes a formula for money."""
    from openpyxl.styles import Alignment, Font

    cell.value, cell.number_format = formula, "#,##0.00"
    cell.font, cell.alignment = Font(name="Arial", size=10, bold=bold, color=INK), Alignment(vertical="top")


def open_cell(cell: Any, form: str = "General") -> None:
    """Makes a cell one that others fill in."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    line = Side(style="thin", color="D9CFA8")
    cell.fill, cell.border = PatternFill("solid", fgColor=OPEN), Border(line, line, line, line)
    cell.protection, cell.number_format = Protection(locked=False), form
    cell.font, cell.alignment = (
        Font(name="Arial", size=10, color=INK),
        Alignment(vertical="top", wrap_text=True),
    )
