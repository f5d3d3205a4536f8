"""Quasi-Monte Carlo and variance shares, against closed forms and another implementation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from groma.solvers.sampling import (
    Range,
    estimate,
    indices,
    jackknife,
    mixed_points,
    quantile_of,
    sobol_points,
)

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]
A, B = 7.0, 0.1
IMPORTANCE = (0.0, 1.0, 4.5, 9.0, 99.0)


def ishigami(u: NDArray[np.float64]) -> NDArray[np.float64]:
    x = (2 * u - 1) * math.pi
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(u: NDArray[np.float64]) -> NDArray[np.float64]:
    a = np.array(IMPORTANCE)
    return np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1)


def linear(u: NDArray[np.float64]) -> NDArray[np.float64]:
    return u @ np.array([3.0, -2.0, 1.0])


def ishigami_truth() -> tuple[list[float], list[float]]:
    """Ishigami and Homma 1990."""
    one = 0.5 * (1 + B * math.pi**4 / 5) ** 2
    two = A**2 / 8
    pair = B**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + pair
    return [one / whole, two / whole, 0.0], [(one + pair) / whole, two / whole, pair / whole]


def g_truth() -> tuple[list[float], list[float]]:
    """Sobol 1993: each factor has mean 1 and variance 1 / (3 (1 + a)^2)."""
    parts = [1 / (3 * (1 + a) ** 2) for a in IMPORTANCE]
    whole = math.prod(1 + v for v in parts) - 1
    return [v / whole for v in parts], [v * math.prod(1 + w for w in parts) / (1 + v) / whole for v in parts]


def linear_truth() -> tuple[list[float], list[float]]:
    return [9 / 14, 4 / 14, 1 / 14], [9 / 14, 4 / 14, 1 / 14]


def estimated(f: Function, arguments: int, count: int, seed: str) -> tuple[list[float], list[float]]:
    points = sobol_points(2 * arguments, count, seed)
    found = indices(
        f(points[:, :arguments]),
        f(points[:, arguments:]),
        {n: f(mixed_points(points, n)) for n in range(arguments)},
    )
    return [found.first[n] for n in range(arguments)], [found.total[n] for n in range(arguments)]


@pytest.mark.parametrize(
    ("f", "truth", "within"),
    [(ishigami, ishigami_truth(), 0.01), (g_function, g_truth(), 0.01), (linear, linear_truth(), 0.002)],
)
def test_shares_of_variance_are_those_of_the_closed_forms(
    f: Function, truth: tuple[list[float], list[float]], within: float
) -> None:
    first, total = estimated(f, len(truth[0]), 8192, "a")
    assert first == pytest.approx(truth[0], abs=within)
    assert total == pytest.approx(truth[1], abs=within)


def test_the_interval_over_scramblings_holds_the_truth() -> None:
    """99 % intervals of 16 indices from small samples: one in a hundred may miss."""
    missed = asked = 0
    for f, truth in ((ishigami, ishigami_truth()), (g_function, g_truth())):
        repeats = [estimated(f, len(truth[0]), 256, f"part {n}") for n in range(8)]
        for kind in (0, 1):
            for column, true in enumerate(truth[kind]):
                found = estimate([repeat[kind][column] for repeat in repeats])
                asked += 1
                missed += not found.low - 0.005 <= true <= found.high + 0.005
    assert asked == 16
    assert missed <= 1


def test_another_implementation_gives_the_same_indices() -> None:
    """scipy.stats.sobol_indices, told the values at the same points (it computes Saltelli 2010 and Jansen 1999)."""
    points = sobol_points(6, 1024, "peer")
    values = [ishigami(points[:, :3]), ishigami(points[:, 3:])]
    mixed = {n: ishigami(mixed_points(points, n)) for n in range(3)}
    ours = indices(*values, mixed)
    peer = stats.sobol_indices(
        func={
            "f_A": values[0][None],
            "f_B": values[1][None],
            "f_AB": np.array([v[None] for v in mixed.values()]),
        },
        n=1024,
    )
    assert [ours.first[n] for n in range(3)] == pytest.approx(peer.first_order.ravel().tolist(), rel=1e-9)
    assert [ours.total[n] for n in range(3)] == pytest.approx(peer.total_order.ravel().tolist(), rel=1e-9)


@pytest.mark.parametrize("scale", [1e-15, 1e15])
def test_shares_of_variance_know_no_unit(scale: float) -> None:
    first, total = estimated(lambda u: scale * linear(u), 3, 1024, "a")
    assert first == pytest.approx(linear_truth()[0], abs=0.01)
    assert total == pytest.approx(linear_truth()[1], abs=0.01)


def test_one_estimate_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two independent estimates"):
        estimate([1.0])
    assert estimate([1.0, 3.0]).high == pytest.approx(2.0 + 63.656741)  # t(0.995, 1) of any table


def test_what_does_not_vary_has_no_shares() -> None:
    still = np.full(8, 0.1)
    found = indices(still, still, {0: still})
    assert math.isnan(found.first[0]) and math.isnan(found.total[0])
    endless = np.array([1.0, math.inf] * 4)
    assert math.isnan(indices(endless, endless, {0: endless}).total[0])


def test_errors_fall_faster_than_by_chance() -> None:
    """The mean of exp(x + y) over the square is (e - 1)^2; from 64 to 4096 points chance would gain a factor of 8."""
    truth = (math.e - 1) ** 2

    def error(count: int) -> float:
        off = [
            float(np.mean(np.exp(sobol_points(2, count, f"{count} {n}").sum(axis=1)))) - truth
            for n in range(16)
        ]
        return math.sqrt(sum(x * x for x in off) / len(off))

    few, many = error(64), error(4096)
    assert few < 0.02
    assert few / many > 40


def test_a_name_is_a_sample_and_another_is_another() -> None:
    assert np.array_equal(sobol_points(3, 16, "a"), sobol_points(3, 16, "a"))
    assert not np.allclose(sobol_points(3, 16, "a"), sobol_points(3, 16, "b"))
    points = sobol_points(2, 64, "a")
    # a scrambled (0, 6, 2)-net: every dyadic box of volume 1/64 holds one point
    for along in range(7):
        boxes = np.floor(points[:, 0] * 2**along) * 2 ** (6 - along) + np.floor(
            points[:, 1] * 2 ** (6 - along)
        )
        assert sorted(boxes.astype(int).tolist()) == list(range(64))
    with pytest.raises(ValueError, match="a power of two, found 12"):
        sobol_points(2, 12, "a")
    assert sobol_points(0, 4, "a").shape == (4, 0)


@pytest.mark.parametrize(
    ("given", "law"),
    [
        (Range(2.0, 5.0), stats.uniform(2, 3)),
        (Range(2.0, 5.0, 3.0), stats.triang(1 / 3, 2, 3)),
        (Range(2.0, 5.0, 2.0), stats.triang(0, 2, 3)),
        (Range(-1.0, 5.0, 5.0), stats.triang(1, -1, 6)),
    ],
)
def test_quantiles_of_ranges_are_those_of_their_laws(given: Range, law: object) -> None:
    shares = np.linspace(0, 1, 101)
    assert given.quantile(shares) == pytest.approx(law.ppf(shares))  # type: ignore[attr-defined]
    assert given.law == ("uniform" if given.likely is None else "triangular")


def test_no_quantile_lies_outside_its_range() -> None:
    odd = Range(0.1, 0.3, 0.1 + 0.2)
    found = odd.quantile(np.array([0.0, 1e-300, 0.5, 1 - 1e-16, 1.0]))
    assert found.min() >= 0.1 and found.max() <= 0.3


def test_an_estimate_has_the_interval_of_student() -> None:
    """Against scipy's own one-sample interval."""
    repeats = [1.0, 1.2, 0.9, 1.3, 1.05]
    found, peer = estimate(repeats), stats.ttest_1samp(repeats, 0.0).confidence_interval(0.99)
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high))
    assert found.error == pytest.approx(stats.sem(repeats))
    assert estimate([1.0, math.inf]).value == math.inf
    assert math.isnan(estimate([-math.inf, math.inf]).value)


def test_pseudo_values_of_a_mean_are_what_it_is_the_mean_of_and_those_of_a_variance_make_it_unbiased() -> (
    None
):
    """Tukey 1958; Efron 1982, "The Jackknife, the Bootstrap and Other Resampling Plans", 2.2 and 2.3."""
    values = [1.0, 4.0, 2.5, 9.0, 3.0]
    without = [[*values[:n], *values[n + 1 :]] for n in range(5)]
    means = jackknife(float(np.mean(values)), [float(np.mean(rest)) for rest in without])
    assert means == pytest.approx(values)
    spreads = jackknife(float(np.var(values)), [float(np.var(rest)) for rest in without])
    assert np.mean(spreads) == pytest.approx(np.var(values, ddof=1))


def test_quantiles_of_a_sample_are_those_of_numpy() -> None:
    values = np.array([3.0, 1.0, 2.0, 8.0, 5.0, 4.0, 9.0])
    for share in (0.0, 0.05, 0.3, 0.5, 0.77, 0.95, 1.0):
        assert quantile_of(values, share) == pytest.approx(np.quantile(values, share, method="hazen"))
    tail = np.array([1.0, 2.0, 3.0, math.inf])
    assert quantile_of(tail, 0.5) == 2.5
    assert quantile_of(tail, 0.95) == math.inf
    assert quantile_of(tail, 0.7) == 3.0  # 0.3 of the way from 3 to what has no end
    assert quantile_of(tail, 0.8) == math.inf


def test_the_variance_of_a_sum_is_the_sum_of_variances() -> None:
    """Of triangular and uniform arguments, by their closed forms."""
    laws = [Range(0.0, 2.0), Range(1.0, 5.0, 2.0)]
    points = sobol_points(2, 4096, "sum")
    values = sum(law.quantile(points[:, n]) for n, law in enumerate(laws))
    triangle = (1 + 25 + 4 - 5 - 2 - 10) / 18
    assert np.mean(values) == pytest.approx(1 + 8 / 3, rel=1e-4)
    assert np.var(values) == pytest.approx(4 / 12 + triangle, rel=1e-3)
    # the same by quadrature of the quantile function
    second, _ = integrate.quad(lambda u: float(laws[1].quantile(np.array([u]))[0]) ** 2, 0, 1)
    assert second - (8 / 3) ** 2 == pytest.approx(triangle, rel=1e-6)


def test_one_point_is_a_power_of_two() -> None:
    assert sobol_points(3, 1, "alone").shape == (1, 3)
