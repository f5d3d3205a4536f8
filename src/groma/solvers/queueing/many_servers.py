"""GI/G/c with any service law: proven upper bounds on the wait, since no exact law is known.

Number services in the order in which they *begin*; lengths are independent, so this doesn't change the law of any
discipline that doesn't look at lengths. The n-th beginning T_n needs n arrivals and n - c of the earlier services
ended; FIFO begins as soon as both hold, so by induction T_n(FIFO) <= T_n(any other discipline), path by path. Then:

1. Number of jobs and work in system are least under FIFO, pathwise (Wolff, Upper bounds on work in system for
   multichannel queues, J. Appl. Prob. 24, 1987).
2. A FIFO job waits for the least of the c servers' backlogs, so W <= work / c. Against sending each Poisson
   arrival to a server at random, the work is that of c independent M/G/1 queues at rate/c:
   W <=st (W_1 + ... + W_c) / c, W_i independent waits of M/G/1 (Poisson arrivals see time averages).
   And W > 0 only if c jobs are there: P(W > 0) <= P(N_1 + ... + N_c >= c).
3. Against sending arrivals round in turn: pairing beginnings with arrivals in order makes every sum of increasing
   convex functions of waits least, so W <=icx W_cyclic, the wait of GI/G/1 whose interarrivals are sums of c
   (Wolff, An upper bound for multi-channel queues, J. Appl. Prob. 14, 1977), while W <=st W_cyclic is false
   (Whitt, On stochastic bounds for the delay distribution, Oper. Res. 29, 1981). Means are bounded directly; a quantile
   of W is at most the mean of the upper tail of W_cyclic at that rank, and the law with these quantiles (Hardy &
   Littlewood's transform, Kertz & Roesler 1992) is a bound in the usual order for all such W.

Lower ends: no wait; E[W] from the work of one server c times as fast (Kingman 1970, Brumelle 1971); N is at least
that of M/G/infinity, so P(W > 0) >= P(Poisson(load) >= c).
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.distributions import Axis, Bracket, Lattice, power, rescale
from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.single_server import (
    pollaczek_khinchine_mean,
    reciprocal,
    slow_wait,
)
from groma.solvers.queueing.wait_bounds import Service, moments_of, place

_special = cast(Any, scipy.special)
_WORK_CELLS, _FEWEST_WORK_CELLS, _PARTS = 16384, 256, 2
_SERVICE_CELLS = 1024
_MOST_SERVERS_COUNTED = 512


def random_split(
    arrival_rate: float, service: Service, servers: int, axis: Axis, mean_wait: float
) -> Lattice:
    """A law that the wait in M/G/c is never above: bound 2. `mean_wait` is that of M/G/1 at rate / c, for scale."""
    # P(mean of c waits > 20 times their mean) is negligible or, at worst, counts as beyond.
    span = min(axis.end, max(20.0 * mean_wait, 50.0 * axis.step)) * servers
    # A wait is a geometric sum of 1 / (1 - rho) residuals, each rounded up by a cell: all within one of `axis`.
    idle = 1.0 - arrival_rate * _longest_mean(service) / servers
    wanted = _PARTS * span / axis.step / max(idle, 1e-3)
    cells = 1 << math.ceil(math.log2(min(max(wanted, _FEWEST_WORK_CELLS), _WORK_CELLS)))
    one = slow_wait(arrival_rate / servers, service, Axis.covering(span, cells))
    mean = rescale(power(one, servers), 1.0 / servers, axis, "up")
    crowded = crowding(arrival_rate, service, servers)
    cumulative = np.maximum(mean.cumulative, 1.0 - crowded)
    return Lattice.from_cumulative(axis.step, cumulative, 1.0, mean.tail)


def _longest_mean(service: Service) -> float:
    return service.slow.partial_mean if isinstance(service, Bracket) else service.mean


def crowding(arrival_rate: float, service: Service, servers: int) -> float:
    """An upper bound on P(W > 0) in M/G/c: c independent M/G/1 queues at rate / c hold c jobs or more."""
    if servers > _MOST_SERVERS_COUNTED:
        return 1.0
    base = number_in_single_server(arrival_rate / servers, service, servers)
    total, copies = np.array([1.0]), servers
    while copies:
        if copies % 2:
            total = np.convolve(total, base)[:servers]
        base, copies = np.convolve(base, base)[:servers], copies // 2
    return min(max(1.0 - math.fsum(total) + 1e-13, 0.0), 1.0)


def number_in_single_server(arrival_rate: float, service: Service, most: int) -> Floats:
    """Lower bounds on P(N = n), n = 0 .. most - 1, in M/G/1, from the service rounded up (so that N is rounded up).

    N(z) = A(z) (1 - rho) / (1 - q(z)), A the arrivals during a service and q_k = P(more than k of them)
    (Pollaczek-Khinchine for the number in system, with the alternating signs divided out).
    """
    if isinstance(service, Bracket):
        lattice = service.slow
    else:
        reach = min(service.most * (1.0 + 1e-9), service.mean + 40.0 * service.sd)
        lattice = place(service, Axis.covering(max(reach, 1e-300), _SERVICE_CELLS), "up")
    rho = arrival_rate * lattice.partial_mean
    if rho >= 1.0:  # rounded up, the queue grows without end
        return np.zeros(most)
    places = arrival_rate * lattice.step * lattice.occupied
    counts = np.arange(most)[:, None]
    terms = np.exp(_special.xlogy(counts, places) - places - _special.gammaln(counts + 1.0))
    arrivals = terms @ lattice.mass[lattice.occupied]
    exceeding = np.maximum(lattice.inside - np.cumsum(arrivals), 0.0)
    series = -exceeding
    series[0] += 1.0
    return np.maximum((1.0 - rho) * np.convolve(arrivals, reciprocal(series))[:most], 0.0)


def upper_tail_means(law: Lattice) -> Lattice:
    """Hardy and Littlewood's transform, rounded up: its p-quantile is the mean of `law` above its p-quantile.

    Whatever is at most `law` in the increasing convex order is at most this in the usual order.
    """
    places = np.arange(law.cells) * law.step
    survival = law.total - law.cumulative
    excess = np.cumsum((law.mass * places)[::-1])[::-1]
    # E[(X - x_i)^+] with the part beyond the window by its mean
    above = np.append(excess[1:], 0.0) + law.tail - places * survival
    above = np.maximum(above, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        turning = np.where(survival > 1e-15, places + above / survival, np.inf)
    turning = np.maximum.accumulate(turning)
    index = np.searchsorted(turning, places, side="left")  # no place is above its own turning
    gap = places - places[index]
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(gap > 0.0, above[index] / gap, law.total)
    over = np.minimum(over, law.total)
    exact_top = (law.beyond == 0.0) & (survival <= 1e-15)
    over = np.where(exact_top, 0.0, over)
    rest = float(np.minimum.accumulate(over)[-1])
    return Lattice.from_cumulative(
        law.step, law.total - over, law.total, float(above[-1]) + law.axis.end * rest
    )


def cyclic_mean_bound(interarrival: tuple[float, float], service: tuple[float, float], servers: int) -> float:
    """E[W] in GI/G/c at most (Kingman's bound for the cyclic system); arguments are (mean, variance)."""
    slack = servers * interarrival[0] - service[0]
    return (servers * interarrival[1] + service[1]) / (2.0 * slack) if slack > 0.0 else math.inf


def work_mean_bound(mean: float, second_moment: float, servers: int, utilisation: float) -> float:
    """E[W] in M/G/c at least: the work is at least that of one server c times as fast."""
    if mean <= 0.0:
        return 0.0
    idle = servers * (1.0 - utilisation)
    return max(second_moment / (2.0 * mean) * (1.0 - idle) / idle, 0.0)


def random_mean_bound(arrival_rate: float, service: Service, servers: int) -> float:
    """E[W] in M/G/c at most: M/G/1 at rate / c; infinite where nothing is known of the service's tail."""
    moments = moments_of(service)
    if moments is None:
        return math.inf
    return pollaczek_khinchine_mean(arrival_rate / servers, moments[0], moments[1])
