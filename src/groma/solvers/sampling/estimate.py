"""A number estimated from independent scramblings of one sample, with the interval that their spread supports.

The R estimates are independent and nearly normal, so their mean has a Student interval with R - 1 degrees of freedom
(L'Ecuyer 2018, "Randomized Quasi-Monte Carlo", 2.2). A quantile's estimate is slightly biased in a small sample; the
bias falls with the number of points of each scrambling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.99


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` with its standard error `error`, and the interval from `low` to `high` of confidence LEVEL."""

    value: float
    error: float
    low: float
    high: float


def estimate(repeats: Sequence[float]) -> Estimate:
    """The mean of independent estimates (two or more); infinite ones make it infinite, without an error."""
    endless = {x for x in repeats if not math.isfinite(x)}
    if endless:
        mean = endless.pop() if len(endless) == 1 else math.nan
        return Estimate(mean, math.nan, mean, mean)
    count = len(repeats)
    if count < 2:
        raise ValueError("an interval needs two independent estimates or more")
    mean = math.fsum(repeats) / count
    error = math.sqrt(math.fsum((x - mean) ** 2 for x in repeats) / (count - 1) / count)
    import scipy.special  # pyright: ignore[reportMissingTypeStubs]

    reach = float(cast(Any, scipy.special).stdtrit(count - 1, (1 + LEVEL) / 2)) * error
    return Estimate(mean, error, mean - reach, mean + reach)


def jackknife(whole: float, without: Sequence[float]) -> tuple[float, ...]:
    """Pseudo-values of an estimate that isn't a mean, such as a ratio: from `whole`, the estimate from everything, and
    from everything but one scrambling each. Their mean is less biased, their spread gives an interval (Tukey 1958).
    """
    count = len(without)
    return tuple(count * whole - (count - 1) * x for x in without)


def quantile_of(values: NDArray[np.float64], share: float) -> float:
    """The quantile of a sample, halfway rule of Hazen (order statistic k at (k - 1/2)/n, between them on a line).

    Infinite values are allowed; next to one the nearer order statistic is taken.
    """
    ordered = np.sort(values)
    place = share * len(ordered) - 0.5
    below, above = max(math.floor(place), 0), min(math.ceil(place), len(ordered) - 1)
    low, high, weight = float(ordered[below]), float(ordered[above]), place - below
    if not (math.isfinite(low) and math.isfinite(high)):
        return high if weight >= 0.5 else low
    return low + weight * (high - low)
