"""Approximate, bounded and mixed closed networks against exact solutions, a published one and Markov chains."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from groma.solvers.queueing import (
    ApproximateNetwork,
    MixedNetwork,
    NotSettled,
    Saturated,
    approximate_network,
    closed_bounds,
    closed_network,
    mixed_network,
)
from groma.solvers.queueing.finite_source import all_busy

LAZOWSKA = ([3], [15.0], [[121 * 0.005, 70 * 0.030, 50 * 0.027]], [1, 1, 1])


def random_closed(seed: int, several: bool):
    draw = random.Random(seed)
    classes = draw.choice([1, 2, 3])
    stations = draw.randint(1, 4)
    populations = [draw.randint(1, {1: 30, 2: 9, 3: 5}[classes]) for _ in range(classes)]
    think = [draw.choice([0.0, 1.0, 10.0]) for _ in range(classes)]
    demands = [[draw.choice([0.1, 0.2, 0.5, 1.0, 2.0]) for _ in range(stations)] for _ in range(classes)]
    kinds = [1, 2, 3, None] if several else [1, 1, 1, None]
    return populations, think, demands, [draw.choice(kinds) for _ in range(stations)]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("method", ["linearizer", "schweitzer"])
def test_throughputs_are_no_further_off_than_is_stated(several: bool, method) -> None:
    errors: list[float] = []
    for seed in range(12 if several else 60):
        arguments = random_closed(seed, several)
        exact = closed_network(*arguments)
        found = approximate_network(*arguments, method=method)
        assert isinstance(found, ApproximateNetwork)
        off = [abs(a / b - 1.0) for a, b in zip(found.means.throughput, exact.throughput, strict=True)]
        errors.append(max(off))
        assert max(off) < found.seen_error
    limit = 0.01 if method == "linearizer" else 0.06
    assert float(np.mean(errors)) < limit


@pytest.mark.parametrize(
    ("demands", "servers"), [([2.0, 0.5], [2, 1]), ([3.0, 0.2], [4, 1]), ([1.0, 1.0], [2, 3])]
)
def test_several_servers_are_near_the_exact_network(demands: list[float], servers: list[int]) -> None:
    for population in (3, 8, 20):
        found = approximate_network([population], [5.0], [demands], servers)
        exact = closed_network([population], [5.0], [demands], servers)
        assert isinstance(found, ApproximateNetwork)
        assert found.means.throughput[0] == pytest.approx(exact.throughput[0], rel=0.03)
        assert found.means.number[0] == pytest.approx(exact.number[0], rel=0.15, abs=0.1)


def test_linearizer_is_near_the_published_network() -> None:
    """Lazowska et al. (1984), p. 117."""
    found = approximate_network(*LAZOWSKA)
    assert isinstance(found, ApproximateNetwork)
    assert found.means.throughput[0] == pytest.approx(0.1515165, rel=2e-3)
    rough = approximate_network(*LAZOWSKA, method="schweitzer")
    assert isinstance(rough, ApproximateNetwork)
    assert abs(rough.means.throughput[0] / 0.1515165 - 1.0) > abs(found.means.throughput[0] / 0.1515165 - 1.0)


@pytest.mark.parametrize("method", ["linearizer", "schweitzer"])
def test_nobody_waits_where_there_is_a_server_for_each(method) -> None:
    """Two of one class and one of another before three servers: each goes round in its think time and its work."""
    found = approximate_network([2, 1], [1.0, 2.0], [[0.5], [0.7]], [3], method)
    assert isinstance(found, ApproximateNetwork)
    assert found.means.throughput == pytest.approx((2 / 1.5, 1 / 2.7), rel=1e-9)
    assert found.means.response == pytest.approx((0.5, 0.7), rel=1e-9)


@pytest.mark.parametrize("method", ["linearizer", "schweitzer"])
def test_a_class_of_nobody_changes_nothing(method) -> None:
    alone = approximate_network([5], [1.0], [[0.5, 0.2]], [1, 1], method)
    beside = approximate_network([5, 0], [1.0, 2.0], [[0.5, 0.2], [3.0, 0.1]], [1, 1], method)
    assert isinstance(alone, ApproximateNetwork)
    assert isinstance(beside, ApproximateNetwork)
    assert beside.means.throughput == pytest.approx((alone.means.throughput[0], 0.0), rel=1e-6)


def test_what_is_no_network_is_refused() -> None:
    for populations, think, demands in (
        ([2, 1], [1.0], [[0.1], [0.1]]),
        ([2], [1.0], [[-0.1]]),
        ([-2], [1.0], [[0.1]]),
    ):
        with pytest.raises(ValueError, match="a population, a think time and a demand >= 0"):
            approximate_network(populations, think, demands, [1])
    with pytest.raises(ValueError, match="a think time or a demand above zero"):
        approximate_network([2], [0.0], [[0.0]], [1])
    for population, think, demands in ((0, 1.0, [0.1]), (1, 0.0, [0.0])):
        with pytest.raises(ValueError, match="at least one customer"):
            closed_bounds(population, think, demands, [1])
    assert closed_bounds(1, 0.0, [0.5], [1]).throughput == pytest.approx((2.0, 2.0))


def test_large_populations_reach_the_bottleneck() -> None:
    found = approximate_network([4000, 3000], [10.0, 5.0], [[0.01, 0.002], [0.002, 0.01]], [1, 1])
    assert isinstance(found, ApproximateNetwork)
    assert all(sum(row[k] for row in found.means.utilisation) <= 1.0 + 1e-6 for k in range(2))
    assert sum(row[0] for row in found.means.utilisation) > 0.99


def test_an_iteration_without_end_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    from groma.solvers.queueing import closed_approximate

    monkeypatch.setattr(closed_approximate, "MOST_ROUNDS", 2)
    assert isinstance(approximate_network(*LAZOWSKA), NotSettled)


def test_bounds_hold_and_the_balanced_ones_are_tighter() -> None:
    tighter = 0
    for seed in range(200):
        draw = random.Random(seed)
        stations = draw.randint(1, 5)
        demands = [draw.choice([0.1, 0.5, 1.0, 3.0]) for _ in range(stations)]
        servers = [draw.choice([1, 1, 1, 2, None]) for _ in range(stations)]
        population, think = draw.randint(1, 25), draw.choice([0.0, 2.0, 20.0])
        exact = closed_network([population], [think], [demands], servers)
        bounds = closed_bounds(population, think, demands, servers)
        for low, high in (bounds.asymptotic, bounds.throughput, bounds.balanced or bounds.asymptotic):
            assert low <= exact.throughput[0] * (1 + 1e-9)
            assert exact.throughput[0] <= high * (1 + 1e-9)
        assert (
            bounds.response[0] - 1e-9 <= population / exact.throughput[0] - think <= bounds.response[1] + 1e-9
        )
        tighter += bounds.balanced is not None and bounds.balanced[1] < bounds.asymptotic[1]
    assert tighter > 20


def test_bounds_of_the_published_network_hold() -> None:
    bounds = closed_bounds(3, 15.0, LAZOWSKA[2][0], [1, 1, 1])
    assert bounds.throughput[0] < 0.1515165 < bounds.throughput[1]
    assert bounds.asymptotic == pytest.approx((3 / (15 + 3 * 4.055), 3 / (15 + 4.055)), rel=1e-12)


def mixed_chain(population: int, think: float, closed: float, rate: float, opened: float, room: int):
    """One processor-sharing station with closed and open customers: its generator, solved."""
    size = (population + 1) * (room + 1)
    index = {(n, m): n * (room + 1) + m for n in range(population + 1) for m in range(room + 1)}
    generator = np.zeros((size, size))
    for (n, m), here in index.items():
        moves = [((n + 1, m), (population - n) / think), ((n, m + 1), rate)]
        if n + m:
            moves += [((n - 1, m), n / (n + m) / closed), ((n, m - 1), m / (n + m) / opened)]
        for after, speed in moves:
            if after in index and speed > 0.0:
                generator[here, index[after]] += speed
                generator[here, here] -= speed
    balance = np.vstack((generator.T, np.ones(size)))
    chance = np.linalg.lstsq(balance, np.append(np.zeros(size), 1.0), rcond=None)[0]
    thinking = sum(p * (population - n) for (n, _), p in zip(index, chance, strict=True))
    there = sum(p * m for (_, m), p in zip(index, chance, strict=True))
    return thinking / think, there / rate


def test_mixed_networks_equal_their_markov_chain() -> None:
    found = mixed_network([3], [2.0], [[0.4]], [1], [0.8], [[0.5]])
    assert isinstance(found, MixedNetwork)
    rate, response = mixed_chain(3, 2.0, 0.4, 0.8, 0.5, 60)
    assert found.closed.throughput[0] == pytest.approx(rate, rel=1e-6)
    assert found.open_response[0] == pytest.approx(response, rel=1e-6)
    assert found.closed.utilisation[0][0] == pytest.approx(rate * 0.4, rel=1e-6)
    assert found.open_utilisation == pytest.approx((0.4,))


def test_mixed_networks_refuse_what_they_can_not_do() -> None:
    saturated = mixed_network([3], [2.0], [[0.4, 0.1]], [1, 1], [2.5], [[0.1, 0.5]])
    assert isinstance(saturated, Saturated)
    assert saturated.station == 1
    with pytest.raises(ValueError, match="several servers"):
        mixed_network([3], [2.0], [[0.4]], [2], [1.0], [[0.5]])


@pytest.mark.parametrize(("servers", "sources", "load"), [(2, 5, 0.3), (3, 3, 1.2), (4, 9, 2.0)])
def test_all_busy_is_the_chance_of_the_repairmen_chain(servers: int, sources: int, load: float) -> None:
    weights = [1.0]
    for n in range(sources):
        weights.append(weights[-1] * (sources - n) * load / min(n + 1, servers))
    chance = np.array(weights) / sum(weights)
    busy = float(chance @ np.minimum(np.arange(sources + 1), servers))
    assert all_busy(busy, servers, sources) == pytest.approx(float(chance[servers:].sum()), rel=1e-6)
    assert all_busy(busy, servers, servers - 1) == 0.0
    assert all_busy(1.0, servers, math.inf) < 1.0
