"""What a layered queueing network says of a model: the analytic answer where threads are held across calls, or where
customers come again.

Elsewhere calls come as Poisson streams and `queues` bounds all waits, or knows them. Where a thread is held while its
call waits further in, and where the same customers come again, it can't: then means of latency, utilisation and
throughput come from the approximation of `groma.solvers.queueing.layered`, with the interval that it was seen off in
validation, inside of what is guaranteed. Percentiles and other shares stay bounds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import TopologicalSorter

from groma.analyses.context import Context
from groma.analyses.interval import Interval
from groma.analyses.layered.held import held_across_calls
from groma.analyses.layered.reading import Reading, reading
from groma.analyses.layered.tasks import Refused
from groma.analyses.loads.ends import closed, rate_at_most
from groma.model.elements import Flow
from groma.solvers.queueing import (
    LayeredBounds,
    LayeredNetwork,
    LayeredResult,
    Saturated,
    layered_bounds,
    solve_layered,
)

METHOD = "layered queueing network"
TIME_OFF = 0.1
"""How far off means were seen at most: by as much as the waits that it gives, and a tenth of the time beside; over 250
random models the median was below half a percent, nine tenths within 4 % (docs/validation.md)."""


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
    """A mean from the approximation, between the ends to which it was seen off, and what it assumes."""

    value: float
    low: float
    high: float
    valid: tuple[str, ...]
    sharp: bool

    @property
    def error(self) -> float:
        """How far off it was seen at most, relative."""
        return max(self.high - self.value, self.value - self.low) / self.value if self.value > 0.0 else 0.0

    def scaled(self, factor: float) -> Estimate:
        """Times a positive factor."""
        return replace(self, value=self.value * factor, low=self.low * factor, high=self.high * factor)

    def within(self, low: float, high: float) -> Interval:
        """The interval of the estimate inside of guaranteed ends; these stay where facts are only known to a range."""
        value = min(max(self.value, low), high)
        if not self.sharp:
            return Interval(low, value, high)
        least, most = max(low, self.low), min(high, self.high)
        if least > most:
            return Interval(low, None, high)
        return Interval(min(least, value), value, max(most, value))


def needed(context: Context) -> bool:
    """Whether anything in a model asks for a layered network."""
    known: bool | None = context.memo.get("layered needed")
    if known is None:
        again = any(closed(flow) for flow in context.model.flows.values())
        known = context.memo["layered needed"] = context.closed and (
            again or bool(held_across_calls(context))
        )
    return known


def layered(context: Context) -> Layered:
    """The network of a closed model, worked out once for a context."""
    known: Layered | None = context.memo.get("layered")
    if known is None:
        known = context.memo["layered"] = _layered(context)
    return known


def response(context: Context, flow: str, mark: str | None) -> Estimate | None:
    """Mean time from a run's start to its end or to a mark; None where nothing is to be gained or known."""
    found = _found(context)
    if found is None:
        return None
    parts = (found.read.roots.get(flow),) if mark is None else found.read.upto.get((flow, mark))
    if parts is None or None in parts:
        return None
    value = math.fsum(found.response(part) for part in parts if part)
    waits = value - math.fsum(found.unhindered[part] for part in parts if part)
    off = _off(value, waits)
    return Estimate(value, value - off, value + off, found.valid, found.read.sharp)


def busy(context: Context, station: str) -> Estimate | None:
    """Mean number of servers of a station that are held: at least what is worked under them, and above the value by no
    more than the waits of those who ask for them and a tenth."""
    found = _found(context)
    if found is None or station not in found.result.busy_threads:
        return None
    value = found.result.busy_threads[station]
    entries = [e.name for task in found.read.network.tasks if task.name == station for e in task.entries]
    rated = [(found.rates.get(name, 0.0), name) for name in entries]
    least = math.fsum(rate * found.unhindered[name] for rate, name in rated)
    waits = math.fsum(rate * (found.response(name) - found.unhindered[name]) for rate, name in rated)
    off = _off(value, waits)
    fewer, more = found.flow_off
    low, high = least * fewer, (value + off) * more
    return Estimate(value, min(low, value), max(high, value), found.valid, found.read.sharp)


def calls(context: Context, station: str) -> Estimate | None:
    """Calls a second that reach a station."""
    found = _found(context)
    if found is None or station not in found.result.throughput:
        return None
    value, (fewer, more) = found.result.throughput[station], found.flow_off
    return Estimate(value, value * fewer, value * more, found.valid, found.read.sharp)


def closed_rate(context: Context, flow: Flow) -> Interval:
    """Runs a second of customers who come again: guaranteed ends, and the approximation's value."""
    low, high, name = 0.0, rate_at_most(flow), f"flow {flow.name}"
    if not context.closed:
        return Interval(low, None, high)
    known = layered(context)
    if known.bounds is not None and known.reading is not None and known.reading.sharp:
        low, high = known.bounds.throughput.get(name, (low, high))
    result = known.result
    value = None if result is None else min(max(result.throughput[name], low), high)
    return Interval(low, value, high)


@dataclass(frozen=True, slots=True)
class _Found:
    """A solved network. `unhindered`: time of each entry if nobody waited; `rates`: requests a second to each entry;
    `flow_off`: factors within which rates of customers who come again lie."""

    result: LayeredResult
    read: Reading
    unhindered: dict[str, float]
    rates: dict[str, float]
    flow_off: tuple[float, float]

    @property
    def valid(self) -> tuple[str, ...]:
        return (
            self.result.validity,
            "means were seen off by as much as the waits in them and a tenth at most, mostly by far less",
        )

    def response(self, entry: str) -> float:
        return self.result.entry_response.get(entry, self.unhindered[entry])


def _found(context: Context) -> _Found | None:
    if not needed(context):
        return None
    known: _Found | None = context.memo.get("layered found")
    if known is None:
        found = layered(context)
        if found.reading is None or found.result is None:
            return None
        known = context.memo["layered found"] = _read(found.reading, found.result)
    return known


def _read(read: Reading, result: LayeredResult) -> _Found:
    network = read.network
    entries = network.entry_of
    order = _callers_first(network)
    unhindered: dict[str, float] = {}
    for name in reversed(order):
        entry = entries[name]
        unhindered[name] = entry.demand + math.fsum(c.mean * unhindered[c.entry] for c in entry.calls)
    rates: dict[str, float] = {}
    for task in network.tasks:
        for entry in task.entries:
            rates[entry.name] = result.throughput[task.name] if task.reference else entry.arrival_rate
    for name in order:
        for call in (*entries[name].calls, *entries[name].sends):
            rates[call.entry] += rates[name] * call.mean
    fewer = more = 1.0
    for task in network.tasks:
        if task.reference:
            name = task.entries[0].name
            cycle = task.think_time + result.response[task.name]
            time = result.response[task.name]
            off = _off(time, time - unhindered[name])
            fewer, more = min(fewer, cycle / (cycle + off)), max(more, cycle / max(cycle - off, 1e-300))
    return _Found(result, read, unhindered, rates, (fewer, more))


def _off(time: float, waits: float) -> float:
    return max(waits, 0.0) + TIME_OFF * time


def _callers_first(network: LayeredNetwork) -> list[str]:
    """All entries, each before those that it asks."""
    asks = {
        entry.name: [call.entry for call in (*entry.calls, *entry.sends)]
        for task in network.tasks
        for entry in task.entries
    }
    return list(reversed(list(TopologicalSorter(asks).static_order())))


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
    return found if isinstance(found, LayeredResult) else None
