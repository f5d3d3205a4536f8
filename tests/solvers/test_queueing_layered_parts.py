"""Layered networks taken apart by hand: the requests they unfold into, who competes where, and what goes round."""

from __future__ import annotations

import numpy as np
import pytest

from groma.solvers.queueing import Call, Entry, LayeredNetwork, Processor, Task
from groma.solvers.queueing.layered_bounds import start_matrix
from groma.solvers.queueing.layered_iteration import holding_times, start_the_rest
from groma.solvers.queueing.layered_stations import Group, Station, most_present, stations
from groma.solvers.queueing.layered_tree import Tree, count_variance, unfold
from solvers.layers_by_hand import DELAY, users


def shop() -> Tree:
    """Two kinds of customers; `top` and `more` call `mid`, which sends to `log`; `top` leaves a part to `log`."""
    log = Task("log", "p", (Entry("log.w", 0.1),), 2)
    low = Task("low", "d", (Entry("low.a", 0.2), Entry("low.b", 0.4)), 1)
    sends = (Call("log.w", 0.5), Call("log.w", 0.0))
    mid = Task("mid", "p", (Entry("mid.do", 0.3, (Call("low.a", 2.0),), sends=sends),), 2)
    calls = (Call("mid.do"), Call("low.b", 0.5), Call("low.a", 0.0))
    top = Task(
        "top", "p", (Entry("top.do", 0.1, calls, forwards=(Call("log.w", 0.25), Call("low.b", 0.0))),), 3
    )
    return unfold(
        LayeredNetwork(
            (DELAY, Processor("p", 1, 2.0, "ps"), Processor("d", 2)),
            (
                users(6, 1.0, Call("top.do")),
                users(4, 2.0, Call("mid.do", 3.0), name="more"),
                top,
                mid,
                low,
                log,
            ),
        )
    )


def test_each_way_to_an_entry_is_a_request_of_its_own() -> None:
    tree = shop()
    seen = [(n.entry, n.root, n.parent, n.mean, n.count_variance, n.visits) for n in tree.nodes]
    assert seen == [
        ("users.run", 0, -1, 1.0, 0.0, 1.0),
        ("top.do", 0, 0, 1.0, 0.0, 1.0),
        ("log.w", 0, 0, 0.25, 0.1875, 0.25),  # the customer waits, the thread of top doesn't
        ("low.b", 0, 1, 0.5, 0.25, 0.5),
        ("mid.do", 0, 1, 1.0, 0.0, 1.0),
        ("low.a", 0, 4, 2.0, 0.0, 2.0),
        ("more.run", 1, -1, 1.0, 0.0, 1.0),
        ("mid.do", 1, 6, 3.0, 0.0, 3.0),
        ("low.a", 1, 7, 2.0, 0.0, 6.0),
        ("log.w", 2, -1, 1.0, 0.0, 1.0),
    ]
    assert not any(n.chosen for n in tree.nodes)
    assert (tree.root_entries, tree.closed) == (("users.run", "more.run", "log.w"), 2)
    assert tree.sends == ((4, 2, 0.5), (7, 2, 0.5))
    assert tree.task.tolist() == [0, 2, 5, 4, 3, 4, 1, 3, 4, 5]
    assert tree.processor.tolist() == [0, 1, 1, 2, 1, 2, 0, 1, 2, 1]
    assert tree.root.tolist() == [0] * 6 + [1] * 3 + [2]
    assert tree.visits.tolist() == [n.visits for n in tree.nodes]
    assert tree.slices.tolist() == [2.0, 2.5, 1.0, 1.0, 3.0, 1.0, 4.0, 3.0, 1.0, 1.0]
    assert tree.slice_mean == pytest.approx([0.0, 0.02, 0.05, 0.4, 0.05, 0.2, 0.0, 0.05, 0.2, 0.05])
    held = [[], [0], [0], [0, 2], [0, 2], [0, 2, 3], [], [1], [1, 3], []]
    assert [np.flatnonzero(row).tolist() for row in tree.held] == held
    made = ((0, 1, 1.0), (0, 2, 0.25), (1, 3, 0.5), (1, 4, 1.0), (4, 5, 2.0), (6, 7, 3.0), (7, 8, 2.0))
    for parent, child, mean in made:
        assert tree.calls[parent, child] == mean
    assert tree.calls.sum() == 9.75
    assert tree.summed[0].tolist() == pytest.approx([1.0, 1.0, 0.25, 0.5, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0])
    assert tree.summed[6].tolist() == pytest.approx([0.0] * 6 + [1.0, 3.0, 6.0, 0.0])


def told(
    tree: Tree, station: Station
) -> tuple[list[tuple[int | None, str | None, list[int]]], dict[str, list[int]]]:
    tasks = tree.network.tasks
    return [
        (g.sources, None if g.pool is None else tasks[g.pool].name, g.nodes.tolist()) for g in station.groups
    ], {tasks[t].name: at.tolist() for t, at, _ in station.under}


def test_those_who_compete_are_threads_of_the_smallest_pool_above() -> None:
    tree = shop()
    found = stations(tree, np.ones(len(tree.nodes)))
    assert [(s.name, s.servers, s.sharing, s.task is None) for s in found] == [
        ("p", 1, True, True),  # of d there is a server for each: low has one thread
        ("low", 1, False, False),
        ("log", 2, False, False),
        ("mid", 2, False, False),
        ("top", 3, False, False),
    ]
    assert [told(tree, s) for s in found] == [
        # at the processor a request holds a thread of its own task, too; mid has more to do there than log
        (
            [(2, "mid", [4, 7]), (2, "log", [2, 9]), (3, "top", [1])],
            {"top": [0, 4], "mid": [0, 1], "log": [2, 3]},
        ),
        ([(2, "mid", [5, 8]), (3, "top", [3])], {"top": [0, 2], "mid": [0, 1]}),
        ([(6, "users", [2]), (None, None, [9])], {}),
        ([(3, "top", [4]), (4, "more", [7])], {"top": [0]}),
        ([(6, "users", [1])], {}),
    ]
    assert all(s.limits == () for s in found)
    assert [threads for _, _, threads in found[0].under] == [3, 2, 2]
    busy = np.ones(len(tree.nodes))
    busy[[2, 9]] = 10.0  # now log has more
    assert told(tree, stations(tree, busy)[0])[0][0] == (2, "log", [2, 9])


def test_pools_of_the_same_customers_are_no_more_than_these() -> None:
    """Three customers are at two tasks of two threads each, which share a processor."""
    one, two = (Task(n, "p", (Entry(f"{n}.do", 0.1),), 2) for n in ("one", "two"))
    tree = unfold(
        LayeredNetwork((DELAY, Processor("p")), (users(3, 1.0, Call("one.do"), Call("two.do")), one, two))
    )
    shared, first, second = stations(tree, np.ones(3))
    assert told(tree, shared)[0] == [(2, "one", [2]), (2, "two", [1])]
    assert shared.limits == (((0, 1), 3),)
    assert most_present(shared.groups, shared.limits) == 3
    assert most_present(shared.groups, ()) == 4
    assert most_present((*shared.groups, Group(None, None, np.array([0]))), shared.limits) == np.inf
    assert (told(tree, first)[0], told(tree, second)[0]) == ([(3, "users", [2])], [(3, "users", [1])])
    alone = unfold(LayeredNetwork((DELAY, Processor("p", 3)), tree.network.tasks))
    assert [s.name for s in stations(alone, np.ones(3))] == [
        "one",
        "two",
    ]  # three servers for three customers


def test_a_pool_is_cut_where_a_part_of_it_needs_one_thread_that_others_need_too() -> None:
    """low (one thread) calls deep; its callers are left (3 threads), which calls deep itself, and right (2)."""
    deep = Task("deep", "p", (Entry("deep.do", 0.1),), None)
    low = Task("low", "users", (Entry("low.do", 0.1, (Call("deep.do"),)),), 1)
    left = Task("left", "users", (Entry("left.do", 0.1, (Call("low.do"), Call("deep.do"))),), 3)
    right = Task("right", "users", (Entry("right.do", 0.1, (Call("low.do"),)),), 2)
    tree = unfold(
        LayeredNetwork(
            (DELAY, Processor("p")),
            (
                users(9, 1.0, Call("left.do")),
                users(9, 1.0, Call("right.do"), name="more"),
                left,
                right,
                low,
                deep,
            ),
        )
    )
    entries = [n.entry for n in tree.nodes]
    assert entries[:5] == ["users.run", "left.do", "deep.do", "low.do", "deep.do"]
    assert entries[5:] == ["more.run", "right.do", "low.do", "deep.do"]
    shared = stations(tree, np.ones(9))[0]
    # below low: one request at a time; of left alone as many as it has threads
    assert told(tree, shared)[0] == [(1, "low", [4, 8]), (3, "left", [2])]
    assert told(tree, shared)[1] == {"left": [2]}


@pytest.mark.parametrize(("common", "sources"), [(None, 90), (60, 60)])
def test_pools_are_taken_together_until_their_chain_is_small(common: int | None, sources: int) -> None:
    """21 * 31 * 41 states (and who is served) are too many, and 21 * 71 still: one pool of all of them is left."""
    desk = Task("desk", "users", (Entry("desk.ask", 0.1),), 1)
    pools = [Task(f"t{n}", "users", (Entry(f"t{n}.do", 0.1, (Call("desk.ask"),)),), n) for n in (20, 30, 40)]
    calls = [Call(f"t{n}.do") for n in (20, 30, 40)]
    top = (
        [users(300, 1.0, call, name=call.entry[:3]) for call in calls]
        if common is None
        else [users(common, 1.0, *calls)]
    )
    top = [Task(f"u{n}", t.processor, t.entries, t.multiplicity, True, 1.0) for n, t in enumerate(top)]
    tree = unfold(LayeredNetwork((DELAY,), (*top, *pools, desk)))
    found = next(s for s in stations(tree, np.ones(len(tree.nodes))) if s.name == "desk")
    assert [(g.sources, g.pool, g.nodes.size) for g in found.groups] == [(sources, None, 3)]
    assert sorted(found.groups[0].nodes) == [
        n for n, node in enumerate(tree.nodes) if node.entry == "desk.ask"
    ]


def test_small_pools_stay_apart() -> None:
    """Two, three and (as many as there is room for) without a limit: the two largest are taken together."""
    desk = Task("desk", "users", (Entry("desk.ask", 0.1, arrival_rate=1.0),), 2)
    pools = [Task(f"t{n}", "users", (Entry(f"t{n}.do", 0.1, (Call("desk.ask"),)),), n) for n in (2, 3)]
    customers = users(9, 1.0, Call("t2.do"), Call("t3.do"))
    tree = unfold(LayeredNetwork((DELAY,), (customers, *pools, desk)))
    found = next(s for s in stations(tree, np.ones(len(tree.nodes))) if s.name == "desk")
    assert [(g.sources, g.pool) for g in found.groups] == [(2, 1), (None, None)]


@pytest.mark.parametrize(
    ("call", "variance"),
    [
        (Call("x", 3.0), 0.0),
        (Call("x", 2.25), 0.25 * 0.75),
        (Call("x", 0.1), 0.1 * 0.9),
        (Call("x", 2.0, "geometric"), 2.0 * 3.0),
    ],
)
def test_numbers_of_calls_vary_as_their_laws_do(call: Call, variance: float) -> None:
    assert count_variance(call) == pytest.approx(variance)


def test_what_is_sent_starts_as_often_as_its_senders_run() -> None:
    """A run of users sends 0.5 times, one of more 1.5 times; and log, which sends on, twice for each of its own."""
    last = Task("last", "p", (Entry("last.w", 0.1, arrival_rate=0.25),), None)
    log = Task("log", "p", (Entry("log.w", 0.1, sends=(Call("last.w", 2.0),), arrival_rate=0.5),), None)
    mid = Task("mid", "p", (Entry("mid.do", 0.3, sends=(Call("log.w", 0.5),)),), 2)
    tree = unfold(
        LayeredNetwork(
            (DELAY, Processor("p")),
            (users(1, 1.0, Call("mid.do")), users(1, 1.0, Call("mid.do", 3.0), name="more"), mid, log, last),
        )
    )
    assert tree.root_entries == ("users.run", "more.run", "last.w", "log.w")
    starts, outside = start_matrix(tree)
    assert starts == pytest.approx(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 3.0], [0.5, 1.5]]))
    assert outside == pytest.approx([0.0, 0.0, 0.25 + 2 * 0.5, 0.5])
    rates = np.array([2.0, 10.0, 0.0, 0.0])
    start_the_rest(tree, rates)
    assert rates == pytest.approx(starts @ [2.0, 10.0] + outside)


def test_holds_contain_the_waits_below_them() -> None:
    """Means by adding up; variances with waits taken as exponential, one for each visit and call."""
    tree = shop()
    for_thread, for_processor = np.zeros(10), np.zeros(10)
    for_thread[[3, 4, 5]] = 0.7, 0.5, 0.3
    for_processor[[1, 4]] = 0.01, 0.02
    hold, variance = holding_times(tree, for_thread, for_processor)
    low, mid_slice, top_slice = 0.2, 0.05 + 0.02, 0.02 + 0.01
    mid = 3 * mid_slice + 2 * (0.3 + low)
    assert hold[5] == pytest.approx(low)
    assert hold[4] == pytest.approx(mid)
    assert hold[1] == pytest.approx(2.5 * top_slice + 0.5 * (0.7 + 0.4) + 0.5 + mid)
    mid_spread = 0.05**2 + 0.02**2
    mid_variance = mid_spread + 2 * (low**2 + 0.3**2 + mid_spread)
    assert variance[5] == pytest.approx(low**2)
    assert variance[4] == pytest.approx(mid_variance)
    top_spread = 0.02**2 + 0.01**2
    each = 0.7 + 0.4 + top_slice
    wanted = (
        top_spread
        + (mid_variance + 0.5**2 + top_spread)
        + 0.5 * (0.4**2 + 0.7**2 + top_spread)
        + 0.25 * each**2
    )
    assert variance[1] == pytest.approx(wanted)
