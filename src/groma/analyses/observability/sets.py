"""Stated data sets of evaluation: what their cases can tell, how old they are, how soon a drop is told.

A set is run again and again; each time the exact one-sided binomial test asks whether the share lies below the
threshold. `needed` cases tell the stated drop with a power of 80 %, `tells` is the least drop that the stated cases
tell; one run in twenty of a system that is just at the threshold begins by chance.
"""

from __future__ import annotations

import math
from datetime import date

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, point
from groma.model.elements import EvaluationSet, Model
from groma.model.figure import Figure
from groma.model.quantity import Quantity
from groma.solvers.monitoring import cases_against_target, power_against_target

POWER, ALPHA = 0.8, 0.05
FAINT = 0.05
"""The drop that a set has to tell where nothing is stated."""
SCORES = ("rouge", "chrf", "ndcg", "recall", "bleu")
"""Metrics whose cases score between 0 and 1: of one mean they vary no more than yes and no."""
DAY = 86_400.0
TITLES = {
    "needed": ("Cases needed", "1"),
    "tells": ("The least drop that is told", "1"),
    "age": ("How old the cases are", "s"),
    "told_after": ("How long a drop lasts until it is told", "s"),
    "false_alarms": ("How often it begins by chance", "1/s"),
}


def figure(context: Context, measure: str) -> Figure:
    """`evaluated/SET/needed|tells|age|told_after|false_alarms`."""
    _, name, what = measure.split("/")
    held = context.model.evaluations[name]
    evidence = Evidence(context)
    make = {"age": _age, "told_after": _told_after, "false_alarms": _false_alarms}.get(what)
    found = make(held, evidence) if make else _sized(held, evidence, what)
    title, unit = TITLES[what]
    known = found is not None and not evidence.missing
    shown = found if known else None
    return Figure(
        measure, f"{title}: {held.title or name}", unit, None if shown is None else shown.value,
        None if shown is None else shown.low, None if shown is None else shown.high,
        method="exact one-sided binomial test" if what in ("needed", "tells") else "arithmetic",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
        reason="" if shown is not None else "what it hangs on isn't stated, or no number of cases does",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def judging(model: Model, element: str) -> tuple[EvaluationSet, ...]:
    """The data sets that try an element: a flow, a component, or one of its operations."""
    return tuple(
        each
        for each in model.evaluations.values()
        if any(judged == element or judged.startswith(f"{element}.") for judged in each.judges)
    )


def _base(held: EvaluationSet, evidence: Evidence) -> tuple[float, float]:
    """The threshold and the drop that is to be told, as shares."""
    path = f"evaluations.{held.name}"
    threshold = evidence.share(f"{path}.threshold", held.threshold, "state the least that is good enough")
    evidence.line("the least that is good enough", _told(threshold.value))
    drop = FAINT
    if held.tells is not None:
        drop = evidence.share(f"{path}.tells", held.tells).value or FAINT
        evidence.line("the drop that it has to tell", _told(drop))
    else:
        evidence.assume(f"a drop of {FAINT:.0%} points is to be told: nobody has stated another")
    if held.metric.lower().startswith(SCORES):
        evidence.assume(f"{held.metric} is a score, which varies less than a share: so many cases surely do")
    evidence.assume("cases are drawn independently from the work; each time the answers are made anew")
    return threshold.value if threshold.value is not None else math.nan, drop


def _sized(held: EvaluationSet, evidence: Evidence, what: str) -> Interval | None:
    threshold, drop = _base(held, evidence)
    if not 0.0 < threshold < 1.0:
        if not evidence.missing:
            evidence.miss(f"evaluations.{held.name}.threshold", "a share between 0 and 1 can be tested")
        return None
    if what == "needed":
        if drop >= threshold:
            return None
        cases = cases_against_target(1.0 - threshold, 1.0 - threshold + drop, POWER, ALPHA)
        return None if cases is None else point(float(cases))
    if held.cases is None:
        evidence.miss(f"evaluations.{held.name}.cases", "state how many cases there are")
        return None
    evidence.line("cases", str(held.cases))
    return least_drop(held.cases, threshold)


def least_drop(cases: int, threshold: float) -> Interval | None:
    """The least drop below a threshold that so many cases tell with that power; None where none does."""

    def told(drop: float) -> bool:
        return power_against_target(cases, 1.0 - threshold, 1.0 - threshold + drop, ALPHA) >= POWER

    low, high = 0.0, threshold
    if not told(high):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if told(middle) else (middle, high)
    return point(high)


def _age(held: EvaluationSet, evidence: Evidence) -> Interval | None:
    path, today = f"evaluations.{held.name}", evidence.context.model.date
    if held.drawn is None:
        evidence.miss(f"{path}.drawn", "state when its cases were drawn")
    if today is None:
        evidence.miss("date", "state the date of the model")
    if held.drawn is None or today is None:
        return None
    days = (_day(today, last=True) - _day(held.drawn, last=False)).days
    least = (_day(today, last=False) - _day(held.drawn, last=True)).days
    evidence.line("drawn", held.drawn)
    evidence.line("the model's date", today)
    low, high = max(least, 0) * DAY, max(days, 0) * DAY
    return Interval(low, high if low == high else None, high)


def _day(text: str, *, last: bool) -> date:
    """The first or last day that a date such as `2026-10` can mean."""
    parts = [int(part) for part in text.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12 if last else 1
    if len(parts) > 2:
        return date(year, month, parts[2])
    if not last:
        return date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _told_after(held: EvaluationSet, evidence: Evidence) -> Interval | None:
    """Half the time between two runs until the first after a drop, and further ones until one tells it."""
    every = evidence.mean(f"evaluations.{held.name}.every", held.every, "state how often it is run")
    threshold, drop = _base(held, evidence)
    if held.cases is None:
        evidence.miss(f"evaluations.{held.name}.cases", "state how many cases there are")
    if evidence.missing or not 0.0 < threshold < 1.0 or drop >= threshold or held.cases is None:
        return None
    power = power_against_target(held.cases, 1.0 - threshold, 1.0 - threshold + drop, ALPHA)
    evidence.line("chance that one run tells it", _told(power))
    if power <= 0.0:
        return None
    return every.scaled(0.5 + (1.0 - power) / power)


def _false_alarms(held: EvaluationSet, evidence: Evidence) -> Interval | None:
    """At most one run in twenty of a system just at the threshold."""
    if not isinstance(held.every, Quantity):
        evidence.miss(f"evaluations.{held.name}.every", "state how often it is run")
        return None
    every = mean_of(held.every)
    evidence.note(f"evaluations.{held.name}.every", held.every)
    evidence.assume("the system is just at the threshold; above it fewer")
    if every.low <= 0.0 or every.value is None:
        return None
    return Interval(0.0, ALPHA / every.value, ALPHA / every.low)


def _told(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.4g}"
