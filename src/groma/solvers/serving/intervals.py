"""Prediction intervals from what fits missed on groups they never saw (split conformal prediction, by group).

Every group weighs the same however many runs it has, since a user's system is a new group, not a new run of an old one
(Dunn, Wasserman and Ramdas, "Distribution-free prediction sets for two-layer hierarchical models", 2023).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def grouped_reach(groups: Sequence[Sequence[float]], share: float) -> float:
    """The size that misses of a new group's runs stay below with about `share`: the weighted quantile of the sizes
    of all misses, with one more group counted as lying outside. Infinite where there are too few groups to say."""
    weighed = sorted(((abs(miss), 1.0 / len(group)) for group in groups for miss in group), reverse=True)
    outside = len(groups) - share * (len(groups) + 1)
    if outside < 0.0:
        return math.inf
    above = 0.0
    for miss, weight in weighed:
        above += weight
        if above > outside + 1e-12:
            return miss
    return 0.0
