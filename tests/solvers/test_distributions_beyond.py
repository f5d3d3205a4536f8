"""What lies beyond the window of a lattice, and figures read off small lattices, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.model.law import Empirical, Gamma, LogNormal, Triangular
from groma.solvers.distributions import (
    Axis,
    Bracket,
    Joint,
    Lattice,
    cdf_and_sf,
    convolve,
    discretise,
    discretise_affine,
    envelope_fast,
    envelope_slow,
    fastest,
    limited_mean,
    mixture,
    raw_moments,
    rescale,
    slowest,
    truncate,
)
from groma.solvers.distributions.law_functions import is_exponential

EXP = Gamma(1.0, 1.0)
SHORT = Lattice(1.0, np.array([0.2, 0.3, 0.1, 0.1]), 0.3, 3.0)
"""Four points and 0.3 beyond them, at ten in the mean."""


def test_a_time_beyond_the_window_keeps_its_mean_rounded() -> None:
    axis = Axis(0.5, 4)
    for rounding, mean in (("down", 7.3), ("up", 7.5)):  # 7.3 itself is known; rounded up it is 7.5
        found = Lattice.at(axis, 7.3, rounding, 0.25)
        assert (found.beyond, found.inside) == (0.25, 0.0) and found.tail == pytest.approx(0.25 * mean)


def test_points_beyond_the_window_keep_their_mean_rounded() -> None:
    law, axis = Empirical.of([0.6, 9.3, 4.2], [2, 1, 1]), Axis(0.5, 4)
    for rounding, place, late in (("down", 1, 9.3 + 4.2), ("up", 2, 9.5 + 4.5)):
        found = discretise(law, axis, rounding)
        assert found.occupied.tolist() == [place] and found.mass[place] == found.beyond == 0.5
        assert found.tail == pytest.approx(0.25 * late)


def test_a_point_at_the_end_of_the_window_is_beyond_it() -> None:
    found = discretise(Empirical.of([0.6, 2.0], [1, 1]), Axis(0.5, 4), "down")
    assert (found.cells, found.beyond, found.tail) == (4, 0.5, 1.0)


def test_a_mixture_weighs_what_lies_beyond() -> None:
    other = Lattice(1.0, np.array([1.0, 0.0, 0.0, 0.0]), 0.0)
    unknown = Lattice(1.0, np.zeros(4), 1.0)
    assert math.isinf(unknown.tail)
    mixed = mixture((0.5, 0.0, 0.25), (SHORT, unknown, other))
    assert (mixed.beyond, mixed.tail) == (pytest.approx(0.15), pytest.approx(1.5))
    with pytest.raises(ValueError, match="different axes"):
        mixture((0.5, 0.5), (SHORT, Lattice.nothing(Axis(1.0, 5))))


def test_a_sum_ends_beyond_the_window_at_its_end_at_the_earliest() -> None:
    vague = Lattice(1.0, np.array([0.5, 0.2]), 0.3, 0.0)
    assert convolve(vague, Lattice.at(Axis(1.0, 2), 0.0, "down")).tail == pytest.approx(2 * 0.3)
    twice = convolve(SHORT, SHORT)  # a mean of 0.8 within and 3 beyond, twice; sums up to three are within
    inside = {0: 0.04, 1: 0.12, 2: 0.13, 3: 0.10}
    assert twice.mass == pytest.approx([inside[n] for n in range(4)])
    assert twice.tail == pytest.approx(2 * 3.8 - sum(n * p for n, p in inside.items()))


def test_another_axis_keeps_what_lies_beyond_it() -> None:
    """Twice as long: what is beyond the window lies at eight at least; rounded up to multiples of 1.5, a step more."""
    down = rescale(SHORT, 2.0, Axis(1.0, 12), "down")
    assert down.mass[8] == pytest.approx(0.3) and (down.beyond, down.total) == (0.0, pytest.approx(1.0))
    half = Lattice(0.5, SHORT.mass, 0.3, 1.5)
    assert rescale(half, 2.0, Axis(1.0, 12), "down").mass[4] == pytest.approx(0.3)
    up = rescale(SHORT, 2.0, Axis(1.5, 3), "up")
    assert up.mass == pytest.approx([0.2, 0.0, 0.3]) and up.beyond == pytest.approx(0.5)
    assert up.tail == pytest.approx(0.1 * 4.5 + 0.1 * 6.0 + 2 * 3.0 + 1.5 * 0.3)


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.4])
def test_what_is_rounded_up_beyond_the_window_has_a_bound_on_its_mean(offset: float) -> None:
    """Point by point far out, of an exponential law and an offset; less than a step above that."""
    axis = Axis(0.5, 4)
    found = discretise(EXP, axis, "up", offset)
    cells = range(4, 200)
    chances = [math.exp(-((k - 1) * 0.5 - offset)) - math.exp(-(k * 0.5 - offset)) for k in cells]
    truth = math.fsum(0.5 * k * p for k, p in zip(cells, chances, strict=True))
    assert truth <= found.tail <= truth + 0.5 * found.beyond


def test_a_fixed_time_beside_a_law_that_varies_costs_no_width() -> None:
    low, high = Bracket.affine(0.125, (1.0,), (EXP,), Axis(0.25, 200)).quantile(0.5)
    assert low <= 0.125 + math.log(2) <= high <= low + 0.25 + 1e-9
    single = discretise_affine(0.2, (2.0,), Joint(((3.0,),), (1.0,)), Axis(0.1, 100), "up")
    assert single.quantile(1.0) == pytest.approx(6.2) and single.occupied.tolist() == [62]
    with pytest.raises(ValueError, match="one weight per row"):
        Joint(((1.0,), (2.0,)), (1.0,))


def test_a_timeout_at_the_end_of_the_window_leaves_open_what_is_beyond() -> None:
    for tau in (4.0, 9.0):
        ok, late = truncate(SHORT, tau, "down")
        assert (ok.total, late.total) == (pytest.approx(1.0), 0.0) and ok.tail == pytest.approx(
            min(3.0, 0.3 * tau)
        )
        ok, late = truncate(SHORT, tau, "up")
        assert (ok.total, late.total) == (pytest.approx(0.7), pytest.approx(0.3))


def test_means_of_runs_that_end_ok() -> None:
    """Half of the runs, as long as all; and those of which a quarter may come as late as ten seconds: 1 in the cells of
    1/2, 1/2 and 1/4 that aren't over yet, and seven more of the last."""
    low, high = Bracket.of(EXP, Axis(0.01, 4000)).scale_mass(0.5).mean()
    assert low <= 1.0 <= high <= low + 0.02
    fast, slow = Lattice(1.0, np.array([0.5, 0.5, 0.0]), 0.0), Lattice(1.0, np.array([0.5, 0.0, 0.25]), 0.0)
    assert Bracket(fast, slow).mean(10.0)[1] == pytest.approx(0.5 + 0.5 + 0.25 + 7 * 0.25)


def test_ranks_of_runs_whose_chance_is_known() -> None:
    fast, slow = (
        Lattice(1.0, np.array([0.25, 0.25, 0.0]), 0.0),
        Lattice(1.0, np.array([0.0, 0.25, 0.25]), 0.0),
    )
    assert Bracket(fast, slow).quantile(0.5) == (0.0, 1.0)
    assert Bracket(fast, slow).quantile(0.5, of=1.0) == (1.0, 2.0)
    tenths = Lattice(1.0, np.full(10, 0.1), 0.0)
    assert tenths.cumulative[7] < 0.8  # as a computer adds them
    assert [tenths.quantile(n / 10) for n in range(1, 11)] == list(range(10))


def test_points_of_unequal_weights() -> None:
    law = Empirical.of([1.0, 2.0, 4.0], [1, 2, 5])
    below, above = cdf_and_sf(law, np.array([0.5, 1.0, 3.0, 4.0]))
    assert (below.tolist(), above.tolist()) == ([0.0, 0.125, 0.375, 1.0], [1.0, 0.875, 0.625, 0.0])
    assert limited_mean(law, np.array([0.5, 3.0])).tolist() == [0.5, (1 + 2 * 2 + 5 * 3) / 8]


def test_the_limited_mean_of_a_steep_triangle() -> None:
    """From 0 to 0.1 to 3: before the mode E min(X, t) is t - t^3 / (3 x 3 x 0.1), and the rest of the mean beyond."""
    assert limited_mean(Triangular(0.0, 0.1, 0.5), np.array([0.3]))[0] == pytest.approx(0.2 - 0.008 / 0.6)
    assert cdf_and_sf(Triangular(0.0, 0.1, 0.5), np.array([0.3]))[1][0] == pytest.approx(0.2**2 / (0.5 * 0.4))
    law = Triangular(0.0, 0.1, 3.0)
    found = limited_mean(law, np.array([0.05, 2.0]))
    assert found[0] == pytest.approx(0.05 - 0.05**3 / (3 * 3.0 * 0.1))
    assert found[1] == pytest.approx(3.1 / 3 - 1.0 / (3 * 3.0 * 2.9))


def test_ranks_at_the_end_of_what_is_known() -> None:
    """Of an exponential law 86 % lie within two: nine tenths are reached at the end of the window at the earliest."""
    axis = Axis(0.5, 4)
    assert Bracket.of(EXP, axis).quantile(0.9) == (axis.end, math.inf)
    half = Lattice(1.0, np.array([0.25, 0.25, 0.0]), 0.0)
    assert half.quantile(1.0) == 1.0 and half.quantile(1.0, of=1.0) == math.inf
    assert (Axis.covering(1.0).cells, Axis.covering(1.0).top) == (2048, pytest.approx(1.0))


def test_laws_without_width_or_memory() -> None:
    assert Bracket.of(Gamma(0.0, 1.0), Axis(0.5, 4)).quantile(0.5) == (0.0, 0.0)
    assert is_exponential(EXP) and is_exponential(Gamma(2.0, 2.0 * (1 + 1e-13)))
    assert not any(
        map(is_exponential, (Gamma(2.0, 1.0), Gamma(0.0, 0.0), LogNormal(1.0, 1.0), Gamma(2.0, 2.0 + 1e-9)))
    )


def test_more_copies_than_are_listed_come_once_more_or_never() -> None:
    part = Bracket.of(Empirical.of([1.0]), Axis(1.0, 6))
    found = part.compound((0.2, 0.3), more=0.5)
    assert found.fast.mass[:3] == pytest.approx([0.2, 0.3, 0.5]) and found.slow.mass[:3] == pytest.approx(
        [0.2, 0.3, 0.0]
    )
    listed = part.compound((0.2, 0.3))
    assert listed.total == pytest.approx((0.5, 0.5)) and listed.fast.mass[2] == 0.0


def test_ranks_of_brackets_whose_chances_differ() -> None:
    """Of 0.75 at most and 0.5 at least that end: a half is 0.25 for the fast and 0.375 for the slow."""
    fast, slow = Lattice(1.0, np.full(3, 0.25), 0.0), Lattice(1.0, np.array([0.0, 0.25, 0.25]), 0.0)
    assert Bracket(fast, slow).quantile(0.5) == (0.0, 2.0)
    rare = Lattice(1.0, np.array([0.5, 0.5 - 1e-14, 0.0, 1e-14]), 0.0)
    assert Bracket(rare, rare).quantile(1.0) == (3.0, 3.0)
    assert Bracket.nothing(Axis(1.0, 3)).quantile(0.5) == (math.inf, math.inf)
    assert Bracket.at(Axis(1.0, 6), 2.5).total == (1.0, 1.0)
    assert Bracket.at(Axis(1.0, 6), 2.5, 0.5).quantile(1.0) == (2.0, 3.0)


def test_rounding_puts_nothing_beyond_the_window() -> None:
    tenths = Lattice(1.0, np.full(10, 0.1), 0.0)
    for join in (slowest, fastest, envelope_fast, envelope_slow):
        assert join([tenths, tenths, tenths]).quantile(1.0) == 9.0
        assert join([SHORT]).mass == pytest.approx(SHORT.mass) and join([SHORT]).tail == 3.0
    end = Lattice.at(Axis(0.5, 4), 2.0, "down")
    assert (end.beyond, end.inside, end.tail) == (1.0, 0.0, 2.0)


def test_products_of_many_points_keep_their_support() -> None:
    """Eight points from the third on, and eight from the first on, of 12: sums from 4 to 18, of which 12 is beyond."""
    first, second = np.zeros(12), np.zeros(12)
    first[3:11], second[1:9] = 0.125, 0.125
    both = convolve(Lattice(1.0, first, 0.0), Lattice(1.0, second, 0.0))
    truth = np.convolve(first, second)
    assert not both.mass[:4].any() and both.mass == pytest.approx(truth[:12], abs=1e-15)
    assert both.beyond == pytest.approx(truth[12:].sum())
    for seed in range(20):
        ragged = np.zeros(40)
        ragged[3:11] = np.random.default_rng(seed).dirichlet(np.ones(8))
        twice = convolve(Lattice(1.0, ragged, 0.0), Lattice(1.0, ragged, 0.0))
        assert (twice.occupied.min(), twice.occupied.max()) == (6, 20)
    short = np.zeros(12)
    short[:8] = 0.125
    edge = np.zeros(12)
    edge[[0, 1, 2, 3, 4, 5, 5, 5]] = 1 / 6
    just = convolve(Lattice(1.0, short, 0.0), Lattice(1.0, edge, 0.0))
    assert just.beyond == pytest.approx(0.125 / 6)  # 7 + 5, the first point after the window


def test_sums_over_tables_and_laws() -> None:
    axis = Axis(0.01, 4000)
    both = Bracket.affine(EXP, (1.0,), Joint(((1.0,), (3.0,)), (0.5, 0.5)), axis)
    low, high = both.mean()
    assert low <= 3.0 <= high <= low + 0.03
    assert Bracket.affine(1.0, (0.0, 2.0), (LogNormal(1.0, 1.0), EXP), axis).mean()[0] == pytest.approx(
        3.0, abs=0.02
    )
    for per in ((-1.0, 1.0), (1.0, -1.0)):
        with pytest.raises(ValueError, match="must not be negative"):
            discretise_affine(0.0, per, (EXP, EXP), axis, "up")
    with pytest.raises(ValueError, match="1 times per unit for rows of 2 sizes"):
        discretise_affine(0.0, (1.0,), Joint(((1.0, 2.0),), (1.0,)), axis, "up")
    with pytest.raises(ValueError, match="1 times per unit for 2 sizes"):
        discretise_affine(0.0, (1.0,), (EXP, EXP), axis, "up")
    assert raw_moments(Empirical.of([1.0, 3.0], [3, 1]), 3) == pytest.approx((1.5, 3.0, 7.5))
