"""Where running a model oneself becomes cheaper than paying by the request.

An instance costs the same a month whatever it serves, so the cost of a load is a staircase: as many instances as the
busiest hour needs, ceil(peak / capacity), at least one (and at least a stated number). An interface costs in
proportion. With p the price of a request, N runs a month, s the ratio of busiest to mean rate, both are functions
of the mean rate
r: ceil(r s / c) F + G against r T p (T seconds a month). Where one stair is passed the other may be cheaper again, so
there can be several crossings: from the first self-hosting *can* be cheaper, from the last it always is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SECONDS_A_MONTH = 730 * 3600.0


@dataclass(frozen=True, slots=True)
class Line:
    """Self-hosting: money a month of one `instance`, `fixed` money a month beside them, the `capacity` of one in
    requests a second, busiest over mean rate `peak`, `least` instances."""

    instance: float
    capacity: float
    peak: float = 1.0
    least: int = 1
    fixed: float = 0.0

    def __post_init__(self) -> None:
        if min(self.instance, self.fixed) < 0 or self.capacity <= 0 or self.peak < 1 or self.least < 0:
            raise ValueError("expected costs of zero or more, a capacity above zero, a peak of one or more")

    def instances(self, rate: float) -> int:
        return max(self.least, math.ceil(rate * self.peak / self.capacity - 1e-9))


def monthly(line: Line, rate: float) -> float:
    """Money a month at a mean rate."""
    return line.fixed + line.instance * line.instances(rate)


def crossings(line: Line, request: float) -> tuple[float, float]:
    """Mean rates a second (first, always): from the first on there are loads at which self-hosting isn't dearer than
    `request` money each, from the second on it never is. Infinite where that never happens.

    On the stair of n instances, which ends at n steps, the lines meet at (G + n F) / slope; that is on the stair once
    n (slope step - F) >= G, and the next stair begins no dearer once n (slope step - F) >= G + F.
    """
    if request < 0:
        raise ValueError("expected a price of a request of zero or more")
    least, step, slope = max(line.least, 1), line.capacity / line.peak, SECONDS_A_MONTH * request
    gain = slope * step - line.instance
    if slope == 0.0 or gain < 0.0 or (gain == 0.0 and line.fixed > 0.0):
        return math.inf, math.inf
    stair = least if gain == 0.0 else max(least, math.ceil(line.fixed / gain - 1e-9))
    first = (line.fixed + line.instance * stair) / slope
    if gain == 0.0:
        return first, math.inf if line.instance > 0.0 else first
    calm = max(least, math.ceil((line.fixed + line.instance) / gain - 1e-9))
    last = (line.fixed + line.instance * calm) / slope if calm > least else first
    return first, max(first, last)


def first_below(line: Line, request: float) -> float:
    """The first mean rate at which self-hosting isn't dearer."""
    return crossings(line, request)[0]
