"""Waits that lattices hold exactly: closed forms, Panjer's recursion and Lindley's, digit by digit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special

from groma.model.law import Constant, Empirical, Gamma, Law, Uniform
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.queueing import Waiting, waiting
from groma.solvers.queueing.deterministic import deterministic_wait
from groma.solvers.queueing.random_walk import single_server
from groma.solvers.queueing.single_server import poisson_single_server, slow_wait
from groma.solvers.queueing.wait_bounds import wait_bounds
from solvers.sums import sums


@pytest.mark.parametrize(("rate", "step", "cells"), [(0.8, 0.05, 400), (0.3, 0.4, 33), (1.9, 0.02, 64)])
def test_mm1_on_a_lattice_is_a_geometric_sum_of_geometric_steps(rate: float, step: float, cells: int) -> None:
    """The residual of an exponential service is exponential; rounded, it is geometric, and so is the wait."""
    mean = 0.5
    rho, stays = rate * mean, math.exp(-step / mean)
    axis = Axis(step, cells)
    found = poisson_single_server(rate, Gamma(mean, mean), axis)
    places = np.arange(cells)
    late = rho * (1.0 - (1.0 - rho) * (1.0 - stays)) ** places
    assert 1.0 - found.slow.cumulative == pytest.approx(late, abs=1e-12)
    none = (1.0 - rho) / (1.0 - rho * (1.0 - stays))
    late = (1.0 - none) * (stays / (1.0 - rho * (1.0 - stays))) ** places
    assert 1.0 - found.fast.cumulative == pytest.approx(late, abs=1e-12)
    # no more than a step for each residual is added to the mean, rho * mean / (1 - rho)
    most = rho * (mean + step) / (1.0 - rho)
    assert (found.fast.partial_mean, found.slow.partial_mean) == pytest.approx((most, most), rel=1e-9)
    alone = slow_wait(rate, Gamma(mean, mean), axis)
    assert (alone.mass == found.slow.mass).all()
    assert (alone.beyond, alone.tail) == (found.slow.beyond, found.slow.tail)


def panjer(idle: float, steps: np.ndarray) -> np.ndarray:
    """The law of a sum of a geometric number of steps, whose masses are given times the chance of one more."""
    result = np.zeros(steps.size)
    for n in range(steps.size):
        result[n] = ((n == 0) * idle + float(steps[1 : n + 1] @ result[:n][::-1])) / (1.0 - steps[0])
    return result


@pytest.mark.parametrize(("finer", "cells"), [(1, 50), (4, 200)])
def test_brackets_as_services_are_worked_off_cell_by_cell(finer: int, cells: int) -> None:
    """Services of 3 and 5 steps at the fast end, of 4 and 6 at the slow one: while they last, what is left of them is
    alike to be any of their cells."""
    axis, own = Axis(0.1 / finer, cells), Axis(0.1, 20)
    rate = 1.3

    def service(places: dict[int, float]) -> Lattice:
        mass = np.zeros(own.cells)
        for place, chance in places.items():
            mass[place] = chance
        return Lattice(own.step, mass, 0.0)

    fast, slow = {3: 0.25, 5: 0.75}, {4: 0.25, 6: 0.75}
    found = poisson_single_server(rate, Bracket(service(fast), service(slow)), axis)
    for end, places, up in ((found.fast, fast, 0), (found.slow, slow, 1)):
        steps = np.zeros(cells)
        for place, chance in places.items():
            steps[up : up + place * finer] += rate * axis.step * chance
        rho = rate * 0.1 * sum(place * chance for place, chance in places.items())
        assert end.mass == pytest.approx(panjer(1.0 - rho, steps), abs=1e-13)
    work = rate * 0.01 * (0.25 * 16 + 0.75 * 36) / 2.0
    rho = rate * 0.1 * 5.5
    assert found.slow.partial_mean == pytest.approx((work + rho * axis.step) / (1.0 - rho), rel=1e-9)
    assert found.fast.tail == math.inf
    alone = slow_wait(rate, Bracket(service(fast), service(slow)), axis)
    assert (alone.mass == found.slow.mass).all()


def test_an_end_that_saturates_or_has_no_end_says_nothing() -> None:
    axis = Axis(0.1, 40)
    service = Bracket(Lattice.at(axis, 0.5, "down"), Lattice.at(axis, 1.0, "up"))
    found = poisson_single_server(1.0, service, axis)
    assert (found.slow.beyond, found.slow.tail, found.slow.inside) == (1.0, math.inf, 0.0)
    assert found.fast.inside > 0.99
    open_end = Lattice(0.1, np.append(np.full(10, 0.09), np.zeros(30)), 0.1, 1.5)
    found = poisson_single_server(0.3, Bracket(open_end, open_end), axis)
    assert found.slow.tail == math.inf
    # at the fast end what is beyond lasts until the end of its window: 4 s
    rho = 0.3 * (0.09 * 0.1 * 45 + 0.1 * 4.0)
    assert found.fast.mass[0] == pytest.approx((1.0 - rho) / (1.0 - 0.3 * 0.1 * 0.91), rel=1e-12)
    rho = 0.3 * (0.09 * 0.1 * 45 + 1.5)
    assert found.slow.mass[0] == pytest.approx(1.0 - rho, rel=1e-12)


def lindley(service: dict[int, float], between: dict[int, float], copies: int, cells: int) -> np.ndarray:
    """The wait in steps, by letting one job after another come."""
    gap = np.ones(1)
    one = np.zeros(max(between) + 1)
    one[list(between)] = list(between.values())
    for _ in range(copies):
        gap = np.convolve(gap, one)
    work = np.zeros(max(service) + 1)
    work[list(service)] = list(service.values())
    step = np.convolve(work, gap[::-1])
    law = np.eye(1, cells)[0]
    for _ in range(20_000):
        moved = np.convolve(law, step)
        zero = gap.size - 1
        after = np.append(moved[: zero + 1].sum(), moved[zero + 1 :])[:cells]
        if np.abs(after - law).max() < 1e-16:
            break
        law = after
    return law


LATTICE_CASES = [
    ({1: 0.6, 4: 0.4}, {2: 0.5, 5: 0.5}, 1),
    ({0: 0.4, 3: 0.4, 9: 0.2}, {1: 0.3, 3: 0.7}, 2),
    ({5: 1.0}, {1: 0.5, 3: 0.5}, 3),
    ({2: 0.95, 12: 0.05}, {4: 0.5, 6: 0.5}, 1),
]


@pytest.mark.parametrize(("service", "between", "copies"), LATTICE_CASES)
def test_waits_whose_steps_lie_on_the_lattice_are_exact(
    service: dict[int, float], between: dict[int, float], copies: int
) -> None:
    step = 0.25
    axis = Axis(step, 200)
    laws = [Empirical.of([k * step for k in x], list(x.values())) for x in (service, between)]
    bounds = wait_bounds(laws[0], laws[1], copies)
    found = single_server(laws[0], laws[1], axis, bounds, copies)
    truth = lindley(service, between, copies, 2000)
    for end in (found.fast, found.slow):
        assert end.cumulative == pytest.approx(np.cumsum(truth)[:200], abs=1e-9)
    mean = float(truth @ np.arange(truth.size)) * step
    low, high = found.mean()
    assert low - 1e-9 <= mean <= high + 1e-9
    assert high - low < 1e-6 * max(mean, 0.01)
    assert bounds.mean >= mean
    second = float(truth @ np.arange(truth.size) ** 2) * step**2
    third = float(truth @ np.arange(truth.size) ** 3) * step**3
    assert bounds.moments[1] >= second
    assert bounds.moments[2] >= third
    for cells in (1, 5, 20, 60):
        reached = float(truth[cells:].sum())
        assert bounds.sf(cells * step) >= reached - 1e-12
        above = float(truth[cells:] @ np.arange(cells, truth.size)) * step
        assert bounds.mean_above(cells * step) >= above - 1e-12


@pytest.mark.parametrize(("service", "between", "copies"), LATTICE_CASES)
def test_bounds_on_waits_are_kingmans_by_the_moments_of_the_steps(
    service: dict[int, float], between: dict[int, float], copies: int
) -> None:
    """Moments of the step by going through all its values; then the formulas as published (Kingman 1962, 1970)."""
    laws = [Empirical.of([float(k) for k in x], list(x.values())) for x in (service, between)]
    bounds = wait_bounds(laws[0], laws[1], copies)
    gaps = sums(between, copies)
    steps = [(b - a, p * q) for b, p in service.items() for a, q in gaps.items()]
    m1, m2, m3, m4 = (sum(p * x**k for x, p in steps) for k in (1, 2, 3, 4))
    cube = sum(p * b**3 for b, p in service.items())
    first = (m2 - m1**2) / (2 * -m1)
    second = (3 * first * m2 + cube) / (3 * -m1)
    third = (6 * second * m2 + 4 * first * max(m3, 0.0) + m4) / (4 * -m1)
    assert bounds.moments == pytest.approx((first, second, third), rel=1e-9)
    assert sum(p * math.exp(bounds.decay * x) for x, p in steps) == pytest.approx(1.0, abs=1e-6)
    assert bounds.decay > 0.0


# --- fixed services, several servers -----------------------------------------------------------------------------


def in_system(load: float, servers: int, most: int) -> np.ndarray:
    """Number present in M/D/c, one service apart: all in service are gone, and Poisson arrivals have come."""
    counts = np.arange(most + 1)
    came = np.exp(special.xlogy(counts, load) - load - special.gammaln(counts + 1))
    moves = np.zeros((most + 1, most + 1))
    for n in counts:
        left = max(n - servers, 0)
        moves[n, left:] = came[: most + 1 - left]
        moves[n, most] += 1.0 - moves[n].sum()
    system = np.vstack([moves.T - np.eye(most + 1), np.ones(most + 1)])
    return np.linalg.lstsq(system, np.append(np.zeros(most + 1), 1.0), rcond=None)[0]


@pytest.mark.parametrize(
    ("servers", "load", "service"), [(1, 0.5, 2.0), (2, 1.5, 0.5), (3, 1.2, 1.0), (5, 4.25, 3.0)]
)
def test_md_c_waits_after_whole_services_as_its_chain_says(servers: int, load: float, service: float) -> None:
    """Nobody waits longer than k services who finds fewer than (k + 1) c; the mean is that of the queue (Little)."""
    rate, parts = load / service, 40
    axis = Axis(service / parts, 30 * parts)
    found = deterministic_wait(rate, service, servers, axis)
    present = in_system(load, servers, 160)
    for k in range(25):
        truth = float(present[: (k + 1) * servers].sum())
        assert found.law.slow.cumulative[k * parts] == pytest.approx(truth, abs=1e-9)
        if k:
            assert found.law.fast.cumulative[k * parts - 1] == pytest.approx(truth, abs=1e-9)
    late = float(present[servers:].sum())
    assert found.wait_probability == pytest.approx((late, late), abs=1e-9)
    queue = float(np.maximum(np.arange(161) - servers, 0) @ present)
    assert found.mean == pytest.approx((queue / rate, queue / rate), rel=1e-8)
    # between whole services: the area under the tail is the mean again
    tail = 1.0 - found.law.slow.cumulative[: 29 * parts + 1]
    assert integrate.simpson(tail, dx=axis.step) == pytest.approx(queue / rate, rel=1e-6)
    assert found.law.fast.cumulative[:-1] == pytest.approx(found.law.slow.cumulative[1:], abs=1e-9)
    low, high = found.law.mean()
    assert queue / rate - 1.01 * axis.step * late <= low <= queue / rate <= high
    assert high <= queue / rate + 1.01 * axis.step


def test_md_c_of_hundreds_of_servers_waits_as_its_chain_says() -> None:
    found = deterministic_wait(200.0, 2.0, 430, Axis(0.5, 8))
    present = in_system(400.0, 430, 640)
    late = float(present[430:].sum())
    assert 0.05 < late < 0.15
    assert found.wait_probability == pytest.approx((late, late), rel=1e-6)
    assert found.mean == pytest.approx([float(np.arange(211) @ present[430:]) / 200.0] * 2, rel=1e-6)


@pytest.mark.parametrize("load", [0.05, 0.6, 0.95])
def test_md1_is_erlangs_formula_everywhere(load: float) -> None:
    """Erlang 1909: P(W <= t) = (1 - rho) sum_k exp(rho (t - k)) (rho (k - t))^k / k!, service 1."""
    axis = Axis(0.125, 60)
    found = deterministic_wait(load, 1.0, 1, axis)
    truth = [
        (1 - load)
        * math.fsum(
            math.exp(load * (t - k)) * (load * (k - t)) ** k / math.factorial(k) for k in range(int(t) + 1)
        )
        for t in np.arange(axis.cells) * axis.step
    ]
    assert found.law.slow.cumulative == pytest.approx(truth, abs=1e-9)
    assert found.law.fast.cumulative[:-1] == pytest.approx(truth[1:], abs=1e-9)
    mean = load / (2 * (1 - load))
    assert found.mean == pytest.approx((mean, mean), rel=1e-8)
    # the means of both ends hold what lies beyond the axis
    assert found.law.slow.partial_mean == pytest.approx(mean + axis.step, abs=axis.step)
    assert found.law.slow.partial_mean >= mean


@pytest.mark.parametrize(
    ("service", "arrivals"),
    [
        (Constant(0.5), Gamma(1.0, 0.4)),
        (Uniform(0.1, 0.9), Gamma(1.0, 0.7)),
        (Gamma(0.6, 0.6), Uniform(0.5, 1.5)),
    ],
)
def test_both_ends_of_a_renewal_wait_are_near_each_other(service: Law, arrivals: Law) -> None:
    """The finer the axis the nearer, and never beside what a finer one says."""
    ends = []
    for cells in (101, 401):
        found = waiting(1.0, service, 1, Axis.covering(10.0, cells), arrivals)
        assert isinstance(found, Waiting)
        ends.append(found)
    coarse, fine = ends
    assert coarse.mean[0] - 1e-9 <= fine.mean[0] <= fine.mean[1] <= coarse.mean[1] + 1e-9
    for time in (0.0, 0.5, 1.0, 3.0):
        rough, close = coarse.law.cdf(time), fine.law.cdf(time)
        assert rough[0] - 1e-9 <= close[1]
        assert close[0] <= rough[1] + 1e-9
        assert close[1] - close[0] < 0.03
