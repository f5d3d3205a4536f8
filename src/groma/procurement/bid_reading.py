"""The workbook that a bidder sent back, read into a bid.

Rows are found by their hidden keys, else by their numbers, so sorted or moved rows are read all the same. Numbers are
the saved values; sums are added up again. Nothing is guessed: what can't be read is no answer, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from groma.procurement.bid import Answer, Bid, Offer, Remark, RemarkKind
from groma.procurement.cells import amount_of, cell_at, date_of, number_of, text_of
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
LONGEST_NAME = 80
WORDS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


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
    bidder = text_of(cell_at(cover, BIDDER))[:LONGEST_NAME] or name
    date = date_of(cell_at(cover, DATED))
    _edition(reading)
    answers = dict(_answers(reading))
    prices = dict(_prices(reading))
    leaving = dict(_leaving(reading))
    return Bid(name, bidder, date, answers, prices, leaving, tuple(reading.remarks))


def _edition(reading: _Reading) -> None:
    found = text_of(reading.sheets.get(MARKS, {}).get((1, "B")))
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
        key = text_of(sheet.get((row, column)))
        key = key if key in known else by_id.get(text_of(sheet.get((row, "A"))), "")
        if key == "" and text_of(sheet.get((row, column))) == "sum":
            continue
        if key == "" or key in found:
            words = " ".join(text_of(sheet.get((row, letter))) for letter in "ABC").strip()
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
        evidence, deviation = text_of(sheet.get((row, "G"))), text_of(sheet.get((row, "H")))
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
    text = text_of(cell)
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
        number = amount_of(cell, requirement.unit)
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
        quantity = number_of(sheet.get((row, "D")))
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
        number = None if cell is None else number_of(cell)
        if cell is not None and (number is None or number < 0):
            reading.remark(
                "unreadable",
                f"{where}, column {letter}",
                f"{id}: expected a price of zero or more, found `{text_of(cell)[:60]}`: no price",
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
    row = next((row for row, letter in sheet if letter == "M" and text_of(sheet[row, "M"]) == "sum"), None)
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
    said = None if cell is None else number_of(cell)
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
        found = text_of(sheet.get((row, letter)))
        if _told(found) != _told(text):
            reading.remark(
                "changed",
                f"{where}, column {letter}",
                f"{id}: the text was changed to `{found[:200]}`; what was sent out counts",
                id,
            )


def _told(text: str) -> str:
    return " ".join(text.split())


def _money(amount: Fraction) -> str:
    return f"{float(amount):,.2f}"
