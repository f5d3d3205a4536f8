"""How a field is written: one description that the reader, the JSON Schema, the formatter and the reference page share.

A `Kind` reads one YAML node into a value and describes itself as JSON Schema. `key(...)` attaches a kind and its help
to a dataclass field of an element; `bind` reads a mapping into such a class. Nothing raises: problems are collected in
the `Reader`, so that a person sees all of them at once.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from groma.model.position import Position, Problem
from groma.model.quantity import FactRef, Quantity, read_quantity
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar, nearest
from groma.model.source import Sequence as SequenceNode
from groma.model.units import listed

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


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; `form` narrows it to a date or a currency."""

    form: str = "text"

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, Scalar):
            reader.problem(node.at, f"{path}: expected text, found {what(node)}")
            return FAILED
        if self.form == "date" and not DATE.fullmatch(node.value):
            reader.problem(node.at, f"{path}: expected a date such as 2026-11-21, found {what(node)}")
        if self.form == "currency" and not CURRENCY.fullmatch(node.value):
            reader.problem(node.at, f"{path}: expected a currency such as EUR, found {what(node)}")
        return node.value

    def schema(self) -> dict[str, Any]:
        pattern = {"date": DATE.pattern, "currency": CURRENCY.pattern}.get(self.form)
        return (
            {"type": ["string", "number"]}
            if pattern is None
            else {"type": "string", "pattern": f"^({pattern})$"}
        )


@dataclass(frozen=True, slots=True)
class Name:
    """A name as used for elements: letters, digits, `_`, `-`."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if not isinstance(node, Scalar) or not NAME.fullmatch(node.value):
            reader.problem(
                node.at, f"{path}: expected a name (letters, digits, `_`, `-`), found {what(node)}"
            )
            return FAILED
        return node.value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{NAME.pattern}$"}


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar) and node.plain and node.value in ("true", "false"):
            return node.value == "true"
        reader.problem(node.at, f"{path}: expected `true` or `false`, found {what(node)}")
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, at least `least`."""

    least: int = 0

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if (
            isinstance(node, Scalar)
            and re.fullmatch(r"\d{1,9}", node.value)
            and int(node.value) >= self.least
        ):
            return int(node.value)
        reader.problem(
            node.at, f"{path}: expected a whole number of {self.least} or more, found {what(node)}"
        )
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least}


@dataclass(frozen=True, slots=True)
class Real:
    """A plain number of zero or more, such as 1.5."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar) and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", node.value):
            return float(node.value)
        reader.problem(node.at, f"{path}: expected a number such as 1.5, found {what(node)}")
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0}


class Word:
    """One of a few words."""

    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = words

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, Scalar) and node.value in self.words:
            return node.value
        expected = ", ".join(f"`{word}`" for word in self.words)
        hint = did_you_mean(node.value, self.words) if isinstance(node, Scalar) else ""
        reader.problem(node.at, f"{path}: expected one of {expected}, found {what(node)}{hint}")
        return FAILED

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


class Reference:
    """The name of an element of one of these sections; `validate` checks that it is there."""

    __slots__ = ("sections",)

    def __init__(self, *sections: str) -> None:
        self.sections = sections

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        return Name().read(node, path, reader)

    def schema(self) -> dict[str, Any]:
        return {**Name().schema(), "description": f"a name from {' or '.join(self.sections)}"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure such as `latency/answer@replied/p95`."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        from groma.model.measure import parse_measure

        if not isinstance(node, Scalar):
            reader.problem(node.at, f"{path}: expected a measure such as `cost/month`, found {what(node)}")
            return FAILED
        parsed = parse_measure(node.value)
        if isinstance(parsed, str):
            reader.problem(node.at, f"{path}: {parsed}")
        return node.value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[a-z]+/.+"}


class Amount:
    """A quantity of a dimension: with a unit, maybe with spread or a known range, or `unknown`, or `$fact`."""

    __slots__ = ("dimension", "units")

    def __init__(self, dimension: str, *, units: tuple[str, ...] = ()) -> None:
        self.dimension = dimension
        self.units = units

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        dimensions = self.units or (self.dimension,)
        result = read_quantity(node, dimensions, reader.folder)
        if isinstance(result, Problem):
            reader.problem(result.position, f"{path}: {result.message}")
            return FAILED
        if isinstance(result, FactRef):
            return _fact_value(result, path, dimensions, reader)
        return result

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/quantity", "description": f"a {self.dimension}"}


def _fact_value(ref: FactRef, path: str, dimensions: tuple[str, ...], reader: Reader) -> Any:
    reader.used_facts.add(ref.name)
    fact = reader.facts.get(ref.name)
    if fact is None:
        if ref.name not in reader.facts:
            hint = did_you_mean(ref.name, reader.facts)
            reader.problem(ref.at, f"{path}: there is no fact `{ref.name}` in `facts`{hint}")
        return FAILED
    value: Quantity = fact.value
    if not any(value.unit.is_a(dimension) for dimension in dimensions):
        reader.problem(
            ref.at,
            f"{path}: expected {listed(dimensions)}, but fact `{ref.name}` is `{value.text}` ({fact.at})",
        )
        return FAILED
    return value


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A list, or a single value for a list of one."""

    inner: Kind

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        if isinstance(node, SequenceNode):
            return tuple(self.inner.read(item, f"{path}.{n}", reader) for n, item in enumerate(node.items, 1))
        return (self.inner.read(node, path, reader),)

    def schema(self) -> dict[str, Any]:
        inner = self.inner.schema()
        return {"anyOf": [inner, {"type": "array", "items": inner}]}


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping of names to values of one kind."""

    inner: Kind

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
            else:
                found[name.value] = self.inner.read(value, where, reader)
        return found

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.inner.schema()}


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Money by what it is paid per; a bare amount is per `alone`."""

    alone: str

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        kind = Amount("price")
        if isinstance(node, MappingNode) and not any(name.value == "value" for name, _ in node.entries):
            return {
                name.value: kind.read(value, f"{path}.{name.value}", reader) for name, value in node.entries
            }
        return {self.alone: kind.read(node, path, reader)}

    def schema(self) -> dict[str, Any]:
        return {
            "anyOf": [
                Amount("price").schema(),
                {"type": "object", "additionalProperties": Amount("price").schema()},
            ]
        }


@dataclass(frozen=True, slots=True)
class Program:
    """A list of steps."""

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        from groma.model.steps import read_steps

        return read_steps(node, path, reader)

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/steps"}


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
