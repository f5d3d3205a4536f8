"""Calls of language models in what runs: several rules look at these."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.program import Call, Step, walk

LANGUAGE_MODEL = "llm"
"""The kind of a component that is a language model."""


def is_model(model: Model, name: str) -> bool:
    """Whether a component, or what may come to stand for it, is a language model."""
    return any(each.kind == LANGUAGE_MODEL for each in model.candidates(name))


def calls_of_models(model: Model, flow: str) -> Iterator[tuple[Step, str]]:
    """Steps of a flow that call a language model, and its name."""
    for step in walk(model.flows[flow].steps):
        if isinstance(step.action, Call) and is_model(model, step.action.component):
            yield step, step.action.component
