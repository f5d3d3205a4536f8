"""Each trace replayed on the model: the run's program explains the calls of its span, an operation's own steps those of
the operation's span, and so on down.

A span of the same service as the one above it that is none of its operations is the service's own business: what it
calls counts as called by the one above. The first deviation of a trace is the earliest in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groma.analyses.conformance.ends import States
from groma.analyses.conformance.matching import Matcher, TooManyWays
from groma.analyses.conformance.traces import ERROR, Seen
from groma.model.elements import Model, Operation
from groma.model.model_programs import programs
from groma.model.program import Ask, Step, walk

SLACK = 1e-6
Verdict = Literal["conforms", "deviates", "undecided"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a trace first leaves the model: the span, seconds after the trace began, what is there, what could be."""

    span: str
    after: float
    found: str
    expected: tuple[str, ...]
    within: str
    """Whose steps it leaves: a flow, or `component.operation`."""


@dataclass(frozen=True, slots=True)
class Conformance:
    """One trace: the flow (or operation) that it runs, and whether it conforms."""

    trace: str
    runs: str
    verdict: Verdict
    spans: int
    deviation: Deviation | None = None


def conform(model: Model, spans: Sequence[Seen], slack: float = SLACK) -> tuple[Conformance, ...]:
    """Every trace, in the order in which they begin."""
    traces: dict[str, list[Seen]] = {}
    for span in spans:
        traces.setdefault(span.trace, []).append(span)
    return tuple(_trace(model, name, members, slack) for name, members in traces.items())


def _trace(model: Model, name: str, spans: Sequence[Seen], slack: float) -> Conformance:
    known = {span.span for span in spans}
    roots = [span for span in spans if span.parent is None or span.parent not in known]
    below: dict[str, list[Seen]] = {}
    for span in spans:
        if span.parent in known:
            below.setdefault(span.parent, []).append(span)
    first = min(span.begin for span in spans)
    found: list[Deviation] = []
    undecided = False
    for span in roots:
        try:
            found += _below(model, span, below, first, slack)
        except TooManyWays:
            undecided = True
    earliest = min(found, key=lambda d: (d.after, d.span), default=None)
    verdict: Verdict = "deviates" if earliest is not None else "undecided" if undecided else "conforms"
    return Conformance(
        name, ", ".join(dict.fromkeys(_called(span) for span in roots)), verdict, len(spans), earliest
    )


def _below(
    model: Model, root: Seen, below: dict[str, list[Seen]], first: float, slack: float
) -> Iterator[Deviation]:
    """Deviations of a span and of all below it."""
    todo, seen = [root], set[str]()
    while todo:
        span = todo.pop()
        if span.span in seen:
            continue
        seen.add(span.span)
        calls = list(_calls(model, span, below))
        todo += calls
        yield from _of(model, span, calls, first, slack)


def _calls(model: Model, span: Seen, below: dict[str, list[Seen]]) -> Iterator[Seen]:
    """What a span asks of others, in time; a service's own spans are looked through."""
    todo, found, passed = list(below.get(span.span, ())), list[Seen](), {span.span}
    while todo:
        each = todo.pop()
        if each.span in passed:
            continue
        passed.add(each.span)
        component = model.components.get(each.service)
        own = each.service == span.service and (component is None or each.name not in component.offers)
        if own or each.service == "compensation":
            todo += below.get(each.span, ())
        else:
            found.append(each)
    yield from sorted(found, key=lambda s: (s.begin, s.span))


def _of(model: Model, span: Seen, calls: Sequence[Seen], first: float, slack: float) -> Iterator[Deviation]:
    """Whether the program of a span explains its calls and its end."""
    steps, caller, run = _program(model, span)
    if steps is None:
        if not _asks(model, span):
            yield Deviation(span.span, span.begin - first, _called(span), (), _called(span))
        return
    matcher = Matcher(model, calls, slack)
    gathered: States = {}
    ends = matcher.steps(steps, {0: span.begin}, caller, (gathered,))
    matcher.visit({mask: time for (mask, _), time in ends.items()}, ())
    whole = (1 << len(calls)) - 1
    finished = {end: time for (mask, end), time in ends.items() if mask == whole}
    offered = None if run else model.components[span.service].offers[span.name]
    if _ends_so(span, finished, gathered.get(whole), offered, slack):
        return
    if whole in gathered or finished:
        told = ", ".join(sorted({"ok" if end == "stop" else end for end in finished})) or "more steps"
        wanted = matcher.wanted if whole not in {m for m, _ in ends} else set[str]()
        place = span.end - first
        yield Deviation(
            span.span, place, f"{_called(span)} ends `{span.ended}`", (*sorted(wanted), *([] if wanted else [told])),
            _called(span),
        )  # fmt: skip
        return
    stray = calls[matcher.best]
    yield Deviation(
        stray.span, stray.begin - first, _called(stray), tuple(sorted(matcher.wanted)), _called(span)
    )


def _ends_so(
    span: Seen, finished: dict[str, float], cut: float | None, offered: Operation | None, slack: float
) -> bool:
    """Whether a span can have ended as it did, all its calls explained. An operation can be cut off by an outage or by
    its caller, turned away, and fail after its steps where it says so; one that answers at once ends before them."""
    late = offered is not None and offered.answers == "at once"

    def by_then(end: str) -> bool:
        return end in finished and (late or finished[end] <= span.end + slack)

    well = by_then("ok") or by_then("stop")
    if span.ended == "ok":
        return well or (late and cut is not None)
    if any(by_then(end) for end in finished if end not in ("ok", "stop") and span.ended in (end, ERROR)):
        return True
    if offered is None or not (well or cut is not None):
        return False
    if span.ended == "failed":
        return well and offered.fails is not None
    return span.ended != "throttled" or offered.throttled is not None


def _program(model: Model, span: Seen) -> tuple[Sequence[Step] | None, str | None, bool]:
    """(the steps of a span, who calls, whether it is a run of a flow); no steps for what the model doesn't have."""
    component = model.components.get(span.service)
    if component is not None and span.name in component.offers:
        return component.offers[span.name].steps, component.name, False
    flow = model.flows.get(span.name)
    if flow is not None:
        return flow.steps, flow.by, True
    return None, None, False


def _asks(model: Model, span: Seen) -> bool:
    """Whether a span is a question to a person."""
    return any(
        isinstance(step.action, Ask)
        and step.action.person == span.service
        and span.name == (step.title or "ask")
        for _, steps in programs(model)
        for step in walk(steps)
    )


def _called(span: Seen) -> str:
    return span.name if span.service in ("", span.name) else f"{span.service}.{span.name}"


def renamed(spans: Sequence[Seen], services: dict[str, str]) -> tuple[Seen, ...]:
    """Spans with services under the names that the model has for them."""
    return tuple(replace(span, service=services.get(span.service, span.service)) for span in spans)
