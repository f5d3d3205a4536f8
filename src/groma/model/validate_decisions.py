"""What must hold of decisions: the option taken is one of them, what waits is there, options are shown by what exists.

What waits for a decision may come only with one of the options, so elements that a stage adds count as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groma.model.elements import Decision, Model
from groma.model.grammar import did_you_mean
from groma.model.position import Problem

WAITING = (
    "flows",
    "needs",
    "components",
    "connections",
    "data",
    "people",
    "places",
    "suppliers",
    "decisions",
    "stages",
)
"""Sections whose elements can wait for a decision."""

OPEN = ("flows", "components", "connections", "data")
"""Sections that the patterns of a brief may add to."""

NOW = "now"
"""An option that leaves everything as the model has it."""

ANSWER = re.compile(r"[^=]+=[^=]+")


def decisions(model: Model) -> Iterator[Problem]:
    """Every problem of a model's decisions."""
    for name, decision in model.decisions.items():
        yield from _chosen(decision, f"decisions.{name}")
        yield from _waits(model, decision, f"decisions.{name}.waits")
        yield from _shown_by(model, decision, f"decisions.{name}.shown_by")


def compared(model: Model) -> tuple[str, ...]:
    """The stages that show options of the model's open decisions, each once, in the order written."""
    shown = (by for d in model.decisions.values() if d.status == "open" for by in d.shown_by.values())
    return tuple(dict.fromkeys(stage for by in shown if (stage := stage_of(by)) in model.stages and stage))


def stage_of(shown_by: tuple[str, ...]) -> str | None:
    """The stage that an option is shown by, None where it is shown by something else."""
    section, dot, stage = shown_by[0].partition(".") if len(shown_by) == 1 else ("", "", "")
    return stage if section == "stages" and dot else None


def _chosen(decision: Decision, path: str) -> Iterator[Problem]:
    if decision.chosen is None or not decision.options or decision.chosen in decision.options:
        return
    hint = did_you_mean(decision.chosen, decision.options) or f": {_listed(decision.options)}"
    yield Problem(decision.at, f"{path}.chosen: `{decision.chosen}` isn't one of the options{hint}")


def _waits(model: Model, decision: Decision, path: str) -> Iterator[Problem]:
    for written in decision.waits:
        section, dot, name = written.partition(".")
        if not dot or section not in WAITING:
            hint = did_you_mean(section, WAITING) if dot else ""
            yield Problem(
                decision.at,
                f"{path}: expected an element such as `flows.invoice` or `needs.affordable`, found `{written}`{hint}",
            )
            continue
        known: Mapping[str, Any] = getattr(model, section)
        added = [
            path.partition(".")[2]
            for s in model.stages.values()
            for path in s.adds
            if path.startswith(section + ".")
        ]
        if name not in known and name not in added and not (model.wants and section in OPEN):
            elsewhere = next((s for s in WAITING if name in getattr(model, s)), None)
            hint = (
                f": it is `{elsewhere}.{name}`"
                if elsewhere is not None
                else did_you_mean(name, [*known, *added])
            )
            yield Problem(decision.at, f"{path}: there is no `{name}` in `{section}`{hint}")


def _shown_by(model: Model, decision: Decision, path: str) -> Iterator[Problem]:
    for option, shown_by in decision.shown_by.items():
        if option not in decision.options:
            hint = (
                did_you_mean(option, decision.options) or f": {_listed(decision.options) or 'there are none'}"
            )
            yield Problem(decision.at, f"{path}: `{option}` isn't one of the options{hint}")
        stage = stage_of(shown_by)
        if stage is not None:
            if stage not in model.stages:
                hint = did_you_mean(stage, model.stages)
                yield Problem(decision.at, f"{path}.{option}: there is no stage `{stage}`{hint}")
        elif shown_by != (NOW,) and not (shown_by and all(ANSWER.fullmatch(answer) for answer in shown_by)):
            yield Problem(
                decision.at,
                f"{path}.{option}: expected `now`, `stages.NAME` or answers written `role=option`, "
                f"found `{', '.join(shown_by)}`",
            )


def _listed(options: tuple[str, ...]) -> str:
    return ", ".join(f"`{option}`" for option in options)
