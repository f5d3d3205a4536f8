"""Every wrong spelling of a quantity has its message, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.model.position import ModelError, Problem
from groma.model.quantity import read_quantity
from groma.model.source import Mapping, parse

TIME = [
    ("4", "a quantity needs a unit: `4` could be `4 ms`"),
    ("4 ± 1", "a quantity needs a unit: `4 ± 1` could be `4 ± 1 ms`"),
    ("4 GB", "expected a time such as `4 ms`, found `4 GB`"),
    ("fast", "expected a time such as `4 ms`, found `fast`"),
    ("", "expected a time such as `4 ms`, found nothing: write `unknown` if nobody knows"),
    ("[3 s]", "expected a time such as `4 ms`, found a list"),
    ("4 mss", "`mss` isn't a unit, did you mean `ms`? (in `4 mss`)"),
    ("4 m", "`m` isn't a unit: `m` could be `ms`, `min` or `month` (in `4 m`)"),
    ("-3 ms", "a quantity can't be negative, found `-3 ms`"),
    ("1,000 ms", "the comma in `1,000 ms` isn't read: write `1000` or `1_000`, without a comma"),
    ("1,5 s", "the comma in `1,5 s` isn't read: write a point: `1.5`"),
    ("3-8 ms", "`3-8 ms` isn't a range: write it as `3 .. 8 ms`"),
    ("< 3 s", "`< 3 s` isn't a quantity: write the value alone, `3 s`, or a range such as `3 .. 8 ms`"),
    ("1e999 s", "`1e999 s` is beyond what can be worked with"),
    ("8 ms .. 3 ms", "the range is reversed: write `3 ms .. 8 ms`"),
    ("3 ms .. 8 GB", "`3 ms` and `8 GB` measure different things"),
    ("3 ms ..", "expected a range such as `3 .. 8 ms`, found `3 ms ..`"),
    (
        "3 .. 8 ms ± 1 ms",
        "a range and a spread are two things: write `{value: 5 ms ± 1 ms, known: 3 ms .. 8 ms}`",
    ),
    ("4 ms ± 1 GB", "`4 ms` and `1 GB` measure different things"),
    ("4 ms ± 1", "`1` needs a unit: `1 ms`"),
    ("4 ms ± -1 ms", "a quantity can't be negative, found `-1 ms`"),
    ("0 s ± 1 s", "a spread needs a mean above zero, found `0 s ± 1 s`"),
    (
        "4 ms ± 1 s",
        "the spread in `4 ms ± 1 s` is 250 times the mean: if it is meant, write `gamma(4 ms, 1 s)`",
    ),
    ("gama(4 ms, 2 ms)", "there is no law `gama`, did you mean `gamma`?"),
    ("gamma(mean 4 ms, sd -2 ms)", "a quantity can't be negative, found `-2 ms`"),
    ("gamma(4 ms)", "`gamma(4 ms)` doesn't fit: write `gamma(mean 4 ms, sd 2 ms)`"),
    (
        "lognormal(4 ms, 2 ms)",
        "`lognormal(4 ms, 2 ms)` doesn't fit: write `lognormal(median 0.6 s, p95 1.4 s)`",
    ),
    (
        "lognormal(median 2 s, p95 1 s)",
        "the median must be less than p95 in `lognormal(median 2 s, p95 1 s)`",
    ),
    ("uniform(8 ms, 3 ms)", "low, high must be in order in `uniform(8 ms, 3 ms)`"),
    ("uniform(3 ms, 3 ms)", "low must be less than high in `uniform(3 ms, 3 ms)`"),
    ("triangular(3 s, 1 s, 2 s)", "low, mode, high must be in order in `triangular(3 s, 1 s, 2 s)`"),
    ("exponential(0 s)", "the mean must be above zero in `exponential(0 s)`"),
    (
        "empirical(t.csv)",
        "`empirical(t.csv)` doesn't fit: write `empirical(trace.csv, latency in ms, weight n)`",
    ),
    (
        "empirical(../t.csv, a in ms)",
        "`../t.csv` is outside the folder of the model: put it beside the model or below",
    ),
    ("empirical(none.csv, a in ms)", "there is no file `none.csv` beside the model"),
    ("$a b", "`$a b` isn't the name of a fact: `$`, then letters, digits, `_` and `-`"),
    (
        "{vale: 3 s}",
        "a quantity has the keys `value`, `known`, `max`, `source`, `date`, found `vale`, did you mean `value`?",
    ),
    ("{max: 3 s}", "expected `value:` with a time such as `4 ms`, found none"),
    ("{value: 3 s, known: 1 s .. 2 s}", "the known range `1 s .. 2 s` must hold the mean of `3 s`"),
    (
        "{value: 1 s .. 3 s, known: 1 s .. 2 s}",
        "the value `1 s .. 3 s` is a range already: write one of the two",
    ),
    ("{value: 3 s, known: 1 GB .. 2 GB}", "expected a time such as `4 ms`, found `1 GB .. 2 GB`"),
    ("{value: 3 s, max: 2 s}", "`max` `2 s` is less than the mean of `3 s`"),
    ("{value: 3 s, max: 5 s ± 1 s}", "`max` is one value such as `30 s`, found `5 s ± 1 s`"),
    ("{value: 3 s, date: 2026-13-01}", "expected a date such as `2026-11-01`"),
    ("{value: 3 s, source: }", "`source` is a text that says where the value is from"),
    ("{value: unknown, max: 3 s}", "the value is unknown: delete `max`, or write a value"),
    ("{value: $x, max: 3 s}", "write `$x` alone: range, source and date stand with the fact"),
]


def problem(text: str, *dimensions: str, folder: str | None = None) -> str:
    root = parse(f"v: {text}\n", "m.yaml")
    assert isinstance(root, Mapping)
    found = read_quantity(root.entries[0][1], dimensions or ("time",), folder)
    assert isinstance(found, Problem), found
    assert found.position.file == "m.yaml"
    return found.message


@pytest.mark.parametrize(("text", "message"), TIME)
def test_where_a_time_is_expected(text: str, message: str, tmp_path: Path) -> None:
    assert problem(text, folder=str(tmp_path)) == message


@pytest.mark.parametrize(
    ("text", "dimensions", "message"),
    [
        ("60 EUR", ("money/time",), "expected money for a time such as `60 EUR/h`, found `60 EUR`"),
        ("60 EUR", ("money/token",), "expected money for tokens such as `3 EUR/Mtoken`, found `60 EUR`"),
        ("EUR 60", ("money",), "the number comes first: write `60 EUR`"),
        ("$60", ("money",), "the number comes first: write `60 USD`"),
        ("60", ("money/time",), "a quantity needs a unit: `60` could be `60 EUR/h`"),
        ("120 %", ("share",), "a share lies between 0 % and 100 %, found `120 %`"),
        ("12 %", ("count",), "expected a count such as `3`, found `12 %`"),
        ("4 GB", ("time", "rate"), "expected a time such as `4 ms` or a rate such as `40/min`, found `4 GB`"),
        ("40", ("rate",), "a quantity needs a unit: `40` could be `40/min`"),
    ],
)
def test_where_something_else_is_expected(text: str, dimensions: tuple[str, ...], message: str) -> None:
    assert problem(text, *dimensions) == message


def test_traces_need_a_folder() -> None:
    assert problem("empirical(t.csv, a in ms)") == (
        "`t.csv` can't be read here: traces belong to a model in a folder"
    )


def test_problems_stand_where_the_mistake_is() -> None:
    root = parse("v: {value: 3 s,\n  max: 2 s}\n", "m.yaml")
    assert isinstance(root, Mapping)
    found = read_quantity(root.entries[0][1], ("time",))
    assert isinstance(found, Problem)
    assert (found.position.line, found.position.column) == (2, 8)


WORDS = ["4", "ms", "s", " ", "±", "..", "1e9", "%", "EUR", "/", "(", ")", ",", "lognormal(", "gamma(",
         "mean ", "sd ", "median ",
         "p95 ", "uniform(", "-", "$", "unknown", ".", "x", "e5", "_", "9" * 50,
         "empirical(", "t.csv", " in ", "weight "]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=9), st.sampled_from(["time", "share", "price", "any", "count"])
)
def test_random_spellings_never_raise(words: list[str], dimension: str) -> None:
    written = "".join(words).replace("'", "''")
    root = parse(f"v: '{written}'\n", "m")
    assert isinstance(root, Mapping)
    found = read_quantity(root.entries[0][1], (dimension,), "/nonexistent")
    if isinstance(found, Problem):
        assert found.message
    elif hasattr(found, "law"):
        assert 0 <= found.law.mean < 1e60  # type: ignore[union-attr]
        assert 0 <= found.law.sd < 1e60  # type: ignore[union-attr]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_random_texts_never_raise(text: str) -> None:
    try:
        root = parse(text, "m")
    except ModelError:
        return
    read_quantity(root, ("any",))
