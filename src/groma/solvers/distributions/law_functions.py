"""Distribution functions, limited means and moments of the laws of the model.

The laws are plain data; their mathematics is here: scipy.special only (scipy.stats takes too long to import).
Formulas are the standard ones, see Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions I, and for
limited expected values Klugman, Panjer & Willmot, Loss Models, appendix A.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.solvers.distributions.lattice import Floats

_special = cast(Any, scipy.special)


def atoms(law: Law) -> tuple[Floats, Floats] | None:
    """Values and weights of a law made of points (degenerate continuous laws included), else None."""
    match law:
        case Empirical(values, weights):
            return np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
        case Constant(value):
            return np.array([value]), np.ones(1)
        case Gamma(mean, sd) | LogNormal(mean, sd) if mean == 0.0 or sd == 0.0:
            return np.array([mean]), np.ones(1)
        case Uniform(low, high) | Triangular(low, _, high) if low == high:
            return np.array([low]), np.ones(1)
        case _:
            return None


def cdf_and_sf(law: Law, times: Floats) -> tuple[Floats, Floats]:
    """P(X <= t) and P(X > t), each to full relative accuracy in its own tail."""
    points = atoms(law)
    if points is not None:
        values, weights = points
        below = np.concatenate(([0.0], np.cumsum(weights)))
        above = np.concatenate((np.cumsum(weights[::-1])[::-1], [0.0]))
        index = np.searchsorted(values, times, side="right")
        return below[index], above[index]
    t = np.maximum(times, 0.0)
    match law:
        case Gamma(mean, sd):
            shape, x = (mean / sd) ** 2, t * (mean / sd**2)
            return _special.gammainc(shape, x), _special.gammaincc(shape, x)
        case LogNormal():
            z = _log_z(law, t)
            return _special.ndtr(z), _special.ndtr(-z)
        case Uniform(low, high):
            below = np.clip((t - low) / (high - low), 0.0, 1.0)
            return below, np.clip((high - t) / (high - low), 0.0, 1.0)
        case Triangular(low, mode, high):
            rising, falling = _triangle_ends(low, mode, high, t)
            return np.where(t < mode, rising, 1.0 - falling), np.where(t < mode, 1.0 - rising, falling)
        case Constant() | Empirical():
            raise AssertionError("laws of points were handled above")


def limited_mean(law: Law, times: Floats) -> Floats:
    """E[min(X, t)], which is the integral of P(X > u) from 0 to t."""
    t = np.maximum(times, 0.0)
    points = atoms(law)
    if points is not None:
        values, weights = points
        summed = np.concatenate(([0.0], np.cumsum(values * weights)))
        above = np.concatenate((np.cumsum(weights[::-1])[::-1], [0.0]))
        index = np.searchsorted(values, t, side="right")
        return summed[index] + t * above[index]
    match law:
        case Gamma(mean, sd):
            shape, x = (mean / sd) ** 2, t * (mean / sd**2)
            return mean * _special.gammainc(shape + 1.0, x) + t * _special.gammaincc(shape, x)
        case LogNormal():
            z = _log_z(law, t)
            return law.mean * _special.ndtr(z - law.sigma) + t * _special.ndtr(-z)
        case Uniform(low, high):
            over = np.clip(t - low, 0.0, high - low)
            return np.minimum(t, high) - over**2 / (2.0 * (high - low))
        case Triangular(low, mode, high):
            width = high - low
            early = t - np.maximum(t - low, 0.0) ** 3 / (3.0 * width * max(mode - low, 1e-300))
            late = law.mean - np.maximum(high - t, 0.0) ** 3 / (3.0 * width * max(high - mode, 1e-300))
            return np.where(t < mode, early, late)
        case Constant() | Empirical():
            raise AssertionError("laws of points were handled above")


def mean_above(law: Law, time: float) -> float:
    """E[X; X > time]."""
    at = np.array([time])
    survives = float(cdf_and_sf(law, at)[1][0])
    excess = law.mean - float(limited_mean(law, at)[0])
    return max(excess, 0.0) + max(time, 0.0) * survives


def raw_moments(law: Law, upto: int = 4) -> tuple[float, ...]:
    """E[X], E[X^2], ... up to this order."""
    orders = range(1, upto + 1)
    points = atoms(law)
    if points is not None:
        values, weights = points
        return tuple(float(weights @ values**k) for k in orders)
    match law:
        case Gamma(mean, sd):
            shape, scale = (mean / sd) ** 2, sd**2 / mean
            return tuple(math.prod((shape + j) * scale for j in range(k)) for k in orders)
        case LogNormal():
            return tuple(math.exp(k * law.mu + (k * law.sigma) ** 2 / 2) for k in orders)
        case Uniform(low, high):
            return tuple((high ** (k + 1) - low ** (k + 1)) / ((k + 1) * (high - low)) for k in orders)
        case Triangular(low, mode, high):
            return tuple(_triangular_moment(low, mode, high, k) for k in orders)
        case Constant() | Empirical():
            raise AssertionError("laws of points were handled above")


def is_exponential(law: Law) -> bool:
    """Whether the law is memoryless."""
    return isinstance(law, Gamma) and law.sd > 0.0 and math.isclose(law.mean, law.sd, rel_tol=1e-12)


def _log_z(law: LogNormal, t: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return (np.log(t) - law.mu) / law.sigma


def _triangle_ends(low: float, mode: float, high: float, t: Floats) -> tuple[Floats, Floats]:
    """P(X <= t) on the rising side and P(X > t) on the falling side."""
    width = high - low
    rising = np.clip(t - low, 0.0, None) ** 2 / (width * max(mode - low, 1e-300))
    falling = np.clip(high - t, 0.0, None) ** 2 / (width * max(high - mode, 1e-300))
    return rising, falling


def _triangular_moment(low: float, mode: float, high: float, k: int) -> float:
    """2 h_k(low, mode, high) / ((k + 1)(k + 2)), h_k the complete homogeneous symmetric polynomial.

    A triangular law is the B-spline density with these three knots (Curry & Schoenberg 1966), whose moments are
    divided differences; this form has no cancellation when the mode lies at an end.
    """
    complete = math.fsum(
        low**i * mode**j * high ** (k - i - j) for i in range(k + 1) for j in range(k + 1 - i)
    )
    return 2.0 * complete / ((k + 1) * (k + 2))
