"""How likely all servers of a station are busy, when its mean number of busy servers is known.

The number of requests is taken to be that of M/M/c with a finite number of sources (the machine-repair model,
Kleinrock, Queueing Systems I (1975), section 3.8; M/M/c when there are very many), and the load is set so that the
mean number of busy servers is the given one.
"""

from __future__ import annotations

import math

import numpy as np

from groma.solvers.queueing.erlang import erlang_c

MOST_SOURCES = 200
"""More sources than this count as no limit."""


def all_busy(busy: float, servers: int, sources: float) -> float:
    """P(at least `servers` requests are present), 0 <= busy <= servers; `sources` may be infinite.

    For one server this is `busy`. Zero when there are fewer sources than servers.
    """
    if sources < servers or busy <= 0.0:
        return 0.0
    if servers == 1 or busy >= servers * (1.0 - 1e-9):
        return min(busy / servers, 1.0)
    if sources > MOST_SOURCES:
        return erlang_c(servers, busy)
    count = np.arange(int(sources) + 1)
    at_work = np.minimum(count, servers)
    weights = np.concatenate(([0.0], np.cumsum(np.log((sources - count[:-1]) / at_work[1:]))))
    low, high = -40.0, 40.0
    chance = np.zeros_like(weights)
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        logs = weights + middle * count
        chance = np.exp(logs - logs.max())
        chance /= chance.sum()
        low, high = (middle, high) if float(chance @ at_work) < busy else (low, middle)
    return math.fsum(chance[servers:])
