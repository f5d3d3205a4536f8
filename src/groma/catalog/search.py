"""Finding rows and products by words.

Every word of the question must occur in the row's texts (conjunctive matching, as in a phone book rather than a web
search); a hit ranks by where it occurs: the whole key, the start of a word of the key, inside the key, elsewhere. Ties
go to the shorter key, then by the alphabet, so the same question always has the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groma.catalog.problems import UnknownEntryError
from groma.catalog.table import KEY_SEPARATOR, Table
from groma.catalog.tables import Tables
from groma.model.spelling import suggestion

_BETWEEN = re.compile(r"[^0-9a-zà-öø-ÿ+]+")

PRODUCTS = "products"
"""Asking for this as a table searches all product references, models among them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row (`table`, `key`) or a product (`table` is `products`, `key` its reference) that fits the words."""

    score: int
    table: str
    key: str
    title: str


def search(
    tables: Tables, products: Iterable[tuple[str, str]], text: str, among: Iterable[str] | None, limit: int
) -> tuple[Hit, ...]:
    """The best `limit` hits. `products` are (reference, title); `among` limits the tables searched.

    An empty question has no hits. Raises UnknownEntryError for a table that isn't there.
    """
    words = [folded for word in text.split() if (folded := _folded(word).strip("-"))]
    known = tables.names()
    names = known if among is None else tuple(dict.fromkeys(among))
    for name in names:
        if name not in known:
            raise UnknownEntryError(f"there is no table `{name}`{suggestion(name, known)}")
    if not words or limit < 1:
        return ()
    hits: list[Hit] = []
    for name in names:
        if name == PRODUCTS:
            hits.extend(_product_hits(products, words))
        else:
            hits.extend(_row_hits(tables.table(name), words))
    hits.sort(key=lambda hit: (-hit.score, len(hit.key), hit.table, hit.key))
    return tuple(hits[:limit])


def _product_hits(products: Iterable[tuple[str, str]], words: list[str]) -> Iterator[Hit]:
    for ref, title in products:
        score = _score(words, _folded(ref), _folded(title))
        if score:
            yield Hit(score + 1, PRODUCTS, ref, title)


def _row_hits(table: Table, words: list[str]) -> Iterator[Hit]:
    declaration = table.declaration
    keys = [declaration.index(name) for name in declaration.key]
    texts = [i for i, column in enumerate(declaration.columns) if column.type in ("text", "list")]
    for row in table.rows:
        everything = _folded(" ".join(row.cells[i] for i in texts))
        if all(word in everything for word in words):
            key = KEY_SEPARATOR.join(row.cells[i] for i in keys)
            yield Hit(_score(words, _folded(key), everything), table.name, key, declaration.title)


def _folded(text: str) -> str:
    """Lower-case words between dashes, so that `Sonnet 4.6`, `sonnet-4-6` and `sonnet_4.6` are the same."""
    return f"-{_BETWEEN.sub('-', text.lower()).strip('-')}-"


def _score(words: list[str], key: str, everything: str) -> int:
    """0 when a word is missing; else up to 10 points a word, 50 more when the words are the whole key."""
    total = 0
    for word in words:
        if f"-{word}-" in key:
            total += 10
        elif f"-{word}" in key:
            total += 7
        elif word in key:
            total += 5
        elif word in everything:
            total += 2
        else:
            return 0
    return total + (50 if f"-{'-'.join(words)}-" == key else 0)
