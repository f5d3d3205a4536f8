"""Which characters of a model text an edit replaces.

Works on one reading of the text; offsets count characters from 0. A value inside `{}` or `[]` stays in its line, a
value in a block is written in one line when it fits and as a block below its key when it doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence as Words
from dataclasses import dataclass
from typing import NamedTuple

from groma.model.comments import Lines, comments_of
from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping, Node, Scalar, Sequence, parse
from groma.model.yamltext import Value, block, entry, fits_in_line, flow, written_value

Path = tuple[str | int, ...]


class Span(NamedTuple):
    """Replace the characters from `start` up to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node with the way it hangs in its parent."""

    node: Node
    parent: Mapping | Sequence | None
    index: int
    key: Scalar | None


class EditedText:
    """A text, its tree, and the spans that edits of it need."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.lines = Lines(text)
        self._comment_columns: dict[int, int] | None = None
        self.bare = not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())
        self.root: Node = Mapping((), Position(file, 1, 1), Position(file, 1, 1), False)
        if not self.bare:
            self.root = parse(text, file)

    # The four edits

    def set(self, path: Path, value: Value) -> list[Span]:
        """Spans that replace the value at a path."""
        spot = self._find(path)
        node, parent = spot.node, spot.parent
        if parent is None:
            raise ModelError(Problem(node.at, "the whole document can't be set: set its sections"))
        start, end = self._start(spot), self._end(spot)
        glue = self._glue(spot, start)
        if parent.flow:
            return [Span(start, end, glue + flow(value))]
        indent = self._indent(parent)
        if not isinstance(node, Scalar) and not node.flow and spot.key is not None:
            colon = self.text.index(":", self._offset(spot.key.end_line, spot.key.end_column)) + 1
            below = self._line_end(colon)
            gone = Span(below, self._line_end(end), "")
            return self._placed(value, colon, colon, " ", indent, gone)
        if isinstance(node, Scalar) and node.style in ("|", ">"):
            header = self.text.find("#", start, self._line_end(start))
            head_end = header if header >= 0 else self._line_end(start)
            gone = Span(self._line_end(start), max(end, self._line_end(start)), "")
            return self._placed(value, start, head_end, glue, indent, gone, "  " if header >= 0 else "")
        below = self._line_end(end)
        return self._placed(value, start, end, glue, indent, Span(below, below, ""), item=spot.key is None)

    def insert(self, path: Path, key: str, value: Value, after: str | None) -> list[Span]:
        """Spans that add a key to the mapping at a path."""
        spot = self._find(path)
        node = spot.node
        if isinstance(node, Scalar) and _is_nothing(node):
            return self.set(path, {key: value})
        if not isinstance(node, Mapping):
            raise ModelError(Problem(node.at, f"`{_shown(path)}` isn't a mapping: `{key}` can't be added"))
        names = [name.value for name, _ in node.entries]
        if key in names:
            raise ModelError(Problem(node.entries[names.index(key)][0].at, f"`{key}` is already there"))
        if after is not None and after not in names:
            raise ModelError(
                Problem(node.at, f"there is no `{after}` in `{_shown(path)}` to put `{key}` behind")
            )
        last = names.index(after) if after is not None else len(names) - 1
        if node.flow:
            return [self._added_in_flow(node, last, flow({key: value})[1:-1])]
        lines = entry(key, value, self._indent(node) if names else 0, flow_from=max(0, 2 - len(path)))
        return [self._added_below(node, last, lines, apart=not path and len(lines) > 1)]

    def append(self, path: Path, value: Value) -> list[Span]:
        """Spans that add an item to the list at a path."""
        spot = self._find(path)
        node = spot.node
        if isinstance(node, Scalar) and _is_nothing(node):
            return self.set(path, [value])
        if not isinstance(node, Sequence):
            raise ModelError(Problem(node.at, f"`{_shown(path)}` isn't a list: nothing can be appended"))
        if node.flow:
            return [self._added_in_flow(node, len(node.items) - 1, flow([value])[1:-1])]
        return [self._added_below(node, len(node.items) - 1, block([value], self._indent(node)), apart=False)]

    def remove(self, path: Path) -> list[Span]:
        """Spans that delete the entry or item at a path."""
        spot = self._find(path)
        parent = spot.parent
        if parent is None:
            raise ModelError(Problem(spot.node.at, "the whole document can't be removed"))
        if len(_children(parent)) == 1:
            empty: Value = {} if isinstance(parent, Mapping) else []
            if len(path) > 1:
                return self.set(path[:-1], empty)
            start = self._offset(parent.at.line, parent.at.column)
            return [
                Span(
                    start,
                    self._end(_Spot(parent, None, 0, None)),
                    "{}" if isinstance(parent, Mapping) else "[]",
                )
            ]
        if parent.flow:
            return self._removed_in_flow(parent, spot)
        return [self._removed_lines(parent, spot)]

    # Finding

    def _find(self, path: Path) -> _Spot:
        spot = _Spot(self.root, None, 0, None)
        for n, step in enumerate(path):
            node = spot.node
            found: _Spot | None = None
            if isinstance(node, Mapping) and isinstance(step, str):
                for index, (key, value) in enumerate(node.entries):
                    if key.value == step:
                        found = _Spot(value, node, index, key)
                        break
            elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
                found = _Spot(node.items[step], node, step, None)
            if found is None:
                where = f" in `{_shown(path[:n])}`" if n else ""
                raise ModelError(Problem(node.at, f"there is no `{step}`{where}"))
            spot = found
        return spot

    def _offset(self, line: int, column: int) -> int:
        return self.lines.offset(line, column)

    def _start(self, spot: _Spot) -> int:
        """Where a value begins; for nothing, behind the `:` or `-`."""
        node = spot.node
        if isinstance(node, Scalar) and node.empty:
            return self._end(spot)
        at = node.at
        return self._offset(at.line, at.column)

    def _end(self, spot: _Spot) -> int:
        """Just behind the last character of a value, comments and white space after it left out."""
        node = spot.node
        while not isinstance(node, Scalar) and not node.flow:
            children = _children(node)
            key, node = children[-1]
            spot = _Spot(node, None, 0, key)
        if not isinstance(node, Scalar):
            return self._offset(node.end.line, node.end.column)
        end = self._offset(node.end_line, node.end_column)
        if node.style in ("|", ">"):
            start = self._offset(node.line, node.column)
            kept = "+" in self.text[start : self._line_end(start)].partition("#")[0]
            if not kept:
                return start + len(self.text[start:end].rstrip())
            return end - len(self.newline) if self.text[:end].endswith("\n") else end
        if node.empty and spot.key is not None:
            key_end = self._offset(spot.key.end_line, spot.key.end_column)
            colon = self.text.find(":", key_end, end)
            return key_end if colon < 0 else colon + 1
        if node.empty:
            return len(self.text[:end].rstrip())
        return end

    def _glue(self, spot: _Spot, start: int) -> str:
        """What must stand between a name or `-` and a value that is put where nothing was."""
        if not (isinstance(spot.node, Scalar) and spot.node.empty):
            return ""
        return ": " if spot.key is not None and self.text[start - 1 : start] != ":" else " "

    def _line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[offset:end].endswith("\r") else end

    def _indent(self, node: Mapping | Sequence) -> int:
        return node.at.column - 1

    # Writing

    def _placed(
        self,
        value: Value,
        start: int,
        end: int,
        glue: str,
        indent: int,
        gone: Span,
        behind: str = "",
        *,
        item: bool = False,
    ) -> list[Span]:
        """A value where `start`..`end` was, its further lines below that line, in the place of `gone`.

        Above an indented comment no literal block is written: it would take the comment for its last line.
        """
        column = start - self._line_start(start) + len(glue)
        commented = self._last_line(gone.end, indent + 1) > self.lines.place(gone.end)[0]
        head, body = written_value(value, indent, fits_in_line(value, column), literal=not commented)
        if not head and item:
            head, body = body[0].lstrip(), body[1:]
        while not head and self.text[start - 1 : start] == " ":
            start -= 1
        below = "".join(self.newline + line for line in body)
        first = Span(start, end, (glue + head if head else glue.rstrip()) + behind)
        if first.end == gone.start:
            return [Span(first.start, gone.end, first.text + below)]
        return [first, Span(gone.start, gone.end, below)]

    def _added_in_flow(self, node: Mapping | Sequence, last: int, text: str) -> Span:
        if last < 0:
            at = self._offset(node.at.line, node.at.column) + 1
            return Span(at, at, text)
        key, value = _children(node)[last]
        at = self._end(_Spot(value, node, last, key))
        return Span(at, at, f", {text}")

    def _added_below(self, node: Mapping | Sequence, last: int, lines: Words[str], *, apart: bool) -> Span:
        if last < 0:
            at = len(self.text)
            glue = self.newline if self.text and not self.text.endswith("\n") else ""
            return Span(at, at, glue + self.newline.join(lines) + self.newline)
        key, value = _children(node)[last]
        line = self._last_line(self._end(_Spot(value, node, last, key)), node.at.column)
        at = self._line_end(self._offset(line, 1))
        return Span(at, at, (self.newline if apart else "") + "".join(self.newline + line for line in lines))

    # Removing

    def _removed_in_flow(self, parent: Mapping | Sequence, spot: _Spot) -> list[Span]:
        children = _children(parent)
        start = self._entry_start(spot)
        if spot.index + 1 < len(children):
            key, node = children[spot.index + 1]
            return [Span(start, self._entry_start(_Spot(node, parent, spot.index + 1, key)), "")]
        key, node = children[spot.index - 1]
        before = self._end(_Spot(node, parent, spot.index - 1, key))
        end = self._end(spot)
        if "#" not in self.text[before:start]:
            return [Span(before, end, "")]
        comma = self.text.index(",", before)
        return [Span(comma, comma + 1, ""), Span(start, end, "")]

    def _entry_start(self, spot: _Spot) -> int:
        """Where an entry's key or an item's `-` stands."""
        if spot.key is not None:
            return self._offset(spot.key.line, spot.key.column)
        start = self._offset(spot.node.at.line, spot.node.at.column)
        if spot.parent is None or spot.parent.flow:
            return start
        line = spot.node.at.line
        column = spot.parent.at.column
        while line > 1 and self.lines.line(line)[column - 1 : column] != "-":
            line -= 1
        return self._offset(line, column)

    def _removed_lines(self, parent: Mapping | Sequence, spot: _Spot) -> Span:
        start, end = self._entry_start(spot), self._line_end(self._end(spot))
        if self.text[self._line_start(start) : start].strip():
            while end < len(self.text) and self.text[end].isspace():
                end += 1
            return Span(start, end, "")
        first_line = self.lines.place(start)[0]
        column = parent.at.column
        last_line = self._last_line(end, column)
        while spot.index and self._own_comments().get(first_line - 1) == column:
            first_line -= 1
        if self._blank(first_line - 1) and self._blank(last_line + 1):
            last_line += 1
        return Span(self._offset(first_line, 1), self._offset(last_line + 1, 1), "")

    def _own_comments(self) -> dict[int, int]:
        """Lines that hold a comment only, with its column."""
        if self._comment_columns is None:
            comments = comments_of(self.lines, self.root)
            self._comment_columns = {comment.line: comment.column for comment in comments if comment.own_line}
        return self._comment_columns

    def _last_line(self, end: int, column: int) -> int:
        """The last line of what ends at an offset, with the comments below it that stand deeper than `column`."""
        last = following = self.lines.place(end)[0]
        while following < len(self.lines.starts):
            following += 1
            if self._own_comments().get(following, 0) > column:
                last = following
            elif self.lines.line(following).strip():
                break
        return last

    def _blank(self, line: int) -> bool:
        """Whether a line is there and blank, or the text ends before it."""
        return line >= 1 and not self.lines.line(line).strip()


def _children(node: Mapping | Sequence) -> list[tuple[Scalar | None, Node]]:
    if isinstance(node, Mapping):
        return list(node.entries)
    return [(None, item) for item in node.items]


def _is_nothing(node: Scalar) -> bool:
    return node.empty or (node.plain and node.value in ("null", "~"))


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the document"
