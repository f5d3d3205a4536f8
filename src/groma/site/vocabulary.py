"""The schema.org vocabulary as data: which types there are, what stands above them, which properties they may carry.

From the catalog's dated tables (release 30.0). Names only: texts of schema.org aren't copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from groma.catalog import Catalog, load_catalog

ANNOTATIONS = ("-input", "-output")
"""Suffixes that action markup adds to properties (schema.org, "Potential Actions")."""


@dataclass(frozen=True, slots=True)
class Property:
    domains: frozenset[str]
    ranges: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """Types with their parents and properties with domains and ranges."""

    parents: dict[str, tuple[str, ...]]
    properties: dict[str, Property]
    above: dict[str, frozenset[str]]

    def is_type(self, name: str) -> bool:
        return name in self.parents

    def is_a(self, name: str, other: str) -> bool:
        """Whether a type is another or stands below it."""
        return other in self.above.get(name, frozenset())

    def property(self, name: str) -> Property | None:
        for suffix in ANNOTATIONS:
            name = name.removesuffix(suffix)
        return self.properties.get(name.removeprefix("^"))

    def may_carry(self, types: tuple[str, ...], name: str) -> bool:
        """Whether one of the types may have a property (a role may have any; an unknown type too)."""
        found = self.property(name)
        if found is None or not found.domains:
            return found is not None
        if name.startswith("^"):
            return True
        known = [name_ for name_ in types if name_ in self.parents]
        if not known:
            return True
        return any(found.domains & self.above[type_] or "Role" in self.above[type_] for type_ in known)


@cache
def vocabulary() -> Vocabulary:
    """The shipped vocabulary, read once."""
    return read_vocabulary(load_catalog())


@lru_cache(maxsize=10_000)
def kinds(types: tuple[str, ...]) -> frozenset[str]:
    """Everything that an item of these types is, by the shipped vocabulary: the types and all that stand above."""
    above = vocabulary().above
    return frozenset(one for name in types for one in above.get(name, frozenset[str]()))


@lru_cache(maxsize=20_000)
def carries(types: tuple[str, ...], name: str) -> bool | None:
    """Whether an item of these types may have a property, by the shipped vocabulary; None if it holds no such."""
    words = vocabulary()
    return None if words.property(name) is None else words.may_carry(types, name)


def read_vocabulary(catalog: Catalog) -> Vocabulary:
    """The vocabulary of a catalog's tables."""
    parents = {
        entry.text("type"): tuple(filter(None, entry.text("parents").split("|")))
        for entry in catalog.entries("schemaorg-types")
    }
    properties = {
        entry.text("property"): Property(
            frozenset(filter(None, entry.text("domains").split("|"))),
            frozenset(filter(None, entry.text("ranges").split("|"))),
        )
        for entry in catalog.entries("schemaorg-properties")
    }
    return Vocabulary(parents, properties, {name: _above(name, parents) for name in parents})


def _above(name: str, parents: dict[str, tuple[str, ...]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting.extend(parents.get(at, ()))
    return frozenset(found)
