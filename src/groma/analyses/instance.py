"""A model written anew at a point of what isn't known better: each known range becomes one value.

What is only known to a range is a coordinate; a fact that is used in many places is one coordinate, and takes the same
value in all of them. Prices and sizes of the catalog are not the client's to narrow, and keep their ranges.

Shares of a choice that are moved apart no longer sum to one. What is too much or missing is taken from the shares that
stand at their stated value, as far as their ranges allow, else from all of them, in proportion to the room that each
has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from groma.analyses.context import Context
from groma.model.elements import Flow, Model
from groma.model.law import Constant, scaled
from groma.model.program import Choose
from groma.model.quantity import Quantity
from groma.solvers.sampling import Range

ASIDE = frozenset({"facts", "needs", "stages", "wants"})
"""Tables of a model that nothing is worked out from: facts count where they are used."""
Values = Mapping[str, float]
Build = Callable[[Values, dict[int, Any]], Any]


@dataclass(frozen=True, slots=True)
class Coordinate:
    """Something that is only known to a range: `input` is its ledger id, `key` what finds it in the model."""

    input: str
    key: str
    range: Range
    nominal: float


class Instances:
    """Writes a model anew. Ranges that are given no value become their nominal value, or stay ranges where that is
    asked for (`ranges`). `more` are keys of facts without a range that are to be moved as well; `leaf` makes of a
    quantity that can be moved, and of its key, what stands there when it isn't."""

    def __init__(
        self,
        model: Model,
        *,
        more: Iterable[str] = (),
        ranges: bool = False,
        leaf: Callable[[Quantity, str], Quantity] | None = None,
    ) -> None:
        self.quantities: dict[str, Quantity] = {}
        """The quantities that can be moved, by key."""
        self.paths: dict[str, str] = {}
        """Where each of them stands first."""
        self.together = set[frozenset[str]]()
        """Keys of the shares of one choice: each gives way to the others."""
        self._more, self._ranges, self._leaf = frozenset(more), ranges, leaf
        self._known: dict[int, tuple[Any, Build | None]] = {}
        tables = {
            f.name: self._reader(getattr(model, f.name), f.name) for f in fields(model) if f.name not in ASIDE
        }
        self._model, self._build = model, _shared(model, tables, _element)

    def at(self, values: Values) -> Model:
        """The model at a point: key -> value in the canonical unit. Raises ValueError where shares can't sum to one."""
        return self._model if self._build is None else self._build(values, {})

    def _reader(self, item: Any, path: str) -> Build | None:
        """What writes an item anew; None for one that nothing moves."""
        known = self._known.get(id(item))
        if known is None:
            known = self._known[id(item)] = (item, self._made(item, path))
        return known[1]

    def _made(self, item: Any, path: str) -> Build | None:
        if isinstance(item, Quantity):
            return self._quantity(item, path)
        if isinstance(item, tuple):
            parts = cast("tuple[Any, ...]", item)
            readers = {n: self._reader(part, f"{path}.{n + 1}") for n, part in enumerate(parts)}
            return _shared(item, readers, _tuple)
        if isinstance(item, Mapping):
            table = cast("Mapping[Any, Any]", item)
            named = {name: self._reader(part, f"{path}.{name}") for name, part in table.items()}
            return _shared(item, named, _table)
        if is_dataclass(item) and not isinstance(item, type):
            inner = {
                f.name: self._reader(getattr(item, f.name), f"{path}.{f.name}")
                for f in fields(item)
                if f.init
            }
            if not isinstance(item, Choose):
                return _shared(item, inner, _element)
            self.together.add(
                frozenset(key_of(b.share) for b in item.branches if isinstance(b.share, Quantity))
            )
            return _shared(item, inner, _choice)
        return None

    def _quantity(self, quantity: Quantity, path: str) -> Build | None:
        key = key_of(quantity)
        if quantity.known is None and key not in self._more:
            return None
        self.quantities.setdefault(key, quantity)
        self.paths.setdefault(key, path)
        left = quantity if self._ranges else replace(quantity, known=None)
        if self._leaf is not None:
            left = self._leaf(left, key)
        return lambda values, _: fixed(quantity, values[key]) if key in values else left


def key_of(quantity: Quantity) -> str:
    """What finds a quantity in a model: the fact it is, else where it stands."""
    return f"fact/{quantity.fact}" if quantity.fact else f"{quantity.at} {quantity.text}"


def coordinates(context: Context) -> tuple[Coordinate, ...]:
    """Everything in a model that is only known to a range, by the name of its input, which the ledger then holds."""
    instances = Instances(context.model)
    listed = {
        (i.where, i.text): i.name for i in context.ledger.inputs.values() if i.name.startswith("model/")
    }
    found: dict[str, Coordinate] = {}
    for key, quantity in instances.quantities.items():
        if quantity.low >= quantity.high:
            continue
        name = None if quantity.fact else listed.get((str(quantity.at), quantity.text))
        name = name or context.quantity(instances.paths[key], quantity)
        found[name] = Coordinate(name, key, range_of(quantity), quantity.mean)
    return tuple(found[name] for name in sorted(found))


def range_of(quantity: Quantity) -> Range:
    """The law of what is only known to a range: uniform for `3 ms .. 8 ms`, triangular about a value that is stated."""
    stated = None if ".." in quantity.text else min(max(quantity.mean, quantity.low), quantity.high)
    return Range(quantity.low, quantity.high, stated)


def fixed(quantity: Quantity, mean: float) -> Quantity:
    """The quantity with another mean, exactly known; its spread from run to run grows with it."""
    constant = quantity.constant or quantity.mean <= 0 or mean <= 0
    law = Constant(mean) if constant else scaled(quantity.law, mean / quantity.mean)
    most = None if quantity.most is None else max(quantity.most, mean)
    return replace(quantity, law=law, known=None, exact=None, most=most)


def loaded(model: Model, flows: Iterable[str], factor: float) -> Model:
    """The model with some flows started so many times as often, in the mean and in the busiest hour; by so many times
    as many customers, where they come again."""

    def times(flow: Flow) -> Flow:
        starts = flow.starts
        if starts is None:
            return flow
        changed = {name: _times(getattr(starts, name), factor) for name in ("rate", "busiest", "population")}
        return replace(flow, starts=replace(starts, **changed))

    asked = frozenset(flows)
    return replace(model, flows={n: times(f) if n in asked else f for n, f in model.flows.items()})


def _times(amount: Any, factor: float) -> Any:
    if not isinstance(amount, Quantity):
        return amount
    known = None if amount.known is None else (amount.known[0] * factor, amount.known[1] * factor)
    return replace(amount, law=scaled(amount.law, factor), known=known, exact=None, most=None)


def _shared(
    item: Any, readers: Mapping[Any, Build | None], write: Callable[[Any, Mapping[Any, Any]], Any]
) -> Build | None:
    """Writes the parts that move, once for a point, so that parts that are shared stay shared."""
    moving = {name: reader for name, reader in readers.items() if reader is not None}
    if not moving:
        return None

    def build(values: Values, done: dict[int, Any]) -> Any:
        made = done.get(id(item))
        if made is None:
            made = done[id(item)] = write(item, {name: part(values, done) for name, part in moving.items()})
        return made

    return build


def _tuple(item: tuple[Any, ...], parts: Mapping[int, Any]) -> tuple[Any, ...]:
    return tuple(parts.get(n, part) for n, part in enumerate(item))


def _table(item: Mapping[Any, Any], parts: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {**item, **parts}


def _element(item: Any, parts: Mapping[str, Any]) -> Any:
    return replace(item, **parts)


def _choice(item: Choose, parts: Mapping[str, Any]) -> Choose:
    moved = replace(item, **parts)
    before, after = ([b.share for b in c.branches if isinstance(b.share, Quantity)] for c in (item, moved))
    if len(before) < len(item.branches) or any(share.known is not None for share in after):
        return moved
    means = summed(before, [share.mean for share in after])
    branches = zip(moved.branches, after, means, strict=True)
    return Choose(tuple(b if s.mean == m else replace(b, share=fixed(s, m)) for b, s, m in branches))


def summed(shares: Sequence[Quantity], means: Sequence[float]) -> list[float]:
    """Means of shares within their ranges that sum to one; one that was put outside its range stays there.

    Raises ValueError where there are none.
    """
    made = list(means)
    for at_stated in (True, False):
        off = 1.0 - sum(made)
        ends = [s.high if off > 0 else s.low for s in shares]
        gives = [(m == s.mean) == at_stated for s, m in zip(shares, made, strict=True)]
        room = [
            abs(end - m) if give and s.low <= m <= s.high else 0.0
            for s, end, m, give in zip(shares, ends, made, gives, strict=True)
        ]
        whole = sum(room)
        if abs(off) > 1e-12 and whole > 0:
            part = min(abs(off) / whole, 1.0)
            made = [m + (part * r if off > 0 else -part * r) for m, r in zip(made, room, strict=True)]
    if abs(1.0 - sum(made)) > 1e-9:
        written = " + ".join(f"{mean * 100:.6g} %" for mean in means)
        raise ValueError(f"shares of a choice can't sum to 100 %: {written}, and the others may not give way")
    return made
