"""Bounds on waits at several servers: numbers in system in closed form, transforms, and what each method says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.queueing import Waiting, response, waiting
from groma.solvers.queueing.many_servers import (
    crowding,
    cyclic_mean_bound,
    number_in_single_server,
    random_mean_bound,
    random_split,
    upper_tail_means,
    work_mean_bound,
)
from groma.solvers.queueing.wait_bounds import (
    NOTHING_KNOWN,
    WaitBounds,
    log_generating,
    moments_of,
    place,
    wait_bounds,
)

AXIS = Axis(0.1, 400)


def in_md1(rho: float, most: int) -> list[float]:
    """P(N = n) in M/D/1 (Gross & Harris, Fundamentals of Queueing Theory, section 5.1.3)."""

    def term(n: int, k: int) -> float:
        sign = (-1.0) ** (n - k) * math.exp(k * rho)
        return sign * (
            (k * rho) ** (n - k) / math.factorial(n - k)
            + (k * rho) ** (n - k - 1) / math.factorial(n - k - 1)
        )

    found = [1.0 - rho, (1.0 - rho) * (math.exp(rho) - 1.0)]
    for n in range(2, most):
        found.append((1.0 - rho) * (math.exp(n * rho) + sum(term(n, k) for k in range(1, n))))
    return found[:most]


@pytest.mark.parametrize("rho", [0.2, 0.6, 0.9])
def test_the_number_in_md1_is_the_published_one(rho: float) -> None:
    axis = Axis(0.25, 20)
    for service in (
        Constant(0.5),
        Empirical.of([0.5], [1.0]),
        Bracket(Lattice.at(axis, 0.25, "up"), Lattice.at(axis, 0.5, "up")),
    ):
        found = number_in_single_server(rho / 0.5, service, 7)
        assert found == pytest.approx(in_md1(rho, 7), rel=1e-6)


@pytest.mark.parametrize(
    "service", [Gamma(1.0, 1.0), Uniform(0.5, 1.5), LogNormal(1.0, 0.6), Gamma(1.0, 2.0)]
)
def test_the_number_at_one_server_is_that_of_its_transform(service: Law) -> None:
    """P(nobody) = 1 - rho; P(one) = (1 - rho) (1 / a - 1), a = P(nobody comes during a service)."""
    rate = 0.6
    if isinstance(service, Gamma):
        shape = 1.0 / service.sd**2
        none = (1.0 + rate / shape) ** -shape
    elif isinstance(service, Uniform):
        none = (math.exp(-0.5 * rate) - math.exp(-1.5 * rate)) / rate
    else:
        law = (
            stats.lognorm(service.sigma, scale=math.exp(service.mu))
            if isinstance(service, LogNormal)
            else None
        )
        assert law is not None
        none = integrate.quad(lambda x: math.exp(-rate * x) * law.pdf(x), 0.0, 60.0, limit=200)[0]
    found = number_in_single_server(rate, service, 2)
    truth = (0.4, 0.4 * (1.0 / none - 1.0))
    assert found[0] <= truth[0]
    assert found[0] + found[1] <= truth[0] + truth[1]
    assert found == pytest.approx(truth, rel=0.09)


@pytest.mark.parametrize(("servers", "rho"), [(1, 0.3), (2, 0.5), (3, 0.8), (6, 0.4), (7, 0.7)])
def test_crowding_is_that_of_servers_on_their_own(servers: int, rho: float) -> None:
    """Of so many M/D/1 the numbers add up to at least that: by adding them one after the other."""
    law = np.ones(1)
    for _ in range(servers):
        law = np.convolve(law, in_md1(rho, servers))
    truth = 1.0 - law[:servers].sum()
    assert crowding(servers * rho, Constant(1.0), servers) == pytest.approx(truth, rel=1e-5)


def test_a_random_split_is_the_mean_of_waits_at_single_servers() -> None:
    """Two M/M/1: both idle, one wait of rate theta, or two of them; the mean of them is half their sum."""
    rho, theta = 0.7, 0.3
    law = random_split(2 * rho, Gamma(1.0, 1.0 + 1e-9), 2, AXIS, rho / theta)
    times = np.arange(AXIS.cells) * AXIS.step
    late = 2 * rho * (1 - rho) * np.exp(-theta * 2 * times) + rho**2 * np.exp(-theta * 2 * times) * (
        1 + theta * 2 * times
    )
    assert (1.0 - law.cumulative >= np.minimum(late, crowding(2 * rho, Gamma(1.0, 1.0), 2)) - 1e-6).all()
    assert (1.0 - law.cumulative[3:] <= late[:-3] + 1e-6).all()
    assert law.cumulative[0] == pytest.approx(1.0 - crowding(2 * rho, Gamma(1.0, 1.0 + 1e-9), 2))
    assert law.total == pytest.approx(1.0)


def test_upper_tail_means_of_few_points_are_worked_out_by_hand() -> None:
    """0, 1 or 4 with chances 0.5, 0.3 and 0.2: above rank p the mean rises from 1.1 through 2.2 to 4."""
    law = Lattice(0.5, np.array([0.5, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 0.0]), 0.0)
    found = upper_tail_means(law)
    for p in (0.0, 0.2, 0.5, 0.6, 0.7, 0.79):
        mean = (max(0.8 - max(p, 0.5), 0.0) * 1.0 + 0.2 * 4.0) / (1.0 - p)
        assert mean <= found.quantile(p + 1e-6) <= mean + 0.51
    assert found.quantile(0.9) == 4.0
    assert (found.total, found.beyond) == (pytest.approx(1.0), 0.0)


# --- transforms and moments ------------------------------------------------------------------------------------


@pytest.mark.parametrize("s", [-3.0, -0.4, 0.5, 2.0])
def test_transforms_are_those_of_the_laws(s: float) -> None:
    two = Empirical.of([0.2, 1.5], [0.7, 0.3])
    assert log_generating(two, s) == pytest.approx(
        math.log(0.7 * math.exp(0.2 * s) + 0.3 * math.exp(1.5 * s))
    )
    assert log_generating(Constant(0.8), s) == pytest.approx(0.8 * s)
    for law, truth in (
        (Uniform(0.5, 1.5), math.log((math.exp(1.5 * s) - math.exp(0.5 * s)) / s)),
        (Triangular(0.0, 1.0, 2.0), 2.0 * math.log((math.exp(s) - 1.0) / s)),
        (Uniform(0.0, 0.01), math.log(math.expm1(0.01 * s) / (0.01 * s))),
    ):
        found = log_generating(law, s)
        assert truth <= found <= truth + abs(s) * 2.1 * law.most / 4000
    gamma = Gamma(0.6, 0.3)
    truth = -4.0 * math.log(1.0 - s * 0.15)
    assert log_generating(gamma, s) == pytest.approx(truth)
    assert log_generating(gamma, 1 / 0.15) == log_generating(gamma, 7.0) == math.inf
    heavy = LogNormal(0.5, 0.8)
    if s > 0.0:
        assert log_generating(heavy, s) == math.inf
    else:
        law = stats.lognorm(heavy.sigma, scale=math.exp(heavy.mu))
        truth = math.log(integrate.quad(lambda x: math.exp(s * x) * law.pdf(x), 0.0, 80.0, limit=300)[0])
        assert truth <= log_generating(heavy, s) <= truth + abs(s) * 2.1 * 8 * 1.3 / 4000
    axis = Axis(0.1, 5)
    ends = Bracket(
        Lattice(0.1, np.array([0.0, 0.6, 0.0, 0.0, 0.0]), 0.4),
        Lattice(0.1, np.array([0.0, 0.0, 0.9, 0.1, 0.0]), 0.0),
    )
    points = ((0.9, 0.2), (0.1, 0.3)) if s > 0 else ((0.6, 0.1), (0.4, axis.end))
    assert log_generating(ends, s) == pytest.approx(math.log(sum(p * math.exp(s * x) for p, x in points)))


@pytest.mark.parametrize("copies", [1, 2, 5])
@pytest.mark.parametrize(
    "service", [Gamma(0.7, 0.7), Gamma(0.7, 0.2), Constant(0.6), Uniform(0.2, 1.0), Gamma(0.05, 0.05)]
)
def test_tails_fall_at_the_rate_at_which_steps_neither_grow_nor_shrink(copies: int, service: Law) -> None:
    """E[exp(d (B - A_1 - ... - A_c))] = 1 (Kingman 1964), solved by bisection on the closed transforms."""
    arrivals = Gamma(1.0 / copies, 0.5 / copies)

    def grows(d: float) -> float:
        if isinstance(service, Gamma):
            shape = (service.mean / service.sd) ** 2
            work = -shape * math.log(1.0 - d * service.mean / shape)
        elif isinstance(service, Uniform):
            work = math.log((math.exp(d * service.high) - math.exp(d * service.low)) / (d * 0.8))
        else:
            work = d * service.mean
        return work - copies * 4.0 * math.log(1.0 + d / copies / 4.0)

    pole = service.mean / service.sd**2 if isinstance(service, Gamma) else 50.0
    root = optimize.brentq(grows, 1e-3, pole * (1.0 - 1e-12))
    found = wait_bounds(service, arrivals, copies).decay
    assert root * 0.998 <= found <= root * (1.0 + 1e-9)


def test_nothing_is_known_where_nothing_can_be() -> None:
    axis = Axis(0.1, 50)
    bracket = Bracket(Lattice.at(axis, 0.3, "down"), Lattice.at(axis, 0.5, "up"))
    assert wait_bounds(Gamma(0.5, 0.5), bracket) == NOTHING_KNOWN
    assert wait_bounds(Bracket.of(Gamma(1.0, 1.0), axis), Gamma(9.0, 1.0)) == NOTHING_KNOWN
    assert wait_bounds(Gamma(2.0, 0.1), Gamma(1.0, 1.0), 2) == NOTHING_KNOWN
    assert wait_bounds(Gamma(1.9, 0.1), Gamma(1.0, 1.0), 2) != NOTHING_KNOWN
    known = wait_bounds(bracket, Gamma(1.0, 1.0))
    assert known.moments == wait_bounds(Constant(0.5), Gamma(1.0, 1.0)).moments
    assert (NOTHING_KNOWN.mean, NOTHING_KNOWN.sf(3.0), NOTHING_KNOWN.mean_above(3.0)) == (
        math.inf,
        1.0,
        math.inf,
    )
    assert moments_of(bracket) == pytest.approx((0.5, 0.25, 0.125, 0.0625))
    assert moments_of(Bracket(bracket.fast, Lattice(0.1, np.array([0.5, 0.2]), 0.3, 1.0))) is None


def test_tails_are_the_least_of_what_moments_and_the_rate_say() -> None:
    bounds = WaitBounds((2.0, 6.0, 30.0), 0.5)
    for time, truth in (
        (1.0, math.exp(-0.5)),
        (0.0, 1.0),
        (-1.0, 1.0),
        (3.0, math.exp(-1.5)),
        (20.0, math.exp(-10.0)),
    ):
        assert bounds.sf(time) == pytest.approx(truth)
    slow = WaitBounds((2.0, 6.0, 30.0), 0.01)
    assert [slow.sf(t) for t in (2.5, 4.0, 10.0)] == pytest.approx([0.8, 0.375, 0.03])
    assert [slow.mean_above(t) for t in (2.5, 4.0, 10.0)] == pytest.approx([2.0, 1.5, 0.3])
    assert bounds.mean_above(10.0) == pytest.approx(12.0 * math.exp(-5.0))
    assert WaitBounds((2.0, 6.0)).mean_above(6.0) == 1.0


def test_laws_and_brackets_are_placed_between_their_roundings() -> None:
    axis = Axis(0.1, 40)
    law = Uniform(0.55, 1.55)
    assert place(law, axis, "down").quantile(0.5) == pytest.approx(1.0)
    assert place(law, axis, "up").quantile(0.5) == pytest.approx(1.1)
    assert place(Constant(0.55), axis, "up").quantile(0.5) == pytest.approx(0.6)


# --- whole stations ----------------------------------------------------------------------------------------------


def of(answer: object) -> Waiting:
    assert isinstance(answer, Waiting)
    return answer


@pytest.mark.parametrize(("servers", "load"), [(2, 0.5), (3, 0.9), (8, 0.6)])
def test_several_servers_have_the_tightest_of_the_known_means(servers: int, load: float) -> None:
    """Above: M/G/1 at a share of the rate (Pollaczek & Khinchine), Kingman's of the cyclic system, the law's own;
    below: the work of one server as fast as all (Brumelle 1971). Some waits as often as Poisson(load) >= c at least."""
    service = Gamma(0.5, 0.8)
    rate = servers * load / 0.5
    found = of(waiting(rate, service, servers, AXIS))
    second = 0.5**2 + 0.8**2
    split = rate / servers * second / (2 * (1 - load))
    cyclic = (servers / rate**2 + 0.8**2) / (2 * (servers / rate - 0.5))
    assert found.mean[1] <= min(split, cyclic) * (1 + 1e-12)
    assert found.mean[1] == pytest.approx(min(split, cyclic, found.law.slow.partial_mean))
    assert found.mean[0] == work_mean_bound(0.5, second, servers, load)
    assert random_mean_bound(rate, service, servers) == pytest.approx(split)
    assert cyclic_mean_bound((1 / rate, 1 / rate**2), (0.5, 0.64), servers) == pytest.approx(cyclic)
    assert found.wait_probability[0] == pytest.approx(stats.poisson.sf(servers - 1, servers * load))
    assert found.wait_probability[1] == crowding(rate, service, servers)
    assert found.utilisation == pytest.approx(load)
    assert (found.exact, len(found.notes), found.method[:5]) == (False, 1, "M/G/c")
    assert found.law.fast.cumulative[0] == 1.0


def test_work_that_nobody_knows_the_end_of_bounds_no_mean() -> None:
    axis = Axis(0.1, 60)
    open_end = Lattice(0.1, np.append(np.full(10, 0.099), np.zeros(50)), 0.01, 0.07)
    service = Bracket(Lattice.at(axis, 0.3, "down"), open_end)
    found = of(waiting(1.0, service, 2, axis))
    assert found.mean[0] == 0.0
    assert found.mean[1] >= 0.3
    assert random_mean_bound(1.0, service, 2) == math.inf
    one = of(waiting(1.0, service, 1, axis))
    # fast: M/D/1 of 0.3 s; slow: more than nothing is known of
    assert one.mean[0] == pytest.approx(0.3 * 0.3 / (2 * 0.7))
    assert one.mean[1] == math.inf
    assert one.wait_probability == pytest.approx((0.3, 0.099 * 0.1 * 45 + 0.07))
    assert one.exact


def test_a_bracket_of_two_points_waits_between_two_md1() -> None:
    axis = Axis(0.05, 400)
    service = Bracket(Lattice.at(axis, 0.5, "down"), Lattice.at(axis, 0.6, "up"))
    found = of(waiting(1.0, service, 1, axis))
    assert found.mean == pytest.approx((0.5 * 0.5 / (2 * 0.5), 0.6 * 0.6 / (2 * 0.4)), rel=1e-9)
    assert (found.utilisation, found.exact, found.notes) == (pytest.approx(0.5), True, ())
    both = response(found, service)
    assert both.mean()[0] <= 0.25 + 0.5 <= 0.45 + 0.6 <= both.mean()[1]
    several = of(waiting(3.0, service, 2, axis))
    assert several.mean[0] == 0.0
    assert several.mean[1] <= 1.5 * 0.36 / (2 * 0.1)
    assert several.utilisation == pytest.approx(0.75)


@pytest.mark.parametrize("servers", [1, 3])
def test_methods_are_named_and_say_whether_they_are_exact(servers: int) -> None:
    renewal = Gamma(1.0 / servers, 0.5 / servers)
    for service, arrivals, name, exact in (
        (Gamma(0.5, 0.5), "poisson", "M/M/c (Erlang C)", True),
        (
            Constant(0.5),
            "poisson",
            "M/G/1 (Pollaczek-Khinchine)" if servers == 1 else "M/D/c (Crommelin, Franx)",
            True,
        ),
        (
            Empirical.of([0.5], [1.0]),
            renewal,
            "GI/G/1 (Lindley)" if servers == 1 else "GI/D/c (cyclic, Lindley)",
            True,
        ),
        (Constant(0.5), renewal, "GI/G/1 (Lindley)" if servers == 1 else "GI/D/c (cyclic, Lindley)", True),
        (
            Gamma(0.5, 0.2),
            renewal,
            "GI/G/1 (Lindley)" if servers == 1 else "GI/G/c bounds (Wolff 1977; Hardy-Littlewood)",
            servers == 1,
        ),
    ):
        found = of(waiting(float(servers), service, servers, AXIS, arrivals))
        assert (found.method, found.exact, len(found.notes)) == (name, exact, 0 if exact else 1)
        assert found.utilisation == pytest.approx(0.5)
        low, high = found.mean
        assert 0.0 <= low <= high < 1.0
        some = found.wait_probability
        assert 0.0 <= some[0] <= some[1] <= 1.0
        if exact and name.startswith("GI"):
            assert some == (1.0 - found.law.fast.cdf(0.0), 1.0)
    if servers == 3:
        assert of(waiting(3.0, Gamma(0.5, 0.2), 3, AXIS, renewal)).mean[0] == 0.0


def test_renewal_waits_of_fixed_services_are_those_of_one_server_in_turn() -> None:
    """D/D/c with room never waits; E_2/D/c is E_2c/D/1: the means of both are the same."""
    assert of(waiting(2.0, Constant(0.9), 2, AXIS, Constant(0.5))).mean == pytest.approx((0.0, 0.0), abs=1e-6)
    several = of(waiting(2.0, Constant(0.9), 2, AXIS, Gamma(0.5, 0.5 / math.sqrt(2))))
    turn = of(waiting(1.0, Constant(0.9), 1, AXIS, Gamma(1.0, 0.5)))
    assert several.mean == pytest.approx(turn.mean, rel=1e-9)
    assert several.law.slow.cumulative == pytest.approx(turn.law.slow.cumulative, abs=1e-12)
    summed = of(waiting(2.0, Constant(0.9), 2, AXIS, Uniform(0.25, 0.75)))
    triangular = of(waiting(1.0, Constant(0.9), 1, AXIS, Triangular(0.5, 1.0, 1.5)))
    assert summed.mean[0] <= triangular.mean[1] + 1e-9
    assert triangular.mean[0] <= summed.mean[1] + 1e-9
