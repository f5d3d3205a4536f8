"""What one station of a layered network is asked for and what follows: flows, holds, waits and speeds by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredNetwork,
    Processor,
    Task,
    closed_network,
    mmc,
)
from groma.solvers.queueing.layered_load import HIGHEST, Load, Upper, _speeds
from groma.solvers.queueing.layered_stations import MOST_OPEN, Group, Station
from groma.solvers.queueing.layered_tree import Tree, unfold
from groma.solvers.queueing.source_pools import Pool, solve_pools
from solvers.layers_by_hand import DELAY, users


def tree_of(threads: int) -> Tree:
    """Nodes: users.run, work.a, work.b. Two entries of one task over a processor: 0.2 s twice a run, 0.5 s once."""
    work = Task("work", "p", (Entry("work.a", 0.2), Entry("work.b", 0.5)), threads)
    return unfold(
        LayeredNetwork((DELAY, Processor("p", 2)), (users(4, 1.0, Call("work.b"), Call("work.a", 2.0)), work))
    )


def at(task: int | None, servers: int, *groups: Group, sharing: bool = False, under=()) -> Station:
    return Station("here", task, servers, sharing, groups, (), under)


RATE = np.array([1.0, 2.0, 1.0])
NOTHING = np.zeros(3)


def test_a_station_is_asked_for_flows_means_and_variations_of_its_nodes() -> None:
    tree = tree_of(3)
    assert [n.entry for n in tree.nodes] == ["users.run", "work.a", "work.b"]
    both = Group(4, 0, np.array([1, 2]))
    found = Load.of(tree, at(None, 1, both), RATE, NOTHING, NOTHING, NOTHING)
    mean = (2 * 0.2 + 0.5) / 3
    assert (found.flow, found.mean) == ((3.0,), (pytest.approx(mean),))
    second = (2 * 2 * 0.2**2 + 2 * 0.5**2) / 3  # slices are exponential
    assert found.variation[0] == pytest.approx(second / mean**2 - 1.0)
    assert (found.times[0].tolist(), found.rates[0].tolist(), found.own[0].tolist()) == (
        [0.2, 0.5],
        [2.0, 1.0],
        [0.2, 0.5],
    )
    hold, variance, below = np.array([0.0, 0.6, 0.9]), np.array([0.0, 0.1, 0.3]), np.array([0.0, 0.2, 1.0])
    for servers, own in ((1, [0.6, 0.9]), (3, [0.4, 0.0])):
        found = Load.of(tree, at(1, servers, both), RATE, hold, variance, below)
        mean = (2 * 0.6 + 0.9) / 3
        second = (2 * (0.1 + 0.36) + 0.3 + 0.81) / 3
        assert found.mean[0] == pytest.approx(mean)
        assert found.variation[0] == pytest.approx(second / mean**2 - 1.0)
        assert found.own[0] == pytest.approx(
            own
        )  # what is told from below is told where there are several threads
    slow = Load.of(tree, at(None, 2, both), 0.1 * RATE, NOTHING, NOTHING, below)
    assert (slow.flow, slow.mean) == ((pytest.approx(0.3),), (pytest.approx(0.3),))
    assert slow.own[0].tolist() == [0.2, 0.5]  # nothing of a slice is told from below
    apart = Load.of(
        tree, at(None, 1, Group(2, 0, np.array([1])), Group(None, None, np.array([2]))), RATE, *[NOTHING] * 3
    )
    assert (apart.flow, apart.mean, apart.variation) == (
        (2.0, 1.0),
        (pytest.approx(0.2), pytest.approx(0.5)),
        (pytest.approx(1.0), pytest.approx(1.0)),
    )
    assert apart.limited == 1
    quiet = Load.of(tree, at(None, 1, both), NOTHING, *[NOTHING] * 3)
    assert (quiet.flow, quiet.mean[0]) == ((0.0,), pytest.approx(0.35))
    still = Load.of(tree, at(1, 1, both), RATE, *[NOTHING] * 3)
    assert (still.mean, still.variation) == ((1e-12,), (0.0,))


def waits(
    load: Load, rates: list[float], upper: list[Upper] | None = None, wider: dict[int, int] | None = None
):
    given, gap = np.array(rates, dtype=float), np.full(len(rates), 9.0)
    return load.waits(given, gap, upper or [Upper(), Upper()], wider or {}), given, gap


def test_waits_are_what_a_request_is_there_longer_than_it_is_served() -> None:
    """One pool before one server: number over flow, less the mean service; the gap is how much more flow is wanted."""
    tree = tree_of(3)
    group = Group(4, 0, np.array([1, 2]))
    mean, second = 0.3, (2 * 2 * 0.2**2 + 2 * 0.5**2) / 3
    for start in (0.3, 2.0):
        load = Load.of(tree, at(None, 1, group), RATE, *[NOTHING] * 3)
        found, rates, gap = waits(load, [math.log(start)])
        known = solve_pools([Pool(4, start, mean, second / mean**2 - 1)], 1)
        through = float(known.throughput[0])
        assert found[0] == pytest.approx(float(known.number[0]) / through - mean)
        assert gap[0] == pytest.approx(math.log(3.0 / through))
        assert rates[0] == math.log(start)
        assert load.found == [
            Pool(4, pytest.approx(start), pytest.approx(mean), pytest.approx(second / mean**2 - 1), seats=4)
        ]
        assert load.busy == 0.0
    # shared: in proportion to what is asked for
    load = Load.of(tree, at(None, 2, group, sharing=True), RATE, *[NOTHING] * 3)
    found, _, _ = waits(load, [0.0])
    known = solve_pools([Pool(4, 1.0, mean)], 2, True)
    each = float(known.number[0] / known.throughput[0]) - mean
    assert found[0] == pytest.approx([each / mean * 0.2, each / mean * 0.5])


def test_rates_of_sources_start_where_the_flow_would_be_met_without_waits() -> None:
    """Each source that is away: the flow over those who are; a twentieth of all are away at least."""
    tree = tree_of(3)
    for sources, away in ((4, 4 - 3 * 0.3), (1, 1 - 0.9)):
        load = Load.of(tree, at(None, 1, Group(sources, 0, np.array([1, 2]))), RATE, *[NOTHING] * 3)
        _, rates, _ = waits(load, [math.nan])
        assert math.exp(rates[0]) == pytest.approx(3.0 / away)
    busy = Load.of(tree, at(None, 1, Group(4, 0, np.array([1, 2]))), 5.0 * RATE, *[NOTHING] * 3)
    _, rates, _ = waits(busy, [math.nan])
    assert math.exp(rates[0]) == pytest.approx(15.0 / 0.2)
    seldom = Load.of(tree, at(None, 1, Group(4, 0, np.array([1, 2]))), 0.1 * RATE, *[NOTHING] * 3)
    _, rates, _ = waits(seldom, [math.nan])
    assert math.exp(rates[0]) == pytest.approx(0.3 / (4 - 0.09))
    fast = Load.of(tree, at(None, 1, Group(1, 0, np.array([1, 2]))), RATE, *[NOTHING] * 3)
    waits(fast, [39.0])
    assert fast.found[0].rate == pytest.approx(HIGHEST / 0.3)


def test_open_streams_and_quiet_pools() -> None:
    tree = tree_of(3)
    groups = Group(2, 0, np.array([1])), Group(None, None, np.array([2]))
    load = Load.of(tree, at(None, 1, *groups), np.array([0.0, 0.0, 1.2]), *[NOTHING] * 3)
    found, _, gap = waits(load, [-30.0])
    known = mmc(1.2, 0.5, 1)
    assert found[0] == gap[0] == 0.0
    assert found[1] == pytest.approx(known.mean_wait, rel=1e-3)
    assert load.found[1] == Pool(MOST_OPEN, 1.2, 0.5, pytest.approx(1.0), True)


@pytest.mark.parametrize(("task", "servers"), [(None, 1), (None, 2), (1, 1), (1, 3)])
def test_where_nothing_flows_nobody_waits_and_no_flow_is_missing(task: int | None, servers: int) -> None:
    """Whatever is said of waits below, and whether the rate of the sources is known or not."""
    tree = tree_of(3)
    hold, upper = np.array([0.0, 0.6, 0.9]), [Upper(), Upper(more=2.0)]
    place = at(task, servers, Group(2, 0, np.array([1])), Group(4, 0, np.array([2])))
    load = Load.of(tree, place, NOTHING, hold, NOTHING, NOTHING)
    found, rates, gap = waits(load, [-1.0, math.nan], upper)
    assert found == [0.0, 0.0]
    assert gap.tolist() == [0.0, 0.0]
    assert rates[0] == -1.0
    assert math.isfinite(rates[1])


def test_each_of_several_pools_has_its_rate_and_its_gap() -> None:
    """Four pools alike but for their rates, the first a stream from outside: the chain tells who passes how much."""
    tree = tree_of(3)
    groups = [Group(sources, pool, np.array([1])) for sources, pool in ((None, None), (1, 0), (1, 0), (1, 0))]
    load = Load.of(tree, at(None, 1, *groups), 0.5 * RATE, *[NOTHING] * 3)
    starts = [0.3, -0.5, 1.0]
    found, rates, gap = waits(load, starts)
    assert rates.tolist() == starts
    assert load.found[0] == Pool(MOST_OPEN, pytest.approx(1.0), 0.2, pytest.approx(1.0), True)
    assert [p.rate for p in load.found[1:]] == pytest.approx([math.exp(s) for s in starts])
    known = solve_pools([Pool(40, 1.0, 0.2, open=True), *(Pool(1, math.exp(s), 0.2) for s in starts)], 1)
    assert gap == pytest.approx([math.log(1.0 / known.throughput[n]) for n in (1, 2, 3)])
    assert found == pytest.approx([known.number[n] / known.throughput[n] - 0.2 for n in range(4)])


def test_several_servers_wait_by_half_the_second_moment() -> None:
    """As M/M/c with the mean of all, times (1 + squared variation) / 2 (Lee & Longton 1957)."""
    tree = tree_of(3)
    load = Load.of(tree, at(None, 2, Group(4, 0, np.array([1, 2]))), RATE, *[NOTHING] * 3)
    found, _, _ = waits(load, [0.0])
    known = solve_pools([Pool(4, 1.0, 0.3)], 2)
    factor = 0.5 * (2 * 2 * 0.2**2 + 2 * 0.5**2) / 3 / 0.3**2
    assert found[0] == pytest.approx(factor * (float(known.number[0] / known.throughput[0]) - 0.3))
    apart = Load.of(
        tree, at(None, 2, Group(4, 0, np.array([1])), Group(2, 1, np.array([2]))), RATE, *[NOTHING] * 3
    )
    found, _, gap = waits(apart, [0.0, 0.5])
    known = solve_pools([Pool(4, 1.0, 0.3), Pool(2, math.exp(0.5), 0.3)], 2)
    for g, flow in enumerate((2.0, 1.0)):
        through = float(known.throughput[g])
        assert found[g] == pytest.approx(factor * (float(known.number[g]) / through - 0.3))
        assert gap[g] == pytest.approx(math.log(flow / through))
    assert apart.busy == 0.0


@pytest.mark.parametrize("threads", [1, 3, 5])
@pytest.mark.parametrize(("delay", "unit"), [(0.0, 1.0), (0.4, 1.0), (0.4, 20.0)])
def test_speeds_are_those_of_the_closed_network_below(threads: int, delay: float, unit: float) -> None:
    """By Buzen's convolution: X(n) of the closed network of n customers at an M/M/1, an M/M/2 and a delay."""
    demands, flow, visits = [0.3 * unit, 0.25 * unit], 0.5 / unit, [1.0, 2.0]
    paces = [
        np.array([0.0, *(1 / demands[0] for _ in range(threads))]),
        np.array([0.0, *(min(n, 2) * 2 / demands[1] for n in range(1, threads + 1))]),
    ]
    present = [0.1, 0.2]
    hold = delay * unit + sum(present) / flow
    found = _speeds(
        [(v * flow, p, n) for v, p, n in zip(visits, paces, present, strict=True)], flow, hold, threads
    )
    assert found[0] == 0.0
    for n in range(1, threads + 1):
        exact = closed_network([n], [delay * unit], [demands], [1, 2])
        assert found[n] == pytest.approx(exact.throughput[0] * hold, rel=1e-9)
    short = _speeds(
        [(flow, paces[0], 2.0)], flow, 0.1, threads
    )  # more is below than is held: no delay is left
    assert short[1:] == pytest.approx(
        [closed_network([n], [0.0], [demands[:1]], [1]).throughput[0] * 0.1 for n in range(1, threads + 1)]
    )


def test_what_is_below_threads_is_told_above_and_sets_their_pace() -> None:
    """The processor tells task 1 its flow, its pace and who is there; with them the task is a flow equivalent."""
    tree = tree_of(3)
    group = Group(3, 1, np.array([1, 2]))
    below = Load.of(tree, at(None, 2, group, under=((1, np.array([0, 1]), 3),)), RATE, *[NOTHING] * 3)
    upper = [Upper(), Upper()]
    found, _, _ = waits(below, [0.0], upper)
    ((flow, pace, present),) = upper[1].below
    assert upper[0].below == []
    assert flow == pytest.approx(3.0)
    assert present == pytest.approx(3.0 * 0.3 + 3.0 * float(found[0]))
    assert pace == pytest.approx(solve_pools([Pool(3, 1.0, 0.3)], 2).pace([0], 2, 3))
    hold = np.array([0.0, 0.3 + float(found[0]), 0.3 + float(found[0])])
    above = Load.of(tree, at(1, 3, Group(6, 0, np.array([1, 2]))), RATE, hold, hold**2, hold)
    waited, _, _ = waits(above, [0.0], upper)
    speeds = _speeds(upper[1].below, 3.0, float(hold[1]), 3)
    known = solve_pools([Pool(6, 1.0, float(hold[1]))], 3, speeds=speeds)
    assert waited[0] == pytest.approx(float(known.number[0] / known.throughput[0]) - float(hold[1]))
    assert above.busy == pytest.approx(float(known.chance @ np.minimum(known.counts[:, 0], 3)))
    assert above.equivalent == [True]
    # a part that is told from elsewhere counts by its share of the work
    part = Load.of(
        tree,
        at(1, 2, Group(3, 0, np.array([1, 2])), under=((1, np.array([1]), 2),)),
        RATE,
        np.array([0.0, 0.4, 0.8]),
        NOTHING,
        np.array([0.0, 0.1, 0.2]),
    )
    upper = [Upper(), Upper()]
    found, _, _ = waits(part, [0.0], upper)
    ((flow, _, present),) = upper[1].below
    assert flow == pytest.approx(1.0 * 0.6 / 0.8)
    assert present == pytest.approx(0.6 + float(np.broadcast_to(found[0], 2)[1]))


def test_what_has_no_time_of_its_own_is_told_from_below_alone() -> None:
    """work.a holds its thread just for what is below it: nothing of it is told the first task, all of work.b to the
    second, and work.a's part doesn't end the telling."""
    tree = tree_of(3)
    under = ((0, np.array([0]), 2), (1, np.array([1]), 2))
    groups = Group(3, 0, np.array([1])), Group(2, 1, np.array([2]))
    for hold in (0.4, 0.0):
        upper = [Upper(), Upper()]
        times, below = np.array([0.0, hold, 0.8]), np.array([0.0, hold, 0.0])
        load = Load.of(tree, at(1, 2, *groups, under=under), RATE, times, NOTHING, below)
        waits(load, [0.0, 0.0], upper)
        assert upper[0].below == []
        assert [flow for flow, _, _ in upper[1].below] == [pytest.approx(1.0)]


def test_transparent_threads_wait_above_for_what_is_beyond_them() -> None:
    """As if each of six callers had a thread: those beyond three are told the task, which waits for them at least."""
    tree = tree_of(3)
    upper = [Upper(), Upper()]
    load = Load.of(tree, at(None, 1, Group(3, 1, np.array([1, 2]))), RATE, *[NOTHING] * 3)
    found, _, _ = waits(load, [0.0], upper, {0: 6})
    second = (2 * 2 * 0.2**2 + 2 * 0.5**2) / 3
    known = solve_pools([Pool(6, 1.0, 0.3, second / 0.09 - 1, seats=3)], 1)
    through = float(known.throughput[0])
    assert found[0] == pytest.approx(float(known.number[0] - known.beyond[0]) / through - 0.3)
    assert upper[1].more == pytest.approx(float(known.beyond[0]))
    assert upper[0].more == 0.0
    # before two servers what is beyond counts by half the second moment, as the waits do
    upper = [Upper(), Upper()]
    load = Load.of(tree, at(None, 2, Group(3, 1, np.array([1, 2]))), RATE, *[NOTHING] * 3)
    found, _, _ = waits(load, [0.0], upper, {0: 6})
    known = solve_pools([Pool(6, 1.0, 0.3, seats=3)], 2)
    factor = 0.5 * second / 0.09
    through = float(known.throughput[0])
    assert found[0] == pytest.approx(factor * (float(known.number[0] - known.beyond[0]) / through - 0.3))
    assert upper[1].more == pytest.approx(factor * float(known.beyond[0]))
    upper[1].more = 30.0
    alone, hold = at(1, 3, Group(6, 0, np.array([1, 2]))), np.array([0.0, 0.3, 0.3])
    for scale in (1.0, 0.1):
        above = Load.of(tree, alone, scale * RATE, hold, np.full(3, 0.09), NOTHING)
        waited, _, _ = waits(above, [0.0], upper)
        assert waited[0] == pytest.approx(30.0 / (3.0 * scale))
