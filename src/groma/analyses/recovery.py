"""How much is lost and how long it takes until data are back, after what holds them is gone.

The recovery point is the time between copies: in the worst case the loss comes just before the next. The recovery time
is detect + decide + size / restore rate + verify, one after the other. Both are arithmetic on stated facts; a fact that
nobody knows leaves a lower bound. Of several copies the newest is restored; a replica that repeats every deletion at
once isn't a copy. Copies are stated at the data (`backup`) or by what makes them (`copies` of a component).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, hull, mean_of, total
from groma.analyses.standing import settled
from groma.model.elements import Backup, Data
from groma.model.figure import Figure
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Copy:
    """One way in which data are saved: by the component `by`, or as stated at the data themselves (None)."""

    by: str | None
    backup: Backup
    path: str
    certain: bool = True
    """Whether it stands whatever is chosen."""


def copies_of(context: Context, data: Data) -> tuple[Copy, ...]:
    """Every copy of the data that stands or may stand: their own `backup`, then components that `copies` them."""
    found = [] if data.backup is None else [Copy(None, data.backup, f"data.{data.name}.backup")]
    for name in [*context.model.components, *context.model.alternatives]:
        for component in context.candidates(name):
            backup = component.copies.get(data.name)
            if backup is not None:
                path = f"components.{name}.copies.{data.name}"
                found.append(Copy(name, backup, path, settled(context, name)))
    return tuple(found)


def figure(context: Context, measure: str) -> Figure:
    """`recovery/DATA/rpo` or `recovery/DATA/rto`, in seconds, from the newest copy."""
    _, name, what = measure.split("/")
    evidence = Evidence(context)
    title = f"{'Data lost' if what == 'rpo' else 'Time to restore'} after a loss of {name}"
    data = context.model.data[name]
    copies = copies_of(context, data)
    if not copies:
        evidence.miss(f"data.{name}.backup", "state how it is saved and brought back")
        reason = "no copy is described: what is lost is lost"
        return Figure(measure, title, "s", method="sum of stages", missing=evidence.missing, reason=reason)
    found = _restored(data, copies, what, evidence)
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
    copies = copies_of(context, data)
    if not copies:
        return 0.0 if context.model.alternatives else math.inf, math.inf
    found = _restored(data, copies, what, Evidence(context))
    return found.low, found.high


def _restored(data: Data, copies: tuple[Copy, ...], what: str, evidence: Evidence) -> Interval:
    """From the newest copy; while choices are open, any copy may come to be it, and maybe none that isn't certain."""
    read = _point if what == "rpo" else _time
    if all(copy.certain for copy in copies):
        newest = min(copies, key=lambda copy: copy.backup.every.mean)
        if newest.by is not None:
            evidence.line("the newest copy is made by", newest.by)
        return read(data, newest, evidence)
    whole = hull(read(data, copy, evidence) for copy in copies)
    high = whole.high if any(copy.certain for copy in copies) else math.inf
    return Interval(whole.low, None, high)


def _point(data: Data, copy: Copy, evidence: Evidence) -> Interval:
    backup = copy.backup
    every = evidence.mean(f"{copy.path}.every", backup.every)
    evidence.line("copies are made every", backup.every.text, *evidence.inputs)
    if isinstance(data.grows, Quantity):
        lost = every * mean_of(data.grows)
        evidence.line("that is, at the rate at which it grows", f"{lost.value or lost.high:.4g} B")
    evidence.assume("the newest copy can be read; a copy takes no longer than the time between two")
    _tested(backup, evidence)
    return every


def _time(data: Data, copy: Copy, evidence: Evidence) -> Interval:
    backup, path = copy.backup, copy.path
    stages = [
        ("until it is noticed", evidence.mean(f"{path}.detect", backup.detect)),
        ("until somebody decides", evidence.mean(f"{path}.decide", backup.decide)),
        ("to copy it back", _copy_back(data, copy, evidence)),
        ("to check it", evidence.mean(f"{path}.verify", backup.verify)),
    ]
    for words, stage in stages:
        evidence.line(words, "not known" if stage.value is None else f"{stage.value:.6g} s")
    _tested(backup, evidence)
    return total(stage for _, stage in stages)


def _copy_back(data: Data, copy: Copy, evidence: Evidence) -> Interval:
    size = evidence.mean(f"data.{data.name}.size", data.size, "state how much there is")
    rate = evidence.mean(f"{copy.path}.rate", copy.backup.rate, "state the restore throughput")
    value = None if size.value is None or not rate.value else size.value / rate.value
    low = 0.0 if math.isinf(rate.high) or rate.high <= 0 else size.low / rate.high
    high = math.inf if rate.low <= 0 else size.high / rate.low
    return Interval(low, value, high)


def _tested(backup: Backup, evidence: Evidence) -> None:
    if backup.tested is None:
        evidence.assume("nobody says that a restore was ever tried: until one is, this is a plan")
    else:
        evidence.assume(f"a restore was last tried {backup.tested}")
