"""Writes the workbook of the example company: `python tools/company_workbook.py examples/company/raw/lindner.xlsx`.

Messy on purpose, as such files are: first names and initials, prices in three spellings, a merged heading, a total, a
column of remarks, a formula. The other raw files beside it were written by hand. Everything in it is invented.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from groma.importers.intake.blank import packed

DAY = "2026-11-20"

PEOPLE = (
    ("Name", "Short", "Role", "h/week", "Cost per hour", "Remarks"),
    ("Jana Lindner", "JL", "founder: sells, prices, decides", 45, "85 €/h", "what an hour sold brings"),
    ("Mia Berg", "MB", "office: post, invoices", 30, "32 €/h", ""),
    ("Petra Sommer", "PS", "office: quotes, receipts", 30, "32 €/h", "mornings only"),
    ("Tom Krüger", "TK", "planner: who goes where and when", 38, "38 €/h", ""),
    ("Ali Demir", "AD", "installer", 38, "36 €/h", ""),
    ("Ben Hoffmann", "BH", "installer", 38, "36 €/h", ""),
    ("Chris Vogt", "CV", "installer", 38, "36 €/h", "leaves in spring?"),
    ("Dirk Lange", "DL", "installer", 38, "36 €/h", ""),
)
TOOLS = (
    ("Tool", "What for", "Also called", "Price", "Seats", "Used by", "Supplier", "Owner", "Admin", "Registered to", "Export", "Notes"),
    ("Microsoft 365", "mail, calendar, files", "MSFT, Outlook, Word", "11,70 € pro Nutzer/Monat", 10, "all", "Microsoft", "Petra", "Jana", "business", "mail as PST, files as they are", "two accounts of people who left"),
    ("Enquiry list (Excel)", "enquiries", "", "free", "", "Mia, Petra", "", "Mia", "", "", "it is a file", ""),
    ("Price list (Excel)", "prices", "Preisliste", "free", "", "Jana", "", "Jana", "", "", "", "only Jana understands the formulas"),
    ("Pipedrive", "customers, quotes", "", "?", 5, "Jana, Petra", "Pipedrive OÜ", "Jana", "Jana", "business", "CSV", ""),
    ("HubSpot", "customers", "", "see card", 3, "Mia", "HubSpot Ireland", "", "Mia", "business", "", "trial that went on"),
    ("Planning board (Excel)", "planning", "", "free", "", "Tom, Ali, Ben, Chris, Dirk", "", "Tom", "", "", "it is a file", "overwritten in August"),
    ("Lexware Office", "invoices, receipts", "HAUFE-LEXWARE", "", "", "MB, PS, JL", "Haufe-Lexware", "Mia", "JL", "business", "DATEV, CSV", ""),
    ("Book of accounts (Excel)", "bookkeeping", "", "free", "", "Jana", "", "Jana", "", "", "", ""),
    ("Dropbox", "files", "", "", 3, "Tom", "Dropbox", "", "Tom", "Tom Krüger", "", "photos of building sites"),
    ("Website (WordPress)", "website", "", "", "", "", "Agentur Pixelhof", "", "Agentur Pixelhof", "Agentur Pixelhof", "", ""),
    ("Domain lindner-waermepumpen.example", "website", "", "", "", "", "Agentur Pixelhof", "", "Agentur Pixelhof", "Agentur Pixelhof", "", "is in the agency's name??"),
    ("n8n", "forms", "", "", "", "", "n8n", "", "Agentur Pixelhof", "Agentur Pixelhof", "", "nobody here can sign in"),
    ("WhatsApp group", "planning", "", "free", "", "all", "", "", "", "", "", ""),
    ("Wholesaler's portal", "material", "Großhandel", "free", "", "Tom", "Wholesaler", "Tom", "Tom, Jana", "business", "order history as PDF", ""),
)  # fmt: skip
KNOWLEDGE = (
    ("Topic", "Jana", "Mia", "Petra", "Tom", "Ali", "Ben", "Chris", "Dirk"),
    ("pricing", "x", "", "(x)", "", "", "", "", ""),
    ("sizing", "x", "", "", "x", "", "", "", ""),
    ("bookkeeping", "x", "", "", "", "", "", "", ""),
    ("figures", "x", "", "", "", "", "", "", ""),
    ("invoicing", "", "x", "x", "", "", "", "", ""),
    ("planning", "", "", "", "x", "x", "", "", ""),
    ("subsidies", "", "", "x", "", "", "", "", ""),
    ("commissioning", "", "", "", "", "x", "x", "", "x"),
)
HANDOVERS = (
    ("From", "To", "What", "How", "Who", "How often", "How long", "Part of", "When it fails", "Notes"),
    ("Outlook", "Enquiry list", "enquiry", "typed off the mail", "Mia", "90/month", "3 min", "Answer enquiry", "customer calls again", ""),
    ("Enquiry list", "Pipedrive", "customer", "typed again", "Petra", "34 im Monat", "ca. 6 min", "", "", "names differ in both"),
    ("Pipedrive", "HubSpot", "customer", "export as CSV and import", "MB", "monatlich", "1,5 h", "", "nobody notices", "for the newsletter"),
    ("Jana", "Petra", "quote", "told or on paper", "Jana", "34/month", "", "Price the quote", "", ""),
    ("Pipedrive", "Planning board (Excel)", "job", "typed again", "Tom", "42/month", "5 min", "Plan the job", "job is forgotten", "happened in May and in August"),
    ("Installers", "Lexware", "job sheet", "paper, then typed", "Mia", "42/month", "", "Write the invoice", "sheet gets wet or lost", ""),
    ("Lexware Office", "Book of accounts (Excel)", "booking", "typed from invoice to book", "Jana", "2x pro Woche", "45 min", "", "", ""),
    ("Lexware Office", "Tax adviser", "booking", "by mail, PDF", "Petra", "quarterly", "2 h", "", "", ""),
)  # fmt: skip
CONTRACTS = (
    ("Supplier", "Contract for", "Renewal date", "Notice", "How to leave", "In whose name", "Country"),
    ("Pipedrive OÜ", "Pipedrive", "15.01.2027", "30 Tage", "CSV, notes are lost", "business", "EE"),
    ("HubSpot Ireland", "HubSpot", "2026-12-31", "1 month", "", "business", "IE"),
    ("Agentur Pixelhof", "Website", "31/12/2026", "3 Monate zum Jahresende", "?", "Agentur Pixelhof", "DE"),
    ("Haufe-Lexware", "Lexware Office", "jederzeit", "monatlich", "DATEV, CSV", "business", "DE"),
)
RECORDS = (
    ("Data", "Kept in", "Leading", "Owner", "Fields", "Personal", "Backup", "Backup to", "Restore tested"),
    ("Enquiries", "Outlook, Enquiry list", "", "Mia", "name, address, phone, mail, house", "yes", "", "", ""),
    ("Customers", "Pipedrive, HubSpot, Enquiry list, Lexware", "", "", "name, address, phone, heating, roof", "yes", "", "", ""),
    ("Quotes", "Pipedrive, Price list", "Pipedrive", "Jana", "number, customer, amount", "yes", "", "", ""),
    ("Jobs", "Planning board, Pipedrive", "", "Tom", "customer, day, installers, material", "ja", "weekly", "Dropbox", ""),
    ("Job sheets", "", "", "Tom", "customer, hours, material, signature", "ja", "", "", ""),
    ("Bookings", "Lexware, Book of accounts", "Book of accounts", "Jana", "invoice, amount, day", "no", "daily", "Microsoft 365", "03/2025"),
    ("Photos of sites", "Dropbox, WhatsApp group", "", "", "customer, picture", "yes", "", "", ""),
)  # fmt: skip
QUESTIONS = (
    ("Question", "Options", "Open since", "Who decides", "What waits", "Why not yet"),
    ("One CRM or two?", "Pipedrive, HubSpot", "März 2026", "Jana", "Customers", "no time to compare"),
    ("Who prices when Jana is away?", "Petra from a list, nobody", "2025-11", "Jana", "Price the quote", ""),
    (
        "New planning tool?",
        "keep Excel, planning board on the web",
        "2026-08",
        "",
        "Plan the job",
        "Tom likes his Excel",
    ),
)


def workbook() -> bytes:
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    sheets: tuple[tuple[str, tuple[tuple[Any, ...], ...]], ...] = (
        ("People", PEOPLE), ("Tools", TOOLS), ("Who knows what", KNOWLEDGE), ("Hand-overs", HANDOVERS),
        ("Contracts", CONTRACTS), ("Records", RECORDS), ("Open points", QUESTIONS),
    )  # fmt: skip
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        if name == "Tools":
            sheet.append(("What we use (as far as I know, Jana, November)",))
            sheet.merge_cells("A1:F1")
            sheet.append(())
        for row in rows:
            sheet.append(tuple(value if value != "" else None for value in row))
        for cell in sheet[3 if name == "Tools" else 1]:
            cell.font = Font(bold=True)
        if name == "People":
            sheet.append(("Total", None, None, "=SUM(D2:D9)"))
    buffer = io.BytesIO()
    book.save(buffer)
    return packed(buffer.getvalue(), DAY)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(workbook())
