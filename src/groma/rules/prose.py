"""What a model says in words: every text of its elements with where it stands, for rules that read prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from groma.model.elements import Model
from groma.model.grammar import OneOrMany, Table, Text, keys_of
from groma.model.model_programs import programs
from groma.model.position import Position
from groma.model.program import Choose, walk

SECTIONS = (
    "needs",
    "places",
    "suppliers",
    "people",
    "components",
    "connections",
    "data",
    "flows",
    "decisions",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One text: the element's path, the key it is written under, the words."""

    element: str
    key: str
    text: str
    at: Position


def said(model: Model) -> Iterator[Said]:
    """Every text of the elements and of the steps of programs, in the order of the sections."""
    for section in SECTIONS:
        elements: Mapping[str, Any] = getattr(model, section)
        for name, element in elements.items():
            yield from texts(element, f"{section}.{name}", element.at)
    for component in model.components.values():
        for name, operation in component.offers.items():
            yield from texts(operation, f"components.{component.name}.offers.{name}", operation.at)
    for _, steps in programs(model):
        for step in walk(steps):
            if step.title:
                yield Said(step.path, "title", step.title, step.at)
            if isinstance(step.action, Choose):
                for branch in step.action.branches:
                    if branch.when:
                        yield Said(step.path, "when", branch.when, step.at)


def texts(element: Any, path: str, at: Position) -> Iterator[Said]:
    """The texts of one element: words, lists of words and tables of words, dates left out."""
    cls = cast("type[Any]", type(element))
    for attribute, how in keys_of(cls).values():
        value: Any = getattr(element, attribute)
        kind = how.kind
        inner = kind.inner if isinstance(kind, OneOrMany | Table) else kind
        if not value or not isinstance(inner, Text) or inner.form != "text":
            continue
        if isinstance(value, str):
            yield Said(path, how.name, value, at)
        elif isinstance(value, Mapping):
            table = cast("Mapping[str, str]", value)
            for name, text in table.items():
                yield Said(path, f"{how.name}.{name}", text, at)
        else:
            for text in cast("tuple[str, ...]", value):
                yield Said(path, how.name, text, at)
