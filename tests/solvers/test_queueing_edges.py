"""Where stations and networks begin and end: what is refused, what is as good as nothing, and large numbers."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest
from scipy import optimize, special, stats

from groma.model.law import Gamma
from groma.solvers.distributions import Axis
from groma.solvers.queueing import (
    ApproximateNetwork,
    MMc,
    OpenNetwork,
    Passage,
    Saturated,
    Station,
    approximate_network,
    closed_network,
    closed_response,
    deterministic,
    forgets_within,
    full_at_most,
    jackson,
    jackson_response,
    mmc,
    mmck,
    saturation_rate,
    traffic,
    utilisation,
)
from groma.solvers.queueing import source_pools as pools
from groma.solvers.queueing.deterministic import deterministic_wait
from groma.solvers.queueing.finite_source import all_busy
from groma.solvers.queueing.single_server import poisson_single_server
from groma.solvers.queueing.source_pools import Pool, Present, solve_pools, states_of


@pytest.mark.parametrize(
    "routing",
    [
        [[0.5, -0.1], [0.0, 0.0]],
        [[0.0, 0.5], [-1e-9, 0.0]],
        [[0.0, 0.9], [0.6, 0.5]],
        [[0.6, 0.5], [0.0, 0.9]],
        [[0.0, 0.5]],
        [[0.0], [0.5]],
        [[0.0, 0.1, 0.2], [0.0, 0.1, 0.2], [0.0, 0.0, 0.0]],
    ],
)
def test_what_is_no_routing_is_refused(routing: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="a square matrix of probabilities"):
        traffic([1.0, 0.0], routing)


def test_rows_may_sum_to_one_within_rounding_and_columns_to_more() -> None:
    assert traffic([1.0, 0.0], [[0.0, 1.0 + 5e-13], [0.0, 0.5]]) == pytest.approx([1.0, 2.0])
    assert traffic([1.0, 1.0], [[0.0, 0.9], [0.0, 0.8]]) == pytest.approx([1.0, 1.9 / 0.2])
    with pytest.raises(ValueError, match="some jobs never leave"):
        traffic([1.0, 0.0, 0.0], [[0.0, 0.5, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def test_a_stream_of_less_than_one_a_second_is_one() -> None:
    found = jackson([Station(0.5)], [0.25], [[0.5]])
    assert isinstance(found, OpenNetwork)
    assert found.class_response[0] == pytest.approx(2 * 0.5 / (1.0 - 0.25))


def test_where_a_station_is_full_for_ever_rounding_doesnt_matter() -> None:
    """Of a trillion calls a second one in a trillion finds a place: what is free can't be told from nothing."""
    assert full_at_most(2.0**40, 1.0, 1, 1, busy=1.0) == 1.0
    assert full_at_most(2.0**40, 1.0, 1, 1, busy=0.5) == 1.0
    assert forgets_within(2.0**40, 1.0, 1, 1) == pytest.approx(2.0**-40)


def test_utilisation_and_saturation_of_the_first_that_is_met() -> None:
    assert utilisation(5.0, 2.0, None) == 0.0
    assert utilisation(5.0, 0.0, 1) == utilisation(0.0, 5.0, 1) == 0.0
    assert saturation_rate([0.5, 0.25], [2, 1]) == (4.0, 0)
    assert saturation_rate([0.5, 0.2], [2, 1]) == (4.0, 0)
    assert saturation_rate([0.25, 0.5], [1, 2]) == (4.0, 0)
    assert Saturated(1.25).reason == "saturated: no steady state at a utilisation of 1.25"
    assert Saturated(1.25, 0).reason == "saturated at station 0: no steady state at a utilisation of 1.25"


def test_closed_networks_are_refused_by_their_size_and_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    for populations, demands in (([2, 1], [[0.1]]), ([2], [[0.1], [0.2]]), ([2, 1], [[0.1, 0.2], [0.1]])):
        with pytest.raises(ValueError, match="one row per class and one column per station"):
            closed_network(populations, [1.0] * len(populations), demands, [1])
    with pytest.raises(ValueError, match="one row per class"):
        closed_network([2, 1], [1.0, 1.0], [[0.1], [0.1, 0.2]], [1])
    module = importlib.import_module("groma.solvers.queueing.closed_network")
    monkeypatch.setattr(module, "MOST_STATES", 6)
    assert closed_network([5], [1.0], [[0.5]], [1]).throughput[0] > 1.0
    assert closed_network([2, 1], [1.0, 1.0], [[0.5], [0.0]], [1]).throughput[1] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="7 sub-populations are too many"):
        closed_network([6], [1.0], [[0.5]], [1])


def test_many_sources_before_few_servers_neither_overflow_nor_lose_a_digit() -> None:
    """M/M/4//200 nearly always full, by logarithms of its weights; and where nobody can be."""
    count = np.arange(201)

    def chance(load: float) -> np.ndarray:
        logs = special.gammaln(201) - special.gammaln(201 - count) + count * load
        logs -= np.cumsum(np.log(np.maximum(np.minimum(count, 4), 1)))
        weights = np.exp(logs - logs.max())
        return weights / weights.sum()

    for busy in (3.999, 3.5):
        load = optimize.brentq(
            lambda x, b=busy: float(chance(x) @ np.minimum(count, 4)) - b, -20.0, 20.0, xtol=1e-13
        )
        assert all_busy(busy, 4, 200) == pytest.approx(float(chance(load)[4:].sum()), rel=1e-7)
    assert all_busy(0.5, 1, 0) == all_busy(3.0, 3, 2) == 0.0


def test_chains_are_counted_up_to_a_hundredfold_of_what_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MOST_STATES", 1)
    assert [states_of((9, n), (), False) for n in (8, 9, 10, 99)] == [90, 100, 100, 100]
    assert [states_of((n, 9), (), False) for n in (8, 9, 10, 99)] == [90, 100, 100, 100]
    assert states_of((9, 8), (), True) == 360


def test_a_pool_of_which_nothing_is_said_is_exponential() -> None:
    """M/M/1//5 as a closed network."""
    found = solve_pools([Pool(5, 0.6, 0.8)], 1)
    exact = closed_network([5], [1 / 0.6], [[0.8]], [1])
    assert found.throughput[0] == pytest.approx(exact.throughput[0], rel=1e-9)
    assert found.number[0] == pytest.approx(exact.number[0][0], rel=1e-9)


def test_paces_of_more_than_there_are_go_on_as_on_the_average() -> None:
    found = solve_pools([Pool(2, 0.8, 0.5)], 2)
    assert found.pace([0], 2, 4) == pytest.approx([0.0, 2.0, 4.0, 4.0, 4.0])
    assert found.pace([0], 3, 4) == pytest.approx([0.0, 2.0, 4.0, 6.0, 6.0])
    assert found.pace([0], 2, 1) == pytest.approx([0.0, 2.0])
    counts, ends = np.array([[0.0], [1.0], [2.0]]), np.array([[0.0], [3.0], [5.0]])
    never = Present(np.zeros(1), np.zeros(1), np.zeros(1), np.array([1.0, 0.0, 0.0]), counts, ends)
    assert never.pace([0], 2, 4) == pytest.approx([0.0, 3.0, 6.0, 6.0, 6.0])
    assert never.pace([0], 1, 2) == pytest.approx([0.0, 3.0, 3.0])
    apart = np.eye(3)[:, 1:]
    two = Present(np.zeros(2), np.zeros(2), np.zeros(2), np.array([1.0, 0.0, 0.0]), apart, apart * [4.0, 8.0])
    assert two.pace([0, 1], 1, 1) == pytest.approx([0.0, 8.0])  # the fastest of them alone


def test_full_rooms_and_empty_ones() -> None:
    assert mmck(0.0, 1.0, 2, 5).number == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for room in (1, 3):  # nobody is let in, so nobody waits
        crowded = mmck(1e300, 1.0, 1, room)
        assert (crowded.lost, crowded.throughput, crowded.mean_wait, crowded.wait_sf(0.5)) == (
            1.0,
            0.0,
            0.0,
            0.0,
        )
    one = mmck(3.0, 0.25, 1, 2)
    whole = 1.0 + 0.75 + 0.75**2
    assert one.number == pytest.approx((1 / whole, 0.75 / whole, 0.75**2 / whole))
    assert one.wait_sf(0.3) == pytest.approx(0.75 / 1.75 * math.exp(-0.3 / 0.25))
    assert one.utilisation == pytest.approx(1.0 - 1 / whole)
    several = mmck(6.0, 0.5, 2, 4)
    assert several.utilisation == pytest.approx(sum(min(n, 2) * p for n, p in enumerate(several.number)) / 2)
    many = mmck(1000.0, 1.0, 1, 300)
    assert many.number[-2:] == pytest.approx((0.999e-3, 0.999))
    assert mmck(1e-3, 1.0, 1, 300).number[:2] == pytest.approx((0.999, 0.999e-3))


@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 0.999999])
def test_quantiles_of_responses_are_where_their_law_is(p: float) -> None:
    for station in (mmc(0.5, 1.0, 2), mmc(20.0, 0.4, 9), mmc(3.0, 0.3, 1)):
        assert isinstance(station, MMc)
        assert station.response_sf(station.response_quantile(p)) == pytest.approx(1.0 - p, rel=1e-9)
        waits = 1.0 - station.wait_probability
        quantile = station.wait_quantile(p)
        assert quantile == 0.0 if p <= waits else station.wait_sf(quantile) == pytest.approx(1.0 - p)


def test_approximate_networks_say_how_far_off_they_were_found_and_need_no_work() -> None:
    """Of customers who ask for nothing each goes round in its think time."""
    for servers, method, error in (
        ([2], "linearizer", 0.08),
        ([1], "linearizer", 0.02),
        ([2], "schweitzer", 0.19),
    ):
        found = approximate_network([3], [1.5], [[0.0]], servers, method)
        assert isinstance(found, ApproximateNetwork)
        assert found.seen_error == error
        assert found.means.throughput == pytest.approx((2.0,))
    found = approximate_network([3], [0.0], [[0.5]], [1])
    assert isinstance(found, ApproximateNetwork)
    assert found.means.throughput == pytest.approx((2.0,))


# --- one server --------------------------------------------------------------------------------------------------


def test_what_is_beyond_a_long_axis_is_nothing_or_next_to_it() -> None:
    """Rounding hides less than 1e-14: counted at the slow end, not at the fast one."""
    found = poisson_single_server(0.5, Gamma(0.5, 0.5), Axis(0.25, 400))
    assert (found.fast.beyond, found.fast.tail) == (0.0, 0.0)
    assert found.slow.beyond == 1e-14
    assert 0.0 < found.slow.tail < 0.25
    assert found.slow.inside == pytest.approx(1.0)
    short = poisson_single_server(1.8, Gamma(0.5, 0.5), Axis(0.25, 8))
    late = 0.9 * (1.0 - 0.1 * (1.0 - math.exp(-0.5))) ** 7
    assert short.slow.beyond == pytest.approx(late, rel=1e-12)
    assert short.slow.tail >= late * 2.0


CASES = [(20, 2.0, 1.0), (50, 40.0, 0.1), (50, 40.0, 10.0), (2, 0.02, 1.0)]


@pytest.mark.parametrize(("servers", "load", "service"), CASES)
def test_many_servers_with_fixed_services_are_their_chain(servers: int, load: float, service: float) -> None:
    """As many present as there were beyond the servers, and those who came in one service."""
    most = servers + 60
    came = stats.poisson.pmf(np.arange(most + 1), load)
    present = stats.poisson.pmf(np.arange(most + 1), load)
    for _ in range(400):
        waiting = np.append(present[: servers + 1].sum(), present[servers + 1 :])
        present = np.convolve(waiting, came)[: most + 1]
    axis = Axis(service / 4.0, 24)
    found = deterministic_wait(load / service, service, servers, axis)
    late = float(present[servers:].sum())
    assert found.wait_probability == pytest.approx((late, late), rel=1e-6, abs=1e-11)
    for k in range(5):
        truth = float(present[: (k + 1) * servers].sum())
        assert found.law.slow.cumulative[4 * k] == pytest.approx(truth, abs=1e-9)
    queue = float(np.maximum(np.arange(most + 1) - servers, 0) @ present)
    assert found.mean == pytest.approx((queue / load * service, queue / load * service), rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("most", [6, 12, 40])
def test_a_queue_cut_short_is_bounded_by_its_tail(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """M/D/1 at 0.8, followed up to so many jobs only: the truth lies between, no further apart than the tail beyond."""
    axis = Axis(0.5, 30)
    true = deterministic_wait(0.8, 1.0, 1, axis)
    decay = optimize.brentq(lambda d: 0.8 * math.expm1(d) - d, 0.1, 5.0)
    tail = math.exp(-decay * most)
    seen: list[float] = []
    walk = deterministic.first_passage

    def followed(steps: np.ndarray, certain: float, edge: float) -> tuple[np.ndarray, float]:
        seen.append(float(steps.sum()) + certain)
        assert edge in (0.0, pytest.approx(tail, rel=1e-6))
        return walk(steps, certain, edge)

    monkeypatch.setattr(deterministic, "first_passage", followed)
    monkeypatch.setattr(deterministic, "_MOST_JOBS", most)
    found = deterministic_wait(0.8, 1.0, 1, axis)
    assert seen == pytest.approx([1.0, 1.0], abs=1e-12)  # each step is taken somewhere
    for low, middle, high in (
        (found.law.slow.cumulative, true.law.slow.cumulative, found.law.fast.cumulative[:-1]),
        (found.law.slow.cumulative[1:], true.law.fast.cumulative[:-1], found.law.fast.cumulative[:-1]),
    ):
        size = min(low.size, high.size)
        assert (low[:size] <= middle[:size] + 1e-12).all()
        if middle is not true.law.slow.cumulative:
            assert (middle[:size] <= high[:size] + 1e-12).all()
            assert (high[:size] - low[:size] <= 2.5 * tail + 1e-12).all()
    assert found.mean[0] <= 2.0 <= found.mean[1]
    assert found.mean[1] - found.mean[0] <= 3.0 * tail * (most + 1.0 / -math.expm1(-decay)) / 0.8


@pytest.mark.parametrize(
    ("servers", "load"), [(1, 0.05), (1, 0.9), (2, 1.9), (3, 0.4), (20, 2.0), (50, 40.0), (5, 4.9999)]
)
def test_queues_of_fixed_services_fall_at_the_rate_of_their_transform(
    monkeypatch: pytest.MonkeyPatch, servers: int, load: float
) -> None:
    """E[exp(d (Poisson(load) - c))] = 1, that is load (exp(d) - 1) = c d: what lies beyond is bounded with it."""
    root = optimize.brentq(lambda d: load * math.expm1(d) - servers * d, 1e-9, 60.0, xtol=1e-14)
    seen: list[float] = []

    def asked(steps: np.ndarray, certain: float, edge: float) -> tuple[np.ndarray, float]:
        jobs = steps.size // 2
        seen.append(-math.log(edge) / jobs if edge else 0.0)
        return np.zeros(jobs - 1), 0.0

    monkeypatch.setattr(deterministic, "first_passage", asked)
    deterministic_wait(load, 1.0, servers, Axis(0.5, 4))
    assert seen == [pytest.approx(root, rel=1e-9), 0.0]


def test_the_error_of_the_walk_is_added_on_the_safe_side(monkeypatch: pytest.MonkeyPatch) -> None:
    axis = Axis(0.5, 30)
    plain = deterministic_wait(0.8, 1.0, 1, axis)
    walk = deterministic.first_passage
    monkeypatch.setattr(deterministic, "first_passage", lambda *given: (walk(*given)[0], 0.01))
    found = deterministic_wait(0.8, 1.0, 1, axis)
    assert (found.law.slow.cumulative[:6] <= plain.law.slow.cumulative[:6] - 0.004).all()
    assert (found.law.fast.cumulative[:3] >= plain.law.fast.cumulative[:3] + 0.004).all()
    assert found.law.fast.cumulative.max() <= 1.0 + 1e-12
    assert found.mean[0] < plain.mean[0] - 0.05 < plain.mean[1] + 0.05 < found.mean[1]


def test_ends_of_fixed_services_count_all_that_comes() -> None:
    found = deterministic_wait(0.95, 1.0, 1, Axis(0.5, 30))
    assert found.law.fast.total == pytest.approx(1.0)
    assert found.law.slow.total == pytest.approx(1.0)
    assert found.law.fast.beyond > 0.1
    assert found.law.slow.partial_mean == pytest.approx(found.mean[1] + 0.5, rel=1e-12)


def test_chances_of_the_first_station_sum_to_one_within_rounding() -> None:
    for off in (1e-12, -1e-12):
        found = closed_response(1, 1.0, [Station(0.5)], [1.0 + off], [[0.0]], Axis(0.5, 20))
        assert found.mean == pytest.approx(0.5)
    with pytest.raises(ValueError, match="services above zero"):
        closed_response(
            1, 1.0, [Station(0.5), Station(0.0)], [1.0, 0.0], [[0.0, 0.0], [0.0, 0.0]], Axis(0.5, 20)
        )
    with pytest.raises(ValueError, match="must sum to one"):
        closed_response(1, 1.0, [Station(0.5)], [1.0 + 1e-8], [[0.0]], Axis(0.5, 20))


@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_passages_are_the_same_in_any_unit_of_time(unit: float) -> None:
    def law(scale: float) -> Passage:
        stations = [Station(0.4 * scale, 2), Station(0.3 * scale)]
        return closed_response(
            4, 0.5 * scale, stations, [1.0, 0.0], [[0.0, 0.5], [0.0, 0.0]], Axis(0.5 * scale, 20)
        )

    assert law(unit).mean == pytest.approx(law(1.0).mean * unit)
    assert law(unit).law.slow.cumulative == pytest.approx(law(1.0).law.slow.cumulative)


def test_runs_are_followed_for_four_hundred_visits() -> None:
    """Of runs that come back with chance p one in 1e9 is left after ln 1e-9 / ln p visits: between 400 and 401."""
    again = 10.0 ** (-9.0 / 400.5)
    axis = Axis(1.0, 2)
    with pytest.raises(ValueError, match="runs make more than 400 visits"):
        jackson_response([Station(0.01)], [0.1], [[again]], axis)
    assert isinstance(jackson_response([Station(0.01)], [0.1], [[again * 0.9999]], axis), Passage)
