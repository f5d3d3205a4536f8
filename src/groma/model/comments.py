"""The comments and blank lines of a model text: what libyaml throws away and a person wants to keep.

With the span of every scalar known from the tree, comments are found exactly: between two scalars there are only
indicators, white space and comments, so every `#` there starts one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from groma.model.source import Mapping, Node, Scalar, Sequence

Place = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True, slots=True)
class Comment:
    """`# ...` without white space at its end; `own_line` when nothing stands before it."""

    text: str
    line: int
    column: int
    own_line: bool

    @property
    def place(self) -> Place:
        return self.line, self.column


class Lines:
    """A text by lines: offsets of places, slices between places, blank lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        found = text.find("\n")
        while found >= 0:
            self.starts.append(found + 1)
            found = text.find("\n", found + 1)

    def offset(self, line: int, column: int) -> int:
        """Where in the text a place is; just after the last character for places beyond the end."""
        if line > len(self.starts):
            return len(self.text)
        return min(self.starts[line - 1] + column - 1, len(self.text))

    def place(self, offset: int) -> Place:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line without its end; empty beyond the text."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].removesuffix("\r")

    def raw(self, scalar: Scalar) -> str:
        """A scalar as it is written, quotes and all."""
        return self.text[
            self.offset(scalar.line, scalar.column) : self.offset(scalar.end_line, scalar.end_column)
        ]


def scalars_of(root: Node) -> Iterator[Scalar]:
    """All keys and scalar values, in the order of the text."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            for key, value in reversed(node.entries):
                stack += [value, key]
        elif isinstance(node, Sequence):
            stack.extend(reversed(node.items))
        else:
            yield node


def comments_of(lines: Lines, root: Node) -> list[Comment]:
    """All comments outside block scalars, in the order of the text."""
    found: list[Comment] = []
    after = 0
    for scalar in scalars_of(root):
        start = lines.offset(scalar.line, scalar.column)
        _scan(lines, after, start, found)
        after = max(after, lines.offset(scalar.end_line, scalar.end_column))
    _scan(lines, after, len(lines.text), found)
    return found


def kept_blank_lines(lines: Lines, root: Node) -> frozenset[int]:
    """Blank lines that are content: those at the end of block scalars that keep them (`|+`)."""
    kept: set[int] = set()
    for scalar in scalars_of(root):
        if scalar.style in ("|", ">") and "+" in lines.raw(scalar).partition("\n")[0].partition("#")[0]:
            kept.update(range(scalar.line, scalar.end_line + (scalar.end_column > 1)))
    return frozenset(kept)


def _scan(lines: Lines, start: int, end: int, found: list[Comment]) -> None:
    text = lines.text
    at = text.find("#", start, end)
    while at >= 0:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line, column = lines.place(at)
        before = text[lines.starts[line - 1] : at]
        found.append(Comment(text[at:stop].rstrip(), line, column, not before.strip()))
        at = text.find("#", stop, end) if stop < end else -1
