"""A choice problem as a 0/1 program.

Columns: one per variant of a group (whole), and one per tuple of each scope of two or more groups
(tied to the variants by their marginals: the local polytope, Wainwright & Jordan 2008, section 8.4).
Exactly the chosen tuple is one, so every measure is linear in the columns. The tuples would come out whole
by themselves; declaring them whole spares HiGHS a linear program per solution. One more column, the last, is not
whole: the level that an objective is lifted to by cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

from groma.solvers.optimisation.highs import Rows
from groma.solvers.optimisation.problem import ABSENT, Assignment, Block, Literal, Problem

ROW_SCALE = 1000.0
"""Largest coefficient of a scaled row: HiGHS's 1e-6 is then 1e-9 of the measure's largest entry."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure over the columns, the scale its rows are multiplied by, and the sum of the largest absolute entries of
    its terms."""

    entries: Mapping[int, float]
    scale: float
    magnitude: float
    least: float = 0.0
    """The sum of the least entries of its terms."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Columns, static rows and measures of a problem."""

    problem: Problem
    column_of: Mapping[Literal, int]
    columns: int
    upper: tuple[float, ...]
    matrix: Any
    lower_rows: list[float]
    upper_rows: list[float]
    measures: Mapping[str, Measure]

    @property
    def level(self) -> int:
        """The column that stands for an objective (scaled) where cuts say more of it than its table."""
        return self.columns - 1


def encode(problem: Problem) -> Encoding:
    """Encode a problem."""
    literals = [(g.name, v) for g in problem.groups for v in g.domain]
    column_of = {literal: at for at, literal in enumerate(literals)}
    upper = [1.0] * len(literals)
    rows = Rows.none()
    _choices(problem, column_of, rows)
    forbidden = {(t.scope, key) for t in problem.terms for key, value in t.table.items() if value == inf}
    tuple_column: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
    for scope in sorted({t.scope for t in problem.terms if len(t.scope) > 1}):
        keys = next(t.table for t in problem.terms if t.scope == scope)
        marginal: dict[Literal, dict[int, float]] = {
            (g, v): {column_of[g, v]: -1.0} for g in scope for v in _domain(problem, g)
        }
        for key in keys:
            if (scope, key) not in forbidden:
                column = len(upper)
                upper.append(1.0)
                tuple_column[scope, key] = column
                for literal in zip(scope, key, strict=True):
                    marginal[literal][column] = 1.0
        for entries in marginal.values():
            rows.add(entries, 0.0, 0.0)
    for term in problem.terms:
        if len(term.scope) == 1:
            for (variant,), value in term.table.items():
                if value == inf:
                    upper[column_of[term.scope[0], variant]] = 0.0
    upper.append(inf)
    measures = {m: _measure(problem, m, column_of, tuple_column) for m in problem.measures}
    return Encoding(
        problem,
        column_of,
        len(upper),
        tuple(upper),
        rows.matrix(len(upper)),
        rows.lower,
        rows.upper,
        measures,
    )


def _domain(problem: Problem, name: str) -> tuple[str, ...]:
    return next(g.domain for g in problem.groups if g.name == name)


def _choices(problem: Problem, column_of: Mapping[Literal, int], rows: Rows) -> None:
    for g in problem.groups:
        rows.add({column_of[g.name, v]: 1.0 for v in g.domain}, 1.0, 1.0)
        if g.active_when is not None:
            absent = column_of[g.name, ABSENT]
            by_parent: dict[str, dict[int, float]] = {}
            for parent, variant in sorted(g.active_when):
                by_parent.setdefault(parent, {absent: 1.0})[column_of[parent, variant]] = 1.0
            for entries in by_parent.values():
                rows.add(entries, -inf, 1.0)
            wanted = {absent: 1.0} | {column_of[literal]: 1.0 for literal in g.active_when}
            rows.add(wanted, 1.0, inf)
    for clause in problem.clauses:
        add_clause(rows, column_of, clause.given, clause.then)


def add_clause(
    rows: Rows,
    column_of: Mapping[Literal, int],
    given: frozenset[Literal],
    then: frozenset[Literal] = frozenset(),
) -> None:
    """Append the row of a clause: not all of `given`, or one of `then`."""
    entries = {column_of[literal]: 1.0 for literal in given} | {column_of[literal]: -1.0 for literal in then}
    rows.add(entries, -inf, len(given) - 1.0)


def _measure(
    problem: Problem,
    measure: str,
    column_of: Mapping[Literal, int],
    tuple_column: Mapping[tuple[tuple[str, ...], tuple[str, ...]], int],
) -> Measure:
    entries: dict[int, float] = {}
    magnitude = least = 0.0
    for term in problem.terms:
        if term.measure != measure:
            continue
        finite = [v for v in term.table.values() if v < inf]
        magnitude += max(map(abs, finite), default=0.0)
        least += min(finite, default=0.0)
        for key, value in term.table.items():
            if value < inf and value != 0.0:
                if len(term.scope) == 1:
                    column = column_of[term.scope[0], key[0]]
                elif (term.scope, key) in tuple_column:
                    column = tuple_column[term.scope, key]
                else:  # another term rules it out
                    continue
                entries[column] = entries.get(column, 0.0) + value
    largest = max(map(abs, entries.values()), default=0.0)
    return Measure(entries, ROW_SCALE / largest if largest > 0.0 else 1.0, magnitude, least)


def bound_row(rows: Rows, measure: Measure, at_most: float) -> None:
    """Append measure <= at_most, scaled."""
    rows.add({c: v * measure.scale for c, v in measure.entries.items()}, -inf, at_most * measure.scale)


def lift(rows: Rows, encoding: Encoding, measure: Measure, cuts: Iterable[tuple[Block, float]]) -> None:
    """Append what the level is at least: the measure by its tables, and each cut's value inside the cut's block.

    It counts from the least that the tables allow, since no column is below zero.
    """
    entries = {c: v * measure.scale for c, v in measure.entries.items()}
    rows.add({**entries, encoding.level: -1.0}, -inf, measure.least * measure.scale)
    for block, value in cuts:
        rise = (value - measure.least) * measure.scale
        if rise > 0.0:
            inside = {encoding.column_of[literal]: rise for literal in literals_in(block)}
            rows.add({**inside, encoding.level: -1.0}, -inf, rise * (len(block) - 1))


def decode(encoding: Encoding, x: Any) -> dict[str, str]:
    """The assignment of a solution."""
    return {group: variant for (group, variant), at in encoding.column_of.items() if x[at] > 0.5}


def add_no_good(rows: Rows, column_of: Mapping[Literal, int], block: Block) -> None:
    """Append the row that rules a block out: not every group of it may take one of its variants. One row for the whole
    block, which is as strong as one for each of its combinations (each group takes exactly one variant)."""
    rows.add({column_of[literal]: 1.0 for literal in literals_in(block)}, -inf, len(block) - 1.0)


@lru_cache(maxsize=4096)
def in_order(block: Block) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A block in a fixed order of names. Kept: each cut goes into every program after it."""
    return tuple(sorted((group, tuple(sorted(variants))) for group, variants in block))


def literals_in(block: Block) -> list[Literal]:
    """The literals of a block in a fixed order, so that the program is the same in every run."""
    return [(group, v) for group, variants in in_order(block) for v in variants]


def block_of(partial: Mapping[str, str | frozenset[str]]) -> Block:
    """What some groups are narrowed to, as a block."""
    return frozenset((group, frozenset({v}) if isinstance(v, str) else v) for group, v in partial.items())


def covers(block: Block, assignment: Assignment) -> bool:
    """Whether an assignment lies in a block."""
    return all(assignment.get(group) in variants for group, variants in block)


def literals_of(assignment: Assignment) -> frozenset[Literal]:
    """An assignment, whole or partial, as literals."""
    return frozenset(assignment.items())
