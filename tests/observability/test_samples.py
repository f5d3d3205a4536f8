"""Sample sizes, agreement and control charts against published tables and other implementations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from groma.solvers.monitoring import (
    cases_against_target,
    cases_paired,
    cases_two_shares,
    clopper_pearson,
    cohen_kappa,
    cusum_arl,
    cusum_limit,
    ewma_arl,
    ewma_limit,
    krippendorff_alpha,
    ks_limit,
    power_against_target,
    power_paired,
    power_two_shares,
    psi,
    psi_limit,
    wilson,
)
from groma.solvers.monitoring.charts import simulated_cusum

TABLE = {
    0.0: (168, 465), 0.25: (74.2, 139), 0.5: (26.6, 38.0), 0.75: (13.3, 17.0), 1.0: (8.38, 10.4), 1.5: (4.75, 5.75),
    2.0: (3.34, 4.01), 2.5: (2.62, 3.11), 3.0: (2.19, 2.57), 4.0: (1.71, 2.01),
}  # fmt: skip
"""Shift -> mean run length of a two-sided CUSUM with k = 1/2 and h = 4 or 5: Montgomery and Runger, "Applied Statistics
and Probability for Engineers", table 16-9 (Montgomery, "Introduction to Statistical Quality Control", table 9.3; Lucas
and Crosier 1982)."""


@pytest.mark.parametrize("shift", TABLE)
def test_cusum_runs_are_those_of_the_table(shift: float) -> None:
    """Two one-sided charts together: 1 / ARL = 1 / ARL+ + 1 / ARL- (Kemp 1961)."""
    for h, published in zip((4.0, 5.0), TABLE[shift], strict=True):
        both = 1 / (1 / cusum_arl(0.5, h, shift) + 1 / cusum_arl(0.5, h, -shift))
        assert both == pytest.approx(published, rel=0.005)


def crowder(weight: float, width: float, shift: float, points: int = 120) -> float:
    """Mean run length of an EWMA by its integral equation, Gauss-Legendre (Crowder, Technometrics 29, 1987, 401)."""
    limit = width * math.sqrt(weight / (2 - weight))
    nodes, weights = np.polynomial.legendre.leggauss(points)
    y, w = limit * nodes, limit * weights
    kernel = stats.norm.pdf((y[None, :] - (1 - weight) * y[:, None]) / weight - shift) / weight * w
    runs = np.linalg.solve(np.eye(points) - kernel, np.ones(points))
    return float(1 + (stats.norm.pdf(y / weight - shift) / weight * w) @ runs)


@pytest.mark.parametrize(
    ("weight", "width", "shift", "published"),
    [
        (0.1, 2.814, 0.5, 31.3),
        (0.4, 3.054, 0.0, 500.0),
        (0.25, 2.998, 0.0, 500.0),
        (0.2, 2.962, 0.0, 500.0),
        (0.1, 2.814, 0.0, 500.0),
        (0.1, 2.814, 1.0, 10.3),
        (0.4, 3.054, 1.0, 14.3),
        (0.2, 2.962, 0.5, 41.8),
        (0.05, 2.615, 1.0, 11.4),
    ],
)
def test_ewma_runs_are_those_of_the_tables(
    weight: float, width: float, shift: float, published: float
) -> None:
    """Lucas and Saccucci, Technometrics 32, 1990, 1 (Montgomery, table 9.11); and, since a copy of that table wasn't at
    hand when these were last checked, the integral equation that the table was held against, which is closer."""
    assert ewma_arl(weight, width, shift) == pytest.approx(published, rel=0.01)
    assert ewma_arl(weight, width, shift) == pytest.approx(crowder(weight, width, shift), rel=5e-4)


def test_cusum_runs_are_those_of_drawn_runs() -> None:
    lengths = simulated_cusum(0.25, 3.0, 0.3, 20_000, np.random.default_rng(5))
    error = lengths.std() / math.sqrt(lengths.size)
    assert abs(lengths.mean() - cusum_arl(0.25, 3.0, 0.3)) < 4 * error


def test_a_limit_gives_the_run_length_asked_for() -> None:
    assert cusum_arl(0.5, cusum_limit(0.5, 336.0)) == pytest.approx(336.0, rel=1e-4)
    assert cusum_limit(0.5, 336.0) == pytest.approx(4.0, abs=0.01)


def test_power_against_a_target_is_that_of_the_binomial_law() -> None:
    for cases, target, share in ((50, 0.6, 0.8), (120, 0.9, 0.95), (10, 0.5, 0.9)):
        needed = next(h for h in range(cases + 2) if stats.binom.sf(h - 1, cases, target) <= 0.05)
        assert power_against_target(cases, target, share) == pytest.approx(
            stats.binom.sf(needed - 1, cases, share)
        )


def test_cases_against_a_target_is_where_the_saw_stays_above() -> None:
    for share in (0.7, 0.75, 0.78):
        found = cases_against_target(0.6, share)
        assert found is not None
        assert all(power_against_target(n, 0.6, share) >= 0.8 for n in range(found, found + 60))
        assert power_against_target(found - 1, 0.6, share) < 0.8
    assert cases_against_target(0.6, 0.6) is None
    assert cases_against_target(0.01, 1.0) == 1  # a hit is rarer than 5 % below the target, and sure above
    # A'Hern's table of exact single-stage designs (Statistics in Medicine 20, 2001, 859): p0 0.3, p1 0.5, alpha 5 %,
    # power 80 %: 39 patients. His number is the first that does, ours the first from which on all do.
    assert power_against_target(39, 0.3, 0.5) >= 0.8
    assert all(power_against_target(n, 0.3, 0.5) < 0.8 for n in range(1, 39))


def test_fisher_power_is_that_of_a_sum_over_all_tables() -> None:
    cases, a, b = 12, 0.3, 0.8
    total = 0.0
    for x, y in itertools.product(range(cases + 1), repeat=2):
        if stats.fisher_exact([[x, cases - x], [y, cases - y]])[1] <= 0.05:
            total += stats.binom.pmf(x, cases, a) * stats.binom.pmf(y, cases, b)
    assert power_two_shares(cases, a, b) == pytest.approx(total, abs=1e-9)


def test_cases_of_two_shares_are_near_those_of_statsmodels() -> None:
    power = pytest.importorskip("statsmodels.stats.power")
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    # The arcsine approximation, made to follow Fisher's test by the continuity correction of Casagrande and others
    # 1978.
    effect = proportion.proportion_effectsize(0.7, 0.5)
    normal = power.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    found = cases_two_shares(0.7, 0.5)
    assert found is not None
    assert found == pytest.approx(normal / 4 * (1 + math.sqrt(1 + 4 / (normal * 0.2))) ** 2, rel=0.03)


@pytest.mark.parametrize(("first", "second"), [(0.02, 0.2), (0.2, 0.02), (0.98, 0.7)])
def test_cases_of_two_shares_are_the_fewest_that_do(first: float, second: float) -> None:
    found = cases_two_shares(first, second)
    assert found is not None
    assert power_two_shares(found, first, second) >= 0.8
    assert all(power_two_shares(n, first, second) < 0.8 for n in range(found - 5, found))


def test_paired_power_is_that_of_a_sum_over_all_outcomes() -> None:
    cases, better, worse = 30, 0.3, 0.08
    total = 0.0
    for b in range(cases + 1):
        for c in range(cases + 1 - b):
            n = b + c
            if n and stats.binomtest(b, n).pvalue <= 0.05:
                total += stats.multinomial.pmf([b, c, cases - n], cases, [better, worse, 1 - better - worse])
    assert power_paired(cases, better, worse) == pytest.approx(total, abs=1e-9)
    # where all pairs differ, of 20 at least 15 or at most 5 for the new one (the sign test's table at 5 %)
    assert (
        cases_paired(1.0, 0.0) == 6
    )  # where all do, six of six: of five it happens by chance once in sixteen
    tails = stats.binom.sf(14, 20, 0.8) + stats.binom.cdf(5, 20, 0.8)
    assert power_paired(20, 0.8, 0.2) == pytest.approx(tails, rel=1e-9)
    found = cases_paired(better, worse)
    assert found is not None
    assert power_paired(found, better, worse) >= 0.8 > power_paired(found - 1, better, worse)


def test_intervals_are_those_of_scipy() -> None:
    for hits, trials in ((0, 10), (3, 17), (60, 100), (25, 25)):
        exact = stats.binomtest(hits, trials).proportion_ci(0.95, "exact")
        assert clopper_pearson(hits, trials) == pytest.approx((exact.low, exact.high))
        score = stats.binomtest(hits, trials).proportion_ci(0.95, "wilson")
        assert wilson(hits, trials) == pytest.approx((score.low, score.high), abs=1e-9)


def test_kappa_is_that_of_the_textbook() -> None:
    """The example of fifty grant proposals: both yes 20, both no 15, 5 and 10 apart: 0.4."""
    first = ["y"] * 20 + ["n"] * 15 + ["y"] * 5 + ["n"] * 10
    second = ["y"] * 20 + ["n"] * 15 + ["n"] * 5 + ["y"] * 10
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    assert cohen_kappa(["y", "y"], ["y", "y"]) is None


KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_that_of_krippendorffs_own_example(level: str, published: float) -> None:
    assert krippendorff_alpha(KRIPPENDORFF, level) == pytest.approx(published, abs=0.0006)  # type: ignore[arg-type]


def test_limits_of_distances_are_what_chance_exceeds() -> None:
    draw = np.random.default_rng(3)
    reference, new, bins, alpha = 2000, 500, 10, 0.05
    limit = psi_limit(reference, new, bins, alpha)
    assert limit is not None
    far = sum(
        psi(draw.multinomial(reference, [0.1] * bins).tolist(), draw.multinomial(new, [0.1] * bins).tolist())
        > limit
        for _ in range(4000)
    )
    assert far / 4000 == pytest.approx(alpha, abs=0.015)
    assert psi_limit(2000, 30, 10, 0.05) is None
    assert ks_limit(100, 200, 0.05) == pytest.approx(1.3581 * math.sqrt(300 / 20000), rel=1e-4)
    far = sum(
        stats.ks_2samp(draw.uniform(size=300), draw.uniform(size=200)).statistic > ks_limit(300, 200, 0.1)
        for _ in range(600)
    )
    assert far / 600 < 0.14


def test_limits_of_ewma_charts_are_those_of_the_tables() -> None:
    """Lucas and Saccucci 1990: the width whose chart signals by chance once in 500 observations."""
    assert ewma_limit(0.25, 500.0) == pytest.approx(2.998, abs=0.005)
    assert cusum_arl(0.5, 0.1) > 1.5
    assert cusum_limit(0.5, 1.5) == 0.1  # the least that is looked at


def test_the_index_of_two_samples_by_hand() -> None:
    """(0.5 - 0.25) ln 2 + (0.5 - 0.75) ln (2 / 3) = 0.25 ln 3."""
    assert psi([50, 50], [10, 30]) == pytest.approx(0.25 * math.log(3.0), rel=1e-12)
    assert psi([50, 50, 0], [3, 3, 0]) == 0.0
    assert psi([50, 50, 0], [3, 3, 1]) == psi([3, 3, 1], [50, 50, 0]) == math.inf
    assert psi_limit(50, 60, 10, 0.05) is not None
    assert psi_limit(49, 60, 10, 0.05) is psi_limit(60, 49, 10, 0.05) is None


def test_ratings_that_could_not_disagree_say_nothing() -> None:
    assert krippendorff_alpha([[1.0, 1.0, None], [1.0, 1.0, 2.0]]) is None
    assert krippendorff_alpha([[1.0, None], [None, 2.0]]) is None
    # two raters, two cases, always apart: seen 1, by chance 2 / 3
    assert krippendorff_alpha([[1.0, 2.0], [2.0, 1.0]]) == pytest.approx(1.0 - 1.0 / (2.0 / 3.0))
    # always apart on two cases: by chance half
    assert cohen_kappa(["y", "n"], ["n", "y"]) == pytest.approx(-1.0)


def test_where_no_number_of_cases_does_none_is_said() -> None:
    assert cases_two_shares(0.5, 0.5) is None
    assert cases_two_shares(0.50, 0.51) is None
    assert cases_paired(0.1, 0.1) is None
    assert cases_paired(0.100, 0.099) is None
    # by the normal law 5,124 and 3,020: a matter of minutes, which isn't spent
    assert cases_paired(0.2, 0.176) is None
    assert cases_two_shares(0.5, 0.464) is None
    assert cases_against_target(0.7, 0.6) is None
    assert cases_against_target(0.5, 0.5001) is None
    # of two cases at most two hit, which happens by chance in a quarter of all times under the target
    assert power_against_target(2, 0.5, 1.0) == 0.0
    assert power_against_target(5, 0.5, 1.0) == 1.0
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: cohen_kappa([], []), "as many ratings"),
        (lambda: cohen_kappa(["y"], ["y", "n"]), "as many ratings"),
        (lambda: krippendorff_alpha([[1.0], [1.0, 2.0]]), "as many cases for each rater"),
        (lambda: cusum_arl(-0.1, 1.0), "k >= 0 and h > 0"),
        (lambda: cusum_arl(0.5, 0.0), "k >= 0 and h > 0"),
        (lambda: ewma_arl(0.0, 1.0), "0 < weight <= 1"),
        (lambda: ewma_arl(1.1, 1.0), "0 < weight <= 1"),
        (lambda: ewma_arl(0.5, 0.0), "0 < weight <= 1"),
        (lambda: cusum_limit(0.5, 1.0), "between 1 and a million"),
        (lambda: cusum_limit(0.5, 1.1e6), "between 1 and a million"),
        (lambda: psi([1], [1, 2]), "the same bins"),
        (lambda: psi([0, 0], [1, 2]), "the same bins"),
        (lambda: psi([1, 2], [0, 0]), "the same bins"),
        (lambda: psi_limit(0, 10, 2, 0.1), "cases, two bins or more"),
        (lambda: psi_limit(10, 0, 2, 0.1), "cases, two bins or more"),
        (lambda: psi_limit(10, 10, 1, 0.1), "cases, two bins or more"),
        (lambda: psi_limit(10, 10, 2, 0.0), "cases, two bins or more"),
        (lambda: psi_limit(10, 10, 2, 1.0), "cases, two bins or more"),
        (lambda: ks_limit(0, 10, 0.1), "cases and a chance"),
        (lambda: ks_limit(10, 0, 0.1), "cases and a chance"),
        (lambda: ks_limit(10, 10, 0.0), "cases and a chance"),
        (lambda: ks_limit(10, 10, 1.0), "cases and a chance"),
        (lambda: wilson(-1, 3), "0 <= hits <= trials"),
        (lambda: wilson(4, 3), "0 <= hits <= trials"),
        (lambda: clopper_pearson(4, 3), "0 <= hits <= trials"),
        (lambda: clopper_pearson(-1, 3), "0 <= hits <= trials"),
        (lambda: clopper_pearson(1, 3, 1.0), "a level between 0 and 1"),
        (lambda: clopper_pearson(1, 3, 0.0), "a level between 0 and 1"),
        (lambda: power_against_target(5, -0.1, 0.5), "a share between 0 and 1"),
        (lambda: power_against_target(5, 0.5, 1.1), "a share between 0 and 1"),
        (lambda: power_two_shares(5, 0.5, 1.1), "a share between 0 and 1"),
        (lambda: cases_against_target(0.5, 0.6, 1.1), "a share between 0 and 1"),
        (lambda: cases_two_shares(0.5, 0.6, -0.1), "a share between 0 and 1"),
        (lambda: power_paired(5, 0.7, 0.4), "sum to at most one"),
        (lambda: power_paired(5, -0.1, 0.4), "sum to at most one"),
        (lambda: power_paired(5, 0.4, -0.1), "sum to at most one"),
        (lambda: power_paired(5, 0.0, 0.0), "sum to at most one"),
    ],
)
def test_what_makes_no_sense_is_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()
