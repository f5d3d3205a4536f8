"""How far what leaves a queue is from a Poisson stream.

The squared coefficient of variation of the times between departures differs from that of a Poisson stream, which is
one, by about rho^2 (c^2 - 1) / sqrt(m) (Whitt, The Queueing Network Analyzer, 1983), where c^2 is that of the work, m
the number of servers, rho their utilisation; and by nothing where nobody waits (Mirasol 1963) or work is exponential
(Burke 1956). Behind queues that change it by more than `LITTLE`, waits have no nominal value. Nobody is taken to wait
at the fast end, since behind constant work nobody may; at the slow end the wait is that of a Poisson stream where work
is less variable than exponential (Niu 1981), else of one of groups that are as variable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from groma.analyses.outcome.call import Service
from groma.analyses.outcome.law import SLACK, SLOW, Defective, Grid
from groma.solvers.distributions.law_functions import raw_moments
from groma.solvers.queueing import erlang_c, mmck

LITTLE = 0.02
"""By how much a stream may differ from Poisson and is still taken for one: that moves a wait by about as much."""
MEANS, CELLS = 32, 1024
"""How many times its mean a time is looked at that isn't stated as such, and in how many cells."""
MOST = 1e6
"""Calls that may come together beyond which nobody counts."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of call at a station, all at the most: calls a second, and the mean and the mean square of how long it
    keeps a server."""

    rate: float
    mean: float
    square: float


def kind_of(rate: float, made: Service, read: Callable[[Grid], Defective]) -> Kind:
    """A kind of call from its service at stations without a queue; `read` gives that on another grid."""
    if made.exact is not None:
        mean, square = raw_moments(made.exact[SLOW], 2)
        return Kind(rate, mean, square)
    mean = float(made.law.moment[SLOW])
    if not 0.0 < mean < math.inf:
        return Kind(rate, mean, mean)
    grid = Grid(2.0 ** math.ceil(math.log2(mean)) * MEANS / CELLS, CELLS, 2)
    return Kind(rate, mean, _mean_square(grid, read(grid), mean))


def departing(count: int, queue: int | None, kinds: Sequence[Kind], exponential: bool) -> tuple[float, float]:
    """By how much more and by how much less variable than a Poisson stream what leaves a station is, at the most.
    `exponential`: all work there is, and alike."""
    rate = math.fsum(kind.rate for kind in kinds)
    if not 0.0 < rate < math.inf:
        return 0.0, 0.0
    mean = math.fsum(kind.rate * kind.mean for kind in kinds) / rate
    square = math.fsum(kind.rate * kind.square for kind in kinds) / rate
    if not 0.0 < mean < math.inf:
        return 0.0, 0.0
    load = rate * mean
    share = min(erlang_c(count, load), (load / count) ** 2)
    more = 0.0 if exponential else share * (square / mean**2 - 2.0) / math.sqrt(count)
    lost = 0.0 if queue is None else mmck(rate, mean, count, count + queue).lost
    return max(more, 0.0), max(-more, 0.0) + lost


def together(more: float, less: float) -> int | None:
    """How many calls may be taken to come together: groups of so many are as variable (a Poisson stream of groups of k
    has an index of dispersion of k). None where the stream is taken for Poisson."""
    if more + less <= LITTLE:
        return None
    return math.ceil(min(1.0 + more, MOST) - LITTLE)


def _mean_square(grid: Grid, law: Defective, mean: float) -> float:
    """Of the slow end on its grid; what lies beyond that as if it were all alike."""
    times, cells = np.arange(grid.cells) * grid.step, law.cells[SLOW]
    inside, beyond = float(cells @ times), float(law.mass[SLOW] - cells.sum())
    square = float(cells @ times**2)
    if beyond > SLACK:
        square += max(mean - inside, 0.0) ** 2 / beyond
    return max(square, mean**2)
