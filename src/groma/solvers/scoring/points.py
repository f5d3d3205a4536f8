"""Points of one bid for one criterion, by a formula that looks at that bid alone.

`between` is the linear formula between two amounts that the buyer states beforehand (one of the absolute ones in
Stilger, Siderius and van Raaij, "A comparative study of formulas for choosing the economically most advantageous
tender", Journal of Public Procurement 17(1), 2017; Chen, "An economic approach to public procurement", the same
journal 8(3), 2008, argues for them). Whatever other bids say, a bid keeps its points, so adding or withdrawing a bid
never turns two others round. `lowest_price_share` is the usual relative formula, for which that fails: it is here only
to show it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

ZERO, ONE = Fraction(0), Fraction(1)


def between(value: Fraction, none_at: Fraction, full_at: Fraction) -> Fraction:
    """Points from 0 to 1: none at `none_at` or worse, all at `full_at` or better, in proportion between them.

    Either end may be the larger, so it serves amounts of which less is better and those of which more is. Raises
    ValueError where the two are the same: that is a threshold, not a scale.
    """
    if none_at == full_at:
        raise ValueError("points need two different ends")
    return min(ONE, max(ZERO, (value - none_at) / (full_at - none_at)))


def total(weights: Sequence[Fraction], points: Sequence[Fraction]) -> Fraction:
    """Weighted points."""
    return sum((w * p for w, p in zip(weights, points, strict=True)), ZERO)


def ranking(totals: Mapping[str, Fraction]) -> tuple[tuple[str, ...], ...]:
    """Names from most to fewest points; those with the same stand together, sorted."""
    levels: dict[Fraction, list[str]] = {}
    for name, points in totals.items():
        levels.setdefault(points, []).append(name)
    return tuple(tuple(sorted(levels[points])) for points in sorted(levels, reverse=True))


def lowest_price_share(prices: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The relative formula: lowest price divided by one's own. Prices must be above zero."""
    if any(price <= 0 for price in prices.values()):
        raise ValueError("a share of the lowest price needs prices above zero")
    lowest = min(prices.values())
    return {name: lowest / price for name, price in prices.items()}
