"""How far raters agree beyond chance.

Cohen's kappa for two raters (J. Cohen, Educational and Psychological Measurement 20, 1960, 37); Krippendorff's alpha
for any number of raters, with missing ratings (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Literal

Level = Literal["nominal", "ordinal", "interval"]


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Agreement beyond chance of two raters on the same cases; None where chance alone would agree always."""
    if len(first) != len(second) or not first:
        raise ValueError("expected as many ratings of the one as of the other, at least one")
    cases = len(first)
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / cases
    a, b = Counter(first), Counter(second)
    chance = sum(a[word] * b[word] for word in a) / cases**2
    return None if chance == 1.0 else (seen - chance) / (1.0 - chance)


def krippendorff_alpha(ratings: Sequence[Sequence[float | None]], level: Level = "nominal") -> float | None:
    """Agreement of raters: `ratings[rater][case]`, None where a rater didn't rate a case.

    None where no case has two ratings or all ratings are equal (nothing could disagree).
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("expected as many cases for each rater")
    units = [[r for r in unit if r is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) >= 2]
    values = sorted({value for unit in units for value in unit})
    if len(values) < 2:
        return None
    counts = Counter(value for unit in units for value in unit)
    total = sum(counts.values())

    def apart(a: float, b: float) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        low, high = sorted((a, b))
        between = sum(counts[v] for v in values if low <= v <= high)
        return (between - (counts[low] + counts[high]) / 2) ** 2

    seen = sum(sum(apart(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in units) / total
    chance = sum(counts[a] * counts[b] * apart(a, b) for a in values for b in values) / (total * (total - 1))
    return 1.0 - seen / chance
