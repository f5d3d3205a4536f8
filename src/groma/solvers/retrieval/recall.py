"""Recall of a graph index, enclosed by what was measured of graphs around it.

A measurement is one graph (vectors, links `m`) searched with `ef` candidates, over vectors of a known intrinsic
dimension.
Recall rises with `m` and `ef` and falls with the number of vectors and with their intrinsic dimension. So an index is
surely no worse than measured graphs that are harder in every respect, and no better than those that are easier, as
far as its vectors lie between the easiest and the hardest that were measured; three standard errors are taken off and
added. Nothing is extrapolated: beyond the measured range only the other side is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement: `recall` at 10 with its standard `error`, `distances` worked out a query."""

    vectors: int
    m: int
    ef: int
    recall: float
    error: float
    distances: float


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Ends of recall and of distances a query; None where no measurement bounds that side."""

    low: float | None
    high: float | None
    fewest: float | None
    most: float | None


def recall_of(vectors: float, m: int, ef: int, table: Iterable[Measured]) -> Enclosed:
    """What the measurements around an index enclose; those of all laws (intrinsic dimension, shape) are taken together.

    Lower end: the worst at the nearest measured point with at least as many vectors, at most as many links and
    candidates. Upper end: the best at the nearest one with the opposite.
    """
    rows = list(table)
    harder = [r for r in rows if r.vectors >= vectors and r.m <= m and r.ef <= ef]
    easier = [r for r in rows if r.vectors <= vectors and r.m >= m and r.ef >= ef]
    low = high = fewest = most = None
    if harder:
        n, links, kept = (
            min(r.vectors for r in harder),
            max(r.m for r in harder),
            max(r.ef for r in harder),
        )
        nearest = [r for r in harder if (r.vectors, r.m, r.ef) == (n, links, kept)]
        if nearest:
            low = max(0.0, min(r.recall - 3.0 * r.error for r in nearest))
    if easier:
        n, links, kept = (
            max(r.vectors for r in easier),
            min(r.m for r in easier),
            min(r.ef for r in easier),
        )
        nearest = [r for r in easier if (r.vectors, r.m, r.ef) == (n, links, kept)]
        if nearest:
            high = min(1.0, max(r.recall + 3.0 * r.error for r in nearest))
    # Work rises with vectors, links and candidates alike.
    larger = [r for r in rows if r.vectors >= vectors and r.m >= m and r.ef >= ef]
    smaller = [r for r in rows if r.vectors <= vectors and r.m <= m and r.ef <= ef]
    if larger:
        corner = min((r.vectors, r.m, r.ef) for r in larger)
        most = max(r.distances for r in larger if (r.vectors, r.m, r.ef) == corner)
    if smaller:
        corner = max((r.vectors, r.m, r.ef) for r in smaller)
        fewest = min(r.distances for r in smaller if (r.vectors, r.m, r.ef) == corner)
    return Enclosed(low, high, fewest, most)
