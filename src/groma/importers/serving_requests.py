"""Requests to a language model with their times and lengths, from the files that load tools and clouds write.

JSON Lines: `input_toks`, `output_toks`, and `queued_ts` or `arrival_time` in seconds; if there, `first_token_ts` and
`last_token_ts` on the clock of `queued_ts`. CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens` (Azure's traces), or
the names of JSON Lines as columns.
"""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import datetime
from pathlib import Path
from typing import cast

from groma.model.position import ModelError, Position, Problem
from groma.model.source import read as read_text
from groma.solvers.serving import Observed, Requests

MOST_ROWS = 200_000
_NAMES = {
    "input": ("input_toks", "ContextTokens", "input_tokens", "input"),
    "output": ("output_toks", "GeneratedTokens", "output_tokens", "output"),
    "time": ("queued_ts", "TIMESTAMP", "arrival_time"),
}

Row = tuple[int, dict[str, object]]


def read_lengths(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Tokens in and out of every request, in the order of the file. Raises ModelError with all problems."""
    found, problems = _lengths(path, _rows(path))
    _raise(path, problems, found)
    return tuple(i for _, i, _, _ in found), tuple(o for _, _, o, _ in found)


def read_requests(path: Path) -> tuple[Requests, Observed | None]:
    """The requests in the order of arrival, from 0 s, and when their tokens came if every row says so."""
    found, problems = _lengths(path, _rows(path))
    timed: list[tuple[float, int, int, float | None, float | None]] = []
    for line, read, written, row in found:
        at = _seconds(_first(row, "time"))
        if at is None:
            problems.append(
                _problem(path, line, "expected a time of arrival (queued_ts or TIMESTAMP), found none")
            )
            continue
        first, last = _seconds(row.get("first_token_ts")), _seconds(row.get("last_token_ts"))
        if "queued_ts" not in row or first is None or last is None:
            timed.append((at, read, written, None, None))
            continue
        if not at <= first <= last:
            problems.append(
                _problem(path, line, "the first token came before the request, or after the last token")
            )
        timed.append((at, read, written, first, last))
    _raise(path, problems, timed)
    timed.sort(key=lambda row: row[0])
    start = timed[0][0]
    requests = Requests(
        tuple(t[0] - start for t in timed), tuple(t[1] for t in timed), tuple(t[2] for t in timed)
    )
    firsts = [t[3] - start for t in timed if t[3] is not None]
    lasts = [t[4] - start for t in timed if t[4] is not None]
    whole = len(firsts) == len(timed) == len(lasts)
    return requests, Observed(tuple(firsts), tuple(lasts)) if whole else None


def _lengths(
    path: Path, rows: list[Row]
) -> tuple[list[tuple[int, int, int, dict[str, object]]], list[Problem]]:
    found: list[tuple[int, int, int, dict[str, object]]] = []
    problems: list[Problem] = []
    for line, row in rows:
        counts = [_count(_first(row, name)) for name in ("input", "output")]
        if counts[0] is None or counts[1] is None:
            text = "expected whole numbers of tokens in and out (input_toks and output_toks, or as Azure names them)"
            problems.append(_problem(path, line, text))
        else:
            found.append((line, counts[0], counts[1], row))
    return found, problems


def _rows(path: Path) -> list[Row]:
    text = read_text(path)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        rows: list[Row] = []
        for line, written in enumerate(text.splitlines(), 1):
            if written.strip():
                try:
                    value = json.loads(written)
                except (ValueError, RecursionError):
                    value = None
                rows.append((line, cast("dict[str, object]", value) if isinstance(value, dict) else {}))
    else:
        rows = [(line, dict(row)) for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2)]
    if len(rows) > MOST_ROWS:
        raise ModelError(
            [_problem(path, MOST_ROWS, f"expected at most {MOST_ROWS} requests, found {len(rows)}")]
        )
    return rows


def _first(row: dict[str, object], what: str) -> object:
    return next((row[name] for name in _NAMES[what] if row.get(name) not in (None, "")), None)


def _count(value: object) -> int | None:
    number = _seconds(value)
    return int(number) if number is not None and 1 <= number <= 10_000_000 and number == int(number) else None


def _seconds(value: object) -> float | None:
    """A number, or a date and time, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        try:
            moment = datetime.fromisoformat(str(value).strip()[:26])
        except ValueError:
            return None
        return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
    return number if math.isfinite(number) else None


def _problem(path: Path, line: int, message: str) -> Problem:
    return Problem(Position(str(path), line, 1), message)


def _raise(
    path: Path, problems: list[Problem], found: list[object] | list[tuple[object, ...]] | object
) -> None:
    if not problems and not found:
        problems = [_problem(path, 1, "expected at least one request, found none")]
    if problems:
        raise ModelError(problems[:50])
