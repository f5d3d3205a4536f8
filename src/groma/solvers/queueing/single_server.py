"""M/G/1, FIFO: the whole law of the wait between two lattices.

Pollaczek-Khinchine (Kleinrock I, section 5.7): the wait is a geometric sum of equilibrium residual services,
W(z) = (1 - rho) / (1 - g(z)), where g puts rate * (integral of P(B > u) over a cell) on the cell. The integral is
taken exactly, so only the place of each residual is rounded (by less than one step), and both roundings bound the
truth because a geometric sum is monotone in its terms. One over a power series is Newton's iteration (Brent & Kung
1978) with FFT products; absolute error below 1e-13.
"""

from __future__ import annotations

import numpy as np

from groma.model.law import Law
from groma.solvers.distributions import Axis, Bracket, Lattice, limited_mean, raw_moments
from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.wait_bounds import Service

_SHORT = 64
"""Series up to this length are multiplied without transforms."""


def pollaczek_khinchine_mean(arrival_rate: float, mean: float, second_moment: float) -> float:
    """Mean wait in M/G/1: rate * E[B^2] / (2 (1 - rho)); infinite when saturated."""
    rho = arrival_rate * mean
    return arrival_rate * second_moment / (2.0 * (1.0 - rho)) if rho < 1.0 else float("inf")


def poisson_single_server(arrival_rate: float, service: Service, axis: Axis) -> Bracket:
    """The wait in M/G/1. The rate must be below 1 / E[B] at the fast end; if it isn't at the slow end of a
    bracket, that end is `never known` (all mass beyond)."""
    if not isinstance(service, Bracket):
        integral, rho, work = _integrals(arrival_rate, service, axis)
        return Bracket(_wait(integral, rho, work, axis, up=False), _wait(integral, rho, work, axis, up=True))
    return Bracket(
        _lattice_wait(arrival_rate, service.fast, axis, up=False),
        _lattice_wait(arrival_rate, service.slow, axis, up=True),
    )


def slow_wait(arrival_rate: float, service: Service, axis: Axis) -> Lattice:
    """The slow end of `poisson_single_server` alone."""
    if isinstance(service, Bracket):
        return _lattice_wait(arrival_rate, service.slow, axis, up=True)
    integral, rho, work = _integrals(arrival_rate, service, axis)
    return _wait(integral, rho, work, axis, up=True)


def _integrals(arrival_rate: float, service: Law, axis: Axis) -> tuple[Floats, float, float]:
    """rate * E[min(B, t)] at the edges of the cells, rho and rate * E[B^2] / 2."""
    edges = np.arange(axis.cells + 1, dtype=np.float64) * axis.step
    moments = raw_moments(service, 2)
    integral = arrival_rate * limited_mean(service, edges)
    return integral, arrival_rate * moments[0], arrival_rate * moments[1] / 2.0


def reciprocal(series: Floats) -> Floats:
    """The first coefficients of 1 / series(z), as many as are given; series[0] must not be zero."""
    n = series.size
    inverse = np.array([1.0 / series[0]])
    while (known := inverse.size) < n:
        wanted = min(2 * known, n)
        if known < _SHORT:
            over = np.convolve(series[:wanted], inverse)[known:wanted]
            more = np.convolve(over, inverse)[: wanted - known]
        else:  # what a product of this size folds back falls on coefficients that are known
            spectrum = np.fft.rfft(inverse, 2 * known)
            whole = np.fft.irfft(np.fft.rfft(series[:wanted], 2 * known) * spectrum, 2 * known)
            over = np.fft.rfft(whole[known:wanted], 2 * known)
            more = np.fft.irfft(over * spectrum, 2 * known)[: wanted - known]
        inverse = np.concatenate((inverse, -more))
    return inverse


def _lattice_wait(arrival_rate: float, service: Lattice, axis: Axis, up: bool) -> Lattice:
    survival = service.total - service.cumulative
    integral = np.concatenate(([0.0], np.cumsum(np.maximum(survival, 0.0)))) * (service.step * arrival_rate)
    edges = np.arange(axis.cells + 1, dtype=np.float64) * axis.step
    at = np.interp(edges, np.arange(service.cells + 1) * service.step, integral)
    if up:
        rho = arrival_rate * service.partial_mean
        squares = float(service.mass @ (np.arange(service.cells) * service.step) ** 2)
        work = arrival_rate * squares / 2.0 if service.beyond == 0.0 else float("inf")
    else:
        # Mass beyond the window counts as lasting until its end: the least it can be.
        rho, work = float(integral[-1]), float("inf")
    return _wait(at, rho, work, axis, up)


def _wait(integral: Floats, rho: float, work: float, axis: Axis, up: bool) -> Lattice:
    """From rate * E[min(B, t)] at the edges of the cells, rho and rate * E[B^2] / 2 to the law of the wait."""
    if rho >= 1.0:
        return Lattice(axis.step, np.zeros(axis.cells), 1.0)
    between = np.maximum(np.diff(integral), 0.0)
    series = np.zeros(axis.cells)
    if up:
        series[1:] = -between[:-1]
    else:
        series[:] = -between
    series[0] += 1.0
    mass = np.maximum((1.0 - rho) * reciprocal(series), 0.0)
    beyond = max(1.0 - float(mass.sum()), 0.0)
    if beyond < 1e-14:
        beyond = 1e-14 if up else 0.0
    mean = (work + rho * axis.step) / (1.0 - rho)
    inside = float((mass * np.arange(axis.cells)).sum()) * axis.step
    return Lattice(axis.step, mass, beyond, max(mean - inside, beyond * axis.end))
