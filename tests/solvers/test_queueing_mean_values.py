"""Approximate mean values against the algorithms as published, written with plain loops; bounds where they meet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import optimize

from groma.solvers.queueing import (
    ApproximateNetwork,
    MixedNetwork,
    NotSettled,
    Saturated,
    approximate_network,
    closed_approximate,
    closed_bounds,
    closed_network,
    erlang_c,
    mixed_network,
)
from groma.solvers.queueing.finite_source import all_busy

Table = list[list[float]]


def core(
    counts: Sequence[float],
    think: Sequence[float],
    demands: Table,
    delay: Sequence[bool],
    change: Sequence[Table],
) -> tuple[list[float], Table]:
    """The core of Linearizer (Chandy & Neuse 1982) for single servers and delays: throughputs and shares.

    `change[s][r][k]`: by how much the share of class r at k grows when one of class s is taken away.
    """
    classes, stations = range(len(counts)), range(len(delay))
    share = [[1.0 / len(delay)] * len(delay) for _ in classes]
    rates = [0.0] * len(counts)
    for _ in range(20_000):
        before = [row[:] for row in share]
        for s in classes:
            stay = []
            for k in stations:
                others = sum(
                    max(counts[r] - (r == s), 0.0) * (before[r][k] + change[s][r][k]) for r in classes
                )
                stay.append(demands[s][k] * (1.0 if delay[k] else 1.0 + max(others, 0.0)))
            rates[s] = counts[s] / (think[s] + sum(stay))
            share[s] = [rates[s] * t / counts[s] if counts[s] else 0.0 for t in stay]
        if (
            max(abs(a - b) for x, y in zip(share, before, strict=True) for a, b in zip(x, y, strict=True))
            < 1e-13
        ):
            break
    return rates, share


def linearizer(
    counts: Sequence[float], think: Sequence[float], demands: Table, delay: Sequence[bool]
) -> tuple[list[float], Table]:
    """Three times: the network and those with one customer less, with the changes found before (start: none)."""
    classes = range(len(counts))
    change = [[[0.0] * len(delay) for _ in classes] for _ in classes]
    for _ in range(3):
        _, whole = core(counts, think, demands, delay, change)
        fewer = [
            core([n - (r == s) for r, n in enumerate(counts)], think, demands, delay, change)[1]
            for s in classes
        ]
        change = [
            [
                [fewer[s][r][k] - whole[r][k] if counts[r] - (r == s) > 0 else 0.0 for k in range(len(delay))]
                for r in classes
            ]
            for s in classes
        ]
    return core(counts, think, demands, delay, change)


NETWORKS = [
    ([6], [2.0], [[0.5, 0.3, 1.0]], [1, 1, None]),
    ([3, 4], [1.0, 0.0], [[0.4, 0.2], [0.1, 0.9]], [1, 1]),
    ([1, 2, 5], [0.5, 3.0, 1.0], [[0.2, 0.6, 0.5], [0.7, 0.1, 0.2], [0.3, 0.3, 0.0]], [1, 1, None]),
    ([1], [1.0], [[2.0]], [1]),
]


@pytest.mark.parametrize("case", range(len(NETWORKS)))
@pytest.mark.parametrize("method", ["linearizer", "schweitzer"])
def test_single_servers_are_as_the_published_algorithms_say(case: int, method) -> None:
    counts, think, demands, servers = NETWORKS[case]
    delay = [c is None for c in servers]
    nothing = [[[0.0] * len(servers) for _ in counts] for _ in counts]
    rates, share = (
        linearizer(counts, think, demands, delay)
        if method == "linearizer"
        else core(counts, think, demands, delay, nothing)
    )
    found = approximate_network(counts, think, demands, servers, method)
    assert isinstance(found, ApproximateNetwork)
    means = found.means
    assert means.throughput == pytest.approx(rates, rel=1e-5)
    for r, n in enumerate(counts):
        assert means.number[r] == pytest.approx([n * f for f in share[r]], rel=1e-4)
        assert means.residence[r] == pytest.approx([n * f / rates[r] for f in share[r]], rel=1e-4)
        assert means.response[r] == pytest.approx(n / rates[r] - think[r], rel=1e-4)
        assert means.utilisation[r] == pytest.approx([rates[r] * d for d in demands[r]], rel=1e-5)
    assert (found.method, found.seen_error) == (method, {"linearizer": 0.02, "schweitzer": 0.16}[method])


@pytest.mark.parametrize("counts", [[40], [200]])
def test_one_class_is_the_root_of_schweitzers_equation(counts: list[int]) -> None:
    """n_k = X D_k / (1 - X D_k (N - 1) / N), and all of them and those who think are N."""
    many, think, demands = counts[0], 3.0, [0.5, 0.2, 0.4]

    def numbers(rate: float) -> list[float]:
        return [rate * d / (1.0 - rate * d * (many - 1) / many) for d in demands]

    rate = optimize.brentq(
        lambda x: sum(numbers(x)) + x * think - many, 1e-9, 2.0 * many / (many - 1) - 1e-12
    )
    found = approximate_network(counts, [think], [demands], [1, 1, 1], "schweitzer")
    assert isinstance(found, ApproximateNetwork)
    assert found.means.throughput[0] == pytest.approx(rate, rel=1e-6)
    assert found.means.number[0] == pytest.approx(numbers(rate), rel=1e-3)


def repairmen(servers: int, sources: int, busy: float) -> float:
    """P(at least `servers` present) in M/M/c//N with so many servers busy on average, by its weights."""

    def weights(load: float) -> np.ndarray:
        found = [1.0]
        for n in range(sources):
            found.append(found[-1] * (sources - n) * load / min(n + 1, servers))
        return np.array(found) / sum(found)

    at_work = np.minimum(np.arange(sources + 1), servers)
    load = optimize.brentq(
        lambda x: float(weights(x) @ at_work) - busy, 1e-12, 20.0 / sources, xtol=1e-15, rtol=1e-14
    )
    return float(weights(load)[servers:].sum())


@pytest.mark.parametrize(
    ("servers", "many"), [([2, 1], 7), ([3, None], 12), ([2, 4], 6), ([5, 1], 5), ([3, 1], 4), ([3, 2], 40)]
)
def test_several_servers_keep_schweitzers_equations(servers: list[int | None], many: int) -> None:
    """An arrival meets (N - 1) / N of those present; of these as many in service as of all, and the rest waits; it
    waits for them and, with the chance that all are busy, for one service more, each at c times the speed."""
    think, demands = 1.0, [1.2, 0.5]
    found = approximate_network([many], [think], [demands], servers, "schweitzer")
    assert isinstance(found, ApproximateNetwork)
    rate = found.means.throughput[0]
    assert rate * (think + sum(found.means.residence[0])) == pytest.approx(many, rel=1e-9)
    for k, count in enumerate(servers):
        present = found.means.number[0][k]
        seen = present * (many - 1) / many
        if count is None:
            before = 0.0
        elif count == 1:
            before = seen
        elif many - 1 < count:
            before = 0.0
        else:
            served = seen * rate * demands[k] / present
            before = (seen - served + repairmen(count, many - 1, served)) / count
        assert found.means.residence[0][k] == pytest.approx(demands[k] * (1.0 + before), rel=1e-5)
        assert found.means.utilisation[0][k] == pytest.approx(rate * demands[k] / (count or 1), rel=1e-9)
    assert found.seen_error == 0.19


@pytest.mark.parametrize(
    ("servers", "sources", "busy"),
    [(2, 2, 1.1), (2, 6, 0.01), (3, 20, 2.9), (4, 200, 3.0), (2, 200, 1.9), (7, 9, 5.0)],
)
def test_all_servers_are_busy_as_often_as_with_so_many_sources(
    servers: int, sources: int, busy: float
) -> None:
    with np.errstate(over="raise", invalid="raise"):
        found = all_busy(busy, servers, sources)
    assert found == pytest.approx(repairmen(servers, sources, busy), rel=1e-6)


def test_the_ends_of_what_is_busy() -> None:
    assert all_busy(0.7, 1, 3) == 0.7
    assert all_busy(1.0, 1, 1) == 1.0
    assert all_busy(1.5, 1, 5) == 1.0
    assert all_busy(3.0, 3, 5) == 1.0
    assert all_busy(3.0 - 1e-10, 3, 5) == pytest.approx(1.0 - 1e-10 / 3, rel=1e-15)
    assert all_busy(2.9999, 3, 5) < 0.99999
    assert all_busy(0.0, 2, 5) == all_busy(-1.0, 2, 5) == all_busy(0.5, 3, 2) == 0.0
    assert all_busy(0.5, 3, 3) > 0.0
    for sources in (201, math.inf):  # as many as no limit: M/M/c
        assert all_busy(2.0, 3, sources) == erlang_c(3, 2.0)
    assert all_busy(2.0, 3, 200) != erlang_c(3, 2.0)


@pytest.mark.parametrize("method", ["linearizer", "schweitzer"])
@pytest.mark.parametrize("servers", [[1, 1], [2, 1], [2, 3], [None, 1]])
def test_a_class_of_nobody_sees_all_of_the_others_and_changes_nothing(
    servers: list[int | None], method
) -> None:
    """One who came now would meet the others as they are without it (arrival theorem)."""
    alone = approximate_network([5], [1.0], [[1.5, 0.2]], servers, method)
    beside = approximate_network([5, 0], [1.0, 2.0], [[1.5, 0.2], [3.0, 0.1]], servers, method)
    assert isinstance(alone, ApproximateNetwork)
    assert isinstance(beside, ApproximateNetwork)
    for name in ("throughput", "residence", "number", "utilisation"):
        assert getattr(beside.means, name)[0] == pytest.approx(getattr(alone.means, name)[0], rel=1e-6)
    assert beside.means.throughput[1] == 0.0
    for k, count in enumerate(servers):
        if count in (1, None):
            met = alone.means.number[0][k] if count else 0.0
            assert beside.means.residence[1][k] == pytest.approx((3.0, 0.1)[k] * (1.0 + met), rel=1e-6)


def test_stations_that_nobody_visits_and_networks_that_are_none() -> None:
    beside = approximate_network([5], [1.0], [[0.5, 0.0, 0.0]], [1, 2, None])
    alone = approximate_network([5], [1.0], [[0.5]], [1])
    assert isinstance(beside, ApproximateNetwork)
    assert isinstance(alone, ApproximateNetwork)
    assert beside.means.throughput == pytest.approx(alone.means.throughput, rel=1e-6)
    assert beside.means.number[0][1:] == (0.0, 0.0)
    for counts, think, demands, servers in (
        ([2, -1], [1.0, 1.0], [[0.1], [0.1]], [1]),
        ([2], [1.0], [[0.5, -0.1]], [1, 1]),
        ([2, 1], [1.0], [[0.1], [0.1]], [1]),
    ):
        with pytest.raises(ValueError, match="a demand >= 0 per station"):
            approximate_network(counts, think, demands, servers)
    with pytest.raises(ValueError, match="a think time or a demand above zero"):
        approximate_network([2, 1], [1.0, 0.0], [[0.1], [0.0]], [1])


def test_rounds_are_told_where_they_are_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each of the iterations: of all, of one customer less, and of the last one."""
    monkeypatch.setattr(closed_approximate, "MOST_ROUNDS", 1)
    for method in ("linearizer", "schweitzer"):
        found = approximate_network([4], [1.0], [[0.5, 0.1]], [1, 1], method)
        assert isinstance(found, NotSettled)
        assert found.reason == "approximate mean value analysis didn't settle in 1 rounds"


def test_bounds_meet_where_all_stations_are_alike() -> None:
    """A balanced network without thinking: X = N / (D (N + K - 1)) with D at each of K single servers."""
    for stations in (1, 2, 5):
        for many in (1, 2, 9):
            exact = many / (0.4 * (many + stations - 1))
            found = closed_bounds(many, 0.0, [0.4] * stations, [1] * stations)
            assert found.balanced == pytest.approx((exact, exact), rel=1e-12)
            assert found.throughput == pytest.approx((exact, exact), rel=1e-12)
            assert found.response == pytest.approx((many / exact, many / exact), rel=1e-12)
            assert closed_network(
                [many], [0.0], [[0.4] * stations], [1] * stations
            ).throughput == pytest.approx((exact,))


def test_bounds_are_those_of_lazowskas_table() -> None:
    """Quantitative System Performance, table 5.2, terminal workloads: think 4 and a delay of 1, demands 0.6 and 0.2."""
    many, away, whole, most, mean = 10, 5.0, 0.8, 0.6, 0.4
    found = closed_bounds(many, 4.0, [0.6, 1.0, 0.2, 0.0], [1, None, 1, 1])
    assert found.asymptotic == pytest.approx(
        (many / (many * whole + away), min(1 / most, many / (whole + away)))
    )
    low = many / (whole + away + (many - 1) * most / (1 + away / (many * whole)))
    high = min(1 / most, many / (whole + away + (many - 1) * mean / (1 + away / whole)))
    assert found.balanced == pytest.approx((low, high))
    assert found.throughput == pytest.approx((low, high))
    assert found.response == pytest.approx((many / high - 4.0, many / low - 4.0))
    # with few customers the balanced upper bound is the lower one; several servers have none
    crowd = closed_bounds(40, 4.0, [0.6, 1.0, 0.2, 0.0], [1, None, 1, 1])
    assert crowd.balanced is not None
    assert crowd.balanced[1] == pytest.approx(1 / most)
    few = closed_bounds(2, 4.0, [0.6, 1.0, 0.2], [1, None, 1])
    assert few.throughput[1] == pytest.approx(2 / (5.8 + 0.4 / (1 + 5.0 / 0.8)))
    several = closed_bounds(10, 4.0, [3.0, 0.2], [2, 1])
    assert several.balanced is None
    assert several.throughput == several.asymptotic == pytest.approx((10 / (4 + 32), 2 / 3.0))
    assert closed_bounds(3, 1.0, [0.5], [None]).throughput == pytest.approx((2.0, 2.0))


def test_open_classes_alone_see_independent_queues() -> None:
    """Nobody of the closed class: M/M/1 at the sum of the loads, D / (1 - rho), and delays as they are."""
    found = mixed_network(
        [0], [1.0], [[0.1, 0.1, 0.1]], [1, None, 1], [0.5, 0.2], [[0.6, 3.0, 0.0], [1.0, 2.0, 0.5]]
    )
    assert isinstance(found, MixedNetwork)
    assert found.open_utilisation == pytest.approx((0.5, 1.9, 0.1))
    assert found.open_response == pytest.approx((0.6 / 0.5 + 3.0, 1.0 / 0.5 + 2.0 + 0.5 / 0.9))
    assert found.closed.throughput == (0.0,)


def test_closed_classes_beside_open_ones_see_slower_servers() -> None:
    """Lazowska et al., section 7.4: demands over what open classes leave; theirs grow with those who are there."""
    demands, open_demands = [[0.3, 0.2, 0.5], [0.1, 0.6, 0.0]], [[0.4, 0.0, 0.7], [0.2, 0.5, 0.1]]
    found = mixed_network([3, 2], [1.0, 2.0], demands, [1, 1, None], [0.5, 0.6], open_demands)
    assert isinstance(found, MixedNetwork)
    left = [1 - 0.5 * 0.4 - 0.6 * 0.2, 1 - 0.6 * 0.5]
    slowed = [[row[0] / left[0], row[1] / left[1], row[2]] for row in demands]
    closed = closed_network([3, 2], [1.0, 2.0], slowed, [1, 1, None])
    assert found.closed.throughput == pytest.approx(closed.throughput)
    assert found.closed.response == pytest.approx(closed.response)
    for r in (0, 1):
        assert found.closed.residence[r] == pytest.approx(closed.residence[r])
    there = [sum(row[k] for row in closed.number) for k in range(3)]
    for q, row in enumerate(open_demands):
        wanted = row[0] * (1 + there[0]) / left[0] + row[1] * (1 + there[1]) / left[1] + row[2]
        assert found.open_response[q] == pytest.approx(wanted)
    for r, row in enumerate(demands):
        busy = [closed.throughput[r] * d for d in row]
        assert found.closed.utilisation[r] == pytest.approx(busy)
    full = mixed_network([1], [1.0], [[0.1, 0.1]], [None, 1], [2.0], [[9.0, 0.5]])
    assert isinstance(full, Saturated)
    assert (full.station, full.utilisation) == (1, 1.0)
    assert isinstance(mixed_network([1], [1.0], [[0.1]], [2], [2.0], [[0.0]]), MixedNetwork)


@pytest.mark.parametrize("servers", [2, 3])
def test_two_classes_before_several_servers_are_their_chain(servers: int) -> None:
    """Who is served is chosen at random of those present, who have the same law: product form (BCMP)."""
    counts, think, mean = (3, 2), (1.0, 2.5), 0.8
    states = [(a, b) for a in range(4) for b in range(3)]
    generator = np.zeros((12, 12))
    for (a, b), here in zip(states, range(12), strict=True):
        pace = min(a + b, servers) / (a + b) / mean if a + b else 0.0
        for after, rate in (
            ((a + 1, b), (3 - a) / think[0]),
            ((a, b + 1), (2 - b) / think[1]),
            ((a - 1, b), a * pace),
            ((a, b - 1), b * pace),
        ):
            if after in states:
                generator[here, states.index(after)] += rate
                generator[here, here] -= rate
    chance = np.linalg.lstsq(np.vstack([generator.T, np.ones(12)]), np.append(np.zeros(12), 1.0), rcond=None)[
        0
    ]
    present = chance @ np.array(states)
    found = closed_network(counts, think, [[mean], [mean]], [servers])
    assert [row[0] for row in found.number] == pytest.approx(present)
    assert found.throughput == pytest.approx((np.array(counts) - present) / think)
    assert [row[0] for row in found.utilisation] == pytest.approx(
        (np.array(counts) - present) / think * mean / servers
    )
    assert [row[0] for row in found.residence] == pytest.approx(present / found.throughput)
    empty = closed_network((0, 2), think, [[mean], [mean]], [servers])
    assert (empty.throughput[0], empty.residence[0], empty.number[0]) == (0.0, (0.0,), (0.0,))
