"""Intervals of a share that was seen `hits` times in `trials`."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The 97.5 % point of the normal law."""


def wilson(hits: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval, without correction for continuity; (0, 1) without trials.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927, 209.
    """
    if not 0 <= hits <= trials:
        raise ValueError("expected 0 <= hits <= trials")
    if not trials:
        return 0.0, 1.0
    share, square = hits / trials, z * z
    middle = share + square / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    below = 0.0 if not hits else (middle - spread) / (1 + square / trials)
    above = 1.0 if hits == trials else (middle + spread) / (1 + square / trials)
    return below, above


def clopper_pearson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval: its ends are the shares under which what was seen has a tail of half of 1 - level.

    C. Clopper and E. Pearson, Biometrika 26, 1934, 404.
    """
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    if not (0 <= hits <= trials and 0.0 < level < 1.0):
        raise ValueError("expected 0 <= hits <= trials and a level between 0 and 1")
    tail = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(special.betaincinv(hits + 1, trials - hits, 1.0 - tail))
    return low, high
