"""A (sub-)distribution on equally spaced points of time: the one data type of the latency algebra.

Why a lattice: sums, maxima, timeouts and retries of arbitrary laws have no common closed form, but on a lattice
each of them is a few vector operations, and each is monotone in the usual stochastic order. Rounding every law
down gives a variable that is never later than the true one, rounding it up one that is never earlier
(see `bracket`), so what comes out is an interval and not an approximation.

Masses may sum to less than one: a lattice carries the outcome "ok by time t"; what is missing is error or never.
Floating point: masses are exact to about 1e-15 each; quantiles are read at a rank lowered by `RANK_TOLERANCE`, and
times within 1e-9 of a point (relative to its index) count as that point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rounding = Literal["down", "up"]

RANK_TOLERANCE = 1e-12
_SNAP = 1e-9


@dataclass(frozen=True, slots=True)
class Axis:
    """The points 0, step, ..., (cells - 1) * step (seconds, or any other unit)."""

    step: float
    cells: int

    def __post_init__(self) -> None:
        if not (self.step > 0 and math.isfinite(self.step)) or self.cells < 2:
            raise ValueError(
                f"an axis needs a positive step and at least 2 cells, got {self.step}, {self.cells}"
            )

    @property
    def top(self) -> float:
        """The last point of the axis."""
        return (self.cells - 1) * self.step

    @property
    def end(self) -> float:
        """The first point after the axis; whatever is beyond lies here at the earliest."""
        return self.cells * self.step

    @staticmethod
    def covering(horizon: float, cells: int = 2048) -> Axis:
        """The axis with this many cells that reaches `horizon`."""
        return Axis(horizon / (cells - 1), cells)


def cell_of(time: float, step: float, rounding: Rounding) -> int:
    """Index of the point at or below (`down`) or at or above (`up`) a time."""
    position = time / step
    nearest = round(position)
    if abs(position - nearest) <= _SNAP * max(1.0, abs(position)):
        return nearest
    return math.floor(position) if rounding == "down" else math.ceil(position)


def cells_of(times: Floats, step: float, rounding: Rounding) -> NDArray[np.int64]:
    """`cell_of` for an array of times."""
    positions = times / step
    nearest = np.rint(positions)
    snapped = np.abs(positions - nearest) <= _SNAP * np.maximum(1.0, np.abs(positions))
    rounded = np.floor(positions) if rounding == "down" else np.ceil(positions)
    return np.where(snapped, nearest, rounded).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Lattice:
    """P(X = i * step) = mass[i]; `beyond` = P(X ends ok, but at `axis.end` or later).

    `tail` bounds E[X; X beyond] from above (infinite where nothing is known); it makes means of laws without
    an upper limit finite. Totals below one are meant: the rest is error or never.
    """

    step: float
    mass: Floats
    beyond: float
    tail: float = field(default=math.inf)

    def __post_init__(self) -> None:
        self.mass.setflags(write=False)
        if self.beyond <= 0.0:
            object.__setattr__(self, "beyond", 0.0)
            object.__setattr__(self, "tail", 0.0)

    @staticmethod
    def at(axis: Axis, time: float, rounding: Rounding, mass: float = 1.0) -> Lattice:
        """All of `mass` at one time."""
        masses = np.zeros(axis.cells)
        index = cell_of(time, axis.step, rounding)
        if index >= axis.cells:
            return Lattice(axis.step, masses, mass, mass * max(time, index * axis.step))
        masses[max(index, 0)] = mass
        return Lattice(axis.step, masses, 0.0)

    @staticmethod
    def nothing(axis: Axis) -> Lattice:
        """The outcome that never comes."""
        return Lattice(axis.step, np.zeros(axis.cells), 0.0)

    @staticmethod
    def from_cumulative(step: float, cumulative: Floats, total: float, tail: float = math.inf) -> Lattice:
        """The lattice with P(X <= i * step) = cumulative[i] (made monotone) and this total."""
        rising = np.maximum.accumulate(np.clip(cumulative, 0.0, None))
        mass = np.diff(rising, prepend=0.0)
        return Lattice(step, mass, max(total - float(rising[-1]), 0.0), tail)

    @property
    def cells(self) -> int:
        return self.mass.size

    @property
    def axis(self) -> Axis:
        return Axis(self.step, self.mass.size)

    @cached_property
    def cumulative(self) -> Floats:
        """P(X <= i * step) for every i."""
        return np.cumsum(self.mass)

    @cached_property
    def inside(self) -> float:
        """Mass within the window."""
        return float(self.mass.sum())

    @property
    def total(self) -> float:
        """Probability that the outcome comes at all."""
        return self.inside + self.beyond

    @cached_property
    def occupied(self) -> NDArray[np.intp]:
        """Indices that carry mass, in order."""
        return np.flatnonzero(self.mass)

    @cached_property
    def transform(self) -> NDArray[np.complex128]:
        """Real FFT of the mass, padded so that products are linear convolutions."""
        return np.fft.rfft(self.mass, transform_size(self.mass.size))

    @cached_property
    def inside_moment(self) -> float:
        """E[X; X within the window]; a plain sum, for which no threads have to be woken up."""
        return float((self.mass * np.arange(self.mass.size)).sum()) * self.step

    @property
    def partial_mean(self) -> float:
        """An upper bound on E[X; ok] (exact for the lattice variable when nothing lies beyond)."""
        return self.inside_moment + self.tail

    def cdf(self, time: float) -> float:
        """P(X <= time), unconditional; `inside` from the end of the axis on."""
        index = cell_of(time, self.step, "down")
        if index < 0:
            return 0.0
        return float(self.cumulative[min(index, self.mass.size - 1)])

    def quantile(self, p: float, of: float | None = None) -> float:
        """The smallest point t with P(X <= t) >= p * of; infinite when the window does not reach it.

        `of` is the total mass unless given, so that the quantile is one of the runs that end ok. p = 1 asks for
        the largest value that carries mass.
        """
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"a quantile needs a rank between 0 and 1, got {p}")
        whole = self.total if of is None else of
        if p == 1.0 and self.beyond > 0.0:
            return math.inf
        if p == 1.0 and of is None:
            return float(self.occupied[-1]) * self.step if self.occupied.size else math.inf
        target = p * whole - RANK_TOLERANCE
        index = int(np.searchsorted(self.cumulative, target, side="left"))
        if index >= self.mass.size or whole <= 0.0:
            return math.inf
        return index * self.step


def transform_size(cells: int) -> int:
    """The power of two that holds a full product of two lattices."""
    return 1 << (2 * cells - 1).bit_length()
