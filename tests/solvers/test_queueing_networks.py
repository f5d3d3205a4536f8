"""Open and closed networks against mean value analysis, Markov chains and limits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from groma.solvers.queueing import (
    OpenClass,
    OpenNetwork,
    Saturated,
    Station,
    closed_network,
    jackson,
    mmc,
    open_network,
    traffic,
)


def mean_value_analysis(populations, think, demands, delay) -> tuple[list[float], np.ndarray]:
    """Reiser & Lavenberg (1980), single servers and delays, several classes: (throughputs, queue lengths)."""
    classes, stations = len(populations), len(delay)
    queue = {(0,) * classes: np.zeros(stations)}
    rates = [0.0] * classes
    for n in sorted(itertools.product(*(range(p + 1) for p in populations)), key=sum):
        if not any(n):
            continue
        total = np.zeros(stations)
        for r in range(classes):
            if n[r] == 0:
                rates[r] = 0.0
                continue
            before = queue[tuple(m - (i == r) for i, m in enumerate(n))]
            stay = np.array([demands[r][k] * (1 if delay[k] else 1 + before[k]) for k in range(stations)])
            rates[r] = n[r] / (think[r] + stay.sum())
            total += rates[r] * stay
        queue[n] = total
    return rates, queue[tuple(populations)]


@pytest.mark.parametrize(
    ("populations", "think", "demands"),
    [
        ([8], [4.0], [[0.3, 0.5, 1.0]]),
        ([3, 4], [5.0, 0.0], [[0.2, 0.9, 0.4], [0.7, 0.1, 2.0]]),
        ([2, 2, 3], [1.0, 2.0, 3.0], [[0.5, 0.2, 0.1], [0.1, 0.5, 0.3], [0.0, 0.4, 1.0]]),
    ],
)
def test_closed_networks_equal_mean_value_analysis(populations, think, demands) -> None:
    network = closed_network(populations, think, demands, [1, 1, None])
    rates, queue = mean_value_analysis(populations, think, demands, [False, False, True])
    assert network.throughput == pytest.approx(rates, rel=1e-10)
    assert np.sum(network.number, axis=0) == pytest.approx(queue, rel=1e-9)


@pytest.mark.parametrize("servers", [2, 3])
def test_several_servers_equal_the_repairmen_chain(servers: int) -> None:
    """N jobs think (exponential) and are served by c servers: a birth-death chain."""
    population, think, mean = 7, 3.0, 1.4
    weights = [1.0]
    for n in range(population):
        weights.append(weights[-1] * ((population - n) / think) / (min(n + 1, servers) / mean))
    p = np.array(weights) / sum(weights)
    rate = float(p @ np.minimum(np.arange(population + 1), servers)) / mean
    network = closed_network([population], [think], [[mean]], [servers])
    assert network.throughput[0] == pytest.approx(rate, rel=1e-12)
    assert network.number[0][0] == pytest.approx(float(p @ np.arange(population + 1)), rel=1e-12)


def test_littles_law_and_the_utilisation_law_hold_per_class() -> None:
    populations, think = [4, 3], [2.0, 7.0]
    demands = [[0.4, 0.3], [0.1, 0.8]]
    network = closed_network(populations, think, demands, [2, 1])
    for r, population in enumerate(populations):
        cycle = think[r] + network.response[r]
        assert network.throughput[r] * cycle == pytest.approx(population, rel=1e-10)
        assert network.utilisation[r][0] == pytest.approx(network.throughput[r] * demands[r][0] / 2)
    assert sum(network.utilisation[r][1] for r in (0, 1)) < 1.0


def test_large_populations_neither_overflow_nor_lose_the_bottleneck() -> None:
    network = closed_network([2000], [1.0], [[0.05, 0.2]], [4, 8])
    assert network.throughput[0] == pytest.approx(8 / 0.2, rel=1e-6)
    light = closed_network([1500], [1e4], [[0.001]], [1])
    assert light.throughput[0] == pytest.approx(1500 / 1e4, rel=1e-3)


def test_enough_servers_are_a_delay() -> None:
    few = closed_network([6], [1.0], [[2.0]], [6])
    delay = closed_network([6], [1.0], [[2.0]], [None])
    assert few.throughput == pytest.approx(delay.throughput)
    assert delay.throughput[0] == pytest.approx(2.0)
    assert delay.utilisation[0][0] == delay.number[0][0] == pytest.approx(4.0)  # all who are there are served


def test_too_many_sub_populations_are_refused_with_a_way_out() -> None:
    with pytest.raises(ValueError, match="simulation"):
        closed_network([200, 200], [1.0, 1.0], [[1.0], [1.0]], [1])
    with pytest.raises(ValueError, match="one row per class"):
        closed_network([2], [1.0], [[1.0, 2.0]], [1])


def test_traffic_equations_follow_the_routing() -> None:
    rates = traffic([1.0, 0.0], [[0.0, 0.5], [0.4, 0.0]])
    assert rates == pytest.approx([1.25, 0.625])
    with pytest.raises(ValueError, match="never leave"):
        traffic([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="at most one"):
        traffic([1.0], [[1.2]])


def test_each_class_visits_every_station_so_often_and_takes_some_time() -> None:
    with pytest.raises(ValueError, match="1 visit counts for 2 stations"):
        open_network([Station(0.1), Station(0.2)], [OpenClass(1.0, (1.0,))])
    for think, demand in ((0.0, 0.0), (-1.0, 0.5)):
        with pytest.raises(ValueError, match="a think time or a demand above zero"):
            closed_network([2, 1], [1.0, think], [[0.1], [demand]], [1])


def test_a_network_that_nothing_enters_is_refused() -> None:
    with pytest.raises(ValueError, match="no job arrives"):
        jackson([Station(0.1), Station(0.2)], [0.0, 0.0], [[0.0, 1.0], [0.0, 0.0]])


def test_classes_share_stations_and_only_their_visits_differ() -> None:
    stations = [Station(0.02, 4), Station(0.1, 8), Station(1.0, None)]
    classes = [OpenClass(30.0, (1.0, 1.0, 0.0)), OpenClass(8.0, (2.0, 3.0, 1.0))]
    network = open_network(stations, classes)
    assert isinstance(network, OpenNetwork)
    assert network.arrival_rates == pytest.approx((46.0, 54.0, 8.0))
    first, second = mmc(46.0, 0.02, 4), mmc(54.0, 0.1, 8)
    assert not isinstance(first, Saturated)
    assert not isinstance(second, Saturated)
    expected = 2 * first.mean_response + 3 * second.mean_response + 1.0
    assert network.class_response[1] == pytest.approx(expected)
    started = sum(run.rate * time for run, time in zip(classes, network.class_response, strict=True))
    assert started == pytest.approx(math.fsum(network.number)), "Little's law for the whole network"


def test_a_saturated_station_is_named() -> None:
    answer = jackson([Station(0.1), Station(0.6, 2)], [4.0, 0.0], [[0.0, 1.0], [0.0, 0.0]])
    assert isinstance(answer, Saturated)
    assert answer.station == 1
    assert "station 1" in answer.reason
