"""The iteration that ties the stations of a layered network together: its steps, what it starts from, where it ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredNetwork,
    LayeredResult,
    Processor,
    Task,
    closed_network,
    solve_layered,
)
from groma.solvers.queueing.layered_iteration import _next, _Problem, _Search, solve_means
from groma.solvers.queueing.layered_tree import unfold
from solvers.layers_by_hand import DELAY, solved, users


def test_andersons_step_ends_at_the_root_of_a_linear_gap() -> None:
    """From three points in the plane the root is known; and no step is too long."""
    slope, root = np.array([[-0.5, 0.2], [0.1, -0.8]]), np.array([0.3, -0.4])
    points = [np.array([0.0, 0.0]), np.array([0.5, 0.1]), np.array([0.2, 0.6])]
    gaps = [slope @ (p - root) for p in points]
    for damping in (0.5, 0.15):
        assert _next(points, gaps, damping) == pytest.approx(root)
        along = _next(points[:2], gaps[:2], damping)
        assert np.abs(along - points[1]).max() <= 1.5
    far = [p * 100.0 for p in points]
    step = _next(far, [slope @ (p - 100.0 * root) for p in far], 0.5) - far[-1]
    assert step == pytest.approx([1.5, -1.5])


def test_a_problem_knows_its_customers_and_where_they_wait() -> None:
    low = Task("low", "d", (Entry("low.do", 0.3),), 2)
    top = Task("top", "users", (Entry("top.do", 0.2, (Call("low.do", 2.0),)),), 3)
    tree = unfold(LayeredNetwork((DELAY, Processor("d", 1)), (users(7, 1.5, Call("top.do")), top, low)))
    found = _Problem.of(tree)
    assert [n.entry for n in tree.nodes] == ["users.run", "top.do", "low.do"]
    assert (found.first.tolist(), found.population.tolist(), found.think.tolist()) == ([0], [7.0], [1.5])
    assert found.alone == pytest.approx([7.0 / (1.5 + 0.8)])
    assert [s.name for s in found.places] == ["d", "low", "top"]
    assert found.queued_for.tolist() == [False, False, True]
    # low's callers are three at most, top's seven: the processor is also looked at with three, low with seven
    assert found.wider == ({0: 3}, {0: 7}, {})
    start = found.start()
    assert start[0] == pytest.approx(math.log(0.5 * 7.0 / 2.3))
    assert np.isnan(start[1:]).all()
    assert start.size == 4
    gap, means = found.gap(start)
    assert not np.isnan(start).any()
    assert means.rate == pytest.approx(np.array([1.0, 1.0, 2.0]) * 0.5 * 7.0 / 2.3)
    cycle = 1.5 + means.response[0]
    assert gap[0] == pytest.approx(math.log(7.0 / cycle) - start[0])


@pytest.mark.parametrize(
    ("callers", "others", "in_order", "at_once"),
    [(14, 24, True, True), (15, 24, False, True), (29, 49, False, True), (30, 49, False, False)],
)
def test_transparent_threads_are_looked_at_where_their_chain_has_room(
    callers: int, others: int, in_order: bool, at_once: bool
) -> None:
    """(callers + 1) * (others + 1) states, four times as many with one server in order, and 1500 at most."""
    work = Task("work", "p", (Entry("work.do", 0.1), Entry("work.ask", 0.1)), None)
    stream = Task("stream", "users", (Entry("stream.in", 0.0, (Call("work.ask"),), arrival_rate=0.1),), None)
    mid = Task("mid", "users", (Entry("mid.do", 0.0, (Call("work.do"),)),), 2)
    tasks = users(callers, 1.0, Call("mid.do")), users(others, 1.0, Call("work.do"), name="more"), mid, work
    for processor, wide in (
        (Processor("p", 1), in_order),
        (Processor("p", 2), at_once),
        (Processor("p", 1, 1.0, "ps"), at_once),
    ):
        found = _Problem.of(unfold(LayeredNetwork((DELAY, processor), tasks)))
        assert [g.sources for g in found.places[0].groups] == [2, others]
        assert found.wider == (({0: callers} if wide else {}), {})
        found = _Problem.of(unfold(LayeredNetwork((DELAY, processor), (*tasks, stream))))
        assert found.wider[0] == {}  # a stream from outside has no limit


def test_the_thread_of_a_single_threaded_task_is_one_for_all_of_its_callers() -> None:
    top = Task("top", "users", (Entry("top.do", 0.0, (Call("low.do"),)),), 1)
    low = Task("low", "d", (Entry("low.do", 0.3),), None)
    tasks = users(7, 1.0, Call("top.do")), users(2, 1.0, Call("low.do"), name="more"), top, low
    found = _Problem.of(unfold(LayeredNetwork((DELAY, Processor("d")), tasks)))
    assert [[g.sources for g in s.groups] for s in found.places] == [[1, 2], [7]]
    assert found.wider == ({}, {})


def test_who_is_asked_most_often_weighs_most() -> None:
    """Two pools of two threads at a processor, with the same work each time; a run asks b three times as often, or b is
    asked from outside as well, or by those who come more often."""
    a, b = (Task(n, "p", (Entry(f"{n}.do", 0.1),), 2) for n in "ab")
    stream = Task("stream", "users", (Entry("stream.in", 0.0, (Call("b.do"),), arrival_rate=3.0),), None)
    for times, more in ((3.0, ()), (1.0, (stream,))):
        customers = users(9, 1.0, Call("a.do"), Call("b.do", times))
        found = _Problem.of(unfold(LayeredNetwork((DELAY, Processor("p")), (customers, a, b, *more))))
        assert [g.pool for g in found.places[0].groups] == [2, 1]
    seldom, often = users(9, 99.0, Call("a.do", 5.0), name="seldom"), users(9, 1.0, Call("b.do"))
    found = _Problem.of(unfold(LayeredNetwork((DELAY, Processor("p")), (seldom, often, a, b))))
    assert [g.pool for g in found.places[0].groups] == [3, 2]


def test_pools_that_were_put_together_are_not_those_of_another_processor() -> None:
    """31 * 50 and 41 * 51 states are too many at p and q: one pool of 79 and one of 90, neither of them one task's."""
    work = [Task(f"at_{n}", n, (Entry(f"{n}.do", 0.1),), None) for n in "pq"]
    sizes = {"a": ("p", 30), "b": ("p", 49), "c": ("q", 40), "d": ("q", 50)}
    tasks = [
        Task(n, "users", (Entry(f"{n}.do", 0.0, (Call(f"{at}.do"),)),), m) for n, (at, m) in sizes.items()
    ]
    gate = Task("gate", "users", (Entry("gate.do", 0.0, tuple(Call(f"{n}.do") for n in sizes)),), None)
    network = LayeredNetwork(
        (DELAY, Processor("p", 2), Processor("q", 2)), (users(99, 1.0, Call("gate.do")), gate, *tasks, *work)
    )
    found = _Problem.of(unfold(network))
    assert [[(g.sources, g.pool) for g in s.groups] for s in found.places[:2]] == [[(79, None)], [(90, None)]]
    assert found.wider[:2] == ({}, {})


@pytest.mark.parametrize("far", [-1e3, 1e3])
def test_numbers_stay_finite_however_far_off_a_step_is(far: float) -> None:
    top = Task("top", "users", (Entry("top.do", 0.3),), 1)
    search = _Search(_Problem.of(unfold(LayeredNetwork((DELAY,), (users(6, 1.0, Call("top.do")), top)))))
    assert search.settle(0.5)
    nearest = search.gap, search.means
    assert np.isfinite(search.tried(np.full(search.point.size, far))).all()
    assert (search.gap, search.means) == nearest  # what is told is the best that was found


def test_where_plain_steps_are_too_few_powells_method_gets_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread whose hold is exponential: M/M/1//6."""
    from groma.solvers.queueing import layered_iteration

    monkeypatch.setattr(layered_iteration, "MOST_ROUNDS", 3)
    top = Task("top", "users", (Entry("top.do", 0.3),), 1)
    found = solve_layered(LayeredNetwork((DELAY,), (users(6, 1.0, Call("top.do")), top)))
    assert isinstance(found, LayeredResult)
    exact = closed_network([6], [1.0], [[0.3]], [1])
    assert found.throughput["users"] == pytest.approx(exact.throughput[0], rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_found_closes_all_gaps(seed: int) -> None:
    """Customers go round as often as think time and response say, and Little's law holds for threads."""
    calls = (Call("low.a", 1.0 + 0.5 * seed), Call("low.b", 0.5, "geometric"))
    low = Task("low", "d", (Entry("low.a", 0.2), Entry("low.b", 0.4)), 1 + seed % 3)
    top = Task("top", "p", (Entry("top.do", 0.3, calls),), (2, 4, None, 1)[seed])
    network = LayeredNetwork(
        (DELAY, Processor("p", 2, 1.0, "ps"), Processor("d", 1 + seed // 2)),
        (users(5 + seed, 2.0, Call("top.do")), top, low),
    )
    means = solve_means(unfold(network))
    assert means.gap < 1e-5
    assert means.rounds > 1
    assert means.throughput[0] * (2.0 + means.response[0]) == pytest.approx(5 + seed, rel=1e-5)
    found = solve_layered(network)
    assert isinstance(found, LayeredResult)
    assert found.gap == means.gap
    assert found.throughput["low"] == pytest.approx(found.throughput["users"] * (1.5 + 0.5 * seed))
    assert found.response["users"] == pytest.approx(
        found.thread_wait["top.do"] + found.holding["top.do"], rel=1e-4
    )


def test_what_a_processor_below_tells_is_told_once_however_many_slices_it_has() -> None:
    """Threads of low hold the processor before, between and after calls to what never waits: by the exact chain."""
    rest = Task("rest", "users", (Entry("rest.do", 0.2),), None)
    low = Task("low", "d", (Entry("low.do", 0.3, (Call("rest.do", 2.0),)),), 3)
    top = Task("top", "users", (Entry("top.do", 0.2, (Call("low.do"),)),), 4)
    network = LayeredNetwork((DELAY, Processor("d", 1)), (users(6, 0.5, Call("top.do")), top, low, rest))
    truth = solved(network, "exact").throughput["users"]
    assert solved(network).throughput["users"] == pytest.approx(truth, rel=0.005)
