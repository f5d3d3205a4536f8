"""One station that several pools of sources use: a thread pool's requests at a processor or at another task.

Every source of a pool is away for an exponential time and then asks for service: the machine-repair model (Kleinrock,
Queueing Systems I (1975), section 3.8) with several kinds of machines. It is solved as a Markov chain, because the
arrival theorem doesn't hold for FIFO services of different means: a source that is often here and one that comes
seldom but stays long delay each other in ways that mean value analysis gets wrong by a factor.

State: how many of each pool are present and, with one server, whose request is served and in which phase of a
two-phase Coxian law (Marie, 1980) with the mean and variance of the pool's service. The next request is taken at
random among those present, which leaves mean numbers as under FIFO as far as pools are alike.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
import scipy.sparse.linalg  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats

_sparse = cast(Any, scipy.sparse)
_linear = cast(Any, scipy.sparse.linalg)
DENSE = 200
MOST_STATES = 1500
RARE = 1e-11
"""States less likely than this are not divided by."""
LEAST_VARIATION = 0.5
"""Of a two-phase Coxian law: the squared coefficient of variation."""

Ints = NDArray[np.intp]
Limits = tuple[tuple[tuple[int, ...], int], ...]
"""Of these pools together at most so many requests are present: they are of the same customers or threads."""


@dataclass(frozen=True, slots=True)
class Pool:
    """`sources` requests at most at a time; `mean` (seconds) and `variation` (squared coefficient) of the service.

    `rate`: per source that is away; of an `open` pool: of all, up to `sources` present at a time. No more than
    `seats` compete for the servers (None: all who are present); the others wait for a seat.
    """

    sources: int
    rate: float
    mean: float
    variation: float = 1.0
    open: bool = False
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Mean number present, of those the ones beyond the seats, and requests per second, per pool."""

    number: Floats
    beyond: Floats
    throughput: Floats
    chance: Floats
    """Of each state."""
    counts: Floats
    """[state, pool]"""

    ends: Floats
    """[state, pool]: services that end per second."""

    def pace(self, members: Sequence[int], servers: int, most: int) -> Floats:
        """[n]: services of these pools that end per second while n of their requests are present, n = 0 .. most.

        Never slower than on the average of all n. That keeps rare moments, as when somebody else holds the station
        for long, from standing for what happens whenever many are present.
        """
        count = self.counts[:, list(members)].sum(axis=1)
        present = count.astype(np.intp)
        ended = self.ends[:, list(members)].sum(axis=1)
        there = np.bincount(present, weights=self.chance, minlength=most + 1)[: most + 1]
        flow = np.bincount(present, weights=self.chance * ended, minlength=most + 1)[: most + 1]
        at_work = float(self.chance @ np.minimum(count, servers))
        average = float(self.chance @ ended) / at_work if at_work > 0.0 else float(ended[present == 1].max())
        at_average = average * np.minimum(np.arange(most + 1), servers)
        known = np.divide(flow, there, out=np.zeros_like(flow), where=there > RARE)
        return np.maximum(known, at_average)


@dataclass(frozen=True, eq=False)
class _Moves:
    """Transitions of one kind: from, to, and the factor of their rate."""

    source: Ints
    target: Ints
    factor: Floats


@dataclass(frozen=True, eq=False)
class _Chain:
    counts: Floats
    """Per state, how many of each pool are present."""
    arrivals: tuple[_Moves, ...]
    first: tuple[_Moves, ...]
    """Phase one ends with the service."""
    onward: tuple[_Moves, ...]
    second: tuple[_Moves, ...]


def states_of(sources: Sequence[int], limits: Limits, single: bool) -> int:
    """Size of the chain (of one far too large, a lower bound)."""
    if math.prod(n + 1 for n in sources) > 100 * MOST_STATES:
        return 100 * MOST_STATES
    whole = sum(1 for _ in _allowed(tuple(sources), limits))
    return whole * (2 * len(sources) if single else 1)


def solve_pools(
    pools: Sequence[Pool],
    servers: int,
    sharing: bool = False,
    limits: Limits = (),
    speeds: Floats | None = None,
) -> Present:
    """The steady state; `sharing`: all present share the servers equally (processor sharing).

    `speeds[n]` (n = 0 .. servers): how much faster than one server the station works with n or more present.
    """
    single = servers == 1 and not sharing and speeds is None
    opens = tuple(pool.open for pool in pools)
    sources = tuple(pool.sources for pool in pools)
    seats = tuple(pool.sources if pool.seats is None else pool.seats for pool in pools)
    chain = (_single if single else _shared)(sources, opens, limits, seats)
    size = chain.counts.shape[0]
    rows: list[Ints] = []
    columns: list[Ints] = []
    rates: list[Floats] = []

    if speeds is None:
        speeds = np.arange(servers + 1, dtype=np.float64)
    competing = np.minimum(chain.counts, np.array(seats)).sum(axis=1).astype(np.intp)
    speed = speeds[np.minimum(competing, servers)]

    ends = np.zeros((size, len(pools)))

    def finish(j: int, moves: _Moves, rate: float) -> None:
        np.add.at(ends[:, j], moves.source, moves.factor * rate)
        add(moves, rate)

    def add(moves: _Moves, rate: float) -> None:
        rows.append(moves.source)
        columns.append(moves.target)
        rates.append(moves.factor * rate)

    for j, pool in enumerate(pools):
        add(chain.arrivals[j], pool.rate)
        if single:
            variation = max(pool.variation, LEAST_VARIATION)
            early, share = 2.0 / pool.mean, 0.5 / variation
            finish(j, chain.first[j], early * (1.0 - share))
            add(chain.onward[j], early * share)
            finish(j, chain.second[j], share * early)
        else:
            done = chain.first[j]
            finish(j, _Moves(done.source, done.target, done.factor * speed[done.source]), 1.0 / pool.mean)
    chance = _steady(size, np.concatenate(rows), np.concatenate(columns), np.concatenate(rates))
    flow = [
        pool.rate * float(chance[chain.arrivals[j].source] @ chain.arrivals[j].factor)
        for j, pool in enumerate(pools)
    ]
    beyond = np.maximum(chain.counts - np.array(seats), 0.0)
    return Present(chance @ chain.counts, chance @ beyond, np.array(flow), chance, chain.counts, ends)


def _steady(size: int, rows: Ints, columns: Ints, rates: Floats) -> Floats:
    """Solution of p Q = 0, sum p = 1, by replacing one balance equation."""
    if size <= DENSE:
        matrix = np.zeros((size, size))
        np.add.at(matrix, (columns, rows), rates)
        matrix[np.arange(size), np.arange(size)] -= np.bincount(rows, weights=rates, minlength=size)
        matrix[0] = 1.0
        right = np.zeros(size)
        right[0] = 1.0
        return np.maximum(np.linalg.solve(matrix, right), 0.0)
    out = np.bincount(rows, weights=rates, minlength=size)
    scale = float(out.max())
    # state 0 is left out: its probability is set to one and all are scaled at the end
    data = np.concatenate((rates, -out)) / scale
    at = (np.concatenate((columns, np.arange(size))), np.concatenate((rows, np.arange(size))))
    whole = _sparse.csc_matrix((data, at), shape=(size, size))
    rest = _linear.spsolve(whole[1:, 1:], -whole[1:, 0].toarray().ravel())
    chance = np.maximum(np.concatenate(([1.0], rest)), 0.0)
    return chance / chance.sum()


def _moves(found: list[tuple[int, int, float]]) -> _Moves:
    return _Moves(
        np.array([f[0] for f in found], dtype=np.intp),
        np.array([f[1] for f in found], dtype=np.intp),
        np.array([f[2] for f in found], dtype=np.float64),
    )


def _allowed(sources: tuple[int, ...], limits: Limits) -> Iterator[tuple[int, ...]]:
    for counts in itertools.product(*(range(n + 1) for n in sources)):
        if all(sum(counts[i] for i in members) <= most for members, most in limits):
            yield counts


def _arriving(
    sources: tuple[int, ...], opens: tuple[bool, ...], limits: Limits, counts: tuple[int, ...], j: int
) -> float:
    """How many sources of pool j are away and free to come; of an open pool one, while there is room."""
    left = sources[j] - counts[j]
    for members, most in limits:
        if j in members:
            left = min(left, most - sum(counts[i] for i in members))
    return float(min(left, 1)) if opens[j] else float(left)


@lru_cache(maxsize=256)
def _single(
    sources: tuple[int, ...], opens: tuple[bool, ...], limits: Limits, seats: tuple[int, ...]
) -> _Chain:
    pools = range(len(sources))
    index: dict[tuple[tuple[int, ...], int, int], int] = {}
    empty = tuple(0 for _ in pools)
    index[(empty, -1, 0)] = 0
    for counts in _allowed(sources, limits):
        for j in pools:
            if counts[j] > 0:
                index[(counts, j, 0)] = len(index)
                index[(counts, j, 1)] = len(index)
    arrivals: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    first: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    onward: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    second: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    for (counts, j, phase), here in index.items():
        for i in pools:
            factor = _arriving(sources, opens, limits, counts, i)
            if factor > 0.0:
                more = tuple(n + (k == i) for k, n in enumerate(counts))
                arrivals[i].append((here, index[(more, i if j < 0 else j, phase)], factor))
        if j < 0:
            continue
        ended = first[j] if phase == 0 else second[j]
        left = tuple(n - (k == j) for k, n in enumerate(counts))
        waiting = tuple(map(min, left, seats))
        total = sum(waiting)
        if total == 0:
            ended.append((here, 0, 1.0))
        for i in pools:
            if left[i] > 0:
                ended.append((here, index[(left, i, 0)], waiting[i] / total))
        if phase == 0:
            onward[j].append((here, index[(counts, j, 1)], 1.0))
    table = np.array([key[0] for key in index], dtype=np.float64)
    return _Chain(table, *(tuple(map(_moves, kind)) for kind in (arrivals, first, onward, second)))


@lru_cache(maxsize=256)
def _shared(
    sources: tuple[int, ...], opens: tuple[bool, ...], limits: Limits, seats: tuple[int, ...]
) -> _Chain:
    pools = range(len(sources))
    index = {c: i for i, c in enumerate(_allowed(sources, limits))}
    arrivals: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    ends: list[list[tuple[int, int, float]]] = [[] for _ in pools]
    for counts, here in index.items():
        competing = tuple(map(min, counts, seats))
        total = sum(competing)
        for i in pools:
            factor = _arriving(sources, opens, limits, counts, i)
            if factor > 0.0:
                arrivals[i].append((here, index[tuple(n + (k == i) for k, n in enumerate(counts))], factor))
            if counts[i] > 0:
                less = tuple(n - (k == i) for k, n in enumerate(counts))
                ends[i].append((here, index[less], competing[i] / total))
    table = np.array(list(index), dtype=np.float64)
    return _Chain(table, tuple(map(_moves, arrivals)), tuple(map(_moves, ends)), (), ())
