"""The open model of a design space: every alternative in one model, each choice still open.

Steps are shared, not copied: a slot wrapped by three roles is three nested open choices around one inner sequence, so
the model grows with the sum of the options, not with their product, and readers may remember results per step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from groma.model import program
from groma.model.elements import Alternative, Component, Flow, Model, Operation
from groma.model.grammar import Reader, keys_of
from groma.model.load import model_of
from groma.model.position import ModelError
from groma.model.program import Group, Open, Policies, Step
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode
from groma.model.steps import read_steps
from groma.patterns.space import ABSENT, Literal, Role, Space
from groma.patterns.trees import merged, outermost

UNITED = ("people", "places", "suppliers", "data")
"""Sections whose elements are simply all there while choices are open."""


def open_model(space: Space) -> Model:
    """The model with all its choices open. Raises ModelError for what the fragments say wrong."""
    return _Opener(space).model()


@dataclass(frozen=True, slots=True)
class _Layer:
    """Alternatives of one role for a slot: by variant, steps or policies as trees (None: nothing)."""

    role: Role
    by_variant: Mapping[str, Any]


class _Opener:
    def __init__(self, space: Space) -> None:
        self.space = space
        root = space.brief
        problems: list[Any] = []
        for under, base in space.bases:
            if not under:
                root = merged(root, base, problems)
        if problems:
            raise ModelError(problems)
        self.reader = Reader(folder=str(space.folder))
        self.reader.facts = dict(space.given.facts)
        self.base = model_of(root, space.folder, space.texts, check=False)
        self.slots: dict[str, tuple[Step, ...]] = {}
        self.rebuilt: dict[int, Step] = {}
        self.kept: list[Step] = []

    def model(self) -> Model:
        base = self.base
        united: dict[str, dict[str, Any]] = {section: dict(getattr(base, section)) for section in UNITED}
        alternatives: dict[str, list[Alternative]] = {}
        flows: dict[str, list[tuple[Literal, Flow]]] = {}
        for (role, variant), tree in self._trees():
            for section, elements in self._bound(tree, f"{role}={variant}").items():
                if section == "components":
                    for name, component in elements.items():
                        alternatives.setdefault(name, []).append(
                            Alternative(role=role, variant=variant, component=component)
                        )
                elif section == "flows":
                    for name, flow in elements.items():
                        flows.setdefault(name, []).append(((role, variant), flow))
                elif section in UNITED:
                    for name, element in elements.items():
                        united[section].setdefault(name, element)
        all_flows = {name: self._flow(flow) for name, flow in base.flows.items()}
        for name, several in flows.items():
            all_flows[name] = self._open_flow(several)
        model = replace(
            base,
            components={name: self._component(c) for name, c in base.components.items()},
            alternatives={
                name: tuple(replace(a, component=self._component(a.component)) for a in several)
                for name, several in alternatives.items()
            },
            flows=all_flows,
            **united,
        )
        if self.reader.problems:
            raise ModelError(self.reader.problems)
        return model

    def _trees(self) -> list[tuple[Literal, MappingNode]]:
        """Every conditional fragment with the answer it hangs on (of a pattern within a pattern: its own choice)."""
        found: list[tuple[Literal, MappingNode]] = [
            (max(under, key=lambda literal: len(literal[0])), base)
            for under, base in self.space.bases
            if under
        ]
        for role in self.space.roles:
            found.extend(((role.name, v.name), v.adds) for v in role.variants if v.adds is not None)
        return found

    def _bound(self, tree: MappingNode, path: str) -> dict[str, dict[str, Any]]:
        kinds = keys_of(Model)
        found: dict[str, dict[str, Any]] = {}
        for section, node in tree.entries:
            if section.value in kinds:
                found[section.value] = (
                    kinds[section.value][1].kind.read(node, section.value, self.reader) or {}
                )
        return found

    def _component(self, component: Component) -> Component:
        if not any(operation.steps for operation in component.offers.values()):
            return component
        offers = {name: self._operation(operation) for name, operation in component.offers.items()}
        return replace(component, offers=offers)

    def _operation(self, operation: Operation) -> Operation:
        return replace(operation, steps=self._steps(operation.steps)) if operation.steps else operation

    def _flow(self, flow: Flow) -> Flow:
        return replace(flow, steps=self._steps(flow.steps))

    def _open_flow(self, several: list[tuple[Literal, Flow]]) -> Flow:
        first = several[0][1]
        role = several[0][0][0]
        branches = tuple((variant, self._steps(flow.steps)) for (_, variant), flow in several)
        step = Step(Open(role, branches), first.at, f"flows.{first.name}.{role}")
        return replace(first, steps=(step,))

    def _steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Steps with their slots filled; a step met again gives the same object."""
        found: list[Step] = []
        for step in steps:
            if isinstance(step.action, Open) and not step.action.alternatives:
                found.extend(self._slot(step.action.role))
            else:
                found.append(self._step(step))
        return tuple(found)

    def _step(self, step: Step) -> Step:
        if id(step) in self.rebuilt:
            return self.rebuilt[id(step)]
        self.kept.append(step)  # keeps its id from being used again
        action = step.action
        match action:
            case program.Choose(branches):
                action = program.Choose(tuple(replace(b, steps=self._steps(b.steps)) for b in branches))
            case program.Parallel(branches):
                action = replace(action, branches=tuple(self._steps(b) for b in branches))
            case program.Repeat(steps) | program.Group(steps):
                action = replace(action, steps=self._steps(steps))
            case program.Hold(_, steps):
                action = replace(action, steps=self._steps(steps))
            case program.Open(role, alternatives):
                action = Open(role, tuple((v, self._steps(s)) for v, s in alternatives))
            case (
                program.Call() | program.Send() | program.Ask() | program.Wait() | program.Fail() | program.Stop()
                | program.Do() | program.Mark()
            ):  # fmt: skip
                pass
        made = replace(step, action=action, policies=self._policies(step.policies))
        self.rebuilt[id(step)] = made
        return made

    def _policies(self, policies: Policies) -> Policies:
        if policies.none:
            return policies
        return replace(
            policies,
            fallback=None if policies.fallback is None else self._steps(policies.fallback),
            compensate=None if policies.compensate is None else self._steps(policies.compensate),
            guards=tuple(replace(g, steps=self._steps(g.steps)) for g in policies.guards),
        )

    def _slot(self, slot: str) -> tuple[Step, ...]:
        """The steps of a slot: what fills it, with the wraps around it from the innermost to the outermost."""
        if slot in self.slots:
            return self.slots[slot]
        self.slots[slot] = ()  # a slot within itself stays empty
        inner: tuple[Step, ...] = ()
        for role in self.space.roles:
            if any(slot in v.fill for v in role.variants):
                inner += self._filled(slot, role)
        wraps = [role for role in self.space.roles if any(slot in v.wrap for v in role.variants)]
        ranked = sorted(wraps, key=lambda role: -wrap_rank(role, slot))
        for role in ranked:
            inner = self._wrapped(slot, role, inner)
        self.slots[slot] = inner
        return inner

    def _filled(self, slot: str, role: Role) -> tuple[Step, ...]:
        known: dict[tuple[Node, ...], tuple[Step, ...]] = {}
        branches: list[tuple[str, tuple[Step, ...]]] = []
        for variant in role.variants:
            nodes = variant.fill.get(slot, ())
            if nodes not in known:
                known[nodes] = self._read(nodes, f"{role.name}={variant.name}.fill.{slot}")
            branches.append((variant.name, known[nodes]))
        return self._choice(role, branches)

    def _wrapped(self, slot: str, role: Role, inner: tuple[Step, ...]) -> tuple[Step, ...]:
        known: dict[MappingNode | None, tuple[Step, ...]] = {None: inner}
        branches: list[tuple[str, tuple[Step, ...]]] = []
        for variant in role.variants:
            node = variant.wrap.get(slot)
            if node is not None and node not in known:
                known[node] = self._wrap(node, inner, f"{role.name}={variant.name}.wrap.{slot}")
            branches.append((variant.name, known[node]))
        return self._choice(role, branches)

    def _wrap(self, node: MappingNode, inner: tuple[Step, ...], path: str) -> tuple[Step, ...]:
        """Bind policies as those of an empty group, then put the inner steps into it."""
        word = Scalar("steps", "", node.at.file, node.at.line, node.at.column, node.at.line, node.at.column)
        group = replace(node, entries=((word, SequenceNode((), node.at, node.end, False)), *node.entries))
        (step,) = read_steps(SequenceNode((group,), node.at, node.end, False), path, self.reader) or (None,)
        if step is None:
            return inner
        return (replace(step, action=Group(inner), policies=self._policies(step.policies)),)

    def _read(self, nodes: tuple[Node, ...], path: str) -> tuple[Step, ...]:
        if not nodes:
            return ()
        steps = read_steps(SequenceNode(nodes, nodes[0].at, nodes[-1].at, False), path, self.reader)
        return self._steps(steps)

    def _choice(self, role: Role, branches: list[tuple[str, tuple[Step, ...]]]) -> tuple[Step, ...]:
        first = branches[0][1]
        if all(steps is first or steps == first for _, steps in branches):
            return first
        at = next((steps[0].at for _, steps in branches if steps), self.base.at)
        return (Step(Open(role.name, tuple(branches)), at, role.name),)


def wrap_rank(role: Role, slot: str) -> int:
    """How far outside the wraps of a role stand: the rank of their outermost policy."""
    return min(
        outermost(key.value for key, _ in v.wrap[slot].entries)
        for v in role.variants
        if v.name != ABSENT and slot in v.wrap
    )
