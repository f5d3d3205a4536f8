"""All measures at drawn points: two halves of each scrambling, and mixtures of them for shares of variance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groma.analyses.instance import Coordinate
from groma.analyses.uncertainty.points import AtPoints, Ends, Point, point_at
from groma.solvers.sampling import Indices, indices, jackknife, mixed_points, sobol_points
from groma.workers import Done, Outcome

Shared = Callable[[Callable[[Any], Any], Sequence[Any]], list[Outcome]]
"""Works out a function of items, points mostly: `workers.spread` with its options bound."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How many points: `repeats` scramblings of `points` (a power of two) points twice over. Of the `split` figures
    that swing most for their size, variance is split among the `ranked` facts that swing each most."""

    repeats: int
    points: int
    ranked: int
    split: int = 1000

    @property
    def sample(self) -> int:
        """Points at which each figure is worked out for its distribution."""
        return 2 * self.repeats * self.points


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of a figure's variance that a fact has alone and in all: pseudo-values whose mean is the estimate."""

    first: tuple[float, ...]
    total: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Values at the points: sample of each measure, and values at mixtures by (measure, column), by scrambling."""

    samples: Mapping[str, NDArray[np.float64]]
    mixed: Mapping[tuple[str, int], NDArray[np.float64]]
    failed: Mapping[str, int]

    def shares(
        self, measure: str, ranked: Sequence[Coordinate], whole: Sequence[Coordinate]
    ) -> dict[str, Shares]:
        """The shares of variance of some facts; none where the figure isn't a number everywhere."""
        sample = self.samples[measure]
        half, repeats = sample.shape[1] // 2, range(sample.shape[0])
        at = np.array([centre(row) for row in sample])
        mixed = {
            n: np.array([centre(row) for row in self.mixed[measure, n]])
            for n, c in enumerate(whole)
            if c in ranked
        }

        def over(rows: Sequence[int]) -> Indices:
            return indices(
                at[rows, :half].ravel(),
                at[rows, half:].ravel(),
                {n: values[rows].ravel() for n, values in mixed.items()},
            )

        everything, without = over(repeats), [over([r for r in repeats if r != left]) for left in repeats]
        found = {
            whole[n].input: Shares(
                jackknife(everything.first[n], [part.first[n] for part in without]),
                jackknife(everything.total[n], [part.total[n] for part in without]),
            )
            for n in mixed
        }
        return {
            name: shares
            for name, shares in found.items()
            if all(map(math.isfinite, (*shares.first, *shares.total)))
        }


def draw(
    at_points: AtPoints,
    facts: Mapping[str, Sequence[Coordinate]],
    whole: Sequence[Coordinate],
    ranked: Mapping[str, Sequence[Coordinate]],
    effort: Effort,
    shared: Shared,
    seed: str,
) -> Drawn:
    """All measures at the two halves of each scrambling, and each measure at the mixtures of its ranked facts."""
    size, items = len(whole), list[Point]()
    for repeat in range(effort.repeats):
        unit = sobol_points(2 * size, effort.points, f"{seed} {repeat}")
        for shares in (unit[:, :size], unit[:, size:]):
            items += _points(whole, shares, facts)
        for n, coordinate in enumerate(whole):
            asking = [m for m in facts if coordinate in ranked[m]]
            if asking:
                items += _points(whole, mixed_points(unit, n), asking)
    answers = iter(
        [ends_at(point, outcome) for point, outcome in zip(items, shared(at_points, items), strict=True)]
    )
    rows = {m: list[list[list[float]]]() for m in facts}
    mixed: dict[tuple[str, int], list[list[list[float]]]] = {}
    failed = dict.fromkeys(facts, 0)
    for _ in range(effort.repeats):
        both = [next(answers) for _ in range(2 * effort.points)]
        for measure, kept in rows.items():
            kept.append([numbers_of(found[measure]) for found in both])
            failed[measure] += sum(found[measure] == NOTHING for found in both)
        for n, coordinate in enumerate(whole):
            asking = [m for m in facts if coordinate in ranked[m]]
            there = [next(answers) for _ in range(effort.points)] if asking else []
            for measure in asking:
                mixed.setdefault((measure, n), []).append([numbers_of(found[measure]) for found in there])
    return Drawn(
        {m: np.array(kept) for m, kept in rows.items()},
        {at: np.array(kept) for at, kept in mixed.items()},
        failed,
    )


def _points(
    whole: Sequence[Coordinate], shares: NDArray[np.float64], measures: Iterable[str]
) -> Iterator[Point]:
    """Points of the unit cube as values of coordinates."""
    columns = [c.range.quantile(shares[:, n]).tolist() for n, c in enumerate(whole)]
    asked = tuple(measures)
    for row in range(len(shares)):
        yield point_at({c.key: column[row] for c, column in zip(whole, columns, strict=True)}, asked)


NOTHING: Ends = (None, None, None)


def ends_at(point: Point, outcome: Outcome) -> dict[str, Ends]:
    """The ends of each measure at a point; nothing is known where it failed."""
    if not isinstance(outcome, Done):
        return dict.fromkeys(point.measures, NOTHING)
    return {
        m: (low, value, high) for m, (low, value, high) in zip(point.measures, outcome.value, strict=True)
    }


def numbers_of(ends: Ends) -> list[float]:
    """Ends as numbers: none where nothing is known."""
    low, value, high = ends
    return [
        -math.inf if low is None else low,
        math.nan if value is None else value,
        math.inf if high is None else high,
    ]


def centre(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value at each point, else the middle of its bounds."""
    with np.errstate(invalid="ignore"):
        between = (sample[:, 0] + sample[:, 2]) / 2
    return np.where(np.isnan(sample[:, 1]), between, sample[:, 1])
