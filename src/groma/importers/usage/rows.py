"""Rows of JSON, JSON lines or CSV as mappings, each with its number, without trusting any of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, cast

MOST_ROWS = 1_000_000
WRAPPERS = ("data", "logs", "observations", "spend_logs", "items", "results")
"""Keys under which answers of an API hold their rows."""


class RowsError(ValueError):
    """Rows can't be read; the message says where and what was expected."""


def rows(text: str, file: str, *, table: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row or line, fields by name) of a text. Raises RowsError."""
    if table:
        yield from _csv(text, file)
        return
    start = text.lstrip()[:1]
    try:
        whole = json.loads(text)
    except RecursionError:
        raise RowsError(f"{file}: expected rows of fields, found JSON nested without end") from None
    except ValueError as error:
        if start != "{" or "\n" not in text.strip():
            line = getattr(error, "lineno", 1)
            raise RowsError(
                f"{file}:{line}: expected JSON, found something else ({error}): export it anew"
            ) from None
        yield from _lines(text, file)
        return
    yield from enumerate(_listed(whole, file), 1)


def _listed(whole: Any, file: str) -> list[dict[str, Any]]:
    if isinstance(whole, dict):
        fields = cast("dict[str, Any]", whole)
        inner = next((fields[key] for key in WRAPPERS if isinstance(fields.get(key), list)), None)
        whole = [fields] if inner is None else inner
    if not isinstance(whole, list):
        raise RowsError(f"{file}: expected a list of calls, found a single value")
    listed = cast("list[Any]", whole)[:MOST_ROWS]
    wrong = next((n for n, row in enumerate(listed, 1) if not isinstance(row, dict)), None)
    if wrong is not None:
        raise RowsError(
            f"{file}, row {wrong}: expected fields of a call, found {str(listed[wrong - 1])[:40]!r}"
        )
    return cast("list[dict[str, Any]]", listed)


def _lines(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n")[:MOST_ROWS], 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RowsError(
                f"{file}:{number}: expected one JSON object a line, found something else ({error})"
            ) from None
        if not isinstance(row, dict):
            raise RowsError(f"{file}:{number}: expected fields of a call, found {line[:40]!r}")
        yield number, cast("dict[str, Any]", row)


def _csv(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(10_000_000)
    head = text.split("\n", 1)[0]
    delimiter = max((";", ",", "\t"), key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, row in enumerate(reader, 2):
            if number > MOST_ROWS:
                return
            yield number, {str(key).strip(): value for key, value in row.items() if key is not None}
    except csv.Error as error:
        raise RowsError(
            f"{file}: expected a table of cells, found something a CSV reader can't follow ({error})"
        ) from None
