"""What differs between two models and between their figures: for reviews of a change before it is accepted.

Elements are compared by what they say, not by where they stand: moving a line changes nothing. A figure is different
only when the intervals no longer meet; what merely moves inside them isn't told apart by the methods either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from groma.model.elements import Model
from groma.model.figure import Figure, Ledger, NeedResult
from groma.model.grammar import keys_of
from groma.model.quantity import Quantity, Unknown

HEADINGS = (
    "system",
    "currency",
    "date",
    "author",
    "practice",
    "problem",
    "background",
    "wishes",
    "regulated",
    "telemetry",
)
SECTIONS = (
    "out_of_scope", "exchange", "facts", "needs", "wants", "people", "places", "suppliers", "components",
    "connections", "data", "flows", "decisions", "controls", "evaluations", "stages",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element that only one of two models has, or whose `keys` differ."""

    element: str
    how: Literal["added", "removed", "changed"]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure whose intervals in the two ledgers do not meet, or whose words differ."""

    name: str
    before: Figure
    after: Figure


@dataclass(frozen=True, slots=True)
class NeedChange:
    """A need whose verdict differs; None where a ledger doesn't have it."""

    need: str
    before: NeedResult | None
    after: NeedResult | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two models."""

    elements: tuple[ElementChange, ...]
    figures: tuple[FigureChange, ...]
    needs: tuple[NeedChange, ...]

    @property
    def empty(self) -> bool:
        return not (self.elements or self.figures or self.needs)


def difference(before: Model, after: Model, ledger_before: Ledger, ledger_after: Ledger) -> Difference:
    """What differs, in the order of the sections of a model and then of names."""
    return Difference(
        tuple(_elements(before, after)),
        tuple(_figures(ledger_before, ledger_after)),
        tuple(_needs(ledger_before, ledger_after)),
    )


def _elements(before: Model, after: Model) -> Iterator[ElementChange]:
    for heading in HEADINGS:
        if getattr(before, heading) != getattr(after, heading):
            yield ElementChange(heading, "changed")
    for section in SECTIONS:
        one: Mapping[str, Any] = getattr(before, section)
        other: Mapping[str, Any] = getattr(after, section)
        for name in sorted({*one, *other}):
            element = f"{section}.{name}"
            if name not in one:
                yield ElementChange(element, "added")
            elif name not in other:
                yield ElementChange(element, "removed")
            elif said(one[name]) != said(other[name]):
                yield ElementChange(element, "changed", _keys(one[name], other[name]))


def _keys(one: Any, other: Any) -> tuple[str, ...]:
    """The written keys in which two elements of one class differ."""
    if type(one) is not type(other) or not dataclasses.is_dataclass(one):
        return ()
    cls: type[Any] = type(one)
    return tuple(
        written
        for written, (attribute, _) in keys_of(cls).items()
        if said(getattr(one, attribute)) != said(getattr(other, attribute))
    )


def said(item: Any) -> Any:
    """What an element says, without where it says it."""
    if isinstance(item, Quantity):
        return (item.text, item.known, item.most, item.mean, item.law)
    if isinstance(item, Unknown):
        return "unknown"
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return (
            type(item).__name__,
            tuple(
                said(getattr(item, f.name)) for f in dataclasses.fields(item) if f.name not in ("at", "path")
            ),
        )
    if isinstance(item, Mapping):
        entries = cast("Mapping[Any, Any]", item)
        return tuple(sorted((str(name), said(value)) for name, value in entries.items()))
    if isinstance(item, tuple | list):
        parts = cast("list[Any]", list(item))  # pyright: ignore[reportUnknownArgumentType]
        return tuple(said(part) for part in parts)
    return item


def _figures(before: Ledger, after: Ledger) -> Iterator[FigureChange]:
    for figure in before:
        if figure.name in after and _apart(figure, after[figure.name]):
            yield FigureChange(figure.name, figure, after[figure.name])


def _apart(one: Figure, other: Figure) -> bool:
    if one.words != other.words or one.unit != other.unit:
        return True
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return (one.low, one.high, one.value) != (other.low, other.high, other.value)
    slack = 1e-9 * max(abs(one.high), abs(other.high))
    return one.high + slack < other.low or other.high + slack < one.low


def _needs(before: Ledger, after: Ledger) -> Iterator[NeedChange]:
    one = {result.need: result for result in before.needs}
    other = {result.need: result for result in after.needs}
    for name in dict.fromkeys([*one, *other]):
        first, second = one.get(name), other.get(name)
        if first is None or second is None or first.verdict != second.verdict:
            yield NeedChange(name, first, second)
