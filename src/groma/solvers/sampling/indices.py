"""Which argument the variance of a function comes from: first-order and total Sobol indices.

With independent arguments the variance of f splits into parts of each argument alone, of pairs, and so on (Sobol 1993).
The first-order index is the share of an argument alone: how much narrower f would be expected to become if it were
known. The total index adds every part in which it takes part: what would stay if all the others were known.

Two independent halves A and B of a sample, and A with one column from B, give (Saltelli et al. 2010, table 2, b and f)

    first   mean of f(B) (f(A_B) - f(A)) / V                total   mean of (f(A) - f(A_B))^2 / (2 V)      (Jansen 1999)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Indices:
    """First-order and total index of each argument asked for, by its column."""

    first: Mapping[int, float]
    total: Mapping[int, float]


def mixed_points(points: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Of points in twice the dimensions: the first half, with one column from the second half."""
    half = points.shape[1] // 2
    mixed = points[:, :half].copy()
    mixed[:, column] = points[:, half + column]
    return mixed


def indices(at_a: Values, at_b: Values, mixed: Mapping[int, Values]) -> Indices:
    """The indices from the values of f at A, at B and at each mixture (column -> values), each of the same length.

    Not a number where f doesn't vary or isn't finite everywhere: there is nothing to share out.
    """
    both = np.concatenate([at_a, at_b])
    spread = float(np.var(both)) if np.all(np.isfinite(both)) else math.nan
    size = float(np.max(np.abs(both), initial=0.0))
    first: dict[int, float] = {}
    total: dict[int, float] = {}
    for column, values in mixed.items():
        known = math.isfinite(spread) and spread > (1e-12 * size) ** 2 and bool(np.all(np.isfinite(values)))
        centred = at_b - np.mean(both) if known else at_b
        first[column] = float(np.mean(centred * (values - at_a))) / spread if known else math.nan
        total[column] = float(np.mean((at_a - values) ** 2)) / (2 * spread) if known else math.nan
    return Indices(first, total)
