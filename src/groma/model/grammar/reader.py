"""What every reading needs: the problems so far, the facts known, words for what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from groma.model.position import Position, Problem
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar, nearest
from groma.model.source import Sequence as SequenceNode

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
CURRENCY = re.compile(r"[A-Z]{3}")

FAILED: Any = None
"""What a kind gives for a node it could not read (the problem is in the reader, and the model is never handed out)."""


@dataclass(slots=True)
class Reader:
    """What reading one model needs: the problems so far, the facts known, and the records and steps it can meet."""

    problems: list[Problem] = field(default_factory=list[Problem])
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    folder: str = "."
    used_facts: set[str] = field(default_factory=set[str])

    def problem(self, at: Position, message: str) -> None:
        self.problems.append(Problem(at, message))


class Kind(Protocol):
    """How a value is written."""

    def read(self, node: Node, path: str, reader: Reader) -> Any: ...
    def schema(self) -> dict[str, Any]: ...


def what(node: Node) -> str:
    """A node in a few words, for messages."""
    match node:
        case Scalar(value=value) if not value:
            return "nothing"
        case Scalar(value=value):
            return f"`{value if len(value) <= 40 else value[:37] + '...'}`"
        case MappingNode():
            return "a mapping"
        case SequenceNode():
            return "a list"


def did_you_mean(word: str, known: Iterator[str] | list[str] | tuple[str, ...] | Mapping[str, Any]) -> str:
    """`; did you mean `x`?`, or nothing."""
    near = nearest(word, list(known))
    return f"; did you mean `{near}`?" if near else ""
