"""Quantities of a model as brackets: times as laws on the lattice, shares as (upper, lower, nominal).

The fast end takes the low end of what is known of a time, the slow end the high end; a stated greatest value caps the
law. What nobody knows is any time, or any share, and its name is kept for the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from groma.analyses.outcome.law import NAN, Array, Defective, Grid, convolved, from_rows, unbounded
from groma.model.elements import Operation
from groma.model.law import Constant, Law, scaled
from groma.model.program import Sizes
from groma.model.quantity import JointTable, Quantity, Unknown
from groma.solvers.distributions import (
    Axis,
    Joint,
    Lattice,
    Rounding,
    convolve,
    discretise,
    discretise_affine,
    limited_mean,
)


def share_of(grid: Grid, quantity: Quantity | Unknown | None, absent: float = 0.0) -> Array:
    """(upper, lower, nominal) of a probability; `absent` when nothing is stated."""
    if quantity is None:
        return grid.triple(absent, absent, absent)
    if isinstance(quantity, Unknown):
        return grid.triple(1.0, 0.0, NAN)
    return grid.triple(min(quantity.high, 1.0), max(quantity.low, 0.0), quantity.mean)


def unknown_among(*stated: tuple[str, Quantity | Unknown | None]) -> frozenset[str]:
    """Paths of the quantities that are said to be unknown."""
    return frozenset(path for path, quantity in stated if isinstance(quantity, Unknown))


def law_at(quantity: Quantity, mean: float) -> Law:
    """The law of a quantity if its mean were this: the same shape, scaled."""
    if quantity.mean <= 0 or mean <= 0:
        return Constant(max(mean, 0.0))
    return scaled(quantity.law, mean / quantity.mean)


def time_law(grid: Grid, quantity: Quantity | Unknown) -> Defective:
    """The law of a time; unknown: any time."""
    if isinstance(quantity, Unknown):
        return unbounded(grid)
    laws = law_at(quantity, quantity.low), law_at(quantity, quantity.high), quantity.law
    low, high, middle = (rounded(grid, law, quantity.most) for law in laws)
    means = [law.mean if quantity.most is None else _limited_mean(law, quantity.most) for law in laws]
    rows = low[0], high[1]
    nominal = None
    if grid.rows > 2:
        nominal = _middle(*(rows if quantity.known is None else middle))
    return from_rows(grid, *rows, nominal, (means[0], means[1], means[2]))


def rounded(grid: Grid, law: Law, most: float | None, offset: float = 0.0) -> tuple[Array, Array]:
    """A law, moved by `offset`, rounded down and up to the lattice; what lies above `most` lies there."""
    axis = Axis(grid.step, grid.cells)
    down = np.asarray(discretise(law, axis, "down", offset).mass)
    up = np.asarray(discretise(law, axis, "up", offset).mass)
    if most is None:
        return down, up
    return _cut(down, grid.index(most)), _cut(up, grid.after(most))


def _cut(cells: Array, place: int) -> Array:
    """Increments of a law that always ends, those after a lattice point put there."""
    if place >= len(cells):
        return cells
    return np.concatenate((cells[:place], [1.0 - cells[:place].sum()], np.zeros(len(cells) - place - 1)))


def _limited_mean(law: Law, most: float) -> float:
    return float(limited_mean(law, np.array([most]))[0])


def _middle(down: Array, up: Array) -> Array:
    return (down + up) / 2


def work_law(grid: Grid, path: str, operation: Operation, sizes: Sizes) -> tuple[Defective, frozenset[str]]:
    """The time a server is busy with one call: `work` + sum of `per` x sizes, and what is missing to it."""
    missing = missing_of_work(path, operation, sizes)
    if missing:
        return unbounded(grid), missing
    work = operation.work
    assert isinstance(work, Quantity) or work is None
    per = {name: q for name, q in operation.per.items() if isinstance(q, Quantity)}
    if not per:
        assert work is not None
        return time_law(grid, work), missing
    cut = work is not None and work.most is not None
    fixed = None if cut else work
    corners = [_affine(grid, fixed, per, sizes, end) for end in ("low", "high", "mean")[: grid.rows]]
    rounded = [(np.asarray(down.mass), np.asarray(up.mass)) for down, up, _ in corners]
    rows = rounded[0][0], rounded[1][1]
    nominal = _middle(*rounded[2]) if grid.rows > 2 else None
    means = tuple(corner[2] for corner in corners)
    law = from_rows(grid, *rows, nominal, (means[0], means[1], means[2] if grid.rows > 2 else NAN))
    return convolved(grid, time_law(grid, work), law) if work is not None and cut else law, missing


def missing_of_work(path: str, operation: Operation, sizes: Sizes) -> frozenset[str]:
    """Names of the facts that the time of a call needs and the model doesn't state."""
    found: set[str] = set()
    if isinstance(operation.work, Unknown) or (operation.work is None and not operation.per):
        found.add(f"{path}.work")
    amounts = dict(sizes.amounts)
    for name, quantity in operation.per.items():
        if isinstance(quantity, Unknown) or not quantity.constant:
            found.add(f"{path}.per.{name}")
        in_table = sizes.table is not None and name in sizes.table.columns
        if not in_table and not isinstance(amounts.get(name), Quantity):
            found.add(f"{path}: how much `{name}` its calls carry")
    return frozenset(found)


def _affine(
    grid: Grid, work: Quantity | None, per: Mapping[str, Quantity], sizes: Sizes, end: str
) -> tuple[Lattice, Lattice, float]:
    """The law of a call's time at one end of what is known, rounded down and up, and its mean."""

    def at(quantity: Quantity) -> Law:
        return law_at(quantity, float(getattr(quantity, end)))

    table = sizes.table
    columns = () if table is None else table.columns
    factors = {name: float(getattr(per[name], end)) for name in sorted(per)}
    amounts = {name: q for name, q in sizes.amounts if isinstance(q, Quantity)}
    outside = tuple((f, at(amounts[name])) for name, f in factors.items() if name not in columns)
    inside = tuple((f, columns.index(name)) for name, f in factors.items() if name in columns)
    start: Law = Constant(0.0) if work is None else at(work)
    return _timed(Axis(grid.step, grid.cells), start, outside, inside, table)


@lru_cache(maxsize=128)
def _timed(
    axis: Axis,
    start: Law,
    outside: tuple[tuple[float, Law], ...],
    inside: tuple[tuple[float, int], ...],
    table: JointTable | None,
) -> tuple[Lattice, Lattice, float]:
    """`start` + sizes by their times per unit: independent laws, and columns of a table that vary together."""
    rows = Joint(((),), (1.0,))
    if table is not None:
        rows = Joint(tuple(tuple(row[c] for _, c in inside) for row in table.rows), table.weights)
    of_table = [factor for factor, _ in inside]
    mean = start.mean + sum(factor * law.mean for factor, law in outside)
    mean += float(np.array(rows.weights) @ np.array(rows.rows) @ np.array(of_table))

    def rounded(rounding: Rounding) -> Lattice:
        if inside and not outside:
            return discretise_affine(start, of_table, rows, axis, rounding)
        own = discretise_affine(start, [f for f, _ in outside], [law for _, law in outside], axis, rounding)
        if not inside:
            return own
        return convolve(own, discretise_affine(Constant(0.0), of_table, rows, axis, rounding))

    return rounded("down"), rounded("up"), mean


def pause_law(grid: Grid, pause: Quantity, factor: float, jitter: float) -> Defective:
    """A pause before a retry: `factor` times the stated one, spread uniformly by `jitter` as a share of it."""
    from groma.model.law import Uniform

    def spread(mean: float) -> Law:
        law: Law = law_at(pause, mean)
        if jitter > 0 and isinstance(law, Constant):
            return Uniform(max(mean * factor * (1 - jitter), 0.0), mean * factor * (1 + jitter))
        return scaled(law, factor) if factor > 0 else Constant(0.0)

    low, high, mean = spread(pause.low), spread(pause.high), spread(pause.mean)
    nominal = _middle(*rounded(grid, mean, None)) if grid.rows > 2 else None
    down, up = rounded(grid, low, None)[0], rounded(grid, high, None)[1]
    return from_rows(grid, down, up, nominal, (low.mean, high.mean, mean.mean))
