"""Reading the rows of a table from CSV, strictly.

The header may leave columns out and order them freely, but a name that isn't declared, a record of another length, an
empty or repeated key, and a row without date or source are refused, each at its place. RFC 4180, UTF-8.
"""

from __future__ import annotations

import csv
from pathlib import Path

from groma.catalog.declaration import Declaration, Origin
from groma.catalog.fact import EVIDENCE, period
from groma.catalog.problems import CatalogError, problem
from groma.catalog.table import Row, typed
from groma.model.position import Problem
from groma.model.source import read as read_text
from groma.model.spelling import suggestion

_MOST_PROBLEMS = 50


def read_rows(path: Path, declaration: Declaration, origin: Origin, *, every_cell: bool) -> tuple[Row, ...]:
    """The rows of one CSV file, cells in the declared order.

    `every_cell` also reads each value and date (what a user wrote is always read in full). Raises CatalogError.
    """
    text = read_text(path).removeprefix("\ufeff")
    if "\0" in text:
        raise CatalogError(problem(path, 1, 0, text, "the file isn't text"))
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    problems: list[Problem] = []
    try:
        header = next(reader, None)
        if header is None:
            raise CatalogError(
                problem(path, 1, 0, text, "expected a line with the column names, found nothing")
            )
        places = _places(header, declaration, path, text, problems)
        rows: list[Row] = []
        line = reader.line_num + 1
        straight = places == list(range(len(header)))
        for cells in reader:
            if len(cells) != len(header):
                if cells:
                    message = f"expected {len(header)} fields, found {len(cells)}"
                    problems.append(problem(path, line, 0, text, message))
            else:
                ordered = tuple(cells) if straight else tuple("" if i < 0 else cells[i] for i in places)
                rows.append(Row(ordered, origin, line))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(problem(path, reader.line_num, 0, text, f"not valid CSV: {error}"))
        raise CatalogError(problems) from None
    fields = {column.name: i for i, column in zip(places, declaration.columns, strict=True)}
    _check_provenance(rows, declaration, origin, path, text, fields, problems)
    _check_keys(rows, declaration, path, text, fields, problems)
    if every_cell:
        _check_cells(rows, declaration, path, text, fields, problems)
    if problems:
        raise CatalogError(problems[:_MOST_PROBLEMS])
    return tuple(rows)


def _places(
    header: list[str], declaration: Declaration, path: Path, text: str, problems: list[Problem]
) -> list[int]:
    """For each declared column its field in the file, -1 where the file leaves it out."""
    known = [column.name for column in declaration.columns]
    if len(header) == 1 and ";" in header[0]:
        raise CatalogError(problem(path, 1, 0, text, "expected commas between the columns, found `;`"))
    places = dict.fromkeys(known, -1)
    for index, name in enumerate(header):
        if name not in places:
            message = f"the table `{declaration.name}` has no column `{name}`{suggestion(name, known)}"
            problems.append(problem(path, 1, index, text, message))
        elif places[name] >= 0:
            problems.append(problem(path, 1, index, text, f"the column `{name}` is there twice"))
        else:
            places[name] = index
    for name in declaration.key:
        if places[name] < 0:
            problems.append(problem(path, 1, 0, text, f"the key column `{name}` is missing"))
    if problems:
        raise CatalogError(problems)
    return [places[name] for name in known]


def _check_provenance(
    rows: list[Row],
    declaration: Declaration,
    origin: Origin,
    path: Path,
    text: str,
    fields: dict[str, int],
    problems: list[Problem],
) -> None:
    for name, default, meaning in (
        ("source", origin.source, "where it was found"),
        ("as_of", origin.as_of, "when it was true"),
        ("evidence", origin.evidence, "how it is known (read, secondary or recalled)"),
    ):
        if default:
            continue
        index = declaration.index(name)
        if fields[name] < 0 and rows:
            message = f"the rows don't say {meaning}: add a column `{name}`, or `{name}:` to {origin.file}"
            problems.append(problem(path, 1, 0, text, message))
            continue
        for row in rows:
            if not row.cells[index]:
                message = f"no `{name}`: what doesn't say {meaning} isn't used"
                problems.append(problem(path, row.line, fields[name], text, message))
                if len(problems) > _MOST_PROBLEMS:
                    return


def _check_keys(
    rows: list[Row],
    declaration: Declaration,
    path: Path,
    text: str,
    fields: dict[str, int],
    problems: list[Problem],
) -> None:
    indices = [declaration.index(name) for name in declaration.key]
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.cells[i] for i in indices)
        earlier = seen.setdefault(key, row.line)
        if earlier != row.line or not any(key):
            shown = " | ".join(key)
            message = f"the key `{shown}` is already at line {earlier}" if any(key) else "the key is empty"
            problems.append(problem(path, row.line, fields[declaration.key[0]], text, message))
            if len(problems) > _MOST_PROBLEMS:
                return


def _check_cells(
    rows: list[Row],
    declaration: Declaration,
    path: Path,
    text: str,
    fields: dict[str, int],
    problems: list[Problem],
) -> None:
    for row in rows:
        for index, column in enumerate(declaration.columns):
            cell = row.cells[index]
            if not cell:
                continue
            try:
                if column.name == "as_of":
                    period(cell)
                elif column.name == "evidence" and cell not in EVIDENCE:
                    raise ValueError(f"expected one of {', '.join(EVIDENCE)}, found `{cell}`")
                else:
                    typed(cell, column.type)
            except ValueError as error:
                problems.append(problem(path, row.line, fields[column.name], text, str(error)))
                if len(problems) > _MOST_PROBLEMS:
                    return
