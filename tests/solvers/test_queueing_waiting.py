"""The wait at one station: exact methods against closed forms, bounds against seeded simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.solvers.distributions import Axis, Bracket, Lattice, raw_moments
from groma.solvers.queueing import Saturated, Waiting, erlang_c, many_servers, mmc, response, waiting
from groma.solvers.queueing.many_servers import (
    crowding,
    cyclic_mean_bound,
    number_in_single_server,
    random_split,
    upper_tail_means,
    work_mean_bound,
)
from groma.solvers.queueing.random_walk import first_passage
from groma.solvers.queueing.single_server import (
    poisson_single_server,
    pollaczek_khinchine_mean,
    reciprocal,
)
from groma.solvers.queueing.wait_bounds import (
    WaitBounds,
    log_generating,
    moment_bounds,
    place,
    sum_moments,
    wait_bounds,
)
from solvers.fifo_simulation import batch_error, simulated_waits

AXIS = Axis.covering(40.0, 2000)


def wait_of(
    rate: float, service: Law | Bracket, servers: int | None, axis: Axis = AXIS, arrivals: Law | None = None
) -> Waiting:
    answer = waiting(rate, service, servers, axis, arrivals or "poisson")
    assert isinstance(answer, Waiting)
    return answer


# --- exact: M/M/c, M/G/1 -------------------------------------------------------------------------------------


def test_mm3_waits_and_responses_lie_in_narrow_intervals() -> None:
    station = wait_of(2.4, Gamma(1.0, 1.0), 3)
    assert station.exact
    assert station.mean == pytest.approx((1.078652, 1.078652), rel=1e-6)
    both = response(station, Gamma(1.0, 1.0))
    for p, truth in ((0.5, 1.578807), (0.9, 4.532353), (0.95, 5.729218), (0.99, 8.455477), (0.999, 12.31025)):
        low, high = both.quantile(p)
        assert low <= truth <= high <= low + 2.01 * AXIS.step


def test_pollaczek_khinchine_on_the_lattice_is_the_closed_form_of_mm1() -> None:
    """M/G/1 with an exponential service that isn't recognised as such: P(W > t) = rho exp(-(1 - rho) t)."""
    bracket = poisson_single_server(0.8, Gamma(1.0, 1.0), AXIS)
    times = np.arange(AXIS.cells) * AXIS.step
    truth = 1.0 - 0.8 * np.exp(-0.2 * times)
    assert (bracket.fast.cumulative >= truth - 1e-12).all()
    assert (bracket.slow.cumulative <= truth + 1e-12).all()
    low, high = bracket.quantile(0.95)
    assert high - low < 0.05 * math.log(0.8 / 0.05) / 0.2


@pytest.mark.parametrize(
    "service",
    [
        Gamma(1.0, 0.4),
        Gamma(1.0, 2.0),
        LogNormal(1.0, 1.2),
        Uniform(0.2, 1.8),
        Triangular(0.5, 0.6, 1.9),
        Constant(1.0),
    ],
)
def test_the_mean_of_the_law_of_mg1_holds_its_known_mean(service: Law) -> None:
    rate = 0.7 / service.mean
    station = wait_of(rate, service, 1)
    known = rate * (service.mean**2 + service.sd**2) / (2 * 0.3)
    assert station.mean == pytest.approx((known, known))
    low, high = station.law.mean()
    assert low <= known <= high <= 1.06 * known
    assert station.wait_probability == pytest.approx((0.7, 0.7))


def md1_cdf(rho: float, time: float) -> float:
    """Erlang 1909: P(W <= t) = (1 - rho) sum_k exp(rho (t - k)) (rho (k - t))^k / k!, service 1."""
    return (1 - rho) * math.fsum(
        math.exp(rho * (time - k)) * (rho * (k - time)) ** k / math.factorial(k) for k in range(int(time) + 1)
    )


def test_fixed_services_follow_erlangs_formula_by_both_methods() -> None:
    from groma.solvers.queueing.deterministic import deterministic_wait

    station = wait_of(0.8, Constant(1.0), 1)
    fixed = deterministic_wait(0.8, 1.0, 1, AXIS)
    for time in (0.0, 0.5, 1.0, 3.3, 7.9, 12.0):
        truth = md1_cdf(0.8, time)
        low, high = station.law.cdf(time)
        assert low - 1e-9 <= truth <= high + 1e-9
        low, high = fixed.law.cdf(time)
        assert low - 1e-9 <= truth <= high + 1e-9
        assert high - low < 0.01
    assert fixed.mean == pytest.approx((2.0, 2.0), rel=1e-9)


def test_several_servers_with_fixed_services_have_the_known_mean() -> None:
    """Crommelin's mean for M/D/c: sum over k of P-terms, summed as printed (Tijms 2003, section 9.6.2)."""
    servers, load = 4, 3.4

    def turn(k: int) -> float:
        j = np.arange(k * servers + 1, k * servers + 800)
        weights = np.exp(special.xlogy(j, k * load) - k * load - special.gammaln(j + 1.0))
        return float(weights @ (j - k * servers)) / (k * load)

    truth = sum(turn(k) for k in range(1, 400))
    station = wait_of(load, Constant(1.0), servers)
    assert station.exact
    assert station.mean == pytest.approx((truth, truth), rel=1e-7)
    low, high = station.law.mean()
    assert low <= truth <= high


def test_a_bracket_as_service_widens_the_answer_and_still_holds_it() -> None:
    law = Gamma(0.05, 0.03)
    axis = Axis.covering(2.0, 2000)
    known = wait_of(14.0, law, 1, axis)
    wide = wait_of(14.0, Bracket.of(law, axis), 1, axis)
    for p in (0.5, 0.95, 0.99):
        assert wide.law.quantile(p)[0] <= known.law.quantile(p)[0] + 1e-9
        assert wide.law.quantile(p)[1] >= known.law.quantile(p)[1] - 1e-9
    assert wide.mean[0] <= known.mean[0] <= wide.mean[1]


def test_a_bracket_that_may_saturate_leaves_the_upper_end_open() -> None:
    axis = Axis(0.1, 500)
    service = Bracket(Lattice.at(axis, 0.8, "down"), Lattice.at(axis, 1.2, "up"))
    for servers in (1, 3):
        station = wait_of(servers * 1.0, service, servers, axis)
        assert station.law.quantile(0.95)[1] == math.inf
        assert "saturates" in station.notes[0]


def test_one_server_is_busy_for_as_long_as_the_ends_of_its_work_say() -> None:
    """Who comes waits with the chance that the server is busy: the rate times the mean work, one at most."""
    axis = Axis(0.1, 500)
    service = Bracket(Lattice.at(axis, 0.8, "down"), Lattice.at(axis, 1.2, "up"))
    for rate, ends in ((0.5, (0.4, 0.6)), (0.25, (0.2, 0.3)), (1.0, (0.8, 1.0))):
        station = wait_of(rate, service, 1, axis)
        assert station.wait_probability == pytest.approx(ends)
        assert station.utilisation == pytest.approx(ends[0])
    # M/D/1: rho times the work over 2 (1 - rho) at each end
    low, high = wait_of(0.5, service, 1, axis).mean
    assert low >= 0.4 * 0.8 / (2 * 0.6) - 1e-9
    assert high <= 0.6 * 1.2 / (2 * 0.4) + 1e-9


@given(rho=st.floats(0.05, 0.95), cv=st.floats(0.2, 2.0))
@settings(max_examples=25, deadline=None)
def test_waits_grow_with_the_load(rho: float, cv: float) -> None:
    axis = Axis.covering(60.0, 1000)
    less, more = (wait_of(r, Gamma(1.0, cv), 1, axis) for r in (rho, rho + 0.02))
    assert (more.law.slow.cumulative <= less.law.slow.cumulative + 1e-9).all()
    assert (more.law.fast.cumulative <= less.law.fast.cumulative + 1e-9).all()


@pytest.mark.parametrize("terms", [1, 2, 3, 64, 65, 100, 128, 129, 300, 1024])
def test_a_reciprocal_series_gives_one_when_multiplied_back(terms: int) -> None:
    """With and without transforms, and where their length doesn't come out even."""
    rng = np.random.default_rng(terms)
    series = -0.9 * rng.dirichlet(np.ones(terms))
    series[0] = 1.0
    one = np.zeros(terms)
    one[0] = 1.0
    assert np.convolve(series, reciprocal(series))[:terms] == pytest.approx(one, abs=1e-14)


# --- exact: renewal arrivals, one server --------------------------------------------------------------------


@pytest.mark.parametrize("arrivals", [Gamma(1.0, 0.5), Constant(1.0), Gamma(1.0, 1.6)])
@pytest.mark.parametrize("rho", [0.4, 0.8])
def test_renewal_arrivals_and_exponential_services_meet_their_closed_form(arrivals: Law, rho: float) -> None:
    """GI/M/1: P(W > t) = s exp(-(1 - s) t / mean), s the root of s = A*((1 - s) / mean) (Kleinrock I, 6.4)."""

    def transform(u: float) -> float:
        if isinstance(arrivals, Constant):
            return math.exp(-u)
        shape = (1.0 / arrivals.sd) ** 2
        return (1.0 + u / shape) ** -shape

    root = optimize.brentq(lambda s: transform((1 - s) / rho) - s, 0.0, 1.0 - 1e-9, xtol=1e-14)
    axis = Axis.covering(60.0 * rho, 2000)
    station = wait_of(1.0, Gamma(rho, rho), 1, axis, arrivals)
    for p in (0.7, 0.95, 0.99):
        truth = max(math.log(root / (1 - p)), 0.0) * rho / (1 - root)
        low, high = station.law.quantile(p)
        assert low <= truth <= high
        assert high - low < 0.12 * max(truth, 1.0)
    assert station.mean[0] <= root * rho / (1 - root) <= station.mean[1]


def test_first_passage_equals_iterating_the_walk() -> None:
    rng, n = np.random.default_rng(4), 30
    steps = rng.random(2 * n + 1) * np.linspace(1.0, 0.05, 2 * n + 1)
    steps *= 0.99 / steps.sum()
    solution, error = first_passage(steps, 0.01, 0.2)
    value = np.zeros(n + 1)
    for _ in range(4000):
        new = np.array(
            [
                0.01
                + sum(
                    p * (1.0 if k >= i else 0.2 if i - k >= n else value[i - k])
                    for k, p in zip(range(-n, n + 1), steps, strict=True)
                )
                for i in range(n + 1)
            ]
        )
        if np.abs(new[1:] - value[1:]).max() < 1e-15:
            break
        value = new
    assert np.abs(value[1:n] - solution).max() < 1e-12
    assert error < 1e-12


@pytest.mark.parametrize("share", [0.5, 0.4])
def test_a_walk_without_drift_downwards_surely_gets_anywhere(share: float) -> None:
    """Up or down by one cell, up at least as often: it comes to every cell above with chance one."""
    n = 12
    steps = np.zeros(2 * n + 1)
    steps[n - 1], steps[n + 1] = share, 1.0 - share
    solution, error = first_passage(steps, 0.0, 0.1)
    assert solution.tolist() == [1.0] * (n - 1)
    assert error == 1.0


# --- bounds --------------------------------------------------------------------------------------------------

POISSON_CASES = [
    (Gamma(1.0, 0.5), 4, 0.8),
    (Gamma(1.0, 2.0), 8, 0.5),
    (LogNormal(1.0, 1.0), 3, 0.9),
    (Uniform(0.5, 1.5), 10, 0.7),
    (Gamma(1.0, 0.3), 16, 0.3),
    (Empirical.of([0.2, 5.0], [0.9, 0.1]), 2, 0.85),
    (Constant(1.0), 5, 0.9),
]
RENEWAL_CASES = [
    (Gamma(1.0, 0.5), LogNormal(0.85, 0.9), 1),
    (Uniform(0.1, 1.9), Gamma(0.9, 0.5), 1),
    (Constant(0.3), LogNormal(1.0, 0.8), 4),
    (Gamma(0.25, 0.1), Constant(0.9), 4),
    (Gamma(0.5, 1.0), Gamma(0.8, 0.4), 2),
    (LogNormal(0.5, 0.6), Gamma(0.9, 1.2), 2),
]


def holds(station: Waiting, seen: np.ndarray) -> None:
    slack = batch_error(seen)
    assert station.mean[0] - slack <= seen.mean() <= station.mean[1] + slack
    for time in (0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0):
        low, high = station.law.cdf(time)
        within = (seen <= time).astype(float)
        slack = batch_error(within)
        assert low - slack <= within.mean() <= high + slack, time
    waits = (seen > 0).astype(float)
    low, high = station.wait_probability
    assert low - batch_error(waits) <= waits.mean() <= high + batch_error(waits)


@pytest.mark.parametrize(("service", "servers", "load"), POISSON_CASES)
def test_simulated_poisson_stations_lie_within_their_intervals(
    service: Law, servers: int, load: float
) -> None:
    rate = servers * load / service.mean
    station = wait_of(rate, service, servers)
    holds(station, simulated_waits(Gamma(1 / rate, 1 / rate), service, servers, 200_000, 7))
    assert station.exact == isinstance(service, Constant)


@pytest.mark.parametrize(("arrivals", "service", "servers"), RENEWAL_CASES)
def test_simulated_renewal_stations_lie_within_their_intervals(
    arrivals: Law, service: Law, servers: int
) -> None:
    """And are no wider than Kingman's bound (1970), of the servers taken in turn."""
    station = wait_of(1 / arrivals.mean, service, servers, arrivals=arrivals)
    holds(station, simulated_waits(arrivals, service, servers, 200_000, 11))
    kingman = (servers * arrivals.sd**2 + service.sd**2) / (2 * (servers * arrivals.mean - service.mean))
    assert station.mean[1] <= kingman * (1 + 1e-9)


@pytest.mark.parametrize("servers", [2, 6, 20])
@pytest.mark.parametrize("load", [0.3, 0.7, 0.9])
def test_the_bounds_for_any_service_hold_the_exact_exponential_case(servers: int, load: float) -> None:
    """A gamma law a hair from the exponential goes the general way; M/M/c is its truth."""
    general = wait_of(servers * load, Gamma(1.0, 1.0 + 1e-9), servers)
    exact = mmc(servers * load, 1.0, servers)
    assert not isinstance(exact, Saturated)
    assert not general.exact
    assert general.mean[0] <= exact.mean_wait <= general.mean[1]
    assert general.wait_probability[0] <= exact.wait_probability <= general.wait_probability[1]
    for p in (0.5, 0.9, 0.99):
        low, high = general.law.quantile(p)
        assert low <= exact.wait_quantile(p) <= high


def test_a_random_split_on_few_cells_is_hardly_above_one_on_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lattice of the work is as coarse as its answer allows: looser than a fine one by two cells or 0.5 %."""
    service, axis = LogNormal(1.0, 1.5), Axis.covering(40.0, 2000)
    for servers, load in ((2, 0.3), (4, 0.7), (8, 0.9)):
        scale = many_servers.random_mean_bound(servers * load, service, servers)
        few = many_servers.random_split(servers * load, service, servers, axis, scale)
        with monkeypatch.context() as patch:
            patch.setattr(many_servers, "_FEWEST_WORK_CELLS", 65536)
            patch.setattr(many_servers, "_WORK_CELLS", 65536)
            many = many_servers.random_split(servers * load, service, servers, axis, scale)
        for p in (0.5, 0.9, 0.99):
            fine = many.quantile(p)
            assert fine <= few.quantile(p) <= fine + max(2.01 * axis.step, 0.005 * fine)


def test_equal_stations_are_worked_out_once_and_different_ones_are_not_mixed_up() -> None:
    """Equal content made anew is known; another rate, law, axis, number of servers or stream isn't."""

    def service(sd: float) -> Bracket:
        return Bracket.of(Gamma(1.0, sd), Axis.covering(20.0, 500))

    known = wait_of(1.2, service(0.5), 2)
    assert wait_of(1.2, service(0.5), 2) is known
    others = [
        wait_of(1.3, service(0.5), 2),
        wait_of(1.2, service(0.6), 2),
        wait_of(1.2, service(0.5), 3),
        wait_of(1.2, service(0.5), 2, Axis.covering(40.0, 1000)),
        wait_of(1.2, service(0.5), 2, arrivals=Gamma(1 / 1.2, 0.5)),
    ]
    assert len({other.law.slow.mass.tobytes() for other in [known, *others]}) == 6


def test_the_number_in_mm1_is_geometric() -> None:
    found = number_in_single_server(0.6, Gamma(1.0, 1.0), 12)
    truth = 0.4 * 0.6 ** np.arange(12)
    assert (np.cumsum(found) <= np.cumsum(truth) + 1e-12).all()
    assert found == pytest.approx(truth, rel=0.15)
    assert erlang_c(12, 12 * 0.3) <= crowding(12 * 0.3, Gamma(1.0, 1.0), 12) < 0.05


def test_upper_tail_means_are_those_of_the_exponential() -> None:
    """Mean above the p-quantile of an exponential: its quantile plus its mean."""
    lattice = Bracket.of(Gamma(1.0, 1.0), Axis(0.005, 4000)).slow
    bound = upper_tail_means(lattice)
    for p in (0.01, 0.5, 0.9, 0.99):
        assert bound.quantile(p) == pytest.approx(1.0 - math.log(1.0 - p), abs=0.02)
        assert bound.quantile(p) >= 1.0 - math.log(1.0 - p)


@given(
    mass=st.lists(st.floats(0.01, 1.0), min_size=3, max_size=12),
    p=st.floats(0.01, 0.98),
)
@settings(max_examples=60, deadline=None)
def test_upper_tail_means_are_never_below_their_definition(mass: list[float], p: float) -> None:
    weights = np.array(mass) / sum(mass)
    fine = Lattice(0.01, np.concatenate((weights, np.zeros(100))), 0.0)
    places = np.arange(weights.size) * 0.01
    level = np.minimum(np.maximum(np.cumsum(weights) - p, 0.0), weights)
    mean_above = float(level @ places) / (1.0 - p)
    assert upper_tail_means(fine).quantile(p) >= mean_above - 1e-9
    assert upper_tail_means(fine).quantile(p) <= mean_above + 0.0201


def test_moment_bounds_hold_the_moments_of_mm1_and_md1() -> None:
    """M/M/1 at 0.8: E[W^k] = rho k! / (1 - rho)^k; decay is exact there."""
    bounds = wait_bounds(Gamma(0.8, 0.8), Gamma(1.0, 1.0))
    theta = 1 / 0.8 - 1.0
    for k, bound in enumerate(bounds.moments, start=1):
        truth = 0.8 * math.factorial(k) / theta**k
        assert truth <= bound <= 2.0 * truth
    assert bounds.decay == pytest.approx(theta, rel=1e-6)
    assert bounds.sf(10.0) >= 0.8 * math.exp(-10 * theta)
    assert wait_bounds(LogNormal(0.8, 0.5), Gamma(1.0, 1.0)).decay == 0.0
    fixed = moment_bounds(raw_moments(Constant(0.8)), raw_moments(Gamma(1.0, 1.0)))
    assert fixed.mean >= 0.8**2 / (2 * 0.2)


def test_where_as_much_comes_as_can_be_served_nothing_is_known_of_the_tail() -> None:
    for mean in (1.0, 1.2):
        bounds = wait_bounds(Gamma(mean, 0.5), Gamma(1.0, 1.0))
        assert (bounds.mean, bounds.decay) == (math.inf, 0.0)
    assert (number_in_single_server(1.0, Gamma(1.2, 0.5), 4) == 0.0).all()
    assert crowding(3.0, Gamma(1.2, 0.5), 3) == 1.0
    assert crowding(513 * 0.01, Gamma(1.0, 1.0), 513) == 1.0 > crowding(512 * 0.01, Gamma(1.0, 1.0), 512)
    assert work_mean_bound(0.0, 0.0, 2, 0.0) == 0.0
    assert cyclic_mean_bound((0.5, 0.1), (1.0, 0.1), 2) == math.inf


@pytest.mark.parametrize("s", [-2.0, 0.7])
def test_the_transform_of_a_bracket_is_that_of_its_slow_or_fast_end(s: float) -> None:
    """log E[exp(s X)] of a gamma law is -k log(1 - s m / k), k = 1 / cv^2: never below, and near on a fine lattice."""
    law = Gamma(0.5, 0.25)
    truth = -4.0 * math.log(1.0 - s * 0.5 / 4.0)
    assert log_generating(law, s) == pytest.approx(truth, rel=1e-12)
    found = log_generating(Bracket.of(law, Axis.covering(60.0, 60_000)), s)
    if s < 0.0:
        assert truth - 1e-9 <= found <= truth + 0.005
    else:  # what may last for ever has no transform
        assert found == math.inf
        ended = Bracket.of(Uniform(0.0, 1.0), Axis.covering(2.0, 4000))
        assert math.log(math.expm1(s) / s) <= log_generating(ended, s) <= math.log(math.expm1(s) / s) + 0.001
    assert log_generating(LogNormal(0.5, 0.5), 0.1) == math.inf


def test_rounded_down_a_bracket_is_its_fast_end_and_rounded_up_its_slow_one() -> None:
    fine, axis = Axis(0.01, 300), Axis(0.1, 101)
    service = Bracket(Lattice.at(fine, 1.0, "down"), Lattice.at(fine, 2.0, "up"))
    for rounding, time in ("down", 1.0), ("up", 2.0):
        placed = place(service, axis, rounding)
        assert (placed.cdf(time - 0.05), placed.cdf(time)) == (0.0, 1.0)


def test_what_lies_beyond_the_axis_is_worked_on_at_least_until_its_end() -> None:
    """E[min(X, 2)] = 1 - e^-2 for a mean of one: half of that at half a request a second."""
    found = wait_of(0.5, Bracket.of(Gamma(1.0, 1.0), Axis.covering(2.0, 2001)), 1, Axis.covering(2.0, 2001))
    assert 0.5 * (1.0 - math.exp(-2.0)) - 0.001 <= found.utilisation <= 0.5 * (1.0 - math.exp(-2.0))


@pytest.mark.parametrize("mean", [0.5, 2.0])
def test_the_mean_at_many_servers_is_at_most_that_of_the_cyclic_system(mean: float) -> None:
    """Kingman's bound, (c / rate^2 + Var B) / (2 (c / rate - E B)): the least of those that are known here."""
    servers, rate = 16, 12.8 / mean
    found = wait_of(rate, Gamma(mean, 0.1 * mean), servers)
    assert found.mean[1] == pytest.approx(
        (servers / rate**2 + (0.1 * mean) ** 2) / (2.0 * (servers / rate - mean)), rel=1e-9
    )
    assert 0.0 <= found.mean[0] < found.mean[1]


def test_moments_of_a_sum_are_those_of_the_gamma_law_they_make() -> None:
    law = Gamma(0.5, 0.4)
    assert sum_moments(raw_moments(law), 7) == pytest.approx(raw_moments(Gamma(3.5, 0.4 * math.sqrt(7))))


# --- edges ---------------------------------------------------------------------------------------------------


def test_saturation_is_refused_with_a_reason() -> None:
    for service in (Gamma(1.0, 1.0), LogNormal(1.0, 1.0), Constant(1.0)):
        for servers in (1, 4):
            answer = waiting(float(servers), service, servers, AXIS)
            assert isinstance(answer, Saturated)
            assert "no steady state" in answer.reason
            arrivals = Constant(1.0 / servers)
            assert isinstance(waiting(float(servers), service, servers, AXIS, arrivals), Saturated)


def test_a_delay_station_and_an_idle_one_never_wait() -> None:
    for station in (wait_of(9.0, LogNormal(1.0, 1.0), None), wait_of(0.0, Gamma(1.0, 0.5), 2)):
        assert station.mean == (0.0, 0.0)
        assert station.law.quantile(1.0) == (0.0, 0.0)


def test_arrivals_that_contradict_the_rate_and_endless_services_are_errors() -> None:
    with pytest.raises(ValueError, match="1 / rate"):
        waiting(2.0, Gamma(0.1, 0.1), 1, AXIS, Gamma(1.0, 0.5))
    lossy = Bracket.of(Gamma(0.1, 0.1), AXIS).scale_mass(0.9)
    with pytest.raises(ValueError, match="must end"):
        waiting(2.0, lossy, 1, AXIS)


def test_exponential_interarrivals_are_poisson() -> None:
    assert wait_of(0.5, Gamma(1.0, 0.4), 1, arrivals=Gamma(2.0, 2.0)).method.startswith("M/G/1")


def test_the_mean_beyond_a_time_under_an_exponential_bound_is_its_integral() -> None:
    """E[X; X >= t] where P(X >= t) = exp(-d t): t exp(-d t) + exp(-d t) / d."""
    bounds = WaitBounds((math.inf,), 0.5)
    by_quadrature = integrate.quad(lambda x: x * 0.5 * math.exp(-0.5 * x), 3.0, math.inf)[0]
    assert bounds.mean_above(3.0) == pytest.approx(by_quadrature, rel=1e-9)


@pytest.mark.parametrize("cells", [800, 90])
def test_means_above_quantiles_of_an_exponential_law_are_one_mean_further(cells: int) -> None:
    """Also where much of it lies beyond the window, of which only the mean is known."""
    axis = Axis(0.05, cells)
    last = (cells - 1) * axis.step
    law = Lattice.from_cumulative(
        axis.step, 1.0 - np.exp(-np.arange(cells) * axis.step), 1.0, (last + 1) * math.exp(-last)
    )
    above = upper_tail_means(law)
    for time in (1.5, 2.0, 4.0, 4.3):
        assert 1.0 - above.cdf(time) == pytest.approx(math.exp(1.0 - time), rel=0.11)


def test_where_nothing_is_known_of_a_tail_no_mean_above_a_quantile_is_bounded() -> None:
    above = upper_tail_means(Lattice(0.5, np.array([0.5, 0.3]), 0.2, math.inf))
    assert above.cdf(0.5) == 0.0
    assert (above.total, above.tail) == (pytest.approx(1.0), math.inf)


def test_markovs_bounds_are_reached_by_a_law_of_two_points() -> None:
    """Of W = 3 with chance 0.2, else 0: E[W; W >= 3] = 0.6 and P(W >= 3) = 0.2 (Markov's inequality is sharp)."""
    bounds = WaitBounds(tuple(0.2 * 3.0**k for k in range(1, 5)))
    assert bounds.mean_above(3.0) == pytest.approx(0.6)
    assert bounds.sf(3.0) == pytest.approx(0.2)


@pytest.mark.parametrize("rate", [1.0, 1.2])
def test_means_have_no_end_where_as_much_comes_as_can_be_served(rate: float) -> None:
    """And below that they are those of Pollaczek-Khinchine, and Kingman's for renewal arrivals (1962)."""
    assert pollaczek_khinchine_mean(rate, 1.0, 2.0) == math.inf
    assert pollaczek_khinchine_mean(0.5, 1.0, 2.0) == pytest.approx(1.0)
    assert cyclic_mean_bound((2.0 / rate, 0.1), (2.0, 0.3), 1) == math.inf
    assert cyclic_mean_bound((1.0 / rate, 0.1), (2.0, 0.3), 2) == math.inf
    assert cyclic_mean_bound((4.0, 0.1), (2.0, 0.3), 1) == pytest.approx(0.4 / 4.0)
    assert cyclic_mean_bound((2.0, 0.1), (2.0, 0.3), 2) == pytest.approx(0.5 / 4.0)


def test_the_mean_of_waits_of_single_servers_has_their_mean() -> None:
    """M/M/1 at half the rate: the bound's law is rounded up, and nothing else is added to its mean."""
    axis = Axis.covering(80.0, 4000)
    law = random_split(1.8, Gamma(1.0, 1.0), 2, axis, 9.0)
    assert 9.0 <= law.partial_mean <= 9.0 * 1.08


def test_the_work_bound_is_the_wait_at_one_server_and_below_it_at_more() -> None:
    """Pollaczek and Khinchine at one; Erlang's wait above it, and near it under heavy load."""
    assert work_mean_bound(1.0, 2.0, 1, 0.8) == pytest.approx(0.8 / 0.2)
    for servers, load, share in ((2, 0.8, 0.6), (3, 0.99, 0.97)):
        truth = mmc(servers * load, 1.0, servers)
        assert not isinstance(truth, Saturated)
        assert share * truth.mean_wait <= work_mean_bound(1.0, 2.0, servers, load) <= truth.mean_wait
