"""Has a law changed? Two distances between a reference sample and a new one, with the limits that chance reaches.

Population stability index: sum over bins of (p - q) ln(p / q). With both shares estimated from n and m cases and no
change, it is approximately (1/n + 1/m) times a chi-square of bins - 1 degrees (B. Yurdakul, "Statistical Properties of
Population Stability Index", 2018). Kolmogorov and Smirnov: greatest distance of the two distribution functions; its
limit is that of Kolmogorov's law, and conservative for whole numbers such as token counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy import special as _special  # pyright: ignore[reportMissingTypeStubs]

special: Any = _special

FEWEST_IN_BIN = 5
"""Expected cases in a bin below which the approximation isn't used."""


def psi(reference: Sequence[int], new: Sequence[int]) -> float:
    """The index of two samples counted in the same bins; infinite where only one of them is in a bin."""
    if len(reference) != len(new) or sum(reference) <= 0 or sum(new) <= 0:
        raise ValueError("expected the same bins, and cases in both samples")
    total = 0.0
    for a, b in zip(reference, new, strict=True):
        p, q = a / sum(reference), b / sum(new)
        if p == q:
            continue
        if p == 0.0 or q == 0.0:
            return math.inf
        total += (p - q) * math.log(p / q)
    return total


def psi_limit(reference: int, new: int, bins: int, alpha: float) -> float | None:
    """What the index exceeds by chance with probability alpha, bins of equal share; None with too few in a bin."""
    if not (reference > 0 and new > 0 and bins >= 2 and 0.0 < alpha < 1.0):
        raise ValueError("expected cases, two bins or more and a chance between 0 and 1")
    if min(reference, new) / bins < FEWEST_IN_BIN:
        return None
    return (1.0 / reference + 1.0 / new) * float(special.chdtri(bins - 1, alpha))


def ks_limit(reference: int, new: int, alpha: float) -> float:
    """What the distance exceeds by chance with probability alpha at most (Kolmogorov's limit law)."""
    if not (reference > 0 and new > 0 and 0.0 < alpha < 1.0):
        raise ValueError("expected cases and a chance between 0 and 1")
    return float(special.kolmogi(alpha)) * math.sqrt((reference + new) / (reference * new))
