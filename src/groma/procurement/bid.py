"""A bid as it was read: answers, prices, the price of leaving, and everything that isn't as it was sent out.

Rows are found by their hidden keys, else by their numbers, so sorted or moved rows are read all the same. Numbers are
the saved values; sums are added up again. Nothing is guessed: what can't be read is no answer, and is told.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from groma.model.units import parse_unit
from groma.procurement.lines import over
from groma.procurement.opened import Cell, Sheet, open_workbook
from groma.procurement.request import Line, Request, Requirement
from groma.procurement.sheets import (
    ANSWERS,
    BIDDER,
    COVER,
    DATED,
    EXIT,
    FIRST,
    MARKS,
    PRICES,
    answer_cells,
    exit_rows,
    price_cells,
)

CENT = Fraction(1, 100)
LARGEST = 10**12
LONGEST_NAME = 80
WORDS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}

RemarkKind = Literal["changed", "missing", "extra", "sum", "unreadable", "deviation", "edition", "ask"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a bid that a person must know: what, and where it stands in the workbook."""

    kind: RemarkKind
    where: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bidder said to one requirement."""

    text: str
    where: str
    yes: bool | None = None
    number: float | None = None
    countries: tuple[str, ...] = ()
    evidence: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price for one of a line: firm where its ends are the same."""

    value: Fraction
    low: Fraction
    high: Fraction
    where: str

    @property
    def firm(self) -> bool:
        """Whether the bidder stands by one price."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid: `name` is unique among the bids of an evaluation and fit for a file name."""

    name: str
    bidder: str
    date: str
    answers: Mapping[str, Answer]
    """By key of the requirement."""
    prices: Mapping[str, Offer]
    """By key of the line."""
    leaving: Mapping[str, Offer]
    """By key of the row: `fee.12`, `help`."""
    remarks: tuple[Remark, ...]

    def price(self, request: Request) -> tuple[Fraction, Fraction, Fraction] | None:
        """Least, nominal and most that the bidder is paid over the contract; None where a price is missing."""
        ends = [Fraction(0)] * 3
        for line in request.asked:
            offer = self.prices.get(line.key)
            if offer is None:
                return None
            for nth, end in enumerate((offer.low, offer.value, offer.high)):
                ends[nth] += over(line, request.months, end)
        return ends[0], ends[1], ends[2]


@dataclass(slots=True)
class _Reading:
    """One workbook being read."""

    request: Request
    sheets: Mapping[str, Sheet]
    remarks: list[Remark] = field(default_factory=list[Remark])

    def remark(self, kind: RemarkKind, where: str, text: str, id: str = "") -> None:
        self.remarks.append(Remark(kind, where, text, id))

    def sheet(self, name: str) -> Sheet:
        if name not in self.sheets:
            self.remark("missing", name, f"the sheet {name} is gone")
        return self.sheets.get(name, {})


def read_bid(data: bytes, request: Request, name: str) -> Bid:
    """The bid in a workbook. Raises WorkbookError where it can't be read at all."""
    reading = _Reading(request, open_workbook(data))
    cover = reading.sheet(COVER)
    bidder = _text(_at(cover, BIDDER))[:LONGEST_NAME] or name
    date = _date(_at(cover, DATED))
    _edition(reading)
    answers = dict(_answers(reading))
    prices = dict(_prices(reading))
    leaving = dict(_leaving(reading))
    return Bid(name, bidder, date, answers, prices, leaving, tuple(reading.remarks))


def _edition(reading: _Reading) -> None:
    found = _text(reading.sheets.get(MARKS, {}).get((1, "B")))
    if found != reading.request.fingerprint:
        told = f"answers edition {found[:16]}" if found else "doesn't say which edition it answers"
        reading.remark(
            "edition",
            MARKS,
            f"the file {told}; this is edition {reading.request.fingerprint}: texts are compared row by row",
        )


def _rows(reading: _Reading, name: str, column: str, known: Mapping[str, str]) -> dict[str, int]:
    """Key -> row number of a sheet, by hidden key or visible number; what is gone, double or extra is told.

    `known` are the keys with their numbers.
    """
    sheet = reading.sheet(name)
    by_id = {id: key for key, id in known.items()}
    found: dict[str, int] = {}
    for row in sorted({row for row, _ in sheet if row >= FIRST}):
        key = _text(sheet.get((row, column)))
        key = key if key in known else by_id.get(_text(sheet.get((row, "A"))), "")
        if key == "" and _text(sheet.get((row, column))) == "sum":
            continue
        if key == "" or key in found:
            words = " ".join(_text(sheet.get((row, letter))) for letter in "ABC").strip()
            if words:
                what = "a row that wasn't sent out" if key == "" else f"{known[key]} a second time"
                reading.remark("extra", f"{name}, row {row}", f"{what}: {words[:160]}")
            continue
        found[key] = row
    if sheet:
        for key, id in known.items():
            if key not in found:
                reading.remark("missing", name, f"the row of {id} is gone", id)
    return found


def _answers(reading: _Reading) -> Iterator[tuple[str, Answer]]:
    asked = {each.key: each for each in reading.request.requirements}
    sheet = reading.sheets.get(ANSWERS, {})
    for key, row in _rows(reading, ANSWERS, "I", {k: r.id for k, r in asked.items()}).items():
        requirement = asked[key]
        where = f"{ANSWERS}, row {row}"
        _unchanged(reading, sheet, row, answer_cells(requirement), "ABCDE", where, requirement.id)
        cell = sheet.get((row, "F"))
        evidence, deviation = _text(sheet.get((row, "G"))), _text(sheet.get((row, "H")))
        if deviation:
            reading.remark("deviation", where, f"{requirement.id}: {deviation[:400]}", requirement.id)
        if cell is None:
            continue
        answer = _answer(reading, requirement, cell, where, evidence, deviation)
        if answer is not None:
            yield key, answer


def _answer(
    reading: _Reading, requirement: Requirement, cell: Cell, where: str, evidence: str, deviation: str
) -> Answer | None:
    text = _text(cell)
    if requirement.form == "yes or no":
        said = WORDS.get(text.lower())
        if said is None:
            return _unreadable(reading, requirement, where, text, "yes or no")
        return Answer("yes" if said else "no", where, yes=said, evidence=evidence, deviation=deviation)
    if requirement.form == "countries":
        codes = tuple(dict.fromkeys(re.findall(r"[A-Za-z]+", text.upper())))
        if not codes or any(len(code) != 2 and code not in ("EU", "EEA") for code in codes):
            return _unreadable(reading, requirement, where, text, "two-letter codes of countries")
        return Answer(", ".join(codes), where, countries=codes, evidence=evidence, deviation=deviation)
    if requirement.form == "number":
        number = _number(cell, requirement.unit)
        if number is None:
            return _unreadable(reading, requirement, where, text, f"a number in {requirement.unit}")
        shown = f"{float(number):.12g} {requirement.unit}".strip()
        return Answer(shown, where, number=float(number), evidence=evidence, deviation=deviation)
    return Answer(text, where, evidence=evidence, deviation=deviation) if text else None


def _unreadable(reading: _Reading, requirement: Requirement, where: str, text: str, expected: str) -> None:
    found = f"`{text[:60]}`" if text else "a formula without a saved value"
    reading.remark(
        "unreadable",
        f"{where}, column F",
        f"{requirement.id}: expected {expected}, found {found}: no answer",
        requirement.id,
    )


def _prices(reading: _Reading) -> Iterator[tuple[str, Offer]]:
    asked = {line.key: line for line in reading.request.asked}
    sheet = reading.sheets.get(PRICES, {})
    found: dict[str, Offer] = {}
    placed = _rows(reading, PRICES, "M", {k: line.id for k, line in asked.items()})
    for key, row in placed.items():
        line = asked[key]
        where = f"{PRICES}, row {row}"
        _unchanged(reading, sheet, row, price_cells(line), "ABC", where, line.id)
        quantity = _plain(sheet.get((row, "D")))
        if quantity is None or abs(quantity - line.quantity) > abs(line.quantity) * Fraction(1, 10**9):
            told = "no number" if quantity is None else f"{float(quantity):g}"
            reading.remark(
                "changed",
                f"{where}, column D",
                f"{line.id}: the quantity is {told}, asked is "
                f"{float(line.quantity):g}: the one that was asked counts",
                line.id,
            )
        offer = _offer(reading, sheet, row, ("F", "G", "H"), where, line.id)
        if offer is not None:
            found[key] = offer
    _sums(reading, sheet, placed, found)
    yield from found.items()


def _offer(
    reading: _Reading, sheet: Sheet, row: int, letters: tuple[str, ...], where: str, id: str
) -> Offer | None:
    ends: list[Fraction | None] = []
    for letter in letters:
        cell = sheet.get((row, letter))
        number = None if cell is None else _plain(cell)
        if cell is not None and (number is None or number < 0):
            reading.remark(
                "unreadable",
                f"{where}, column {letter}",
                f"{id}: expected a price of zero or more, found `{_text(cell)[:60]}`: no price",
                id,
            )
            return None
        ends.append(number)
    value, low, high = (*ends, None, None)[:3]
    if value is None and low is not None and high is not None:
        value = (low + high) / 2
    if value is None:
        return None
    low, high = value if low is None else low, value if high is None else high
    if not low <= value <= high:
        reading.remark(
            "unreadable", where, f"{id}: the price isn't between its least and its most: no price", id
        )
        return None
    return Offer(value, low, high, where)


def _sums(reading: _Reading, sheet: Sheet, placed: Mapping[str, int], found: Mapping[str, Offer]) -> None:
    """Sums that stand on the sheet beside those that come out: a bidder's slip, told and put right."""
    months = reading.request.months
    lines = {line.key: line for line in reading.request.asked}
    totals = {"I": Fraction(0), "J": Fraction(0), "K": Fraction(0)}
    for key, offer in found.items():
        line, row = lines[key], placed[key]
        own = _parts(line, offer, months)
        for letter in "IJK":
            totals[letter] += own[letter]
            _compare(
                reading,
                sheet.get((row, letter)),
                own[letter],
                f"{PRICES}, row {row}, column {letter}",
                line.id,
            )
    row = next((row for row, letter in sheet if letter == "M" and _text(sheet[row, "M"]) == "sum"), None)
    if row is not None and len(found) == len(lines):
        for letter in "IJK":
            _compare(
                reading,
                sheet.get((row, letter)),
                totals[letter],
                f"{PRICES}, row {row}, column {letter}",
                "sum",
            )


def _parts(line: Line, offer: Offer, months: int) -> dict[str, Fraction]:
    one = offer.value * line.quantity
    once, monthly = (one, Fraction(0)) if line.per == "once" else (Fraction(0), one)
    return {"I": once, "J": monthly, "K": once + monthly * months}


def _compare(reading: _Reading, cell: Cell | None, right: Fraction, where: str, id: str) -> None:
    said = None if cell is None else _plain(cell)
    if said is not None and abs(said - right) > CENT:
        typed = "" if cell is None or cell.formula else ", typed in the place of the formula"
        what = "the sum" if id == "sum" else id
        reading.remark(
            "sum",
            where,
            f"{what}: the sheet says {_money(said)}{typed}; it comes to {_money(right)}, which counts",
            "" if id == "sum" else id,
        )


def _leaving(reading: _Reading) -> Iterator[tuple[str, Offer]]:
    asked = {row.key: row for row in exit_rows(reading.request)}
    sheet = reading.sheets.get(EXIT, {})
    for key, row in _rows(reading, EXIT, "E", {k: r.id for k, r in asked.items()}).items():
        where = f"{EXIT}, row {row}"
        _unchanged(reading, sheet, row, (asked[key].id, asked[key].text), "AB", where, asked[key].id)
        offer = _offer(reading, sheet, row, ("C",), where, asked[key].id)
        if offer is not None:
            yield key, offer


def _unchanged(
    reading: _Reading, sheet: Sheet, row: int, sent: tuple[str, ...], letters: str, where: str, id: str
) -> None:
    for letter, text in zip(letters, sent, strict=True):
        found = _text(sheet.get((row, letter)))
        if _told(found) != _told(text):
            reading.remark(
                "changed",
                f"{where}, column {letter}",
                f"{id}: the text was changed to `{found[:200]}`; what was sent out counts",
                id,
            )


def _told(text: str) -> str:
    return " ".join(text.split())


def _at(sheet: Sheet, name: str) -> Cell | None:
    return sheet.get((int(name[1:]), name[0]))


def _text(cell: Cell | None) -> str:
    if cell is None or cell.value is None:
        return ""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "".join(c for c in str(value).strip() if c.isprintable() or c in "\n\t")


def _date(cell: Cell | None) -> str:
    if cell is not None and isinstance(cell.value, datetime.datetime | datetime.date):
        return cell.value.strftime("%Y-%m-%d")
    found = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", _text(cell))
    return found[0] if found else ""


def _plain(cell: Cell | None) -> Fraction | None:
    """A cell as an exact number, as it is shown by a spreadsheet (fifteen digits)."""
    if cell is None or isinstance(cell.value, bool):
        return None
    value = cell.value
    if isinstance(value, int):
        return Fraction(value) if abs(value) <= LARGEST else None
    if isinstance(value, float):
        return Fraction(Decimal(f"{value:.15g}")) if math.isfinite(value) and abs(value) <= LARGEST else None
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,13}(\.\d{1,12})?\s*", value):
        try:
            return Fraction(Decimal(value.strip()))
        except InvalidOperation:
            return None
    return None


def _number(cell: Cell, unit: str) -> Fraction | None:
    """A number in `unit`: a cell shown in percent counts as such; text may carry the unit, or another of its kind."""
    plain = _plain(cell)
    if plain is not None:
        number = plain * 100 if cell.percent and unit == "%" else plain
        return number if number >= 0 else None
    text = _text(cell)
    found = re.fullmatch(r"(\d{1,13}(?:\.\d{1,12})?)\s*(\S{1,20})", text)
    if found is None:
        return None
    try:
        given, wanted = parse_unit(found[2]), parse_unit(unit)
    except ValueError:
        return None
    if given.dimension != wanted.dimension or given.currency != wanted.currency:
        return None
    return Fraction(found[1]) * Fraction(given.factor) / Fraction(wanted.factor)


def _money(amount: Fraction) -> str:
    return f"{float(amount):,.2f}"
