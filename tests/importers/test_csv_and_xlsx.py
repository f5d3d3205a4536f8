"""Tables in the forms in which programs leave them."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.importers.intake import IntakeError
from groma.importers.intake.csv_file import MOST_ROWS, read_csv
from groma.importers.intake.entries import entries_of
from groma.importers.intake.xlsx_file import read_xlsx
from importers.folders import reading, said, workbook

TABLE = [["Tool", "Preis", "Genutzt von"], ["Büro+", "29,50 €", "Jörg"], ["Zwei\nZeilen", "1", ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_table(encoding: str, delimiter: str) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in TABLE]
    sheet, _ = read_csv("\r\n".join(lines).encode(encoding), "t.csv")
    assert sheet.rows[1] == (2, ("Büro+", "29,50 €", "Jörg"))
    assert sheet.rows[2][1][0] == "Zwei; Zeilen"


def test_windows_text_is_told_and_a_stated_delimiter_decides() -> None:
    _, notes = read_csv("Tool;Preis\nBüro;1".encode("cp1252"), "t.csv")
    assert "Windows-1252" in str(notes[0])
    sheet, _ = read_csv(b"sep=|\nTool|Price;x\na|1;2\n", "t.csv")
    assert sheet.rows == ((2, ("Tool", "Price;x")), (3, ("a", "1;2")))


def test_more_rows_than_are_read_are_told() -> None:
    sheet, notes = read_csv(("Tool,Price\n" + "a,1\n" * (MOST_ROWS + 5)).encode(), "t.csv")
    assert len(sheet.rows) == MOST_ROWS
    assert "were not read" in str(notes[0])


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_mistake_with_a_place(data: bytes) -> None:
    said = ""
    try:
        sheet, notes = read_csv(data, "t.csv")
    except IntakeError as error:
        said = str(error)
    else:
        numbers = [number for number, _ in sheet.rows]
        assert numbers == sorted(set(numbers)) and all(any(cells) for _, cells in sheet.rows)
        assert len(entries_of(sheet, notes)) <= len(numbers)
    assert not said or said.startswith("t.csv")


def test_a_workbook_is_read_by_value_with_units_of_its_formats() -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Tools"
    sheet.append(["Tool", "Price", "Renews", "Seats", "Notes"])
    sheet.append(["CRM", 29.5, datetime.date(2027, 1, 31), 5, "=1+1"])
    sheet["B2"].number_format = '#,##0.00 "€"'
    buffer = io.BytesIO()
    book.save(buffer)
    sheets, _ = read_xlsx(buffer.getvalue(), "t.xlsx")
    assert sheets[0].rows[1][1] == ("CRM", "29.5 €", "2027-01-31", "5")  # the formula has no value yet


def test_cells_merged_downwards_are_said_in_each_row_and_merged_headings_are_no_entries(
    tmp_path: Path,
) -> None:
    rows = [
        ["Tool", "Purpose", "Used by"],
        ["Office"],
        ["Mail", "post", "Mia"],
        ["Drive", None, "Mia"],
        [],
        ["Total", None, None],
    ]
    data = workbook(("Tools", rows), merged={"Tools": ["A2:C2", "B3:B4"]})
    intake, model = reading(tmp_path, a_xlsx=data)
    assert sorted(model.components) == ["drive", "mail"]
    assert model.components["drive"].functions == ("post",)
    assert "`Office` heads the rows below it" in said(intake)
    assert "`Total` is a total" in said(intake)


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/workbook.xml", "<workbook/>")
        pack.writestr("xl/worksheets/sheet1.xml", b"\0" * size)
    return buffer.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    whole = io.BytesIO(workbook(("S", [["Tool", "Price"], ["a", 1]])))
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for each in before.namelist():
            if each != name:
                after.writestr(each, before.read(each))
        after.writestr(name, content)
    return buffer.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]><a>&l2;</a>'


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (bomb(300_000_000), "unpacks to 300 MB"),
        (bomb(20_000_000), "times its size"),
        (with_part("xl/sharedStrings.xml", LAUGHS), "document type declaration"),
        (with_part("xl/sharedStrings.xml", LAUGHS.decode().encode("utf-16")), "document type declaration"),
        (b"PK\x03\x04 not really", "no ZIP archive"),
        (b"", "no ZIP archive"),
    ],
    ids=["large", "dense", "laughs", "laughs in utf-16", "no zip", "empty"],
)
def test_bombs_are_refused_before_they_are_opened(data: bytes, found: str) -> None:
    with pytest.raises(IntakeError, match=found) as caught:
        read_xlsx(data, "b.xlsx")
    assert str(caught.value).startswith("b.xlsx: expected an Excel workbook, found ")


def test_a_sheet_that_claims_a_million_rows_is_read_as_far_as_it_goes() -> None:
    cell = b'<c r="A1048576" t="inlineStr"><is><t>far</t></is></c>'
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Tool</t></is></c></row><row r="1048576">'
        + cell
        + b"</row></sheetData></worksheet>"
    )
    sheets, _ = read_xlsx(with_part("xl/worksheets/sheet1.xml", xml), "m.xlsx")
    assert sheets[0].rows == ((1, ("Tool",)),)


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=30))
def test_a_damaged_workbook_is_read_or_refused_in_words(at: int, damage: bytes) -> None:
    data = workbook(("S", [["Tool", "Price"], ["a", 1]]))
    broken = data[:at] + damage + data[at + len(damage) :]
    said = ""
    try:
        sheets, _ = read_xlsx(broken, "b.xlsx")
    except IntakeError as error:
        said = str(error)
    else:
        assert [sheet.rows for sheet in sheets] == [((1, ("Tool", "Price")), (2, ("a", "1")))]
    assert not said or said.startswith("b.xlsx")
