"""Pools of threads that compete at a place of a layered network, and which of them are left out, cut, or put together.

What is expected is read off the networks: who can be there at the same time, and how many states that makes."""

from __future__ import annotations

import numpy as np
import pytest

from groma.solvers.queueing import Call, Entry, LayeredNetwork, Processor, Task
from groma.solvers.queueing.layered_stations import Group, Station, stations
from groma.solvers.queueing.layered_tree import Tree, unfold
from solvers.layers_by_hand import DELAY, users


def task(name: str, processor: str, threads: int | None, demand: float, *calls: str) -> Task:
    """One entry of the task's name that asks those others once each."""
    return Task(name, processor, (Entry(name, demand, tuple(Call(c) for c in calls)),), threads)


def places(*parts: Task | Processor, often: str = "") -> tuple[Tree, dict[str, Station]]:
    """The tree and its places by name, where what is on the way `often` is done five times as often as the rest."""
    processors = tuple(p for p in parts if isinstance(p, Processor))
    tree = unfold(LayeredNetwork((DELAY, *processors), tuple(p for p in parts if isinstance(p, Task))))
    rate = [5.0 if often and way(tree, n).startswith(often) else 1.0 for n in range(len(tree.nodes))]
    return tree, {s.name: s for s in stations(tree, np.array(rate))}


def way(tree: Tree, node: int) -> str:
    """The entries from the customers' down to a request."""
    parent = tree.nodes[node].parent
    return f"{way(tree, parent)}>{tree.nodes[node].entry}" if parent >= 0 else ""


def groups_of(tree: Tree, place: Station) -> list[tuple[int | None, set[str]]]:
    return [(g.sources, {way(tree, int(n)) for n in g.nodes}) for g in place.groups]


def test_single_threads_that_overlap_are_told_apart_where_others_need_them() -> None:
    """x and y, of one thread each, both ask p, and x asks y. Where others ask y as well, what x asks by itself and what
    it asks through y compete with different requests: of the first two one is there at a time, and of the first and
    the last. Where only x asks y, one pool of one request is all there is, and nobody waits."""
    deep = task("deep", "p", None, 0.1)
    y, x = task("y", "users", 1, 0.0, "deep"), task("x", "users", 1, 0.0, "deep", "y")
    tree, found = places(Processor("p"), users(4, 1.0, Call("x", 3.0), Call("y")), deep, x, y)
    assert groups_of(tree, found["p"]) == [(1, {">x>y>deep"}), (1, {">x>deep"}), (1, {">y>deep"})]
    assert found["p"].limits == (((0, 1), 1), ((0, 2), 1))
    _, found = places(Processor("p"), users(4, 1.0, Call("x", 3.0)), deep, x, y)
    assert set(found) == {"x"}
    z = task("z", "users", 2, 0.0, "deep")
    tree, found = places(Processor("p"), users(4, 1.0, Call("x"), Call("z")), deep, x, y, z)
    assert groups_of(tree, found["p"]) == [(1, {">x>deep", ">x>y>deep"}), (2, {">z>deep"})]


@pytest.mark.parametrize("swapped", [False, True])
def test_of_equal_pools_the_one_with_more_work_here_comes_first(swapped: bool) -> None:
    """Two tasks of two threads each, on one processor, ask one task of one thread: the slower entry's work is more, at
    the processor and, with what is done below it, at the task."""
    short, long = (0.2, 0.15) if swapped else (0.1, 0.2)
    low = Task("low", "users", (Entry("low.a", short, (Call("deep"),)), Entry("low.b", long)), 1)
    a, b = task("a", "p", 2, short, "low.a"), task("b", "p", 2, long, "low.b")
    parts = (Processor("p"), users(9, 1.0, Call("a"), Call("b")), a, b, low)
    tree, found = places(*parts, task("deep", "users", None, 0.0))
    order = [{">a"}, {">b"}] if swapped else [{">b"}, {">a"}]
    assert [names for _, names in groups_of(tree, found["p"])] == order
    below = [{">a>low.a"}, {">b>low.b"}]
    assert [names for _, names in groups_of(tree, found["low"])] == (below if swapped else below[::-1])
    tree, found = places(*parts, task("deep", "users", None, 0.3))  # now there is most below a
    assert [names for _, names in groups_of(tree, found["low"])] == below
    tree, found = places(*parts, task("deep", "users", None, 0.0), often=">b")  # or most is done by b
    assert [names for _, names in groups_of(tree, found["p"])] == [{">b"}, {">a"}]
    assert [names for _, names in groups_of(tree, found["low"])] == below[::-1]


def test_who_never_waits_is_no_place_and_who_has_no_work_is_not_there() -> None:
    """Three customers before three threads; a task on the processor whose entry does nothing there; and one that nobody
    calls."""
    idle, work = task("idle", "p", 3, 0.0, "work"), task("work", "p", None, 0.4)
    tree, found = places(
        Processor("p"), users(3, 1.0, Call("idle")), idle, work, task("lost", "q", 1, 1.0), Processor("q")
    )
    assert set(found) == {"p"}
    assert groups_of(tree, found["p"]) == [(3, {">idle>work"})]
    tree, found = places(Processor("p"), users(4, 1.0, Call("idle")), idle, work)
    assert set(found) == {"p", "idle"}


def test_what_is_told_to_threads_above_stops_at_a_single_thread_and_starts_at_one() -> None:
    """mid (3 threads) is below first (one thread), and calls last (one thread): of what is below mid at the processor
    the part that last does is below a single thread."""
    last = task("last", "p", 1, 0.1)
    mid = task("mid", "p", 3, 0.2, "last")
    first = task("first", "users", 1, 0.0, "mid")
    _, found = places(Processor("p"), users(4, 1.0, Call("first")), first, mid, last)
    assert set(found) == {"first"}
    tree, found = places(
        Processor("p"),
        users(4, 1.0, Call("first")),
        users(5, 1.0, Call("mid"), name="more"),
        first,
        mid,
        last,
    )
    place = found["p"]
    nodes = np.concatenate([g.nodes for g in place.groups])
    ((pool, at, threads),) = place.under
    assert (tree.network.tasks[pool].name, threads) == ("mid", 3)
    assert {way(tree, int(n)) for n in nodes[at]} == {">first>mid", ">mid"}
    assert {way(tree, int(n)) for n in nodes} == {">first>mid", ">mid", ">first>mid>last", ">mid>last"}


@pytest.mark.parametrize(
    "place", [Processor("p", 1), Processor("p", 2), Processor("p", 1, 1.0, "ps"), 1, 2], ids=str
)
@pytest.mark.parametrize(("m", "n"), [(14, 24), (15, 24), (29, 49), (30, 49)])
def test_two_pools_stay_apart_where_the_chain_has_room(place: Processor | int, m: int, n: int) -> None:
    """(m + 1) * (n + 1) states are few enough up to 1500; with one server in order they are four times as many (who is
    served, in which phase)."""
    shared = place if isinstance(place, Processor) else Processor("p", None)
    desk = task("desk", "p", place if isinstance(place, int) else None, 0.1)
    a, b = task("a", "users", m, 0.0, "desk"), task("b", "users", n, 0.0, "desk")
    gate = task("gate", "users", None, 0.0, "a", "b")
    tree, found = places(shared, gate, users(99, 1.0, Call("gate")), a, b, desk)
    there = found["p" if isinstance(place, Processor) else "desk"]
    in_order = place in (1, Processor("p", 1))
    ways = [{">gate>a>desk"}, {">gate>b>desk"}]
    together = (m + 1) * (n + 1) * (4 if in_order else 1) > 1500
    assert groups_of(tree, there) == (
        [(m + n, ways[0] | ways[1])] if together else [(m, ways[0]), (n, ways[1])]
    )


def test_customers_limit_pools_behind_tasks_without_a_limit() -> None:
    """Twenty customers behind a gate for all: of 15 and 15 at the desk no more than 20 are there."""
    a, b = (task(name, "users", 15, 0.0, "desk") for name in "ab")
    gate = task("gate", "users", None, 0.0, "a", "b")
    _, found = places(gate, users(20, 1.0, Call("gate")), a, b, task("desk", "users", 2, 0.1))
    assert found["desk"].limits == (((0, 1), 20),)
    for threads in (18, 25):  # or fewer, if the gate has as many
        narrow = task("gate", "users", threads, 0.0, "a", "b")
        _, found = places(narrow, users(20, 1.0, Call("gate")), a, b, task("desk", "users", 2, 0.1))
        assert found["desk"].limits == (((0, 1), min(20, threads)),)
    _, found = places(gate, users(30, 1.0, Call("gate")), a, b, task("desk", "users", 2, 0.1))
    assert found["desk"].limits == ()


@pytest.mark.parametrize("count", [1000, 10_000, 10_001])
def test_ten_thousand_requests_at_a_time_are_the_most(count: int) -> None:
    parts = Processor("p"), users(count, 1.0, Call("work")), task("work", "p", None, 0.1)
    if count > 10_000:
        with pytest.raises(ValueError, match="more than 10000 requests at a time"):
            places(*parts)
        return
    tree, found = places(*parts)
    assert groups_of(tree, found["p"]) == [(count, {">work"})]
    assert isinstance(found["p"].groups[0], Group)
