"""One corner of what isn't known better: a model in which every quantity has a single mean.

Facts with a known range widen every figure. The designer needs numbers that differ by its choices alone: at the
nominal corner for what is traded, at a cautious corner for what is held to. Any corner gives valid optimistic bounds
of the far end of a figure (that end is at least the figure's value at the corner), so the guess which end of a range
is the cautious one decides only how tight they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar, cast

from groma.analyses.instance import loaded
from groma.model.elements import Model
from groma.model.law import scaled
from groma.model.position import Position
from groma.model.program import Choose
from groma.model.quantity import Quantity

T = TypeVar("T")
Heavy: TypeAlias = Literal["first", "last"]
CAUTIOUS_WHEN_LOW = frozenset(
    {
        ("Cache", "hits"), ("Failure", "availability"), ("Failure", "every"), ("Backup", "rate"),
        ("Backup", "save_rate"), ("Connection", "bandwidth"), ("Person", "hours"), ("Person", "count"),
        ("Component", "qualities"), ("Component", "provides"),
    }
)  # fmt: skip
"""Where little is the worse end of a known range: class and field."""


def nominal(model: Model) -> Model:
    """The model at its nominal values."""
    return _mapped(
        model, lambda quantity, where: replace(quantity, known=None) if quantity.known else quantity
    )


def cautious(model: Model, heavy: Heavy = "first") -> Model:
    """The model with each range narrowed to the end that is likely the worse one. Which branch of a choice is the worse
    one depends on what is asked, so either the first or the last of them are taken as often as may be."""

    def end(quantity: Quantity, where: tuple[str, str]) -> Quantity:
        if quantity.known is None:
            return quantity
        wanted = quantity.low if where in CAUTIOUS_WHEN_LOW else quantity.high
        return at(quantity, wanted)

    return _mapped(model, end, lambda choice: _weighted(choice, heavy))


def _weighted(choice: Choose, heavy: Heavy) -> Choose:
    """A choice whose shares are the least known ones, and what is missing to one given to the first (or last) branches
    as far as their ranges allow; as it is where that doesn't come out."""
    shares = [b.share for b in choice.branches if isinstance(b.share, Quantity)]
    if len(shares) < len(choice.branches) or all(s.known is None for s in shares):
        return choice
    means = [s.low for s in shares]
    left = 1.0 - sum(means)
    for n in range(len(means)) if heavy == "first" else reversed(range(len(means))):
        more = min(max(left, 0.0), shares[n].high - means[n])
        means[n], left = means[n] + more, left - more
    if abs(left) > 1e-9:
        return choice
    branches = zip(choice.branches, shares, means, strict=True)
    return Choose(tuple(replace(b, share=at(s, mean)) for b, s, mean in branches))


def at(quantity: Quantity, mean: float) -> Quantity:
    """The quantity with another mean, exactly known; its spread grows with it."""
    if quantity.mean <= 0.0 or mean <= 0.0:
        return replace(quantity, known=None)
    factor = mean / quantity.mean
    most = None if quantity.most is None else max(quantity.most, mean)
    return replace(quantity, law=scaled(quantity.law, factor), known=None, exact=None, most=most)


def with_rates(model: Model, factor: float) -> Model:
    """The model with every flow started so many times as often."""
    return loaded(model, model.flows, factor)


def with_fact(model: Model, name: str, mean: float) -> Model:
    """The model with a fact, wherever it is used, exactly known to have this mean."""
    return _mapped(model, lambda quantity, where: at(quantity, mean) if quantity.fact == name else quantity)


def _mapped(
    model: T,
    put: Callable[[Quantity, tuple[str, str]], Quantity],
    weigh: Callable[[Choose], Choose] = lambda choice: choice,
) -> T:
    """A copy with other quantities, shares of choices first; parts that are shared stay shared, parts that don't change
    stay the same."""
    done: dict[tuple[int, tuple[str, str]], tuple[Any, Any]] = {}

    def walk(item: Any, where: tuple[str, str]) -> Any:
        if item is None or isinstance(item, (str, int, float, Position)):
            return item
        own = is_dataclass(item) and not isinstance(item, Quantity)  # looks the same wherever it stands
        key = (id(item), ("", "") if own else where)
        if key in done:
            return done[key][1]
        made: Any = item
        if isinstance(item, Quantity):
            made = put(item, where)
        elif isinstance(item, tuple):
            own_parts = cast("tuple[Any, ...]", item)
            parts = tuple(walk(part, where) for part in own_parts)
            if any(a is not b for a, b in zip(parts, own_parts, strict=True)):
                made = parts
        elif isinstance(item, Mapping):
            before_entries = cast("Mapping[Any, Any]", item)
            entries = {name: walk(part, where) for name, part in before_entries.items()}
            if any(entries[name] is not before_entries[name] for name in entries):
                made = entries
        elif is_dataclass(item) and not isinstance(item, type):
            kind = type(item).__name__
            changed = {}
            weighed = weigh(item) if isinstance(item, Choose) else item
            for field in fields(item):
                before = getattr(weighed, field.name)
                after = walk(before, (kind, field.name))
                if after is not getattr(item, field.name):
                    changed[field.name] = after
            if changed:
                made = replace(item, **changed)
        done[key] = (item, made)
        return made

    copied = walk(model, ("", ""))
    done.clear()  # `walk` knows itself, and so would keep all of it
    return copied
