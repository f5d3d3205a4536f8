"""The latency algebra against closed forms, and the bracket against simulation and against itself."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Uniform
from groma.solvers.distributions import (
    Axis,
    Bracket,
    Lattice,
    compound,
    convolve,
    envelope_fast,
    envelope_slow,
    fastest,
    kth_of,
    mixture,
    power,
    rescale,
    slowest,
    truncate,
)
from groma.solvers.distributions.lattice import cell_of, cells_of

AXIS = Axis(0.01, 2000)
EXP = Gamma(1.0, 1.0)


def lattices(cells: int = 12) -> st.SearchStrategy[Lattice]:
    """Random sub-distributions; a few of them with mass beyond the window."""

    def build(weights: list[float], share: float, beyond: float) -> Lattice:
        mass = np.array(weights)
        whole = mass.sum() + beyond
        return Lattice(1.0, mass * share / whole, beyond * share / whole)

    weight = st.one_of(st.just(0.0), st.floats(0.01, 1.0))
    return st.builds(
        build,
        st.lists(weight, min_size=cells, max_size=cells).filter(any),
        st.floats(0.1, 1.0),
        st.one_of(st.just(0.0), st.floats(0.01, 0.5)),
    )


def outcomes(lattice: Lattice) -> list[tuple[float, float]]:
    """(time, probability) of every outcome; infinity for what is beyond, NaN for what never comes."""
    points = [(float(i), float(p)) for i, p in enumerate(lattice.mass)]
    return [*points, (math.inf, lattice.beyond), (math.nan, 1.0 - lattice.total)]


def enumerated(parts: list[Lattice], combine) -> tuple[np.ndarray, float]:
    """Cumulative and total of a combination, by brute force over all joint outcomes."""
    cells = parts[0].cells
    cumulative, total = np.zeros(cells), 0.0
    for joint in itertools.product(*map(outcomes, parts)):
        weight = math.prod(p for _, p in joint)
        time = combine([t for t, _ in joint])
        if not math.isnan(time):
            total += weight
            if time < cells:
                cumulative[int(time) :] += weight
    return cumulative, total


def kth(k: int):
    def at(times: list[float]) -> float:
        done = sorted(t for t in times if not math.isnan(t))
        return done[k - 1] if len(done) >= k else math.nan

    return at


@given(a=lattices(), b=lattices())
@settings(max_examples=60, deadline=None)
def test_a_sequence_is_the_sum_over_all_joint_outcomes(a: Lattice, b: Lattice) -> None:
    cumulative, total = enumerated([a, b], sum)
    result = convolve(a, b)
    assert np.abs(result.cumulative - cumulative).max() < 1e-14
    assert result.total == pytest.approx(total, abs=1e-14)


@given(parts=st.lists(lattices(5), min_size=3, max_size=3), k=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_joins_are_order_statistics_over_all_joint_outcomes(parts: list[Lattice], k: int) -> None:
    cumulative, total = enumerated(parts, kth(k))
    result = kth_of(k, parts)
    assert np.abs(result.cumulative - cumulative).max() < 1e-13
    assert result.total == pytest.approx(total, abs=1e-13)
    if k == 1:
        assert np.abs(fastest(parts).cumulative - cumulative).max() < 1e-13
        assert fastest(parts).total == pytest.approx(total, abs=1e-13)
    if k == 3:
        assert np.abs(slowest(parts).cumulative - cumulative).max() < 1e-13
        assert slowest(parts).total == pytest.approx(total, abs=1e-13)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_the_sum_of_exponentials_is_erlang(n: int) -> None:
    axis = Axis(0.02, 2048)
    bracket = Bracket.of(EXP, axis)
    total = bracket
    for _ in range(n - 1):
        total = total.convolve(bracket)
    times = np.arange(axis.cells) * axis.step
    truth = special.gammainc(n, times)
    assert (total.fast.cumulative >= truth - 1e-13).all()
    assert (total.slow.cumulative <= truth + 1e-13).all()
    for p in (0.05, 0.5, 0.95, 0.999):
        low, high = total.quantile(p)
        assert low <= special.gammaincinv(n, p) <= high
        assert high - low <= n * axis.step + 1e-9
    low, high = total.mean()
    assert low <= n <= high <= low + n * axis.step + 1e-3


@pytest.mark.parametrize("n", [2, 10, 100])
def test_the_slowest_of_exponentials_follows_its_closed_form(n: int) -> None:
    bracket = Bracket.slowest([Bracket.of(EXP, AXIS)] * n)
    for p in (0.1, 0.5, 0.99):
        truth = -math.log(1.0 - p ** (1.0 / n))
        low, high = bracket.quantile(p)
        assert low <= truth <= high <= low + AXIS.step + 1e-9
    harmonic = sum(1.0 / k for k in range(1, n + 1))
    low, high = bracket.mean()
    assert low <= harmonic <= high


def test_the_fastest_of_exponentials_is_exponential_with_the_sum_of_rates() -> None:
    bracket = Bracket.fastest([Bracket.of(EXP, AXIS), Bracket.of(Gamma(0.5, 0.5), AXIS)])
    low, high = bracket.quantile(0.9)
    assert low <= math.log(10.0) / 3.0 <= high <= low + AXIS.step + 1e-9


def test_the_tail_at_scale() -> None:
    """Dean & Barroso, CACM 2013: one of 100 servers slow with 1 %: 63 % of requests are slow."""
    axis = Axis(1.0, 4)
    for slow, fan_out, expected in ((0.01, 100, 0.6339677), (0.0001, 2000, 0.1812774)):
        server = Bracket.of(Empirical((1.0, 2.0), (1.0 - slow, slow)), axis)
        low, high = Bracket.slowest([server] * fan_out).cdf(1.0)
        assert 1.0 - low == pytest.approx(expected, rel=1e-6)
        assert 1.0 - high == pytest.approx(expected, rel=1e-6)


def test_lognormal_sums_agree_with_simulation_within_five_sigma() -> None:
    first, second, third = LogNormal(0.8, 0.6), LogNormal(1.5, 0.5), LogNormal(0.3, 0.9)
    axis = Axis(0.01, 4096)
    bracket = Bracket.of(first, axis).convolve(Bracket.of(second, axis)).convolve(Bracket.of(third, axis))
    draw, count = np.random.default_rng(20261121), 1_000_000
    sample = sum(draw.lognormal(law.mu, law.sigma, count) for law in (first, second, third))
    for time in (1.0, 2.0, 3.0, 5.0, 9.0, 20.0):
        low, high = bracket.cdf(time)
        seen = float(np.mean(sample <= time))
        slack = 5.0 * math.sqrt(max(high * (1 - low), 1e-9) / count)
        assert low - slack <= seen <= high + slack


def test_a_timeout_splits_ok_from_error_and_keeps_the_mass() -> None:
    bracket = Bracket.of(EXP, AXIS)
    ok, error = bracket.truncate(2.0)
    low, high = ok.total
    assert low <= 1.0 - math.exp(-2.0) <= high
    for part in (0, 1):
        good, bad = truncate((bracket.fast, bracket.slow)[part], 2.0, "up")
        assert good.total + bad.total == pytest.approx(1.0, abs=1e-14)
        assert bad.occupied.tolist() == [200]
    assert error.fast.total <= math.exp(-2.0) <= error.slow.total
    assert ok.slow.beyond == 0.0


def test_a_timeout_beyond_the_window_is_undecided_between_all_and_nothing() -> None:
    short = Axis(0.5, 4)
    ok, error = Bracket.of(EXP, short).truncate(7.0)
    assert ok.fast.total == pytest.approx(1.0)
    assert ok.slow.total == pytest.approx(1.0 - math.exp(-1.5))
    assert error.fast.total == 0.0
    assert error.slow.total == pytest.approx(math.exp(-1.5))


def test_a_retry_after_a_timeout_brackets_its_closed_form() -> None:
    """Exponential work, timeout 1, one retry: P(ok) = 1 - e^-2; P(ok by 1.5) = 1 - e^-1 + e^-1 (1 - e^-0.5)."""
    attempt = Bracket.of(EXP, AXIS)
    ok, error = attempt.truncate(1.0)
    both = Bracket.mixture((1.0, 1.0), (ok, error.convolve(ok)))
    low, high = both.total
    assert low <= 1.0 - math.exp(-2.0) <= high <= low + 0.02
    low, high = both.cdf(1.5)
    truth = 1.0 - math.exp(-1.0) + math.exp(-1.0) * (1.0 - math.exp(-0.5))
    assert low <= truth <= high <= low + 0.02


def test_a_geometric_number_of_exponentials_is_exponential() -> None:
    again = 0.3
    counts = [0.0, *((1 - again) * again**n for n in range(30))]
    bracket = Bracket.of(Gamma(0.7, 0.7), AXIS).compound(counts, more=1.0 - sum(counts))
    for p in (0.2, 0.5, 0.95):
        low, high = bracket.quantile(p)
        assert low <= -math.log(1.0 - p) <= high <= low + 0.12


def test_a_mixture_is_known_as_its_parts_and_an_envelope_holds_every_mixture() -> None:
    parts = [Bracket.of(Gamma(1.0, 0.3), AXIS), Bracket.of(Uniform(0.1, 4.0), AXIS)]
    envelope = Bracket.envelope(parts)
    for share in (0.0, 0.3, 1.0):
        mixed = Bracket.mixture((share, 1.0 - share), parts)
        assert (envelope.fast.cumulative >= mixed.fast.cumulative - 1e-14).all()
        assert (envelope.slow.cumulative <= mixed.slow.cumulative + 1e-14).all()
    truth = 0.3 * special.gammainc(1 / 0.09, 1.2 / 0.09) + 0.7 * (1.2 - 0.1) / 3.9
    low, high = Bracket.mixture((0.3, 0.7), parts).cdf(1.2)
    assert low <= truth + 1e-12
    assert truth <= high + 1e-12


@given(parts=st.lists(lattices(6), min_size=2, max_size=3))
@settings(max_examples=40, deadline=None)
def test_envelopes_are_the_extreme_distribution_functions(parts: list[Lattice]) -> None:
    fast, slow = envelope_fast(parts), envelope_slow(parts)
    rows = np.array([part.cumulative for part in parts])
    assert np.abs(fast.cumulative - rows.max(axis=0)).max() < 1e-14
    assert np.abs(slow.cumulative - rows.min(axis=0)).max() < 1e-14
    assert fast.total == pytest.approx(max(part.total for part in parts))
    assert slow.total == pytest.approx(min(part.total for part in parts))


@given(part=lattices(), factor=st.floats(0.1, 3.0), step=st.floats(0.2, 5.0), cells=st.integers(2, 15))
@settings(max_examples=100, deadline=None)
def test_another_axis_only_widens(part: Lattice, factor: float, step: float, cells: int) -> None:
    axis = Axis(step, cells)
    down, up = rescale(part, factor, axis, "down"), rescale(part, factor, axis, "up")
    assert down.total == pytest.approx(part.total)
    assert up.total == pytest.approx(part.total)
    for index in range(cells):
        time = index * step
        assert down.cdf(time) >= part.cdf(time / factor) - 1e-14
        if time / factor < part.cells * part.step:
            assert up.cdf(time) <= part.cdf(time / factor) + 1e-14


def test_another_axis_keeps_a_bound_on_the_mean_beyond_it() -> None:
    law = LogNormal(1.0, 1.5)
    fine = Bracket.of(law, Axis(0.01, 300))
    coarse = Axis(0.05, 200)
    twice = Bracket(rescale(fine.fast, 2.0, coarse, "down"), rescale(fine.slow, 2.0, coarse, "up"))
    low, high = twice.mean()
    assert low <= 2.0 <= high <= 2.1


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_operations_are_monotone_which_is_what_makes_brackets_sound(data: st.DataObject) -> None:
    """Moving mass later, or losing it, in one argument never raises any cdf of a result."""
    part, other = data.draw(lattices()), data.draw(lattices())
    later = np.roll(part.mass, 1) * data.draw(st.floats(0.5, 1.0))
    later[0] = 0.0
    worse = Lattice(1.0, later, part.beyond)
    for combine in (convolve, lambda a, b: slowest([a, b]), lambda a, b: fastest([a, b])):
        good, bad = combine(part, other), combine(worse, other)
        assert (good.cumulative >= bad.cumulative - 1e-14).all()
        assert good.total >= bad.total - 1e-14
    good, bad = compound((0.2, 0.5, 0.3), part), compound((0.2, 0.5, 0.3), worse)
    assert (good.cumulative >= bad.cumulative - 1e-14).all()
    tau = data.draw(st.integers(0, 15))
    retried = [
        mixture((1.0, 1.0), (ok, convolve(error, ok)))
        for ok, error in (truncate(x, tau, "up") for x in (part, worse))
    ]
    assert (retried[0].cumulative >= retried[1].cumulative - 1e-14).all()


def test_constants_stay_exact_through_long_sequences() -> None:
    bracket = Bracket.of(Constant(0.04), AXIS)
    total = Bracket.of(Constant(0.0), AXIS)
    for _ in range(50):
        total = total.convolve(bracket)
    assert total.quantile(1.0) == pytest.approx((2.0, 2.0))
    assert total.quantile(0.001) == pytest.approx((2.0, 2.0))


def test_few_points_move_and_weigh_what_comes_beside_them_without_noise() -> None:
    """Shifts by hand, to the last bit, whichever of the two comes first; a transform leaves noise behind."""
    law = Bracket.of(EXP, AXIS).slow
    few = Lattice(AXIS.step, np.eye(1, AXIS.cells, 3)[0] * 0.5, 0.0)
    for found in (convolve(few, law), convolve(law, few)):
        assert found.mass[:3].tolist() == [0.0] * 3
        assert found.mass[3:].tolist() == (0.5 * law.mass[:-3]).tolist()


def test_the_largest_value_of_bounded_laws_is_exact_and_of_unbounded_ones_infinite() -> None:
    bounded = Bracket.of(Uniform(0.5, 1.5), AXIS).convolve(Bracket.of(Uniform(0.2, 0.3), AXIS))
    assert bounded.quantile(1.0)[1] == pytest.approx(1.8, abs=2 * AXIS.step)
    assert bounded.slow.beyond == 0.0
    assert Bracket.of(LogNormal(1.0, 1.0), AXIS).quantile(1.0)[1] == math.inf


def test_means_of_heavy_tails_stay_finite_beyond_the_window() -> None:
    short = Axis(0.02, 200)
    law = LogNormal(1.0, 2.0)
    twice = Bracket.of(law, short).convolve(Bracket.of(law, short))
    low, high = twice.mean()
    assert low <= 2.0 <= high < 2.2
    low, high = Bracket.slowest([Bracket.of(law, short)] * 2).mean()
    assert low <= 1.0 + 0.6 <= high < 3.0


def test_a_mean_with_lost_mass_needs_a_known_limit() -> None:
    ok, _ = Bracket.of(EXP, AXIS).truncate(1.5)
    low, high = ok.mean()
    assert high == math.inf
    truth = (1.0 - math.exp(-1.5) * 2.5) / (1.0 - math.exp(-1.5))
    low, high = ok.mean(most=1.5)
    assert low <= truth <= high <= low + 0.05


def test_a_slow_end_that_sums_add_up_to_a_little_more_than_the_fast_one_has_a_mean() -> None:
    """1 + 2e-12 of it ends after half a second: rounding, and no mass that could come arbitrarily late."""
    fast, slow = np.zeros(AXIS.cells), np.zeros(AXIS.cells)
    place = round(0.5 / AXIS.step)
    fast[place], slow[place] = 1.0, 1.0 + 2e-12
    found = Bracket(Lattice(AXIS.step, fast, 0.0, 0.0), Lattice(AXIS.step, slow, 0.0, 0.0)).mean()
    assert found == pytest.approx((place * AXIS.step, place * AXIS.step))


def test_lattices_of_different_axes_are_refused() -> None:
    with pytest.raises(ValueError, match="different axes"):
        convolve(Lattice.nothing(AXIS), Lattice.nothing(Axis(0.02, 2000)))
    for operation in (slowest, fastest, envelope_fast, envelope_slow, lambda parts: kth_of(1, parts)):
        with pytest.raises(ValueError, match="needs at least one"):
            operation([])


@pytest.mark.parametrize("index", [0, 1, 3, 7, 1000, 10**6])
def test_a_time_within_a_billionth_of_a_point_is_that_point(index: int) -> None:
    """Of its index, or of one step near nought: 0.1 three times is the third point, however it is rounded."""
    for rounding, beside in ("down", index - 1), ("up", index + 1):
        for off in (0.0, 5e-10, -5e-10):
            time = 0.1 * index * (1.0 + off) if index else 0.1 * off
            assert cell_of(time, 0.1, rounding) == index
            assert cells_of(np.array([time]), 0.1, rounding).tolist() == [index]
        away = 0.1 * (index + 1.5e-9 * max(index, 1) * (1 if rounding == "up" else -1))
        assert cell_of(away, 0.1, rounding) == beside
        assert cells_of(np.array([away]), 0.1, rounding).tolist() == [beside]


@given(part=lattices(), copies=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_a_power_is_the_sum_of_so_many_copies(part: Lattice, copies: int) -> None:
    result = part
    for _ in range(copies - 1):
        result = convolve(result, part)
    assert np.abs(power(part, copies).mass - result.mass).max() < 1e-13
    assert power(part, copies).total == pytest.approx(result.total, abs=1e-13)


def test_the_last_rank_is_the_largest_value_that_has_any_mass() -> None:
    rare = Lattice(1.0, np.array([0.5, 0.5 - 1e-14, 0.0, 1e-14]), 0.0)
    assert (rare.quantile(1.0), rare.quantile(0.5), rare.quantile(0.0)) == (3.0, 0.0, 0.0)
    assert Lattice(1.0, np.array([0.5, 0.5 - 1e-14]), 1e-14).quantile(1.0) == math.inf
    assert (
        Lattice.nothing(Axis(1.0, 3)).quantile(1.0) == Lattice.nothing(Axis(1.0, 3)).quantile(0.5) == math.inf
    )
    part = Lattice(1.0, np.array([0.25, 0.25, 0.0]), 0.0)
    assert (part.quantile(0.5), part.quantile(0.5, of=1.0), part.quantile(0.75, of=1.0)) == (
        0.0,
        1.0,
        math.inf,
    )
    assert (part.cdf(-0.1), part.cdf(0.9), part.cdf(99.0)) == (0.0, 0.25, 0.5)
    for rank in (-0.1, 1.1):
        with pytest.raises(ValueError, match="a rank between 0 and 1"):
            part.quantile(rank)


def test_a_fixed_time_and_a_bounded_number_of_copies_keep_the_bracket() -> None:
    """Exponential and 0.755 s later; nought, one or two of them."""
    bracket = Bracket.of(EXP, AXIS)
    low, high = bracket.shift(0.755).cdf(1.5)
    assert low <= 1.0 - math.exp(-0.745) <= high <= low + 0.02
    low, high = bracket.compound((0.2, 0.3, 0.5)).cdf(1.5)
    assert low <= 0.2 + 0.3 * special.gammainc(1, 1.5) + 0.5 * special.gammainc(2, 1.5) <= high <= low + 0.02
    halves = [bracket, Bracket.of(Gamma(0.5, 0.5), AXIS)]
    low, high = Bracket.kth_of(2, halves).cdf(1.0)
    assert low <= (1.0 - math.exp(-1.0)) * (1.0 - math.exp(-2.0)) <= high <= low + 0.03


def test_operations_refuse_what_they_can_not_do() -> None:
    part = Lattice(1.0, np.array([0.5, 0.5]), 0.0)
    for k in (0, 3):
        with pytest.raises(ValueError, match=f"a join on {k} of 2 parts"):
            kth_of(k, [part, part])
    with pytest.raises(ValueError, match="a weight must not be negative"):
        mixture((1.0, -0.1), (part, part))
    with pytest.raises(ValueError, match="a timeout must not be negative"):
        truncate(part, -1.0, "up")
    for counts in ((), (0.5, -0.5)):
        with pytest.raises(ValueError, match="non-negative weights"):
            compound(counts, part)
    with pytest.raises(ValueError, match="at least one copy"):
        power(part, 0)
    for step, cells in ((0.0, 2), (math.inf, 2), (1.0, 1)):
        with pytest.raises(ValueError, match="a positive step and at least 2 cells"):
            Axis(step, cells)
