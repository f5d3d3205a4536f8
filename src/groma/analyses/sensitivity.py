"""Which facts a figure hangs on: each input that is only known as a range, set to its ends one at a time.

One-at-a-time analysis (a "tornado"), the others as they are. The model is worked out anew at each end, so what comes
out is what a reader would get who had measured that fact. Ranges of catalog facts can't be narrowed by the client
and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from groma.analyses.context import Context
from groma.analyses.registry import figure
from groma.model.elements import Model
from groma.model.figure import Figure, Input, Ledger, Target
from groma.model.law import Constant, scaled
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Swing:
    """A figure with one input at the low and at the high end of its known range."""

    input: str
    at_low: Figure
    at_high: Figure

    @property
    def width(self) -> float:
        """How far the figure moves between the two ends."""
        ends = [_middle(self.at_low), _middle(self.at_high)]
        return abs(ends[1] - ends[0]) if None not in ends else 0.0  # type: ignore[operator]


def sensitivity(context: Context, measure: str) -> tuple[Swing, ...]:
    """What each range among the inputs of a figure does to it, the widest swing first."""
    figure(context, measure)
    swings: list[Swing] = []
    for given in context.ledger.inputs_of(measure):
        if (
            given.low is None
            or given.high is None
            or given.low == given.high
            or given.name.startswith("catalog/")
        ):
            continue
        swings.append(
            Swing(
                given.name, _at(context, measure, given, given.low), _at(context, measure, given, given.high)
            )
        )
    return tuple(sorted(swings, key=lambda swing: (-swing.width, swing.input)))


def would_change(context: Context, measure: str, target: Target) -> tuple[str, ...]:
    """The facts whose range, narrowed to one of its ends, would decide the need; and those that are missing."""
    from groma.analyses.needs import verdict

    deciding = [
        swing.input
        for swing in sensitivity(context, measure)
        if any(verdict(end, target) in ("met", "missed") for end in (swing.at_low, swing.at_high))
    ]
    return (*deciding, *context.ledger[measure].missing)


def narrowed(model: Model, given: Input, end: float) -> Model:
    """The model with one input known to be `end`."""
    return cast(Model, _rebuilt(model, given, end, {}))


def _at(context: Context, measure: str, given: Input, end: float) -> Figure:
    model = narrowed(context.model, given, end)
    apart = Context(model, context.catalog, Ledger(model.digest), dict(context.partial))
    return figure(apart, measure)


def _rebuilt(item: Any, given: Input, end: float, done: dict[int, Any]) -> Any:
    """A copy of a tree of frozen elements with the quantities of one input fixed; all else is kept as it is."""
    known = done.get(id(item))
    if known is None:
        known = done[id(item)] = _copied(item, given, end, done)
    return known


def _copied(item: Any, given: Input, end: float, done: dict[int, Any]) -> Any:
    if isinstance(item, Quantity):
        return _fixed(item, end) if _is(item, given) else item
    if isinstance(item, tuple):
        parts = cast("tuple[Any, ...]", item)
        rebuilt = tuple(_rebuilt(part, given, end, done) for part in parts)
        return rebuilt if any(a is not b for a, b in zip(rebuilt, parts, strict=True)) else parts
    if isinstance(item, Mapping):
        table = cast("Mapping[str, Any]", item)
        new = {name: _rebuilt(part, given, end, done) for name, part in table.items()}
        return new if any(new[name] is not part for name, part in table.items()) else table
    if is_dataclass(item) and not isinstance(item, type):
        changes = {f.name: _rebuilt(getattr(item, f.name), given, end, done) for f in fields(item) if f.init}
        changed = {name: value for name, value in changes.items() if value is not getattr(item, name)}
        return replace(item, **changed) if changed else item
    return item


def _is(quantity: Quantity, given: Input) -> bool:
    if quantity.fact is not None:
        return given.name == f"fact/{quantity.fact}"
    return given.name.startswith("model/") and given.where == str(quantity.at) and given.text == quantity.text


def _fixed(quantity: Quantity, end: float) -> Quantity:
    law = (
        Constant(end)
        if quantity.constant or quantity.mean <= 0 or end <= 0
        else scaled(quantity.law, end / quantity.mean)
    )
    return replace(quantity, law=law, known=None, exact=None)


def _middle(found: Figure) -> float | None:
    if found.value is not None:
        return found.value
    return None if found.low is None or found.high is None else (found.low + found.high) / 2
