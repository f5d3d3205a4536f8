"""The link graph of a site: click depth, internal PageRank, who links to whom and from where.

PageRank as Brin and Page, "The anatomy of a large-scale hypertextual web search engine" (1998), damping 0.85, pages
without links spread evenly, redirects and `nofollow` resolved before. It says how a site itself weighs its pages, and
nothing about other sites' links.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAMPING = 0.85
TOLERANCE = 1e-10


def pagerank(count: int, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.float64]:
    """Shares that sum to 1 over `count` nodes; each pair of nodes counts once, links to itself not at all."""
    from scipy.sparse import csr_array

    if not count:
        return np.zeros(0)
    keep = sources != targets
    matrix = csr_array((np.ones(int(keep.sum())), (targets[keep], sources[keep])), shape=(count, count))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    out = np.asarray(matrix.sum(axis=0)).ravel()
    weights = np.divide(1.0, out, out=np.zeros(count), where=out > 0)
    rank = np.full(count, 1.0 / count)
    for _ in range(1000):
        flowing = matrix @ (rank * weights)
        dangling = rank[out == 0].sum()
        new = DAMPING * (flowing + dangling / count) + (1 - DAMPING) / count
        if np.abs(new - rank).sum() < TOLERANCE:
            return new / new.sum()
        rank = new
    return rank / rank.sum()


def depths(
    count: int, sources: NDArray[np.int32], targets: NDArray[np.int32], starts: Sequence[int]
) -> NDArray[np.int32]:
    """Clicks from the nearest of `starts` along links, -1 where no path leads."""
    from scipy.sparse import csr_array

    found = np.full(count, -1, dtype=np.int32)
    if not count or not starts:
        return found
    matrix = csr_array((np.ones(len(sources), dtype=np.int8), (sources, targets)), shape=(count, count))
    level = np.array(sorted(set(starts)), dtype=np.int32)
    found[level] = 0
    depth = 0
    while len(level):
        depth += 1
        begins, ends = matrix.indptr[level], matrix.indptr[level + 1]
        reached = np.unique(
            np.concatenate([matrix.indices[b:e] for b, e in zip(begins, ends, strict=True)] or [level[:0]])
        )
        level = reached[found[reached] < 0]
        found[level] = depth
    return found
