"""Dates, names and headings."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.importers.intake.blank import FORMS
from groma.importers.intake.dates import day_first, read_date
from groma.importers.intake.headings import TOPICS, recognise
from groma.importers.intake.names import folded, listed, one_apart, same, slug, within
from groma.model.grammar import NAME
from groma.model.spelling import distance

DATES = [
    ("31.12.2026", "2026-12-31"), ("1.2.26", "2026-02-01"), ("2026-10", "2026-10"), ("12/2026", "2026-12"), ("März 2026", "2026-03"),
    ("1. Dezember 2026", "2026-12-01"), ("15 Oct 2026", "2026-10-15"), ("Oct 15, 2026", "2026-10-15"), ("31/12/2026", "2026-12-31"),
    ("12/31/2026", "2026-12-31"), ("2026", "2026"), ("30.02.2026", None), ("soon", None), ("13/13/2026", None), ("32", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates_are_read_in_many_forms(text: str, expected: str | None) -> None:
    found = read_date(text)
    assert (found[0] if found else None) == expected


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)))
def test_every_day_is_read_back_in_every_form(day: datetime.date) -> None:
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d %B %Y", "%b %d, %Y", "%d/%m/%Y"):
        found = read_date(day.strftime(form))
        assert found is not None and found[0] == day.isoformat()


def test_a_column_says_whether_its_days_come_first_and_guesses_are_told() -> None:
    assert day_first(["03/04/2026", "25/04/2026"])
    assert not day_first(["03/04/2026", "04/25/2026"])
    assert read_date("03/04/2026") == ("2026-04-03", True)
    assert read_date("03/04/2026", day_first=False) == ("2026-03-04", True)
    assert read_date("25/04/2026") == ("2026-04-25", False)


@given(st.text(max_size=80))
def test_every_text_gives_a_name_of_the_language(text: str) -> None:
    assert NAME.fullmatch(slug(text, "thing"))


def test_only_spellings_that_are_surely_one_name_are_merged() -> None:
    assert folded("Haufe-Lexware GmbH & Co. KG") == folded("haufe lexware")
    assert same(folded("Pipedrive"), folded("Pipedirve"))
    assert not same(folded("Miro"), folded("Mira"))
    assert not same(folded("Microsoft 365"), folded("Microsoft 366"))
    assert within("Pipedrive", "PIPEDRIVE INC TALLINN")
    assert not within("Word", "WordPress")


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_one_letter_apart_is_a_distance_of_one(left: str, right: str) -> None:
    assert one_apart(left, right) == (distance(left, right) == 1)


def test_a_list_in_a_cell_is_split_where_people_split_it() -> None:
    assert listed("Anna, Ben und Cem; Dora / Emil") == ["Anna", "Ben", "Cem", "Dora", "Emil"]
    assert listed("Enquiry list (Excel)") == ["Enquiry list (Excel)"]


GERMAN = {
    "tools": ("Programm", "Zweck", "Preis", "Lizenzen", "Genutzt von"),
    "people": ("Mitarbeiter", "Rolle", "Wochenstunden", "Stundensatz"),
    "subscriptions": ("Abo", "Kosten pro Monat", "Anbieter"),
    "statement": ("Buchungstag", "Empfänger", "Betrag"),
    "work": ("Aufgabe", "Wer", "Wie oft", "Wie lange", "Womit"),
    "diary": ("Datum", "Wer", "Tätigkeit", "Anzahl", "Dauer"),
    "reports": ("Bericht", "Wer", "Wie oft", "Quellen", "Empfänger"),
    "handovers": ("Von", "Nach", "Daten", "Wie", "Wer"),
    "knowledge": ("Thema", "Wer weiß es"),
    "suppliers": ("Anbieter", "Vertrag", "Kündigungsfrist", "Vertrag bis"),
    "data": ("Datenart", "Liegt in", "Verantwortlich", "Personenbezogen"),
    "decisions": ("Entscheidung", "Optionen", "Offen seit"),
    "volumes": ("Menge", "pro Monat", "Quelle"),
}


@pytest.mark.parametrize("topic", sorted(GERMAN))
def test_german_headings_are_recognised_whatever_the_file_is_called(topic: str) -> None:
    found = recognise(GERMAN[topic], "Mappe1.xlsx")
    assert found is not None and found.topic.name == topic
    assert len(found.columns) == len(GERMAN[topic])


def test_there_is_a_german_example_of_each_topic() -> None:
    assert set(GERMAN) == {topic.name for topic in TOPICS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.sheet)
def test_every_heading_of_the_blank_form_is_recognised_even_on_a_sheet_of_another_name(form) -> None:  # type: ignore[no-untyped-def]
    headings = tuple(column.heading for column in form.columns)
    found = recognise(headings, form.sheet)
    assert found is not None and len(found.columns) == len(headings)


def test_a_heading_with_a_slip_is_read_and_told() -> None:
    found = recognise(("Tool", "Prce", "Used by", "Adminn"), "x")
    assert found is not None
    assert found.columns.keys() == {"tool", "used_by", "holders"}  # `Prce` is too short to be sure of
    assert [slip[0] for slip in found.slips] == ["Adminn"]


def test_what_has_no_known_headings_is_not_guessed() -> None:
    assert recognise(("Zeile", "X", "Y"), "x") is None
    assert recognise(("Name",), "x") is None
