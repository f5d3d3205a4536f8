"""The list of what stands alone (`single_points`), as figures.

- `alone/ELEMENT/FLOW`: the share of runs lost while it is away; `.../downtime`: seconds a month
- `alone/ELEMENT`: worth of the runs that it costs in a month
- `single_points/all|KIND|FLOW`: how many there are, of all kinds, of a kind, of a flow
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.interval import Interval
from groma.analyses.single_points import KINDS, SinglePoint, Stopped, single_points, started
from groma.model.figure import Figure, Line


def figure(context: Context, measure: str) -> Figure:
    """One of the figures above. Raises ValueError for one there isn't."""
    if measure not in context.ledger:
        for found in figures(context):
            context.ledger.write(found)
    if measure not in context.ledger:
        raise ValueError(f"`{measure}` isn't known: it doesn't stand alone, or isn't there")
    return context.ledger[measure]


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def figures(context: Context) -> Iterator[Figure]:
    """Every figure of the list, row by row, then the counts."""
    if not context.closed:
        return
    points = single_points(context)
    for point in points:
        for stopped in point.stops:
            if stopped.at_once:
                yield from _of_stop(point, stopped)
        if point.money.value is not None and any(s.at_once for s in point.stops):
            title = f"Worth of the runs that {point.element} costs in a month"
            yield _figure(f"alone/{point.element}", title, f"{context.model.currency}/month", point.money)
    yield _count("all", "Single points of failure", len(points))
    for kind in KINDS:
        yield _count(kind, f"Single points of failure: {kind}", sum(p.kind == kind for p in points))
    for flow in started(context):
        many = sum(any(s.flow == flow for s in p.stops) for p in points)
        yield _count(flow, f"Single points of failure of {flow}", many)


def _of_stop(point: SinglePoint, stopped: Stopped) -> Iterator[Figure]:
    name = f"alone/{point.element}/{stopped.flow}"
    lost = (
        Interval(0.0, None, 1.0)
        if stopped.lost is None
        else Interval(stopped.lost, stopped.lost, stopped.lost)
    )
    where = f"stated at {point.at}" if point.at is not None else ""
    lines = (Line(f"{point.element} is the only one of its kind on the way", where),)
    title = f"Share of the runs of {stopped.flow} lost while {point.element} is away"
    yield _figure(name, title, "1", lost, lines)
    title = f"Downtime of {stopped.flow} in a month that {point.element} causes alone"
    lines = (Line("how much of the time it is away, times the share of runs lost", "", (name,)),)
    missing = (
        () if stopped.downtime.value is not None else (f"{point.element}.fails: state how often it fails",)
    )
    yield _figure(f"{name}/downtime", title, "s", stopped.downtime, lines, missing)


def _count(what: str, title: str, number: int) -> Figure:
    return _figure(f"single_points/{what}", title, "1", Interval(number, number, number))


def _figure(
    name: str,
    title: str,
    unit: str,
    amount: Interval,
    lines: tuple[Line, ...] = (),
    missing: tuple[str, ...] = (),
) -> Figure:
    known = amount.value is not None
    return Figure(
        name, title, unit, amount.value, amount.low if known else None, amount.high if known else None,
        method="minimal cut sets of order one", derivation=lines, missing=missing,
        valid=("what the model says is all there is",), reason="" if known else "a fact that it needs is missing",
    )  # fmt: skip
