"""Acceptance tests of a model: what has to be seen before somebody says yes, worked out from what is stated.

In the form of Given, When, Then (North, Introducing BDD, 2006; Gherkin). Each need, each end of a flow, each hand-over,
each permission, each way out and each copy gives its own; where something isn't stated there is a gap and no test.
Ids are made of names only, so that they stay the same while the model does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from groma.model.elements import Connection, Flow, Model, Need
from groma.model.measure import parse_measure
from groma.model.model_programs import programs
from groma.model.position import Position
from groma.model.program import Call, Choose, Do, Send, Step, inner_steps, walk
from groma.model.quantity import Quantity

FIELD = re.compile(r"\w+\.\w+")
"""A field of data, where one is filled from another as it is; anything else says in words what it is filled with."""

Kind = Literal["need", "flow", "branch", "failure", "mapping", "permission", "exit", "restore"]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One test: `id` is the element's path and what of it is tested; who accepts it where somebody is named."""

    id: str
    element: str
    kind: Kind
    given: str
    when: str
    then: str
    at: Position
    accepted_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A test that can't be derived: which, and the keys that would have to be stated."""

    id: str
    element: str
    missing: tuple[str, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Derived:
    """All tests of a model and all gaps, each in the order of the model."""

    tests: tuple[Acceptance, ...]
    gaps: tuple[Gap, ...]


def acceptance(model: Model) -> Derived:
    """The acceptance tests of a model, and what is missing for others."""
    found = tuple(_all(model))
    ids: dict[str, int] = {}
    tests: list[Acceptance] = []
    for each in found:
        if isinstance(each, Acceptance):
            ids[each.id] = ids.get(each.id, 0) + 1
            tests.append(each if ids[each.id] == 1 else _again(each, ids[each.id]))
    return Derived(tuple(tests), tuple(each for each in found if isinstance(each, Gap)))


def to_be_tested(model: Model) -> tuple[str, ...]:
    """Paths of the elements that must give a test: needs, flows that start by themselves, hand-overs between parts."""
    return (
        *(f"needs.{name}" for name in model.needs),
        *(f"flows.{name}" for name in model.flows if name not in _run_by_others(model)),
        *(f"connections.{c.name}" for c in _hand_overs(model)),
    )


def _all(model: Model) -> Iterator[Acceptance | Gap]:
    for need in model.needs.values():
        yield _need(model, need)
    others = _run_by_others(model)
    for flow in model.flows.values():
        if flow.name not in others:
            yield from _flow(model, flow)
    for connection in _hand_overs(model):
        yield from _connection(model, connection)
    yield from _permissions(model)
    yield from _exits(model)
    yield from _restores(model)


def _need(model: Model, need: Need) -> Acceptance | Gap:
    measure = parse_measure(need.measure)
    path = f"needs.{need.name}"
    target = _target(need)
    if isinstance(measure, str) or not target:
        return Gap(path, path, ("measure",), need.at)
    flow = model.flows.get(measure.subject)
    given = "the system as it is built, under its usual load"
    if flow is not None:
        rate = None if flow.starts is None else flow.starts.at_peak
        if not isinstance(rate, Quantity):
            return Gap(path, path, (f"flows.{flow.name}.starts.rate",), need.at)
        given = f"{_flow_called(flow)} runs {rate.text}"
    by = (need.from_,) if need.from_ else ()
    return Acceptance(path, path, "need", given, f"`{need.measure}` is measured", target, need.at, by)


def _target(need: Need) -> str:
    if isinstance(need.at_most, Quantity):
        return f"it is {need.at_most.text} at most"
    if isinstance(need.at_least, Quantity):
        return f"it is {need.at_least.text} at least"
    if need.within:
        return f"nothing is outside {', '.join(need.within)}"
    return f"it is {need.is_}" if need.is_ else ""


def _flow(model: Model, flow: Flow) -> Iterator[Acceptance | Gap]:
    path = f"flows.{flow.name}"
    missing = tuple(key for key, stated in (("starts", flow.starts), ("by", flow.by)) if stated is None)
    by = tuple(_called(model, name) for name in flow.for_)
    if missing or flow.by is None:
        yield Gap(f"{path}/ends", path, missing, flow.at)
    else:
        results = _results(model, flow)
        seen = "; ".join(results) if results else "it comes to its end"
        if by:
            seen += f"; {', '.join(by)} can go on with it"
        given = f"{_called(model, flow.by)} starts {_flow_called(flow)}"
        yield Acceptance(f"{path}/ends", path, "flow", given, "every step succeeds", seen, flow.at, by)
    for step in walk(flow.steps):
        if isinstance(step.action, Choose):
            yield from _branches(model, path, step, step.action, by)
    yield from _failures(model, flow, path, by)


def _results(model: Model, flow: Flow) -> tuple[str, ...]:
    """What a good run leaves: data that a changing operation was handed, in the component that holds them."""
    found: list[str] = []
    for step in walk(flow.steps):
        if not isinstance(step.action, Call | Send):
            continue
        for component in model.candidates(step.action.component):
            operation = component.offers[step.action.operation]
            kept = [d for d in (*step.carries, *flow.carries) if component.name in model.data[d].held_by]
            if operation.effect != "none" and kept:
                what = " and ".join(_called(model, data) for data in kept)
                found.append(
                    f"{what} can be found in {_called(model, component.name)} as they were handed over"
                )
    return tuple(dict.fromkeys(found))


def _branches(
    model: Model, path: str, step: Step, choose: Choose, by: tuple[str, ...]
) -> Iterator[Acceptance | Gap]:
    for number, branch in enumerate(choose.branches, 1):
        if not branch.when:
            yield Gap(f"{path}/branch/{number}", path, (f"{step.path}: when of branch {number}",), step.at)
            continue
        done = [text for inner in walk(branch.steps) if (text := _does(model, inner))]
        then = ", then ".join(done) if done else "nothing more is done"
        name = f"{path}/branch/{_slug(branch.when)}"
        yield Acceptance(name, path, "branch", branch.when, "this choice is reached", then, step.at, by)


def _does(model: Model, step: Step) -> str:
    """What a step does, where it does something of its own."""
    if step.title:
        return step.title
    if isinstance(step.action, Call | Send):
        return f"{step.action.component}.{step.action.operation} is called"
    return _flow_called(model.flows[step.action.flow]) if isinstance(step.action, Do) else ""


def _failures(model: Model, flow: Flow, path: str, by: tuple[str, ...]) -> Iterator[Acceptance | Gap]:
    for step, limit, answer in _calls(flow.steps, "", ""):
        if not isinstance(step.action, Call):
            continue
        name = f"{step.action.component}.{step.action.operation}"
        then = answer or flow.on_error
        missing = tuple(key for key, stated in (("timeout", limit), ("on_error", then)) if not stated)
        if missing:
            yield Gap(f"{path}/fails/{name}", path, missing, step.at)
            continue
        given = f"{name} gives no answer"
        when = f"{_flow_called(flow)} has waited {limit} for it"
        yield Acceptance(f"{path}/fails/{name}", path, "failure", given, when, then, step.at, by)


def _calls(steps: tuple[Step, ...], limit: str, answer: str) -> Iterator[tuple[Step, str, str]]:
    """Calls of a program: how long each is waited for and what is done instead, by its own or what is around it."""
    for step in steps:
        own = step.policies.timeout or step.policies.deadline
        within = own.text if own is not None else limit
        instead = answer
        if step.policies.fallback is not None:
            told = [s.title for s in walk(step.policies.fallback) if s.title]
            called = [
                f"{s.action.component}.{s.action.operation} is called instead"
                for s in walk(step.policies.fallback)
                if isinstance(s.action, Call | Send)
            ]
            instead = "; ".join(told or called) or "it goes on without it"
        if isinstance(step.action, Call):
            yield step, within, instead
        for where, inner in inner_steps(step):
            outside = where == "fallback"
            yield from _calls(inner, limit if outside else within, answer if outside else instead)


def _hand_overs(model: Model) -> tuple[Connection, ...]:
    parts = model.components
    return tuple(c for c in model.connections.values() if c.from_ in parts and c.to in parts)


def _connection(model: Model, c: Connection) -> Iterator[Acceptance | Gap]:
    path = f"connections.{c.name}"
    here, there = _called(model, c.from_), _called(model, c.to)
    owner = (_called(model, c.owner),) if c.owner else ()
    missing = tuple(key for key, stated in (("when", c.when), ("maps", c.maps)) if not stated)
    if missing:
        yield Gap(f"{path}/maps", path, missing, c.at)
    else:
        what = ", ".join(_called(model, data) for data in c.carries) or "a record"
        then = f"in {there}: " + "; ".join(
            f"{field} is {value}" + (f" in {here}" if FIELD.fullmatch(value) else "")
            for field, value in c.maps.items()
        )
        given = f"{what} in {here} with every field filled"
        yield Acceptance(f"{path}/maps", path, "mapping", given, c.when, then, c.at, owner)
    if not c.on_error:
        yield Gap(f"{path}/fails", path, ("on_error",), c.at)
    else:
        given = f"{there} takes nothing"
        when = c.when or f"{here} hands something over"
        yield Acceptance(f"{path}/fails", path, "failure", given, when, c.on_error, c.at, owner)


def _permissions(model: Model) -> Iterator[Acceptance | Gap]:
    for component in model.components.values():
        for name, operation in component.offers.items():
            path = f"components.{component.name}.offers.{name}"
            if not operation.allowed:
                yield Gap(f"{path}/allowed", path, ("allowed",), operation.at)
                continue
            given = f"{', '.join(_called(model, who) for who in operation.allowed)} and anybody else"
            what = operation.title or name.replace("_", " ")
            when = f"each tries in {_called(model, component.name)}: {what}"
            then = "those named can do it; anybody else is refused, and nothing has changed"
            yield Acceptance(f"{path}/allowed", path, "permission", given, when, then, operation.at)


def _exits(model: Model) -> Iterator[Acceptance | Gap]:
    for component in model.components.values():
        kept = [data for data in model.data.values() if component.name in data.held_by]
        if component.supplier is None or not kept:
            continue
        path = f"components.{component.name}"
        if not component.exit:
            yield Gap(f"{path}/exit", path, ("exit",), component.at)
            continue
        what = ", ".join(data.title or data.name for data in kept)
        given = f"{what} in {_called(model, component.name)}"
        when = f"they are taken out: {component.exit}"
        then = "every record and every field is there and can be read without the tool"
        yield Acceptance(f"{path}/exit", path, "exit", given, when, then, component.at)


def _restores(model: Model) -> Iterator[Acceptance | Gap]:
    for name, data in model.data.items():
        if data.backup is None:
            continue
        path = f"data.{name}"
        if data.backup.to is None:
            yield Gap(f"{path}/restore", path, ("backup.to",), data.backup.at)
            continue
        given = f"{data.title or name} are deleted, and a copy is in {_called(model, data.backup.to)}"
        then = f"they are back as they were {data.backup.every.text} before the loss or later"
        owner = (_called(model, data.owner),) if data.owner else ()
        yield Acceptance(
            f"{path}/restore", path, "restore", given, "they are brought back", then, data.backup.at, owner
        )


def _run_by_others(model: Model) -> frozenset[str]:
    """Flows that have no start of their own and that a program runs in place."""
    done = {s.action.flow for _, steps in programs(model) for s in walk(steps) if isinstance(s.action, Do)}
    return frozenset(name for name in done if name in model.flows and model.flows[name].starts is None)


def _called(model: Model, name: str) -> str:
    """What people call a person, part, kind of data or flow."""
    for section in (model.people, model.components, model.data, model.flows):
        if name in section:
            return section[name].title or name.replace("_", " ")
    return name.replace("_", " ")


def _flow_called(flow: Flow) -> str:
    """What people call a flow; data or parts may have the same name."""
    return flow.title or flow.name.replace("_", " ")


def _slug(text: str) -> str:
    return "-".join(re.findall(r"\w+", text.casefold())[:8]) or "branch"


def _again(test: Acceptance, number: int) -> Acceptance:
    return replace(test, id=f"{test.id}/{number}")
