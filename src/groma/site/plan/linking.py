"""Which links a page should set so that the pages that matter get the most internal PageRank: exactly.

Where each page chooses its own links, among its own candidates, the best choice of all pages together is a Markov
decision process and policy iteration finds it (Fercoq, Akian, Bouhtou, Gaubert, "Ergodic control and polyhedral
approaches to PageRank optimization", IEEE TAC 58(1), 2013). With weights w, damping d and links L(i) the objective is
(1-d)/n times the sum of x, where

    x[i] = w[i] + d * mean(x[j] for j in L(i))

A page does best by adding candidates in the order of x while the mean rises. Each round makes no x smaller, there are
finitely many choices, and at the end no single page can do better: by the fixed point nobody can, so the bound on what
any choice reaches is met. Nodes are numbers; nothing here knows what a page is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from groma.site.graph import DAMPING, pagerank

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROUNDS = 500
MARGIN = 1e-12


@dataclass(frozen=True)
class Linked:
    """Chosen links of each node, best first; `value` is the weighted PageRank reached, `bound` what none exceeds."""

    chosen: tuple[tuple[int, ...], ...]
    value: float
    bound: float
    rounds: int


def best_links(
    weights: Sequence[float],
    fixed: Sequence[Sequence[int]],
    candidates: Sequence[Sequence[int]],
    least: int,
    most: int,
) -> Linked:
    """The choice of `least` to `most` further links a node (fewer where it has fewer candidates) with the most
    weighted PageRank."""
    count = len(weights)
    w = np.asarray(weights, dtype=np.float64)
    chosen: list[tuple[int, ...]] = [tuple(sorted(c)[:least]) for c in candidates]
    x = _values(w, fixed, chosen)
    rounds = 0
    while rounds < MOST_ROUNDS:
        rounds += 1
        new = [_best(x, fixed[i], candidates[i], least, most, chosen[i]) for i in range(count)]
        if new == chosen:
            break
        chosen = new
        x = _values(w, fixed, chosen)
    value = float((1 - DAMPING) / count * x.sum()) if count else 0.0
    bound = value + _slack(w, x, fixed, candidates, least, most)
    return Linked(tuple(chosen), value, bound, rounds)


def _values(
    w: NDArray[np.float64], fixed: Sequence[Sequence[int]], chosen: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Solves for x by iteration, a contraction by the damping; nodes without links go anywhere, as in PageRank."""
    sources, targets = edges(fixed, chosen)
    count = len(w)
    out = np.bincount(sources, minlength=count).astype(np.float64)
    x = np.array(w / (1 - DAMPING), dtype=np.float64)
    for _ in range(2000):
        reached = np.bincount(sources, weights=x[targets], minlength=count)
        mean = np.where(out > 0, reached / np.maximum(out, 1), x.mean() if count else 0.0)
        new = np.asarray(w + DAMPING * mean, dtype=np.float64)
        if float(np.abs(new - x).max(initial=0.0)) < 1e-13:
            return new
        x = new
    return x


def _best(
    x: NDArray[np.float64],
    fixed: Sequence[int],
    candidates: Sequence[int],
    least: int,
    most: int,
    now: tuple[int, ...] | None,
) -> tuple[int, ...]:
    """The best set of a node for these values; the present one where no other is better by more than rounding."""
    taken: list[int] = []
    total, size = float(sum(x[j] for j in fixed)), len(fixed)
    for j in sorted(candidates, key=lambda j: (-float(x[j]), j))[:most]:
        if len(taken) >= least and size and float(x[j]) <= total / size + MARGIN:
            break
        taken.append(j)
        total, size = total + float(x[j]), size + 1
    if now is None:
        return tuple(taken)
    before = [*fixed, *now]
    if before and size and total / size <= float(sum(x[j] for j in before)) / len(before) + MARGIN:
        return now
    return tuple(taken)


def _slack(
    w: NDArray[np.float64],
    x: NDArray[np.float64],
    fixed: Sequence[Sequence[int]],
    candidates: Sequence[Sequence[int]],
    least: int,
    most: int,
) -> float:
    """How far any choice can be above: no x is more than (largest gain of one step)/(1-d) short, so their weighted
    sum no more than that gain. Rounding is what is left of it."""
    gain = 0.0
    for i, (mine, free) in enumerate(zip(fixed, candidates, strict=True)):
        links = [*mine, *_best(x, mine, free, least, most, None)]
        if links:
            gain = max(gain, float(w[i] + DAMPING * sum(x[j] for j in links) / len(links) - x[i]))
    return gain


def edges(*lists: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Links as two arrays, each pair once."""
    pairs = sorted({(i, j) for links in lists for i, row in enumerate(links) for j in row if i != j})
    if not pairs:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    array = np.array(pairs, dtype=np.int32)
    return array[:, 0], array[:, 1]


def ranks(count: int, *lists: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Internal PageRank of nodes with these links, by the same function that audits use."""
    return pagerank(count, *edges(*lists))
