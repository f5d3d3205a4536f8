"""What stands whatever runs: one line of an additive figure for each component, with the open choices it depends on.

While a role is open, a component that only some of its variants bring may be missing altogether, so its line starts at
zero; once the role is chosen the line is that of the component which stands, or of none. So the lower ends add up to
a valid lower bound, and a designer can tabulate each line over its own roles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.interval import Interval, hull, point
from groma.model.elements import Alternative, Component


@dataclass(frozen=True, slots=True)
class Line:
    """One summand: what it is for, its ends (infinite where unknown), nominal value, the open roles it depends on."""

    name: str
    low: float
    value: float | None
    high: float
    roles: frozenset[str] = frozenset()


def standing(context: Context, amount: Callable[[Component], Interval]) -> Iterator[Line]:
    """A line for each name under which something stands or may stand."""
    for name, component in context.model.components.items():
        each = amount(component)
        yield Line(f"components.{name}", each.low, each.value, each.high)
    for name, alternatives in context.model.alternatives.items():
        roles = frozenset(alternative.role for alternative in alternatives)
        amounts = [amount(candidate) for candidate in context.candidates(name)]
        if any(_may_be_missing(context, role, alternatives) for role in roles):
            amounts.append(point(0.0))
        each = hull(amounts) if amounts else point(0.0)
        yield Line(f"components.{name}", each.low, each.value, each.high, roles)


def _may_be_missing(context: Context, role: str, alternatives: tuple[Alternative, ...]) -> bool:
    """Whether a role can still become something that brings no component of this name. (What brings nothing at all
    isn't in the model, so of a choice that isn't narrowed this is never excluded.)"""
    if role in context.taken:
        return False
    bringing = {alternative.variant for alternative in alternatives if alternative.role == role}
    return not context.left.get(role, frozenset({""})) <= bringing


def settled(context: Context, component: str) -> bool:
    """Whether it is certain what stands under a name."""
    alternatives = context.model.alternatives.get(component, ())
    return component in context.model.components or all(a.role in context.taken for a in alternatives)
