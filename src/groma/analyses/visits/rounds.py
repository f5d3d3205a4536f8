"""How often a loop's steps are run and how many attempts a retry makes, from the chance that one ends ok or in error.

Rounds: sum over j of P(N > j) ok^j. Attempts: sum over j of error^j. Both rise with their arguments, so the ends of
what is known give the ends of the result.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from groma.analyses.interval import Interval, share_of
from groma.analyses.outcome.quantity import law_at
from groma.analyses.outcome.repeat import count_bound, count_law
from groma.model.program import Repeat, Retry
from groma.model.quantity import Quantity


def attempts(retry: Retry, error: Interval) -> Interval:
    """Expected attempts of one call, the first included."""

    def made(chance: float) -> float:
        return math.fsum(chance**n for n in range(retry.times + 1))

    value = None if error.value is None else made(error.value)
    made_most = made(error.high)
    if retry.budget is not None and made_most > 1 + retry.budget.low:
        return Interval(1.0, None, min(made_most, 1 + retry.budget.high))
    return Interval(made(error.low), value, made_most)


def attempts_that_hang_together(retry: Retry, other: Interval, away: Interval, sure: bool) -> Interval:
    """The same where attempts after one that is turned away (`away`) are turned away, too: surely, or at the most.
    Other errors come independently.

    Attempt n + 1 is made if the first n all ended in `other` errors, or one of them was the first turned away.
    """

    def made(other: float, away: float) -> float:
        return math.fsum(
            min(other**n + away * math.fsum(other**j for j in range(n)), 1.0) for n in range(retry.times + 1)
        )

    high = made(other.high, away.high)
    if retry.budget is not None and high > 1 + retry.budget.low:
        return Interval(1.0, None, min(high, 1 + retry.budget.high))
    if not sure:
        return Interval(made(other.low, 0.0), None, high)
    value = None if other.value is None or away.value is None else made(other.value, away.value)
    return Interval(made(other.low, away.low), value, high)


def rounds(loop: Repeat, ok: Interval) -> Interval:
    """Expected rounds of a loop that ends early unless a round is ok."""
    if loop.until is not None:
        last = share_of(loop.until)
        value = None if ok.value is None or last.value is None else _until(ok.value, last.value, loop.at_most)
        return Interval(
            _until(ok.low, last.high, loop.at_most), value, _until(ok.high, last.low, loop.at_most)
        )
    if not isinstance(loop.times, Quantity):
        return Interval(0.0, None, math.inf if loop.at_most is None else float(loop.at_most))
    times, bound = loop.times, count_bound(loop)

    def at(mean: float, chance: float) -> float | None:
        pmf = count_law(law_at(times, mean), bound)
        if pmf is None:
            return None
        more = 1 - np.cumsum(pmf)[:-1]
        return float(np.sum(more * chance ** np.arange(len(more))))

    low, high = at(times.low, ok.low), at(times.high, ok.high)
    if low is None or high is None:
        return Interval(0.0, None, times.high + 0.5)
    return Interval(low, None if ok.value is None else at(times.mean, ok.value), high)


FORGOTTEN = 1e-12
"""Chance of a further round below which rounds of a loop without a bound are left out."""
MOST_ROUNDS = 100_000


def reached(loop: Repeat, ok: float, end: Literal["least", "most", "nominal"]) -> list[float] | None:
    """Chances that the first, second, ... round is begun, when one ends ok with this chance, at one end of what is
    known of the number of rounds. None where they have no end, or nobody knows how many there are."""
    if loop.until is not None:
        last = share_of(loop.until)
        stop = {"least": last.high, "most": last.low, "nominal": last.value}[end]
        if stop is None:
            return None
        again, found = ok * (1 - stop), [1.0]
        bound = math.inf if loop.at_most is None else loop.at_most
        while len(found) < min(bound, MOST_ROUNDS) and found[-1] * again > (
            FORGOTTEN if loop.at_most is None else 0.0
        ):
            found.append(found[-1] * again)
        return None if len(found) >= MOST_ROUNDS and bound > MOST_ROUNDS else found
    if not isinstance(loop.times, Quantity):
        if end == "least":
            return [1.0]
        if end == "nominal" or loop.at_most is None or loop.at_most > MOST_ROUNDS:
            return None
        return [1.0] * loop.at_most
    mean = {"least": loop.times.low, "most": loop.times.high, "nominal": loop.times.mean}[end]
    pmf = count_law(law_at(loop.times, mean), count_bound(loop))
    if pmf is None:
        return None
    more = 1 - np.cumsum(pmf)[:-1]
    return [float(each) for each in more * ok ** np.arange(len(more))]


def _until(ok: float, last: float, at_most: int | None) -> float:
    """The geometric sum of the chances that a round is begun."""
    again = ok * (1 - last)
    if again >= 1:
        return math.inf if at_most is None else float(at_most)
    if at_most is None or again <= 0:
        return 1 / (1 - again)
    return -math.expm1(at_most * math.log(again)) / (1 - again)
