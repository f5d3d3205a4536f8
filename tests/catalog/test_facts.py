"""Dates, ages and nearness, against the calendar and a plain recount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.catalog import UnknownEntryError, age, load_catalog, period
from groma.catalog.nearest import nearest

CATALOG = load_catalog()
TODAY = date(2026, 11, 21)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
AWS = sorted(CATALOG.table("cloud-compute-aws").by_key)


@given(DAYS, DAYS)
def test_an_exact_date_has_an_exact_age(stated: date, on: date) -> None:
    found = age(stated.isoformat(), on)
    assert found.least == found.most == (on - stated).days


@given(DAYS)
def test_a_month_or_year_holds_each_of_its_days(day: date) -> None:
    for as_of in (f"{day:%Y}", f"{day:%Y-%m}"):
        first, last = period(as_of)
        assert first <= day <= last
        assert (first - timedelta(days=1)).isoformat()[: len(as_of)] != as_of
        assert (last + timedelta(days=1)).isoformat()[: len(as_of)] != as_of


@pytest.mark.parametrize("wrong", ["", "26", "2026-13", "2026-02-30", "2026-7-1", "2026-11-21T00:00", "soon"])
def test_other_dates_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"expected|day is out"):
        period(wrong)


def test_ages_are_said_in_days() -> None:
    assert str(age("2026-07-20", TODAY)) == "124 days"
    assert str(age("2026", TODAY)) == "0 to 324 days"


@given(st.sampled_from(AWS))
def test_every_key_finds_its_row_and_its_product(key: tuple[str, ...]) -> None:
    entry = CATALOG.entry("cloud-compute-aws", key)
    assert entry.key == key
    assert CATALOG.entry("cloud-compute-aws", entry.key_text).row is entry.row
    product = CATALOG.product(f"aws/{key[0]}@{key[1]}")
    price = product.prices[0]
    assert isinstance(price.amount, Decimal)
    assert price.amount == entry["price_per_hour"] == price.fact.value
    assert product.ref == f"aws/{key[0]}@{key[1]}"


@given(st.sampled_from(AWS), st.integers(0, 20), st.characters(codec="ascii", categories=["Ll", "Nd"]))
def test_a_slip_in_a_key_is_told_with_the_right_one_near(key: tuple[str, ...], place: int, slip: str) -> None:
    name = key[0]
    wrong = name[: place % len(name)] + slip + name[place % len(name) + 1 :]
    if (wrong, key[1]) in CATALOG.table("cloud-compute-aws").by_key:
        return
    with pytest.raises(UnknownEntryError) as caught:
        CATALOG.entry("cloud-compute-aws", (wrong, key[1]))
    assert caught.value.nearest


@given(
    st.lists(st.text("abc-1", min_size=1, max_size=8), max_size=12), st.text("abc-1", min_size=1, max_size=8)
)
def test_the_nearest_do_not_depend_on_the_order_given(known: list[str], name: str) -> None:
    assert nearest(name, known) == nearest(name, reversed(known))
    if name in known:
        assert nearest(name, known)[0] == name


def test_a_spread_is_the_least_and_the_most_of_its_rows() -> None:
    """Backblaze's yearly and quarterly rates from 2018 to 2025, as the rows state them."""
    stated = [1.25, 1.89, 0.93, 1.01, 1.37, 1.7, 1.57, 1.54, 2.28, 1.36, 1.55, 1.31]
    spread = CATALOG.spread("failure-rates", "figure", component_class="hard disk", metric="AFR")
    assert (spread.low, spread.value, spread.high) == (min(stated), None, max(stated))
    assert (spread.as_of, spread.evidence, spread.unit) == ("2018", "recalled", "%/year")
    with pytest.raises(UnknownEntryError, match="needs two rows, found 0"):
        CATALOG.spread("failure-rates", "figure", component_class="abacus")


def test_scaling_is_exact_and_refuses_text() -> None:
    fact = CATALOG.entry("accelerators", "l4").fact("memory_gib").scaled(2**30, "B")
    assert (fact.value, fact.unit) == (24 * 2**30, "B")
    with pytest.raises(TypeError):
        CATALOG.entry("accelerators", "l4").fact("name").scaled(2, "x")
