"""Nothing goes in circles: places within places, what carries what, data made of data, flows, calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from groma.model import program
from groma.model.elements import Model
from groma.model.position import Problem
from groma.model.program import Step, walk


def circles(model: Model) -> Iterator[Problem]:
    """Every circle that a model goes in."""
    yield from _circle("in", lambda n: _one(model.places[n].in_) if n in model.places else (), model.places)
    yield from _circle(
        "runs_on",
        lambda n: tuple(c.runs_on for c in model.candidates(n) if c.runs_on),
        model.components,
        "components",
    )
    yield from _circle("after", lambda n: model.data[n].after if n in model.data else (), model.data, "data")
    yield from _circle(
        "made_from", lambda n: model.data[n].made_from if n in model.data else (), model.data, "data"
    )
    yield from _circle("do", lambda n: _done(model, n), model.flows, "flows")
    yield from _circle("call", lambda n: _called(model, n), _operations(model), "operations")


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _done(model: Model, flow: str) -> tuple[str, ...]:
    if flow not in model.flows:
        return ()
    return tuple(s.action.flow for s in walk(model.flows[flow].steps) if isinstance(s.action, program.Do))


class _Operations(dict[str, Any]):
    """`component.operation` -> something with a position."""


def _operations(model: Model) -> _Operations:
    return _Operations(
        {f"{c.name}.{o.name}": o for c in model.components.values() for o in c.offers.values() if o.steps}
    )


def _called(model: Model, name: str) -> tuple[str, ...]:
    """What an operation calls or sends to, in flows that it does, too."""
    component, _, operation = name.partition(".")
    return tuple(
        f"{step.action.component}.{step.action.operation}"
        for candidate in model.candidates(component)
        if operation in candidate.offers
        for step in _with_flows(model, candidate.offers[operation].steps)
        if isinstance(step.action, program.Call | program.Send)
    )


def _with_flows(model: Model, steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step of some, and of the flows that they do, each flow once."""
    todo, seen = [steps], set[str]()
    while todo:
        for step in walk(todo.pop()):
            yield step
            if isinstance(step.action, program.Do) and step.action.flow in model.flows.keys() - seen:
                seen.add(step.action.flow)
                todo.append(model.flows[step.action.flow].steps)


def _circle(
    word: str, following: Callable[[str], Iterable[str]], elements: Mapping[str, Any], section: str = "places"
) -> Iterator[Problem]:
    """Each circle once, reported at its first element; depth first without recursion."""
    done: set[str] = set()
    for start in elements:
        if start in done:
            continue
        path: list[str] = []
        on_path: set[str] = set()
        todo: list[tuple[str, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                done.add(name)
                continue
            if name in on_path:
                ring = [*path[path.index(name) :], name]
                where = elements.get(ring[0])
                if where is not None:
                    yield Problem(where.at, f"{section}: `{word}` goes in a circle: {' -> '.join(ring)}")
                return
            if name in done:
                continue
            path.append(name)
            on_path.add(name)
            todo.append((name, True))
            todo.extend((other, False) for other in reversed(tuple(following(name))))
