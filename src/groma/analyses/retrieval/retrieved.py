"""Passages that a call finds, as tokens that enter a model's context window: how many (`finds`) times how long (`cut`).

A passage has at most the tokens that texts are cut into, and more than what it shares with the one before it; found are
at most as many as the operation says. Taken are full ones where the text is that long: only the last of a text isn't.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.model.elements import Component, Cut, Data
from groma.model.law import Constant
from groma.model.position import Position
from groma.model.program import Call, Step, inner_steps, walk
from groma.model.quantity import Quantity
from groma.model.units import parse_unit


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What one operation finds: at most `count` passages of the data set."""

    operation: str
    count: int
    data: Data
    cut: Cut

    @property
    def most(self) -> int:
        """Tokens of as many full passages."""
        return self.count * self.cut.passage

    @property
    def shortest(self) -> int:
        """Tokens that a passage has at least."""
        length = self.cut.length
        least = length.law.least if isinstance(length, Quantity) and length.known is None else 0.0
        return max(1, min(int(least), self.cut.overlap + 1) if least >= 1 else 1)

    def tokens(self, at: Position) -> Quantity:
        """The tokens that they take, between the least and the most there can be."""
        length = self.cut.length
        mean = float(self.cut.passage)
        if isinstance(length, Quantity):
            mean = min(mean, max(float(self.shortest), length.mean))
        said = f"{self.count} passages of at most {self.cut.passage} tokens ({self.data.title or self.data.name})"
        known = (float(self.count * self.shortest), float(self.most))
        return Quantity(
            Constant(self.count * mean), parse_unit("tokens"), at, said, known=known, most=float(self.most)
        )


def retrieved(context: Context, operation: str) -> Retrieved | None:
    """What a call of `component.operation` finds; None where it doesn't say how many, or of what nobody says how it is
    cut. Of several data sets and alternatives the one with the longest passages."""
    component, _, name = operation.partition(".")
    found: list[Retrieved] = []
    for candidate in context.candidates(component):
        offered = candidate.offers.get(name)
        if offered is None or offered.finds is None:
            continue
        for data in context.model.data.values():
            if data.cut is not None and _holds(context, candidate, offered.steps, data):
                found.append(Retrieved(operation, offered.finds, data, data.cut))
    return max(found, key=lambda each: (each.most, each.data.name), default=None)


def _holds(context: Context, part: Component, steps: tuple[Step, ...], data: Data) -> bool:
    """Whether the part holds the data, or one that it asks or can't do without."""
    asked = {step.action.component for step in walk(steps) if isinstance(step.action, Call)}
    return bool({part.name, *part.depends_on, *asked} & set(data.held_by))


def before(context: Context, flow: str, path: str) -> tuple[Retrieved, ...]:
    """What the calls find that come before a step in its flow, in the order of the program; of a choice or of branches
    side by side those of its own branch."""
    found: dict[str, Retrieved] = {}
    for step in _earlier(context.model.flows[flow].steps, path):
        if isinstance(step.action, Call):
            name = f"{step.action.component}.{step.action.operation}"
            there = retrieved(context, name)
            if there is not None:
                found.setdefault(name, there)
    return tuple(found.values())


def _earlier(steps: tuple[Step, ...], path: str) -> Iterator[Step]:
    for step in steps:
        if step.path == path:
            return
        if not any(each.path == path for each in walk((step,))):
            yield from walk((step,))
            continue
        for _, inner in inner_steps(step):
            if any(each.path == path for each in walk(inner)):
                yield from _earlier(inner, path)
                return
