"""Whatever stands in the cells: a model that loads, or mistakes in words."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.importers.intake import IntakeError, answered, interview_text, read_folder
from groma.importers.intake.blank import FORMS
from groma.importers.intake.interview import read_markdown, read_yaml
from groma.model.load import loads

PLAUSIBLE = st.sampled_from(
    ["Anna", "Ben Kurz", "AB", "all", "?", "nobody", "CRM", "Excel", "Outlook, CRM", "29 EUR/month", "$5/user/mo", "free", "2x a week", "daily",
     "10-15 min", "1.200", "2027-01-31", "31/12/2026", "3 months", "yes", "x", "Total", "typed by hand", "prices, invoices", "Customers", "office",
     "Example: Z", "-5", "=1+1", "<b>x</b>", "a" * 100, "ä ß ø", "１２", "0", "99999999999 EUR/month", "1e9", "٣", "²", "½ h", "0 min", "0x a week"]
)  # fmt: skip
CELL = PLAUSIBLE | st.text(max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    form = draw(st.sampled_from(FORMS))
    width = len(form.columns)
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5))
    return [[column.heading for column in form.columns], *rows]


def as_csv(table: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8", "surrogatepass")


@settings(max_examples=60)
@given(
    st.lists(tables(), min_size=1, max_size=4),
    st.dictionaries(
        st.sampled_from(["growth", "exchange.USD", "problem", "date", "currency", "system"]), CELL
    ),
)
def test_any_cells_make_a_model_that_loads_or_mistakes_in_words(
    given_tables: list[list[list[str]]], answers: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, table in enumerate(given_tables):
            (folder / f"{number}.csv").write_bytes(as_csv(table))
        try:
            intake = read_folder(folder)
        except IntakeError as error:
            if "makes no model" in str(error):
                raise
            return
    loads(intake.text)
    assert all(
        f"{path.split('.')[0]}:" in intake.text for path in intake.origins if path.split(".")[0] != "facts"
    )
    said = {gap.key: answers.get("growth", "x") for gap in intake.gaps[:6]}
    loads(answered(intake, {**answers, **said}).text)


@settings(max_examples=60)
@given(
    st.text(max_size=200),
    st.dictionaries(
        st.sampled_from(["growth", "people.x.rate", "problem"]), st.text(max_size=30), min_size=1
    ),
)
def test_any_interview_is_read_or_refused_and_what_is_written_back_can_be_read(
    before: str, answers: dict[str, str]
) -> None:
    from groma.importers.intake.interview import written_back

    for markdown, reader in ((True, read_markdown), (False, read_yaml)):
        try:
            told, _, _ = reader(before, "i")
        except IntakeError:
            continue
        text = written_back(before or None, markdown, answers, ())
        try:
            again, _, _ = reader(text, "i")
        except IntakeError:
            pytest.fail(f"can't be read again: {text!r}")
        assert told.keys() <= again.keys()


def test_an_interview_can_be_written_for_any_intake(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('Tool,Price,Used by\n"CRM # <!-- x -->: {",20 USD/month,Jana\n')
    intake = read_folder(tmp_path)
    for markdown, reader in ((True, read_markdown), (False, read_yaml)):
        assert reader(interview_text(intake, markdown=markdown), "i")[0] == {}
