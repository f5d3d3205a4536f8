"""A user's own products and prices: the rows of `products.csv` in their catalog folder.

They come before everything else. Rows whose reference is known elsewhere replace its prices and keep its capacities
and commitments; other rows make a product of their own.
"""

from __future__ import annotations

from dataclasses import replace

from groma.catalog.product import Price, Product
from groma.catalog.table import Entry
from groma.catalog.tables import Tables


def own_refs(tables: Tables) -> tuple[str, ...]:
    """Every reference a user has priced, by the alphabet."""
    return tuple(sorted({entry.text("ref") for entry in tables.entries("products")}))


def own_product(tables: Tables, ref: str, known: Product | None) -> Product | None:
    """The product of a reference with the user's prices over what is `known`; None without such rows."""
    entries = tables.entries("products", ref=ref)
    if not entries:
        return None
    prices = tuple(_price(entry) for entry in entries)
    if known is not None:
        return replace(known, prices=prices)
    provider = ref.partition("/")[0] if "/" in ref else ""
    return Product(
        ref=ref,
        kind=_stated(entries, "kind") or "service",
        title=_stated(entries, "title") or ref,
        provider=_stated(entries, "provider") or provider,
        region=_stated(entries, "region") or None,
        jurisdiction=_stated(entries, "jurisdiction") or None,
        prices=prices,
    )


def _price(entry: Entry) -> Price:
    fact = entry.fact("price")
    amount = None if fact.value is None else entry.money("amount")
    return Price(entry.text("per"), amount, entry.text("currency"), fact, condition=entry.text("condition"))


def _stated(entries: tuple[Entry, ...], column: str) -> str:
    return next((entry.text(column) for entry in entries if entry.text(column)), "")
