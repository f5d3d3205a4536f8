"""What words say of a tool: its kind, whom it is priced by, how long before the end a contract must be given notice."""

from __future__ import annotations

import re

from groma.importers.intake.amounts import money

_KINDS = (
    ("spreadsheet", re.compile(r"excel|spreadsheet|google sheets|tabelle|\bcalc\b|\.xlsx?\b", re.I)),
    ("mail", re.compile(r"outlook|\be-?mail\b|gmail|\bmail\b|postfach|thunderbird", re.I)),
    ("paper", re.compile(r"paper|papier|zettel|notebook|notizbuch|ordner|whiteboard", re.I)),
    ("phone", re.compile(r"phone|telefon|whatsapp|handy|\bsms\b", re.I)),
    ("domain", re.compile(r"\bdomain", re.I)),
    ("website", re.compile(r"website|webseite|wordpress|homepage", re.I)),
)


SHORT = re.compile(r"(?=.*\d)(?=.*[a-z])\w{3}")
"""A short name that still tells: letters and digits mixed, such as n8n."""


MAIL = frozenset({"email", "emails", "mail", "mails", "mailprogramm", "emailprogramm"})
"""What people call the one mail program they have."""


ALL_PER = {
    "month": "month",
    "year": "year",
    "quarter": "year",
    "week": "week",
    "day": "week",
    "hour": "h",
    "once": "once",
}


def kind_of(text: str) -> str | None:
    """`spreadsheet`, `mail`, `paper`, ... where a name or a stated kind says so."""
    return next((kind for kind, form in _KINDS if form.search(text)), None)


def notice_of(text: str) -> str | None:
    """`3 Monate zum Quartalsende`, `30 days`: the time alone."""
    match = re.search(r"(\d{1,3})\s*(tag|day|woche|week|wk|monat|month|mon|jahr|year)", text.lower())
    if match is None:
        return {
            "monatlich": "1 month",
            "monthly": "1 month",
            "jederzeit": "0 days",
            "any time": "0 days",
        }.get(text.strip().lower())
    unit = {"t": "day", "d": "day", "w": "week", "m": "month", "j": "year", "y": "year"}[match[2][0]]
    number = int(match[1])
    return f"{number} {unit}{'' if number == 1 else 's'}"


def currency_of(text: str) -> str:
    """The currency of an amount that says no more than that; empty if it is none."""
    told = money(f"1 {text}") if text else None
    return told.currency if told is not None else ""
