"""What `groma catalog list | show` print: data about tables, rows and products, with the age of every figure.

Only gathers; the command prints. Ages are counted to a day that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groma.catalog.catalog import Catalog
from groma.catalog.fact import Age, Fact, age
from groma.catalog.product import Product


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One line of the list of tables; dates are the oldest and the newest of its rows."""

    name: str
    title: str
    rows: int
    key: tuple[str, ...]
    columns: tuple[str, ...]
    source: str
    licence: str
    oldest: str
    newest: str
    evidence: tuple[tuple[str, int], ...]
    notes: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A fact with its age on the day asked about."""

    name: str
    fact: Fact
    age: Age


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A row with every column that is known, as facts."""

    table: str
    key: str
    facts: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product with its facts by group: prices, capacities, commitments, and what else is known."""

    product: Product
    prices: tuple[Dated, ...]
    capacities: tuple[Dated, ...]
    commitments: tuple[Dated, ...]
    others: tuple[Dated, ...]


def list_tables(catalog: Catalog) -> tuple[TableSummary, ...]:
    """Every table with its size, provenance and dates."""
    return tuple(_summary(catalog, name) for name in catalog.table_names())


def show_entry(catalog: Catalog, table: str, key: str | tuple[str, ...], on: date) -> ShownEntry:
    """One row, every known column with its age on a day. Raises UnknownEntryError."""
    entry = catalog.entry(table, key)
    declared = entry.declaration
    names = [band.name for band in declared.bands]
    banded = {part for band in declared.bands for part in (band.low, band.value, band.high)}
    names += [
        column.name
        for column in declared.columns
        if column.name not in (*declared.key, *banded, "source", "as_of", "evidence", "note")
    ]
    facts = ((name, entry.fact(name)) for name in names)
    return ShownEntry(table, entry.key_text, tuple(_dated(n, fact, on) for n, fact in facts if fact.known))


def show_product(catalog: Catalog, ref: str, on: date) -> ShownProduct:
    """A product with the age of each of its facts on a day. Raises UnknownEntryError."""
    product = catalog.at(on).product(ref)
    return ShownProduct(
        product,
        tuple(_dated(price.per, price.fact, on) for price in product.prices),
        tuple(_dated(name, fact, on) for name, fact in product.capacities.items()),
        tuple(_dated(promise.condition, promise.fact, on) for promise in product.commitments),
        tuple(_dated(fact.column, fact, on) for fact in product.facts),
    )


def _dated(name: str, fact: Fact, on: date) -> Dated:
    return Dated(name, fact, age(fact.as_of, on))


def _summary(catalog: Catalog, name: str) -> TableSummary:
    table = catalog.table(name)
    declared = table.declaration
    entries = list(table.entries())
    dates = sorted({entry.as_of for entry in entries})
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.evidence] = counts.get(entry.evidence, 0) + 1
    return TableSummary(
        name,
        declared.title,
        len(entries),
        declared.key,
        tuple(column.name for column in declared.columns),
        declared.origin.source or "in each row",
        declared.origin.licence,
        dates[0] if dates else "",
        dates[-1] if dates else "",
        tuple(sorted(counts.items())),
        declared.notes,
    )
