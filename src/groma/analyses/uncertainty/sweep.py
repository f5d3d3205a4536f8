"""Figures over a grid of facts and of load, and over samples of what isn't known better: a table, a row a point.

Facts that are varied take values of a grid; the first one varies slowest. What else isn't known better stays a range,
so that each row has guaranteed intervals, or, with samples, takes the values of scrambled Sobol points, the same ones
at each point of the grid. `load` is the number of times that every flow starts as often as stated.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from groma.analyses.context import Context
from groma.analyses.instance import Coordinate, Instances
from groma.analyses.registry import figure
from groma.analyses.uncertainty.points import AtPoints, Point, point_at
from groma.analyses.uncertainty.spread import facts_of
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.units import Unit, convert
from groma.solvers.sampling import sobol_points
from groma.workers import Done, Outcome, spread

LOAD = "load"
MOST_POINTS = 1_000_000
ENDS = ("low", "value", "high")


@dataclass(frozen=True, slots=True)
class Varied:
    """A fact (or `load`) and the values it takes, in its canonical unit."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is worked out: a point for each row, `columns` with the unit of each, and what `AtPoints` needs to know."""

    points: tuple[Point, ...]
    measures: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    """Name and unit: what is varied, what is sampled (as the model writes them), and three for each measure."""
    given: tuple[tuple[float, ...], ...]
    """The values of what is varied and sampled in the units of their columns, by row."""
    more: frozenset[str]
    ranges: bool


class SweepError(ValueError):
    """What is asked for can't be swept; the message says why."""


def planned(
    model: Model, catalog: Catalog, measures: Sequence[str], varied: Sequence[Varied], samples: int, seed: str
) -> Sweep:
    """The points of a sweep. `samples` is a power of two, or 0. Raises SweepError for a fact that nothing hangs on."""
    more = frozenset(f"fact/{v.name}" for v in varied if v.name != LOAD)
    used = Instances(model, more=more).quantities
    for each in varied:
        if each.name != LOAD and f"fact/{each.name}" not in used:
            raise SweepError(f"the model uses the fact `{each.name}` nowhere")
    context = Context(model, catalog, Ledger(model.digest))
    sampled: list[Coordinate] = []
    if samples:
        found = facts_of(context, measures, AtPoints(model, catalog), spread)
        sampled = sorted(
            {c for facts in found.values() for c in facts if c.key not in more}, key=lambda c: c.input
        )
    grid = list(product(*(v.values for v in varied)))
    if len(grid) * max(samples, 1) > MOST_POINTS:
        raise SweepError(
            f"{len(grid) * max(samples, 1):,} points: at most {MOST_POINTS:,} are worked out at once"
        )
    drawn = _drawn(sampled, samples, seed) if samples else [()]
    given = tuple((*values, *row) for values in grid for row in drawn)
    names = [*(v.name if v.name == LOAD else f"fact/{v.name}" for v in varied), *(c.key for c in sampled)]
    points = tuple(_point(dict(zip(names, row, strict=True)), measures) for row in given)
    units = [None if name == LOAD else used[name].unit for name in names]
    ids = [*names[: len(varied)], *(c.input for c in sampled)]
    heads = [
        *((name, "1" if unit is None else unit.symbol) for name, unit in zip(ids, units, strict=True)),
        *((f"{m} {end}", figure(context, m).unit) for m in measures for end in ENDS),
    ]
    written = tuple(tuple(_written(x, unit) for x, unit in zip(row, units, strict=True)) for row in given)
    return Sweep(points, tuple(measures), tuple(heads), written, more, not samples)


def rows(sweep: Sweep, outcomes: Sequence[Outcome]) -> list[list[Any]]:
    """The table: what was given, the ends of each measure (None where not known), and what went wrong, if anything."""
    made: list[list[Any]] = []
    for given, outcome in zip(sweep.given, outcomes, strict=True):
        if isinstance(outcome, Done):
            ends = [end for measure in outcome.value for end in measure]
            made.append([*given, *ends, ""])
        else:
            made.append([*given, *[None] * (3 * len(sweep.measures)), f"{outcome.kind}: {outcome.message}"])
    return made


def as_csv(sweep: Sweep, table: Sequence[Sequence[Any]]) -> str:
    """The table as CSV (RFC 4180): names with units in the first line, all digits of each number, nothing for None."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(f"{name} [{unit}]" for name, unit in sweep.columns), "problem"])
    writer.writerows([["" if cell is None else cell for cell in row] for row in table])
    return out.getvalue()


def as_json(sweep: Sweep, table: Sequence[Sequence[Any]], about: Mapping[str, Any]) -> str:
    """The table as JSON: `about`, the columns with their units, the rows; None for numbers that JSON can't say."""
    columns = [{"name": name, "unit": unit} for name, unit in sweep.columns] + [
        {"name": "problem", "unit": ""}
    ]
    data = {
        "sweep": 1,
        **about,
        "columns": columns,
        "rows": [[_sayable(cell) for cell in row] for row in table],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _point(values: dict[str, float], measures: Sequence[str]) -> Point:
    load = values.pop(LOAD, 1.0)
    return point_at(values, measures, load)


def _drawn(sampled: Sequence[Coordinate], samples: int, seed: str) -> list[tuple[float, ...]]:
    unit = sobol_points(len(sampled), samples, seed)
    columns = [c.range.quantile(unit[:, n]).tolist() for n, c in enumerate(sampled)]
    return list(zip(*columns, strict=True)) if columns else [()] * samples


def _written(value: float, unit: Unit | None) -> float:
    """A canonical value in the unit that the model writes, to twelve digits: enough to see, no dust of conversion."""
    return value if unit is None else float(f"{convert(value, unit.canonical, unit):.12g}")


def _sayable(cell: Any) -> Any:
    return None if isinstance(cell, float) and cell - cell != 0.0 else cell
