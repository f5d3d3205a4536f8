"""How often an alarm on a share or a count of events begins by chance.

Events are a Poisson stream of `rate` a second, each bad with chance `bad`, so that bad and good ones are two
independent Poisson streams. An alarm holds while the share of bad events is at least `ratio` both within the long and
within the short window before now. It begins only when a bad event comes or a good one leaves a window; by the Mecke
formula (Last and Penrose, "Lectures on the Poisson Process", 2017, theorem 4.1) others in the windows are then as at
any time, so with F(a, b) the chance that it would hold with a bad and b good events more in the short window,

    begins per second = rate bad (F(1, 0) - F(0, 0)) + rate (1 - bad) (F(0, 0) - F(0, 1)).

Exact for a rule that is evaluated all the time; a rule evaluated now and then begins to fire no more often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special as _special  # pyright: ignore[reportMissingTypeStubs]

special: Any = _special

Array = npt.NDArray[np.float64]

TAIL = 1e-15
"""Chance of counts left out on each side."""

MOST_TERMS = 1_000_000
"""Beyond these, counts of good events are taken at their mean."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A long and a short window, in seconds, the short one within the long one."""

    long: float
    short: float

    def __post_init__(self) -> None:
        if not 0.0 < self.short < self.long < math.inf:
            raise ValueError(f"expected 0 < short < long, found {self.short} and {self.long}")


def ratio_alarms(rate: float, bad: float, ratio: float, windows: Pair) -> tuple[float, bool]:
    """Alarms begun per second by chance, and whether they are exact (else good events are taken at their mean)."""
    if not (rate > 0.0 and math.isfinite(rate) and 0.0 <= bad <= 1.0 and ratio > 0.0):
        raise ValueError("expected rate > 0, 0 <= bad <= 1 and ratio > 0")
    if ratio > 1.0 or bad == 0.0:
        return 0.0, True
    short, rest = windows.short * rate, (windows.long - windows.short) * rate
    spans = [_span(bad * short), _span((1.0 - bad) * short), _span(bad * rest)]
    if math.prod(high - low + 1 for low, high in spans) <= MOST_TERMS:
        both = [_both(bad, ratio, short, rest, extra) for extra in ((0, 0), (1, 0), (0, 1))]
        begins = rate * (bad * (both[1] - both[0]) + (1.0 - bad) * (both[0] - both[2]))
        return _seen(begins), True
    in_short, in_long = (_needed(ratio, windows.short * rate), _needed(ratio, windows.long * rate))
    return _seen(rate * bad * _entered(bad * short, bad * rest, in_short, in_long)), False


def _seen(begins: float) -> float:
    """A rate; what is smaller than the rounding of chances is none."""
    return float(begins) if begins > TAIL else 0.0


def _needed(ratio: float, events: float) -> int:
    return max(1, math.ceil(ratio * events - 1e-9))


@lru_cache(maxsize=4096)
def _both(bad: float, ratio: float, short: float, rest: float, extra: tuple[int, int]) -> float:
    """F(a, b): the chance that both shares reach the ratio, with `extra` (bad, good) events more in the short
    window."""
    first, good = _counts(bad * short), _counts((1.0 - bad) * short)
    others = _counts(bad * rest)
    weight_first, weight_good, weight_others = (
        _law(first, bad * short), _law(good, (1.0 - bad) * short), _law(others, bad * rest),
    )  # fmt: skip
    total = 0.0
    for number, weight in zip(first + extra[0], weight_first, strict=True):
        # Share of the short window: number >= ratio * (number + good), so good events are at most this many.
        most = math.floor(number * (1.0 - ratio) / ratio + 1e-9)
        kept = (good + extra[1] <= most) & (number > 0)
        if not kept.any():
            continue
        here = good[kept] + extra[1]
        room = np.floor((number + others[:, None]) * (1.0 - ratio) / ratio + 1e-9) - here[None, :]
        chance = np.where(room >= 0.0, special.pdtr(np.maximum(room, 0.0), (1.0 - bad) * rest), 0.0)
        if bad == 1.0:
            chance = (room >= 0.0).astype(float)
        total += weight * float(weight_others @ chance @ weight_good[kept])
    return total


def _entered(mean_short: float, mean_rest: float, in_short: int, in_long: int) -> float:
    """The chance that one bad event more makes both counts reach their limits, which they don't without it."""

    def reached(extra: int) -> float:
        """At least so many in the short window, and in both together."""
        low, high = _span(mean_short)
        counts = np.arange(max(low, in_short - extra), high + 1, dtype=float)
        left = np.maximum(in_long - extra - counts, 0.0)
        tail = np.where(left <= 0.0, 1.0, special.pdtrc(np.maximum(left - 1.0, 0.0), mean_rest))
        return float(_law(counts, mean_short) @ tail)

    return max(0.0, reached(1) - reached(0))


def ratio_detection(rate: float, bad: float, ratio: float, windows: Pair, sure: float = 0.5) -> float:
    """Seconds of trouble after which the alarm holds with chance `sure`, when a share `bad` of events is bad from now
    on and none was before; infinite where it stays rarer than that. Totals at their mean; for one that is all bad it
    is the time until enough bad events came."""
    if not 0.0 < sure < 1.0:
        raise ValueError(f"sure: expected a chance between 0 and 1, found {sure}")
    needed = max(_needed(ratio, windows.long * rate), 1)
    if ratio > 1.0 or bad <= 0.0:
        return math.inf
    if special.pdtrc(needed - 1, rate * bad * windows.long) < sure:
        return math.inf
    return float(special.gammaincinv(needed, sure)) / (rate * bad)


def count_alarms(rate: float, window: float, limit: int) -> float:
    """How often a second the number of events within `window` reaches `limit`, at Poisson events of `rate` a second.

    It does when one comes while limit - 1 others are there: rate P(N = limit - 1), N Poisson of mean rate * window.
    """
    if not (rate >= 0.0 and window > 0.0 and limit >= 1):
        raise ValueError("expected rate >= 0, window > 0 and limit >= 1")
    if rate == 0.0:
        return 0.0
    return _seen(rate * float(_law(np.array([limit - 1.0]), rate * window)[0]))


def count_limit(rate: float, window: float, alarms: float) -> int:
    """The least number of events above the mean whose reaching is no more frequent than `alarms` a second."""
    if not alarms > 0.0:
        raise ValueError(f"alarms: expected a rate above zero, found {alarms}")
    low = high = math.ceil(rate * window) + 1
    while count_alarms(rate, window, high) > alarms:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count_alarms(rate, window, middle) > alarms else (low, middle)
    return high


def _span(mean: float) -> tuple[int, int]:
    """Counts of a Poisson law but for its tails (Bernstein's bound with room to spare)."""
    away = 8.5 * math.sqrt(mean) + 40.0
    return max(0, math.floor(mean - away)), math.ceil(mean + away)


def _counts(mean: float) -> Array:
    low, high = _span(mean)
    if mean == 0.0:
        return np.zeros(1)
    return np.arange(low, high + 1, dtype=float)


def _law(counts: Array, mean: float) -> Array:
    if mean == 0.0:
        return (counts == 0.0).astype(float)
    return np.exp(special.xlogy(counts, mean) - mean - special.gammaln(counts + 1.0))
