"""Layered networks whose truth has a closed form: one thread (Takacs), product form, flow equivalents, and bounds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredBounds,
    LayeredNetwork,
    Processor,
    Saturated,
    Task,
    closed_network,
    layered_bounds,
    mmc,
)
from solvers.layers_by_hand import DELAY, solved, users

Transform = Callable[[float], float]


def exponential(mean: float) -> Transform:
    return lambda s: 1.0 / (1.0 + s * mean)


def hold_of(entry: Entry, called: dict[str, Transform]) -> Transform:
    """The transform of how long a thread is held: a slice, and for each call what it takes and one slice more."""
    slice_of = exponential(entry.demand / (1.0 + sum(c.mean for c in entry.calls)))

    def transform(s: float) -> float:
        if entry.choice:
            none = 1.0 - sum(c.mean for c in entry.calls)
            return slice_of(s) * (none + sum(c.mean * called[c.entry](s) * slice_of(s) for c in entry.calls))
        result = slice_of(s)
        for call in entry.calls:
            each = called[call.entry](s) * slice_of(s)
            whole, part = divmod(call.mean, 1.0)
            geometric = call.law == "geometric"
            result *= (
                1.0 / (1.0 + call.mean * (1.0 - each))
                if geometric
                else each**whole * (1.0 - part + part * each)
            )
        return result

    return transform


def takacs(sources: int, think: float, mean: float, transform: Transform) -> float:
    """Throughput of M/G/1//N (Takacs, Introduction to the Theory of Queues, 1962, chapter 5)."""
    terms = [
        math.comb(sources - 1, n) * math.prod(1.0 / transform(i / think) - 1.0 for i in range(1, n + 1))
        for n in range(sources)
    ]
    idle = 1.0 / (1.0 + sources / think * mean * sum(terms))
    return (1.0 - idle) / mean


LOW = (Entry("low.a", 0.3), Entry("low.b", 1.2))
ENTRIES = [
    Entry("top.do", 0.4),
    Entry("top.do", 0.4, (Call("low.a", 2.0),)),
    Entry("top.do", 0.4, (Call("low.a", 1.5), Call("low.b", 0.25))),
    Entry("top.do", 0.4, (Call("low.a", 1.5, "geometric"),)),
    Entry("top.do", 0.4, (Call("low.b", 0.5, "geometric"), Call("low.a"))),
    Entry("top.do", 0.4, (Call("low.a", 0.5), Call("low.b", 0.3)), choice=True),
    Entry("top.do", 0.4, (Call("low.a", 0.5), Call("low.b", 0.5)), choice=True),
    Entry("top.do", 0.4, (Call("low.a", 0.0), Call("low.b", 0.7)), choice=True),
    Entry("top.do", 0.0, (Call("low.a", 1.5), Call("low.b", 2.0, "geometric"))),
]


@pytest.mark.parametrize("method", ["exact", "approximate"])
@pytest.mark.parametrize("case", range(len(ENTRIES)))
def test_one_thread_over_delays_is_takacs_formula(case: int, method) -> None:
    entry, count, think = ENTRIES[case], 4, 2.0
    low = Task("low", "fast", LOW, None)
    network = LayeredNetwork(
        (DELAY, Processor("fast", None, 2.0)),
        (users(count, think, Call("top.do")), Task("top", "users", (entry,), 1), low),
    )
    called = {e.name: exponential(e.demand / 2.0) for e in LOW}
    mean = entry.demand + sum(c.mean * {"low.a": 0.15, "low.b": 0.6}[c.entry] for c in entry.calls)
    rate = takacs(count, think, mean, hold_of(entry, called))
    found = solved(network, method)
    near = 1e-9 if method == "exact" else 2e-2
    assert found.throughput["users"] == found.throughput["top"] == pytest.approx(rate, rel=near)
    assert found.response["users"] == pytest.approx(count / rate - think, rel=3 * near)
    assert found.entry_response["top.do"] == pytest.approx(count / rate - think, rel=3 * near)
    assert found.thread_wait["top.do"] == pytest.approx(count / rate - think - mean, rel=12 * near)
    assert found.holding["top.do"] == pytest.approx(mean, rel=1e-9)
    assert found.busy_threads["top"] == pytest.approx(rate * mean, rel=near)
    assert found.utilisation["users"] == pytest.approx(rate * entry.demand, rel=near, abs=1e-12)
    for c in entry.calls:
        if c.mean:
            assert found.entry_response[c.entry] == pytest.approx({"low.a": 0.15, "low.b": 0.6}[c.entry])
    assert found.exact == (method == "exact")
    low_bound, high_bound = found.throughput_bounds["users"]
    assert low_bound <= rate * (1 + 1e-9)
    assert rate <= high_bound * (1 + 1e-9)


def two_layers(first: Processor, second: Processor, count: int, think: float) -> LayeredNetwork:
    low = Task("low", second.name, (Entry("low.do", 0.5),), None)
    top = Task("top", first.name, (Entry("top.do", 0.6, (Call("low.do", 2.0),)),), None)
    return LayeredNetwork((DELAY, first, second), (users(count, think, Call("top.do")), top, low))


@pytest.mark.parametrize("scheduling", ["fifo", "ps"])
@pytest.mark.parametrize("servers", [(1, 1), (2, 1), (None, 2), (1, 3)])
def test_threads_without_limit_over_two_processors_are_a_product_form(servers, scheduling) -> None:
    """Demands by visits times service; queues in order are exponential with one mean, shared ones may be anything."""
    first, second = Processor("p", servers[0], 1.0, scheduling), Processor("d", servers[1], 0.5, scheduling)
    network = two_layers(first, second, 3, 1.5)
    exact = closed_network([3], [1.5], [[0.6, 2 * 0.5 / 0.5]], list(servers))
    found = solved(network, "exact")
    rate = exact.throughput[0]
    assert found.throughput == pytest.approx({"users": rate, "top": rate, "low": 2 * rate})
    assert found.response["users"] == pytest.approx(exact.response[0])
    assert found.holding["low.do"] == pytest.approx(exact.residence[0][1] / 2)
    assert found.holding["top.do"] == pytest.approx(exact.response[0])
    assert found.busy_threads == pytest.approx({"top": rate * exact.response[0], "low": exact.number[0][1]})
    assert found.utilisation == pytest.approx({"users": 0.0, "p": 0.6 * rate, "d": 2.0 * rate})
    about = solved(network, "approximate")
    assert about.throughput["users"] == pytest.approx(rate, rel=0.02)
    assert about.utilisation["d"] == pytest.approx(2.0 * about.throughput["users"])


def test_customers_of_two_kinds_share_what_they_ask_for() -> None:
    """Two classes with their own visits to two shared processors: product form again, whatever their laws."""
    low = Task("low", "d", (Entry("low.a", 0.2), Entry("low.b", 0.9)), None)
    top = Task(
        "top", "p", (Entry("top.a", 0.5, (Call("low.a"),)), Entry("top.b", 0.3, (Call("low.b", 0.5),))), None
    )
    network = LayeredNetwork(
        (DELAY, Processor("p", 1, 1.0, "ps"), Processor("d", 1, 1.0, "ps")),
        (
            users(2, 1.0, Call("top.a"), name="one"),
            users(2, 3.0, Call("top.a", 0.5), Call("top.b", 0.5), name="two", choice=True),
            top,
            low,
        ),
    )
    demands = [[0.5, 0.2], [0.5 * 0.5 + 0.5 * 0.3, 0.5 * 0.2 + 0.5 * 0.5 * 0.9]]
    exact = closed_network([2, 2], [1.0, 3.0], demands, [1, 1])
    found = solved(network, "exact")
    assert (found.throughput["one"], found.throughput["two"]) == pytest.approx(exact.throughput)
    assert (found.response["one"], found.response["two"]) == pytest.approx(exact.response)
    assert found.throughput["top"] == pytest.approx(sum(exact.throughput))
    about = solved(network, "approximate")
    for name in ("one", "two"):
        assert about.throughput[name] == pytest.approx(found.throughput[name], rel=0.01)
        assert about.response[name] == pytest.approx(found.response[name], rel=0.03)


def flow_equivalent(count: int, think: float, speeds: list[float]) -> tuple[float, float]:
    """Throughput and mean number inside of customers who think and then find a server that works at speeds[n] when n
    are there, n up to the threads (a chain of neighbours)."""
    weights = [1.0]
    for n in range(count):
        speed = speeds[min(n + 1, len(speeds) - 1)]
        weights.append(weights[-1] * (count - n) / think / speed)
    chance = np.array(weights) / sum(weights)
    inside = float(chance @ np.arange(count + 1))
    return (count - inside) / think, inside


@pytest.mark.parametrize(("threads", "count"), [(2, 5), (3, 8), (4, 6)])
@pytest.mark.parametrize("own", [0.0, 0.8])
def test_several_threads_over_processors_are_their_flow_equivalent(
    threads: int, count: int, own: float
) -> None:
    """With n busy they work as fast as the closed network of what is below with n (Chandy, Herzog & Woo 1975)."""
    think = 2.0
    low = Task("low", "d", (Entry("low.do", 0.3),), None)
    mid = Task("mid", "e", (Entry("mid.do", 0.4),), None)
    top = Task("top", "users", (Entry("top.do", own, (Call("low.do"), Call("mid.do"))),), threads)
    network = LayeredNetwork(
        (DELAY, Processor("d", 1, 1.0, "ps"), Processor("e", 1, 1.0, "ps")),
        (users(count, think, Call("top.do")), top, low, mid),
    )
    speeds = [0.0]
    for n in range(1, threads + 1):
        speeds.append(closed_network([n], [own], [[0.3, 0.4]], [1, 1]).throughput[0])
    rate, inside = flow_equivalent(count, think, speeds)
    found = solved(network, "approximate")
    assert found.throughput["users"] == pytest.approx(rate, rel=5e-3)
    assert found.entry_response["top.do"] == pytest.approx(inside / rate, rel=2e-2)
    assert found.busy_threads["top"] <= threads + 1e-9


@pytest.mark.parametrize("unit", [1.0, 0.1])
@pytest.mark.parametrize(
    ("count", "threads", "own", "mid_own", "slice_"), [(6, 4, 0.0, 0.3, 0.5), (4, 3, 0.2, 0.3, 0.6)]
)
def test_threads_over_fewer_threads_are_near_the_exact_chain(
    count: int, threads: int, own: float, mid_own: float, slice_: float, unit: float
) -> None:
    """What two threads queue for at a processor is told from there, and not again as their own time."""
    bit = Task("bit", "users", (Entry("bit.do", 0.0),), None)
    low = Task("low", "d", (Entry("low.do", slice_ * unit, (Call("bit.do"),)),), None)
    mid = Task("mid", "users", (Entry("mid.do", mid_own * unit, (Call("low.do", 2.0),)),), 2)
    top = Task("top", "users", (Entry("top.do", own * unit, (Call("mid.do"),)),), threads)
    network = LayeredNetwork(
        (DELAY, Processor("d", 1, 1.0, "ps")), (users(count, unit, Call("top.do")), top, mid, low, bit)
    )
    exact, found = solved(network, "exact"), solved(network, "approximate")
    assert found.throughput["users"] == pytest.approx(exact.throughput["users"], rel=0.013)
    assert found.thread_wait["top.do"] == pytest.approx(exact.thread_wait["top.do"], rel=0.1)


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_several_threads_over_a_delay_are_servers(threads: int, method) -> None:
    """M/M/c//N: a hold is one exponential slice."""
    top = Task("top", "users", (Entry("top.do", 0.7),), threads)
    exact = closed_network([6], [1.0], [[0.7]], [threads])
    found = solved(LayeredNetwork((DELAY,), (users(6, 1.0, Call("top.do")), top)), method)
    near = 1e-9 if method == "exact" else 1e-4
    assert found.throughput["users"] == pytest.approx(exact.throughput[0], rel=near)
    assert found.thread_wait["top.do"] == pytest.approx(exact.residence[0][0] - 0.7, rel=10 * near)
    assert found.busy_threads["top"] == pytest.approx(0.7 * exact.throughput[0], rel=10 * near)


def test_arrivals_from_outside_find_open_stations() -> None:
    """M/M/c threads over a delay, and M/M/1 processors below unlimited threads."""
    for threads, rate in ((1, 1.0), (2, 2.2)):
        desk = Task("desk", "users", (Entry("desk.ask", 0.7, arrival_rate=rate),), threads)
        known = mmc(rate, 0.7, threads)
        assert not isinstance(known, Saturated)
        found = solved(LayeredNetwork((DELAY,), (desk,)), "approximate")
        assert found.thread_wait["desk.ask"] == pytest.approx(known.mean_wait, rel=5e-3)
        assert found.throughput["desk"] == pytest.approx(rate, rel=1e-9)
        assert found.busy_threads["desk"] == pytest.approx(rate * 0.7, rel=1e-3)
    low = Task("low", "p", (Entry("low.do", 0.2),), None)
    desk = Task("desk", "p", (Entry("desk.ask", 0.6, (Call("low.do", 2.0),), arrival_rate=0.8),), None)
    found = solved(LayeredNetwork((Processor("p", 1, 1.0, "ps"),), (desk, low)), "approximate")
    assert found.entry_response["desk.ask"] == pytest.approx(1.0 / (1.0 - 0.8), rel=5e-3)
    assert found.utilisation["p"] == pytest.approx(0.8)


# --- bounds ------------------------------------------------------------------------------------------------------


def bounds_of(network: LayeredNetwork) -> LayeredBounds:
    found = layered_bounds(network)
    assert isinstance(found, LayeredBounds)
    return found


def test_what_comes_from_outside_takes_its_part_of_the_bounds() -> None:
    """0.2 of a processor is taken: 0.8 / D is left; and D x + 0.2 >= 1 - x Z / N below."""
    work = Task("work", "p", (Entry("work.do", 0.5), Entry("work.ask", 0.4, arrival_rate=0.5)), None)
    found = bounds_of(LayeredNetwork((DELAY, Processor("p")), (users(10, 3.0, Call("work.do")), work)))
    assert found.throughput["users"] == pytest.approx((0.8 / (0.5 + 0.3), 0.8 / 0.5), rel=1e-6)
    assert found.response["users"] == pytest.approx((10 * 0.5 / 0.8 - 3.0, 10 * 0.8 / 0.8 - 3.0), rel=1e-6)
    full = Task("work", "p", (Entry("work.do", 0.5), Entry("work.ask", 0.4, arrival_rate=2.5)), None)
    found = layered_bounds(LayeredNetwork((DELAY, Processor("p")), (users(10, 3.0, Call("work.do")), full)))
    assert isinstance(found, Saturated)
    assert found.utilisation == pytest.approx(1.0)
    fast = layered_bounds(LayeredNetwork((DELAY, Processor("p", 2)), (users(10, 3.0, Call("work.do")), full)))
    assert isinstance(fast, LayeredBounds)
    held = layered_bounds(
        LayeredNetwork((DELAY,), (Task("desk", "users", (Entry("desk.ask", 1.0, arrival_rate=3.0),), 3),))
    )
    assert isinstance(held, Saturated)
    assert held.utilisation == pytest.approx(1.0)


def test_two_kinds_of_customers_are_bounded_by_what_they_share() -> None:
    """One processor, demands 0.5 and 0.2; each bound is a corner of a polygon that is worked out by hand."""
    work = Task("work", "p", (Entry("work.a", 0.5), Entry("work.b", 0.2)), None)
    network = LayeredNetwork(
        (DELAY, Processor("p")),
        (users(4, 2.0, Call("work.a"), name="one"), users(3, 6.0, Call("work.b"), name="two"), work),
    )
    found = bounds_of(network)
    # most of one: by itself 4 / 2.5 = 1.6; with two at their least, 1.6 * 0.5 = 0.8 of the processor is less than 1
    # (all in all 0.5 x + 0.2 y <= 1, 0.5 x + 0.2 y >= 1 - 2 x / 4 and >= 1 - 6 y / 3)
    corners = []
    lines = [(0.5, 0.2, 1.0), (2.5, 0.0, 4.0), (0.0, 6.2, 3.0), (-1.0, -0.2, -1.0), (-0.5, -2.2, -1.0)]
    lines += [(-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)]
    for i, (a, b, c) in enumerate(lines):
        for d, e, f in lines[:i]:
            if abs(a * e - b * d) > 1e-12:
                x, y = (c * e - b * f) / (a * e - b * d), (a * f - c * d) / (a * e - b * d)
                if all(p * x + q * y <= r + 1e-9 for p, q, r in lines):
                    corners.append((x, y))
    for at, (name, count, think) in enumerate((("one", 4, 2.0), ("two", 3, 6.0))):
        low, high = min(c[at] for c in corners), max(c[at] for c in corners)
        assert found.throughput[name] == pytest.approx((low, high), rel=1e-6)
        assert found.response[name][0] == pytest.approx(max(count / high - think, (0.5, 0.2)[at]), rel=1e-6)
        assert found.response[name][1] == pytest.approx(count / low - think, rel=1e-6)


def test_bounds_where_nothing_has_to_be_done() -> None:
    """No work at all: customers go round in their think time, at most and, since nothing forces them, at least."""
    work = Task("work", "p", (Entry("work.do", 0.0),), None)
    found = bounds_of(LayeredNetwork((DELAY, Processor("p")), (users(4, 2.0, Call("work.do")), work)))
    assert found.throughput["users"] == pytest.approx((2.0, 2.0), rel=1e-6)
    assert found.response["users"] == pytest.approx((0.0, 0.0), abs=1e-6)
    thread = Task("work", "users", (Entry("work.do", 0.5),), 1)
    found = bounds_of(LayeredNetwork((DELAY,), (users(4, 0.0, Call("work.do")), thread)))
    assert found.throughput["users"] == pytest.approx((2.0, 2.0), rel=1e-6)
    assert found.response["users"] == pytest.approx((2.0, 2.0), rel=1e-6)
