"""Software that small businesses buy (table `small-business-tools`) as products: one plan, one list price each."""

from __future__ import annotations

from groma.catalog.product import Price, Product
from groma.catalog.table import Entry
from groma.catalog.tables import Tables

TABLE = "small-business-tools"


def tool_refs(tables: Tables) -> tuple[str, ...]:
    """Every reference of the table, by the alphabet."""
    return tuple(sorted(entry.text("product") for entry in tables.entries(TABLE)))


def tool_titles(tables: Tables) -> tuple[tuple[str, str], ...]:
    """Reference and the words that it is found by: name, vendor and what it is for."""
    return tuple(
        (entry.text("product"), f"{entry.text('title')} {entry.text('vendor')} {entry.text('functions')}")
        for entry in tables.entries(TABLE)
    )


def tool_product(tables: Tables, ref: str) -> Product | None:
    """The product of a reference, None when the table hasn't got it."""
    return next((_product(entry) for entry in tables.entries(TABLE, product=ref)), None)


def _product(entry: Entry) -> Product:
    fact = entry.fact("price")
    amount = None if fact.value is None else entry.money("amount")
    plan = f", {entry.text('plan')}" if entry.text("plan") else ""
    notes = tuple(
        text
        for text in (
            f"billed {entry.text('billing')}" if entry.text("billing") else "",
            entry.text("note"),
        )
        if text
    )
    return Product(
        ref=entry.text("product"),
        kind="tool",
        title=entry.text("title") + plan,
        provider=entry.text("vendor"),
        region=None,
        jurisdiction=entry.text("jurisdiction") or None,
        prices=(Price(entry.text("per"), amount, entry.text("currency"), fact),),
        notes=notes,
    )
