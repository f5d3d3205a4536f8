"""One layout for model files: `groma fmt`.

Two spaces of indent, lists indented under their key, `{...}` and `[...]` in one line when they fit and as blocks when
they don't, at most one blank line where a person left some, comments kept at what they stand with, keys in the order
of a table. Scalars stay as they are written. As in Black, the result is read again and refused if it doesn't mean the
same or has lost a comment. Formatting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Words
from dataclasses import dataclass, field

from groma.model.comments import Comment, Lines, Place, comments_of, kept_blank_lines
from groma.model.position import ModelError, Position, Problem
from groma.model.source import Mapping, Node, Scalar, Sequence, parse

WIDTH = 110
INDENT = 2

KeyOrder = Callable[[tuple[str, ...]], Words[str] | None]
"""The order of the keys of the mapping at a path (list items are `[]`), None to leave it; keys not named come last."""


def formatted(text: str, file: str, order: KeyOrder | None = None) -> str:
    """A model text in its canonical layout; raises ModelError when it can't be read."""
    text = text.replace("\r\n", "\n")
    root = parse(text, file)
    if isinstance(root, Scalar):
        return text
    lines = Lines(text)
    comments = comments_of(lines, root)
    writer = _Writer(lines, comments, kept_blank_lines(lines, root), order or (lambda _: None))
    result = "\n".join(writer.document(root)) + "\n"
    _prove_same(root, comments, result, file)
    return result


def _prove_same(root: Node, comments: list[Comment], result: str, file: str) -> None:
    try:
        again = parse(result, file)
        same = _meaning(again) == _meaning(root)
        kept = sorted(c.text for c in comments_of(Lines(result), again)) == sorted(c.text for c in comments)
    except ModelError:
        same = kept = False
    if not (same and kept):
        message = "this text can't be formatted without changing it; it was left alone (please report it)"
        raise ModelError(Problem(Position(file, 1, 1), message))


def _meaning(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.value: _meaning(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [_meaning(item) for item in node.items]
    return node.value, node.plain


@dataclass(slots=True)
class _Note:
    """A comment on a line of its own, before or after something."""

    text: str
    blank_before: bool


@dataclass(slots=True)
class _Piece:
    """The lines of one entry or item, with the comments above it; `lines` are indented, `notes` are not yet."""

    key: str
    lines: list[str]
    notes: list[_Note] = field(default_factory=list[_Note])
    blank_before: bool = False


class _Writer:
    """Writes nodes in the order of the text, taking each comment off the queue as its place is passed."""

    def __init__(self, lines: Lines, comments: list[Comment], kept: frozenset[int], order: KeyOrder) -> None:
        self.lines = lines
        self.comments = comments
        self.next_comment = 0
        self.kept = kept
        self.order = order

    def document(self, root: Mapping | Sequence) -> list[str]:
        end = (len(self.lines.starts) + 1, 1)
        if root.flow:
            line = self._one_line(root)
            if line is not None and len(line) <= WIDTH and not self._comments_within(root):
                above = self._notes_until((root.at.line, root.at.column))
                after = self._notes_until(end)
                return [*_note_lines(above, 0, first=True), line, *_note_lines(after, 0)]
        pieces = self._pieces(root, 0, (), end)
        header = self._header(pieces)
        trailing = self._notes_until(end)
        body = self._joined(pieces, root, 0, ())
        if header and body:
            header.append("")
        return [*header, *body, *_note_lines(trailing, 0, first=not body and not header)]

    def _header(self, pieces: list[_Piece]) -> list[str]:
        """Comments above the first entry and apart from it by a blank line stay at the top of the file."""
        if not pieces or not pieces[0].notes:
            return []
        first = pieces[0]
        last = len(first.notes)
        if not first.blank_before:
            breaks = [n for n, note in enumerate(first.notes) if note.blank_before and n]
            if not breaks:
                return []
            last = breaks[-1]
        header, first.notes = first.notes[:last], first.notes[last:]
        if first.notes:
            first.notes[0].blank_before = False
        first.blank_before = False
        return _note_lines(header, 0, first=True)

    # Blocks

    def _block(
        self, node: Mapping | Sequence, indent: int, path: tuple[str, ...], floor: int, limit: Place
    ) -> list[str]:
        """The lines of a collection as a block, with the comments that end it; `floor` is its parent's old column."""
        pieces = self._pieces(node, indent, path, limit)
        pieces[0].blank_before = pieces[0].blank_before and bool(pieces[0].notes)
        body = self._joined(pieces, node, indent, path)
        column = max(node.at.column, floor + 1)
        end = (node.end.line, node.end.column) if node.flow else limit
        trailing: list[_Note] = []
        while (comment := self._peek()) is not None and comment.place < end:
            if not node.flow and (not comment.own_line or comment.column < column):
                break
            trailing.append(self._take())
        return body + _note_lines(trailing, indent)

    def _pieces(
        self, node: Mapping | Sequence, indent: int, path: tuple[str, ...], limit: Place
    ) -> list[_Piece]:
        pieces: list[_Piece] = []
        floor = node.at.column
        if isinstance(node, Mapping):
            entries = node.entries
            for n, (key, value) in enumerate(entries):
                after = limit if n + 1 == len(entries) else (entries[n + 1][0].line, entries[n + 1][0].column)
                pieces.append(self._entry(key, value, indent, path, floor, _nearer(after, node)))
        else:
            for n, value in enumerate(node.items):
                after = limit if n + 1 == len(node.items) else _start(node.items[n + 1])
                pieces.append(self._item(value, indent, path, floor, _nearer(after, node)))
        return pieces

    def _joined(
        self, pieces: list[_Piece], node: Mapping | Sequence, indent: int, path: tuple[str, ...]
    ) -> list[str]:
        wanted = self.order(path) if isinstance(node, Mapping) else None
        if wanted is not None:
            ranks = {key: rank for rank, key in enumerate(wanted)}
            pieces = sorted(pieces, key=lambda piece: ranks.get(piece.key, len(ranks)))
        lines: list[str] = []
        for piece in pieces:
            lines += _note_lines(piece.notes, indent, first=not lines)
            if piece.blank_before and lines:
                lines.append("")
            lines += piece.lines
        return lines

    def _entry(
        self, key: Scalar, value: Node, indent: int, path: tuple[str, ...], floor: int, limit: Place
    ) -> _Piece:
        piece = _Piece(key.value, [], self._notes_until((key.line, key.column)), self._blank_above(key.line))
        head = " " * indent + self.lines.raw(key) + ":"
        if isinstance(value, Scalar) and value.empty:
            piece.lines = [head + self._suffix(key.end_line, limit), *self._beneath(key, indent, limit)]
        elif isinstance(value, Scalar) or value.flow:
            piece.notes += self._notes_until(_start(value))
            piece.lines = self._inline(head, value, indent, (*path, key.value), floor, limit)
        else:
            head += self._suffix(key.end_line, _start(value))
            piece.lines = [head, *self._block(value, indent + INDENT, (*path, key.value), floor, limit)]
        return piece

    def _beneath(self, key: Scalar, indent: int, limit: Place) -> list[str]:
        """Comments that are all there is beneath a key: they stay beneath it."""
        notes: list[_Note] = []
        while (comment := self._peek()) is not None and comment.place < limit:
            if not comment.own_line or comment.column <= key.column:
                break
            notes.append(self._take())
        return _note_lines(notes, indent + INDENT)

    def _item(self, value: Node, indent: int, path: tuple[str, ...], floor: int, limit: Place) -> _Piece:
        start = _start(value)
        piece = _Piece("", [], self._notes_until(start), self._blank_above(start[0]))
        head = " " * indent + "-"
        inside = (*path, "[]")
        if isinstance(value, Scalar) and value.empty:
            piece.lines = [head + self._suffix(value.line, limit)]
        elif isinstance(value, Scalar):
            piece.lines = self._inline(head, value, indent, inside, floor, limit)
        elif value.flow and (line := self._fitting(head, value)) is not None:
            piece.lines = [line + self._suffix(value.end.line, limit)]
        else:
            body = self._block(value, indent + INDENT, inside, floor, limit)
            above = 0
            while above < len(body) and (not body[above].strip() or body[above].lstrip().startswith("#")):
                above += 1
            piece.notes += _notes_of(body[:above])
            piece.lines = [head + body[above][indent + 1 :], *body[above + 1 :]]
            if value.flow and (suffix := self._suffix(value.end.line, limit)):
                piece.notes.append(_Note(suffix.strip(), False))
        return piece

    # One line

    def _inline(
        self, head: str, value: Node, indent: int, path: tuple[str, ...], floor: int, limit: Place
    ) -> list[str]:
        """A scalar or a flow collection after its head; one that doesn't fit becomes a block."""
        if isinstance(value, Scalar):
            if value.style in ("|", ">"):
                return self._block_scalar(head, value, indent, floor)
            first, *rest = self._scalar_lines(value, indent + INDENT)
            lines = [f"{head} {first}", *rest]
            lines[-1] += self._suffix(value.end_line, limit)
            return lines
        line = self._fitting(head, value)
        if line is not None:
            return [line + self._suffix(value.end.line, limit)]
        body = self._block(value, indent + INDENT, path, floor, limit)
        return [head + self._suffix(value.end.line, limit), *body]

    def _fitting(self, head: str, value: Mapping | Sequence) -> str | None:
        empty = not (value.entries if isinstance(value, Mapping) else value.items)
        if self._comments_within(value) and not empty:
            return None
        line = self._one_line(value)
        return None if line is None or (len(head) + 1 + len(line) > WIDTH and not empty) else f"{head} {line}"

    def _one_line(self, node: Node) -> str | None:
        """A node in flow style, None when it holds a text of several lines."""
        if isinstance(node, Scalar):
            return self.lines.raw(node) if node.line == node.end_line else None
        parts: list[str] = []
        pairs = node.entries if isinstance(node, Mapping) else ((None, item) for item in node.items)
        for key, value in pairs:
            name = "" if key is None else self.lines.raw(key)
            if isinstance(value, Scalar) and value.empty:
                parts.append(name)
                continue
            shown = self._one_line(value)
            if shown is None:
                return None
            parts.append(f"{name}: {shown}" if key is not None else shown)
        return ("{%s}" if isinstance(node, Mapping) else "[%s]") % ", ".join(parts)

    def _scalar_lines(self, value: Scalar, indent: int) -> list[str]:
        """A plain or quoted scalar; further lines are indented anew, which YAML's folding doesn't see."""
        *begun, last = self.lines.raw(value).split("\n")
        first, *rest = [*(_without_end(line, value.style) for line in begun), last]
        return [first, *(" " * indent + line.lstrip(" \t") if line.strip(" \t") else "" for line in rest)]

    def _block_scalar(self, head: str, value: Scalar, indent: int, floor: int) -> list[str]:
        """A `|` or `>` scalar: its lines moved as one to their new indent."""
        header, *body = self.lines.raw(value).split("\n")
        digit = re.search(r"\d", header.partition("#")[0])
        if body and not body[-1].strip(" "):
            body.pop()
        first = next((line for line in body if line.strip(" ")), max(body, default=""))
        cut = floor - 1 + int(digit.group()) if digit else len(first) - len(first.lstrip(" "))
        body = [line[cut:] for line in body]
        if "+" not in header.partition("#")[0]:
            while body and not body[-1]:
                body.pop()
        if digit:
            header = header.replace(digit.group(), str(INDENT), 1)
        pad = " " * (indent + INDENT)
        return [f"{head} {header.rstrip()}", *(pad + line if line else "" for line in body)]

    # Comments

    def _peek(self) -> Comment | None:
        return self.comments[self.next_comment] if self.next_comment < len(self.comments) else None

    def _take(self) -> _Note:
        comment = self.comments[self.next_comment]
        self.next_comment += 1
        return _Note(comment.text, comment.own_line and self._blank_above(comment.line))

    def _notes_until(self, place: Place) -> list[_Note]:
        notes: list[_Note] = []
        while (comment := self._peek()) is not None and comment.place < place:
            notes.append(self._take())
        return notes

    def _suffix(self, line: int, limit: Place) -> str:
        """The comment at the end of this line, if it comes next."""
        comment = self._peek()
        if comment is None or comment.line != line or comment.own_line or comment.place >= limit:
            return ""
        return "  " + self._take().text

    def _comments_within(self, node: Mapping | Sequence) -> bool:
        n = self.next_comment
        while n < len(self.comments) and self.comments[n].place < (node.at.line, node.at.column):
            n += 1
        return n < len(self.comments) and self.comments[n].place < (node.end.line, node.end.column)

    def _blank_above(self, line: int) -> bool:
        return line > 1 and not self.lines.line(line - 1).strip() and line - 1 not in self.kept


def _start(node: Node) -> Place:
    return (node.line, node.column) if isinstance(node, Scalar) else (node.at.line, node.at.column)


def _nearer(limit: Place, node: Mapping | Sequence) -> Place:
    """A limit inside a flow collection is at its closing bracket at the latest."""
    return min(limit, (node.end.line, node.end.column)) if node.flow else limit


def _note_lines(notes: Iterable[_Note], indent: int, *, first: bool = False) -> list[str]:
    lines: list[str] = []
    for note in notes:
        if note.blank_before and not (first and not lines):
            lines.append("")
        lines.append(" " * indent + note.text)
    return lines


def _notes_of(lines: list[str]) -> list[_Note]:
    """The comments of written lines, taken back."""
    notes: list[_Note] = []
    blank = False
    for line in lines:
        if line.strip():
            notes.append(_Note(line.strip(), blank))
        blank = not line.strip()
    return notes


def _without_end(line: str, style: str) -> str:
    """A line that goes on: white space at its end counts for nothing, unless a backslash stands before it."""
    short = line.rstrip(" \t")
    return line if style == '"' and short.endswith("\\") else short
