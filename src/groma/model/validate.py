"""What must hold across elements, part by part, in the order in which a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from groma.model.elements import Model
from groma.model.grammar import did_you_mean
from groma.model.position import Problem
from groma.model.quantity import Quantity
from groma.model.validate_circles import circles
from groma.model.validate_controls import supervision
from groma.model.validate_decisions import decisions
from groma.model.validate_failing import crews, fed_by_themselves, together
from groma.model.validate_loads import loads
from groma.model.validate_measures import measures
from groma.model.validate_names import SECTIONS, exists, references
from groma.model.validate_needs import needs
from groma.model.validate_scenarios import scenarios
from groma.model.validate_steps import steps


def validate(model: Model) -> list[Problem]:
    """Every problem of a bound model."""
    return [
        *_facts(model),
        *references(model),
        *steps(model),
        *circles(model),
        *together(model),
        *crews(model),
        *fed_by_themselves(model),
        *loads(model),
        *needs(model),
        *measures(model),
        *scenarios(model),
        *decisions(model),
        *_controls(model),
        *_served(model),
        *supervision(model),
        *_evaluations(model),
        *_cuts(model),
    ]


def validate_brief(brief: Model, opened: Model) -> list[Problem]:
    """What can be wrong with a brief whatever is chosen: what it says itself, with names and the subjects of its
    measures looked up in the `opened` model that its patterns make of it."""
    problems = [
        *_facts(brief),
        *references(brief, replace(opened, wants={})),
        *together(brief),
        *crews(brief),
        *loads(brief),
        *needs(brief),
        *decisions(brief),
    ]
    return problems or list(measures(replace(opened, wants={})))


def _cuts(model: Model) -> Iterator[Problem]:
    """A passage holds more than what it shares with the one before it, else cutting never ends."""
    for name, data in model.data.items():
        cut = data.cut
        if cut is not None and cut.overlap >= cut.passage:
            message = f"a passage of {cut.passage} tokens must be longer than the {cut.overlap} it shares"
            yield Problem(cut.at, f"data.{name}.cut: {message}")


def _served(model: Model) -> Iterator[Problem]:
    """What a model learns from is served as another data set than itself."""
    for name, data in model.data.items():
        if data.served_as == name:
            yield Problem(data.at, f"data.{name}.served_as: expected another data set, found itself")


def _facts(model: Model) -> Iterator[Problem]:
    """A fact's range measures what its value measures, and holds its mean."""
    for name, fact in model.facts.items():
        known = fact.known
        if known is None:
            continue
        if known.unit.dimension != fact.value.unit.dimension:
            message = f"`{known.text}` does not measure what the value `{fact.value.text}` measures"
            yield Problem(known.at, f"facts.{name}.known: {message}")
        elif not known.low <= fact.value.mean * (1 + 1e-9) or not fact.value.mean * (1 - 1e-9) <= known.high:
            message = f"the range `{known.text}` must hold the mean of `{fact.value.text}`"
            yield Problem(known.at, f"facts.{name}.known: {message}")


def _evaluations(model: Model) -> Iterator[Problem]:
    """What a data set judges is a component, one of its operations, or a flow; its shares fit together."""
    for name, each in model.evaluations.items():
        for element in each.judges:
            section, _, rest = element.partition(".")
            there, _, asked = rest.partition(".")
            offers = set[str]()
            if section == "components":
                offers = {operation for part in model.candidates(there) for operation in part.offers}
            if section in ("components", "flows") and exists(model, section, there):
                if not asked or (section == "components" and asked in offers):
                    continue
                known = [f"components.{there}.{o}" for o in sorted(offers)]
            else:
                known = [f"{s}.{n}" for s in ("components", "flows") for n in getattr(model, s)]
            message = "expected a component, an operation or a flow such as `components.writer.write`, found "
            yield Problem(
                each.at, f"evaluations.{name}.judges: {message}`{element}`{did_you_mean(element, known)}"
            )
        threshold, tells = each.threshold, each.tells
        if isinstance(threshold, Quantity) and tells is not None and not 0.0 < tells.mean < threshold.mean:
            message = f"a drop lies between 0 and the threshold `{threshold.text}`, found `{tells.text}`"
            yield Problem(tells.at, f"evaluations.{name}.tells: {message}")


def _controls(model: Model) -> Iterator[Problem]:
    """What a control protects is an element of the model."""
    for name, control in model.controls.items():
        for element in control.on:
            section, _, rest = element.partition(".")
            there = rest.partition(".")[0]
            if section not in SECTIONS or not exists(model, section, there):
                known = [f"{s}.{n}" for s in SECTIONS for n in getattr(model, s)]
                message = f"expected an element such as `components.writer`, found `{element}`"
                yield Problem(control.at, f"controls.{name}.on: {message}{did_you_mean(element, known)}")
