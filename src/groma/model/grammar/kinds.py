"""How a value is written: text, names, numbers, words, references, quantities, lists of them, programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from groma.model.grammar.reader import CURRENCY, DATE, FAILED, NAME, Kind, Reader, did_you_mean, what
from groma.model.position import Problem
from groma.model.quantity import FactRef, Quantity, Unknown, read_quantity
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode
from groma.model.units import listed


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
    """A quantity of a dimension: with a unit, maybe with spread or a known range, or `$fact`.

    Where it has to be `stated`, it is neither unknown nor that of a fact; where somebody has `decided` it, as a limit,
    it isn't unknown.
    """

    __slots__ = ("decided", "dimension", "stated", "units")

    def __init__(
        self, dimension: str, *, units: tuple[str, ...] = (), stated: bool = False, decided: bool = False
    ) -> None:
        self.dimension = dimension
        self.units = units
        self.stated = stated
        self.decided = decided

    def read(self, node: Node, path: str, reader: Reader) -> Any:
        dimensions = self.units or (self.dimension,)
        result = read_quantity(node, dimensions, reader.folder)
        if isinstance(result, Problem):
            reader.problem(result.position, f"{path}: {result.message}")
            return FAILED
        if self.stated and not isinstance(result, Quantity):
            found = f"${result.name}" if isinstance(result, FactRef) else result.text
            reader.problem(result.at, f"{path}: expected a quantity of its own, found `{found}`")
            return FAILED
        if self.decided and isinstance(result, Unknown):
            reader.problem(
                result.at,
                f"{path}: expected what it is set to, found `{result.text}`; leave it out where there is none",
            )
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
