"""Laws on the lattice against scipy.stats (another implementation) and quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.solvers.distributions import (
    Axis,
    Bracket,
    Joint,
    cdf_and_sf,
    discretise,
    discretise_affine,
    limited_mean,
    raw_moments,
)
from groma.solvers.distributions.law_functions import mean_above

CONTINUOUS = [
    (Gamma(1.0, 0.5), stats.gamma(4.0, scale=0.25)),
    (Gamma(1.0, 1.0), stats.expon()),
    (Gamma(1.0, 3.0), stats.gamma(1 / 9, scale=9.0)),
    (LogNormal(1.0, 0.5), stats.lognorm(LogNormal(1.0, 0.5).sigma, scale=math.exp(LogNormal(1.0, 0.5).mu))),
    (Uniform(0.5, 2.0), stats.uniform(0.5, 1.5)),
    (Triangular(0.2, 0.5, 3.0), stats.triang(0.3 / 2.8, 0.2, 2.8)),
    (Triangular(0.2, 0.2, 3.0), stats.triang(0.0, 0.2, 2.8)),
    (Triangular(0.2, 3.0, 3.0), stats.triang(1.0, 0.2, 2.8)),
]


def laws() -> st.SearchStrategy[Law]:
    size = st.floats(0.05, 3.0)
    spread = st.floats(0.05, 2.0)
    return st.one_of(
        st.builds(Constant, size),
        st.builds(lambda m, r: Gamma(m, m * r), size, spread),
        st.builds(lambda m, r: LogNormal(m, m * r), size, spread),
        st.builds(lambda a, w: Uniform(a, a + w), size, spread),
        st.builds(lambda a, f, w: Triangular(a, a + f * w, a + w), size, st.floats(0, 1), spread),
        st.builds(Empirical.of, st.lists(size, min_size=1, max_size=5)),
    )


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS)
def test_distribution_functions_equal_those_of_another_library(law: Law, truth: stats.rv_continuous) -> None:
    times = np.linspace(0.0, 12.0, 241)
    below, above = cdf_and_sf(law, times)
    assert np.abs(below - truth.cdf(times)).max() < 1e-12
    assert np.allclose(above, truth.sf(times), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS)
def test_discretised_masses_are_differences_of_the_distribution_function(law: Law, truth) -> None:
    axis = Axis(0.05, 80)
    edges = truth.cdf(np.arange(81) * 0.05)
    down, up = discretise(law, axis, "down"), discretise(law, axis, "up")
    assert np.abs(down.mass - np.diff(edges)).max() < 1e-12
    assert np.abs(up.mass[1:] - np.diff(edges)[:-1]).max() < 1e-12
    assert down.beyond == pytest.approx(truth.sf(4.0), abs=1e-12)
    assert up.beyond == pytest.approx(truth.sf(3.95), abs=1e-12)


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS)
def test_limited_means_are_the_integral_of_the_survival_function(law: Law, truth) -> None:
    for time in (0.1, 0.5, 1.7, 6.0):
        area = integrate.quad(
            truth.sf, 0.0, time, limit=200, points=[t for t in (0.2, 0.5, 2.0, 3.0) if t < time]
        )[0]
        assert float(limited_mean(law, np.array([time]))[0]) == pytest.approx(area, rel=1e-8)
        above = truth.mean() - area + time * truth.sf(time)
        assert mean_above(law, time) == pytest.approx(above, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS)
def test_raw_moments_equal_those_of_another_library(law: Law, truth) -> None:
    assert raw_moments(law) == pytest.approx([truth.moment(k) for k in (1, 2, 3, 4)], rel=1e-9)
    assert raw_moments(law, 1)[0] == pytest.approx(law.mean, rel=1e-12)


def test_points_keep_their_weights_and_their_limited_means() -> None:
    law = Empirical.of([1.0, 2.0, 4.0], [1, 2, 1])
    below, above = cdf_and_sf(law, np.array([0.5, 1.0, 3.0, 4.0]))
    assert below.tolist() == [0.0, 0.25, 0.75, 1.0]
    assert above.tolist() == [1.0, 0.75, 0.25, 0.0]
    assert limited_mean(law, np.array([0.5, 3.0, 9.0])).tolist() == [0.5, 0.25 + 1.0 + 0.75, 2.25]
    down, up = discretise(law, Axis(0.3, 20), "down"), discretise(law, Axis(0.3, 20), "up")
    assert down.occupied.tolist() == [3, 6, 13]
    assert up.occupied.tolist() == [4, 7, 14]


@given(law=laws(), p=st.floats(0.001, 0.999))
@settings(max_examples=150, deadline=None)
def test_the_quantile_of_a_law_lies_in_its_bracket_which_is_one_step_wide(law: Law, p: float) -> None:
    step = 0.02
    low, high = Bracket.of(law, Axis(step, 1500)).quantile(p)
    before_low, at_high = cdf_and_sf(law, np.array([low - 1e-7, min(high, 1e9) + 1e-7]))[0]
    assert at_high >= p - 1e-9, "the high end reaches the rank"
    assert high == math.inf or high - low <= step * (1 + 1e-9)
    assert before_low <= p + 1e-9, "the rank is not reached before the low end"


def test_offsets_are_added_before_rounding() -> None:
    axis = Axis(0.1, 200)
    bracket = Bracket.of(Constant(1.0), axis, offset=0.25)
    assert bracket.quantile(0.5) == pytest.approx((1.2, 1.3))
    times = discretise_affine(0.25, (0.5, 0.25), (Constant(1.0), Constant(1.0)), axis, "up")
    assert times.quantile(1.0) == pytest.approx(1.0)
    whole = discretise_affine(2, (0.5,), (Constant(1.0),), axis, "up")  # a whole number is a time, too
    assert whole.quantile(1.0) == pytest.approx(2.5)


def test_independent_sizes_add_up_like_their_moments_say() -> None:
    axis = Axis(0.01, 4000)
    bracket = Bracket.affine(Gamma(0.4, 0.1), (0.002, 0.03), (Gamma(900, 300), LogNormal(200, 120)), axis)
    low, high = bracket.mean()
    assert low <= 0.4 + 1.8 + 6.0 <= high
    assert high - low < 0.031


def test_a_joint_table_is_exact_where_independence_would_be_wrong() -> None:
    axis = Axis(0.001, 4000)
    table = Joint(((100.0, 10.0), (1000.0, 100.0)), (0.5, 0.5))
    bracket = Bracket.affine(0.2, (0.0005, 0.01), table, axis)
    assert bracket.quantile(0.5) == pytest.approx((0.35, 0.35))
    assert bracket.quantile(0.51) == pytest.approx((1.7, 1.7))
    apart = Bracket.affine(0.2, (0.0005, 0.01), (Empirical.of([100, 1000]), Empirical.of([10, 100])), axis)
    assert apart.quantile(0.5)[0] == pytest.approx(0.8)
    assert bracket.mean() == pytest.approx(apart.mean())


def test_tables_and_axes_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="one weight per row"):
        Joint(((1.0,), (2.0, 3.0)), (0.5, 0.5))
    with pytest.raises(ValueError, match="positive step"):
        Axis(0.0, 10)
    with pytest.raises(ValueError, match="must not be negative"):
        discretise_affine(0.0, (-1.0,), (Constant(1.0),), Axis(1.0, 10), "up")


def test_an_axis_has_two_points_at_least() -> None:
    assert Axis(1.0, 2).top == 1.0
    with pytest.raises(ValueError, match="at least 2 cells"):
        Axis(1.0, 1)


@pytest.mark.parametrize(("law", "truth"), CONTINUOUS)
def test_what_lies_beyond_the_axis_keeps_its_mean(law: Law, truth) -> None:
    """E[offset + X; offset + X >= end], by quadrature of another library's density."""
    axis, offset = Axis(0.05, 31), 0.25
    beyond = truth.expect(lambda x: x + offset, lb=axis.end - offset, ub=math.inf)
    assert discretise(law, axis, "down", offset).tail == pytest.approx(beyond, rel=1e-6)


def test_masses_far_out_keep_all_their_digits() -> None:
    """P(40 <= X < 41) of the exponential law, where 1 - P(X > t) has none left."""
    down = discretise(Gamma(1.0, 1.0), Axis(1.0, 60), "down")
    assert down.mass[40] == pytest.approx(math.exp(-40.0) - math.exp(-41.0), rel=1e-9, abs=0.0)


def test_a_range_without_width_is_its_one_value() -> None:
    axis = Axis(0.5, 10)
    for law in (Uniform(1.5, 1.5), Triangular(1.5, 1.5, 1.5), Gamma(1.5, 0.0), LogNormal(1.5, 0.0)):
        assert Bracket.of(law, axis).quantile(0.5) == (1.5, 1.5)


def test_nothing_that_ends_has_any_mean_up_to_what_is_known() -> None:
    assert Bracket.nothing(Axis(0.5, 10)).mean() == (0.0, math.inf)
    assert Bracket.nothing(Axis(0.5, 10)).mean(7.0) == (0.0, 7.0)


def test_a_rank_beyond_what_the_window_holds_has_no_quantile() -> None:
    """Of an exponential law cut off after one mean, 1 - 1/e lies within; nothing is known of the rest."""
    axis = Axis.covering(1.0, 1000)
    low, high = Bracket.of(Gamma(1.0, 1.0), axis).quantile(1 - math.exp(-1) + 0.01)
    assert high == math.inf
    assert Bracket.of(Gamma(1.0, 1.0), axis).slow.quantile(0.7) == math.inf
    assert low >= 1.0 - axis.step


def test_cells_far_out_keep_their_digits() -> None:
    """P(40 < X <= 40 + step) of an exponential law is e^-40 (1 - e^-step): a difference of ones would lose it."""
    axis = Axis.covering(50.0, 1000)
    mass = Bracket.of(Gamma(1.0, 1.0), axis).fast.mass
    at = round(40.0 / axis.step)
    assert mass[at] == pytest.approx(math.exp(-at * axis.step) * -math.expm1(-axis.step), rel=1e-9, abs=0.0)
    early = Bracket.of(Gamma(10.0, 1.0), axis).fast.mass  # 8 standard deviations before its mean
    at = round(2.0 / axis.step)
    below = stats.gamma(100, scale=0.1).cdf(axis.step * np.array([at, at + 1]))
    assert early[at] == pytest.approx(below[1] - below[0], rel=1e-9, abs=0.0)
