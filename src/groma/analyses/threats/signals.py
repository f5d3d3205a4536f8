"""The signals that tell of elements and needs: the socket into which alerts are plugged.

Today's content follows from needs (each has a measure that is watched) and from failure policies (each has an outcome
that is counted). Exporters of alerts give their own names; whoever has them passes them as `more`.
"""

from __future__ import annotations

from collections.abc import Mapping

from groma.model.elements import Model
from groma.model.model_programs import programs
from groma.model.program import Step, walk


def signals_of(model: Model, more: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, tuple[str, ...]]:
    """Path of an element or need (`needs.quick`, `flows.answer.steps.3`, `components.writer`) -> names of signals."""
    found: dict[str, list[str]] = {}
    for name, need in model.needs.items():
        found.setdefault(f"needs.{name}", []).append(f"slo/{name}: {need.measure}")
    for _, program in programs(model):
        for step in walk(program):
            for signal in _of(step):
                found.setdefault(step.path, []).append(signal)
    for name, control in model.controls.items():
        if control.signal:
            found.setdefault(f"controls.{name}", []).append(control.signal)
            for element in control.on:
                found.setdefault(element, []).append(control.signal)
    for path, names in (more or {}).items():
        found.setdefault(path, []).extend(names)
    return {path: tuple(dict.fromkeys(names)) for path, names in sorted(found.items())}


def _of(step: Step) -> list[str]:
    policies = step.policies
    found = [f'guard.rejected{{guard="{guard.name}"}}' for guard in policies.guards]
    for word, there in (
        ("calls.timeout", policies.timeout or policies.deadline),
        ("breaker.open", policies.breaker),
        ("calls.throttled", policies.limit),
        ("fallback.used", policies.fallback),
    ):
        if there is not None:
            found.append(f'{word}{{step="{step.path}"}}')
    return found
