"""What flows do to latencies, on one lattice: sequence, choice, join, race, timeout, repetition.

Every operation is monotone in the stochastic order of its arguments (an earlier or likelier ok of a part never
makes the whole later or less likely), which is what lets `bracket` run it on both roundings. Parts are taken as
independent. Convolution is a product of FFTs; its absolute error is below 1e-14 in any cumulative value
(negative noise is cut at zero, and nothing appears outside the exact support), far inside `RANK_TOLERANCE`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from groma.solvers.distributions.lattice import (
    Axis,
    Floats,
    Lattice,
    Rounding,
    cell_of,
    cells_of,
    transform_size,
)

_FEW_POINTS = 6


def convolve(a: Lattice, b: Lattice) -> Lattice:
    """One after the other: X + Y; ok when both are."""
    _require_same_axis(a, b)
    n = a.cells
    if a.occupied.size > b.occupied.size:
        a, b = b, a
    mass, over = _few(a, b) if a.occupied.size <= _FEW_POINTS else _product(a, b)
    beyond = over + a.beyond * b.total + a.inside * b.beyond
    result = Lattice(a.step, mass, beyond)
    if result.beyond == 0.0:
        return result
    whole = _times(a.partial_mean, b.total) + _times(b.partial_mean, a.total)
    tail = max(whole - result.inside_moment, n * a.step * beyond)
    return Lattice(a.step, mass, beyond, tail)


def mixture(weights: Sequence[float], parts: Sequence[Lattice]) -> Lattice:
    """One of the parts, by weight. Weights may sum to less than one (the rest never comes), and weights of one
    add outcomes that exclude each other."""
    _require_same_axis(*parts)
    mass = np.zeros(parts[0].cells)
    beyond = tail = 0.0
    for weight, part in zip(weights, parts, strict=True):
        if not weight >= 0.0:
            raise ValueError(f"a weight must not be negative, got {weight}")
        mass += weight * part.mass
        beyond += weight * part.beyond
        tail += _times(part.tail, weight)
    return Lattice(parts[0].step, mass, beyond, tail)


def slowest(parts: Sequence[Lattice]) -> Lattice:
    """Join on all: the latest of the parts; ok when all are."""
    _require_same_axis(*parts)
    cumulative = parts[0].cumulative
    for part in parts[1:]:
        cumulative = cumulative * part.cumulative
    total = math.prod(part.total for part in parts)
    return _from(parts, cumulative, total)


def fastest(parts: Sequence[Lattice]) -> Lattice:
    """Join on any: the first part that ends ok (others go on when one fails)."""
    _require_same_axis(*parts)
    missing = 1.0 - parts[0].cumulative
    for part in parts[1:]:
        missing = missing * (1.0 - part.cumulative)
    total = 1.0 - math.prod(1.0 - part.total for part in parts)
    return _from(parts, 1.0 - missing, total)


def kth_of(k: int, parts: Sequence[Lattice]) -> Lattice:
    """Join on k: the moment at which k of the parts have ended ok (Poisson binomial at each point)."""
    _require_same_axis(*parts)
    if not 1 <= k <= len(parts):
        raise ValueError(f"a join on {k} of {len(parts)} parts can't be made")
    rows = np.array([np.append(part.cumulative, part.total) for part in parts])
    counts = np.zeros((k, rows.shape[1]))
    counts[0] = 1.0
    reached = np.zeros(rows.shape[1])
    for row in rows:
        reached = reached + counts[-1] * row
        counts[1:] = counts[1:] * (1.0 - row) + counts[:-1] * row
        counts[0] *= 1.0 - row
    return _from(parts, reached[:-1], float(reached[-1]))


def truncate(part: Lattice, tau: float, rounding: Rounding) -> tuple[Lattice, Lattice]:
    """A timeout at `tau`: (what ends ok by tau, the error mass at tau).

    Of the runs whose time is known only as beyond the window, all are in time when rounding down and none when
    rounding up, if tau itself is beyond the window.
    """
    index = cell_of(tau, part.step, "down")
    axis = part.axis
    if index < 0:
        raise ValueError(f"a timeout must not be negative, got {tau}")
    if index >= axis.cells:
        if rounding == "down":
            return Lattice(
                part.step, part.mass, part.beyond, min(part.tail, tau * part.beyond)
            ), Lattice.nothing(axis)
        return Lattice(part.step, part.mass, 0.0), Lattice.at(axis, tau, rounding, part.beyond)
    kept = part.mass.copy()
    kept[index + 1 :] = 0.0
    late = float(part.mass[index + 1 :].sum()) + part.beyond
    return Lattice(part.step, kept, 0.0), Lattice.at(axis, tau, rounding, late)


def compound(counts: Sequence[float], part: Lattice) -> Lattice:
    """The sum of N independent copies, P(N = n) = counts[n]; by Horner's rule. Counts that are left out never
    come (see `Bracket.compound` for a count without a known most)."""
    if not counts or any(not weight >= 0.0 for weight in counts):
        raise ValueError("a compound needs non-negative weights for 0, 1, 2, ... copies")
    axis = part.axis
    result = Lattice.at(axis, 0.0, "down", counts[-1])
    for weight in reversed(counts[:-1]):
        result = mixture((1.0, weight), (convolve(result, part), Lattice.at(axis, 0.0, "down")))
    return result


def power(part: Lattice, copies: int) -> Lattice:
    """The sum of this many independent copies (at least one), by repeated squaring."""
    if copies < 1:
        raise ValueError(f"a sum needs at least one copy, got {copies}")
    square, result = part, None
    while True:
        if copies % 2:
            result = square if result is None else convolve(result, square)
        copies //= 2
        if not copies:
            assert result is not None, "the leading digit is one"
            return result
        square = convolve(square, square)


def shift(part: Lattice, time: float, rounding: Rounding) -> Lattice:
    """X + time, rounded."""
    return convolve(Lattice.at(part.axis, time, rounding), part)


def scale_mass(part: Lattice, weight: float) -> Lattice:
    """The same times with a probability of `weight` in front."""
    return mixture((weight,), (part,))


def envelope_fast(parts: Sequence[Lattice]) -> Lattice:
    """Pointwise greatest cdf: earlier than each part; the optimistic end when the alternative is not known."""
    _require_same_axis(*parts)
    cumulative = np.maximum.reduce([part.cumulative for part in parts])
    return _from(parts, cumulative, max(part.total for part in parts))


def envelope_slow(parts: Sequence[Lattice]) -> Lattice:
    """Pointwise least cdf: later than each part; the pessimistic end when the alternative is not known."""
    _require_same_axis(*parts)
    cumulative = np.minimum.reduce([part.cumulative for part in parts])
    return _from(parts, cumulative, min(part.total for part in parts))


def rescale(part: Lattice, factor: float, axis: Axis, rounding: Rounding) -> Lattice:
    """factor * X on another axis, rounded (factor > 0); with a factor of one, the same variable on that axis."""
    places = np.arange(part.cells, dtype=np.float64) * (part.step * factor)
    index = cells_of(places, axis.step, rounding)
    within = index < axis.cells
    mass = np.bincount(index[within], weights=part.mass[within], minlength=axis.cells).astype(np.float64)
    first_beyond = cell_of(part.cells * part.step * factor, axis.step, "down")
    if rounding == "down" and first_beyond < axis.cells:
        mass[first_beyond] += part.beyond
        return Lattice(axis.step, mass, 0.0)
    out = float(part.mass[~within].sum())
    late = float(part.mass[~within] @ index[~within]) * axis.step
    return Lattice(axis.step, mass, out + part.beyond, late + factor * part.tail + axis.step * part.beyond)


def _few(a: Lattice, b: Lattice) -> tuple[Floats, float]:
    """Product with a lattice of a few points: exact shifts. Returns mass and what leaves the window."""
    n = a.cells
    mass, over = np.zeros(n), 0.0
    for index in a.occupied:
        weight = float(a.mass[index])
        mass[index:] += weight * b.mass[: n - index]
        over += weight * float(b.mass[n - index :].sum())
    return mass, over


def _product(a: Lattice, b: Lattice) -> tuple[Floats, float]:
    n = a.cells
    full = np.fft.irfft(a.transform * b.transform, transform_size(n))
    first = int(a.occupied[0] + b.occupied[0])
    last = int(a.occupied[-1] + b.occupied[-1])
    mass = np.maximum(full[:n], 0.0)
    mass[:first] = 0.0
    mass[last + 1 :] = 0.0
    over = float(np.maximum(full[max(n, first) : last + 1], 0.0).sum()) if last >= n else 0.0
    return mass, over


def _from(parts: Sequence[Lattice], cumulative: Floats, total: float) -> Lattice:
    """A result whose value beyond the window is always the value of some part beyond it (so tails add up)."""
    tail = math.fsum(part.tail for part in parts)
    if all(part.beyond == 0.0 for part in parts):
        total = min(total, float(cumulative[-1]))
    return Lattice.from_cumulative(parts[0].step, cumulative, total, tail)


def _times(bound: float, weight: float) -> float:
    """bound * weight, with 0 * infinity = 0 (no mass, no tail)."""
    return bound * weight if weight > 0.0 else 0.0


def _require_same_axis(*parts: Lattice) -> None:
    if not parts:
        raise ValueError("an operation on lattices needs at least one")
    first = parts[0]
    for part in parts[1:]:
        if part.step != first.step or part.mass.size != first.mass.size:
            raise ValueError(
                f"lattices of different axes: {first.cells} cells of {first.step} and {part.cells} of {part.step}"
            )
