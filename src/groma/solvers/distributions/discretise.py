"""Laws onto the lattice, rounded down or up, from exact differences of the distribution function.

Rounded down, a variable is never later than the true one; rounded up, never earlier. Sums with known offsets
(constants, fixed times) are taken before rounding, so that they cost no width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from groma.model.law import Constant, Law, scaled
from groma.solvers.distributions.algebra import convolve
from groma.solvers.distributions.lattice import Axis, Floats, Lattice, Rounding, cells_of
from groma.solvers.distributions.law_functions import atoms, cdf_and_sf, mean_above

MOST_REMEMBERED = 512
"""Laws on their axes that are remembered for as long as the process lives: models that are alike share most."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Sizes that vary together: one row of sizes per case, and the weight of each case (weights sum to one)."""

    rows: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.weights) or len({len(row) for row in self.rows}) != 1:
            raise ValueError("a joint table needs one weight per row and rows of one length")


@lru_cache(maxsize=MOST_REMEMBERED)
def discretise(law: Law, axis: Axis, rounding: Rounding, offset: float = 0.0) -> Lattice:
    """The law of `offset + X` on the axis (offset >= 0), rounded in one direction."""
    points = atoms(law)
    if points is not None:
        return _place(offset + points[0], points[1], axis, rounding)
    between, last, end = _between(law, axis, offset)
    edge = axis.end - offset
    if rounding == "down":
        return Lattice(axis.step, between, end, mean_above(law, edge) + offset * end)
    mass = np.concatenate(([0.0], between[:-1]))
    tail = mean_above(law, axis.top - offset) + (offset + axis.step) * last
    return Lattice(axis.step, mass, last, tail)


@lru_cache(maxsize=16)
def _between(law: Law, axis: Axis, offset: float) -> tuple[Floats, float, float]:
    """Probability between each point and the next, and above the last point and the end: for both roundings."""
    edges = np.arange(axis.cells + 1, dtype=np.float64) * axis.step - offset
    below, above = cdf_and_sf(law, edges)
    between = np.where(below[1:] < 0.5, np.diff(below), -np.diff(above))
    between = np.maximum(between, 0.0)
    between.setflags(write=False)
    return between, float(above[-2]), float(above[-1])


def discretise_affine(
    fixed: Law | float,
    per: Sequence[float],
    sizes: Sequence[Law] | Joint,
    axis: Axis,
    rounding: Rounding,
) -> Lattice:
    """The law of `fixed + sum_k per[k] * size_k`: independent sizes, or a joint table of them.

    `per` are times per unit of size (>= 0). This is how a model call is timed: time to first token plus input
    tokens by their prefill time plus output tokens by their decode time, input and output varying together.
    """
    if any(not factor >= 0.0 for factor in per):
        raise ValueError(f"times per unit must not be negative, got {list(per)}")
    start: Law = Constant(fixed) if isinstance(fixed, int | float) else fixed
    if isinstance(sizes, Joint):
        if len(per) != len(sizes.rows[0]):
            raise ValueError(f"{len(per)} times per unit for rows of {len(sizes.rows[0])} sizes")
        values = np.asarray(sizes.rows, dtype=np.float64) @ np.asarray(per, dtype=np.float64)
        weights = np.asarray(sizes.weights, dtype=np.float64)
        return _sum([start], values, weights, axis, rounding)
    if len(per) != len(sizes):
        raise ValueError(f"{len(per)} times per unit for {len(sizes)} sizes")
    terms = [scaled(law, factor) for factor, law in zip(per, sizes, strict=True) if factor > 0.0]
    return _sum([start, *terms], np.zeros(1), np.ones(1), axis, rounding)


def _sum(terms: list[Law], values: Floats, weights: Floats, axis: Axis, rounding: Rounding) -> Lattice:
    """Sum of independent laws and one table of points; points that always apply move the first spread law."""
    single = [points for points in map(atoms, terms) if points is not None and points[0].size == 1]
    offset = math.fsum(float(points[0][0]) for points in single)
    spread = [law for law in terms if not _is_single(law)]
    if values.size == 1:
        offset += float(values[0])
    if values.size > 1 or not spread:
        shifted = values + offset if values.size > 1 else np.array([offset])
        parts = [
            _place(shifted, weights, axis, rounding),
            *(discretise(law, axis, rounding) for law in spread),
        ]
    else:
        first, *rest = spread
        parts = [
            discretise(first, axis, rounding, offset),
            *(discretise(law, axis, rounding) for law in rest),
        ]
    result = parts[0]
    for part in parts[1:]:
        result = convolve(result, part)
    return result


def _is_single(law: Law) -> bool:
    points = atoms(law)
    return points is not None and points[0].size == 1


def _place(values: Floats, weights: Floats, axis: Axis, rounding: Rounding) -> Lattice:
    """Points onto the lattice."""
    index = cells_of(values, axis.step, rounding)
    within = index < axis.cells
    mass = np.bincount(index[within], weights=weights[within], minlength=axis.cells).astype(np.float64)
    late = np.maximum(values[~within], index[~within] * axis.step)
    return Lattice(axis.step, mass, float(weights[~within].sum()), float(weights[~within] @ late))
