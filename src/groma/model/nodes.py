"""The tree of a text: scalars, mappings and sequences, each with its position and how it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from groma.model.position import Position


class Scalar(NamedTuple):
    """A text; `style` is one of `''` (plain), `'`, `"`, `|`, `>`.

    A named tuple, since it is built three times as fast as a frozen dataclass and a large model has half a million.
    """

    value: str
    style: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def at(self) -> Position:
        return Position(self.file, self.line, self.column)

    @property
    def end(self) -> Position:
        """Just after the last character."""
        return Position(self.file, self.end_line, self.end_column)

    @property
    def plain(self) -> bool:
        """Written without quotes, so that it may be read as a number, a truth value or nothing."""
        return not self.style

    @property
    def empty(self) -> bool:
        """Nothing is written at all, as after `key:`."""
        return not self.style and not self.value


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order of the text; `flow` when written as `{...}`."""

    entries: tuple[tuple[Scalar, Node], ...]
    at: Position
    end: Position
    flow: bool

    def get(self, key: str) -> Node | None:
        """The value of a key, None when the key isn't there (looks through all entries)."""
        return next((value for name, value in self.entries if name.value == key), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values one after the other; `flow` when written as `[...]`."""

    items: tuple[Node, ...]
    at: Position
    end: Position
    flow: bool


Node = Scalar | Mapping | Sequence


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first, in the order of the text (keys are not visited)."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        if isinstance(top, Mapping):
            stack.extend(value for _, value in reversed(top.entries))
        elif isinstance(top, Sequence):
            stack.extend(reversed(top.items))


def shortened(text: str, most: int = 40) -> str:
    """A text for an error message: one line, no longer than `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
