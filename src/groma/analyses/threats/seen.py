"""What of a structure makes threats possible: who writes freely, who acts on it, what is kept and read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.analyses.information import Spreading, Use, Way, followed, is_model, is_private, is_untrusted
from groma.analyses.information.labels import Labels, gives
from groma.model.elements import Component, Model, Operation
from groma.model.position import Position
from groma.model.program import Call, Do, Repeat, Send, Step, inner_steps, walk

RETRIEVERS = frozenset({"index", "retriever", "search", "vector", "vectorstore"})
RETRIEVING = frozenset({"embed", "retrieve", "search", "vector"})
RUNNERS = frozenset({"code", "executor", "interpreter", "sandbox", "shell"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a threat applies: element (its path), where it is written, what is seen, by which way; `flow` it is in."""

    element: str
    at: Position | None
    text: str
    way: Way = ()
    flow: str = ""


def whereabouts(model: Model, place: Place) -> str:
    """`in “flow”`, or `at part` where a threat hangs on a part alone, by their titles."""
    if place.flow:
        return f"in “{model.flows[place.flow].title or place.flow}”"
    part = model.components[place.element.split(".")[1]]
    return f"at {part.title or part.name}"


@dataclass(frozen=True)
class Seen:
    """A model under analysis with what was followed in it."""

    context: Context

    @cached_property
    def spreading(self) -> Spreading:
        return followed(self.context)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        return tuple(self.spreading.uses.values())

    def component(self, name: str) -> Component | None:
        return next(iter(self.context.candidates(name)), None)

    def called(self, person: str) -> str:
        """How people call a person or a team."""
        known = self.context.model.people.get(person)
        return person if known is None else known.title or person

    def operation(self, use: Use) -> Operation | None:
        part = self.component(use.component)
        return None if part is None else part.offers.get(use.operation)

    @cached_property
    def writers(self) -> tuple[Component, ...]:
        """Models whose answers are free words (an embedding whose `response` is a vector isn't one)."""
        model = self.context.model
        return tuple(
            part
            for part in model.components.values()
            if is_model(part) and any(gives(model, operation).free for operation in part.offers.values())
        )

    @cached_property
    def written_by(self) -> tuple[Use, ...]:
        """Every use of such a model."""
        names = {part.name for part in self.writers}
        return tuple(use for use in self.uses if use.component in names)

    @cached_property
    def acting(self) -> tuple[Use, ...]:
        """Uses of other operations that change something and may be handed words of a model."""
        return tuple(use for use in self.uses if use.written and self._acts(use))

    def _acts(self, use: Use) -> bool:
        part, operation = self.component(use.component), self.operation(use)
        if part is None or operation is None or is_model(part):
            return False
        return operation.effect != "none" or operation.impact is not None

    def out(self, use: Use) -> bool:
        """Whether it reaches somebody outside."""
        operation = self.operation(use)
        return operation is not None and operation.reaches_out

    def untrusted(self, labels: Labels) -> tuple[str, Way] | None:
        """The first data in it that others write, with the way."""
        model = self.context.model
        return next(
            ((each.data, labels[each]) for each in sorted(labels) if is_untrusted(model, each.data)), None
        )

    def private(self, labels: Labels) -> tuple[str, Way] | None:
        """The first data in it that aren't for everybody, with the way."""
        model = self.context.model
        return next(
            ((each.data, labels[each]) for each in sorted(labels) if is_private(model, each.data)), None
        )

    @cached_property
    def loops(self) -> tuple[tuple[str, Step], ...]:
        """(flow, step) of every `repeat` in which a model answers."""
        names = {part.name for part in self.writers}
        return tuple(
            (name, step)
            for name, flow in self.context.model.flows.items()
            for step in walk(flow.steps)
            if isinstance(step.action, Repeat) and any(True for _ in self._calls_of(step.action.steps, names))
        )

    def _calls_of(self, steps: tuple[Step, ...], names: set[str]) -> Iterator[str]:
        for step in walk(steps):
            match step.action:
                case Call(component, operation) | Send(component, operation):
                    if component in names:
                        yield component
                    for candidate in self.context.candidates(component):
                        if operation in candidate.offers:
                            yield from self._calls_of(candidate.offers[operation].steps, names)
                case Do(flow):
                    yield from self._calls_of(self.context.model.flows[flow].steps, names)
                case _:
                    pass

    @cached_property
    def around(self) -> dict[str, tuple[Step, ...]]:
        """Path of a step -> the steps around it in its program, outermost first, itself last."""
        found: dict[str, tuple[Step, ...]] = {}
        todo: list[tuple[Step, tuple[Step, ...]]] = []
        model = self.context.model
        for flow in model.flows.values():
            todo.extend((step, ()) for step in flow.steps)
        for part in model.components.values():
            for operation in part.offers.values():
                todo.extend((step, ()) for step in operation.steps)
        while todo:
            step, outer = todo.pop()
            found[step.path] = (*outer, step)
            for _, inner in inner_steps(step):
                todo.extend((each, (*outer, step)) for each in inner)
        return found

    @cached_property
    def model_flows(self) -> frozenset[str]:
        """Flows in which a model answers."""
        return frozenset(use.flow for use in self.written_by)

    @cached_property
    def retrieving(self) -> tuple[Component, ...]:
        """Indexes, and parts with an operation that finds by likeness, that flows with a model use."""
        used = {(use.component, use.operation) for use in self.uses if use.flow in self.model_flows}
        return tuple(
            part
            for part in self.context.model.components.values()
            if part.kind.lower() in RETRIEVERS or any((part.name, word) in used for word in RETRIEVING)
        )

    @cached_property
    def remembered(self) -> tuple[tuple[str, Use], ...]:
        """(data, use): untrusted content that a run leaves in a part which flows with a model read again."""
        read = {
            use.component
            for use in self.uses
            if use.flow in self.model_flows and (o := self.operation(use)) is not None and o.effect == "none"
        }
        found: dict[str, tuple[str, Use]] = {}
        for use in self.acting:
            bad = self.untrusted(use.written)
            if bad is not None and use.component in read:
                found.setdefault(use.component, (bad[0], use))
        return tuple(found.values())
