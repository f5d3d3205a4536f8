"""A station with a last place, to which calls that it turned away come again: what can be said of it surely.

Calls that come again soon find the queue as full as before, and those turned away together come again together: what
reaches the station is no Poisson stream, and the formulas of M/M/c/K hold only once the pauses are spread over far more
time than the station needs to forget (Cohen 1957; Falin and Templeton, Retrial Queues, 1997). Rates are per second,
times in seconds.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import scipy.linalg  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.queueing.erlang import mmck

_linalg = cast(Any, scipy.linalg)
LARGEST = 2000
"""States beyond which nobody waits for an eigenvalue."""


def full_at_most(first_rate: float, service_mean: float, servers: int, room: int, busy: float) -> float:
    """The greatest share of time in which an exponential station is full.

    `first_rate`: a Poisson stream that surely comes, of which nothing comes again; `busy`: the most servers that are
    busy on average (by Little the calls a second that find a place, however often they came, times their work). From
    each state the first calls alone lead up at least as often as in M/M/c/K. Of all laws of the number there that allow
    for both, the one that is full the longest mixes that of M/M/c/K with a full station: free servers, given that it
    isn't full, are never more than in M/M/c/K.
    """
    alone = mmck(first_rate, service_mean, servers, room)
    free = servers - first_rate * service_mean * (1.0 - alone.lost)
    if free <= 0.0:
        return 1.0
    return min(max(1.0 - (servers - busy) * (1.0 - alone.lost) / free, alone.lost), 1.0)


def forgets_within(arrival_rate: float, service_mean: float, servers: int, room: int) -> float:
    """The longest time constant in which M/M/c/K nears its steady state: one over the gap of its generator.

    For one server the gap is closed: a + m - 2 sqrt(a m) cos(pi / (room + 1)) with the rates a of arrivals and m of
    service (Takacs, Introduction to the Theory of Queues, 1962). Infinite where there are too many states to tell.
    """
    if not 1 <= servers <= room:
        raise ValueError(f"room ({room}) must hold at least the servers ({servers}), and there must be one")
    if room > LARGEST or not arrival_rate > 0.0 or not 0.0 < service_mean < math.inf:
        return math.inf
    up = np.full(room, arrival_rate)
    down = np.minimum(np.arange(1, room + 1), servers) / service_mean
    leaving = np.concatenate((up, [0.0])) + np.concatenate(([0.0], down))
    # the generator's own signs beside the diagonal don't matter to the roots of a chain of neighbours
    two = _linalg.eigh_tridiagonal(leaving, np.sqrt(up * down), select="i", select_range=(0, 1))[0]
    return 1.0 / float(two[1])
