"""Alerts on money: what is spent on use within an hour and within a day, against what chance can make of it.

What one run costs is a distribution (`spending`); runs of the busiest hour, or of the busiest day of the week, come as
Poisson streams. The threshold is one that chance passes at most once a month, with every fact at the end of its range
at which most is spent (`solvers/monitoring/spend`). Where the distribution has no end, the upper end of the month's
bill has to do, and how often it gives a false alarm isn't known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from groma.analyses.context import Context
from groma.analyses.interval import Interval, mean_of
from groma.analyses.observability.alert import ALARMS_A_MONTH, Alert, Count, Severity
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.draft import Draft
from groma.analyses.observability.metrics import SPENT, select, started
from groma.analyses.observability.part_alerts import CROSSINGS, STREAM
from groma.analyses.outcome.law import SLACK, SLOW
from groma.analyses.registry import figure
from groma.analyses.spending.figures import spends
from groma.model.elements import Flow
from groma.model.figure import Figure, Line
from groma.model.month import SECONDS_PER_MONTH
from groma.solvers.monitoring import Stream, spend_limit

HOUR, DAY = 3600.0, 86400.0
LAW = "least amount that chance passes once a month at most (compound Poisson, Chernoff bound)"
TWICE = 2.0
"""The trouble whose detection is told: everything costs twice as much."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One window in which money is counted, and in which hours."""

    name: str
    title: str
    window: float
    severity: Severity
    said: str
    words: str


WINDOWS = (
    Watched("cost-hour", "An hour's use costs more than chance makes of the design", HOUR, "page",
            "an hour's", "runs an hour, in the busiest one"),
    Watched("cost-day", "A day's use costs more than chance makes of the design", DAY, "ticket",
            "a day's", "runs a day, on the busiest one"),
)  # fmt: skip


def money_alerts(context: Context) -> Iterator[Alert]:
    """Of an hour, of a day; of a day by the bill alone where what runs cost has no end."""
    flows = started(context.model)
    made_of = tuple(f"flows.{flow.name}" for flow in flows)
    streams = {flow.name: _dearest(context, flow) for flow in flows}
    for watched in WINDOWS:
        draft = Draft(watched.name, watched.title, "cost", watched.severity, watched.name, made_of)
        found = {
            name: _at(context.model.flows[name], stream, watched)
            for name, stream in streams.items()
            if stream
        }
        if len(found) == len(streams) and None not in found.values():
            yield _by_law(
                context, draft, watched, {name: each for name, each in found.items() if each is not None}
            )
        elif watched.window == DAY:
            yield _by_bill(context, draft, flows)
        else:
            endless = [name for name in streams if found.get(name) is None]
            yield draft.refused(
                f"what a run costs, or how often runs come, has no end in {', '.join(endless)}"
            )


def _dearest(context: Context, flow: Flow) -> Stream | None:
    """Amounts that a run may cost with their shares, every fact at its dearest; None where nothing bounds them."""
    known = spends(context, flow.name, "cost")
    if not math.isfinite(known.most) or known.outcome.missing - _times(known.outcome.missing):
        return None
    least = np.maximum.accumulate(known.law.cdf[SLOW]) - known.leak - SLACK  # the lower distribution function
    row = np.clip(least, 0.0, 1.0)
    amounts = np.minimum(known.grid.step * np.arange(len(row)), known.most)
    shares = np.diff(row, prepend=0.0)
    return Stream(1.0, np.append(amounts, known.most), np.append(shares, 1.0 - float(row[-1])))


def _times(missing: frozenset[str]) -> frozenset[str]:
    return frozenset(each for each in missing if each.endswith(".takes"))


def _at(flow: Flow, run: Stream | None, watched: Watched) -> Stream | None:
    """The stream of runs in the busiest hour, or over the busiest day of the week."""
    starts = flow.starts
    if starts is None or run is None or starts.closed:
        return None
    peak, mean = mean_of(starts.at_peak).high, mean_of(starts.rate).high
    often = peak if watched.window == HOUR else min(mean * _busiest_day(flow), max(peak, mean))
    return Stream(often, run.amounts, run.shares) if math.isfinite(often) else None


def _busiest_day(flow: Flow) -> float:
    """Runs on the week's busiest day over those of a mean day."""
    starts = flow.starts
    if starts is None or not starts.through_the_week:
        return 1.0
    days = [
        1.0
        + sum(
            (piece.times - 1.0) * _shared(piece.on.spans, day * DAY) / DAY
            for piece in starts.through_the_week
        )
        for day in range(7)
    ]
    return max(days) * 7 / sum(days)


def _shared(spans: tuple[tuple[float, float], ...], begins: float) -> float:
    """Seconds of the spans that lie within a day."""
    return sum(max(0.0, min(until, begins + DAY) - max(start, begins)) for start, until in spans)


def _by_law(context: Context, draft: Draft, watched: Watched, streams: dict[str, Stream]) -> Alert:
    model = context.model
    limit = spend_limit(tuple(streams.values()), watched.window, ALARMS_A_MONTH / SECONDS_PER_MONTH)
    if limit <= 0.0:
        return draft.refused("use costs nothing: all that is paid is paid by the month")
    runs = [figure(context, f"cost/{name}/run") for name in streams]
    dear = [figure(context, f"cost/{name}/p99") for name in streams]
    refs = tuple(each.name for each in (*runs, *dear))
    mean = sum(each.mean for each in streams.values()) * watched.window
    lines = (
        *(
            Line(
                f"{watched.words} of {name}",
                f"{stream.rate * watched.window:.6g}",
                (f"cost/{name}/run", f"cost/{name}/p99"),
            )
            for name, stream in streams.items()
        ),
        Line(
            f"what {watched.said} use costs in the mean, every fact at its dearest",
            f"{mean:.6g} {model.currency}",
            refs,
        ),
        Line("least amount found that chance passes at most once a month", f"{limit:.6g} {model.currency}"),
    )
    basis = Basis(LAW, refs, lines, (STREAM, "what a run costs doesn't hang on what others cost"))
    figures = [
        draft.threshold(f"Money spent on use within {watched.said} time", limit, model.currency, basis),
        draft.window(watched.window, Basis(LAW, refs)),
        draft.chance_alarms(
            (0.0, ALARMS_A_MONTH / SECONDS_PER_MONTH), Basis(CROSSINGS, refs, lines, (STREAM,))
        ),
    ]
    seen = _detection(runs, streams, limit, watched)
    if seen is not None:
        figures.append(
            draft.detection(
                "everything costs twice as much", seen, Basis("limit over twice the mean", refs, lines)
            )
        )
    used = ", ".join(flow.title or flow.name for flow in started(model))
    says = f"{watched.said} use of {used} cost more than chance makes of what a run costs once a month"
    return draft.fires(Count(select(SPENT), watched.window, limit), says, figures)


def _detection(
    runs: list[Figure], streams: dict[str, Stream], limit: float, watched: Watched
) -> Interval | None:
    """Seconds until the limit is reached when every run costs twice its mean, at its least and at its most."""
    low = sum((each.low or 0.0) * stream.rate for each, stream in zip(runs, streams.values(), strict=True))
    high = sum(stream.mean for stream in streams.values())
    if low <= 0.0 or limit / (TWICE * low) > watched.window:
        return None
    return Interval(limit / (TWICE * max(high, low)), None, limit / (TWICE * low))


def _by_bill(context: Context, draft: Draft, flows: tuple[Flow, ...]) -> Alert:
    """What is spent on use in a day beyond the upper end of its figure."""
    model = context.model
    costs = [figure(context, f"cost/flow/{flow.name}") for flow in flows]
    missing = [f.name for f in costs if f.high is None or not math.isfinite(f.high)]
    if missing:
        return draft.refused(f"no upper end is known of {', '.join(missing)}")
    high = sum(f.high or 0.0 for f in costs) * DAY / SECONDS_PER_MONTH
    nominal = (
        None
        if any(f.value is None for f in costs)
        else sum(f.value or 0.0 for f in costs) * DAY / SECONDS_PER_MONTH
    )
    if high <= 0.0:
        return draft.refused("use costs nothing: all that is paid is paid by the month")
    refs = tuple(f.name for f in costs)
    lines = (
        Line(
            "what use costs in a month, at most",
            f"{high * SECONDS_PER_MONTH / DAY:.6g} {model.currency}",
            refs,
        ),
        Line("a day's share of it", f"{high:.6g} {model.currency}"),
        *(() if nominal is None else (Line("nominal, a day", f"{nominal:.6g} {model.currency}"),)),
    )
    method = "upper end of the figure, a day's share"
    figures = (
        draft.threshold("Money spent on use within a day", high, model.currency, Basis(method, refs, lines)),
        draft.window(DAY, Basis(method, refs)),
        draft.unknown_alarms(
            refs,
            "nothing bounds what one run costs; the month's upper end leaves no more room than that",
            "the spread of the cost of a run, from a month of bills",
        ),
    )
    used = ", ".join(flow.title or flow.name for flow in flows)
    says = f"a day's use of {used} cost more than a day's share of the upper end of its cost"
    return draft.fires(Count(select(SPENT), DAY, high), says, figures)
