"""What must hold of names: what an element refers to is there, in the section where it is looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from groma.model.elements import Model
from groma.model.grammar import OneOrMany, Reference, did_you_mean, keys_of
from groma.model.position import Problem

JURISDICTIONS = frozenset({"EU", "EEA", "US", "UK", "CH", "world"})
"""Places that every model knows without saying so, beside ISO 3166 two-letter country codes."""

SECTIONS = (
    "people",
    "places",
    "suppliers",
    "components",
    "connections",
    "data",
    "flows",
    "needs",
    "decisions",
    "controls",
    "evaluations",
    "stages",
)
"""Sections whose elements can be referred to."""


def known_place(model: Model, name: str) -> bool:
    """Whether a place is described in the model or is a jurisdiction."""
    return name in model.places or name in JURISDICTIONS or (len(name) == 2 and name.isupper())


def exists(model: Model, section: str, name: str) -> bool:
    """Whether an element of this name is in the section, or may come to be there while a choice is open."""
    if section == "places":
        return known_place(model, name)
    return name in getattr(model, section) or (section == "components" and name in model.alternatives)


def missing(model: Model, sections: tuple[str, ...], name: str) -> str | None:
    """What a person is told of a name that none of the sections has; None where one of them has it."""
    if any(exists(model, section, name) for section in sections):
        return None
    known = [known for section in sections for known in getattr(model, section)]
    hint = did_you_mean(name, known)
    elsewhere = next((s for s in SECTIONS if s not in sections and name in getattr(model, s)), None)
    if elsewhere is not None:
        hint = f": it is in `{elsewhere}`"
    return f"there is no `{name}` in `{'` or `'.join(sections)}`{hint}"


def references(model: Model, among: Model | None = None) -> Iterator[Problem]:
    """Names that nothing bears in the model, or in another one that it becomes part of."""
    known = model if among is None else among
    for section in SECTIONS:
        elements: Mapping[str, Any] = getattr(model, section)
        for name, element in elements.items():
            yield from _references_of(known, element, f"{section}.{name}")
    for component in (c for name in (*model.components, *model.alternatives) for c in model.candidates(name)):
        for name, operation in component.offers.items():
            yield from _references_of(known, operation, f"components.{component.name}.offers.{name}")
        if component.index is not None:
            yield from _references_of(known, component.index, f"components.{component.name}.index")
        for name, backup in component.copies.items():
            path = f"components.{component.name}.copies.{name}"
            message = missing(known, ("data",), name)
            if message:
                yield Problem(backup.at, f"{path}: {message}")
            yield from _references_of(known, backup, path)
    for name, scenario in model.scenarios.items():
        for number, event in enumerate(scenario.events, 1):
            yield from _references_of(known, event, f"scenarios.{name}.events.{number}")
    for name, data in model.data.items():
        if data.backup is not None:
            yield from _references_of(known, data.backup, f"data.{name}.backup")
        for field, kind in data.fields.items():
            target, dot, there = kind.partition(".")
            if dot and target in known.data and there not in known.data[target].fields:
                hint = did_you_mean(there, known.data[target].fields)
                yield Problem(data.at, f"data.{name}.fields.{field}: `{target}` has no field `{there}`{hint}")


def _references_of(model: Model, element: Any, path: str) -> Iterator[Problem]:
    cls = cast("type[Any]", type(element))
    for attribute, how in keys_of(cls).values():
        value: Any = getattr(element, attribute)
        kind = how.kind.inner if isinstance(how.kind, OneOrMany) else how.kind
        if value is None or not isinstance(kind, Reference):
            continue
        names: tuple[str, ...] = (value,) if isinstance(value, str) else value
        for name in names:
            message = missing(model, kind.sections, name)
            if message:
                yield Problem(element.at, f"{path}.{how.name}: {message}")
