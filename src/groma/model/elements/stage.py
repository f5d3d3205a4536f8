"""States of a system in time."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import OneOrMany, Reference, Text, key
from groma.model.position import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A state of the system in time (as is, a step, to be), laid over the stage before."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    after: str | None = key(Reference("stages"), "the stage before; the model itself unless stated")
    remove: tuple[str, ...] = key(OneOrMany(Text()), "elements that go: `components.old`", default=())
    adds: tuple[str, ...] = ()
    """Elements it adds or changes (`components.new`): taken from its sections when it is read."""
