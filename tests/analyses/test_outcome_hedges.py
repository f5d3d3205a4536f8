"""Hedges of discrete laws against all ways their attempts can go."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from analyses.brackets import assert_held, cdf_of
from groma.analyses.outcome.algebra import Outcome, any_end, one_of
from groma.analyses.outcome.hedge import hedged, started
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid

GRID = Grid(1.0, 64)
Attempt = list[tuple[float, str, int]]
"""(probability, end, time): an attempt takes odd times and the next starts at even ones, so that nothing ties."""
SURE: Attempt = [(0.3, "ok", 1), (0.2, "ok", 5), (0.5, "ok", 13)]
FAILING: Attempt = [(0.3, "ok", 1), (0.1, "ok", 9), (0.2, "failed", 3), (0.15, "failed", 7), (0.25, "ok", 15)]
WORSE: Attempt = [(0.2, "ok", 1), (0.1, "ok", 11), (0.3, "failed", 3), (0.15, "failed", 5), (0.25, "ok", 17)]
TWO_WAYS: Attempt = [
    (0.2, "ok", 3),
    (0.3, "stopped", 5),
    (0.1, "ok", 11),
    (0.25, "failed", 3),
    (0.15, "timeout", 9),
]
LATE: Attempt = [(0.6, "ok", 3), (0.4, "ok", 81)]


def outcome(attempt: Attempt, grid: Grid = GRID) -> Outcome:
    ends: dict[str, Defective] = {}
    for kind in sorted({kind for _, kind, _ in attempt}):
        own = [(weight, time) for weight, end, time in attempt if end == kind]
        cells = np.zeros((grid.rows, grid.cells))
        for weight, time in own:
            if time < grid.cells:
                cells[:, time] += weight
        moment = math.fsum(weight * time for weight, time in own)
        mass = math.fsum(weight for weight, _ in own)
        ends[kind] = Defective(cells, np.full(grid.rows, mass), np.full(grid.rows, moment))
    return Outcome(ends)


def every_way(attempt: Attempt, start: int, more: int, always: bool = False) -> tuple[Attempt, list[float]]:
    """How a hedged step ends, and how surely each attempt more is started; `always`: whatever failed before."""
    ways: Attempt = []
    begun = [0.0] * more
    for tried in itertools.product(attempt, repeat=more + 1):
        weight = math.prod(w for w, _, _ in tried)
        running: list[tuple[int, str]] = []
        for n, (_, kind, time) in enumerate(tried):
            over = [t < n * start and (k != "failed" and k != "timeout") for t, k in running]
            dead = running and all(t < n * start for t, _ in running)
            if any(over) or (dead and not always):
                break
            running.append((n * start + time, kind))
            if n:
                begun[n - 1] += weight
        answers = [each for each in running if each[1] not in ("failed", "timeout")]
        time, kind = min(answers) if answers else max(running)
        ways.append((weight, kind, time))
    return ways, begun


def true_cdf(ways: Attempt, kind: str) -> np.ndarray:
    return cdf_of([(weight, time) for weight, end, time in ways if end == kind], GRID)


def moment(ways: Attempt, kind: str) -> float:
    return math.fsum(weight * time for weight, end, time in ways if end == kind)


@pytest.mark.parametrize(("attempt", "more"), [(SURE, 1), (SURE, 2), (SURE, 3), (FAILING, 1)])
def test_a_hedge_is_exact_with_one_attempt_more_or_without_errors(attempt: Attempt, more: int) -> None:
    ways, _ = every_way(attempt, 4, more)
    found = hedged(GRID, outcome(attempt), 4.0, more)
    assert sorted(found.ends) == sorted({kind for _, kind, _ in attempt})
    for kind, law in found.ends.items():
        true = true_cdf(ways, kind)
        for row in (FAST, SLOW, NOMINAL):
            assert law.cdf[row] == pytest.approx(true, abs=1e-12)
        assert law.mass == pytest.approx([true[-1]] * 3)
        assert law.moment == pytest.approx([moment(ways, kind)] * 3)


def test_more_attempts_that_may_fail_lie_between_one_more_and_those_that_always_start() -> None:
    found = hedged(GRID, outcome(FAILING), 4.0, 2)
    truth, _ = every_way(FAILING, 4, 2)
    one_more, _ = every_way(FAILING, 4, 1)
    always, _ = every_way(FAILING, 4, 2, always=True)
    answer, error = found.ends["ok"], found.ends["failed"]
    assert answer.cdf[FAST] == pytest.approx(true_cdf(always, "ok"), abs=1e-12)
    assert answer.cdf[SLOW] == pytest.approx(true_cdf(one_more, "ok"), abs=1e-12)
    assert answer.mass[[FAST, SLOW]] == pytest.approx([1 - 0.35**3, true_cdf(one_more, "ok")[-1]])
    assert np.isnan(answer.mass[NOMINAL]) and np.isnan(error.mass[NOMINAL])
    for kind, law in found.ends.items():
        ended = true_cdf(truth, kind)
        assert_held(found, frozenset({kind}), ended, float(ended[-1]), 1e-12, GRID)
        assert law.moment[FAST] <= moment(truth, kind) <= law.moment[SLOW]
    assert error.mass[FAST] == pytest.approx(true_cdf(one_more, "failed")[-1])
    assert error.mass[SLOW] == pytest.approx(0.2)  # the only attempt failed before a second was started


@pytest.mark.parametrize("more", [1, 2])
def test_a_hedge_of_attempts_that_end_in_several_ways_holds_all_of_them(more: int) -> None:
    found = hedged(GRID, outcome(TWO_WAYS), 4.0, more)
    truth, _ = every_way(TWO_WAYS, 4, more)
    single = outcome(TWO_WAYS)
    for kind, law in found.ends.items():
        ended = true_cdf(truth, kind)
        assert_held(found, frozenset({kind}), ended, float(ended[-1]), 1e-12, GRID)
        assert law.moment[FAST] <= moment(truth, kind) <= law.moment[SLOW]
    for kind in ("ok", "stopped"):  # at least what the first attempt alone does, at most what all may do
        law, alone = found.ends[kind], single.ends[kind]
        assert law.mass[SLOW] == alone.mass[SLOW] and law.cdf[SLOW] == pytest.approx(alone.cdf[SLOW])
        assert law.mass[FAST] == pytest.approx(1 - (1 - alone.mass[FAST]) ** (more + 1))
        assert np.isnan(law.mass[NOMINAL]) and np.isnan(law.cells[NOMINAL]).all()


@pytest.mark.parametrize("more", [1, 2])
def test_a_hedge_of_one_of_two_laws_holds_both(more: int) -> None:
    found = hedged(GRID, one_of(GRID, [outcome(FAILING), outcome(WORSE)]), 4.0, more)
    for attempt in (FAILING, WORSE):
        truth, _ = every_way(attempt, 4, more)
        for kind in ("ok", "failed"):
            ended = true_cdf(truth, kind)
            assert_held(found, frozenset({kind}), ended, float(ended[-1]), 1e-12, GRID)
            law = found.ends[kind]
            assert law.moment[FAST] <= moment(truth, kind) + 1e-12
            assert moment(truth, kind) <= law.moment[SLOW] + 1e-12


@pytest.mark.parametrize("more", [1, 2])
def test_the_mean_of_a_hedge_holds_attempts_that_take_longer_than_the_grid(more: int) -> None:
    truth, _ = every_way(LATE, 4, more)
    law = hedged(GRID, outcome(LATE), 4.0, more).ends["ok"]
    assert law.moment[FAST] <= moment(truth, "ok") <= law.moment[SLOW] < math.inf


def test_without_attempts_more_nothing_changes() -> None:
    one = outcome(SURE)
    assert hedged(GRID, one, 4.0, 0) is one


@pytest.mark.parametrize("start", [64, 70, 1000])
def test_a_hedge_past_the_grid_changes_how_it_ends_and_nothing_before(start: int) -> None:
    """3 of 10 attempts are lost and 1 in 10 fails at once: 0.6 + 0.3 x 0.6 end well."""
    lost: Attempt = [(0.6, "ok", 3), (0.1, "failed", 3)]
    law = hedged(GRID, outcome(lost), float(start), 1).ends["ok"]
    assert law.mass == pytest.approx([0.78] * 3)
    assert law.cdf == pytest.approx(outcome(lost).ends["ok"].cdf)


@pytest.mark.parametrize("attempt", [SURE, FAILING])
def test_attempts_more_are_started_as_often_as_nothing_has_ended_by_then(attempt: Attempt) -> None:
    one = outcome(attempt)
    found = started(GRID, one, any_end(GRID, one), 4.0, 3)
    _, begun = every_way(attempt, 4, 3)
    assert len(found) == 3
    assert found[0] == pytest.approx([begun[0]] * 3)
    for each, true in zip(found[1:], begun[1:], strict=True):
        assert each[FAST] == found[0][FAST] and each[SLOW] == 0.0 and np.isnan(each[NOMINAL])
        assert each[SLOW] <= true <= each[FAST]


def test_attempts_past_the_grid_are_started_no_more_often_than_nothing_is_known_to_have_ended() -> None:
    """40 % take 81, more than the grid knows."""
    one = outcome(LATE)
    found = started(GRID, one, any_end(GRID, one), 70.0, 2)
    assert found[0][:2] == pytest.approx([0.4, 0.0]) and found[1][:2] == pytest.approx([0.4, 0.0])
