"""Parts of a study by hand: what counts as a swing, what is split, what a figure is told to hang on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from analyses.given import CATALOG, HEAD, context
from groma.analyses import assess, figure
from groma.analyses.instance import Coordinate, coordinates
from groma.analyses.reads import Reads
from groma.analyses.uncertainty.drawn import Effort, centre, numbers_of
from groma.analyses.uncertainty.figures import CATALOG as OF_CATALOG
from groma.analyses.uncertainty.figures import figures, moving
from groma.analyses.uncertainty.points import AtPoints, Ends
from groma.analyses.uncertainty.sensitivity import Swing
from groma.analyses.uncertainty.spread import Swung, Uncertain, dear, facts_of, middle, uncertain
from groma.analyses.uncertainty.study import studied
from groma.analyses.uncertainty.sweep import Sweep, as_json
from groma.model.figure import Figure, Input, Ledger
from groma.model.load import loads
from groma.workers import Done, Outcome, spread

TWO = """
facts:
  fee: {value: 10 EUR/month, known: 9 EUR/month .. 12 EUR/month, source: a test, date: 2026-11-01}
  often: {value: 2000/month, known: 1000/month .. 2500/month, source: a test, date: 2026-11-01}
people: {ana: {rate: 60 EUR/h}}
components: {a: {kind: s, price: $fee, effort: 1 h/month, owner: ana}}
flows: {f: {starts: {rate: $often}, steps: [{ask: ana, takes: 3 min}]}}
"""
FEE: Coordinate = next(c for c in coordinates(context(TWO)) if c.input == "fact/fee")


def test_what_is_known_of_a_figure_has_a_middle() -> None:
    assert [middle(e) for e in ((1.0, 2.0, 9.0), (1.0, None, 9.0))] == [2.0, 5.0]
    assert all(math.isnan(middle(e)) for e in ((None, None, 9.0), (1.0, None, None)))
    assert numbers_of((1.0, 2.0, 9.0)) == [1.0, 2.0, 9.0]
    nothing = numbers_of((None, None, None))
    assert nothing[::2] == [-math.inf, math.inf] and math.isnan(nothing[1])
    sample = np.array([numbers_of(e) for e in ((1.0, 2.0, 9.0), (1.0, None, 9.0), (None, None, 4.0))])
    assert centre(sample).tolist()[:2] == [2.0, 5.0] and not math.isfinite(centre(sample)[2])


@pytest.mark.parametrize(
    ("low", "high", "width"),
    [
        ((1.0, 2.0, 9.0), (3.0, 7.0, 8.0), 5.0),
        ((1.0, 7.0, 9.0), (3.0, 2.0, 8.0), 5.0),
        ((1.0, 2.0, 9.0), (3.0, None, 8.0), 3.5),
        ((1.0, None, 9.0), (3.0, None, 8.0), 0.5),
        ((1.0, 2.0, 9.0), (3.0, None, None), 0.0),
        ((None, None, 9.0), (3.0, 4.0, 5.0), 0.0),
    ],
)
def test_a_swing_is_as_wide_as_its_middles_are_apart(low: Ends, high: Ends, width: float) -> None:
    assert Swung(FEE, low, high).width == width

    def shown(ends: Ends) -> Figure:
        return Figure("m", "t", "s", low=ends[0], value=ends[1], high=ends[2])

    assert Swing("fact/fee", shown(low), shown(high)).width == width


def test_what_moves_a_figure_by_a_millionth_of_it_is_told_from_none() -> None:
    """A million and half of one, and two: the greatest number there is decides, whichever end or side it is of."""
    still = Swung(FEE, (None, 1e6, None), (None, 1e6 + 0.5, None))
    moved = Swung(FEE, (None, 1e6, None), (None, 1e6 + 2.0, None))
    wide = Swung(FEE, (1.0, 2.0, 1e6), (1.0, 2.5, 1e6))
    below = Swung(FEE, (-1e6, 2.0, 3.0), (1.0, 2.5, 3.0))
    small = Swung(FEE, (1.0, 2.0, 3.0), (1.0, 2.5, 3.0))
    assert moving([still, moved, wide, below, small]) == [moved, small]


@pytest.mark.parametrize(
    ("measure", "long"),
    [
        ("latency/f/mean", True), ("budget/f", True), ("cost/f/run", True), ("cost/month", False),
        ("availability/f", False), ("people/hours", False),
    ],
)  # fmt: skip
def test_measures_of_queues_and_of_runs_take_long(measure: str, long: bool) -> None:
    assert dear(measure) is long


def told(
    read: Sequence[str], answers: Sequence[Ends]
) -> tuple[Callable[[Callable[[Any], Any], Sequence[Any]], list[Outcome]], list[int]]:
    """What works out points: which facts are read is told, and each point's one answer in turn."""
    asked: list[int] = []

    def shared(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Outcome]:
        if isinstance(function, Reads):
            return [Done(frozenset(read)) for _ in items]
        asked.append(len(items))
        return [Done([answers[n]]) for n in range(len(items))]

    return shared, asked


BASE = (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("low", "high", "hangs"),
    [
        (BASE, BASE, False),
        ((1.0, 2.0, 3.0 * (1 + 1e-11)), BASE, False),  # the dust of floats
        ((1.0, 2.0, 3.1), BASE, True),
        (BASE, (0.9, 2.0, 3.0), True),
        (BASE, (1.0, 2.1, 3.0), True),
        ((1.0, None, 3.0), BASE, True),
        (BASE, (None, 2.0, 3.0), True),
    ],
)
def test_a_fact_that_is_read_is_hung_on_where_it_moves_the_figure(low: Ends, high: Ends, hangs: bool) -> None:
    """`often` is no input of the hours that keep components alive, but would be told by one of its ends."""
    given = context(TWO)
    figure(given, "effort/month")
    assert "fact/often" not in {each.name for each in given.ledger.inputs_of("effort/month")}
    keys = {c.input: c.key for c in coordinates(given)}
    shared, asked = told([keys["fact/often"]], [BASE, low, high])
    found = facts_of(given, ["effort/month"], AtPoints(given.model, CATALOG), shared)
    assert [c.input for c in found["effort/month"]] == (["fact/often"] if hangs else [])
    assert asked == [3]  # as stated, and with the fact at both of its ends


def test_a_fact_that_is_named_and_never_read_is_hung_on_once() -> None:
    given = context(TWO)
    shared, asked = told([], [BASE])
    assert [c.input for c in facts_of(given, ["cost/month"], AtPoints(given.model, CATALOG), shared)["cost/month"]] == [
        each.name for each in given.ledger.inputs_of("cost/month") if each.low != each.high
    ]  # fmt: skip
    assert asked == [1]
    key = FEE.key
    shared, asked = told([key], [BASE, BASE, BASE])
    found = facts_of(given, ["cost/month"], AtPoints(given.model, CATALOG), shared)["cost/month"]
    assert sorted(c.input for c in found) == sorted({c.input for c in found}) and FEE in found


def test_variance_is_split_for_what_swings_most_for_its_size() -> None:
    """The bill swings by 7 of 10 EUR, the hours by 30 of 101."""
    text = TWO.replace("9 EUR/month .. 12", "5 EUR/month .. 12").replace(
        "1000/month .. 2500", "1900/month .. 2500"
    )
    given = context(text)
    found = {
        u.measure: u for u in uncertain(given, ["cost/month", "people/hours"], Effort(2, 2, 2, 1), spread)
    }
    assert [s.width for s in found["people/hours"].swings] == pytest.approx([30.0])
    assert found["people/hours"].shares == {} and set(found["cost/month"].shares) == {"fact/fee"}
    both = uncertain(given, ["cost/month", "people/hours"], Effort(2, 2, 2, 2), spread)
    assert all(u.shares for u in both)
    less = context(text.replace("5 EUR/month .. 12", "9.9 EUR/month .. 12"))  # by 2.1 of 10 EUR
    found = {
        u.measure: u for u in uncertain(less, ["cost/month", "people/hours"], Effort(2, 2, 2, 1), spread)
    }
    assert found["cost/month"].shares == {} and found["people/hours"].shares


@pytest.mark.parametrize(
    ("name", "low", "high", "kept"),
    [
        ("catalog/x", 1.0, 2.0, True), ("catalog/x", 2.0, 2.0, False), ("catalog/x", None, 2.0, False),
        ("catalog/x", 1.0, None, False), ("model/x", 1.0, 2.0, False),
    ],
)  # fmt: skip
def test_ranges_of_the_catalog_are_told_where_there_are_any(
    name: str, low: float | None, high: float | None, kept: bool
) -> None:
    ledger = Ledger("")
    ledger.enter(Input(name, "t", "w", low=low, high=high))
    ledger.write(Figure("m", "t", "s", low=0.0, high=9.0, inputs=(name,)))
    found = Uncertain("m", (), (1.0, 2.0, 3.0), (), np.tile([1.0, 2.0, 3.0], (4, 8, 1)))
    assert all(
        (OF_CATALOG in f.valid) is kept for f in figures(found, ledger, Effort(4, 4, 0)) if "spread" in f.name
    )


def test_each_measure_is_studied_with_the_effort_for_its_kind() -> None:
    model = loads(
        HEAD
        + "wishes: [cost/month, throughput/a]\ncomponents: {a: {kind: s, price: 10 EUR/month .. 20 EUR/month, "
        "offers: {x: {work: 1 ms}}}}\nflows: {f: {starts: {rate: 1/h .. 2/h}, steps: [{call: a.x}]}}\n"
    )
    ledger = studied(
        model, assess(model, CATALOG), CATALOG, (Effort(2, 4, 0, 0), Effort(3, 2, 0, 0)), seed="t"
    )
    methods = {name: ledger[f"spread/{name}/mean"].method for name in ("cost/month", "throughput/a")}
    assert methods == {
        "cost/month": "quasi-Monte Carlo: 2 scramblings of 8 Sobol points, seed `t`",
        "throughput/a": "quasi-Monte Carlo: 3 scramblings of 4 Sobol points, seed `t`",
    }
    assert [f.name for f in studied(model, assess(model, CATALOG), CATALOG)].count(
        "spread/cost/month/mean"
    ) == 1


def test_a_table_ends_with_its_line() -> None:
    text = as_json(Sweep((), (), (), (), frozenset(), False), [], {})
    assert text.endswith("}\n") and json.loads(text)["rows"] == []
