"""The link graph of a site: click depth, internal PageRank.

PageRank as Brin and Page, "The anatomy of a large-scale hypertextual web search engine" (1998), damping 0.85, pages
without links spread evenly, redirects and `nofollow` resolved before. It says how a site itself weighs its pages, and
nothing about other sites' links. Edges are arrays of node numbers; sums over them are `numpy.bincount`.
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
    if not count:
        return np.zeros(0)
    keep = sources != targets
    pairs = np.unique(sources[keep].astype(np.int64) * count + targets[keep])
    begins, ends = pairs // count, pairs % count
    out = np.bincount(begins, minlength=count).astype(np.float64)
    dangling = out == 0
    share = np.divide(1.0, out, out=np.zeros(count), where=~dangling)
    rank: NDArray[np.float64] = np.full(count, 1.0 / count)
    for _ in range(1000):
        flowing = np.bincount(ends, weights=(rank * share)[begins], minlength=count)
        lost = float(rank[dangling].sum()) / count
        new = np.asarray(DAMPING * (flowing + lost) + (1 - DAMPING) / count, dtype=np.float64)
        moved = float(np.abs(new - rank).sum())
        rank = new
        if moved < TOLERANCE:
            break
    return np.asarray(rank / float(rank.sum()), dtype=np.float64)


def depths(
    count: int, sources: NDArray[np.int32], targets: NDArray[np.int32], starts: Sequence[int]
) -> NDArray[np.int32]:
    """Clicks from the nearest of `starts` along links, -1 where no path leads."""
    found = np.full(count, -1, dtype=np.int32)
    order = np.argsort(sources, kind="stable")
    ends = targets[order]
    first = np.searchsorted(sources[order], np.arange(count + 1))
    level = np.array(sorted(set(starts)), dtype=np.int64)
    depth = 0
    while len(level):
        found[level] = depth
        depth += 1
        reached = np.unique(np.concatenate([ends[first[node] : first[node + 1]] for node in level]))
        level = reached[found[reached] < 0]
    return found
