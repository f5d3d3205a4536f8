"""The chance that a sum of independent parts is above a limit, as a bracket that surely holds it.

What is constant is added exactly. The rest is put on a lattice whose last point is what is left of the limit, rounded
down for the lower end and up for the upper one, and convolved (see `solvers/distributions`); with n random parts the
two ends differ by what the law of the sum has within n steps of the limit. A step is the 16 383rd part of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from groma.model.law import Constant, Law
from groma.solvers.distributions import Axis, Rounding, convolve, discretise

CELLS = 1 << 14


def chance_above(parts: Sequence[Law], limit: float) -> tuple[float, float]:
    """(lower, upper) bound of P(sum of the parts > limit); parts are never negative."""
    left = limit - sum(part.value for part in parts if isinstance(part, Constant))
    random = [part for part in parts if not isinstance(part, Constant)]
    if sum(part.least for part in random) > left:
        return 1.0, 1.0
    if sum(part.most for part in random) <= left:
        return 0.0, 0.0
    if left == 0.0:
        return 0.0, 1.0
    axis = Axis(left / (CELLS - 1), CELLS)
    return _above(random, axis, "down"), _above(random, axis, "up")


def _above(random: Sequence[Law], axis: Axis, rounding: Rounding) -> float:
    total = discretise(random[0], axis, rounding)
    for part in random[1:]:
        total = convolve(total, discretise(part, axis, rounding))
    return min(1.0, max(0.0, 1.0 - total.inside))
