"""Closed networks: a fixed population circulates between stations and thinking. Exact.

Product form by convolution (Buzen 1973; several classes and servers: Reiser & Kobayashi 1975). It gives the
same numbers as exact mean value analysis, whose recursion for several servers loses digits near saturation,
while here every term is positive; all is done in logarithms, so that large populations neither overflow nor vanish.
Exact for processor-sharing, last-come and delay stations with any service law, and for FIFO stations with one
exponential law for all classes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.solvers.distributions.lattice import Floats

MOST_STATES = 20_000


@dataclass(frozen=True, slots=True)
class ClosedNetwork:
    """Per class r and station k: `residence[r][k]` (seconds per run), `utilisation[r][k]`, `number[r][k]`."""

    throughput: tuple[float, ...]
    response: tuple[float, ...]
    """Time per run outside thinking (seconds)."""
    residence: tuple[tuple[float, ...], ...]
    number: tuple[tuple[float, ...], ...]
    utilisation: tuple[tuple[float, ...], ...]


def closed_network(
    populations: Sequence[int],
    think_times: Sequence[float],
    demands: Sequence[Sequence[float]],
    servers: Sequence[int | None],
) -> ClosedNetwork:
    """`populations[r]` jobs of class r think for `think_times[r]` and then need `demands[r][k]` seconds of one
    server of station k (visits * service time); `servers[k]` is None for a delay.

    ValueError when the population has more than `MOST_STATES` sub-populations: use a simulation there.
    """
    shape = tuple(count + 1 for count in populations)
    if math.prod(shape) > MOST_STATES:
        raise ValueError(
            f"{math.prod(shape)} sub-populations are too many for the exact solution (most {MOST_STATES}); "
            "use a simulation, or fewer classes"
        )
    if any(len(row) != len(servers) for row in demands) or len(demands) != len(populations):
        raise ValueError("demands need one row per class and one column per station")
    if any(think + sum(row) <= 0.0 for think, row in zip(think_times, demands, strict=True)):
        raise ValueError("every class needs a think time or a demand above zero")
    thinking = _station_factor(shape, think_times, None)
    factors = [_station_factor(shape, [row[k] for row in demands], count) for k, count in enumerate(servers)]
    forward = list(itertools.accumulate(factors, _convolve, initial=thinking))
    backward = list(itertools.accumulate(reversed(factors), _convolve, initial=_one(shape)))[::-1]
    constant = forward[-1]
    full = tuple(populations)
    throughput = tuple(
        math.exp(float(constant[_one_less(full, r)] - constant[full])) if n > 0 else 0.0
        for r, n in enumerate(full)
    )
    number: list[list[float]] = [[] for _ in populations]
    for k, factor in enumerate(factors):
        others = _convolve(forward[k], backward[k + 1])
        present = np.exp(factor + np.flip(others) - constant[full])
        for r in range(len(populations)):
            counts = np.arange(shape[r]).reshape(
                [size if axis == r else 1 for axis, size in enumerate(shape)]
            )
            number[r].append(float((present * counts).sum()))
    residence = tuple(
        tuple(count / x if x > 0.0 else 0.0 for count in row)
        for row, x in zip(number, throughput, strict=True)
    )
    busy = tuple(
        tuple(x * d / (1 if c is None else c) for d, c in zip(row, servers, strict=True))
        for row, x in zip(demands, throughput, strict=True)
    )
    return ClosedNetwork(
        throughput, tuple(math.fsum(row) for row in residence), residence, tuple(map(tuple, number)), busy
    )


def _station_factor(shape: tuple[int, ...], demands: Sequence[float], servers: int | None) -> Floats:
    """log of (|n|! / prod n_r!) prod demand_r^n_r / prod_{j <= |n|} min(j, servers), for every population n."""
    most = sum(size - 1 for size in shape)
    factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, most + 1, dtype=np.float64)))))
    busy = np.arange(1, most + 1) if servers is None else np.minimum(np.arange(1, most + 1), servers)
    slowed = factorial - np.concatenate(([0.0], np.cumsum(np.log(busy.astype(np.float64)))))
    grids = np.indices(shape)
    result = slowed[grids.sum(axis=0)]
    for r, demand in enumerate(demands):
        with np.errstate(divide="ignore", invalid="ignore"):
            term = grids[r] * np.log(demand)
        result = result + np.where(grids[r] == 0, 0.0, term) - factorial[grids[r]]
    return result


def _convolve(a: Floats, b: Floats) -> Floats:
    """log of sum_{m <= n} exp(a[m] + b[n - m])."""
    result = np.full(a.shape, -np.inf)
    for m in np.ndindex(*b.shape):
        if b[m] == -np.inf:
            continue
        to = tuple(slice(i, None) for i in m)
        source = tuple(slice(None, size - i) for i, size in zip(m, a.shape, strict=True))
        result[to] = np.logaddexp(result[to], a[source] + b[m])
    return result


def _one(shape: tuple[int, ...]) -> Floats:
    result = np.full(shape, -np.inf)
    result[(0,) * len(shape)] = 0.0
    return result


def _one_less(full: tuple[int, ...], r: int) -> tuple[int, ...]:
    return tuple(n - (index == r) for index, n in enumerate(full))
