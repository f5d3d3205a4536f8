"""What is followed: labels with the way by which they came, checks that were passed, and a point of a run.

A `Point` holds what a run has, what the words of its models may hold, and the checks that every path there has passed.
Points are joined where paths meet: more data may be there, fewer checks surely were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from groma.model.elements import Component, Model, Operation
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown

MODELS = frozenset({"llm", "model", "agent", "classifier", "reranker", "vlm", "speech"})
"""Kinds of component whose output is free and follows what they read."""
CLOSED = frozenset(
    {
        "amount",
        "bool",
        "boolean",
        "date",
        "datetime",
        "float",
        "id",
        "int",
        "integer",
        "money",
        "number",
        "time",
        "vector",
    }
)
"""Types of a field that can't carry words of somebody else's choosing."""
WORDS = "~"
"""Before the name of a model: the label of its own words, whatever it had read."""
LONGEST = 12
"""Stations of a way that are told."""

Way = tuple[str, ...]


class Label(NamedTuple):
    """Data by name; `kept`: read from where they are kept, so that they may be somebody else's than the run's own."""

    data: str
    kept: bool = False


Labels = Mapping[Label, Way]


@dataclass(frozen=True, slots=True, order=True)
class Check:
    """A guard or a person passed on the way, or that something blocks content of a kind there, by whatever guard.
    `misses` is what it lets through, as it is written; None: not known."""

    kind: str
    name: str
    path: str
    approves: tuple[str, ...] = ()
    misses: str | None = field(default=None, compare=False)
    most: float | None = field(default=None, compare=False)
    at: Position | None = field(default=None, compare=False)


def blocked(category: str) -> Check:
    """That content of a kind was blocked: on every path, though maybe by another guard on each."""
    return Check("blocked", category, "")


def missed(amount: Quantity | Unknown | None) -> tuple[str | None, float | None]:
    """The share a guard lets through: as written, and at most."""
    return (amount.text, amount.high) if isinstance(amount, Quantity) else (None, None)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a run. `written` is what the words of models that answered so far may hold; `screens` are checks
    passed since untrusted content last came in, `checks` those since a model last answered, both on every path."""

    has: Labels
    written: Labels
    screens: frozenset[Check] = frozenset()
    checks: frozenset[Check] = frozenset()

    @property
    def key(self) -> tuple[frozenset[Label], frozenset[Label], frozenset[Check], frozenset[Check]]:
        """What it says, without the ways."""
        return frozenset(self.has), frozenset(self.written), self.screens, self.checks


def joined(points: Iterable[Point | None]) -> Point | None:
    """Where paths meet: all that may be there, only what surely was checked; None where no path gets here."""
    found: Point | None = None
    for point in points:
        if point is None:
            continue
        if found is None:
            found = point
        else:
            found = Point(
                both(found.has, point.has),
                both(found.written, point.written),
                found.screens & point.screens,
                found.checks & point.checks,
            )
    return found


def both(first: Labels, second: Labels) -> Labels:
    """Labels of either; the way first found stays."""
    return first if second.keys() <= first.keys() else {**second, **first}


def longer(labels: Labels, station: str) -> Labels:
    """The same labels, one station on."""
    return {label: way if len(way) >= LONGEST else (*way, station) for label, way in labels.items()}


def kept(labels: Labels) -> Labels:
    """The same labels as somebody else finds them later."""
    return {Label(label.data, True): way for label, way in labels.items()}


def is_model(component: Component) -> bool:
    """Whether its output is free and follows what it reads."""
    return component.kind.lower() in MODELS


def is_untrusted(model: Model, name: str) -> bool:
    """Whether others write into these data."""
    return name in model.data and model.data[name].trust == "untrusted"


def is_private(model: Model, name: str) -> bool:
    """Whether these data aren't for everybody."""
    return name in model.data and model.data[name].class_ != "public"


@dataclass(frozen=True, slots=True)
class Contract:
    """What a request or an answer can carry by its fields: data by name, and whether any words fit in."""

    data: frozenset[str] | None
    """None: not stated, so anything."""
    free: bool
    """Whether words of any kind fit into some field."""
    words: bool
    """Whether words of the data that it names do, at least."""


ANYTHING = Contract(None, True, True)


def contract(model: Model, fields: Mapping[str, str] | None) -> Contract:
    """What fields let through: `data.field` those data, a type in `CLOSED` nothing, any other words of any kind."""
    if fields is None:
        return ANYTHING
    names: set[str] = set()
    free = words = False
    for kind in fields.values():
        data, dot, field_ = kind.partition(".")
        if dot and data in model.data:
            names.add(data)
            words = words or model.data[data].fields.get(field_, "text").lower() not in CLOSED
        else:
            free = free or kind.lower() not in CLOSED
    return Contract(frozenset(names), free, free or words)


def takes(model: Model, operation: Operation) -> Contract:
    """What a request of the operation can carry."""
    return contract(model, operation.request)


def gives(model: Model, operation: Operation) -> Contract:
    """What its answer can carry."""
    return contract(model, operation.response)
