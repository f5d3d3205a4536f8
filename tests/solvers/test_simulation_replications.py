"""Intervals cover, warm-ups are found, and what has no steady state gets no figure."""

from __future__ import annotations

import math
import random
from statistics import pvariance
from typing import Any

import pytest

from groma.model.law import Gamma
from groma.solvers.simulation import (
    Assembler,
    NotSteady,
    Outcome,
    Program,
    Settings,
    Steady,
    batch,
    batch_means,
    estimate,
    mser5,
    replicate,
    run,
    steady_state,
)
from groma.solvers.simulation.outcome import StationOutcome
from groma.solvers.simulation.steadiness import growth


def mm1(load: float) -> Program:
    a = Assembler()
    s = a.station("s")
    with a.flow("f"), a.hold(s):
        a.work(s, Gamma(1.0, 1.0))
    a.source("f", gaps=Gamma(1 / load, 1 / load))
    return a.program()


def mean(outcome: object) -> float:
    return outcome.flow("f").latency.mean  # type: ignore[attr-defined]


def test_student_interval_is_that_of_the_tables() -> None:
    # t(0.975, 4) = 2.776 (any table of Student's t); sd of 1..5 is sqrt(2.5).
    found = estimate([1.0, 2.0, 3.0, 4.0, 5.0, math.nan])
    assert found.mean == 3.0
    assert found.half_width == pytest.approx(2.776445 * math.sqrt(2.5 / 5), rel=1e-6)
    assert found.missing == 1


def test_replications_go_on_until_the_interval_is_narrow_and_cover_the_truth() -> None:
    settings = Settings(until=3000.0, warm_up=300.0)
    result = replicate(mm1(0.5), settings, {"mean": mean}, relative=0.01)
    found = result.estimates["mean"]
    assert result.reached
    assert found.half_width <= 0.01 * found.mean
    assert abs(found.mean - 2.0) < 2 * found.half_width
    assert not replicate(mm1(0.5), settings, {"mean": mean}, relative=1e-6, most=12).reached


@pytest.mark.parametrize(
    "wrong", [{"least": 1}, {"least": 5, "most": 4}, {"confidence": 1.0}, {"confidence": 0.0}]
)
def test_replications_need_two_and_a_confidence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="2 <= least <= most"):
        replicate(mm1(0.5), Settings(until=10.0), {"mean": mean}, **wrong)


def test_values_that_are_all_alike_are_known_and_one_value_is_not() -> None:
    settings = Settings(until=10.0)
    same = replicate(mm1(0.5), settings, {"same": lambda _: 3.0, "none": lambda _: 0.0}, least=2)
    assert (same.replications, same.reached) == (2, True)
    assert estimate([3.0]).interval == (-math.inf, math.inf)
    nothing = replicate(mm1(0.5), settings, {"nothing": lambda _: math.nan}, least=2, most=4)
    assert (nothing.replications, nothing.reached, nothing.estimates["nothing"].missing) == (4, False, 4)


def test_replications_can_be_spread_and_resumed() -> None:
    settings = Settings(until=200.0)
    whole = batch(mm1(0.5), settings, 1, range(4))
    assert whole == (*batch(mm1(0.5), settings, 1, [0, 1]), *batch(mm1(0.5), settings, 1, [2, 3]))
    reversed_ = replicate(
        mm1(0.5),
        settings,
        {"mean": mean},
        most=10,
        runner=lambda numbers: [batch(mm1(0.5), settings, 1, [n])[0] for n in numbers],
    )
    assert reversed_ == replicate(mm1(0.5), settings, {"mean": mean}, most=10)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    outcomes = batch(mm1(0.5), Settings(until=1500.0, warm_up=100.0), 5, range(400))
    covered = 0
    for k in range(40):
        low, high = estimate([mean(o) for o in outcomes[10 * k : 10 * k + 10]]).interval
        covered += low <= 2.0 <= high
    assert 33 <= covered <= 40


def test_batch_means_of_independent_values() -> None:
    source = random.Random(1)
    found = batch_means([source.gauss(5.0, 1.0) for _ in range(10_000)])
    assert found.half_width == pytest.approx(2.093 / 100, rel=0.4)
    assert abs(found.mean - 5.0) < 2 * found.half_width
    with pytest.raises(ValueError, match="too few"):
        batch_means([1.0] * 30)


def test_mser5_leaves_out_a_start_and_nothing_else() -> None:
    source = random.Random(2)
    noise = [source.gauss(0.0, 1.0) for _ in range(1000)]
    start = [10.0 * math.exp(-n / 30) for n in range(1000)]
    skipped = mser5([x + y for x, y in zip(noise, start, strict=True)])
    assert skipped is not None
    assert 60 <= skipped <= 250
    assert mser5([float(n) for n in range(100)]) is None


def test_mser5_is_its_definition_tried_at_every_place() -> None:
    """Spratt 1998: of batches of five the first d are left out that make the rest's variance over their number least;
    at least five batches are kept, and no more than half of all are left out."""
    source = random.Random(3)
    ends = set[bool]()
    for _ in range(200):
        count = source.randrange(120)
        values = [source.gauss(0.0, 1.0) + source.choice((0.0, 9.0)) * (n < count / 3) for n in range(count)]
        batches = [sum(values[5 * n : 5 * n + 5]) / 5 for n in range(count // 5)]
        tried = [(pvariance(batches[d:]) / (len(batches) - d), d) for d in range(len(batches) - 4)]
        best = min(tried)[1] if tried else None
        found = mser5(values)
        assert found == (5 * best if best is not None and best <= len(batches) / 2 else None)
        ends.add(found is None)
    assert ends == {True, False}
    assert (mser5([]), mser5([1.0] * 24), mser5([1.0] * 25)) == (None, None, 0)


def seen(series: list[float], too_many: bool = False, tasks: int = 0, now: float = 8.0) -> Outcome:
    """A replication of which only the number of jobs in its buckets is known, half of them waiting."""
    half = tuple(x / 2 for x in series)
    station = StationOutcome("s", 0.0, 0.0, 1.0, 0, 0, 0, 0, 0, half, half)
    return Outcome(now, now, 0, too_many, tasks, (), (station,), {}, ())


def test_growth_is_from_the_second_quarter_to_the_last() -> None:
    """By hand: from 1 to 3 jobs within half of eight buckets of half a second."""
    steep = seen([9.0, 0.0, 1.0, 1.0, 0.0, 9.0, 2.0, 4.0])
    assert growth([steep, steep], 0.5) == (1.0, True)
    # between 9 and 11 it is a fifth of the mean level, no more
    assert growth([seen([0.0, 9.0, 0.0, 11.0])] * 2, 1.0) == (1.0, False)
    assert growth([seen([0.0, 9.0, 0.0, 11.1])] * 2, 1.0) == (pytest.approx(1.05), True)
    # Student's t of one degree at 99.9 % is 637: a rise of 2 +- 0.002 is sure, one of 2 +- 0.01 isn't
    for apart, sure in ((0.002, True), (0.01, False)):
        pair = [seen([0.0, 1.0, 0.0, 3.0 - apart]), seen([0.0, 1.0, 0.0, 3.0 + apart])]
        assert growth(pair, 1.0) == (pytest.approx(1.0), sure)
    assert growth([seen([0.0, 3.0, 0.0, 1.0])] * 2, 1.0) == (-1.0, False)
    assert growth([seen([1.0, 2.0, 3.0])] * 2, 1.0) == (0.0, False)
    # one that had to be stopped grows by what it holds
    assert growth([steep, seen([], True, 40), seen([], True, 80)], 0.5) == (10.0, True)


def test_a_steady_system_is_measured_after_its_warm_up() -> None:
    found = steady_state(mm1(0.8), 8000.0, {"mean": mean}, relative=0.03)
    assert isinstance(found, Steady)
    assert found.replicated.estimates["mean"].mean == pytest.approx(5.0, rel=0.06)


@pytest.mark.parametrize("load", [1.1, 1.5])
def test_a_system_without_a_steady_state_gets_no_figure(load: float) -> None:
    found = steady_state(mm1(load), 3000.0, {"mean": mean})
    assert isinstance(found, NotSteady)
    assert found.growth == pytest.approx(load - 1.0, rel=0.25)


def test_too_many_tasks_stop_a_replication() -> None:
    outcome = run(mm1(2.0), Settings(until=1e6, most_tasks=500))
    assert outcome.too_many
    assert outcome.now < 2000.0
    assert isinstance(steady_state(mm1(2.0), 1e5, {"mean": mean}, most_tasks=500), NotSteady)
