"""Dated, sourced facts about the world: prices, sizes, commitments, failure rates, models, labour.

Tables live under `data/` as CSV with a declaration beside each; language-model prices come from the offline snapshot
of `genai-prices`. What has no date or no source doesn't load. Others use:

- `load_catalog(overrides, on)`: the `Catalog`, with a user's own tables over the shipped ones
- `Catalog.entry`, `.entries`, `.spread`: rows and `Fact`s; `Catalog.product`: anything named `product:` in a model
- `Catalog.search`, `list_tables`, `show_entry`, `show_product`: what the catalog command prints
- `age(as_of, on)`: how old a fact is on a day
"""

from groma.catalog.catalog import Catalog, load_catalog
from groma.catalog.fact import EVIDENCE, Age, Fact, age, period
from groma.catalog.model_prices import ModelPrice, UnitPrice
from groma.catalog.output_ratios import OutputRatios
from groma.catalog.problems import CatalogError, UnknownEntryError
from groma.catalog.product import Commitment, Price, Product
from groma.catalog.search import Hit
from groma.catalog.shown import (
    Dated,
    ShownEntry,
    ShownProduct,
    TableSummary,
    list_tables,
    show_entry,
    show_product,
)
from groma.catalog.table import Entry, Table

__all__ = [
    "EVIDENCE",
    "Age",
    "Catalog",
    "CatalogError",
    "Commitment",
    "Dated",
    "Entry",
    "Fact",
    "Hit",
    "ModelPrice",
    "OutputRatios",
    "Price",
    "Product",
    "ShownEntry",
    "ShownProduct",
    "Table",
    "TableSummary",
    "UnitPrice",
    "UnknownEntryError",
    "age",
    "list_tables",
    "load_catalog",
    "period",
    "show_entry",
    "show_product",
]
