"""How far what leaves a queue is from a Poisson stream.

The squared coefficient of variation of the times between departures differs from that of a Poisson stream, which is
one, by about rho^2 (c^2 - 1) / sqrt(m) (Whitt, The Queueing Network Analyzer, 1983), where c^2 is that of the work, m
the number of servers, rho their utilisation; and by nothing where nobody waits (Mirasol 1963) or work is exponential
(Burke 1956). Behind queues that change it by more than `LITTLE`, waits have no nominal value: nobody is taken to wait at
the fast end, since behind constant work nobody may; at the slow end the wait is that of a Poisson stream where work is
less variable than exponential (Niu 1981), else as many times as long as the stream is more variable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from groma.analyses.outcome.crowded import Demand, exponential
from groma.analyses.outcome.law import SLOW, Defective, Grid
from groma.solvers.distributions.law_functions import raw_moments
from groma.solvers.queueing import erlang_c, mmck

LITTLE = 0.02
"""By how much a stream may differ from Poisson and is still taken for one: that moves a wait by about as much."""
MOST = 1e6
"""Calls that may come together beyond which nobody counts."""


def departing(grid: Grid, count: int, queue: int | None, demands: Sequence[Demand]) -> tuple[float, float]:
    """By how much more and by how much less variable than a Poisson stream what leaves a station is, at the most; each
    kind of call as long as it may take, and as often."""
    rate = math.fsum(d.rate.high for d in demands)
    if not 0.0 < rate < math.inf:
        return 0.0, 0.0
    first = math.fsum(d.rate.high * _moments(grid, d)[0] for d in demands) / rate
    second = math.fsum(d.rate.high * _moments(grid, d)[1] for d in demands) / rate
    if not 0.0 < first < math.inf:
        return 0.0, 0.0
    load = rate * first
    waits = erlang_c(count, load) if load < count else 1.0
    share = min(waits, (load / count) ** 2)
    more = 0.0
    if exponential(tuple(demands)) is None:
        more = share * (second / first**2 - 2.0) / math.sqrt(count)
    lost = 0.0 if queue is None else mmck(rate, first, count, count + queue).lost
    return max(more, 0.0), max(-more, 0.0) + lost


def together(more: float, less: float) -> int | None:
    """How many calls may be taken to come together: groups of so many are as variable (a Poisson stream of groups of k
    has an index of dispersion of k). None where the stream is taken for Poisson."""
    if more + less <= LITTLE:
        return None
    return math.ceil(min(1.0 + more, MOST) - LITTLE)


def _moments(grid: Grid, demand: Demand) -> tuple[float, float]:
    """Mean and mean square of how long one call keeps a server, at the slow end."""
    if demand.exact is not None:
        first, second = raw_moments(demand.exact[SLOW], 2)
        return first, second
    return _of_lattice(grid, demand.law)


def _of_lattice(grid: Grid, law: Defective) -> tuple[float, float]:
    times = np.arange(grid.cells) * grid.step
    cells, mean = law.cells[SLOW], float(law.moment[SLOW])
    inside, beyond = float(cells @ times), float(law.mass[SLOW] - cells.sum())
    second = float(cells @ times**2)
    if beyond > 1e-12:
        second += (mean - inside) ** 2 / beyond
    return mean, max(second, mean**2)
