"""GI/G/1, FIFO: the law of the wait between two lattices.

The wait is the highest point of the random walk with steps X = service - interarrival (Lindley 1952), so
S(t) = P(W > t) solves S(t) = P(X > t) + E[S(t - X); X <= t]. Rounding services up and interarrivals down gives a
walk that is never lower, the other way one that is never higher. On a window of N cells the equation is a Toeplitz
system once S above the window is replaced by a bound: zero for the lower end, the tail of `wait_bounds` for the
upper one (the walk that leaves the window upwards in the rounded picture is above it in truth). Nothing is assumed
about tails, so log-normal services are as good as light ones. The residual of the solution times the mean time in
which the walk leaves the window bounds the error of the solver; it is added on the safe side.

Rounding moves the drift of the walk by up to a step of the fine axis, so the two ends part as the load nears
one; when the upper walk has no drift left, that end falls back on `wait_bounds` alone.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np

from groma.model.law import Constant, Gamma
from groma.solvers.distributions import Axis, Bracket, Lattice, power, rescale
from groma.solvers.distributions.lattice import Floats, Rounding
from groma.solvers.queueing.wait_bounds import Service, WaitBounds, place

_FINE_CELLS = 4096
_PARTS = 8


def single_server(
    service: Service, interarrival: Service, axis: Axis, bounds: WaitBounds, copies: int = 1
) -> Bracket:
    """The wait in GI/G/1 on `axis`; interarrivals are sums of `copies` of the given one, and longer in the mean
    than services. `bounds` hold for that wait."""
    fine = _fine_axis(axis, bounds)
    return Bracket(
        rescale(_lower(service, interarrival, copies, fine), 1.0, axis, "down"),
        rescale(_upper(service, interarrival, copies, fine, bounds), 1.0, axis, "up"),
    )


def _fine_axis(axis: Axis, bounds: WaitBounds) -> Axis:
    """A finer step, an integer part of the given one, over the window in which the wait nearly always lies."""
    span = axis.end
    while span > 4 * axis.step and bounds.sf(span / 1.25) < 1e-9:
        span /= 1.25
    coarse = math.ceil(span / axis.step)
    parts = max(1, _FINE_CELLS // coarse)
    return Axis(axis.step / parts, max(coarse * parts, 2))


def _lower(service: Service, interarrival: Service, copies: int, axis: Axis) -> Lattice:
    """Services down, interarrivals up; the walk counts as lost once it is above the window."""
    steps, _ = _steps(service, interarrival, copies, axis, "down")
    solution, error = first_passage(steps, 0.0, 0.0)
    survival = np.append(np.maximum(solution - error, 0.0), 0.0)
    return Lattice.from_cumulative(axis.step, 1.0 - survival, 1.0)


def _upper(service: Service, interarrival: Service, copies: int, axis: Axis, bounds: WaitBounds) -> Lattice:
    """Services up, interarrivals down; above the window the wait keeps its tail bound."""
    steps, certain = _steps(service, interarrival, copies, axis, "up")
    edge = bounds.sf(axis.top)
    solution, error = first_passage(steps, certain, edge)
    survival = np.append(np.minimum(solution + error, 1.0), edge)
    # survival[i] bounds P(W > i * step), and so does the tail bound at i * step
    survival = np.minimum(survival, [bounds.sf(i * axis.step) for i in range(axis.cells)])
    beyond = float(survival.min())
    tail = bounds.mean_above(axis.top) + axis.step * beyond
    return Lattice.from_cumulative(axis.step, 1.0 - survival, 1.0, tail)


def _steps(
    service: Service, interarrival: Service, copies: int, axis: Axis, rounding: Rounding
) -> tuple[Floats, float]:
    """P(X = k cells), k = -N .. N, X = service - interarrival rounded one way, and P(the service is above all that).

    Both are laid on a finer lattice first, so that X is rounded about once and not twice. Rounded down, a service that
    is above the window is at its end.
    """
    n = axis.cells
    fine = Axis(axis.step / _PARTS, n * _PARTS)
    b = place(service, fine, rounding)
    a = _summed(interarrival, copies, fine, "up" if rounding == "down" else "down")
    upward = np.append(b.mass, b.beyond if rounding == "down" else 0.0)
    downward = np.append(a.mass, a.beyond if rounding == "up" else 0.0)
    m = fine.cells
    size = 1 << (2 * m + 1).bit_length()
    spectrum = np.fft.rfft(upward, size) * np.fft.rfft(downward[::-1], size)
    differences = np.maximum(np.fft.irfft(spectrum, size)[: 2 * m + 1], 0.0)
    k = np.arange(-m, m + 1)
    k = k // _PARTS if rounding == "down" else -(-k // _PARTS)
    steps = np.bincount(k + n, weights=differences).astype(np.float64)
    return steps, b.beyond


def _summed(variable: Service, copies: int, axis: Axis, rounding: Rounding) -> Lattice:
    """The sum of independent copies; laws that stay in their family are rounded once."""
    match variable:
        case Constant(value):
            return place(Constant(value * copies), axis, rounding)
        case Gamma(mean, sd):
            return place(Gamma(mean * copies, sd * math.sqrt(copies)), axis, rounding)
        case _:
            return power(place(variable, axis, rounding), copies)


def first_passage(steps: Floats, certain: float, edge: float) -> tuple[Floats, float]:
    """P(the walk ever gets to cell i), i = 1 .. N - 1, and a bound on the error of each.

    `steps[N + k]` = P(a step is k cells), k = -N .. N; `certain` = P(a step is longer than any); `edge` = the
    probability taken from cell N on. Solutions that can't be certified (no drift downwards) are given as one,
    with an error of one.
    """
    n = steps.size // 2
    below = np.cumsum(steps)
    above = np.cumsum(steps[::-1])[::-1]
    given = certain + above[n + 1 : 2 * n] + edge * below[1:n]
    drift = -float(steps @ np.arange(-n, n + 1))
    if drift <= 1e-12:
        return np.ones(n - 1), 1.0
    column, row = -steps[n : 2 * n - 1], -steps[n:1:-1]
    column[0] += 1.0  # of the row the first is that of the column
    solution = _toeplitz(column, row, given)
    size = 1 << (3 * n).bit_length()
    product = np.fft.irfft(np.fft.rfft(steps, size) * np.fft.rfft(solution, size), size)
    residual = float(np.abs(given + product[n : 2 * n - 1] - solution).max())
    error = residual * 2.0 * n / drift
    if not error < 1e-6:
        return np.ones(n - 1), 1.0
    return solution, error


def _toeplitz(column: Floats, row: Floats, given: Floats) -> Floats:
    """Solution of a Toeplitz system (Levinson's recursion; the matrix is an M-matrix)."""
    import scipy.linalg  # pyright: ignore[reportMissingTypeStubs]

    solve = cast(Any, scipy.linalg).solve_toeplitz
    return np.asarray(solve((column, row), given), dtype=np.float64)
