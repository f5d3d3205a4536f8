"""Stations of several pools against their Markov chains, written down state by state, and closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from groma.solvers.queueing.source_pools import MOST_STATES, Pool, Present, solve_pools, states_of

State = tuple[tuple[int, ...], int, int]
"""How many of each pool are there, whose request is served (-1: nobody's), in which phase."""
Limits = tuple[tuple[tuple[int, ...], int], ...]


def steady(
    start: State, moves: Callable[[State], Iterator[tuple[State, float, int, bool]]]
) -> tuple[list[State], np.ndarray]:
    """All states and their chances."""
    states, at = [start], {start: 0}
    rates: list[tuple[int, int, float]] = []
    for state in states:
        for after, rate, _, _ in moves(state):
            if after not in at:
                at[after] = len(states)
                states.append(after)
            rates.append((at[state], at[after], rate))
    generator = np.zeros((len(states), len(states)))
    for here, there, rate in rates:
        generator[here, there] += rate
        generator[here, here] -= rate
    system = np.vstack([generator.T, np.ones(len(states))])
    return states, np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]


def by_hand(
    pools: list[Pool], servers: int, sharing: bool, limits: Limits, speeds: np.ndarray | None
) -> tuple[list[float], list[float], list[float]]:
    """Number present, of those beyond the seats, and requests a second, by pool.

    With one server (not shared) a request is served in two phases: mean m and squared variation v by rates 2 / m and
    1 / (m v), the second met with chance 1 / (2 v) (Marie 1980).
    """
    phases = servers == 1 and not sharing and speeds is None
    seats = [p.sources if p.seats is None else p.seats for p in pools]

    def changed(counts: tuple[int, ...], j: int, by: int) -> tuple[int, ...]:
        return tuple(n + by * (k == j) for k, n in enumerate(counts))

    def moves(state: State) -> Iterator[tuple[State, float, int, bool]]:
        counts, served, phase = state
        for j, pool in enumerate(pools):
            room = min(
                [
                    pool.sources - counts[j],
                    *(most - sum(counts[i] for i in of) for of, most in limits if j in of),
                ]
            )
            if room > 0:
                factor = 1 if pool.open else room
                came = changed(counts, j, 1)
                yield (
                    (came, (j if served < 0 else served) if phases else -1, phase),
                    pool.rate * factor,
                    j,
                    True,
                )
        if phases:
            if served < 0:
                return
            pool = pools[served]
            variation = max(pool.variation, 0.5)
            onward = 0.5 / variation
            left = changed(counts, served, -1)
            weights = [min(n, s) for n, s in zip(left, seats, strict=True)]
            following = [(k, w / sum(weights)) for k, w in enumerate(weights) if w] or [(-1, 1.0)]
            if phase == 0:
                yield (counts, served, 1), 2.0 / pool.mean * onward, served, False
                over = 2.0 / pool.mean * (1.0 - onward)
            else:
                over = 1.0 / (pool.mean * variation)
            for k, chance in following:
                if over > 0.0:
                    yield (left, k, 0), over * chance, served, False
            return
        competing = [min(n, s) for n, s in zip(counts, seats, strict=True)]
        whole = sum(competing)
        speed = float(min(whole, servers)) if speeds is None else float(speeds[min(whole, servers)])
        for j, pool in enumerate(pools):
            if competing[j]:
                yield (changed(counts, j, -1), -1, 0), speed * competing[j] / whole / pool.mean, j, False

    states, chance = steady(((0,) * len(pools), -1, 0), moves)
    number = [sum(p * s[0][j] for s, p in zip(states, chance, strict=True)) for j in range(len(pools))]
    beyond = [
        sum(p * max(s[0][j] - seats[j], 0) for s, p in zip(states, chance, strict=True))
        for j in range(len(pools))
    ]
    flow = [0.0] * len(pools)
    for state, p in zip(states, chance, strict=True):
        for _, rate, j, arrival in moves(state):
            flow[j] += p * rate * arrival
    return number, beyond, flow


A, B, C = Pool(3, 0.7, 0.5, 2.0), Pool(2, 1.3, 0.3, 0.8), Pool(2, 0.4, 1.1, 0.2)
CASES: list[tuple[list[Pool], int, bool, Limits, list[float] | None]] = [
    ([A], 1, False, (), None),
    ([A, B], 1, False, (), None),
    ([A, B, C], 1, False, (((0, 1), 3), ((0, 1, 2), 5)), None),
    ([Pool(6, 1.5, 0.4, 1.0, True), B], 1, False, (), None),
    ([Pool(4, 0.7, 0.5, 3.0, seats=2), Pool(3, 0.9, 0.4, 1.5, seats=1)], 1, False, (), None),
    ([A, B], 1, True, (), None),
    ([A, B, C], 2, False, (), None),
    ([A, B], 3, False, (((0, 1), 4),), None),
    ([Pool(5, 1.2, 0.6, 1.0, True), A], 2, True, (((0, 1), 6),), None),
    ([Pool(4, 0.7, 0.5, seats=2), Pool(3, 0.9, 0.4, seats=1)], 2, False, (), None),
    ([A, B], 3, False, (), [0.0, 1.0, 1.6, 1.9]),
    ([A, B], 1, False, (), [0.0, 0.7]),
    ([Pool(9, 0.3, 0.5, 2.0), Pool(9, 0.4, 0.2, 0.7)], 1, False, (), None),
    ([Pool(15, 0.3, 0.5), Pool(15, 0.4, 0.2)], 3, False, (), None),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_pools_at_a_station_are_their_markov_chain(case: int) -> None:
    pools, servers, sharing, limits, speeds = CASES[case]
    given = None if speeds is None else np.array(speeds)
    found = solve_pools(pools, servers, sharing, limits, given)
    number, beyond, flow = by_hand(pools, servers, sharing, limits, given)
    assert found.number == pytest.approx(number, rel=1e-8)
    assert found.beyond == pytest.approx(beyond, rel=1e-8, abs=1e-12)
    assert found.throughput == pytest.approx(flow, rel=1e-8)
    assert float(found.chance.sum()) == pytest.approx(1.0)
    assert found.chance @ found.ends == pytest.approx(flow, rel=1e-8)  # what comes goes again
    assert found.chance @ found.counts == pytest.approx(number, rel=1e-8)


def test_chains_are_counted_beforehand_and_one_far_too_large_isnt() -> None:
    assert states_of((3, 2), (((0,), 1), ((0, 1), 2)), False) == 5
    assert states_of((3,), (), True) == 8
    assert states_of((400, 400), (), False) == 100 * MOST_STATES
    assert states_of((299, 499), (), False) == 150_000 == 100 * MOST_STATES
    assert states_of((299, 498), (), False) == 300 * 499


def test_one_pool_of_exponential_services_works_at_one_pace() -> None:
    """M/M/c//N: with n present min(n, c) services are worked on; nothing ends where nobody is."""
    found = solve_pools([Pool(6, 0.8, 0.5)], 2, False)
    pace = found.pace([0], 2, 6)
    assert pace == pytest.approx([0.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0])
    assert found.pace([0], 2, 3) == pytest.approx([0.0, 2.0, 4.0, 4.0])


def test_the_pace_of_some_is_what_others_leave_them_but_no_less_than_on_the_average() -> None:
    """Two pools that share one processor: of n and m present n / (n + m) are worked on for the first."""
    pools = [Pool(2, 0.5, 0.4), Pool(2, 2.0, 0.4)]
    found = solve_pools(pools, 1, True)
    pace = found.pace([0], 1, 2)
    there = {tuple(int(n) for n in c): float(p) for c, p in zip(found.counts, found.chance, strict=True)}
    flow = sum(p * n / (n + m) / 0.4 for (n, m), p in there.items() if n)
    average = flow / sum(p for (n, _), p in there.items() if n)
    assert pace[0] == 0.0
    for n in (1, 2):
        own = sum(p * n / (n + m) / 0.4 for (k, m), p in there.items() if k == n)
        assert pace[n] == pytest.approx(max(own / sum(p for (k, _), p in there.items() if k == n), average))
    both = found.pace([0, 1], 1, 4)
    assert both == pytest.approx([0.0, 2.5, 2.5, 2.5, 2.5])


def test_the_pace_of_who_never_comes_is_that_of_one_alone() -> None:
    """States that are (nearly) never met aren't divided by."""
    counts = np.array([[0.0], [1.0], [2.0]])
    ends = np.array([[0.0], [3.0], [3.0]])
    never = Present(np.zeros(1), np.zeros(1), np.zeros(1), np.array([1.0, 0.0, 0.0]), counts, ends)
    assert never.pace([0], 1, 2) == pytest.approx([0.0, 3.0, 3.0])
    assert never.pace([0], 2, 2) == pytest.approx([0.0, 3.0, 6.0])
    rare = Present(
        np.zeros(1), np.zeros(1), np.zeros(1), np.array([0.5, 0.5, 1e-12]), counts, ends * [[1], [1], [9]]
    )
    assert rare.pace([0], 2, 2) == pytest.approx([0.0, 3.0, 6.0])
    seldom = Present(
        np.zeros(1), np.zeros(1), np.zeros(1), np.array([0.5, 0.5, 1e-10]), counts, ends * [[1], [1], [9]]
    )
    assert seldom.pace([0], 2, 2) == pytest.approx([0.0, 3.0, 27.0])


@pytest.mark.parametrize("variation", [0.5, 1.0, 4.0])
def test_one_pool_before_one_server_is_the_repairmans_formula_of_takacs(variation: float) -> None:
    """M/G/1//N: idle with chance 1 / (1 + N a m sum_n C(N - 1, n) prod_{i <= n} (1 / b(i a) - 1)), b the transform of
    the service (Takacs, Introduction to the Theory of Queues, 1962, chapter 5)."""
    sources, rate, mean = 5, 0.6, 0.8

    def transform(s: float) -> float:
        first, second, onward = 2.0 / mean, 1.0 / (mean * variation), 0.5 / variation
        return first / (first + s) * (1.0 - onward + onward * second / (second + s))

    terms = [
        math.comb(sources - 1, n) * math.prod(1.0 / transform(i * rate) - 1.0 for i in range(1, n + 1))
        for n in range(sources)
    ]
    idle = 1.0 / (1.0 + sources * rate * mean * sum(terms))
    found = solve_pools([Pool(sources, rate, mean, variation)], 1)
    assert found.throughput[0] == pytest.approx((1.0 - idle) / mean, rel=1e-9)
    assert found.number[0] == pytest.approx(sources - (1.0 - idle) / mean / rate, rel=1e-9)
