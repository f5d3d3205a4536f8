"""What is surveyed: a model as it stands today.

A brief names parts that a design will bring. They aren't there yet, so they are taken out of today's picture: what runs
on them or calls them keeps a stand-in of which nothing is known (unknown isn't zero), and each is a gap. Needs about
flows that don't exist yet can't be looked at, and are gaps as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from groma.model.elements import Component, Model, Need, Operation
from groma.model.grammar import OneOrMany, Reference, keys_of
from groma.model.load import load, model_of
from groma.model.model_programs import programs
from groma.model.position import ModelError, Problem
from groma.model.program import Call, Hold, Send, walk
from groma.model.quantity import Unknown
from groma.model.source import Mapping as MappingNode
from groma.model.source import parse
from groma.model.validate import validate
from groma.patterns import Pattern, library, open_model, resolve
from groma.survey.gaps import Gap

STAND_IN = "not described"


@dataclass(frozen=True, slots=True)
class Standing:
    """A closed model, the gaps that closing it left, and the elements that only stand in."""

    model: Model
    gaps: tuple[Gap, ...] = ()
    unheard_of: frozenset[str] = frozenset()


def read(
    path: Path,
    *,
    stage: str | None = None,
    text: str | None = None,
    patterns: dict[str, Pattern] | None = None,
) -> Standing:
    """The model of a file as it stands today; `text` is read in the file's place where it is given.

    Raises ModelError with every problem found.
    """
    if text is None:
        model = load(path, stage=stage, check=False)
    else:
        model = model_of(_root(text, path.name), path.parent, {path.name: text}, stage=stage, check=False)
    if not model.wants:
        problems = validate(model)
        if problems:
            raise ModelError(problems)
        return Standing(model)
    if not _missing(model):
        return stands(model)
    beside = path.parent / "patterns"
    known = library([beside] if beside.is_dir() else []) if patterns is None else patterns
    opened = open_model(resolve(path, known))
    return stands(model, (*opened.components, *opened.alternatives))


def _root(text: str, file: str) -> MappingNode:
    root = parse(text, file)
    if not isinstance(root, MappingNode):
        raise ModelError(Problem(root.at, "expected a model: a mapping that begins with `groma: 1`"))
    return root


def stands(model: Model, brought: Iterable[str] = ()) -> Standing:
    """A brief without what it only wants; `brought` are the parts that its patterns would bring.

    Raises ModelError for whatever is wrong beside these.
    """
    today = replace(model, wants={}, wishes=())
    missing = sorted(_missing(today) & set(brought))
    wanted = ", ".join(dict.fromkeys(want.capability for want in model.wants.values()))
    today = replace(
        today, components={**today.components, **{name: _stand_in(today, name) for name in missing}}
    )
    gaps = [
        Gap(
            f"components.{name}",
            f"What is “{name}” today?",
            f"it is only wanted so far ({wanted}); what stands on it can't be looked at",
        )
        for name in missing
    ]
    if not any(flow.starts for flow in today.flows.values()):
        gaps.append(
            Gap(
                "flows",
                f"How is the work done today that is wanted ({wanted})?",
                "without it there is nothing to diagnose; what is wanted is designed with groma design",
            )
        )
        today = replace(today, needs={})
    needs: dict[str, Need] = {}
    whole = len(validate(replace(today, needs={})))
    for name, need in today.needs.items():
        if len(validate(replace(today, needs={name: need}))) > whole:
            gaps.append(
                Gap(
                    f"needs.{name}",
                    f"How is “{name.replace('_', ' ')}” ({need.measure}) today?",
                    "what it is asked of isn't there yet",
                )
            )
        else:
            needs[name] = need
    today = replace(today, needs=needs)
    problems = validate(today)
    if problems:
        raise ModelError(problems)
    return Standing(today, tuple(gaps), frozenset(f"components.{name}" for name in missing))


def _missing(model: Model) -> set[str]:
    """Components that something names and that aren't there."""
    return {name for name in _named(model) - model.components.keys() if name not in model.people}


def _named(model: Model) -> set[str]:
    """Every component that something names."""
    found: set[str] = set()
    sections: tuple[dict[str, Any], ...] = (
        dict(model.components),
        dict(model.connections),
        dict(model.data),
        dict(model.flows),
        dict(model.places),
    )
    for section in sections:
        for element in section.values():
            found |= _of(element)
    for data in model.data.values():
        found |= _of(data.backup) if data.backup is not None else set()
    for component in model.components.values():
        for backup in component.copies.values():
            found |= _of(backup)
    for _, steps in programs(model):
        for step in walk(steps):
            if isinstance(step.action, Call | Send | Hold):
                found.add(step.action.component)
            if step.policies.cache is not None and step.policies.cache.component:
                found.add(step.policies.cache.component)
    return found


def _of(element: Any) -> set[str]:
    found: set[str] = set()
    cls = cast("type[Any]", type(element))
    for attribute, how in keys_of(cls).values():
        kind = how.kind.inner if isinstance(how.kind, OneOrMany) else how.kind
        value: Any = getattr(element, attribute)
        if value is not None and isinstance(kind, Reference) and "components" in kind.sections:
            found |= {value} if isinstance(value, str) else set(value)
    return found


def _stand_in(model: Model, name: str) -> Component:
    """A part of which nothing is known, with the operations that are called of it."""
    called: dict[str, Operation] = {}
    at = model.at
    for _, steps in programs(model):
        for step in walk(steps):
            if isinstance(step.action, Call | Send) and step.action.component == name:
                called[step.action.operation] = Operation(
                    name=step.action.operation, at=step.at, work=Unknown(step.at, "unknown")
                )
    return Component(name=name, at=at, kind=STAND_IN, offers=called)
