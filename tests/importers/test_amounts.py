"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.importers.intake.amounts import money, often, period, span, work
from groma.importers.intake.numbers import number

MONEY = [
    ("29 €/Monat", "29", "29", "EUR", "month", False),
    ("1.200,00 EUR p.a.", "1200", "1200", "EUR", "year", False),
    ("$12/user/mo", "12", "12", "USD", "month", True),
    ("29,90 € mtl.", "29.90", "29.90", "EUR", "month", False),
    ("€ 8,10 pro Nutzer/Monat", "8.10", "8.10", "EUR", "month", True),
    ("15 € pro Nutzer und Monat", "15", "15", "EUR", "month", True),
    ("1.200", "1200", "1200", "", "", False),
    ("1,299.00 $", "1299", "1299", "USD", "", False),
    ("12-15 €/month", "12", "15", "EUR", "month", False),
    ("348,00 € jährlich (inkl. 19% MwSt)", "348", "348", "EUR", "year", False),
    ("49 €/Quartal", "49", "49", "EUR", "quarter", False),
    ("einmalig 900 €", "900", "900", "EUR", "once", False),
    ("CHF 1'200.-/Jahr", "1200", "1200", "CHF", "year", False),
    ("85 €/h", "85", "85", "EUR", "hour", False),
    ("kostenlos", "0", "0", "", "month", False),
    ("in Microsoft 365 enthalten", "0", "0", "", "month", False),
    ("29 zzgl. MwSt", "29", "29", "", "", False),
    ("29 € inkl. USt.", "29", "29", "EUR", "", False),
    ("included", "0", "0", "", "month", False),
    ("2 x 12 €", None, None, "", "", False),
    ("3k €", None, None, "", "", False),
    ("ask Ben", None, None, "", "", False),
    ("12 € / 15 €", None, None, "", "", False),
]


@pytest.mark.parametrize(("text", "low", "high", "currency", "per", "seat"), MONEY)
def test_money_is_read_with_its_currency_its_period_and_whether_it_is_per_seat(
    text: str, low: str | None, high: str | None, currency: str, per: str, seat: bool
) -> None:
    found = money(text)
    if low is None or high is None:
        assert found is None
        return
    assert found is not None
    assert (found.amount.low, found.amount.high) == (Decimal(low), Decimal(high))
    assert (found.currency, found.per, found.seat) == (currency, per, seat)


TIMES = [
    ("10-15 min", 600, 900), ("1,5 Std", 5400, 5400), ("1:30", 5400, 5400), ("1h30", 5400, 5400), ("1 h 30 min", 5400, 5400),
    ("halbe Stunde", 1800, 1800), ("half an hour", 1800, 1800), ("Viertelstunde", 900, 900), ("2½ h", 9000, 9000),
    ("1 Tag", 28800, 28800), ("half a day", 14400, 14400), ("45 minutes", 2700, 2700), ("zwei Stunden", 7200, 7200),
    ("1.500 h", None, None), ("long", None, None), ("10 min or 2 h", None, None), ("15-10 min", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high"), TIMES)
def test_times_are_read_in_seconds(text: str, low: int | None, high: int | None) -> None:
    found = span(text)
    assert (found.seconds.low, found.seconds.high) == (low, high) if found else low is None


def test_a_bare_number_is_in_the_unit_of_its_heading() -> None:
    found = span("45", "min")
    assert found is not None and found.seconds.low == 2700
    assert span("45") is None


OFTEN = [
    ("täglich", "5", "week"), ("daily", "5", "week"), ("2x pro Woche", "2", "week"), ("zweimal wöchentlich", "2", "week"),
    ("alle 2 Wochen", "0.5", "week"), ("every other day", "3.5", "week"), ("Mo+Do", "2", "week"), ("jeden Montag", "1", "week"),
    ("ca. 90 im Monat", "90", "month"), ("quarterly", "4", "year"), ("1 x im Quartal", "4", "year"), ("5 pro Tag", "25", "week"),
    ("34 quotes a month", "34", "month"), ("p.a.", "1", "year"), ("every 3 months", "0.3333", "month"),
    ("as needed", None, None), ("selten", None, None), ("", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "times", "per"), OFTEN)
def test_how_often_is_read_per_week_month_or_year(text: str, times: str | None, per: str | None) -> None:
    found = often(text)
    assert (found.times.low, found.per) == (Decimal(str(times)), per) if found else times is None


def test_one_text_can_tell_how_often_and_how_long() -> None:
    rate, takes = work("2x pro Woche 30 min")
    assert rate is not None and takes is not None
    assert (rate.times.low, rate.per, takes.seconds.low) == (2, "week", 1800)
    rate, takes = work("ca. 2 h/Woche")
    assert rate is not None and takes is not None
    assert (rate.times.low, rate.per, takes.seconds.low) == (1, "week", 7200)
    assert takes.seconds.known == (5400, 9000)  # a quarter less or more


def test_a_period_may_stand_in_a_cell_of_its_own() -> None:
    words = ("Jahr", "monatlich", "/mo", "12 Monate", "Quartal", "einmalig", "sometimes")
    assert [period(word) for word in words] == ["year", "month", "month", "year", "quarter", "once", ""]


@given(st.integers(0, 9_999_999), st.integers(0, 99))
def test_german_and_english_spellings_of_a_number_are_the_same_number(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    german = english.replace(",", "#").replace(".", ",").replace("#", ".")
    swiss = english.replace(",", "'")
    expected = Decimal(whole) + Decimal(cents) / 100
    assert number(english) == number(german) == number(swiss) == expected


def test_a_number_that_can_be_two_things_is_not_read() -> None:
    assert number("1.200") is None
    assert number("1.200", thousands=True) == 1200
    assert number("0.125") == Decimal("0.125")


@given(st.text(max_size=60))
def test_no_text_breaks_a_reading_and_what_is_read_is_not_negative(text: str) -> None:
    found, rate, takes = money(text), often(text), span(text)
    assert found is None or 0 <= found.amount.low <= found.amount.high
    assert rate is None or 0 <= rate.times.low <= rate.times.high
    assert takes is None or 0 <= takes.seconds.low <= takes.seconds.high
