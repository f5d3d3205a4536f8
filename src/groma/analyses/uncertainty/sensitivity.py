"""Which facts a figure hangs on: each input that is only known as a range, set to its ends one at a time.

One-at-a-time analysis (a "tornado"), the others as they are. The model is worked out anew at each end, so what comes
out is what a reader would get who had measured that fact. Ranges of catalog facts can't be narrowed by the client
and are left out. A fact is tried for the figures that it is an input of, for all of them at once, and only their
numbers are worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from groma.analyses.context import Context
from groma.analyses.needs import verdict
from groma.analyses.registry import figure, numbers
from groma.model.elements import Model
from groma.model.figure import Figure, Input, Ledger, NeedResult
from groma.model.law import Constant, scaled
from groma.model.quantity import Quantity

MOST_TRIED = 24
"""Facts that are tried for one figure: those whose ranges are the widest for their size."""


@dataclass(frozen=True, slots=True)
class Swing:
    """A figure with one input at the low and at the high end of its known range."""

    input: str
    at_low: Figure
    at_high: Figure

    @property
    def width(self) -> float:
        """How far the figure moves between the two ends."""
        low, high = _middle(self.at_low), _middle(self.at_high)
        return 0.0 if low is None or high is None else abs(high - low)


def sensitivity(context: Context, measure: str) -> tuple[Swing, ...]:
    """What each range among the inputs of a figure does to it, the widest swing first."""
    return _swings(context, (measure,))[measure]


def would_change(context: Context, undecided: Iterable[NeedResult]) -> dict[str, tuple[str, ...]]:
    """For each need the facts whose range, narrowed to one of its ends, would decide it; and those that are missing."""
    needs = tuple(undecided)
    swings = _swings(context, tuple(dict.fromkeys(need.figure for need in needs)))
    return {
        need.need: (
            *(
                swing.input
                for swing in swings[need.figure]
                if any(
                    verdict(end, need.target) in ("met", "missed") for end in (swing.at_low, swing.at_high)
                )
            ),
            *context.ledger[need.figure].missing,
        )
        for need in needs
    }


def narrowed(model: Model, given: Input, end: float) -> Model:
    """The model with one input known to be `end`."""
    return cast(Model, _rebuilt(model, given, end, {}))


def _swings(context: Context, measures: tuple[str, ...]) -> dict[str, tuple[Swing, ...]]:
    """The swings of several figures; those that share a fact are worked out together at each of its ends."""
    tried: dict[Input, list[str]] = {}
    for measure in measures:
        figure(context, measure)
        for given in _narrowable(context.ledger.inputs_of(measure)):
            tried.setdefault(given, []).append(measure)
    found: dict[str, list[Swing]] = {measure: [] for measure in measures}
    for given, touched in tried.items():
        low, high = (_at(context, touched, given, end) for end in (given.low, given.high))
        for measure in touched:
            found[measure].append(Swing(given.name, low[measure], high[measure]))
    return {
        measure: tuple(sorted(swings, key=lambda swing: (-swing.width, swing.input)))
        for measure, swings in found.items()
    }


def _narrowable(inputs: list[Input]) -> list[Input]:
    """The inputs that a client could narrow, the widest range for its size first."""

    def spread(given: Input) -> float:
        if given.low is None or given.high is None or given.name.startswith("catalog/"):
            return 0.0
        size = max(abs(given.low), abs(given.high))
        return (given.high - given.low) / size if size else 0.0

    wide = [given for given in inputs if spread(given) > 0]
    return sorted(wide, key=lambda given: (-spread(given), given.name))[:MOST_TRIED]


def _at(context: Context, measures: Iterable[str], given: Input, end: float | None) -> dict[str, Figure]:
    """The numbers of figures with one input known to be `end`."""
    assert end is not None
    model = narrowed(context.model, given, end)
    found: dict[str, Figure] = {}
    with Context(model, context.catalog, Ledger(model.digest), dict(context.left)) as apart:
        for measure in measures:
            low, value, high = numbers(apart, measure)
            found[measure] = replace(context.ledger[measure], low=low, value=value, high=high)
    return found


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
