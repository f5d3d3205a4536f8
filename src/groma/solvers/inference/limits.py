"""Rate limits of providers: what share of a busy minute's demand is turned away, and how many accounts that takes.

In a window of w seconds calls come as a Poisson stream, each with its own number of tokens, so the tokens T of a window
are a compound Poisson sum with mean m = r w E[X] and variance r w E[X^2]. What exceeds the limit L is turned away:
E[(T - L)+] / m. By Jensen's inequality that is at least (m - L)+ / m, and whatever the law at most
(sqrt(v + (L - m)^2) - (L - m)) / 2 / m (Scarf, 1958); the nominal value takes T as normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_ACCOUNTS = 10_000


@dataclass(frozen=True, slots=True)
class Throttled:
    """The share turned away: at least, as a normal law gives it, at most."""

    low: float
    value: float
    high: float


def throttled(rate: float, mean: float, square: float, limit: float, window: float = 60.0) -> Throttled:
    """`rate` calls a second of `mean` units each (`square` is the mean of the square) against `limit` units a
    window."""
    if min(rate, mean, square, limit) < 0 or window <= 0 or square < mean * mean * (1 - 1e-9):
        raise ValueError(
            "expected a rate, sizes and a limit of zero or more, and a mean square above the squared mean"
        )
    demand = rate * window * mean
    if demand <= 0.0:
        return Throttled(0.0, 0.0, 0.0)
    variance = rate * window * square
    spare = limit - demand
    deviation = math.sqrt(variance)
    z = spare / deviation
    over = deviation * math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - spare * 0.5 * math.erfc(
        z / math.sqrt(2)
    )
    most = 0.5 * (math.sqrt(variance + spare * spare) - spare)
    low = max(0.0, -spare) / demand
    return Throttled(low, min(1.0, max(low, over / demand)), min(1.0, max(low, most / demand)))


def accounts_needed(
    rate: float, mean: float, square: float, limit: float, share: float = 0.01, window: float = 60.0
) -> Throttled:
    """Accounts (or regions) with a limit of their own among which calls are spread at random until no more than `share`
    is turned away: by the lower bound, as normal, by the upper bound. Infinite where a limit of nothing is given."""
    if limit <= 0:
        return Throttled(math.inf, math.inf, math.inf)
    found: list[float] = []
    for which in ("low", "value", "high"):
        count = 1
        while getattr(throttled(rate / count, mean, square, limit, window), which) > share:
            count = count + 1 if count < 100 else math.ceil(count * 1.05)
            if count > MOST_ACCOUNTS:
                break
        found.append(float(count) if count <= MOST_ACCOUNTS else math.inf)
    return Throttled(*found)
