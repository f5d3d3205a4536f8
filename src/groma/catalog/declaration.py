"""What a table says about itself: title, key, columns with type and unit, bands, source, licence, date, evidence.

A declaration is a small YAML file beside the CSV (`compute.csv`, `compute.yaml`), so that a person can review it and a
user's own table is written in exactly the same way. A declaration of a table that exists already (a user's override)
only states where the new rows come from. Keys after the W3C's CSV on the Web, cut down to what is used here.

    title: AWS EC2 on-demand Linux prices
    key: [instance_type, region]
    columns:
      instance_type: text
      price_per_hour: {type: money, unit: "{currency}/h"}
      low: number
    bands:
      rate: {low: low, value: typical, high: high}
    source: owner/repository@commit:path
    licence: Apache-2.0
    as_of: 2026-07-20        # or in a column named as_of
    evidence: read           # or in a column named evidence
    notes: ...

`{column}` in a unit is replaced by the row's own value. Columns named source, as_of, evidence and note need no
declaration: they belong to every table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from groma.catalog.fact import EVIDENCE, period
from groma.catalog.problems import CatalogError
from groma.model.position import Problem
from groma.model.source import Mapping, Node, Scalar, Sequence, parse
from groma.model.spelling import suggestion

TYPES = ("text", "whole", "number", "money", "flag", "date", "list")
"""list is `|`-separated text; money is Decimal; number is float; whole is int; flag is true or false."""

PROVENANCE = ("note", "source", "as_of", "evidence")
"""Columns every table may carry; a row's own value comes before the table's."""

_KEYS = (
    "title",
    "key",
    "columns",
    "bands",
    "source",
    "licence",
    "as_of",
    "evidence",
    "notes",
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, its unit (may name other columns in braces), and the column of its error margin."""

    name: str
    type: str = "text"
    unit: str = ""
    margin: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A range read from several columns; any of them may be missing (empty name)."""

    name: str
    low: str
    value: str
    high: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from, for rows that don't say it themselves; empty where each row must."""

    file: str
    source: str
    licence: str
    as_of: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """The shape of a table and the origin of its own rows."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]
    origin: Origin
    notes: str

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def index(self, name: str) -> int:
        """Position of a column in a row. Raises KeyError for an unknown one."""
        for index, column in enumerate(self.columns):
            if column.name == name:
                return index
        raise KeyError(name)


def read_declaration(text: str, name: str, file: str, known: Declaration | None = None) -> Declaration:
    """A declaration from its YAML text; `known` is the table it adds rows to, if there is one already.

    Raises CatalogError with all problems: an unknown key, a key column that isn't declared, a missing title, ...
    """
    root = parse(text, file)
    reader = _Reader(file)
    if not isinstance(root, Mapping):
        raise CatalogError(Problem(root.at, "expected `key: value` lines that declare a table"))
    found: dict[str, Node] = {}
    for key, node in root.entries:
        if key.value in _KEYS:
            found[key.value] = node
        else:
            reader.say(key, f"unknown key `{key.value}`{suggestion(key.value, _KEYS)}")
    shape = ("title", "key", "columns", "bands")
    if known is not None:
        for word in shape:
            if word in found:
                reader.say(
                    found[word], f"the table `{name}` is known: leave `{word}` out, only say the origin"
                )
        title, keys, columns, bands = known.title, known.key, known.columns, known.bands
    else:
        for word in ("title", "key", "columns"):
            if word not in found:
                reader.say(root, f"a table needs `{word}`")
        title = reader.text(found.get("title"))
        columns = (*reader.columns(found.get("columns")), *(Column(word) for word in PROVENANCE))
        keys = reader.names(found.get("key"), columns)
        bands = reader.bands(found.get("bands"), columns)
    if "licence" not in found:
        reader.say(root, "a table needs `licence`: under what terms its rows may be used")
    origin = Origin(
        file,
        reader.text(found.get("source")),
        reader.text(found.get("licence")),
        reader.date(found.get("as_of")),
        reader.evidence(found.get("evidence")),
    )
    notes = reader.text(found.get("notes"))
    if reader.problems:
        raise CatalogError(reader.problems)
    return Declaration(name, title, keys, columns, bands, origin, notes)


class _Reader:
    """Collects the problems of one declaration while its parts are read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.at, message))

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return " ".join(node.value.split())
        self.say(node, "expected a text")
        return ""

    def date(self, node: Node | None) -> str:
        text = self.text(node)
        if node is not None:
            try:
                period(text)
            except ValueError as error:
                self.say(node, str(error))
        return text

    def evidence(self, node: Node | None) -> str:
        text = self.text(node)
        if node is not None and text not in EVIDENCE:
            self.say(node, f"expected evidence to be one of {', '.join(EVIDENCE)}, found `{text}`")
        return text

    def columns(self, node: Node | None) -> tuple[Column, ...]:
        if not isinstance(node, Mapping):
            if node is not None:
                self.say(node, "expected `column: type` lines")
            return ()
        return tuple(self.column(key, value) for key, value in node.entries)

    def column(self, key: Scalar, node: Node) -> Column:
        if not _NAME.fullmatch(key.value):
            self.say(key, f"expected a column name of lower-case letters, digits and _, found `{key.value}`")
        if key.value in PROVENANCE:
            self.say(key, f"every table has a column `{key.value}`: don't declare it")
        parts: dict[str, str] = {"type": "text", "unit": "", "margin": ""}
        if isinstance(node, Scalar):
            parts["type"] = node.value
        elif isinstance(node, Mapping):
            for name, value in node.entries:
                if name.value in parts:
                    parts[name.value] = self.text(value)
                else:
                    self.say(name, f"unknown key `{name.value}`{suggestion(name.value, parts)}")
        else:
            self.say(node, "expected a type, or `{type: ..., unit: ...}`")
        if parts["type"] not in TYPES:
            self.say(node, f"unknown type `{parts['type']}`{suggestion(parts['type'], TYPES)}")
        return Column(key.value, parts["type"], parts["unit"], parts["margin"])

    def names(self, node: Node | None, columns: tuple[Column, ...]) -> tuple[str, ...]:
        if isinstance(node, Scalar):
            items: tuple[Node, ...] = (node,)
        elif isinstance(node, Sequence):
            items = node.items
        else:
            return ()
        return tuple(self.column_name(item, columns) for item in items)

    def column_name(self, node: Node, columns: tuple[Column, ...]) -> str:
        name = self.text(node)
        known = [column.name for column in columns]
        if name not in known:
            self.say(node, f"`{name}` isn't a column of this table{suggestion(name, known)}")
        return name

    def bands(self, node: Node | None, columns: tuple[Column, ...]) -> tuple[Band, ...]:
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self.say(node, "expected `band: {low: column, value: column, high: column}` lines")
            return ()
        bands: list[Band] = []
        for key, value in node.entries:
            parts = {"low": "", "value": "", "high": ""}
            if not isinstance(value, Mapping):
                self.say(value, "expected `{low: column, value: column, high: column}`")
                continue
            for name, column in value.entries:
                if name.value in parts:
                    parts[name.value] = self.column_name(column, columns)
                else:
                    self.say(name, f"unknown key `{name.value}`{suggestion(name.value, parts)}")
            bands.append(Band(key.value, parts["low"], parts["value"], parts["high"]))
        return tuple(bands)
