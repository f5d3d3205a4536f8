"""The walk whose highest point is a wait: its steps by counting, errors on the safe side, and short windows."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.queueing import Waiting, random_walk, waiting
from groma.solvers.queueing.deterministic import deterministic_wait
from groma.solvers.queueing.many_servers import number_in_single_server, upper_tail_means, work_mean_bound
from groma.solvers.queueing.random_walk import _steps, _upper, first_passage, single_server
from groma.solvers.queueing.wait_bounds import WaitBounds, log_generating, wait_bounds
from solvers.sums import sums


def law(places: dict[int, float], step: float) -> Law:
    return Empirical.of([k * step for k in places], list(places.values()))


@pytest.mark.parametrize("cells", [8, 12, 16])
@pytest.mark.parametrize("copies", [1, 2])
def test_steps_are_services_less_the_times_between(cells: int, copies: int) -> None:
    """All pairs of values; what is above the window lies at its end if rounded down, else it leaves for sure."""
    step = 0.5
    service, between = {0: 0.2, 3: 0.5, 30: 0.3}, {1: 0.6, 2: 0.1, 40: 0.3}
    gaps = sums(between, copies)
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
    axis, service = Axis(0.25, 24), law({2: 0.9, 9: 0.1}, 0.25)
    bounds = wait_bounds(service, Constant(0.5), 3)
    found = single_server(service, Constant(0.5), axis, bounds, 3)
    truth = 1.0 - reached({2: 0.9, 9: 0.1}, {6: 1.0}, 90)[:24]
    assert found.fast.cumulative == pytest.approx(truth, abs=1e-6)
    assert found.slow.cumulative == pytest.approx(truth, abs=1e-6)
    whole = single_server(service, Gamma(2.0, 0.6 * math.sqrt(3.0)), axis, WaitBounds((9.0,)))
    assert 0.0 < whole.fast.cumulative[0] < 1.0
    parts = single_server(service, Gamma(2.0 / 3.0, 0.6), axis, WaitBounds((9.0,)), 3)
    assert parts.slow.cumulative == pytest.approx(whole.slow.cumulative, abs=1e-12)
    assert parts.fast.cumulative == pytest.approx(whole.fast.cumulative, abs=1e-12)


def test_values_between_the_steps_are_never_taken_for_more_than_they_are(coarse: Axis) -> None:
    """2.9 less 1.99 is less than one: who waits for it doesn't wait for one step. Truth: job after job."""
    service, between = {0: 0.7, 290: 0.2, 640: 0.1}, {199: 1.0}
    found = single_server(law(service, 0.001), law(between, 0.001), coarse, WaitBounds((1e9,)))
    late = reached(service, between, 6000)
    for cell in range(1, 30):
        assert found.fast.cumulative[cell - 1] >= 1.0 - late[100 * cell - 1] - 1e-9
        assert found.slow.cumulative[cell] <= 1.0 - late[100 * cell] + 1e-9
    assert found.fast.cumulative[5] < 1.0 - 1e-4


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


@pytest.mark.parametrize("cells", [30, 90])
def test_of_waits_bounded_by_an_exponential_one_the_part_beyond_the_window_is_bounded(cells: int) -> None:
    """For W below X in increasing convex order: E[W; W beyond] <= E[(X - last)^+] + end P(W beyond), as E[W; W > t]
    is E[(W - t)^+] + t P(W > t)."""
    step = 0.1
    last, end = (cells - 1) * step, cells * step
    tail = (last + 1.0) * math.exp(-last)
    law_of = Lattice.from_cumulative(step, 1.0 - np.exp(-np.arange(cells) * step), 1.0, tail)
    found = upper_tail_means(law_of)
    assert found.tail == pytest.approx(math.exp(-last) + end * found.beyond)
    assert found.beyond == pytest.approx(math.exp(1.0 - last), rel=0.15)
    assert found.total == pytest.approx(1.0)


def test_without_a_mean_nothing_is_known_of_upper_tails_however_rare_they_are() -> None:
    """One in ten to the sixteenth is beyond the window, and maybe without a mean: so is every upper tail."""
    found = upper_tail_means(Lattice(0.5, np.array([0.6, 0.4, 0.0, 0.0]), 1e-16, math.inf))
    assert (found.inside, found.beyond, found.tail) == (0.0, pytest.approx(1.0), math.inf)


def test_the_work_bound_is_that_of_pollaczek_and_khinchine_at_one_server() -> None:
    """Of work 0.5 and squares 0.89 at 1.6 a second: 1.6 * 0.89 / (2 * 0.2)."""
    assert work_mean_bound(0.5, 0.89, 1, 0.8) == pytest.approx(3.56)
    # two servers twice as slow: the work of one, less the mean residual of who isn't waited for
    assert work_mean_bound(1.0, 3.56, 2, 0.8) == pytest.approx(0.89 / 0.5 * (1.0 - 0.4) / 0.4)


def test_more_work_than_can_be_done_leaves_no_number() -> None:
    ends = Lattice(0.1, np.append([0.0, 0.5], np.zeros(20)), 0.5, math.inf)
    for service in (Gamma(1.0, 0.5), Gamma(2.0, 0.5), Bracket(ends, ends)):
        assert number_in_single_server(1.0, service, 5).tolist() == [0.0] * 5


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


# --- stations as a whole, on coarse axes -------------------------------------------------------------------------


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> Axis:
    """An axis that isn't cut any finer."""
    monkeypatch.setattr(random_walk, "_FINE_CELLS", 1)
    return Axis(0.1, 60)


def of(answer: object) -> Waiting:
    assert isinstance(answer, Waiting)
    return answer


def test_who_arrives_by_a_law_waits_by_the_method_that_fits(coarse: Axis) -> None:
    for servers in (1, 2):
        arrivals = Gamma(1.0 / servers, 0.5 / servers)
        one, fixed = "GI/G/1 (Lindley)", "GI/D/c (cyclic, Lindley)"
        for service, name, exact in (
            (Constant(0.6), one if servers == 1 else fixed, True),
            (Empirical.of([0.6], [1.0]), one if servers == 1 else fixed, True),
            (Empirical.of([0.3, 0.9], [0.5, 0.5]), one, servers == 1),
            (Gamma(0.6, 0.2), one, servers == 1),
            (Bracket.of(Constant(0.6), coarse), one, servers == 1),
        ):
            found = of(waiting(float(servers), service, servers, coarse, arrivals))
            low, high = found.mean
            assert 0.0 <= low <= high < 2.0
            if exact:
                assert (found.method, found.exact, found.notes) == (name, True, ())
                assert found.wait_probability == (1.0 - found.law.fast.cdf(0.0), 1.0)
                assert 0.0 < found.wait_probability[0] < 1.0
                assert low > 0.0
            else:
                assert found.method == "GI/G/c bounds (Wolff 1977; Hardy-Littlewood)"
                assert (found.exact, len(found.notes), low, found.wait_probability) == (
                    False,
                    1,
                    0.0,
                    (0.0, 1.0),
                )
                assert found.law.fast.cumulative[0] == 1.0
            kingman = wait_bounds(service, arrivals, servers).mean
            assert high <= kingman * (1 + 1e-12)
            assert found.utilisation == pytest.approx(0.6)


def test_poisson_stations_of_one_server_and_of_several() -> None:
    axis = Axis(0.1, 60)
    for servers, name in ((1, "M/G/1 (Pollaczek-Khinchine)"), (2, "M/D/c (Crommelin, Franx)")):
        for service in (Constant(0.6), Empirical.of([0.6], [1.0])):
            found = of(waiting(float(servers), service, servers, axis))
            assert found.method == name
            if servers == 2:
                assert found.mean == deterministic_wait(2.0, 0.6, 2, axis).mean
    assert of(waiting(1.0, Gamma(0.6, 0.6), 2, axis)).method == "M/M/c (Erlang C)"
    assert of(waiting(1.0, Bracket.of(Constant(0.6), axis), 1, axis)).method == "M/G/1 (Pollaczek-Khinchine)"
    assert of(waiting(1.0, Empirical.of([0.3, 0.9], [0.5, 0.5]), 2, axis)).method[:12] == "M/G/c bounds"
    fast, slow = Lattice.at(axis, 0.8, "down"), Lattice.at(axis, 1.2, "up")
    for rate, notes in ((0.5, 0), (1.0, 1), (0.8, 0), (1.0 / 1.2, 1)):
        found = of(waiting(rate, Bracket(fast, slow), 1, axis))
        assert (len(found.notes), found.exact) == (notes, not notes)


def test_nobody_waits_where_nothing_comes_or_nothing_is_to_be_done() -> None:
    axis = Axis(0.1, 20)
    for rate, service, servers in (
        (2.0, Constant(0.0), 1),
        (0.0, Constant(5.0), 1),
        (9.0, Constant(5.0), None),
    ):
        found = of(waiting(rate, service, servers, axis))
        assert (found.mean, found.wait_probability, found.method, found.exact) == (
            (0.0, 0.0),
            (0.0, 0.0),
            "no wait",
            True,
        )
        assert found.law.cdf(0.0) == (1.0, 1.0)
        assert found.utilisation == 0.0


def test_several_servers_that_the_slow_end_saturates_wait_for_any_time() -> None:
    axis = Axis(0.1, 60)
    service = Bracket(Lattice.at(axis, 0.8, "down"), Lattice.at(axis, 1.0, "up"))
    for rate, known in ((1.9, True), (2.0, False), (2.2, False)):
        found = of(waiting(rate, service, 2, axis))
        assert found.utilisation == pytest.approx(rate * 0.4)
        assert not found.exact
        if known:
            assert found.mean[1] < math.inf
            continue
        assert (found.mean, found.wait_probability) == ((0.0, math.inf), (0.0, 1.0))
        assert found.notes == ("the slow end of the service saturates the servers",)
        assert found.law.fast.cdf(0.0) == 1.0
        assert (found.law.slow.beyond, found.law.slow.inside) == (1.0, 0.0)


def test_brackets_are_told_apart_by_both_of_their_ends() -> None:
    axis = Axis(0.1, 60)

    def service(slow: float) -> Bracket:
        return Bracket(Lattice.at(axis, 0.3, "down"), Lattice.at(axis, slow, "up"))

    known = waiting(1.0, service(0.5), 1, axis)
    assert waiting(1.0, service(0.5), 1, axis) is known
    assert waiting(1.0, service(0.6), 1, axis) is not known
    alike = Lattice.at(axis, 0.5, "up")
    assert waiting(1.0, Bracket(alike, alike), 1, axis) is not known


def test_times_between_may_be_off_by_rounding() -> None:
    axis = Axis(0.1, 20)
    assert of(waiting(0.1, Constant(0.5), 1, axis, Gamma(10.0 * (1 + 1e-10), 10.0 * (1 + 1e-10)))).exact
    with pytest.raises(ValueError, match="which isn't 1 / rate"):
        waiting(0.1, Constant(0.5), 1, axis, Gamma(10.0 * (1 + 1e-8), 1.0))


def test_what_is_remembered_is_told_by_its_content_and_forgotten_in_time(
    coarse: Axis, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("groma.solvers.queueing.waiting")
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    module._known.clear()
    first = waiting(1.0, Gamma(0.5, 0.4), 1, coarse)
    assert waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 1.0)) is first  # exponential: Poisson
    second = of(waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 0.5)))
    third = of(waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 0.6)))
    assert second.mean[1] < third.mean[1]
    assert waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 0.5)) is second  # used last now
    again = waiting(1.0, Gamma(0.5, 0.4), 1, coarse)  # had been forgotten; and now the third is
    assert again is not first
    assert waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 0.5)) is second
    assert waiting(1.0, Gamma(0.5, 0.4), 1, coarse, Gamma(1.0, 0.6)) is not third
