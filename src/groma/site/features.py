"""Which search features structured data can earn, what they require, and which were retired (with the date).

From the catalog's table of Google's documentation. Requirements there are words; those that are plain are read here:
`a.b` (a property of a property, or of a type), `x or y`, `one of: x, y`. One with a condition in brackets is left out,
since a page can't be held against half of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from groma.catalog import Catalog, load_catalog
from groma.site.items import inside, walk_items
from groma.site.page import Item
from groma.site.vocabulary import kinds, vocabulary

_TYPES = re.compile(r"^([A-Za-z|]+?)(?: and subtypes| with ([A-Za-z]+))?$")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature for items of `types` (that hold an item of type `within`, if one is named)."""

    name: str
    types: tuple[str, ...]
    within: str
    required: tuple[tuple[str, ...], ...]
    """Each a choice: one of these paths must be there."""
    is_retired: bool
    retired_on: str
    source: str
    as_of: str

    def holds(self, item: Item) -> bool:
        """Whether an item of the feature's types holds what the feature wants inside it."""
        return not self.within or any(self.within in kinds(inner.types) for inner in walk_items(inside(item)))

    def lacks(self, item: Item) -> tuple[str, ...]:
        """Requirements that the item doesn't meet, as they are written."""
        return tuple(
            " or ".join(choice) for choice in self.required if not any(_has(item, path) for path in choice)
        )


def _has(item: Item, path: str) -> bool:
    first, _, rest = path.partition(".")
    if first[:1].isupper():  # a type: every inner item of it must have the rest
        return all(_has(one, rest) for one in walk_items(inside(item)) if first in one.types)
    values = item.values(first)
    if not values:
        return False
    if not rest:
        return any(isinstance(value, Item) or str(value).strip() for value in values)
    inner = [value for value in values if isinstance(value, Item)]
    if not inner:
        return any(not isinstance(value, Item) for value in values) and rest == "name"
    return any(one.is_reference or _has(one, rest) for one in inner)


@cache
def features() -> tuple[Feature, ...]:
    return read_features(load_catalog())


@lru_cache(maxsize=10_000)
def features_of(types: tuple[str, ...]) -> tuple[Feature, ...]:
    """The features for items of these types."""
    found = kinds(types)
    return tuple(feature for feature in features() if not found.isdisjoint(feature.types))


def fitting(item: Item) -> tuple[Feature, ...]:
    """The features that an item is of the kind for, without those for a more general kind than another's.

    A restaurant is judged as a local business, not as an organisation; a blog posting as an article.
    """
    found = tuple(feature for feature in features_of(item.types) if feature.holds(item))
    if len(found) < 2:
        return found
    kept = _nearest(item.types, tuple(feature.name for feature in found))
    return tuple(feature for feature in found if feature.name in kept)


@lru_cache(maxsize=10_000)
def _nearest(types: tuple[str, ...], names: tuple[str, ...]) -> frozenset[str]:
    """Which of the features by these names are for no more general kind than another of them."""
    mine = kinds(types)
    found = [feature for feature in features_of(types) if feature.name in names]
    named = {name for feature in found for name in feature.types if name in mine}
    general = {name for name in named for other in named if name != other and name in kinds((other,))}
    return frozenset(f.name for f in found if any(name in mine and name not in general for name in f.types))


def read_features(catalog: Catalog) -> tuple[Feature, ...]:
    """The features whose kinds of item are stated plainly, by name."""
    words = vocabulary()
    found: list[Feature] = []
    for entry in catalog.entries("rich-results"):
        stated = _TYPES.match(entry.text("schema_types"))
        if stated is None:
            continue
        types = tuple(name for name in stated.group(1).split("|") if words.is_type(name))
        if not types:
            continue
        required = tuple(
            choice
            for text in entry.text("required").split("|")
            if text and (choice := _choice(text)) is not None
        )
        found.append(
            Feature(
                entry.text("feature"),
                types,
                stated.group(2) or "",
                required,
                entry.text("status") == "retired",
                entry.text("status_date"),
                entry.source,
                entry.as_of,
            )
        )
    return tuple(found)


def _choice(text: str) -> tuple[str, ...] | None:
    if "(" in text or "alone" in text:
        return None
    text = text.removeprefix("one of:").strip()
    return tuple(part.strip() for part in re.split(r",| or ", text) if part.strip())
