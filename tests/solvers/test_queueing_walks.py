"""The walk whose highest point is a wait: its steps by counting, errors on the safe side, and short windows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.queueing import random_walk
from groma.solvers.queueing.random_walk import _steps, _upper, first_passage, single_server
from groma.solvers.queueing.wait_bounds import WaitBounds, log_generating, wait_bounds


def law(places: dict[int, float], step: float) -> Law:
    return Empirical.of([k * step for k in places], list(places.values()))


@pytest.mark.parametrize("cells", [8, 12, 16])
@pytest.mark.parametrize("copies", [1, 2])
def test_steps_are_services_less_the_times_between(cells: int, copies: int) -> None:
    """All pairs of values; what is above the window lies at its end if rounded down, else it leaves for sure."""
    step = 0.5
    service, between = {0: 0.2, 3: 0.5, 30: 0.3}, {1: 0.6, 2: 0.1, 40: 0.3}
    gaps = {0: 1.0}
    for _ in range(copies):
        longer: dict[int, float] = {}
        for k, p in gaps.items():
            for j, q in between.items():
                longer[k + j] = longer.get(k + j, 0.0) + p * q
        gaps = longer
    for rounding in ("down", "up"):
        steps, certain = _steps(law(service, step), law(between, step), copies, Axis(step, cells), rounding)
        wanted = np.zeros(2 * cells + 1)
        for b, p in service.items():
            for a, q in gaps.items():
                # rounded down, times between are rounded up: those above the window never come; the other way round
                # they are at its end, and so is a service that is rounded down
                if b >= cells and rounding == "up":
                    continue
                if a >= cells and rounding == "down":
                    continue
                wanted[min(b, cells) - min(a, cells) + cells] += p * q
        assert certain == pytest.approx(0.3)
        assert steps == pytest.approx(wanted, abs=1e-12)


def reached(service: dict[int, float], between: dict[int, float], cells: int) -> np.ndarray:
    """P(W > n steps), by letting one job after another come (Lindley)."""
    moves: dict[int, float] = {}
    for b, p in service.items():
        for a, q in between.items():
            moves[b - a] = moves.get(b - a, 0.0) + p * q
    wait = np.eye(1, cells)[0]
    for _ in range(3000):
        after = np.zeros(cells)
        for k, p in moves.items():
            if k >= 0:
                after[k:] += p * wait[: cells - k]
            else:
                after[: cells + k] += p * wait[-k:]
                after[0] += p * wait[:-k].sum()
        if np.abs(after - wait).max() < 1e-16:
            break
        wait = after
    return 1.0 - np.cumsum(wait)


def test_constant_and_gamma_times_between_add_up() -> None:
    """Times of 2 steps, three at a time, are one of 6; sums of gamma times are gamma times."""
    axis, service = Axis(0.5, 24), law({2: 0.9, 9: 0.1}, 0.5)
    bounds = wait_bounds(service, Constant(1.0), 3)
    found = single_server(service, Constant(1.0), axis, bounds, 3)
    truth = 1.0 - reached({2: 0.9, 9: 0.1}, {6: 1.0}, 90)[:24]
    assert found.fast.cumulative == pytest.approx(truth, abs=1e-6)
    assert found.slow.cumulative == pytest.approx(truth, abs=1e-6)
    whole = single_server(service, Gamma(2.0, 0.6 * math.sqrt(3.0)), axis, WaitBounds((9.0,)))
    parts = single_server(service, Gamma(2.0 / 3.0, 0.6), axis, WaitBounds((9.0,)), 3)
    assert parts.slow.cumulative == pytest.approx(whole.slow.cumulative, abs=1e-12)
    assert parts.fast.cumulative == pytest.approx(whole.fast.cumulative, abs=1e-12)


@pytest.mark.parametrize("cells", [6, 10])
def test_a_short_window_is_left_for_ever_or_with_the_tail_bound(
    monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    """Fast end: who is above it never comes back. Slow end: there it is what the bounds say."""
    monkeypatch.setattr(random_walk, "_FINE_CELLS", 1)
    step, axis = 0.5, Axis(0.5, cells)
    service, between = {1: 0.5, 5: 0.5}, {4: 0.5, 6: 0.5}
    bounds = wait_bounds(law(service, step), law(between, step))
    found = single_server(law(service, step), law(between, step), axis, bounds)
    late = reached(service, between, 400)
    assert (found.fast.beyond, found.fast.total) == (0.0, pytest.approx(1.0))
    assert (1.0 - found.fast.cumulative <= late[:cells] + 1e-12).all()
    assert (1.0 - found.slow.cumulative >= late[:cells] - 1e-12).all()
    assert (1.0 - found.slow.cumulative <= [bounds.sf(i * step) + 1e-12 for i in range(cells)]).all()
    assert found.slow.beyond == pytest.approx(min(bounds.sf(axis.top), 1.0 - found.slow.inside))
    whole = _upper(law(service, step), law(between, step), 1, axis, bounds)
    assert whole.tail == pytest.approx(bounds.mean_above(axis.top) + step * whole.beyond)
    assert whole.beyond == pytest.approx(1.0 - float(whole.cumulative[-1]))
    assert found.slow.tail >= whole.tail > whole.beyond * axis.end
    # bounds that know more than the walk are kept
    sure = single_server(law(service, step), law(between, step), axis, WaitBounds((1e9,), 8.0))
    assert 1.0 - sure.slow.cumulative[1:] == pytest.approx(
        np.exp(-8.0 * step * np.arange(1, cells)), abs=1e-9
    )
    none = single_server(law(service, step), law(between, step), axis, WaitBounds((math.inf,)))
    assert none.slow.beyond == pytest.approx(1.0 - none.slow.inside)
    assert none.slow.tail == math.inf


def test_errors_of_the_walk_are_added_on_the_safe_side(monkeypatch: pytest.MonkeyPatch) -> None:
    step, axis = 0.5, Axis(0.5, 40)
    service, between = law({1: 0.5, 5: 0.5}, step), law({4: 0.5, 6: 0.5}, step)
    bounds = WaitBounds((5.0,), 0.05)
    plain = single_server(service, between, axis, bounds)
    monkeypatch.setattr(random_walk, "first_passage", lambda *given: (first_passage(*given)[0], 0.01))
    found = single_server(service, between, axis, bounds)
    assert found.fast.cumulative[:2] == pytest.approx(plain.fast.cumulative[:2] + 0.01)
    assert found.slow.cumulative[:2] == pytest.approx(plain.slow.cumulative[:2] - 0.01)
    assert found.fast.cumulative.max() <= 1.0 + 1e-12
    assert (1.0 - found.slow.cumulative).max() <= 1.0


@pytest.mark.parametrize("up", [0.45, 0.2])
def test_an_error_of_the_solver_is_bounded_by_its_residual(
    monkeypatch: pytest.MonkeyPatch, up: float
) -> None:
    """Up or down by one cell: the gambler's ruin. A solution that is off by what a residual of 1e-10 may hide."""
    n = 30
    steps = np.zeros(2 * n + 1)
    steps[n + 1], steps[n - 1] = up, 1.0 - up
    solution, error = first_passage(steps, 0.0, 0.0)
    ratio = (1.0 - up) / up
    # lost at n cells below where it is aimed at
    truth = np.array([(ratio ** (n - i) - 1.0) / (ratio**n - 1.0) for i in range(1, n)])
    assert solution == pytest.approx(truth, abs=1e-9)
    assert error < 1e-10
    matrix = np.eye(n - 1) - up * np.eye(n - 1, k=-1) - (1.0 - up) * np.eye(n - 1, k=1)
    hidden = np.linalg.solve(matrix, np.ones(n - 1))
    solve = random_walk._toeplitz
    monkeypatch.setattr(random_walk, "_toeplitz", lambda *given: solve(*given) + 1e-10 * hidden)
    off, bound = first_passage(steps, 0.0, 0.0)
    assert np.abs(off - solution).max() <= bound
    assert bound == pytest.approx(1e-10 * 2 * n / (1.0 - 2 * up), rel=1e-3)
    monkeypatch.setattr(random_walk, "_toeplitz", lambda *given: solve(*given) + 1e-7 * hidden)
    given_up, whole = first_passage(steps, 0.0, 0.0)
    assert given_up.tolist() == [1.0] * (n - 1)
    assert whole == 1.0


def test_bounds_on_moments_where_steps_are_mostly_down_and_seldom_far_up() -> None:
    """E[X^3] > 0, by going through all steps; the formulas are Kingman's (1962) and those that follow in his way."""
    service, between = {0: 0.9, 12: 0.1}, {2: 0.5, 3: 0.5}
    bounds = wait_bounds(law(service, 1.0), law(between, 1.0))
    steps = [(b - a, p * q) for b, p in service.items() for a, q in between.items()]
    m1, m2, m3, m4 = (sum(p * x**k for x, p in steps) for k in (1, 2, 3, 4))
    assert m3 > 0.0
    first = (m2 - m1**2) / (2 * -m1)
    second = (3 * first * m2 + 0.1 * 12**3) / (3 * -m1)
    third = (6 * second * m2 + 4 * first * m3 + m4) / (4 * -m1)
    assert bounds.moments == pytest.approx((first, second, third), rel=1e-9)
    late = reached(service, between, 2000)
    wait = -np.diff(np.append(1.0, np.append(late, 0.0)))[1:]  # P(W = n), n = 1 ..
    for k, bound in enumerate(bounds.moments, start=1):
        assert float(wait @ np.arange(1, wait.size + 1) ** float(k)) <= bound


def test_bounds_where_nothing_or_little_varies() -> None:
    """Steps that are always the same wait for nothing; small ones by Kingman's formula."""
    assert wait_bounds(Constant(0.5), Constant(1.0)).mean == pytest.approx(0.0, abs=1e-12)
    small = wait_bounds(Gamma(0.05, 0.02), Gamma(0.1, 0.03))
    assert small.mean == pytest.approx((0.02**2 + 0.03**2) / (2 * 0.05))


def test_transforms_at_their_ends() -> None:
    """A log-normal law has none however narrow it is; cells without mass don't count, however far they are."""
    assert log_generating(LogNormal(0.5, 0.01), 0.1) == log_generating(LogNormal(0.5, 0.01), 2.0) == math.inf
    assert log_generating(LogNormal(0.5, 0.01), -0.1) == pytest.approx(-0.05, rel=0.01)
    mass = np.append([0.25, 0.75], np.zeros(98))
    ends = Bracket(Lattice(0.1, mass, 0.0), Lattice(0.1, mass, 0.0))
    for s in (500.0, -500.0):
        assert log_generating(ends, s) == pytest.approx(
            max(math.log(0.25), math.log(0.75) + 0.1 * s), abs=1e-9
        )


def test_a_lattice_of_nothing_is_no_wait() -> None:
    assert Lattice.at(Axis(0.5, 4), 0.0, "up").inside == 1.0
    found = single_server(
        Constant(0.5), Constant(1.0), Axis(0.5, 8), wait_bounds(Constant(0.5), Constant(1.0))
    )
    assert found.fast.cumulative[0] == found.slow.cumulative[0] == pytest.approx(1.0)
