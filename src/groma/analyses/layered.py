"""What a layered queueing network says of a model: the analytic answer where threads are held across calls, or where
customers come again.

Elsewhere calls come as Poisson streams and `queues` bounds all waits, or knows them. Where a thread is held while its
call waits further in, and where the same customers come again, it can't: then means of latency, utilisation and
throughput come from the approximation of `groma.solvers.queueing.layered`, with the interval that it was seen off in
validation, inside of what is guaranteed. Percentiles and other shares stay bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from groma.analyses.context import Context
from groma.analyses.interval import Interval
from groma.analyses.layered_reading import Reading, Refused, held_across_calls, reading
from groma.analyses.load_ends import closed, rate_at_most
from groma.model.elements import Flow
from groma.solvers.queueing import (
    LayeredBounds,
    LayeredNetwork,
    LayeredResult,
    NoAnswer,
    Saturated,
    layered_bounds,
    solve_layered,
)

METHOD = "layered queueing network"
SEEN = 0.25
"""How far off, relative, means were seen at most (docs/validation.md)."""


@dataclass(frozen=True, slots=True)
class Layered:
    """A network of a model with what is guaranteed of it, or why there is none (`reason`)."""

    reading: Reading | None
    bounds: LayeredBounds | None
    reason: str = ""

    @property
    def result(self) -> LayeredResult | None:
        """The approximate solution, worked out once for a network; None where it has none."""
        return None if self.reading is None else _solved(self.reading.network)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean from the approximation, how far off it was seen at most (relative), and what it assumes."""

    value: float
    error: float
    valid: tuple[str, ...]
    sharp: bool

    def within(self, low: float, high: float) -> Interval:
        """The interval of the estimate inside of guaranteed ends; these stay where facts are only known to a range."""
        if not self.sharp:
            return Interval(low, min(max(self.value, low), high), high)
        least, most = max(low, self.value * (1 - self.error)), min(high, self.value * (1 + self.error))
        if least > most:
            return Interval(low, None, high)
        return Interval(least, min(max(self.value, least), most), most)


def needed(context: Context) -> bool:
    """Whether anything in a model asks for a layered network."""
    known: bool | None = context.memo.get("layered needed")
    if known is None:
        again = any(closed(flow) for flow in context.model.flows.values())
        known = context.memo["layered needed"] = context.closed and (again or bool(held_across_calls(context)))
    return known


def layered(context: Context) -> Layered:
    """The network of a closed model, worked out once for a context."""
    known: Layered | None = context.memo.get("layered")
    if known is None:
        known = context.memo["layered"] = _layered(context)
    return known


def response(context: Context, flow: str, mark: str | None) -> Estimate | None:
    """Mean time from a run's start to its end or to a mark; None where nothing is to be gained or known."""
    found = _result(context)
    if found is None:
        return None
    result, read = found
    if mark is None:
        root = read.roots.get(flow)
        value = None if root is None else result.entry_response.get(root)
    else:
        parts = read.upto.get((flow, mark))
        value = None if parts is None else math.fsum(result.entry_response.get(part, 0.0) for part in parts)
    return None if value is None else _estimate(value, result, read)


def guaranteed_response(context: Context, flow: str) -> tuple[float, float]:
    """What the mean time of a flow's runs lies between, whatever the order of service."""
    found = layered(context) if needed(context) else None
    if found is None or found.reading is None or found.bounds is None or not found.reading.sharp:
        return 0.0, math.inf
    return found.bounds.response.get(f"flow {flow}", (0.0, math.inf))


def busy(context: Context, station: str) -> Estimate | None:
    """Mean number of servers of a station that are held."""
    found = _result(context)
    if found is None:
        return None
    result, read = found
    value = result.busy_threads.get(station)
    return None if value is None else _estimate(value, result, read)


def calls(context: Context, station: str) -> Estimate | None:
    """Calls a second that reach a station."""
    found = _result(context)
    if found is None:
        return None
    result, read = found
    value = result.throughput.get(station)
    return None if value is None else _estimate(value, result, read)


def closed_rate(context: Context, flow: Flow) -> Interval:
    """Runs a second of customers who come again: guaranteed ends, and the approximation's value."""
    most = rate_at_most(flow)
    if not context.closed:
        return Interval(0.0, None, most)
    found, name = layered(context), f"flow {flow.name}"
    low, high = 0.0, most
    if found.bounds is not None and found.reading is not None and found.reading.sharp:
        low, high = found.bounds.throughput.get(name, (low, high))
    result = found.result
    if result is None:
        return Interval(low, None, high)
    return Interval(low, min(max(result.throughput[name], low), high), high)


def error_of(context: Context) -> float | None:
    """How far off the approximation was seen; None where the model doesn't ask for it."""
    return SEEN if _result(context) is not None else None


def _result(context: Context) -> tuple[LayeredResult, Reading] | None:
    if not needed(context):
        return None
    found = layered(context)
    result = found.result
    return None if result is None or found.reading is None else (result, found.reading)


def _estimate(value: float, result: LayeredResult, read: Reading) -> Estimate:
    return Estimate(value, SEEN, (result.validity,), read.sharp)


def _layered(context: Context) -> Layered:
    try:
        read = reading(context)
        bounds = layered_bounds(read.network)
    except Refused as refused:
        return Layered(None, None, str(refused))
    except ValueError as error:
        return Layered(None, None, str(error))
    if isinstance(bounds, Saturated):
        return Layered(None, None, "more comes from outside than can be served")
    return Layered(read, bounds)


@lru_cache(maxsize=64)
def _solved(network: LayeredNetwork) -> LayeredResult | None:
    try:
        found = solve_layered(network)
    except ValueError:
        return None
    return None if isinstance(found, Saturated | NoAnswer) else found
