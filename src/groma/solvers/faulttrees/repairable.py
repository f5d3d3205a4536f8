"""Like parts that fail and are repaired: a birth-death Markov chain over the number that are down.

Steady state and mean time to first reach a state, for n parts with failure rate `failure_rate` each and
`crews` that repair one part at a time at `repair_rate` (Trivedi 2001, chapter 8; the machine-repair model).
Rates are per any one unit of time; times come out in it. All sums have positive terms.
"""

from __future__ import annotations

import math


def unavailability(failure_rate: float, repair_rate: float) -> float:
    """Steady-state unavailability of one part: failure_rate / (failure_rate + repair_rate)."""
    _check(failure_rate, repair_rate)
    return failure_rate / (failure_rate + repair_rate)


def probability_of_down(n: int, failure_rate: float, repair_rate: float, crews: int) -> tuple[float, ...]:
    """Steady-state probabilities of 0, 1, ..., n parts down."""
    up, down = _rates(n, failure_rate, repair_rate, crews)
    weights = [1.0]
    for j in range(n):
        weights.append(weights[-1] * up[j] / down[j + 1])
    total = sum(weights)
    return tuple(w / total for w in weights)


def group_unavailability(needed: int, n: int, failure_rate: float, repair_rate: float, crews: int) -> float:
    """Steady-state probability that fewer than `needed` of n parts are up. Two parts of which one is needed:
    needed = 1, n = 2; a crew for each: crews = n."""
    if not 1 <= needed <= n:
        raise ValueError(f"expected 1 <= needed <= n, found needed = {needed}, n = {n}")
    return sum(probability_of_down(n, failure_rate, repair_rate, crews)[n - needed + 1 :])


def mean_time_to_down(needed: int, n: int, failure_rate: float, repair_rate: float, crews: int) -> float:
    """Mean time from all parts up until fewer than `needed` of n are up, first passage of the chain.

    h_j, the mean time from j down to j + 1 down, is (1 + down_j h_(j-1)) / up_j.
    """
    if not 1 <= needed <= n:
        raise ValueError(f"expected 1 <= needed <= n, found needed = {needed}, n = {n}")
    up, down = _rates(n, failure_rate, repair_rate, crews)
    total = step = 0.0
    for j in range(n - needed + 1):
        step = (1.0 + down[j] * step) / up[j]
        total += step
    return total


def _rates(n: int, failure_rate: float, repair_rate: float, crews: int) -> tuple[list[float], list[float]]:
    _check(failure_rate, repair_rate)
    if n < 1 or crews < 1:
        raise ValueError(f"expected at least one part and one crew, found {n} and {crews}")
    up = [(n - j) * failure_rate for j in range(n)]
    down = [min(j, crews) * repair_rate for j in range(n + 1)]
    return up, down


def _check(failure_rate: float, repair_rate: float) -> None:
    if not (failure_rate > 0.0 and repair_rate > 0.0):
        raise ValueError(f"expected positive rates, found {failure_rate!r} and {repair_rate!r}")


def equivalent_unavailability(needed: int, n: int, group: float) -> float:
    """The unavailability of each of n independent parts of which fewer than `needed` are up with chance `group`.

    Bisection on its logarithm; the tail of the binomial law is a sum of positive terms, so small chances keep their
    digits.
    """
    if not 1 <= needed <= n or not 0.0 <= group <= 1.0:
        raise ValueError(f"expected 1 <= needed <= n and a chance, found {needed}, {n}, {group}")
    if group in (0.0, 1.0):
        return group
    low, high = math.log(1e-300), 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_least_down(n - needed + 1, n, middle) < group else (low, middle)
    return math.exp((low + high) / 2)


def _at_least_down(k: int, n: int, log_q: float) -> float:
    """Chance that at least k of n independent parts are down, each with chance exp(log_q)."""
    log_p = math.log1p(-math.exp(log_q)) if log_q < 0.0 else -math.inf

    def term(j: int) -> float:
        choices = math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1)
        return math.exp(choices + j * log_q + (0.0 if j == n else (n - j) * log_p))

    return math.fsum(term(j) for j in range(k, n + 1))
