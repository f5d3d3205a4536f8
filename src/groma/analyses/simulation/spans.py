"""A few simulated runs as spans: who worked on what, from when to when, for whom, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groma.analyses.simulation.compiled import Compiled
from groma.model.elements import Model
from groma.model.model_programs import programs
from groma.model.program import Ask, walk
from groma.solvers.simulation import ENDINGS, Settings, TraceLine, run

MOST_LINES = 200_000
_NUMBERED = re.compile(r"(.*) \(\d+\)")


@dataclass(frozen=True, slots=True)
class Span:
    """Work on one thing. `trace` and `number` are counted from 0, `parent` is the number of the span that asked for it;
    times are in seconds; `ended` is `ok` or a kind of error."""

    trace: int
    number: int
    parent: int | None
    service: str
    name: str
    begin: float
    end: float
    ended: str


def spans(model: Model, made: Compiled, runs: int, *, seed: int = 1) -> tuple[Span, ...]:
    """The spans of the first runs, those that were over when so many runs had ended; in the order they began."""
    outcome = run(made.program, Settings(runs=runs, trace=MOST_LINES), seed=seed)
    flows = tuple(flow.name for flow in made.program.flows)
    return read(outcome.trace, flows, tuple(_place(model, label) for label in made.program.labels))


def read(
    lines: Sequence[TraceLine], flows: Sequence[str], places: Sequence[tuple[str, str]]
) -> tuple[Span, ...]:
    """Lines of a trace as spans. A run's own span has the flow as its service and name; what starts by itself without
    a run that is known is a trace of its own."""
    running: dict[int, int] = {}  # the kernel's number of a run -> span
    opened: dict[int, tuple[int, int | None, str, str, float]] = {}
    known: dict[int, int] = {}  # the kernel's number of a span -> span
    ended: dict[int, tuple[float, str]] = {}
    traces = 0
    for line in lines:
        number = len(opened)
        if line.what == "run" and line.b < 0:  # what was sent: a run of its own that is no flow's
            running.pop(line.a, None)
        elif line.what == "run":
            opened[number] = (traces, None, flows[line.b], flows[line.b], line.time)
            running[line.a], traces = number, traces + 1
        elif line.what == "end":
            if line.a in running:
                ended[running.pop(line.a)] = (line.time, ENDINGS[line.b])
        elif line.what == "open":
            parent = known.get(line.b)
            service, name = places[line.c]
            opened[number] = (-1 if parent is None else opened[parent][0], parent, service, name, line.time)
            known[line.a] = number
        elif line.what == "of":
            here = known[line.a]
            trace, parent, service, name, begin = opened[here]
            if trace < 0:
                parent = running.get(line.b)
                trace, traces = (traces, traces + 1) if parent is None else (opened[parent][0], traces)
                opened[here] = (trace, parent, service, name, begin)
        elif line.what == "close" and line.a in known:
            ended[known[line.a]] = (line.time, ENDINGS[line.b])
    return tuple(
        Span(trace, number, parent, service, name, begin, *ended[number])
        for number, (trace, parent, service, name, begin) in opened.items()
        if number in ended and (parent is None or parent in ended)
    )


def _place(model: Model, label: str) -> tuple[str, str]:
    """Who does what a routine is about: a component its operation, a person what they are asked."""
    numbered = _NUMBERED.fullmatch(label)
    plain = label if numbered is None else numbered[1]
    component, _, operation = plain.partition(".")
    if component in model.components and operation in model.components[component].offers:
        return component, operation
    for _, steps in programs(model):
        for step in walk(steps):
            if step.path == plain and isinstance(step.action, Ask):
                return step.action.person, step.title or "ask"
    return "compensation", plain
