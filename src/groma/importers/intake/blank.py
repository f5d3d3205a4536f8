"""The empty spreadsheet that a founder can fill in: a sheet for each topic, headings with remarks, lists to choose from.

Two example rows stand in each sheet; they begin with `Example:` and are left out when the file is read. The headings are
ones that `headings` recognises, which the round trip in the tests holds to.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

YES = ("yes", "no", "don't know")
WAYS = (
    "typed over by hand",
    "copied and pasted",
    "export and import",
    "by mail",
    "told or phoned",
    "on paper",
    "automatic",
)
OFTEN = ("daily", "weekly", "every 2 weeks", "monthly", "quarterly", "yearly", "2x a week", "30 a month")
PER = ("month", "year", "quarter", "once")


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    remark: str
    examples: tuple[str, str]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    sheet: str
    columns: tuple[Column, ...]


def _c(heading: str, remark: str, one: str, two: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(heading, remark, (one, two), choices)


FORMS = (
    Form("People", (
        _c("Name", "Everybody who works in the company, one a row.", "Example: Anna Berger", "Example: Ben Kurz"),
        _c("Role", "What they do, in a few words.", "owner: quotes, prices, sales", "office: post, invoices"),
        _c("Hours a week", "Working hours a week.", "45", "30"),
        _c("Hourly rate", "What an hour costs the company, all included. For the owner: what an hour sold brings.", "85 EUR/h", "32 EUR/h"),
        _c("Knows", "What they know how to do that not everybody does, separated by commas.", "pricing, bookkeeping", "invoicing"),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Tools", (
        _c("Tool", "Every program, app, list and paper that work is done with; spreadsheets too. One a row.", "Example: Pipedrive", "Example: Price list (Excel)"),
        _c("Purpose", "What it is used for, in a word or two; several separated by commas.", "customers, offers", "prices"),
        _c("Used by", "Who works with it; `all` for everybody.", "Anna, Ben", "Anna"),
        _c("Price", "As on the bill, with the currency: `29 EUR/month`, `12 EUR per user and month`, `free`.", "29 EUR per user", "free"),
        _c("Per", "What the price is paid for, if it isn't said beside it.", "month", "", PER),
        _c("Seats", "How many users or licences are paid.", "5", ""),
        _c("Supplier", "Who it is bought from.", "Pipedrive OÜ", ""),
        _c("Owner", "Who answers for it.", "Ben", "Anna"),
        _c("Admin", "Everybody who can sign in as its administrator.", "Anna", ""),
        _c("Registered to", "In whose name account and contract are: business, or a person's or agency's name.", "business", ""),
        _c("Export", "How your data get out of it, and what is lost.", "CSV, notes are lost", "it is a file"),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Subscriptions", (
        _c("Subscription", "What is paid for regularly and isn't on the sheet of tools yet.", "Example: Web hosting", "Example: Stock photos"),
        _c("Amount", "As on the bill, with the currency.", "14,90 EUR", "120 EUR"),
        _c("Billing period", "How often that is charged.", "month", "year", PER),
        _c("Seats", "How many users or licences are paid.", "", ""),
        _c("Supplier", "Who charges it.", "Hoster GmbH", "Photo Inc."),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Recurring work", (
        _c("Task", "What is done again and again, one task a row.", "Example: Answer enquiries", "Example: Write invoices"),
        _c("Who", "Who does it mostly.", "Ben", "Ben"),
        _c("How often", "`daily`, `2x a week`, `90 a month`; choose or write.", "90 a month", "weekly", OFTEN),
        _c("How long", "Each time; a range where it varies: `10-15 min`.", "10-15 min", "2 h"),
        _c("Tools", "What it is done with, separated by commas.", "Outlook, Pipedrive", "Excel"),
        _c("Knowledge", "What one must know for it that not everybody knows.", "", "prices"),
        _c("For whom", "Who needs the result.", "Anna", ""),
        _c("Worth", "What one of it brings, if anything: money.", "", ""),
        _c("When it fails", "What happens when it goes wrong, and who notices.", "customer calls again", ""),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Reports", (
        _c("Report", "Every list or figure that is put together again and again.", "Example: Sales of the month", "Example: Open invoices"),
        _c("Who", "Who makes it.", "Anna", "Ben"),
        _c("How often", "`weekly`, `monthly`; choose or write.", "monthly", "weekly", OFTEN),
        _c("How long", "Each time.", "3 h", "30 min"),
        _c("Sources", "From where it is put together, separated by commas.", "Pipedrive, Excel, bank", "Excel"),
        _c("Who reads it", "Everybody who does something with it; `nobody` is an answer.", "Anna", "nobody"),
        _c("What is decided with it", "What you do differently because of it.", "prices", ""),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Hand-overs", (
        _c("From", "The tool or person that has it first.", "Example: Web form", "Example: Ben"),
        _c("To", "The tool or person that gets it.", "Pipedrive", "Tax adviser"),
        _c("What", "What is handed over.", "enquiry", "receipts"),
        _c("How", "On which way; choose or write.", "typed over by hand", "by mail", WAYS),
        _c("Who", "Who carries it over, if somebody does.", "Ben", "Ben"),
        _c("How often", "As for work.", "90 a month", "monthly", OFTEN),
        _c("How long", "Each time, if somebody does it.", "3 min", "1 h"),
        _c("Part of", "The task it belongs to, if its time is counted there already.", "Answer enquiries", ""),
        _c("When it fails", "What happens to what got lost.", "nobody notices", ""),
        _c("Owner", "Who looks after it.", "", "Anna"),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Who knows what", (
        _c("Topic", "Something that work depends on and that not everybody knows.", "Example: Prices", "Example: Payroll"),
        _c("Who", "Everybody who knows it well enough to do it alone.", "Anna", "Ben, Anna"),
        _c("Written down", "Where it is written down, if it is.", "", "folder on the drive"),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Suppliers", (
        _c("Supplier", "Everybody you have a contract with: software, agency, telephone, tax adviser.", "Example: Agency Blau", "Example: Pipedrive OÜ"),
        _c("Contract for", "The tool or service; as on the sheet of tools.", "Website", "Pipedrive"),
        _c("Renewal date", "When it runs on unless you give notice: 2027-03-31.", "2027-03-31", ""),
        _c("Notice period", "How long before that: `3 months`.", "3 months", "30 days"),
        _c("How to leave", "How you would get out, and what you would lose.", "files by FTP", "CSV"),
        _c("In whose name", "business, or a person's or agency's name.", "Agency Blau", "business"),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Data", (
        _c("Data", "What you keep: customers, offers, jobs, invoices, applicants.", "Example: Customers", "Example: Invoices"),
        _c("Kept in", "Every tool in which it stands, separated by commas.", "Pipedrive, Excel", "Lexware"),
        _c("Leading", "Where it is right when they differ.", "Pipedrive", "Lexware"),
        _c("Owner", "Who answers for it.", "Ben", ""),
        _c("Fields", "What is noted of each, separated by commas.", "name, address, phone", "number, amount, date"),
        _c("Personal data", "Whether it says something about people.", "yes", "no", YES),
        _c("Backup", "How often it is saved elsewhere.", "daily", "", OFTEN),
        _c("Backup to", "Where the copies are.", "USB disk", ""),
        _c("Restore tested", "When getting it back was last tried.", "", ""),
        _c("Notes", "Anything else.", "", ""),
    )),
    Form("Open questions", (
        _c("Question", "What has to be decided and isn't.", "Example: New CRM or the old one?", "Example: Who does payroll?"),
        _c("Options", "What could be chosen, separated by commas.", "keep, replace", "ourselves, adviser"),
        _c("Open since", "Since when: 2026-06.", "2026-06", ""),
        _c("Who decides", "Who has the last word.", "Anna", "Anna"),
        _c("What waits", "What can't go on until then.", "import of customers", ""),
        _c("Why not yet", "What it hangs on.", "no time", ""),
    )),
)  # fmt: skip
ROWS = 200
"""Rows of each sheet that have lists to choose from."""


def blank_workbook() -> bytes:
    """The form as an XLSX file; the same bytes every time."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    about = book.create_sheet("Read me")
    for number, line in enumerate(_ABOUT, 1):
        about.cell(number, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    about.column_dimensions["A"].width = 100
    about["A1"].font = Font(bold=True, size=14)
    grey, light = Font(italic=True, color="808080"), PatternFill("solid", fgColor="E8EEF2")
    for form in FORMS:
        sheet = book.create_sheet(form.sheet)
        sheet.freeze_panes = "B2"
        for number, column in enumerate(form.columns, 1):
            head = sheet.cell(1, number, column.heading)
            head.font, head.fill = Font(bold=True), light
            head.comment = Comment(column.remark, "Groma", width=280, height=90)
            for row, example in enumerate(column.examples, 2):
                if example:
                    plain_text(sheet.cell(row, number), example).font = grey
            longest = max(len(column.heading), *(len(example) for example in column.examples))
            sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 3, 12), 34)
            if column.choices:
                allowed: Any = DataValidation(
                    "list", formula1=f'"{",".join(column.choices)}"', allow_blank=True
                )
                allowed.showErrorMessage = False  # a hint, no rule: people may write what fits better
                allowed.add(f"{get_column_letter(number)}2:{get_column_letter(number)}{ROWS}")
                sheet.add_data_validation(allowed)
    buffer = io.BytesIO()
    book.save(buffer)
    return packed(buffer.getvalue(), "1980-01-01")


_ABOUT = (
    "How the company works today",
    "Fill in what you know, in your own words. What you don't know, leave empty: empty is never taken for zero.",
    "Grey rows are examples; they are left out when the file is read. Amounts and times as you would say them: 29 EUR/month, 10-15 min, 2x a week.",
    "The same name for the same thing on every sheet helps: Anna, Pipedrive. First names are enough.",
    "Sheets that don't fit can stay empty. You may add columns and sheets: they are looked at, and what isn't understood is told.",
    "Then: groma survey FOLDER (the folder with this file, and any CSV, workflow export or interview beside it).",
)


def plain_text(cell: Any, text: str) -> Any:
    """Writes text as text: what begins with `=`, `+`, `-` or `@` would else be run as a formula (OWASP, CSV injection)."""
    cell.value = text
    cell.data_type = "s"
    if text[:1] in "=+-@\t\r":
        cell.quotePrefix = True
    return cell


def packed(data: bytes, day: str) -> bytes:
    """An XLSX file with a fixed date in it and on its parts, so that the same content is the same bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{day}T00:00:00Z".encode(), content)
            after.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
