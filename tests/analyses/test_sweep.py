"""Sweeps: the points of a grid and of samples, and the table that they make, by hand."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from analyses.given import CATALOG, HEAD
from groma.analyses.uncertainty import sweep as sweeping
from groma.analyses.uncertainty.points import AtPoints, Point
from groma.analyses.uncertainty.sweep import LOAD, SweepError, Varied, as_csv, as_json, planned, rows
from groma.model.load import loads
from groma.workers import Done, Failed

MODEL = loads(
    HEAD
    + """facts:
  speed: {value: 200 ms, known: 100 ms .. 300 ms, source: a test, date: 2026-11-01}
  price: {value: 2 EUR/month, known: 1 EUR/month .. 3 EUR/month, source: a test, date: 2026-11-01}
components: {a: {kind: s, price: {month: $price, call: 1 EUR}, offers: {x: {work: $speed}}}}
flows: {f: {starts: {rate: 1/month}, steps: [{call: a.x}]}}
"""
)
MEASURES = ("latency/f/mean", "cost/month")


def table(varied: list[Varied], samples: int = 0) -> tuple[sweeping.Sweep, list[list[object]]]:
    made = planned(MODEL, CATALOG, MEASURES, varied, samples, "1")
    at = AtPoints(MODEL, CATALOG, more=made.more, ranges=made.ranges)
    return made, rows(made, [Done(at(point)) for point in made.points])


def test_a_grid_has_a_row_for_each_of_its_points_the_first_fact_slowest() -> None:
    """The bill is two euros, known to one, and one for each run."""
    made, found = table([Varied("speed", (0.1, 0.2)), Varied(LOAD, (1.0, 5.0))])
    assert made.columns == (
        ("fact/speed", "ms"), ("load", "1"),
        ("latency/f/mean low", "s"), ("latency/f/mean value", "s"), ("latency/f/mean high", "s"),
        ("cost/month low", "EUR/month"), ("cost/month value", "EUR/month"), ("cost/month high", "EUR/month"),
    )  # fmt: skip
    wanted = [[1000 * s, n, s, s, s, 1 + n, 2 + n, 3 + n] for s in (0.1, 0.2) for n in (1.0, 5.0)]
    assert [row[:-1] for row in found] == [pytest.approx(row) for row in wanted]
    assert [row[-1] for row in found] == [""] * 4
    assert made.ranges is True


def test_samples_take_the_same_values_at_each_point_of_the_grid() -> None:
    made, found = table([Varied("speed", (0.1, 0.3))], samples=8)
    assert made.ranges is False and len(found) == 16
    assert [name for name, _ in made.columns[:2]] == ["fact/speed", "fact/price"]
    drawn = [row[1] for row in found]
    assert drawn[:8] == drawn[8:] and len(set(drawn)) == 8
    assert all(1.0 <= price <= 3.0 for price in drawn)
    for speed, price, *ends in found:
        assert ends[:-1] == pytest.approx([speed / 1000] * 3 + [price + 1] * 3, abs=0.006)


def test_samples_of_nothing_that_is_open_are_the_grid_itself() -> None:
    made, found = table([Varied("speed", (0.1,)), Varied("price", (2 / 2_628_000,))], samples=2)
    assert [row[:2] for row in found] == [[100.0, 2.0]] * 2
    assert len(made.points) == 2


def test_a_point_that_fails_says_why_and_has_no_numbers() -> None:
    made = planned(MODEL, CATALOG, MEASURES, [Varied("speed", (0.1, 0.2))], 0, "1")
    found = rows(made, [Failed("ValueError", "no"), Done([(1.0, None, math.inf), (2.0, 2.0, 2.0)])])
    assert found == [[100.0, *[None] * 6, "ValueError: no"], [200.0, 1.0, None, math.inf, 2.0, 2.0, 2.0, ""]]
    read = list(csv.reader(io.StringIO(as_csv(made, found))))
    assert read[0][0] == "fact/speed [ms]" and read[0][-1] == "problem"
    assert read[1] == ["100.0", *[""] * 6, "ValueError: no"]
    assert read[2] == ["200.0", "1.0", "", "inf", "2.0", "2.0", "2.0", ""]
    told = json.loads(as_json(made, found, {"of": "a test"}))
    assert told["sweep"] == 1 and told["of"] == "a test"
    assert told["columns"][0] == {"name": "fact/speed", "unit": "ms"}
    assert told["columns"][-1] == {"name": "problem", "unit": ""}
    assert told["rows"] == [
        [100.0, *[None] * 6, "ValueError: no"],
        [200.0, 1.0, None, None, 2.0, 2.0, 2.0, ""],
    ]


def test_what_nothing_hangs_on_and_what_is_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SweepError, match="uses the fact `other` nowhere"):
        planned(MODEL, CATALOG, MEASURES, [Varied("other", (1.0,))], 0, "1")
    monkeypatch.setattr(sweeping, "MOST_POINTS", 6)
    assert len(planned(MODEL, CATALOG, MEASURES, [Varied(LOAD, (1.0, 2.0, 3.0))], 2, "1").points) == 6
    with pytest.raises(SweepError, match="8 points: at most 6"):
        planned(MODEL, CATALOG, MEASURES, [Varied(LOAD, (1.0, 2.0))], 4, "1")
    with pytest.raises(SweepError, match="7 points: at most 6"):
        planned(MODEL, CATALOG, MEASURES, [Varied(LOAD, tuple(map(float, range(1, 8))))], 0, "1")


def test_a_point_is_named_by_what_it_is_of() -> None:
    one = Point((("fact/speed", 0.1),), MEASURES)
    assert one.name("x") == Point((("fact/speed", 0.1),), MEASURES).name("x")
    others = [
        Point((("fact/speed", 0.2),), MEASURES),
        Point(one.values, MEASURES[:1]),
        Point(one.values, MEASURES, 2.0),
    ]
    assert len({one.name("x"), one.name("y"), *(other.name("x") for other in others)}) == 5
