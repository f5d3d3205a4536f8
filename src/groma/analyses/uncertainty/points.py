"""Figures at points: what a worker is given and what it answers. Whole, picklable, and dependent on nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from groma.analyses.context import Context
from groma.analyses.instance import Instances, Values, loaded
from groma.analyses.registry import numbers
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger

Ends = tuple[float | None, float | None, float | None]
"""Low end, value and high end of a figure, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Point:
    """The measures that are asked for at values of coordinates (by key) and at so many times the load of all flows."""

    values: tuple[tuple[str, float], ...]
    measures: tuple[str, ...]
    load: float = 1.0

    def name(self, scope: str) -> str:
        """The point by its content, within a scope that says which model and tables it is of."""
        said = json.dumps([scope, self.values, self.measures, self.load], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


class AtPoints:
    """Works out the figures of a model at points; `ranges` and `more` as `Instances` takes them."""

    def __init__(
        self, model: Model, catalog: Catalog, *, more: Iterable[str] = (), ranges: bool = False
    ) -> None:
        self._given = (model, catalog, frozenset(more), ranges)
        self._instances: Instances | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_given": self._given, "_instances": None}

    def __call__(self, point: Point) -> list[Ends]:
        """The ends of each figure of the point, in the order of its measures."""
        catalog = self._given[1]
        here = self.model(point.values)
        if point.load != 1.0:
            here = loaded(here, here.flows, point.load)
        with Context(here, catalog, Ledger(here.digest)) as context:
            return [_plain(numbers(context, measure)) for measure in point.measures]

    def model(self, values: Iterable[tuple[str, float]]) -> Model:
        """The model at a point."""
        model, _, more, ranges = self._given
        if self._instances is None:
            self._instances = Instances(model, more=more, ranges=ranges)
        return self._instances.at(dict(values))


def point_at(values: Values, measures: Iterable[str], load: float = 1.0) -> Point:
    """A point from a mapping, in one order for one content."""
    return Point(tuple(sorted(values.items())), tuple(measures), load)


def _plain(ends: Ends) -> Ends:
    low, value, high = (None if end is None else float(end) for end in ends)
    return low, value, high
