"""Quantities in words for people: rounding, scaling, ranges that hold what they stand for."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.model.printed import format_money, format_quantity, format_range
from groma.model.units import parse_unit


@pytest.mark.parametrize(
    ("value", "unit", "interval", "text"),
    [
        (0.0042, "s", None, "4.2 ms"),
        (0.99996, "s", None, "1 s"),
        (90, "s", None, "90 s"),
        (150, "s", None, "2.5 min"),
        (259200, "s", None, "3 days"),
        (1.2512, "s", (1.249, 1.2534), "1.251 s"),
        (1.5708, "1", (1.2, 1.9), "1.6"),
        (9437.2, "EUR/month", None, "9,437 EUR/month"),
        (9437.2, "EUR/month", (9000, 9900), "9,400 EUR/month"),
        (60, "EUR/h", None, "60.00 EUR/h"),
        (0.000375, "EUR", None, "0.000375 EUR"),
        (99.9534, "%", None, "99.953 %"),
        (99.9999999999, "%", None, "99.999999 %"),
        (0.9995, "1", None, "0.9995"),
        (100, "%", None, "100 %"),
        (40 / 60, "1/s", None, "40/min"),
        (1234.5, "1/s", None, "1,230/s"),
        (1800, "token", None, "1,800 tokens"),
        (1, "day", None, "1 day"),
        (1.5e9, "B", None, "1.5 GB"),
        (512, "GiB", None, "512 GiB"),
        (1.25e9, "B/s", None, "1.25 GB/s"),
        (3, "x", None, "3x"),
        (0, "s", None, "0 s"),
        (float("inf"), "s", None, "∞"),
    ],
)
def test_quantities(value: float, unit: str, interval: tuple[float, float] | None, text: str) -> None:
    assert format_quantity(value, unit, interval) == text


def test_ranges() -> None:
    assert format_range(1.234, 1.606, "s") == "1.23–1.61 s"
    assert format_range(99.91, 99.97, "%") == "99.91–99.97 %"
    assert format_range(9437, 11_801, "EUR/month") == "9,400–11,900 EUR/month"


def test_bills_have_two_decimals() -> None:
    assert format_money(Decimal("9437.205"), "EUR") == "9,437.20 EUR"


@given(st.floats(1e-6, 1e9), st.floats(1, 3), st.sampled_from(["s", "B", "1/s", "EUR/month", "1"]))
def test_a_printed_range_holds_what_it_stands_for(low: float, ratio: float, unit: str) -> None:
    high = low * ratio
    text = format_range(low, high, unit)
    ends = re.fullmatch(r"([\d.,]+)(?:–([\d.,]+))? ?(.*)", text)
    assert ends is not None
    factor = float(parse_unit(ends[3] or "1").factor / parse_unit(unit).factor)
    first, last = (float((end or ends[1]).replace(",", "")) * factor for end in (ends[1], ends[2]))
    assert first <= low * (1 + 1e-9) or ends[2] is None
    assert last >= high * (1 - 1e-9)


@given(st.floats(1e-6, 1e9), st.sampled_from(["s", "B", "1/s", "1"]))
def test_three_digits_are_within_half_a_percent(value: float, unit: str) -> None:
    text = format_quantity(value, unit)
    parts = re.fullmatch(r"([\d.,]+) ?(.*)", text)
    assert parts is not None
    factor = float(parse_unit(parts[2] or "1").factor / parse_unit(unit).factor)
    assert float(parts[1].replace(",", "")) * factor == pytest.approx(value, rel=5.1e-3)
