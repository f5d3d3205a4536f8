"""A table of dated facts, and one entry of it with typed values.

Cells stay text until somebody asks for them, so that a table of ten thousand rows loads in milliseconds; `checked`
reads every cell (users' tables always, shipped tables in the tests). A row whose evidence is `recalled` yields no
point: a band gives its low and high only, a single number is withheld.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from groma.catalog.declaration import Band, Declaration, Origin
from groma.catalog.fact import Fact, Number, Value
from groma.catalog.problems import UnknownEntryError
from groma.model.spelling import suggestion

KEY_SEPARATOR = " | "
_NUMBERS = ("whole", "number", "money")


class Row(NamedTuple):
    """One record: its cells in the order of the declared columns, where it came from, and its first line there."""

    cells: tuple[str, ...]
    origin: Origin
    line: int


@dataclass(frozen=True)
class Table:
    """A declaration with its rows, in the order of the key."""

    declaration: Declaration
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return self.declaration.name

    @cached_property
    def by_key(self) -> dict[tuple[str, ...], Row]:
        indices = tuple(self.declaration.index(name) for name in self.declaration.key)
        return {tuple(row.cells[i] for i in indices): row for row in self.rows}

    def entries(self, **where: str) -> Iterator[Entry]:
        """Entries whose columns hold exactly these texts, in the order of the table.

        Raises UnknownEntryError for a column the table doesn't have.
        """
        wanted: list[tuple[int, str]] = []
        for name, text in where.items():
            wanted.append((self.index(name), text))
        for row in self.rows:
            if all(row.cells[i] == text for i, text in wanted):
                yield Entry(self.declaration, row)

    def entry(self, key: str | tuple[str, ...]) -> Entry:
        """The entry of a key: its parts as a tuple, or one text with ` | ` between them.

        Raises UnknownEntryError with the nearest known keys.
        """
        parts = key if isinstance(key, tuple) else tuple(part.strip() for part in key.split("|"))
        row = self.by_key.get(parts)
        if row is None:
            from groma.catalog.nearest import nearest

            shown = KEY_SEPARATOR.join(parts)
            near = nearest(shown, (KEY_SEPARATOR.join(known) for known in self.by_key))
            raise UnknownEntryError(f"the table `{self.name}` has no entry `{shown}`", near)
        return Entry(self.declaration, row)

    def index(self, name: str) -> int:
        try:
            return self.declaration.index(name)
        except KeyError:
            known = [column.name for column in self.declaration.columns]
            message = f"the table `{self.name}` has no column `{name}`{suggestion(name, known)}"
            raise UnknownEntryError(message) from None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table, typed: `entry["vcpu"]` is the value, `entry.fact("vcpu")` the value with its provenance."""

    declaration: Declaration
    row: Row

    @property
    def table(self) -> str:
        return self.declaration.name

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(self.text(name) for name in self.declaration.key)

    @property
    def key_text(self) -> str:
        return KEY_SEPARATOR.join(self.key)

    @property
    def source(self) -> str:
        return self.text("source") or self._filled(self.row.origin.source)

    @property
    def as_of(self) -> str:
        return self.text("as_of") or self.row.origin.as_of

    @property
    def evidence(self) -> str:
        return self.text("evidence") or self.row.origin.evidence

    @property
    def note(self) -> str:
        return self.text("note")

    def text(self, name: str) -> str:
        """The cell as written; empty when nothing is known. Raises KeyError for an unknown column."""
        return self.row.cells[self.declaration.index(name)]

    def __getitem__(self, name: str) -> Value | None:
        column = self.declaration.column(name)
        if column is None:
            raise KeyError(name)
        return typed(self.text(name), column.type)

    def number(self, name: str) -> Number | None:
        """A numeric cell, None when it is empty. Raises TypeError for a column that holds no numbers."""
        value = self[name]
        if value is None or (isinstance(value, (Decimal, float, int)) and not isinstance(value, bool)):
            return value
        raise TypeError(f"{self.table}.{name} isn't a column of numbers")

    def money(self, name: str) -> Decimal | None:
        """A cell of a money column. Raises TypeError for another column."""
        value = self[name]
        if value is None or isinstance(value, Decimal):
            return value
        raise TypeError(f"{self.table}.{name} isn't a column of money")

    @property
    def values(self) -> dict[str, Value | None]:
        """Every column with its value, for showing."""
        return {column.name: self[column.name] for column in self.declaration.columns}

    def unit(self, name: str) -> str:
        column = self.declaration.column(name)
        if column is None:
            raise KeyError(name)
        return self._filled(column.unit)

    def _filled(self, text: str) -> str:
        """`{column}` replaced by what the row has there."""
        if "{" in text:
            for column in self.declaration.columns:
                if "{" + column.name + "}" in text:
                    text = text.replace("{" + column.name + "}", self.text(column.name))
        return text

    def fact(self, name: str) -> Fact:
        """A column or a band of the table as a fact. Raises KeyError for neither."""
        band = next((band for band in self.declaration.bands if band.name == name), None)
        column = self.declaration.column(name)
        if band is not None:
            return self._band(band)
        if column is None:
            raise KeyError(name)
        value = self[name]
        low = high = None
        if column.margin and isinstance(value, (Decimal, float, int)):
            margin = self.number(column.margin)
            if margin:
                low, high = _shifted(value, margin, -1), _shifted(value, margin, 1)
        if self.evidence == "recalled" and column.type in _NUMBERS:
            value = None
        return self._made(value, self.unit(name), low, high, name)

    def _band(self, band: Band) -> Fact:
        low, value, high = (
            None if not part else self.number(part) for part in (band.low, band.value, band.high)
        )
        if self.evidence == "recalled":
            value = None
        named = band.value or band.low or band.high
        return self._made(value, self.unit(named), low, high, band.name)

    def _made(
        self, value: Value | None, unit: str, low: Number | None, high: Number | None, column: str
    ) -> Fact:
        return Fact(
            value,
            unit,
            low,
            high,
            self.source,
            self.as_of,
            self.evidence,
            self.table,
            self.key_text,
            column,
            self.note,
        )


def typed(text: str, kind: str) -> Value | None:
    """A cell's text as a value of its column's type; None when it is empty. Raises ValueError."""
    if not text:
        return None
    if kind == "money":
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"expected an amount like 0.204, found `{text}`") from None
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"expected an amount of at least 0, found `{text}`")
        return amount
    if kind == "number":
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"expected a number, found `{text}`") from None
        if not math.isfinite(number):
            raise ValueError(f"expected a finite number, found `{text}`")
        return number
    if kind == "whole":
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"expected a whole number, found `{text}`") from None
    if kind == "flag":
        if text not in ("true", "false"):
            raise ValueError(f"expected true or false, found `{text}`")
        return text == "true"
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "list":
        return tuple(part.strip() for part in text.split("|") if part.strip())
    return text


def _shifted(value: Number, margin: Number, sign: int) -> Number:
    if isinstance(value, Decimal):
        return max(value + sign * Decimal(str(margin)), Decimal(0))
    return value + sign * float(margin)
