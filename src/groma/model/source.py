"""Text of a model file to a tree in which every key and value knows its position.

Built on the events of libyaml (through PyYAML), which are the only fast way to YAML with positions; scalars stay
texts, so that `no`, `012` and `12:30` mean what they say (see `core_schema` for YAML 1.2 numbers and truth values).

The language is YAML without its traps. Refused, each with its position: tags, anchors, aliases and merge keys (the
model has references of its own: `$name` and the names of elements), duplicate keys, keys that aren't short plain
texts, several documents, directives, characters that can't be seen. Hostile input is bounded by the limits below.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from groma.model.nodes import Mapping, Node, Scalar, Sequence, shortened, walk
from groma.model.position import ModelError, Position, Problem
from groma.model.spelling import nearest
from groma.model.syntax_errors import explained

__all__ = [
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "decoded",
    "nearest",
    "parse",
    "read",
    "shortened",
    "walk",
]

DEEPEST = 64
MOST_BYTES = 64 * 1024 * 1024
MOST_NODES = 5_000_000
LONGEST_SCALAR = 1024 * 1024
LONGEST_KEY = 200
MOST_PROBLEMS = 1000


def read(path: Path, name: str | None = None) -> str:
    """The text of a UTF-8 file; `name` is what positions in it are called by (default: the path as given).

    Raises ModelError when it can't be read, is too large or isn't UTF-8. A file that can't be read is named by its
    path, as it was given: that is where somebody has to look.
    """
    file = str(path) if name is None else name
    start = Position(str(path), 1, 1)
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ModelError(Problem(start, "expected a file, found nothing there")) from None
    except IsADirectoryError:
        raise ModelError(Problem(start, "expected a file, found a folder")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(Problem(start, f"the file can't be read: {reason}")) from None
    return decoded(data, file)


def decoded(data: bytes, file: str) -> str:
    """Bytes as UTF-8 text, refused with the place of the first byte that isn't."""
    _refuse_size(len(data), file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        where = _position_of(before, len(before), file)
        message = f"expected UTF-8 text, found the byte 0x{data[error.start]:02X}: save the file as UTF-8"
        raise ModelError(Problem(where, message)) from None


def parse(text: str | bytes, file: str) -> Node:
    """The tree of one YAML document.

    Raises ModelError with every problem found: all refused spellings at once, but only the first breach of the
    YAML syntax, since what follows one can't be told apart. An empty text is refused.
    """
    if isinstance(text, bytes):
        text = decoded(text, file)
    else:
        _refuse_size(len(text), file)
    _refuse_characters(text, file)
    with _uncollected():
        return _Builder(file).build(text)


_REFUSED_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)


def _refuse_size(size: int, file: str) -> None:
    if size > MOST_BYTES:
        message = f"the file is larger than {MOST_BYTES // 1024**2} MiB: split the model"
        raise ModelError(Problem(Position(file, 1, 1), message))


def _refuse_characters(text: str, file: str) -> None:
    problems: list[Problem] = []
    for match in _REFUSED_CHARACTERS.finditer(text):
        name = f"U+{ord(match.group()):04X}"
        if match.start() == 0 and match.group() == "\ufeff":
            message = "the file starts with a byte order mark (U+FEFF): save it as UTF-8 without one"
        else:
            message = f"found the invisible character {name}: delete it"
        problems.append(Problem(_position_of(text, match.start(), file), message))
        if len(problems) == 20:
            break
    if problems:
        raise ModelError(problems)


def _position_of(text: str, offset: int, file: str) -> Position:
    line_start = text.rfind("\n", 0, offset) + 1
    return Position(file, text.count("\n", 0, offset) + 1, offset - line_start + 1)


@contextmanager
def _uncollected() -> Generator[None]:
    """Without the cycle collector: a tree has no cycles, and collecting while it grows doubles the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@dataclass(slots=True)
class _Open:
    """A collection whose end hasn't come yet."""

    mapping: bool
    flow: bool
    at: Position
    entries: list[tuple[Scalar, Node]]
    items: list[Node]
    first: dict[str, Scalar]
    key: Scalar | None = None
    calls: bool = False
    """Whether a `(` was seen directly inside."""


def _events(text: str) -> Callable[[], Any]:
    """The next event of libyaml's parser with each call, None after the last one."""
    import yaml.cyaml

    cyaml: Any = yaml.cyaml
    return cyaml.CParser(text).get_event


class _Builder:
    """Folds the events of one document into a tree, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    def build(self, text: str) -> Node:
        import yaml

        start = Position(self.file, 1, 1)
        try:
            self._consume(_events(text), yaml)
        except yaml.MarkedYAMLError as error:
            self.problems.append(explained(error, text, self.file))
        except yaml.YAMLError as error:
            self.problems.append(Problem(start, f"not valid YAML: {error}"))
        if self.problems:
            raise ModelError(self.problems)
        if self.root is None or (isinstance(self.root, Scalar) and self.root.empty):
            raise ModelError(Problem(start, "the file is empty"))
        return self.root

    def _consume(self, get_event: Callable[[], Any], yaml: Any) -> None:
        scalar_event, mapping_start, mapping_end = (
            yaml.ScalarEvent,
            yaml.MappingStartEvent,
            yaml.MappingEndEvent,
        )
        sequence_start, sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
        file, opened = self.file, self.open
        event: Any
        while True:
            event = get_event()
            if event is None:
                return
            kind: Any = event.__class__
            if kind is scalar_event:
                start, end = event.start_mark, event.end_mark
                style = event.style or ""
                scalar = Scalar(
                    event.value, style, file, start.line + 1, start.column + 1, end.line + 1, end.column + 1
                )
                if event.anchor is not None or event.tag is not None:
                    self._refuse_properties(event)
                if len(event.value) > LONGEST_SCALAR:
                    self._refuse(scalar.at, "this text is longer than 1 MiB: put it in a file of its own")
                if opened:
                    parent = opened[-1]
                    if "(" in scalar.value:
                        parent.calls = True
                    if parent.key is not None:
                        self.nodes += 1
                        parent.entries.append((parent.key, scalar))
                        parent.key = None
                        continue
                self._add(scalar)
            elif kind is mapping_start or kind is sequence_start:
                self._refuse_properties(event)
                at = self._at(event.start_mark)
                if len(self.open) >= DEEPEST:
                    self._refuse(at, f"nested deeper than {DEEPEST} levels")
                    return
                self.open.append(_Open(kind is mapping_start, bool(event.flow_style), at, [], [], {}))
            elif kind is mapping_end or kind is sequence_end:
                done = self.open.pop()
                end = self._at(event.end_mark)
                if done.mapping:
                    self._add(Mapping(tuple(done.entries), done.at, end, done.flow))
                else:
                    self._add(Sequence(tuple(done.items), done.at, end, done.flow))
                if done.flow and done.calls:
                    self._refuse_split_calls(done)
            elif kind is yaml.AliasEvent:
                at = self._at(event.start_mark)
                message = f"aliases are not read: found `*{event.anchor}`, write the value again or name it as a fact"
                self._refuse(at, message)
                self._add(Scalar("", "'", file, at.line, at.column, at.line, at.column))
            elif kind is yaml.DocumentStartEvent and not self._begins(event):
                return
            if self.nodes > MOST_NODES or len(self.problems) > MOST_PROBLEMS:
                message = f"more than {MOST_NODES:,} values in one file: split the model"
                self._refuse(self._at(event.start_mark), message if self.nodes > MOST_NODES else "and more")
                return

    def _begins(self, event: Any) -> bool:
        at = self._at(event.start_mark)
        if event.version is not None or event.tags is not None:
            self._refuse(at, "directives are not read: delete the line that starts with `%`")
        if self.root is not None:
            self._refuse(at, "expected one document, found `---`: put the second one in a file of its own")
            return False
        return True

    def _at(self, mark: Any) -> Position:
        return Position(self.file, mark.line + 1, mark.column + 1)

    def _refuse(self, at: Position, message: str) -> None:
        self.problems.append(Problem(at, message))

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            message = f"anchors are not read: delete `&{event.anchor}`, a fact used twice is written `$name`"
            self._refuse(self._at(event.start_mark), message)
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
            self._refuse(self._at(event.start_mark), f"tags are not read: delete `{shown}`")

    def _add(self, node: Node) -> None:
        self.nodes += 1
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is not None:
            parent.entries.append((parent.key, node))
            parent.key = None
        elif isinstance(node, Scalar):
            parent.key = node
            self._check_key(node, parent.first)
        else:
            found = "`{...}`" if isinstance(node, Mapping) else "`[...]`"
            self._refuse(node.at, f"expected a name before `:`, found {found}")
            parent.key = Scalar(
                "", "'", self.file, node.at.line, node.at.column, node.at.line, node.at.column
            )

    def _check_key(self, key: Scalar, first: dict[str, Scalar]) -> None:
        name = key.value
        earlier = first.setdefault(name, key)
        if earlier is not key:
            message = f"`{shortened(name)}` is already there at {earlier.line}:{earlier.column}: keep one of the two"
            self._refuse(key.at, message)
        elif not name:
            self._refuse(key.at, "expected a name before `:`, found nothing")
        elif key.line != key.end_line or len(name) > LONGEST_KEY:
            self._refuse(key.at, f"a name is one line of at most {LONGEST_KEY} characters")
        elif name == "<<" and key.plain:
            self._refuse(key.at, "merge keys are not read: found `<<`, write the entries out")

    def _refuse_split_calls(self, done: _Open) -> None:
        """`{work: gamma(4 ms, 2 ms)}`: in braces and brackets the comma ends the value."""
        pieces = list(done.items)
        for key, value in done.entries:
            pieces += [key, value]
        for before, after in pairwise(pieces):
            if not (
                isinstance(before, Scalar) and before.plain and isinstance(after, Scalar) and after.plain
            ):
                continue
            if _unclosed(before.value) > 0 > _unclosed(after.value):
                message = (
                    f"inside `{{}}` and `[]` the comma after `{shortened(before.value)}` ends the value: "
                    "put the whole of it in quotes"
                )
                self._refuse(before.at, message)


def _unclosed(text: str) -> int:
    return text.count("(") - text.count(")")
