"""A law between two lattices: `fast` is never later than the truth, `slow` never earlier.

For every t: slow.cdf(t) <= P(ok by t) <= fast.cdf(t), and slow.total <= P(ok) <= fast.total. All operations of the
algebra are monotone, so they keep this when they are applied to both ends, and every figure that is read off is an
interval that holds the true one.

The two lattices of an *error* outcome (second result of `truncate`) go with the two ends of its ok outcome: the
fast end has less of it. They are meant to be carried along (error, then try again), not to be read alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.model.law import Law
from groma.solvers.distributions import algebra
from groma.solvers.distributions.discretise import Joint, discretise, discretise_affine
from groma.solvers.distributions.lattice import RANK_TOLERANCE, Axis, Lattice


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """The truth lies between `fast` and `slow` in the stochastic order."""

    fast: Lattice
    slow: Lattice

    @staticmethod
    def of(law: Law, axis: Axis, offset: float = 0.0) -> Bracket:
        """A law (plus a fixed offset), known exactly but for the rounding of one step."""
        return Bracket(discretise(law, axis, "down", offset), discretise(law, axis, "up", offset))

    @staticmethod
    def affine(fixed: Law | float, per: Sequence[float], sizes: Sequence[Law] | Joint, axis: Axis) -> Bracket:
        """`fixed + sum_k per[k] * size_k`, see `discretise_affine`."""
        return Bracket(
            discretise_affine(fixed, per, sizes, axis, "down"),
            discretise_affine(fixed, per, sizes, axis, "up"),
        )

    @staticmethod
    def at(axis: Axis, time: float, mass: float = 1.0) -> Bracket:
        """Always the same time."""
        return Bracket(Lattice.at(axis, time, "down", mass), Lattice.at(axis, time, "up", mass))

    @staticmethod
    def nothing(axis: Axis) -> Bracket:
        """Never."""
        return Bracket(Lattice.nothing(axis), Lattice.nothing(axis))

    @property
    def axis(self) -> Axis:
        return self.fast.axis

    @property
    def total(self) -> tuple[float, float]:
        """P(ok), low and high."""
        return self.slow.total, self.fast.total

    def convolve(self, other: Bracket) -> Bracket:
        """One after the other."""
        return Bracket(algebra.convolve(self.fast, other.fast), algebra.convolve(self.slow, other.slow))

    def shift(self, time: float) -> Bracket:
        """A fixed time more."""
        return Bracket(algebra.shift(self.fast, time, "down"), algebra.shift(self.slow, time, "up"))

    def scale_mass(self, weight: float) -> Bracket:
        """Taken with this probability, else never."""
        return Bracket(algebra.scale_mass(self.fast, weight), algebra.scale_mass(self.slow, weight))

    def truncate(self, tau: float) -> tuple[Bracket, Bracket]:
        """A timeout: (ok by tau, the error at tau)."""
        fast_ok, fast_error = algebra.truncate(self.fast, tau, "down")
        slow_ok, slow_error = algebra.truncate(self.slow, tau, "up")
        return Bracket(fast_ok, slow_ok), Bracket(fast_error, slow_error)

    def compound(self, counts: Sequence[float], more: float = 0.0) -> Bracket:
        """A random number of copies, P(N = n) = counts[n]; with probability `more` there are more copies than
        listed: one more at the fast end, endlessly many at the slow one."""
        if more <= 0.0:
            return Bracket(algebra.compound(counts, self.fast), algebra.compound(counts, self.slow))
        return Bracket(algebra.compound((*counts, more), self.fast), algebra.compound(counts, self.slow))

    @staticmethod
    def mixture(weights: Sequence[float], parts: Sequence[Bracket]) -> Bracket:
        """One of the parts, by known weights."""
        return Bracket(
            algebra.mixture(weights, [part.fast for part in parts]),
            algebra.mixture(weights, [part.slow for part in parts]),
        )

    @staticmethod
    def slowest(parts: Sequence[Bracket]) -> Bracket:
        """Join on all."""
        return Bracket(
            algebra.slowest([part.fast for part in parts]), algebra.slowest([part.slow for part in parts])
        )

    @staticmethod
    def fastest(parts: Sequence[Bracket]) -> Bracket:
        """Join on any."""
        return Bracket(
            algebra.fastest([part.fast for part in parts]), algebra.fastest([part.slow for part in parts])
        )

    @staticmethod
    def kth_of(k: int, parts: Sequence[Bracket]) -> Bracket:
        """Join on k."""
        return Bracket(
            algebra.kth_of(k, [part.fast for part in parts]), algebra.kth_of(k, [part.slow for part in parts])
        )

    @staticmethod
    def envelope(parts: Sequence[Bracket]) -> Bracket:
        """One of the parts, not known which, or any mixture of them."""
        return Bracket(
            algebra.envelope_fast([part.fast for part in parts]),
            algebra.envelope_slow([part.slow for part in parts]),
        )

    def cdf(self, time: float) -> tuple[float, float]:
        """P(ok by time), low and high."""
        return self.slow.cdf(time), self.fast.cdf(time)

    def quantile(self, p: float, of: float | None = None) -> tuple[float, float]:
        """Where the p-quantile of the runs that end ok lies; the high end is infinite beyond the window.

        `of` is P(ok) where it is known better than by `total`. Ranks are met to `RANK_TOLERANCE`.
        """
        few, many = (self.slow.total, self.fast.total) if of is None else (of, of)
        low = self.fast.quantile(p, None if _same(few, self.fast.total) else few)
        high = self.slow.quantile(p, None if _same(many, self.slow.total) else many)
        reachable = self.fast.beyond > 0.0 and math.isinf(low)
        return (self.axis.end if reachable else low), high

    def mean(self, most: float = math.inf) -> tuple[float, float]:
        """Where the mean of the runs that end ok lies; `most` is a known upper limit of the time.

        The high end is infinite when the totals differ and no limit is known: what is missing to the slow end
        could come arbitrarily late.
        """
        few, many = self.slow.total, self.fast.total
        if few <= 0.0:
            return (0.0, most)
        earliest = np.maximum(1.0 - self.fast.cumulative / few, 0.0)
        low = float(earliest.sum()) * self.fast.step
        if few >= many or _same(few, many):
            return low, min(max(self.slow.partial_mean / few, low), most)
        steps = np.arange(self.slow.cells) * self.slow.step
        held = np.clip(most - steps, 0.0, self.slow.step)
        latest = 1.0 - self.slow.cumulative / many
        rest = max(most - self.axis.end, 0.0) * float(latest[-1])
        return low, min(float(latest @ held) + rest, most)


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= RANK_TOLERANCE
