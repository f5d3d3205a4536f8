"""Write a formula as an Open-PSA fault tree, for clients who run their own tools on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from groma.solvers.faulttrees.formula import (
    And,
    AtLeast,
    Constant,
    Event,
    Formula,
    Not,
    Or,
    bottom_up,
    events_of,
    parts_of,
)


def write_openpsa(name: str, formula: Formula, probabilities: Mapping[str, float]) -> str:
    """Open-PSA MEF of one fault tree named `name` with top gate `top`; every gate is defined once.

    Names that aren't identifiers of the format are replaced by ones that are; the label keeps the original.
    Events without a probability are declared without one.
    """
    identifiers = _identifiers([name, *events_of(formula)])
    order = [f for f in bottom_up(formula) if not isinstance(f, Event | Constant)]
    if not order:
        formula = And((formula,))
        order.append(formula)
    taken = set(identifiers.values())
    gate_names: dict[int, str] = {}
    number = 0
    for f in reversed(order):
        candidate = "top" if f is formula else ""
        while not candidate or candidate in taken:
            number += 1
            candidate = f"g{number}"
        taken.add(candidate)
        gate_names[id(f)] = candidate

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<opsa-mef>"]
    lines += [f"<define-fault-tree name={quoteattr(identifiers[name])}>", *_label(name, identifiers[name])]
    for f in reversed(order):
        lines.append(f"<define-gate name={quoteattr(gate_names[id(f)])}>")
        lines.append(_opening(f))
        lines += [_reference(part, gate_names, identifiers) for part in parts_of(f)]
        lines += [f"</{_opening(f)[1:-1].split()[0]}>", "</define-gate>"]
    lines += ["</define-fault-tree>", "<model-data>"]
    for event in events_of(formula):
        lines += [
            f"<define-basic-event name={quoteattr(identifiers[event])}>",
            *_label(event, identifiers[event]),
        ]
        if event in probabilities:
            lines.append(f'<float value="{probabilities[event]!r}"/>')
        lines.append("</define-basic-event>")
    return "\n".join([*lines, "</model-data>", "</opsa-mef>", ""])


def _identifiers(names: list[str]) -> dict[str, str]:
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-") or "event"
        stem = stem if stem[0].isalpha() else f"e_{stem}"
        candidate, number = stem, 1
        while candidate in taken:
            number += 1
            candidate = f"{stem}_{number}"
        taken.add(candidate)
        result.setdefault(name, candidate)
    return result


def _label(name: str, identifier: str) -> list[str]:
    return [] if name == identifier else [f"<label>{escape(name)}</label>"]


def _opening(f: Formula) -> str:
    match f:
        case And():
            return "<and>"
        case Or():
            return "<or>"
        case Not():
            return "<not>"
        case AtLeast(k, _):
            return f'<atleast min="{k}">'
        case Event() | Constant():
            raise TypeError("events and constants aren't gates")


def _reference(part: Formula, gates: Mapping[int, str], identifiers: Mapping[str, str]) -> str:
    match part:
        case Event(name):
            return f"<basic-event name={quoteattr(identifiers[name])}/>"
        case Constant(value):
            return f'<constant value="{"true" if value else "false"}"/>'
        case _:
            return f"<gate name={quoteattr(gates[id(part)])}/>"
