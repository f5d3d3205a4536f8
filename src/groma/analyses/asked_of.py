"""How often a month a person is asked to approve something: `asked_of/PERSON/approvals`.

An approval is a question whose yes allows an effect (`approves`), or that may be refused (`rejects`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, total
from groma.analyses.visits.counts import sure, uses
from groma.model.figure import Figure
from groma.model.program import Ask
from groma.model.quantity import Quantity


def approval(ask: Ask) -> bool:
    """Whether the question is an approval."""
    return bool(ask.approves) or (isinstance(ask.rejects, Quantity) and ask.rejects.high > 0.0)


def figure(context: Context, measure: str) -> Figure:
    """Approvals a month."""
    _, person, _ = measure.split("/")
    evidence = Evidence(context)
    parts: list[Interval] = []
    for name, times in _asked(context, person):
        start = context.model.flows[name].starts
        evidence.note(
            f"flows.{name}.starts.rate", None if start is None else start.rate, "state how often it starts"
        )
        evidence.line(f"in {name}", "not known" if times.value is None else f"{times.value:.4g} a month")
        parts.append(times)
    whole = total(parts)
    known = not evidence.missing
    return Figure(
        measure, f"Approvals that {person} is asked for in a month", "1/month",
        whole.value if known else None, whole.low, whole.high if known and math.isfinite(whole.high) else None,
        method="runs times questions a run", inputs=evidence.inputs, derivation=tuple(evidence.lines),
        missing=evidence.missing, reason="" if known else "at least: a rate isn't stated",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _asked(context: Context, person: str) -> Iterator[tuple[str, Interval]]:
    for name, flow in context.model.flows.items():
        if flow.starts is None:
            continue
        for use in uses(context, name):
            action = use.step.action
            if use.kind == "ask" and use.name == person and isinstance(action, Ask) and approval(action):
                yield name, runs(context, name) * sure(use, use.weight)
