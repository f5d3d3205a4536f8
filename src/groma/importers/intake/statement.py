"""Charges of a card or bank statement to what a tool costs: how often it is charged and how much lately.

A payee that was charged once, or in no rhythm, is not taken for a subscription unless it is a tool that was listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median

from groma.importers.intake.amounts import Money, money
from groma.importers.intake.cells import Entry
from groma.importers.intake.dates import day_first, ordinal, read_date
from groma.importers.intake.draft import Draft
from groma.importers.intake.names import folded
from groma.importers.intake.numbers import Spread, written
from groma.importers.intake.tools import Tools

RHYTHMS = (("week", 6, 8), ("month", 26, 35), ("quarter", 80, 100), ("year", 350, 380))
"""Days between two charges that make a rhythm."""
DRIFT = Decimal("1.15")
"""Charges that differ by less are one price that moves (an exchange rate); by more, a new price."""


@dataclass(frozen=True, slots=True)
class Charge:
    day: int
    date: str
    amount: Decimal
    currency: str
    entry: Entry


def read_statement(entries: Sequence[Entry], tools: Tools, draft: Draft) -> None:
    """Prices of tools from the lines of statements, all of a payee together."""
    charges = _charges(entries, draft)
    for payee in sorted(charges, key=lambda key: charges[key][0].entry.at):
        _payee(charges[payee], tools, draft)


def _charges(entries: Sequence[Entry], draft: Draft) -> dict[str, list[Charge]]:
    first = day_first([entry.text("date") for entry in entries])
    found: dict[str, list[Charge]] = {}
    told: list[tuple[Entry, Money, str]] = []
    for entry in entries:
        text = entry.text("price")
        amount = money(re.sub(r"^\s*[-−–+]|(?<=\d)\s*[-−]$|\b[SH]$", "", text)) if text else None
        date = read_date(entry.text("date"), day_first=first)
        if amount is None or date is None or len(date[0]) != 10 or not entry.text("payee"):
            draft.note(entry.at, "left out: expected a date, a payee and an amount")
            continue
        if date[1]:
            draft.note(
                entry.origin("date"),
                f"`{entry.text('date')}` could begin with day or month: read as {date[0]}",
            )
        told.append((entry, amount, date[0]))
    negative = sum(1 for entry, _, _ in told if _is_negative(entry.text("price")))
    spent = negative * 2 > len(told)
    for entry, amount, date in told:
        if _is_negative(entry.text("price")) != spent:
            draft.note(entry.at, f"left out: money that came back ({entry.text('price')})")
            continue
        currency = (
            amount.currency
            or {"€": "EUR", "$": "USD"}.get(entry.text("currency"), entry.text("currency").upper()[:3])
            or draft.currency
        )
        if not re.fullmatch(r"[A-Z]{3}", currency):
            currency = draft.currency
        day = ordinal(date)
        assert day is not None
        key = _payee_key(entry.text("payee"))
        found.setdefault(key, []).append(Charge(day, date, amount.amount.low, currency, entry))
    for charges in found.values():
        charges.sort(key=lambda charge: (charge.day, charge.entry.at))
    return found


def _is_negative(text: str) -> bool:
    return re.match(r"\s*[-−–]", text) is not None or re.search(r"\d\s*[-−S]$", text.strip()) is not None


def _payee_key(text: str) -> str:
    """A payee without the numbers that change from charge to charge, and what follows a `*`."""
    bare = re.sub(r"\*.*$|\b\w*\d{3,}\w*\b|#\S+", " ", text)
    return folded(bare) or folded(text)


def _payee(charges: list[Charge], tools: Tools, draft: Draft) -> None:
    last = charges[-1]
    title = last.entry.text("payee")
    known = tools.known(title)
    if known is None and (said := last.entry.text("notes")):
        known = tools.known(said)
    period = _rhythm([charge.day for charge in charges])
    if period is None:
        times = f"{len(charges)} time{'s' * (len(charges) > 1)}"
        what = (
            f"charged {times} ({last.date}: {written(last.amount)} {last.currency}) in no rhythm that shows"
        )
        if known is None:
            draft.note(last.entry.at, f"left out: `{title}` was {what}, and is no tool that was listed")
        else:
            draft.note(last.entry.at, f"`{title}` was {what}: how long that pays for is left unknown")
        return
    if known is None:
        known = _named(title, last, tools)
    _price(charges, known, period, tools, draft)


def _named(title: str, last: Charge, tools: Tools) -> str:
    shown = re.sub(r"\*.*$|\b\w*\d{4,}\w*\b|[\d-]{5,}", " ", title).strip(" -,.") or title
    found = tools.meant(" ".join(shown.split())[:60], last.entry.at)
    return found if found is not None else tools.meant("Unnamed charge", last.entry.at) or ""


def _rhythm(days: list[int]) -> str | None:
    apart = [later - earlier for earlier, later in pairwise(days) if later > earlier]
    if not apart:
        return None
    usual = median(apart)
    for period, least, most in RHYTHMS:
        regular = sum(1 for gap in apart if least <= gap <= most)
        if least <= usual <= most and regular * 4 >= len(apart) * 3:
            return period
    return None


def _price(charges: list[Charge], name: str, period: str, tools: Tools, draft: Draft) -> None:
    last = charges[-1]
    ended = {"week": 14, "month": 62, "quarter": 190, "year": 760}[period]
    now = draft.dates.get("", "")
    today = ordinal(now) if len(now) == 10 else None
    if today is not None and today - last.day > ended:
        draft.note(
            last.entry.at,
            f"`{last.entry.text('payee')}` was last charged on {last.date}: counted although it may have ended",
        )
    lately = [last.amount]
    for charge in reversed(charges[:-1]):
        low, high = min([*lately, charge.amount]), max([*lately, charge.amount])
        if high > low * DRIFT or charge.currency != last.currency:
            draft.note(
                last.entry.at,
                f"{tools.titles[name]}: {written(charge.amount)} {charge.currency} until {charge.date}, "
                f"{written(last.amount)} {last.currency} now; the later price is used",
            )
            break
        lately.append(charge.amount)
    note = f"charged {len(charges)} times, each {period}"
    if min(lately) == max(lately):
        tools.priced(
            name,
            Money(Spread(last.amount, last.amount), last.currency, period),
            last.entry.origin("price"),
            last.date,
            note,
        )
        return
    tools.priced(
        name,
        Money(Spread(min(lately), max(lately)), last.currency, period),
        last.entry.origin("price"),
        last.date,
        note,
    )
