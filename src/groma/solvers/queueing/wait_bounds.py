"""Upper bounds on the tail of the wait in GI/G/1 from moments and transforms: what holds above any window.

The wait W is the highest point of a random walk with steps X = B - A (service - interarrival), m_k = E[X^k], m_1 < 0.

Moments: stationarity of (W + X)^+ gives, for n = 2, 3, 4 with I the idle part,
E[(W + X)^n] = E[W^n] + (-1)^n E[I^n]; expanding and dropping what only helps,
E[W]   <= Var X / (2 |m_1|)                             (Kingman 1962, from E[I] = |m_1|),
E[W^2] <= (3 E[W] m_2 + E[B^3]) / (3 |m_1|)             (as E[I^3] <= E[(X^-)^3]),
E[W^3] <= (6 E[W^2] m_2 + 4 E[W] m_3^+ + m_4) / (4 |m_1|).
Tails: by Markov P(W >= t) <= E[W^k] / t^k, and P(W >= t) <= exp(-d t) if E[exp(d X)] <= 1 (Kingman 1964;
Ross 1974), where the service has such a transform (a log-normal one hasn't).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from groma.model.law import Gamma, Law
from groma.solvers.distributions import Axis, Bracket, Lattice, discretise, raw_moments, rescale
from groma.solvers.distributions.lattice import Floats, Rounding
from groma.solvers.distributions.law_functions import atoms

Service = Law | Bracket
_TRANSFORM_CELLS = 4096


@dataclass(frozen=True, slots=True)
class WaitBounds:
    """Upper bounds on E[W], E[W^2], ... and a rate d with P(W >= t) <= exp(-d t) (zero: none known)."""

    moments: tuple[float, ...]
    decay: float = 0.0

    @property
    def mean(self) -> float:
        return self.moments[0]

    def sf(self, time: float) -> float:
        """An upper bound on P(W >= time)."""
        if time <= 0.0:
            return 1.0
        markov = min(bound / time**k for k, bound in enumerate(self.moments, start=1))
        return min(markov, math.exp(-self.decay * time))

    def mean_above(self, time: float) -> float:
        """An upper bound on E[W; W >= time], time > 0."""
        markov = min(bound / time ** (k - 1) for k, bound in enumerate(self.moments, start=1))
        if self.decay <= 0.0:
            return markov
        return min(markov, (time + 1.0 / self.decay) * math.exp(-self.decay * time))


NOTHING_KNOWN = WaitBounds((math.inf,))


def moments_of(variable: Service) -> tuple[float, ...] | None:
    """E[X] .. E[X^4]; of a bracket those of its slow end, or None if that has no known limit."""
    if not isinstance(variable, Bracket):
        return raw_moments(variable, 4)
    slow = variable.slow
    if slow.beyond > 0.0:
        return None
    places = np.arange(slow.cells) * slow.step
    return tuple(float(slow.mass @ places**k) for k in (1, 2, 3, 4))


def sum_moments(moments: tuple[float, ...], copies: int) -> tuple[float, ...]:
    """E[S] .. E[S^4] of a sum of independent copies, through its cumulants."""
    a, b, c, d = moments
    cumulants = (a, b - a**2, c - 3 * a * b + 2 * a**3, d - 4 * a * c - 3 * b**2 + 12 * a**2 * b - 6 * a**4)
    p, q, r, s = (copies * k for k in cumulants)
    return p, q + p**2, r + 3 * p * q + p**3, s + 4 * p * r + 3 * q**2 + 6 * p**2 * q + p**4


def moment_bounds(service: tuple[float, ...], interarrival: tuple[float, ...]) -> WaitBounds:
    """Bounds on the moments of the wait in GI/G/1 from E[B^k] and E[A^k], k = 1..4; E[B] < E[A]."""
    b, a = (1.0, *service), (1.0, *interarrival)
    step = [
        math.fsum(math.comb(n, k) * b[k] * (-1) ** (n - k) * a[n - k] for k in range(n + 1)) for n in range(5)
    ]
    drift = a[1] - b[1]
    variance = (b[2] - b[1] ** 2) + (a[2] - a[1] ** 2)
    first = max(variance, 0.0) / (2.0 * drift)
    second = (3.0 * first * step[2] + b[3]) / (3.0 * drift)
    third = (6.0 * second * step[2] + 4.0 * first * max(step[3], 0.0) + step[4]) / (4.0 * drift)
    return WaitBounds((first, second, third))


def wait_bounds(service: Service, interarrival: Service, copies: int = 1) -> WaitBounds:
    """What is known of the wait in GI/G/1 whose interarrivals are sums of `copies` of the given one.

    The service of a bracket counts by its slow end; its interarrival must be a law for anything to be known.
    """
    b = moments_of(service)
    if b is None or isinstance(interarrival, Bracket):
        return NOTHING_KNOWN
    a = sum_moments(raw_moments(interarrival, 4), copies)
    if b[0] >= a[0]:
        return NOTHING_KNOWN
    return WaitBounds(moment_bounds(b, a).moments, _decay(service, interarrival, copies))


def place(variable: Service, axis: Axis, rounding: Rounding) -> Lattice:
    """A law or bracket on an axis of one's own."""
    if not isinstance(variable, Bracket):
        return discretise(variable, axis, rounding)
    return rescale(variable.fast if rounding == "down" else variable.slow, 1.0, axis, rounding)


def _decay(service: Service, interarrival: Law, copies: int) -> float:
    """A rate d with E[exp(d (B - A_1 - ... - A_copies))] <= 1, close to the largest; zero if none is found."""

    def falls(d: float) -> bool:
        return log_generating(service, d) + copies * log_generating(interarrival, -d) <= 0.0

    high = 1.0 / (interarrival.mean * copies)
    least, most = 1e-6 * high, 1e6 * high
    while high < most and falls(high):
        high *= 2.0
    low = high
    while not falls(low):
        low /= 2.0
        if low < least:
            return 0.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if falls(middle) else (low, middle)
    return low


def log_generating(variable: Service, s: float) -> float:
    """An upper bound on log E[exp(s X)], exact for points and gamma laws; infinite where there is none."""
    if isinstance(variable, Bracket):
        lattice = variable.slow if s > 0.0 else variable.fast
    elif (points := atoms(variable)) is not None:
        return _log_sum(points[1], points[0] * s)
    elif isinstance(variable, Gamma):
        scale = variable.sd**2 / variable.mean
        return -((variable.mean / variable.sd) ** 2) * math.log1p(-s * scale) if s * scale < 1.0 else math.inf
    elif math.isinf(variable.most) and s > 0.0:
        return math.inf
    else:
        reach = min(variable.most * (1.0 + 1e-9), 8.0 * (variable.mean + variable.sd))
        lattice = discretise(variable, Axis.covering(reach, _TRANSFORM_CELLS), "up" if s > 0.0 else "down")
    if lattice.beyond > 0.0 and s > 0.0:
        return math.inf
    places = np.append(np.arange(lattice.cells) * lattice.step, lattice.axis.end)
    return _log_sum(np.append(lattice.mass, lattice.beyond), places * s)


def _log_sum(weights: Floats, exponents: Floats) -> float:
    top = float(exponents[weights > 0.0].max())
    return top + math.log(float(weights @ np.exp(np.minimum(exponents - top, 0.0))))
