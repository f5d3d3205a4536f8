"""How much load a figure stands: the rates up to which it can be shown, and up to which its need stays met.

A figure is shown for the load that the model states. Here the flow it is of (for a part: every flow) is started more
and less often, the other flows as stated, and the figure is worked out with all its ranges at each load: it holds as
long as its interval has two finite ends and no part on the way is saturated. The load at which that ends is found by
bisection, to `CLOSE` of itself. The figure of it is an interval: at its low end it was seen to hold, at its high end
not. What holds at some load is taken to hold at less of it, which is so for queues without caches that cool.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from groma.analyses.capacity import bounds as capacity_bounds
from groma.analyses.context import Context
from groma.analyses.instance import loaded
from groma.analyses.loads.ends import busiest
from groma.analyses.needs import verdict
from groma.analyses.reach import stations_until
from groma.analyses.registry import figure, numbers
from groma.analyses.runs import fitted, parsed, saturated
from groma.analyses.uncertainty.points import Ends
from groma.model.figure import Figure, Ledger, Line, NeedResult

LOADED = frozenset({"latency", "success", "throughput", "utilisation"})
"""Kinds of measure that load acts on."""
CLOSE = 0.005
LEAST, MOST = 1 / 1024, 1024.0
"""Times the stated load that are tried at the least and at the most."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Times the stated load: the most at which something was seen to hold, and the least at which not.

    `holds` is 0 where it holds at no load tried, `fails` is infinite where it holds at all of them.
    """

    holds: float
    fails: float


@dataclass(frozen=True, slots=True)
class Envelope:
    """How far a need's figure is shown, and how far the need stays met. `flows` are those whose load is changed."""

    need: str
    measure: str
    flows: tuple[str, ...]
    shown: Edge
    met: Edge


def envelopes(context: Context, needs: Iterable[NeedResult]) -> Iterator[Envelope]:
    """The envelope of each need whose measure load acts on; those whose flow has no stated rate are left out."""
    found: list[tuple[NeedResult, tuple[str, ...], object]] = []
    for need in needs:
        asked = parsed(need.figure)
        if asked.kind not in LOADED or need.target.value is None or not context.closed:
            continue
        started = {name for name, flow in context.model.flows.items() if flow.starts is not None}
        of_runs = asked.kind in ("latency", "success")
        flows = {asked.subject} if of_runs else started
        if any((busiest(context.model.flows[name]).value or 0.0) <= 0.0 for name in flows) or not flows:
            continue
        found.append((need, tuple(sorted(flows)), (asked.subject, asked.mark) if of_runs else need.figure))
    tried: dict[object, _Loaded] = {}
    for need, flows, read in found:
        if read not in tried:
            tried[read] = _Loaded(context, flows, tuple(n for n, _, other in found if other == read))
        at = tried[read]
        shown = edge(lambda factor, at=at, need=need: at(factor)[need.need][0])
        met = edge(lambda factor, at=at, need=need: all(at(factor)[need.need]))
        yield Envelope(need.need, need.figure, flows, shown, met)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Needs on the same runs, at so many times the load of some flows: what is read of one is there for the others."""

    context: Context
    flows: tuple[str, ...]
    needs: tuple[NeedResult, ...]
    known: dict[float, dict[str, tuple[bool, bool]]] = field(
        default_factory=dict[float, dict[str, tuple[bool, bool]]]
    )

    def __call__(self, factor: float) -> dict[str, tuple[bool, bool]]:
        """By need: whether its figure is shown, and whether it is met by it."""
        if factor not in self.known:
            model = loaded(self.context.model, self.flows, factor)
            with Context(model, self.context.catalog, Ledger(model.digest)) as here:
                self.known[factor] = {need.need: _holds(self.context, need, here) for need in self.needs}
        return self.known[factor]


def edge(holds: Callable[[float], bool]) -> Edge:
    """Where something that holds at little load ceases to, from LEAST to MOST times the load, to CLOSE of it."""
    low, high = (1.0, 2.0) if holds(1.0) else (0.5, 1.0)
    if low >= 1.0:
        while high <= MOST and holds(high):
            low, high = high, high * 2
        if high > MOST:
            return Edge(low, math.inf)
    else:
        while low >= LEAST and not holds(low):
            low, high = low / 2, low
        if low < LEAST:
            return Edge(0.0, high)
    while high / low > 1 + CLOSE:
        between = math.sqrt(low * high)
        low, high = (between, high) if holds(between) else (low, between)
    return Edge(low, high)


def figures(context: Context, found: Envelope) -> Iterator[Figure]:
    """`envelope/NEED/shown|met` as times the stated load, and `.../rate` as starts per second where it is one flow."""
    title = context.ledger[found.measure].title
    whose = found.flows[0] if len(found.flows) == 1 else "all flows"
    others = (
        (f"other flows than {whose} keep the rates of the busiest hour",) if len(found.flows) == 1 else ()
    )
    valid = ("what holds at some load holds at less", *others)
    for kind, seen, words in (
        ("shown", found.shown, f"{title} can be shown"),
        ("met", found.met, f"{found.need} stays met"),
    ):
        lines = (
            Line("the most at which it was seen to hold", f"{seen.holds:.4g} times the busiest hour"),
            Line(
                "the least at which it was seen not to",
                f"{seen.fails:.4g} times" if seen.fails < math.inf else "none",
            ),
        )
        method = f"bisection over the load, to {CLOSE * 100:g} %"
        high = seen.fails if math.isfinite(seen.fails) else None
        low = seen.holds if seen.holds > 0 else 0.0
        name = f"envelope/{found.need}/{kind}"
        yield Figure(
            name, f"Times the load of {whose} up to which {words}", "1", value=low if high is not None else None,
            low=low, high=high, method=method, inputs=(found.measure,), derivation=lines, valid=valid,
        )  # fmt: skip
        if len(found.flows) == 1:
            now = busiest(context.model.flows[whose]).value
            assert now is not None
            yield Figure(
                f"{name}/rate", f"Starts of {whose} up to which {words}", "1/s",
                value=low * now if high is not None else None, low=low * now, high=None if high is None else high * now,
                method=method, inputs=(found.measure, name), derivation=lines, valid=valid,
            )  # fmt: skip


def _holds(context: Context, need: NeedResult, here: Context) -> tuple[bool, bool]:
    """Whether the figure is shown of another load, and whether the need is met by it."""
    ends = numbers(here, need.figure)
    low, _, high = ends
    shown = low is not None and high is not None and math.isfinite(low) and math.isfinite(high)
    return (
        shown and _steady(here, need.figure),
        verdict(_as_figure(context, need, ends), need.target) == "met",
    )


def _as_figure(context: Context, need: NeedResult, ends: Ends) -> Figure:
    known = figure(context, need.figure)
    return Figure(known.name, known.title, known.unit, value=ends[1], low=ends[0], high=ends[2])


def _steady(context: Context, measure: str) -> bool:
    """Whether the parts that a figure is of have a steady state, wherever in their ranges the facts lie."""
    asked = parsed(measure)
    if asked.kind in ("throughput", "utilisation"):
        return _below_one(context, asked.subject)
    if saturated(context, fitted(context, asked.subject, asked.mark)):
        return False
    if asked.kind == "latency":  # its upper end is finite only then
        return True
    stations, _ = stations_until(context, context.model.flows[asked.subject].steps, asked.mark)
    parts = [station.removeprefix("components.") for station in stations if station.startswith("components.")]
    return all(_below_one(context, part) for part in parts)


def _below_one(context: Context, part: str) -> bool:
    return capacity_bounds(context, f"utilisation/{part}")[1] < 1.0
