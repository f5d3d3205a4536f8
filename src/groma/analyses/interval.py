"""A non-negative number with what is known of it: its least, its nominal and its greatest value.

Every money, time and share that the analyses add up is monotone in its parts, so the optimistic and the pessimistic
corner of a sum of products are the sums of products of the corners (Moore, "Interval Analysis", 1966, restricted to
non-negative numbers). A nominal value of None says that only bounds can be given; a greatest value of infinity says
that nothing bounds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True)
class Interval:
    """`low <= value <= high`, all of them non-negative unless a difference was taken."""

    low: float
    value: float | None
    high: float

    def __add__(self, other: Interval) -> Interval:
        value = None if self.value is None or other.value is None else self.value + other.value
        return Interval(self.low + other.low, value, self.high + other.high)

    def __mul__(self, other: Interval) -> Interval:
        if self.low == self.high == 0.0 or other.low == other.high == 0.0:
            return ZERO  # nothing, whatever isn't known of the other
        value = None if self.value is None or other.value is None else self.value * other.value
        return Interval(_product(self.low, other.low), value, _product(self.high, other.high))

    def scaled(self, factor: float) -> Interval:
        """Times a factor of zero or more."""
        value = None if self.value is None else self.value * factor
        return Interval(self.low * factor, value, _product(self.high, factor))

    @property
    def bounds(self) -> Interval:
        """Only its ends."""
        return Interval(self.low, None, self.high)

    @property
    def known(self) -> bool:
        """Whether there is a nominal value and a finite upper end."""
        return self.value is not None and math.isfinite(self.high)


ZERO = Interval(0.0, 0.0, 0.0)
ONE = Interval(1.0, 1.0, 1.0)
NOTHING_KNOWN = Interval(0.0, None, math.inf)
ANY_SHARE = Interval(0.0, None, 1.0)


def point(value: float) -> Interval:
    """A number that is known exactly."""
    return Interval(value, value, value)


def total(parts: Iterable[Interval]) -> Interval:
    """The sum; zero of nothing."""
    result = ZERO
    for part in parts:
        result = result + part
    return result


def mean_of(quantity: Quantity | Unknown | None) -> Interval:
    """The mean of a quantity with the range in which it is known to lie."""
    if isinstance(quantity, Quantity):
        return Interval(quantity.low, quantity.mean, quantity.high)
    return NOTHING_KNOWN


def share_of(quantity: Quantity | Unknown | None) -> Interval:
    """A share; anything from 0 to 1 when it isn't known."""
    if isinstance(quantity, Quantity):
        return Interval(max(0.0, quantity.low), quantity.mean, min(1.0, quantity.high))
    return ANY_SHARE


def greatest(quantity: Quantity | Unknown | None) -> float:
    """The most a quantity can be in any run: its stated `max`, else the end of its law; infinity without either."""
    if not isinstance(quantity, Quantity):
        return math.inf
    if quantity.most is not None:
        return quantity.most
    if quantity.constant:
        return quantity.high
    mean = quantity.mean
    return quantity.law.most * (quantity.high / mean if mean > 0 else 1.0)


def hull(parts: Iterable[Interval]) -> Interval:
    """The smallest interval around some; its value is the common one, None when they differ."""
    given = list(parts)
    values = {part.value for part in given}
    return Interval(
        min(part.low for part in given),
        values.pop() if len(values) == 1 else None,
        max(part.high for part in given),
    )


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0.0 or b == 0.0 else a * b
