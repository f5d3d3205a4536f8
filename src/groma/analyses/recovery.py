"""How much is lost and how long it takes until data are back, after what holds them is gone.

The recovery point is the time between copies: in the worst case the loss comes just before the next. The recovery time is
detect + decide + size / restore rate + verify, one after the other. Both are arithmetic on stated facts; a fact that
nobody knows leaves a lower bound.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, total
from groma.model.elements import Backup, Data
from groma.model.figure import Figure
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """`recovery/DATA/rpo` or `recovery/DATA/rto`, in seconds."""
    _, name, what = measure.split("/")
    evidence = Evidence(context)
    title = f"{'Data lost' if what == 'rpo' else 'Time to restore'} after a loss of {name}"
    data = context.model.data[name]
    if data.backup is None:
        evidence.miss(f"data.{name}.backup", "state how it is saved and brought back")
        reason = "no copy is described: what is lost is lost"
        return Figure(measure, title, "s", method="sum of stages", missing=evidence.missing, reason=reason)
    found = _point(data, data.backup, evidence) if what == "rpo" else _time(data, data.backup, evidence)
    known = not evidence.missing
    return Figure(
        measure,
        title,
        "s",
        value=found.value if known else None,
        low=found.low,
        high=found.high if math.isfinite(found.high) else None,
        method="time between copies" if what == "rpo" else "sum of stages",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason="" if known else "at least: a stage of it isn't known",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Shortest and longest, in seconds."""
    _, name, what = measure.split("/")
    data = context.model.data[name]
    if data.backup is None:
        return 0.0, math.inf
    evidence = Evidence(context)
    found = _point(data, data.backup, evidence) if what == "rpo" else _time(data, data.backup, evidence)
    return found.low, found.high


def _point(data: Data, backup: Backup, evidence: Evidence) -> Interval:
    path = f"data.{data.name}"
    every = evidence.mean(f"{path}.backup.every", backup.every)
    evidence.line("copies are made every", backup.every.text, *evidence.inputs)
    if isinstance(data.grows, Quantity):
        lost = every * mean_of(data.grows)
        evidence.line("that is, at the rate at which it grows", f"{lost.value or lost.high:.4g} B")
    evidence.assume("the newest copy can be read; a copy takes no longer than the time between two")
    _tested(backup, evidence)
    return every


def _time(data: Data, backup: Backup, evidence: Evidence) -> Interval:
    path = f"data.{data.name}"
    stages = [
        ("until it is noticed", evidence.mean(f"{path}.backup.detect", backup.detect)),
        ("until somebody decides", evidence.mean(f"{path}.backup.decide", backup.decide)),
        ("to copy it back", _copy_back(data, backup, evidence, path)),
        ("to check it", evidence.mean(f"{path}.backup.verify", backup.verify)),
    ]
    for words, stage in stages:
        evidence.line(words, "not known" if stage.value is None else f"{stage.value:.6g} s")
    _tested(backup, evidence)
    return total(stage for _, stage in stages)


def _copy_back(data: Data, backup: Backup, evidence: Evidence, path: str) -> Interval:
    size = evidence.mean(f"{path}.size", data.size, "state how much there is")
    rate = evidence.mean(f"{path}.backup.rate", backup.rate, "state the restore throughput")
    value = None if size.value is None or not rate.value else size.value / rate.value
    low = 0.0 if math.isinf(rate.high) or rate.high <= 0 else size.low / rate.high
    high = math.inf if rate.low <= 0 else size.high / rate.low
    return Interval(low, value, high)


def _tested(backup: Backup, evidence: Evidence) -> None:
    if backup.tested is None:
        evidence.assume("nobody says that a restore was ever tried: until one is, this is a plan")
    else:
        evidence.assume(f"a restore was last tried {backup.tested}")
