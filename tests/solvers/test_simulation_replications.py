"""Intervals cover, warm-ups are found, and what has no steady state gets no figure."""

from __future__ import annotations

import math
import random

import pytest

from groma.model.law import Gamma
from groma.solvers.simulation import (
    Assembler,
    NotSteady,
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
