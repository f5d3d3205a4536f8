"""The catalog as other rooms use it: tables, entries, products, search.

A facade over the tables and the kinds of product, so that a caller holds one object. Nothing is read when it is made
(a user's own folders excepted, whose problems should be known at once); equal folders make equal catalogs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from groma.catalog.business_tools import tool_product, tool_refs, tool_titles
from groma.catalog.compute import compute_product, compute_refs
from groma.catalog.fact import Fact
from groma.catalog.llm import SELLERS, llm_product, llm_refs, llm_titles, sells_models
from groma.catalog.model_prices import ModelPrice, model_price
from groma.catalog.nearest import nearest
from groma.catalog.output_ratios import OutputRatios, output_ratios
from groma.catalog.own_products import own_product, own_refs
from groma.catalog.problems import UnknownEntryError
from groma.catalog.product import Product, Ref, parse_ref
from groma.catalog.search import Hit, search
from groma.catalog.services import PROVIDERS, Services
from groma.catalog.table import Entry, Table
from groma.catalog.tables import Tables, load_tables


@dataclass(frozen=True)
class Catalog:
    """Dated facts about the world; make one with `load_catalog`.

    `on` is the day prices are asked for (a price announced for a later day isn't used yet); None takes the day of the
    price snapshot. The wall clock is never read.
    """

    tables: Tables
    on: date | None = None

    def table_names(self) -> tuple[str, ...]:
        return self.tables.names()

    def table(self, name: str) -> Table:
        """Raises UnknownEntryError with the nearest known table, CatalogError for one that can't be read."""
        return self.tables.table(name)

    def entry(self, table: str, key: str | tuple[str, ...]) -> Entry:
        """One row by its key. Raises UnknownEntryError with the nearest known keys."""
        return self.tables.entry(table, key)

    def entries(self, table: str, **where: str) -> tuple[Entry, ...]:
        """All rows whose columns hold exactly these texts."""
        return self.tables.entries(table, **where)

    def spread(self, table: str, column: str, **where: str) -> Fact:
        """The range that at least two rows span; see `Tables.spread`."""
        return self.tables.spread(table, column, **where)

    def model_price(self, provider: str, model: str) -> ModelPrice:
        """Everything one model costs at one provider. Raises UnknownEntryError."""
        return model_price(self.tables, SELLERS.get(provider, provider), model, self.on)

    @cached_property
    def output_ratios(self) -> OutputRatios:
        """How many times as much as a token read a token written costs, of every model with a price."""
        return output_ratios(self.tables)

    def product(self, ref: str) -> Product:
        """The product of a reference. Raises UnknownEntryError with the nearest known references."""
        known = self._products.get(ref)
        if known is None:
            known = self._products[ref] = self._product(ref)
        return known

    def _product(self, ref: str) -> Product:
        try:
            parsed = parse_ref(ref)
        except ValueError as error:
            own = own_product(self.tables, ref, None)
            if own is not None:
                return own
            raise UnknownEntryError(str(error), nearest(ref, self.refs())) from None
        if parsed.provider in self._own_providers:
            try:
                known = self._found(parsed)
            except UnknownEntryError:
                known = None
            own = own_product(self.tables, ref if known is None else known.ref, known)
            own = own or own_product(self.tables, ref, known)
            if own is not None:
                return own
        return self._found(parsed)

    def refs(self) -> Iterator[str]:
        """Every product reference, models included."""
        yield from own_refs(self.tables)
        yield from compute_refs(self.tables)
        yield from self._services.refs()
        yield from tool_refs(self.tables)
        yield from llm_refs()

    def search(self, text: str, tables: Iterable[str] | None = None, limit: int = 20) -> tuple[Hit, ...]:
        """Rows and products that contain every word, best first. Raises UnknownEntryError for an unknown table."""
        return search(self.tables, self._titled(), text, tables, limit)

    def at(self, on: date) -> Catalog:
        """The same catalog with prices of another day."""
        return replace(self, on=on)

    @cached_property
    def _products(self) -> dict[str, Product]:
        """Products that were asked for: a designer asks for the same few in each of its models."""
        return {}

    @cached_property
    def _services(self) -> Services:
        return Services(self.tables)

    @cached_property
    def _own_providers(self) -> frozenset[str]:
        return frozenset(ref.partition("/")[0] for ref in own_refs(self.tables))

    def _found(self, ref: Ref) -> Product:
        tool = tool_product(self.tables, str(ref))
        if tool is not None:
            return tool
        if ref.provider not in PROVIDERS and sells_models(ref.provider):
            return llm_product(self.tables, ref, self.on)
        product = compute_product(self.tables, ref) or self._services.product(ref)
        if product is None:
            near = nearest(str(ref), (known for known in self.refs() if _alike(known, ref)))
            raise UnknownEntryError(
                f"the catalog has no product `{ref}`", near or nearest(str(ref), self.refs())
            )
        return product

    def _titled(self) -> Iterator[tuple[str, str]]:
        for ref in own_refs(self.tables):
            yield ref, ref
        for ref in compute_refs(self.tables):
            yield ref, "virtual machine"
        for ref in self._services.refs():
            yield ref, "service"
        yield from tool_titles(self.tables)
        yield from llm_titles()


def load_catalog(overrides: Sequence[Path] = (), on: date | None = None) -> Catalog:
    """The catalog with users' folders over the shipped tables, later ones first.

    Raises CatalogError with every problem of the users' tables, each as `file:line:column: message`.
    """
    return Catalog(load_tables(overrides), on)


def _alike(known: str, ref: Ref) -> bool:
    return known.startswith(ref.provider + "/")
