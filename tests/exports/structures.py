"""Mutants of what an export wrote as JSON or YAML: one key, item, number, word or operator of it changed at a time."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FLIPPED = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "==": "!=", "!=": "==", "=~": "!~"}
SWAPPED = {" and ": " or ", " or ": " and ", " + ": " - ", " - ": " + ", " * ": " / ", " / ": " * "}
_EXPRESSION = re.compile(r"[a-z_:]+[({\[]|[<>=]=?")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:]*")
_COMPARED = re.compile(r"=~|[<>=!]=|[<>]")


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was done, and where: keys and positions from the root."""

    path: tuple[str | int, ...]
    what: str
    value: Any

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.what}"


def mutants(value: Any) -> Iterator[Mutant]:
    """Every change at every place of a document."""
    for path, what, change in _changes(value, ()):
        changed = copy.deepcopy(value)
        above: Any = changed
        for step in path[:-1]:
            above = above[step]
        change(above, path[-1])
        yield Mutant(path, what, changed)


def missed_of(
    documents: Mapping[str, Any],
    caught: Callable[[str, Mutant], bool],
    every: int = 1,
    counts: Callable[[Mutant], bool] = lambda mutant: True,
) -> tuple[int, list[str]]:
    """Of the mutants of some documents by path, one in so many: how many were tried, and those that nobody noticed."""
    tried, missed = 0, list[str]()
    for path, document in documents.items():
        for mutant in [each for each in mutants(document) if counts(each)][::every]:
            tried += 1
            if not caught(path, mutant):
                missed.append(f"{path}: {mutant}")
    return tried, missed


Change = Callable[[Any, Any], None]


def _changes(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, Change]]:
    if path:
        yield path, "left out", lambda above, key: above.pop(key)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _changes(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _changes(inner, (*path, number))
    else:
        for what, other in _others(value):
            yield path, what, lambda above, key, other=other: above.__setitem__(key, other)


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    """What may stand there instead."""
    if isinstance(value, bool):
        yield "the contrary", not value
    elif isinstance(value, int | float):
        yield "one more", value + 1
        yield "a little more", value * 1.01 + 0.0001 if isinstance(value, float) else value + 2
    elif isinstance(value, str):
        yield "another word", f"{value}x"
        if _EXPRESSION.search(value):
            yield from in_expression(value)
        else:
            yield from _numbers(value)


def in_expression(text: str) -> Iterator[tuple[str, str]]:
    """Each name, number and operator of an expression changed."""
    yield from _numbers(text)
    for found in _NAME.finditer(text):
        yield f"`{found[0]}` renamed", f"{text[: found.end()]}x{text[found.end() :]}"
    for found in _COMPARED.finditer(text):
        other = FLIPPED[found[0]]
        yield f"`{found[0]}` flipped", f"{text[: found.start()]}{other}{text[found.end() :]}"
    for word, other in SWAPPED.items():
        for found in re.finditer(re.escape(word), text):
            yield f"`{word.strip()}` swapped", f"{text[: found.start()]}{other}{text[found.end() :]}"


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    for found in _NUMBER.finditer(text):
        more = f"{float(found[0]) * 1.01 + 0.001:.9g}" if "." in found[0] else str(int(found[0]) + 1)
        yield f"{found[0]} changed", f"{text[: found.start()]}{more}{text[found.end() :]}"
