"""Places where something has to be stated: most rules of what a builder would have to guess are lists of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groma.model.elements import Component, Connection, Data, Decision, EvaluationSet, Model
from groma.model.position import Position
from groma.rules.rule import Hit, Look


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to be stated: in which element (its path), under which key, and what is said where it is missing."""

    element: str
    key: str
    stated: bool
    missing: str
    at: Position


def look(places: Iterable[Place]) -> Look:
    """All places, and a hit for each where nothing is stated."""
    looked = tuple(places)
    hits = (
        Hit(place.element, place.missing, f"no `{place.key}`", place.at, key=place.key)
        for place in looked
        if not place.stated
    )
    return Look(len(looked), tuple(hits))


def owned(
    section: str,
    elements: Iterable[tuple[Component | Connection | Data | Decision | EvaluationSet, str]],
    seen: str = "no `owner`",
) -> Look:
    """Elements of a section, each with what is said of it where nobody is named who answers for it."""
    looked = tuple(elements)
    hits = (
        Hit(f"{section}.{element.name}", missing, seen, element.at)
        for element, missing in looked
        if element.owner is None
    )
    return Look(len(looked), tuple(hits))


def title_of(model: Model, name: str) -> str:
    """What people call a component, kind of data or person that is referred to by its name."""
    for section in (model.components, model.data, model.people):
        if name in section:
            return named(section[name], name)
    return name.replace("_", " ")


def named(element: object, name: str) -> str:
    """What people call an element: its title, else its name in words."""
    title = getattr(element, "title", "")
    return str(title) if title else name.replace("_", " ")
