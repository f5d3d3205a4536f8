"""How many cases an evaluation needs: exact binomial power, no normal approximation.

- One share against a target: the one-sided exact binomial test (reject "at most target" from the least number of hits
  whose tail under the target is at most `alpha`).
- Two shares: Fisher's exact test, two-sided, power summed over all outcomes (A. Agresti, "Categorical Data Analysis").
- Paired shares: McNemar's exact test on discordant pairs (Q. McNemar 1947), their number itself binomial.

Exact power goes up and down with the number of cases (a saw); the number given is the least from which on it stays at
or above what is asked, up to `MOST`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as _special  # pyright: ignore[reportMissingTypeStubs]
from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs]

special: Any = _special
stats: Any = _stats
searchsorted: Any = np.searchsorted

MOST = 200_000
SAW = 60
"""How many cases beyond the first that is good enough are looked at for a tooth of the saw."""


def power_against_target(cases: int, target: float, share: float, alpha: float = 0.05) -> float:
    """The chance that so many cases show that a system with `share` is better than `target`."""
    _shares(target, share, alpha)
    needed = _critical(cases, target, alpha)
    return 0.0 if needed > cases else _tail(needed, cases, share)


def cases_against_target(target: float, share: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """The least number of cases with that power; None where `share` isn't above the target or `MOST` don't do."""
    _shares(target, share, alpha, power)
    if share <= target:
        return None
    return _least(lambda n: power_against_target(n, target, share, alpha), power)


def power_two_shares(cases: int, first: float, second: float, alpha: float = 0.05) -> float:
    """The power of Fisher's exact test between two groups of `cases` each."""
    _shares(first, second, alpha)
    hits = np.arange(cases + 1)
    weight_a, weight_b = stats.binom.pmf(hits, cases, first), stats.binom.pmf(hits, cases, second)
    total = 0.0
    for both in range(1, 2 * cases):  # where none or all hit, nothing differs
        low, high = max(0, both - cases), min(cases, both)
        a = np.arange(low, high + 1)
        law = stats.hypergeom.pmf(a, 2 * cases, both, cases)
        order = np.argsort(law, kind="stable")
        reached = np.cumsum(law[order])
        ranks = searchsorted(law[order], law * (1 + 1e-7), side="right") - 1
        rejected = reached[ranks] <= alpha
        total += float(np.sum(weight_a[a] * weight_b[both - a] * rejected))
    return total


def cases_two_shares(first: float, second: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """The least number of cases in each of two groups; None where the shares are equal or too near."""
    _shares(first, second, alpha, power)
    if first == second:
        return None
    z = float(special.ndtri(1 - alpha / 2) + special.ndtri(power))
    start = int(z * z * (first * (1 - first) + second * (1 - second)) / (first - second) ** 2)
    if start > 3000:  # beyond, Fisher's power is a matter of minutes
        return None
    cases = max(2, int(start * 0.9))
    while power_two_shares(cases, first, second, alpha) < power:
        cases += 1
    return cases


def power_paired(cases: int, better: float, worse: float, alpha: float = 0.05) -> float:
    """The power of McNemar's exact test, two-sided: of `cases` pairs a share `better` has only the new one right, a
    share `worse` only the old one."""
    if not (worse >= 0.0 and better >= 0.0 and 0.0 < better + worse <= 1.0):
        raise ValueError("expected shares of discordant pairs that sum to at most one")
    discordant = np.arange(cases + 1)
    weights = stats.binom.pmf(discordant, cases, better + worse)
    split = better / (better + worse)
    total = 0.0
    for n, weight in zip(discordant, weights, strict=True):
        if weight < 1e-14 or n == 0:
            continue
        lower = int(stats.binom.ppf(alpha / 2, n, 0.5))
        while lower >= 0 and 2 * float(stats.binom.cdf(lower, n, 0.5)) > alpha:
            lower -= 1
        if lower < 0:
            continue
        total += float(weight) * float(
            stats.binom.cdf(lower, n, split) + stats.binom.sf(n - lower - 1, n, split)
        )
    return total


def cases_paired(better: float, worse: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """The least number of pairs; None where neither is better or too many are needed."""
    if better == worse:
        return None
    z = float(special.ndtri(1 - alpha / 2) + special.ndtri(power))
    start = int(z * z * (better + worse) / (better - worse) ** 2)
    if start > 5000:
        return None
    cases = max(2, int(start * 0.6))
    while power_paired(cases, better, worse, alpha) < power:
        cases += 1
    return cases


def _critical(cases: int, target: float, alpha: float) -> int:
    """The least number of hits whose tail under the target is at most alpha; cases + 1 where none is."""
    low, high = 0, cases + 1  # tail(low) > alpha >= tail(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _tail(middle, cases, target) > alpha else (low, middle)
    return high


def _tail(hits: int, cases: int, share: float) -> float:
    """P(at least so many hits)."""
    return (
        1.0 if hits <= 0 else 0.0 if hits > cases else float(special.betainc(hits, cases - hits + 1, share))
    )


def _least(power_of: Callable[[int], float], power: float) -> int | None:
    low, high = 0, 1
    while power_of(high) < power:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if power_of(middle) < power else (low, middle)
    # the saw: walk back below and forward beyond the crossing found
    start = max(1, high - SAW)
    last_bad = max((n for n in range(start, high + SAW) if power_of(n) < power), default=start - 1)
    return last_bad + 1


def _shares(*shares: float) -> None:
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"expected a share between 0 and 1, found {share}")
