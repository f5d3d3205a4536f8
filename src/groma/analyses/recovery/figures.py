"""How much is lost and how long it takes until data are back, or a flow runs, after a loss. `docs/recovery.md` says
what each word means.

`recovery/X/rpo` and `/rto` are the worst of all losses that X may suffer, `recovery/X@EVENT/...` is of one. The rest of
this analysis lies in the files `recovery_*` beside this one: losses (`events`), copies, lines, the point that is lost
(`point`), running again (`return`), bringing back (`restore`), flows, and what dependants ask (`demands`).
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.recovery.back import latest
from groma.analyses.recovery.copies import Copy, copies_of, to_be_built
from groma.analyses.recovery.events import Event, event_of, hit
from groma.analyses.recovery.flow import uses
from groma.analyses.recovery.lines import takes
from groma.analyses.recovery.losses import FOREVER, Subject, events_for, found_after, subject_of
from groma.analyses.recovery.point import newest
from groma.analyses.recovery.restore import Stages, left, schedule, together
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure, parse_measure
from groma.model.printed import format_quantity


def figure(context: Context, measure: str) -> Figure:
    """`recovery/SUBJECT[@EVENT]/rpo|rto`, `recovery/DATA/window`, `recovery/DATA/rpo_required|rto_required`, in s."""
    of = _parsed(measure)
    if of.statistic.endswith("_required"):
        from groma.analyses.recovery.demands import figure as required

        return required(context, measure)
    if of.statistic == "window":
        return _window(context, measure)
    subject = subject_of(context, of.subject)
    if of.mark is not None:
        return _after(context, measure, subject, event_of(context, of.mark), of.statistic)
    if not subject.is_flow and not copies_of(context, context.model.data[subject.name]):
        return _undescribed(measure, subject, of.statistic)
    return _worst(context, measure, subject, of.statistic)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Shortest and longest, in seconds; infinite where nothing is left to bring back."""
    of = _parsed(measure)
    evidence = Evidence(context)
    if of.statistic.endswith("_required"):
        from groma.analyses.recovery.demands import strictest

        found = strictest(context, of.subject, of.statistic.removesuffix("_required"))
        asked = math.inf if found is None else found.seconds
        return asked, asked
    if of.statistic == "window":
        copies = copies_of(context, context.model.data[of.subject])
        least = [takes(context, copy, evidence) for copy in copies if copy.certain]
        return latest(least).low, math.inf if not context.closed else latest(least).high
    subject = subject_of(context, of.subject)
    events = (event_of(context, of.mark),) if of.mark is not None else events_for(context, subject)
    whole = latest([found_after(context, subject, event, of.statistic, evidence) for event in events])
    return whole.low, whole.high


def relied_on(context: Context, measure: str) -> tuple[Copy, ...]:
    """The copies that a figure of a finished model rests on: the newest left after each loss, each once."""
    of = _parsed(measure)
    subject = subject_of(context, of.subject)
    events = (event_of(context, of.mark),) if of.mark is not None else events_for(context, subject)
    names = sorted(uses(context, subject.name)[1]) if subject.is_flow else [subject.name]
    found: dict[str, Copy] = {}
    for event in events:
        for name in names:
            data = context.model.data[name]
            sure, maybe = left(context, data, event)
            copy = newest(context, sure) or newest(context, maybe)
            if copy is not None and hit(context, data, event) is not False:
                found.setdefault(copy.path, copy)
    return tuple(found[path] for path in sorted(found))


def unproven(context: Context, measure: str) -> tuple[tuple[Copy, ...], tuple[Copy, ...]]:
    """Copies that a figure rests on and that nobody has ever brought back: (though they could be, not yet built)."""
    never = [copy for copy in relied_on(context, measure) if copy.backup.tested is None]
    return (
        tuple(copy for copy in never if not to_be_built(context, copy)),
        tuple(copy for copy in never if to_be_built(context, copy)),
    )


def stages_of(context: Context, data: str, event: Event) -> Stages | None:
    """The stages after a loss in a finished model; None where nothing is lost, or nothing left to bring back."""
    if hit(context, context.model.data[data], event) is False:
        return None
    if left(context, context.model.data[data], event) == ((), ()):
        return None
    return schedule(context, event, together(context, event, (data,), data), Evidence(context)).get(data)


def events_after(context: Context, name: str) -> tuple[Event, ...]:
    """The losses that data or a flow (as measures write them) may suffer."""
    return events_for(context, subject_of(context, name))


def _parsed(measure: str) -> ParsedMeasure:
    of = parse_measure(measure)
    if isinstance(of, str):
        raise ValueError(of)
    return of


def _after(context: Context, measure: str, subject: Subject, event: Event, what: str) -> Figure:
    evidence = Evidence(context)
    found = found_after(context, subject, event, what, evidence)
    title = f"{_said(subject, what)} after {event.words}"
    return _shown(measure, title, found, what, evidence)


def _worst(context: Context, measure: str, subject: Subject, what: str) -> Figure:
    """The worst of all losses, each a figure of its own."""
    from groma.analyses.registry import figure as of

    evidence = Evidence(context)
    parts: list[Interval] = []
    for event in events_for(context, subject):
        prefix, _, statistic = measure.rpartition("/")
        each = of(context, f"{prefix}@{event.name}/{statistic}")
        evidence.use(each.name)
        for missing in each.missing:
            evidence.miss(missing)
        for assumed in each.valid:
            evidence.assume(assumed)
        part = FOREVER if each.words is not None else Interval(each.low or 0.0, each.value, _end(each.high))
        parts.append(part)
        shown = each.words or ("not known" if each.value is None else format_quantity(each.value, "s"))
        evidence.line(f"after {event.words}", shown, each.name)
    title = f"{_said(subject, what)} after the worst loss that it may suffer"
    return _shown(measure, title, latest(parts), what, evidence)


def _end(high: float | None) -> float:
    return math.inf if high is None else high


def _said(subject: Subject, what: str) -> str:
    if what == "rpo":
        return f"Data lost of {subject.words}"
    return f"Time until {subject.words} {'runs' if subject.is_flow else 'are back'}"


def _shown(measure: str, title: str, found: Interval, what: str, evidence: Evidence) -> Figure:
    known = not evidence.missing and found.value is not None
    never = math.isinf(found.low)
    return Figure(
        measure,
        title,
        "s",
        value=found.value if known and not never else None,
        low=None if never else found.low,
        high=found.high if math.isfinite(found.high) else None,
        words=("all of it" if what == "rpo" else "never") if never else None,
        method="age of the newest copy left" if what == "rpo" else "schedule of stages",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason=_reason(known, never, evidence),
    )


def _reason(known: bool, never: bool, evidence: Evidence) -> str:
    if never:
        return "no copy is left: what is lost is lost"
    if known:
        return ""
    return (
        "at least: a stage of it isn't known"
        if evidence.missing
        else "bounds: what happens meanwhile isn't fixed"
    )


def _undescribed(measure: str, subject: Subject, what: str) -> Figure:
    return Figure(
        measure,
        f"{_said(subject, what)} after a loss",
        "s",
        method="schedule of stages",
        missing=(f"data.{subject.name}.backup: state how it is saved and brought back",),
        reason="no copy is described: what is lost is lost",
    )


def _window(context: Context, measure: str) -> Figure:
    """How long making a copy takes; of several the longest."""
    name = _parsed(measure).subject
    evidence = Evidence(context)
    parts: list[Interval] = []
    for copy in copies_of(context, context.model.data[name]):
        each = takes(context, copy, evidence)
        parts.append(each)
        shown = "not known" if each.value is None else format_quantity(each.value, "s")
        evidence.line(f"a copy by {copy.by or 'their backup'}, every {copy.backup.every.text}", shown)
    if not parts:
        evidence.miss(f"data.{name}.backup", "state how it is saved and brought back")
    evidence.assume("lines are shared fairly with the other copies on them, whenever those begin")
    found = latest(parts)
    known = not evidence.missing and found.value is not None
    return Figure(
        measure,
        f"Time that a copy of {name} takes",
        "s",
        value=found.value if known else None,
        low=found.low if parts and math.isfinite(found.low) else None,
        high=found.high if parts and math.isfinite(found.high) else None,
        method="bytes moved over a fair share of the lines",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason="" if known else "a volume or a line isn't known, or copies may meet on it",
    )
