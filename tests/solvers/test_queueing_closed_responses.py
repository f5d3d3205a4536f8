"""Laws of responses against closed forms, published means and a seeded simulation."""

from __future__ import annotations

import csv
import heapq
import itertools
import math
import random
from collections import deque
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from groma.solvers.distributions import Axis
from groma.solvers.queueing import (
    Passage,
    Saturated,
    Station,
    closed_network,
    closed_response,
    jackson_response,
    limited_response,
    mmc,
    mmck,
    series_response,
    traffic,
)

AXIS = Axis.covering(30.0, 3000)
RANKS = (0.5, 0.9, 0.99)


def test_one_customer_passes_an_erlang_time() -> None:
    law = closed_response(1, 4.0, [Station(0.5), Station(0.5, 2), Station(0.5, None)], [1, 0, 0], CHAIN, AXIS)
    for rank in RANKS:
        low, high = law.quantile(rank)
        assert low - 1e-9 <= scipy.stats.gamma.ppf(rank, 3, scale=0.5) <= high + 1e-9
        assert high - low < 2.5 * AXIS.step
    assert law.mean == pytest.approx(1.5, rel=1e-12)


CHAIN = [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_one_server_and_many_who_think_is_a_mixture_of_erlangs() -> None:
    """Arriving, one finds the M/M/1//(N - 1) system, and passes one more service than it finds customers."""
    population, think, service = 6, 2.0, 0.6
    weights = [1.0]
    for n in range(population - 1):
        weights.append(weights[-1] * (population - 1 - n) * service / think)
    found = np.array(weights) / sum(weights)
    law = closed_response(population, think, [Station(service)], [1.0], [[0.0]], AXIS)
    assert law.exact
    for time in (0.3, 1.0, 2.5, 4.0):
        true = sum(p * scipy.stats.gamma.cdf(time, n + 1, scale=service) for n, p in enumerate(found))
        low, high = law.law.cdf(time)
        assert low - 1e-9 <= true <= high + 1e-9
        assert high - low < 0.02


STATIONS = [Station(0.3), Station(0.5, 2), Station(0.2)]
ROUTING = [[0.0, 0.5, 0.5], [0.2, 0.0, 0.3], [0.0, 0.0, 0.0]]


def test_mean_of_the_closed_law_is_that_of_the_product_form() -> None:
    visits = traffic([1.0, 0.0, 0.0], ROUTING)
    demands = [[float(v) * s.service_mean for v, s in zip(visits, STATIONS, strict=True)]]
    exact = closed_network([6], [2.0], demands, [1, 2, 1])
    law = closed_response(6, 2.0, STATIONS, [1.0, 0.0, 0.0], ROUTING, AXIS)
    assert law.mean == pytest.approx(exact.response[0], rel=1e-9)
    low, high = law.law.mean()
    assert low <= law.mean <= high


def simulated_closed(population: int, think: float, count: int, seed: int) -> np.ndarray:
    """Responses in the closed network of STATIONS and ROUTING, FIFO, followed event by event."""
    draw = random.Random(seed)
    ticket = itertools.count()
    events = [(draw.expovariate(1 / think), next(ticket), c, -1) for c in range(population)]
    heapq.heapify(events)
    free = [s.servers for s in STATIONS]
    queues = [deque() for _ in STATIONS]
    began = [0.0] * population
    responses: list[float] = []

    def arrive(now: float, customer: int, k: int) -> None:
        if free[k]:
            free[k] -= 1
            length = draw.expovariate(1 / STATIONS[k].service_mean)
            heapq.heappush(events, (now + length, next(ticket), customer, k))
        else:
            queues[k].append(customer)

    while len(responses) < count:
        now, _, customer, k = heapq.heappop(events)
        if k < 0:
            began[customer] = now
            arrive(now, customer, 0)
            continue
        free[k] += 1
        if queues[k]:
            arrive(now, queues[k].popleft(), k)
        mark, onward = draw.random(), -1
        for j, chance in enumerate(ROUTING[k]):
            mark -= chance
            if mark < 0.0:
                onward = j
                break
        if onward >= 0:
            arrive(now, customer, onward)
        else:
            responses.append(now - began[customer])
            heapq.heappush(events, (now + draw.expovariate(1 / think), next(ticket), customer, -1))
    return np.array(responses[count // 10 :])


def test_the_closed_law_is_what_a_simulation_sees() -> None:
    seen = simulated_closed(6, 2.0, 60_000, 7)
    law = closed_response(6, 2.0, STATIONS, [1.0, 0.0, 0.0], ROUTING, AXIS)
    for time in (0.2, 0.6, 1.2, 2.5, 4.0):
        low, high = law.law.cdf(time)
        assert low - 0.012 < float((seen <= time).mean()) < high + 0.012


def test_the_station_that_saturates_is_named() -> None:
    for found in (
        jackson_response([Station(0.1), Station(0.7)], [1.5, 0.0], [[0.0, 1.0], [0.0, 0.0]], AXIS),
        series_response([Station(0.1), Station(0.7)], 1.5, AXIS),
    ):
        assert isinstance(found, Saturated)
        assert (found.station, found.utilisation) == (1, pytest.approx(1.05))


def test_what_makes_no_network_is_refused() -> None:
    one = [Station(0.5)]
    for population, think, stations in ((0, 1.0, one), (1, 0.0, one), (1, 1.0, [Station(0.0)])):
        with pytest.raises(ValueError, match="a customer, a think time above zero and services above zero"):
            closed_response(population, think, stations, [1.0], [[0.0]], AXIS)
    with pytest.raises(ValueError, match="first station must sum to one"):
        closed_response(1, 1.0, one, [0.9], [[0.0]], AXIS)
    with pytest.raises(ValueError, match="2 other rates for 1 stations"):
        series_response(one, 1.0, AXIS, [0.1, 0.1])
    with pytest.raises(ValueError, match="more than 3 visits"):
        jackson_response(one, [0.1], [[0.5]], AXIS, rounds=3)


def test_a_station_that_nobody_visits_changes_nothing() -> None:
    alone = closed_response(3, 2.0, [Station(0.6)], [1.0], [[0.0]], AXIS)
    beside = closed_response(3, 2.0, [Station(0.6), Station(9.0)], [1.0, 0.0], [[0.0, 0.0], [0.0, 0.0]], AXIS)
    assert beside.mean == pytest.approx(alone.mean, rel=1e-12)
    for time in (0.3, 1.0, 2.5):
        assert beside.law.cdf(time) == pytest.approx(alone.law.cdf(time), abs=1e-12)


def test_too_many_states_are_refused() -> None:
    with pytest.raises(ValueError, match="simulate"):
        closed_response(80, 1.0, [Station(0.1)] * 4, [1, 0, 0, 0], np.eye(4, k=1).tolist(), AXIS)


def test_single_servers_in_series_are_independent_exponentials() -> None:
    """Burke: M/M/1 responses with the same mean 1 / (mu - lambda) add up to an Erlang time."""
    law = series_response([Station(0.4), Station(0.4), Station(0.4)], 1.5, AXIS)
    assert isinstance(law, Passage)
    assert law.exact
    each = 1.0 / (1.0 / 0.4 - 1.5)
    for rank in RANKS:
        low, high = law.quantile(rank)
        assert low - 1e-9 <= scipy.stats.gamma.ppf(rank, 3, scale=each) <= high + 1e-9
    middle = series_response([Station(0.4), Station(0.4, 2), Station(0.4)], 1.5, AXIS)
    assert isinstance(middle, Passage)
    assert not middle.exact
    assert middle.notes == ("runs can overtake each other between stations",)
    fed = series_response([Station(0.4)], 1.5, AXIS, [0.5])
    assert isinstance(fed, Passage)
    assert not fed.exact
    assert fed.notes == ("stations are reached on other ways too",)
    assert isinstance(series_response([Station(0.4), Station(0.7)], 1.5, AXIS), Saturated)


def test_a_published_network_with_feedback_has_its_mean(shared_cases: Path) -> None:
    rows = csv.DictReader((shared_cases / "queueing/expected.csv").read_text().splitlines())
    wanted = next(
        float(r["expected"]) for r in rows if r["case"] == "tandem5" and "mean response" in r["quantity"]
    )
    routing = 0.1 * np.eye(5) + 0.9 * np.eye(5, k=1)
    axis = Axis.covering(90.0, 3000)
    law = jackson_response([Station(1 / 1.5, 2)] * 5, [2.0, 0, 0, 0, 0], routing.tolist(), axis)
    assert isinstance(law, Passage)
    assert law.mean == pytest.approx(wanted, rel=1e-6)
    assert not law.exact
    low, high = law.law.mean()
    assert low <= wanted <= high
    assert high - low < 0.2 * wanted


def test_jackson_without_feedback_is_the_series() -> None:
    stations = [Station(0.4), Station(0.3)]
    series = series_response(stations, 1.5, AXIS)
    law = jackson_response(stations, [1.5, 0.0], [[0.0, 1.0], [0.0, 0.0]], AXIS)
    assert isinstance(series, Passage)
    assert isinstance(law, Passage)
    assert law.law.cdf(1.0) == pytest.approx(series.law.cdf(1.0), abs=1e-9)


@pytest.mark.parametrize(("servers", "room"), [(1, 1), (2, 6), (3, 3)])
def test_limited_rooms_wait_for_those_ahead(servers: int, room: int) -> None:
    station = mmck(3.0, 0.5, servers, room)
    law = limited_response(station, AXIS)
    low, high = law.law.mean()
    assert low <= station.mean_response <= high
    for time in (0.2, 0.7, 1.5):
        # wait and service together, by integrating over the service
        grid = np.linspace(0.0, time, 4001)
        inner = np.array([1.0 - station.wait_sf(time - s) for s in grid]) * np.exp(-grid / 0.5) / 0.5
        true = float(np.trapezoid(inner, grid))
        below, above = law.law.cdf(time)
        assert below - 2e-3 <= true <= above + 2e-3


def test_a_large_room_is_no_limit() -> None:
    law = limited_response(mmck(1.5, 0.4, 1, 200), AXIS)
    open_station = mmc(1.5, 0.4, 1)
    assert not isinstance(open_station, Saturated)
    for rank in RANKS:
        low, high = law.quantile(rank)
        assert low - 1e-6 <= -math.log(1 - rank) * open_station.mean_response <= high + 1e-6


def test_what_comes_on_other_ways_loads_each_station_of_a_series() -> None:
    """Means of M/M/1 at the sum of both rates: 1 / (mu - lambda - others)."""
    law = series_response([Station(0.4), Station(0.25)], 1.0, AXIS, [0.5, 2.0])
    assert isinstance(law, Passage)
    assert law.mean == pytest.approx(1.0 / (2.5 - 1.5) + 1.0 / (4.0 - 3.0), rel=1e-12)


def test_the_mean_of_a_network_with_a_delay_is_that_of_visits_times_responses() -> None:
    """Half of the runs come back from the delay: two visits to each; M/M/1 takes 1 / (mu - lambda) a visit."""
    law = jackson_response([Station(0.2), Station(1.5, None)], [1.0, 0.0], [[0.0, 1.0], [0.5, 0.0]], AXIS)
    assert isinstance(law, Passage)
    assert law.mean == pytest.approx(2.0 * (1.0 / (5.0 - 2.0) + 1.5), rel=1e-12)
