"""The chance that parts exceed a window, against closed forms and sums over everything."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma as gamma_law

from groma.model.law import Constant, Empirical, Gamma, Law, Uniform
from groma.solvers.retrieval import chance_above


def _gamma(mean: float, sd: float) -> Law:
    return Gamma(mean, sd)


def test_constants_are_exact_at_the_limit() -> None:
    assert chance_above([Constant(3.0), Constant(4.0)], 7.0) == (0.0, 0.0)
    assert chance_above([Constant(3.0), Constant(4.1)], 7.0) == (1.0, 1.0)


def test_what_leaves_no_room_or_none_but_nothing() -> None:
    """Parts that are never negative: above nought with a chance that isn't known, above less than nought surely."""
    assert chance_above([], 0.0) == (0.0, 0.0)
    assert chance_above([], -1.0) == (1.0, 1.0)
    assert chance_above([Constant(7.0), _gamma(1.0, 1.0)], 7.0) == (0.0, 1.0)
    assert chance_above([Constant(7.0), Uniform(0.5, 1.0)], 7.0) == (1.0, 1.0)
    assert chance_above([Constant(7.5), _gamma(1.0, 1.0)], 7.0) == (1.0, 1.0)


def test_two_gammas_of_one_scale_are_a_gamma() -> None:
    # Shapes 4 and 9 with scale 250: their sum has shape 13.
    parts = [_gamma(1000.0, 500.0), _gamma(2250.0, 750.0), Constant(800.0)]
    for limit in (3000.0, 5000.0, 8000.0):
        truth = gamma_law.sf(limit - 800.0, 13, scale=250.0)
        low, high = chance_above(parts, limit)
        assert low <= truth <= high
        assert high - low < 1e-3


def test_three_uniforms_are_the_irwin_hall_law() -> None:
    def above(x: float) -> float:
        return 1.0 - sum((-1) ** k * math.comb(3, k) * max(0.0, x - k) ** 3 for k in range(4)) / 6.0

    for x in (0.4, 1.5, 2.7):
        low, high = chance_above([Uniform(0.0, 1000.0)] * 3, 1000.0 * x)
        assert low <= above(x) <= high
        assert high - low < 1e-3
    assert chance_above([Uniform(0.0, 1000.0)] * 3, 3000.0) == (0.0, 0.0)


@given(
    st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=4), min_size=1, max_size=3),
    st.integers(0, 120),
)
def test_tables_against_every_combination(values: list[list[int]], limit: int) -> None:
    combinations = list(itertools.product(*values))
    truth = sum(sum(row) > limit for row in combinations) / len(combinations)
    low, high = chance_above([Empirical.of([float(v) for v in each]) for each in values], float(limit))
    assert low - 1e-9 <= truth <= high + 1e-9


def test_ends_are_in_order_and_rise_with_a_part_more() -> None:
    one = chance_above([_gamma(1000.0, 500.0)], 2000.0)
    two = chance_above([_gamma(1000.0, 500.0), Constant(300.0)], 2000.0)
    assert 0.0 <= one[0] <= one[1] < two[0] <= two[1] <= 1.0
    assert one[0] == pytest.approx(gamma_law.sf(2000.0, 4, scale=250.0), abs=1e-3)
