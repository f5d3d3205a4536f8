"""Columns of numbers out of a CSV file beside the model: observed durations, tokens, sizes.

One column gives an empirical law, several give a joint table whose rows are drawn together, so that long prompts keep
their long answers. The file is a stranger's: it is looked for below the model's folder only, and size, rows, columns
and cells are bounded. Format: RFC 4180, UTF-8, first row names, cells are plain non-negative numbers.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping, Node, Scalar, read, shortened
from groma.model.spelling import suggestion

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
MOST_PROBLEMS = 20
_NUMBER = re.compile(r"\+?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class JointTable:
    """Rows of sizes that occur together, with weights that sum to one; one row is drawn for each run."""

    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]

    def column(self, name: str) -> tuple[float, ...]:
        """One column, in the order of the rows; raises ValueError for a name that isn't there."""
        index = self.columns.index(name)
        return tuple(row[index] for row in self.rows)


def read_joint_table(node: Node, folder: str | None) -> JointTable | Problem:
    """`{from: tokens.csv, input: in, output: out, weight: n}`: names of sizes to columns of the file.

    `weight` is optional (each row counts once). Returns the first problem when it can't be read.
    """
    if not isinstance(node, Mapping):
        return Problem(node.at, "expected `{from: FILE.csv, SIZE: COLUMN}`")
    wanted: dict[str, str] = {}
    for key, value in node.entries:
        if not isinstance(value, Scalar) or not value.value:
            return Problem(value.at, f"expected the name of a column or file for `{shortened(key.value)}`")
        wanted[key.value] = value.value
    file, weight = wanted.pop("from", None), wanted.pop("weight", None)
    if file is None:
        return Problem(node.at, "expected `from: FILE.csv`, found no `from`")
    if not wanted:
        return Problem(node.at, "expected at least one size with its column, such as `input: COLUMN`")
    try:
        rows, weights = read_columns(folder, file, tuple(wanted.values()), weight, node.at)
    except ModelError as error:
        return error.problems[0]
    return JointTable(tuple(wanted), rows, weights)


def read_columns(
    folder: str | None, file: str, columns: Sequence[str], weight: str | None, at: Position
) -> tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]:
    """Rows of these columns and their weights (which sum to one; equal without a weight column).

    Raises ModelError: at `at` when the file can't be found, at the file's own lines when its content is wrong.
    """
    path = _inside(folder, file, at)
    text = read(path, file)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    wanted = [*columns, *([] if weight is None else [weight])]
    rows: list[tuple[float, ...]] = []
    problems: list[Problem] = []
    try:
        indices = _indices(next(lines, list[str]()), wanted, file)
        for cells in lines:
            if not cells:
                continue
            here = Position(file, lines.line_num, 1)
            rows.append(_numbers(cells, wanted, indices, here, problems))
            if len(rows) > MOST_ROWS:
                problems.append(Problem(here, f"more than {MOST_ROWS:,} rows: thin the trace"))
            if len(problems) >= MOST_PROBLEMS or len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        problems.append(Problem(Position(file, lines.line_num, 1), f"not a CSV row: {error}"))
    if not rows and not problems:
        problems.append(Problem(Position(file, 1, 1), "the table has no rows"))
    if problems:
        raise ModelError(problems)
    if weight is None:
        return tuple(rows), (1 / len(rows),) * len(rows)
    total = math.fsum(row[-1] for row in rows)
    if total <= 0:
        raise ModelError(Problem(Position(file, 1, 1), f"the weights in `{shortened(weight)}` are all zero"))
    counted = [row for row in rows if row[-1] > 0]
    return tuple(row[:-1] for row in counted), tuple(row[-1] / total for row in counted)


def _inside(folder: str | None, file: str, at: Position) -> Path:
    shown = shortened(file)
    if folder is None:
        raise ModelError(Problem(at, f"`{shown}` can't be read here: traces belong to a model in a folder"))
    try:
        home = Path(folder).resolve()
        path = (home / file).resolve()
        if not path.is_relative_to(home):
            message = f"`{shown}` is outside the folder of the model: put it beside the model or below"
            raise ModelError(Problem(at, message))
        if not path.is_file():
            raise ModelError(Problem(at, f"there is no file `{shown}` beside the model"))
    except (OSError, ValueError, RuntimeError):
        raise ModelError(Problem(at, f"`{shown}` isn't the name of a file")) from None
    return path


def _indices(header: list[str], wanted: list[str], file: str) -> list[int]:
    top = Position(file, 1, 1)
    names = [name.strip() for name in header]
    if not any(names):
        raise ModelError(Problem(top, "expected a first row with the names of the columns, found none"))
    if len(names) > MOST_COLUMNS:
        raise ModelError(Problem(top, f"more than {MOST_COLUMNS} columns"))
    problems: list[Problem] = []
    for name in wanted:
        if names.count(name) > 1:
            problems.append(Problem(top, f"the column `{shortened(name)}` is there twice"))
        elif name not in names:
            problems.append(Problem(top, f"there is no column `{shortened(name)}`{suggestion(name, names)}"))
    if problems:
        raise ModelError(problems)
    return [names.index(name) for name in wanted]


def _numbers(
    cells: list[str], names: list[str], indices: list[int], here: Position, problems: list[Problem]
) -> tuple[float, ...]:
    row: list[float] = []
    for name, index in zip(names, indices, strict=True):
        cell = cells[index].strip() if index < len(cells) else ""
        if _NUMBER.fullmatch(cell):
            row.append(float(cell))
        else:
            row.append(0.0)
            found = f"`{shortened(cell)}`" if cell else "nothing"
            message = f"expected a number that isn't negative in column `{shortened(name)}`, found {found}"
            problems.append(Problem(here, message))
    return tuple(row)
