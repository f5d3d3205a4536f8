"""What one loss does to data or to a flow: how much is lost, and when they are back.

Each of the two as an interval; in a model with open choices its lower end holds for every way of making them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval
from groma.analyses.recovery.back import latest
from groma.analyses.recovery.copies import Copy
from groma.analyses.recovery.events import Event, events_of, hit
from groma.analyses.recovery.flow import Running, events_of_flow, uses
from groma.analyses.recovery.point import newest, point_of, tried
from groma.analyses.recovery.restore import alone, brought_back, left, schedule, together
from groma.model.elements import Data
from groma.model.printed import format_quantity

FOREVER = Interval(math.inf, None, math.inf)
FLOWS = "flows."


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recovered: data, or a flow."""

    name: str
    is_flow: bool

    @property
    def words(self) -> str:
        return f"flow {self.name}" if self.is_flow else self.name


def subject_of(context: Context, name: str) -> Subject:
    """The data of a name, else the flow. Raises ValueError where there is neither."""
    if name.startswith(FLOWS):
        return Subject(name.removeprefix(FLOWS), True)
    if name in context.model.data:
        return Subject(name, False)
    if name in context.model.flows:
        return Subject(name, True)
    raise ValueError(f"there is no `{name}` in `data` or `flows`")


def events_for(context: Context, subject: Subject) -> tuple[Event, ...]:
    """The losses that it may suffer."""
    if subject.is_flow:
        return events_of_flow(context, subject.name)
    return events_of(context, context.model.data[subject.name])


def found_after(context: Context, subject: Subject, event: Event, what: str, evidence: Evidence) -> Interval:
    """Seconds of `rpo` or `rto` after one loss; without end where no copy is left."""
    if subject.is_flow:
        return _flow(context, subject.name, event, what, evidence)
    data = context.model.data[subject.name]
    if what == "rpo":
        return _point(context, data, event, evidence)
    return _time(context, data, event, (data.name,), evidence)


def _point(context: Context, data: Data, event: Event, evidence: Evidence) -> Interval:
    gone = hit(context, data, event)
    if gone is False:
        evidence.line(f"{data.name}: what holds them is left, and nothing is lost")
        return ZERO
    sure, maybe = left(context, data, event)
    _unknown_places(context, maybe, evidence)
    if not sure and not maybe:
        evidence.line(f"{data.name}: no copy is left")
        found = FOREVER
    else:
        copy = newest(context, sure)
        if copy is not None and not maybe:
            evidence.line(
                f"{data.name}: the newest copy left is made by", copy.by or "what their `backup` says"
            )
            found = point_of(context, copy, evidence)
            others = [point_of(context, c, Evidence(context)) for c in sure if c is not copy]
            found = Interval(
                min([found.low, *(o.low for o in others)]),
                found.value,
                min([found.high, *(o.high for o in others)]),
            )
        else:
            certain = [point_of(context, c, evidence) for c in sure]
            perhaps = [point_of(context, c, evidence) for c in maybe]
            low = min(each.low for each in (*certain, *perhaps))
            found = Interval(low, None, min((each.high for each in certain), default=math.inf))
    return found if gone else Interval(0.0, None, found.high)


def _time(context: Context, data: Data, event: Event, alike: tuple[str, ...], evidence: Evidence) -> Interval:
    """Until one data set is back; `alike`: those that are corrupted with it."""
    gone = hit(context, data, event)
    if gone is False:
        return ZERO
    sure, maybe = left(context, data, event)
    if not sure and not maybe:
        evidence.line(f"{data.name}: no copy is left")
        return FOREVER if gone else Interval(0.0, None, math.inf)
    _unknown_places(context, maybe, evidence)
    if context.closed and not maybe:
        found = _explained(context, data.name, event, alike, evidence)
    else:
        works = [brought_back(context, data, event, copy, evidence) for copy in (*sure, *maybe)]
        found = Interval(min(alone(context, work, evidence).low for work in works), None, math.inf)
    return found if gone else Interval(0.0, None, found.high)


def _explained(
    context: Context, name: str, event: Event, alike: tuple[str, ...], evidence: Evidence
) -> Interval:
    """The schedule of what is brought back together, and the stages of one data set in it."""
    others = together(context, event, alike, name)
    stages = schedule(context, event, others, evidence)[name]
    for _, words, stage in stages.named():
        if stage != ZERO:
            shown = "not known" if stage.value is None else format_quantity(stage.value, "s")
            evidence.line(f"{name}: {words}", shown)
    if len(others) > 1:
        evidence.assume(f"brought back at the same time: {', '.join(others)}; lines are shared fairly")
    tried(context, stages.copy, evidence)
    return stages.back


def _flow(context: Context, flow: str, event: Event, what: str, evidence: Evidence) -> Interval:
    sure, most = uses(context, flow)
    model = context.model
    used = sorted(most if context.closed else sure)
    if what == "rpo":
        evidence.line("data that it uses", ", ".join(used) or "none")
        return latest([_point(context, model.data[name], event, evidence) for name in used])
    back = [_time(context, model.data[name], event, tuple(used), evidence) for name in used]
    running = Running(context, flow, event, _decided(context, event, used, evidence), evidence)
    parts = running.steps(model.flows[flow].steps)
    if parts != ZERO:
        shown = "not known" if parts.value is None else format_quantity(parts.value, "s")
        evidence.line("parts enough to carry it run after", shown)
    evidence.assume("all data that it uses must be back, and parts enough to carry every kind of run")
    return latest([parts, *back])


def _decided(context: Context, event: Event, used: list[str], evidence: Evidence) -> Interval | None:
    """When it is decided to begin: when the last of the lost data that a flow uses is; None where none is lost."""
    parts: list[Interval] = []
    for name in used:
        data = context.model.data[name]
        if hit(context, data, event) is not False:
            sure, maybe = left(context, data, event)
            copies = [newest(context, sure)] if sure and not maybe and context.closed else [*sure, *maybe]
            begun = [
                evidence.mean(f"{c.path}.detect", c.backup.detect)
                + evidence.mean(f"{c.path}.decide", c.backup.decide)
                for c in copies
                if c is not None
            ]
            if begun:
                parts.append(
                    begun[0] if len(begun) == 1 else Interval(min(b.low for b in begun), None, math.inf)
                )
    return latest(parts) if parts else None


def _unknown_places(context: Context, copies: Iterable[Copy], evidence: Evidence) -> None:
    """Ask where copies are of which it isn't known whether they are left."""
    for copy in copies:
        if copy.kept_by is None:
            evidence.miss(f"{copy.path}.to", "state where copies go")
        elif context.closed:
            evidence.miss(f"components.{copy.kept_by}.place", "state where it is")
