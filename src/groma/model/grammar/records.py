"""How an element is written: a mapping whose keys are the fields of its class, alone or in a table by name."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groma.model.grammar.kinds import OneOrMany, Text
from groma.model.grammar.reader import FAILED, NAME, Kind, Reader, did_you_mean, what
from groma.model.position import Position
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node


@dataclass(frozen=True, slots=True)
class Key:
    """How one field of an element is written."""

    name: str
    kind: Kind
    help: str
    required: bool


_NO_DEFAULT: Any = object()


def key(kind: Kind, help: str, *, default: Any = _NO_DEFAULT, required: bool = False) -> Any:
    """A dataclass field written as `kind`; without a default it is None when it is not written."""
    metadata = {"kind": kind, "help": help, "required": required}
    if isinstance(default, dict):
        return field(default_factory=dict[str, Any], metadata=metadata)
    if required:
        return field(metadata=metadata)
    return field(default=None if default is _NO_DEFAULT else default, metadata=metadata)


@functools.cache
def keys_of(cls: type[Any]) -> dict[str, tuple[str, Key]]:
    """Written key -> (field name, how it is written), in the order in which the formatter puts them."""
    found: dict[str, tuple[str, Key]] = {}
    for item in dataclasses.fields(cls):
        if "kind" in item.metadata:
            written = item.name.rstrip("_")
            found[written] = (
                item.name,
                Key(written, item.metadata["kind"], item.metadata["help"], item.metadata["required"]),
            )
    return found


def bind(
    cls: type[Any],
    node: Node,
    path: str,
    reader: Reader,
    *,
    name: str,
    at: Position,
    extra: Mapping[str, Any] | None = None,
) -> Any:
    """Read a mapping into an element class; unknown, missing and wrong keys become problems of the reader."""
    known = keys_of(cls)
    label = path or "the model"
    if not isinstance(node, MappingNode):
        some = ", ".join(f"`{k}`" for k in list(known)[:4])
        reader.problem(node.at, f"{label}: expected a mapping with keys such as {some}, found {what(node)}")
        return FAILED
    values: dict[str, Any] = dict(extra or {})
    for written, value in node.entries:
        entry = known.get(written.value)
        if entry is None:
            reader.problem(
                written.at, f"{label}: unknown key `{written.value}`{did_you_mean(written.value, known)}"
            )
            continue
        attribute, how = entry
        values[attribute] = how.kind.read(value, f"{path}.{written.value}" if path else written.value, reader)
    for attribute, how in known.values():
        if how.required and attribute not in values:
            reader.problem(at, f"{label}: key `{how.name}` is missing: {how.help}")
            values[attribute] = FAILED
    fields = {item.name for item in dataclasses.fields(cls)}
    if "name" in fields and "name" not in known:
        values["name"] = name
    if "at" in fields:
        values["at"] = at
    return cls(**values)


@dataclass(frozen=True, slots=True)
class Record:
    """An element class (by name, where it is defined later or in another file), read from a mapping of its keys."""

    name: str
    cls: type[Any] | None = None

    @property
    def of(self) -> type[Any]:
        if self.cls is not None:
            return self.cls
        from groma.model import elements, program

        return getattr(elements, self.name, None) or getattr(program, self.name)

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        return self.bind(node, path, reader, path.rpartition(".")[2], node.at)

    def bind(self, node: Node, path: str, reader: Reader, name: str, at: Position) -> Any:
        return bind(self.of, node, path, reader, name=name, at=at)

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True, slots=True)
class Known:
    """A name of a table that the engine reads: how its value is written, and what it is."""

    kind: Kind
    help: str


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of names to values of one kind.

    Names of `known` have a kind of their own. Other names are free, but for those that look like a slip of a known one
    (without a digit, so that `recall5` may stand beside `recall`).
    """

    inner: Kind
    known: Mapping[str, Known] = field(default_factory=dict[str, Known])

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, MappingNode):
            reader.problem(node.at, f"{path}: expected a mapping of names, found {what(node)}")
            return FAILED
        found: dict[str, Any] = {}
        inner = self.inner.inner if isinstance(self.inner, OneOrMany) else self.inner
        for name, value in node.entries:
            if not NAME.fullmatch(name.value) and not isinstance(inner, Text):
                reader.problem(
                    name.at, f"{path}: `{name.value}` can't be a name: letters, digits, `_` and `-` only"
                )
                continue
            where = f"{path}.{name.value}" if path else name.value
            if isinstance(self.inner, Record):
                found[name.value] = self.inner.bind(value, where, reader, name.value, name.at)
                continue
            slip = self._slip(name.value)
            if slip:
                reader.problem(name.at, f"{path}: `{name.value}` isn't read by anything{slip}")
                continue
            kind = self.known[name.value].kind if name.value in self.known else self.inner
            found[name.value] = kind.read(value, where, reader)
        return found

    def _slip(self, name: str) -> str:
        """The known name that is meant, where this one looks like a slip of it."""
        if name in self.known or any(letter.isdigit() for letter in name):
            return ""
        return did_you_mean(name, self.known)

    def schema(self) -> dict[str, Any]:
        own = {name: each.kind.schema() | {"description": each.help} for name, each in self.known.items()}
        listed = {"properties": own} if own else {}
        return {"type": "object", **listed, "additionalProperties": self.inner.schema()}
