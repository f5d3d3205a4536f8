"""Features computed twice: those that a model learns from against those that it is given when it is asked.

A data set with `served_as` is what a model learns from; the other is what it is served with. They mean the same only if
the same part makes them, of the same sources, with the same fields, and with the same age: Sculley et al., "Hidden
Technical Debt in Machine Learning Systems", NIPS 2015; Google, "Rules of Machine Learning", rules 29 (learn from what
was logged when it was served) and 32 (share the code). What is made of the served features themselves can't differ.

- `skew/DATA`: how far the greatest ages (`freshness`) of the two lie apart, in seconds
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.registry import figure as worked_out
from groma.model.elements import Data
from groma.model.figure import Figure


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the two differ: `makers`, `sources`, `fields` or `age`; `sure` unless one isn't stated."""

    kind: str
    text: str
    sure: bool = True


def pairs(context: Context) -> tuple[tuple[Data, Data], ...]:
    """(learned from, served with) of all features that are kept twice."""
    data = context.model.data
    return tuple((each, data[each.served_as]) for each in data.values() if each.served_as is not None)


def logged(learned: Data, served: Data) -> bool:
    """Whether what is learned from is kept of what was served, so that the two can't differ."""
    return learned.made_from == (served.name,)


def differences(context: Context, learned: Data, served: Data) -> tuple[Difference, ...]:
    """In what the two differ; nothing for what is logged when it is served."""
    found: list[Difference] = []
    if not logged(learned, served):
        if set(learned.made_by) != set(served.made_by):
            sides = [", ".join(each.made_by) or "a part that isn't stated" for each in (learned, served)]
            found.append(
                Difference("makers", f"{sides[0]} makes the one, {sides[1]} the other",
                           bool(learned.made_by and served.made_by))
            )  # fmt: skip
        elif not learned.made_by:
            found.append(Difference("makers", "which part makes them isn't stated (`made_by`)", False))
        if set(learned.made_from) != set(served.made_from):
            only = sorted(set(learned.made_from) ^ set(served.made_from))
            found.append(Difference("sources", f"of {', '.join(only)} only one of them is made"))
    both = learned.fields.keys() & served.fields.keys()
    lacks = sorted(learned.fields.keys() ^ served.fields.keys())
    other = sorted(name for name in both if learned.fields[name] != served.fields[name])
    if learned.fields and served.fields and (lacks or other):
        parts = [
            f"{', '.join(lacks)} in one alone" if lacks else "",
            f"{', '.join(other)} of another type" if other else "",
        ]
        found.append(Difference("fields", "; ".join(part for part in parts if part)))
    apart = worked_out(context, f"skew/{learned.name}")
    if apart.low is not None and apart.low > 0.0:
        found.append(Difference("age", "what it learns from is of another age than what it is asked with"))
    return tuple(found)


def figure(context: Context, measure: str) -> Figure:
    """`skew/DATA`: seconds between the greatest ages of the two."""
    name = measure.partition("/")[2]
    learned, evidence = context.model.data[name], Evidence(context)
    title = f"How far {learned.title or name} and what it is served as lie apart in age"
    if learned.served_as is None:
        evidence.miss(f"data.{name}.served_as", "state as which data set the same features are served")
        return Figure(measure, title, "s", missing=evidence.missing, reason="nothing is served of it")
    served = context.model.data[learned.served_as]
    if logged(learned, served):
        evidence.line(f"{name} is kept of {served.name} as it was served", "they can't differ")
        return Figure(
            measure, title, "s", 0.0, 0.0, 0.0, method="kept as served", derivation=tuple(evidence.lines)
        )
    ages: list[Interval] = []
    for each in (learned, served):
        age = worked_out(context, f"freshness/{each.name}")
        evidence.use(age.name)
        for missing in age.missing:
            evidence.miss(missing)
        low, high = age.ends()
        ages.append(Interval(low, age.value, high))
        evidence.line(f"{each.name} shows what was at most", f"{low:.6g} to {high:.6g} s", age.name)
    found = _apart(*ages)
    known = not evidence.missing and math.isfinite(found.high)
    return Figure(
        measure, title, "s", found.value if known else None, found.low if known or found.low > 0 else None,
        found.high if known else None, method="difference of the longest paths", inputs=evidence.inputs,
        derivation=tuple(evidence.lines), missing=evidence.missing,
        reason="" if known else "how often one of them is made isn't stated",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most seconds."""
    return figure(context, measure).ends()


def _apart(first: Interval, second: Interval) -> Interval:
    value = None if first.value is None or second.value is None else abs(first.value - second.value)
    return Interval(
        max(0.0, first.low - second.high, second.low - first.high), value,
        max(first.high - second.low, second.high - first.low),
    )  # fmt: skip
