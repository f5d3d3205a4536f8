"""Units: factors against the definitions, dimensions, arithmetic, advice."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.model.unit_table import SYMBOLS
from groma.model.units import DIMENSIONS, ONE, UnitError, convert, parse_unit

FACTORS = [
    ("ms", Fraction(1, 1000)), ("min", 60), ("h", 3600), ("month", 730 * 3600), ("year", 12 * 730 * 3600),
    ("week", 7 * 86400),
    ("KiB", 1024), ("kB", 1000), ("GiB", 2**30), ("GB", 10**9), ("Gbit/s", Fraction(10**9, 8)),
    ("Mbps", Fraction(10**6, 8)),
    ("kWh", 3_600_000), ("%", Fraction(1, 100)), ("x", 1), ("/min", Fraction(1, 60)), ("1/s", 1), ("req/s", 1),
    ("EUR/month", Fraction(1, 730 * 3600)), ("EUR/Mtoken", Fraction(1, 10**6)), ("USD/million", Fraction(1, 10**6)),
    ("EUR/GB/month", Fraction(1, 10**9 * 730 * 3600)), ("EUR/million requests", Fraction(1, 10**6)),
    ("kEUR", 1000), ("USD/1000", Fraction(1, 1000)), ("mcore", Fraction(1, 1000)), ("vCPU", 1), ("IOPS", 1),
    ("h/month", Fraction(1, 730)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "factor"), FACTORS)
def test_factors(text: str, factor: Fraction) -> None:
    unit = parse_unit(text)
    assert unit.factor == factor
    assert parse_unit(unit.symbol) == unit
    assert unit.canonical.dimension == unit.dimension
    assert unit.canonical.factor == 1


MEASURES = [
    ("ms", {"time"}), ("GB", {"size"}), ("Gbit/s", {"data rate"}), ("1/min", {"rate"}), ("req/s", {"rate"}),
    ("tokens/s", {"rate"}),
    ("EUR", {"money", "price"}), ("EUR/h", {"money/time", "price"}), ("USD/Mtoken", {"money/token", "price"}),
    ("USD/million", {"money/token", "price"}), ("EUR/request", {"price"}), ("EUR/GB/month", {"price"}),
    ("%", {"share", "factor", "time/time"}), ("x", {"share", "factor", "time/time"}),
    ("", {"count", "share", "factor", "time/time"}), ("token", {"count", "share", "factor", "time/time"}),
    ("h/month", {"share", "factor", "time/time"}), ("W", {"power"}), ("kWh", {"energy"}), ("W·h", {"energy"}),
    ("core", {"compute"}), ("kg", {"mass"}), ("g/kWh", {"mass/energy"}), ("EUR·h", set[str]()), ("1/EUR", set[str]()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dimensions"), MEASURES)
def test_what_a_unit_measures(text: str, dimensions: set[str]) -> None:
    unit = parse_unit(text)
    assert {name for name in DIMENSIONS if unit.is_a(name)} == dimensions | {"any"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mss", "`mss` isn't a unit, did you mean `ms`?"),
        ("gb", "`gb` isn't a unit, did you mean `GB`?"),
        ("m", "`m` isn't a unit: `m` could be `ms`, `min` or `month`"),
        ("KB", "`KB` isn't a unit: `KB` could be `kB` (1000 bytes) or `KiB` (1024 bytes)"),
        ("€", "`€` isn't a unit: write the currency's code: `EUR`"),
        ("EUR/", "a unit is missing after `/`"),
        ("EUR//h", "a unit is missing after `/`"),
        ("furlongs", "`furlongs` isn't a unit"),
    ],
)
def test_advice(text: str, message: str) -> None:
    with pytest.raises(UnitError) as error:
        parse_unit(text)
    assert str(error.value) == message


def test_arithmetic_cancels() -> None:
    price, month, gb = parse_unit("EUR/GB/month"), parse_unit("month"), parse_unit("GB")
    assert (price * month * gb).symbol == "EUR"
    assert (parse_unit("EUR") / month).symbol == "EUR/month"
    assert month / month == ONE
    assert str(ONE / parse_unit("s")) == "1/s"


def test_conversion() -> None:
    assert convert(10, parse_unit("Gbit/s"), parse_unit("MB/s")) == 1250
    assert convert(1, parse_unit("EUR/h"), parse_unit("EUR/month")) == 730
    assert convert(3, parse_unit("req/s"), parse_unit("1/min")) == 180
    with pytest.raises(UnitError, match="`GB` can't be turned into `s`: they measure different things"):
        convert(1, parse_unit("GB"), parse_unit("s"))
    with pytest.raises(UnitError):
        convert(1, parse_unit("EUR"), parse_unit("USD"))


@given(st.lists(st.tuples(st.sampled_from(sorted(SYMBOLS)), st.booleans()), min_size=1, max_size=4))
def test_what_is_printed_is_read_back(parts: list[tuple[str, bool]]) -> None:
    unit = ONE
    for name, above in parts:
        unit = unit * parse_unit(name) if above else unit / parse_unit(name)
    assert parse_unit(unit.symbol).factor == unit.factor
    assert parse_unit(unit.symbol).dimension == unit.dimension
