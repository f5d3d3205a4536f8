"""Sample sizes, agreement and control charts against published tables and other implementations."""

from __future__ import annotations

import itertools
import math

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
    found = cases_against_target(0.6, 0.75)
    assert found is not None
    assert all(power_against_target(n, 0.6, 0.75) >= 0.8 for n in range(found, found + 60))
    assert power_against_target(found - 1, 0.6, 0.75) < 0.8
    assert cases_against_target(0.6, 0.6) is None
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


def test_paired_power_is_that_of_a_sum_over_all_outcomes() -> None:
    cases, better, worse = 30, 0.3, 0.08
    total = 0.0
    for b in range(cases + 1):
        for c in range(cases + 1 - b):
            n = b + c
            if n and stats.binomtest(b, n).pvalue <= 0.05:
                total += stats.multinomial.pmf([b, c, cases - n], cases, [better, worse, 1 - better - worse])
    assert power_paired(cases, better, worse) == pytest.approx(total, abs=1e-9)
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
