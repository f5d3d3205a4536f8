"""Workbooks read back: what was answered, what was changed, and whatever else somebody may send."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from groma.procurement import Bid, Request, WorkbookError, response_sheet
from groma.procurement.bid_reading import read_bid
from groma.procurement.opened import open_workbook
from groma.procurement.packed import packed
from groma.procurement.sheets import ANSWERS, EXIT, FIRST, PRICES


def filled(request: Request, change: Callable[[Any], None]) -> Bid:
    from openpyxl import load_workbook

    book: Any = load_workbook(io.BytesIO(response_sheet(request)))
    change(book)
    return read_bid(packed(book), request, "bid")


def row_of(request: Request, key: str) -> int:
    return next(row for row, each in enumerate(request.requirements, FIRST) if each.key == key)


def test_an_empty_sheet_is_no_answer_and_no_remark(request_: Request) -> None:
    sheet = response_sheet(request_)
    assert sheet == response_sheet(request_)
    bid = read_bid(sheet, request_, "x")
    assert (bid.answers, bid.prices, bid.leaving, bid.remarks) == ({}, {}, {}, ())
    assert bid.price(request_) is None


def test_protected_hidden_and_checked(request_: Request) -> None:
    from openpyxl import load_workbook

    book: Any = load_workbook(io.BytesIO(response_sheet(request_)))
    sheet = book[PRICES]
    assert sheet.protection.sheet and sheet["F5"].protection.locked is False and sheet["C5"].protection.locked
    assert sheet.column_dimensions["M"].hidden and book["_groma"].sheet_state == "hidden"
    assert (
        len(sheet.data_validations.dataValidation) == 1
        and len(book[ANSWERS].data_validations.dataValidation) == 2
    )
    assert sheet["K5"].value == "=I5+J5*$C$2"


@pytest.mark.parametrize("seed", range(4))
def test_what_was_filled_in_is_what_is_read(request_: Request, seed: int) -> None:
    chance = random.Random(seed)
    prices = {line.key: Fraction(chance.randrange(10**8), 100) for line in request_.asked}
    numbers = {r.key: chance.randrange(10**6) for r in request_.requirements if r.form == "number"}
    order = list(range(len(request_.asked)))
    chance.shuffle(order)

    def change(book: Any) -> None:
        sheet, answers = book[PRICES], book[ANSWERS]
        rows = [[sheet.cell(FIRST + n, c).value for c in range(1, 14)] for n in range(len(order))]
        for at, n in enumerate(order):  # a bidder sorted the rows
            for c, value in enumerate(rows[n], 1):
                sheet.cell(FIRST + at, c).value = None if c in (9, 10, 11) else value
            sheet[f"F{FIRST + at}"] = float(prices[request_.asked[n].key])
        for key, number in numbers.items():
            answers[f"F{row_of(request_, key)}"] = number

    bid = filled(request_, change)
    assert bid.remarks == ()
    assert {key: offer.value for key, offer in bid.prices.items()} == prices
    assert {k: a.number for k, a in bid.answers.items()} == {k: float(n) for k, n in numbers.items()}


@pytest.mark.parametrize(
    ("value", "form", "read"),
    [
        (99.97, "General", 99.97), (0.9997, "0.00%", 99.97), ("99.97 %", "General", 99.97), ("99.97", "General", 99.97),
        ("99,97", "General", None), ("about 99", "General", None), (-1, "General", None), (True, "General", None),
        ("=1/0", "General", None), (1e300, "General", None), ("4 h", "General", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(
    request_: Request, value: object, form: str, read: float | None
) -> None:
    key = "components.storage.fails.availability"

    def change(book: Any) -> None:
        cell = book[ANSWERS][f"F{row_of(request_, key)}"]
        cell.value, cell.number_format = value, form

    bid = filled(request_, change)
    if read is None:
        assert key not in bid.answers and [r.kind for r in bid.remarks] == ["unreadable"]
    else:
        assert bid.answers[key].number == pytest.approx(read) and not bid.remarks


def test_a_number_with_another_unit_of_its_kind(request_: Request) -> None:
    key = "components.hosts.fails.repaired_in"
    bid = filled(request_, lambda book: book[ANSWERS].__setitem__(f"F{row_of(request_, key)}", "2 days"))
    assert bid.answers[key].number == 48


def test_ranges_of_prices(request_: Request) -> None:
    def change(book: Any) -> None:
        book[PRICES]["F5"], book[PRICES]["G5"], book[PRICES]["H5"] = 100, 90, 120
        book[PRICES]["G6"], book[PRICES]["H6"] = 10, 20
        book[PRICES]["F7"], book[PRICES]["G7"] = 5, 6

    bid = filled(request_, change)
    first, second, third = (line.key for line in request_.asked[:3])
    assert (bid.prices[first].low, bid.prices[first].value, bid.prices[first].high) == (90, 100, 120)
    assert bid.prices[second].value == 15 and not bid.prices[second].firm
    assert third not in bid.prices and [r.kind for r in bid.remarks] == ["unreadable"]


def test_zero_is_a_price_and_nothing_is_none(request_: Request) -> None:
    bid = filled(request_, lambda book: book[PRICES].__setitem__("F5", 0))
    assert bid.prices[request_.asked[0].key].value == 0 and len(bid.prices) == 1


def test_what_was_changed_is_told(bids: dict[str, Bid], request_: Request) -> None:
    told = sorted((r.kind, r.id) for r in bids["hasty"].remarks)
    ids = {each.key: each.id for each in request_.requirements}
    assert told == sorted([
        ("extra", ""), ("missing", ids["data.processing"]), ("unreadable", ids["support.response"]),
        ("changed", ids["exit.deleted"]), ("sum", ""),
    ])  # fmt: skip
    assert not [r for r in bids["nordhaus"].remarks if r.kind != "ask"]


def test_quantities_sums_sheets_and_editions(request_: Request) -> None:
    def change(book: Any) -> None:
        book[PRICES]["D5"] = 3
        for row in range(FIRST, FIRST + len(request_.asked)):
            book[PRICES][f"F{row}"] = 100
        book[PRICES]["I5"] = 300
        del book[EXIT]
        book["_groma"]["B1"] = "another"

    told = [(r.kind, r.where) for r in filled(request_, change).remarks]
    assert ("changed", f"{PRICES}, row 5, column D") in told and ("sum", f"{PRICES}, row 5, column I") in told
    assert ("missing", EXIT) in told and "edition" in {kind for kind, _ in told}


def test_the_committed_bids_still_answer_what_is_asked(
    root: Any, request_: Request, bids: dict[str, Bid]
) -> None:
    for name, bid in bids.items():
        kept = read_bid((root / f"examples/two-sites/bids/{name}.xlsx").read_bytes(), request_, name)
        assert kept.prices == bid.prices and kept.answers == bid.answers, "run tools/example_bids.py"
        assert [r for r in kept.remarks if r.kind != "edition"] == list(bid.remarks)


def archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "isn't an XLSX"), (b"PK\x03\x04 nonsense", "isn't an XLSX"), (b"%PDF-1.7", "isn't an XLSX"),
        (archive({"a.xml": b"<a/>"}), "can't be read"), (b"x" * (10 * 2**20 + 1), "larger than 10 MiB"),
        (archive({"xl/a.xml": b" " * (41 * 2**20)}), "unpacked"),
        (archive({f"{n}.xml": b"" for n in range(501)}), "more than 500 parts"),
        (archive({"xl/vbaProject.bin": b"x"}), "macros"),
        (archive({"xl/a.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type"),
        (archive({"xl/a.xml": "<a/>".encode("utf-16")}), "UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_workbook(data: bytes, said: str) -> None:
    with pytest.raises(WorkbookError, match=said):
        open_workbook(data)


def test_broken_bytes_never_break_us(request_: Request) -> None:
    """Cells that still are read are those of the sheet; what can't be read is refused in words, and some are."""
    sheet, chance = response_sheet(request_), random.Random(7)
    whole, refused = read_bid(sheet, request_, "x"), 0
    for _ in range(150):
        broken = bytearray(sheet)
        for _ in range(chance.choice((1, 3, 40))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            found = read_bid(bytes(broken[: chance.choice((len(broken), len(broken) // 2))]), request_, "x")
        except WorkbookError:
            refused += 1
        else:
            assert found == whole
    assert 0 < refused < 150


def test_cells_far_away_and_words_that_look_like_formulas(request_: Request) -> None:
    def change(book: Any) -> None:
        book[ANSWERS]["XFD1048576"] = "far"
        book[ANSWERS][f"H{FIRST}"] = '=HYPERLINK("http://evil.example","x")'
        book["Read me"]["B6"] = "=cmd|' /C calc'!A0"

    with pytest.raises(WorkbookError, match="rows"):
        filled(request_, change)
