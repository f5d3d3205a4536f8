"""Layered networks at their edges: bounds rounded outwards, what is never called, and what is told of mistakes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredBounds,
    LayeredNetwork,
    LayeredResult,
    Processor,
    Saturated,
    Task,
    closed_network,
    layered_bounds,
    layered_tree,
    solve_layered,
)
from groma.solvers.queueing.layered_iteration import solve_means
from groma.solvers.queueing.layered_tree import unfold
from solvers.layers_by_hand import DELAY, users


def bounds_of(*parts: Task | Processor) -> LayeredBounds:
    processors = tuple(p for p in parts if isinstance(p, Processor))
    found = layered_bounds(
        LayeredNetwork((DELAY, *processors), tuple(p for p in parts if isinstance(p, Task)))
    )
    assert isinstance(found, LayeredBounds)
    return found


def test_bounds_are_rounded_outwards() -> None:
    """N / (Z + N D) and 1 / D, and a billionth further."""
    found = bounds_of(
        Processor("p"), users(8, 1.0, Call("work.do")), Task("work", "p", (Entry("work.do", 0.5),), None)
    )
    low, high = found.throughput["users"]
    assert 8 / 5 * (1 - 2e-9) < low < 8 / 5 * (1 - 5e-10)
    assert 2.0 * (1 + 5e-10) < high < 2.0 * (1 + 2e-9)


def test_visits_and_own_work_count_in_the_bounds() -> None:
    """Each run works 0.3 s by itself (on a delay), and twice 0.4 s at a processor of which a stream from outside, that
    calls three times for 0.1 s each, takes 0.5 * 3 * 0.1."""
    work = Task("work", "p", (Entry("work.do", 0.4), Entry("work.bit", 0.1)), None)
    desk = Task("desk", "users", (Entry("desk.ask", 0.2, (Call("work.bit", 3.0),), arrival_rate=0.5),), None)
    found = bounds_of(Processor("p"), users(5, 2.0, Call("work.do", 2.0), demand=0.3), work, desk)
    left = 1.0 - 0.15
    assert found.throughput["users"][1] == pytest.approx(min(left / 0.8, 5 / (2.0 + 0.3 + 0.8)), rel=1e-6)
    # somewhere work is done, on the delay too: x (0.3 + 0.8) + 0.5 * (0.2 + 0.3) >= 1 - x Z / N
    assert found.throughput["users"][0] == pytest.approx((1.0 - 0.25) / (1.1 + 2.0 / 5), rel=1e-6)
    few = bounds_of(Processor("p", 9), users(5, 2.0, Call("work.do", 2.0), demand=0.3), work)
    assert few.throughput["users"][1] == pytest.approx(5 / 3.1, rel=1e-6)
    assert few.response["users"][0] == pytest.approx(1.1, rel=1e-6)


def test_the_station_that_is_full_says_how_full() -> None:
    work = Task("work", "d", (Entry("work.do", 0.5, arrival_rate=3.0),), None)
    idle = Task("idle", "p", (Entry("idle.do", 0.1, arrival_rate=1.0),), None)
    found = layered_bounds(LayeredNetwork((Processor("p"), Processor("d")), (idle, work)))
    assert isinstance(found, Saturated)
    assert found.utilisation == pytest.approx(1.5)


def test_who_neither_thinks_nor_works_goes_round_as_fast_as_you_like() -> None:
    found = bounds_of(users(3, 0.0, Call("work.do")), Task("work", "users", (Entry("work.do", 0.0),), None))
    assert found.throughput["users"] == (0.0, math.inf)
    assert found.response["users"] == (0.0, math.inf)


def test_what_is_never_sent_starts_nothing_and_streams_are_in_the_order_of_names() -> None:
    never = Task("never", "users", (Entry("never.do", 0.1),), None)
    sends = (Call("never.do", 0.0), Call("some.do", 0.5))
    some = Task("some", "users", (Entry("some.do", 0.1),), None)
    streams = [
        Task(
            f"t{n}", "users", (Entry(f"t{n}.do", 0.1, sends=sends if n == 3 else (), arrival_rate=1.0),), None
        )
        for n in range(8)
    ]
    tree = unfold(LayeredNetwork((DELAY,), (*streams[::-1], never, some)))
    assert tree.root_entries == ("some.do", *(f"t{n}.do" for n in range(8)))
    assert tree.sends == ((4, 0, 0.5),)


def test_numbers_of_forwarded_requests_vary_with_those_that_were_called() -> None:
    """2.5 calls (two, or three with chance a half), each of which is forwarded with chance 0.4: by the moments of a
    random number of coins."""
    back = Task("back", "users", (Entry("back.do", 0.1),), None)
    front = Task("front", "users", (Entry("front.do", 0.1, forwards=(Call("back.do", 0.4),)),), None)
    tree = unfold(LayeredNetwork((DELAY,), (users(1, 1.0, Call("front.do", 2.5)), front, back)))
    node = next(n for n in tree.nodes if n.entry == "back.do")
    numbers = {2: 0.5, 3: 0.5}
    law = {
        k: sum(p * math.comb(n, k) * 0.4**k * 0.6 ** (n - k) for n, p in numbers.items() if k <= n)
        for k in range(4)
    }
    mean = sum(k * p for k, p in law.items())
    assert (node.mean, node.visits) == (pytest.approx(mean), pytest.approx(mean))
    assert node.count_variance == pytest.approx(sum(k**2 * p for k, p in law.items()) - mean**2)


@pytest.mark.parametrize("most", [2, 3, 4])
def test_so_many_ways_are_followed_and_no_more(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(layered_tree, "MOST_NODES", most)
    calls = (Call("work.a"), Call("work.b"))
    work = Task("work", "users", (Entry("work.a", 0.1), Entry("work.b", 0.1)), None)
    network = LayeredNetwork((DELAY,), (users(1, 1.0, *calls), work))
    if most < 3:
        with pytest.raises(ValueError, match="more than 2 ways to reach the entries"):
            unfold(network)
    else:
        assert len(unfold(network).nodes) == 3


def test_a_reference_task_that_is_wrong_in_two_ways_is_told_both() -> None:
    two = Task("two", "users", (Entry("two.a"), Entry("two.b")), 1, True)
    call = Task("work", "users", (Entry("work.do", 0.1, (Call("two.a"),)),), None)
    with pytest.raises(ValueError, match="needs one entry") as told:
        LayeredNetwork((DELAY,), (users(1, 1.0, Call("work.do")), two, call))
    assert "reference task two can't be called" in str(told.value)


def service(name: str, *calls: Call, **more: float) -> Task:
    return Task(name, "users", (Entry(f"{name}.do", 0.1, calls, **more),), None)


def test_a_way_back_is_told_in_the_order_of_its_calls() -> None:
    tasks = [service(a, Call(f"{b}.do")) for a, b in ("ab", "bc", "ca")]
    with pytest.raises(ValueError, match="must not come back to a task that is held: ") as told:
        LayeredNetwork((DELAY,), (users(1, 1.0, Call("a.do")), *tasks))
    way = str(told.value).split(": ")[1].split(" -> ")
    assert way[0] == way[-1]
    assert {"".join(pair) for pair in itertools.pairwise(way)} == {"ab", "bc", "ca"}
    LayeredNetwork((DELAY,), (users(1, 1.0, Call("a.do")), *tasks[:2], service("c", Call("a.do", 0.0))))


def test_of_several_ways_back_the_first_by_name_is_told() -> None:
    """Ten services that each call themselves, asked in another order: what is told is the same in every run."""
    names = list("gcjaibfdhe")
    tasks = [service(n, Call(f"{n}.do")) for n in names]
    with pytest.raises(ValueError, match=r"is held: a -> a$"):
        LayeredNetwork((DELAY,), (users(1, 1.0, *(Call(f"{n}.do") for n in names)), *tasks))


def test_chances_sum_to_one_within_rounding_and_numbers_are_finite() -> None:
    most = (Call("b.do", 0.5), Call("b.do", 0.5 + 5e-10))
    LayeredNetwork(
        (DELAY,),
        (
            users(1, 1.0, Call("a.do")),
            Task("a", "users", (Entry("a.do", 0.1, most, choice=True),)),
            service("b"),
        ),
    )
    LayeredNetwork(
        (DELAY,),
        (users(1, 1.0, Call("a.do")), Task("a", "users", (Entry("a.do", 0.1, forwards=most),)), service("b")),
    )
    for part, told in (
        (users(1, math.inf, name="other"), "task other has a think time that is no time: inf"),
        (
            Task("a", "users", (Entry("a.do", math.inf),)),
            "entry a.do has a number that is negative or not finite",
        ),
        (service("a", arrival_rate=math.inf), "entry a.do has a number that is negative or not finite"),
    ):
        with pytest.raises(ValueError, match=told):
            LayeredNetwork((DELAY,), (users(1, 1.0), part))
    leaving = Task("other", "users", (Entry("other.run", forwards=(Call("b.do"),)),), 1, True, 1.0)
    with pytest.raises(
        ValueError, match="reference task other can't be called, reached from outside, or forward"
    ):
        LayeredNetwork((DELAY,), (users(1, 1.0), leaving, service("b")))


def test_names_told_twice_are_told_in_order_and_one_stream_is_enough() -> None:
    names = [f"t{n}" for n in range(8)]
    with pytest.raises(ValueError, match="; ".join(f"two of kind task are called {n}" for n in names)):
        LayeredNetwork(
            (DELAY,), (users(1, 1.0), *(service(n) for n in names), *(service(n) for n in names[::-1]))
        )
    desk = Task("desk", "users", (Entry("desk.ask", 0.1, arrival_rate=1.0), Entry("desk.tell", 0.1)))
    LayeredNetwork((DELAY,), (desk,))
    assert (desk.multiplicity, Entry("e").demand, Processor("p").multiplicity) == (1, 0.0, 1)


def test_how_far_off_layered_networks_were_found_is_said() -> None:
    found = solve_layered(LayeredNetwork((DELAY,), (users(2, 1.0, Call("a.do")), service("a"))))
    assert isinstance(found, LayeredResult)
    assert (found.seen_error, found.exact) == ((0.01, 0.05, 0.21), False)
    exact = solve_layered(LayeredNetwork((DELAY,), (users(2, 1.0, Call("a.do")), service("a"))), "exact")
    assert isinstance(exact, LayeredResult)
    assert (exact.seen_error, exact.gap, exact.exact) == ((0.0, 0.0, 0.0), 0.0, True)


@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_what_nothing_reaches_is_missing(method) -> None:
    idle = Task("idle", "q", (Entry("idle.do", 0.1),), 1)
    two = Task("two", "p", (Entry("two.z", 0.2), Entry("two.a", 0.1, (Call("never.do", 0.0),))), 2)
    parts = (users(3, 1.0, Call("two.z"), Call("two.a")), idle, two, service("never"))
    found = solve_layered(LayeredNetwork((DELAY, Processor("p"), Processor("q")), parts), method)
    assert isinstance(found, LayeredResult)
    assert list(found.holding) == list(found.thread_wait) == ["two.a", "two.z", "users.run"]
    assert set(found.throughput) == {"users", "two"}
    assert set(found.utilisation) == {"users", "p"}
    assert set(found.busy_threads) == {"two"}
    assert set(found.entry_response) == set(found.holding)


@pytest.mark.parametrize(("threads", "count"), [(2, 5), (3, 8), (4, 30)])
def test_threads_that_are_held_are_those_of_the_chain_or_of_the_times_and_no_more_than_there_are(
    threads: int, count: int
) -> None:
    low, mid = (
        Task("low", "d", (Entry("low.do", 0.3),), None),
        Task("mid", "e", (Entry("mid.do", 0.4),), None),
    )
    top = Task("top", "users", (Entry("top.do", 0.8, (Call("low.do"), Call("mid.do"))),), threads)
    network = LayeredNetwork(
        (DELAY, Processor("d", 1, 1.0, "ps"), Processor("e", 1, 1.0, "ps")),
        (users(count, 2.0, Call("top.do")), top, low, mid),
    )
    found = solve_layered(network)
    assert isinstance(found, LayeredResult)
    means = solve_means(unfold(network))
    by_times = found.throughput["top"] * found.holding["top.do"]
    by_chain = float(means.busy[1])
    assert 0.0 < by_chain <= threads
    assert found.busy_threads["top"] == pytest.approx(min(max(by_times, by_chain), threads))
    assert by_times != pytest.approx(by_chain, rel=1e-3)


def two_kinds(scheduling, servers: int | None) -> LayeredResult:
    """One customer who thinks for 1 s and asks for 0.3 s, and one who thinks for 2 s and asks for 1.2 s."""
    work = Task("work", "p", (Entry("work.a", 0.3), Entry("work.b", 1.2)), None)
    one, two = users(1, 1.0, Call("work.a"), name="one"), users(1, 2.0, Call("work.b"), name="two")
    found = solve_layered(
        LayeredNetwork((Processor("p", servers, 1.0, scheduling), DELAY), (work, one, two)), "exact"
    )
    assert isinstance(found, LayeredResult)
    return found


def test_who_comes_first_is_served_first_and_who_shares_is_there_in_no_order() -> None:
    """By hand: both think, one is there, or both, in one order or the other where that is kept."""
    states = ["", "a", "b", "ab", "ba"]
    rates = {
        ("", "a"): 1.0, ("", "b"): 0.5, ("a", "ab"): 0.5, ("b", "ba"): 1.0,
        ("a", ""): 1 / 0.3, ("b", ""): 1 / 1.2, ("ab", "b"): 1 / 0.3, ("ba", "a"): 1 / 1.2,
    }  # fmt: skip
    generator = np.zeros((5, 5))
    for (here, there), rate in rates.items():
        generator[states.index(here), states.index(there)] += rate
        generator[states.index(here), states.index(here)] -= rate
    chance = np.linalg.lstsq(np.vstack([generator.T, np.ones(5)]), np.append(np.zeros(5), 1.0), rcond=None)[0]
    found = two_kinds("fifo", 1)
    assert found.method == "Markov chain of 5 states"
    assert found.throughput["one"] == pytest.approx(chance[0] + chance[2])
    assert found.throughput["two"] == pytest.approx(0.5 * (chance[0] + chance[1]))
    assert found.busy_threads["work"] == pytest.approx(chance[1] + chance[2] + 2 * (chance[3] + chance[4]))
    shared = two_kinds("ps", 1)
    exact = closed_network([1, 1], [1.0, 2.0], [[0.3], [1.2]], [1])
    assert shared.method == "Markov chain of 4 states"
    assert (shared.throughput["one"], shared.throughput["two"]) == pytest.approx(exact.throughput)
    for apart in (two_kinds("fifo", None), two_kinds("ps", 2)):
        assert apart.method == "Markov chain of 4 states"
        assert (apart.throughput["one"], apart.throughput["two"]) == pytest.approx((1 / 1.3, 1 / 3.2))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
@pytest.mark.parametrize("threads", [1, 2])
def test_threads_in_series_are_servers_in_series(order: tuple[int, ...], threads: int) -> None:
    """Three customers at two tasks whose work is exponential: a product form, whatever order they are told in."""
    first = Task("first", "users", (Entry("first.do", 0.5),), threads)
    second = Task("second", "users", (Entry("second.do", 0.8),), 1)
    tasks = [users(3, 1.0, Call("first.do"), Call("second.do")), first, second]
    found = solve_layered(LayeredNetwork((DELAY,), tuple(tasks[n] for n in order)), "exact")
    assert isinstance(found, LayeredResult)
    exact = closed_network([3], [1.0], [[0.5, 0.8]], [threads, 1])
    assert found.throughput["users"] == pytest.approx(exact.throughput[0])
    assert found.thread_wait["first.do"] == pytest.approx(exact.residence[0][0] - 0.5)
    assert found.thread_wait["second.do"] == pytest.approx(exact.residence[0][1] - 0.8)
    assert found.holding["second.do"] == pytest.approx(0.8)


@pytest.mark.parametrize("method", ["exact", "approximate"])
def test_a_thread_is_held_while_its_calls_wait_and_are_answered(method) -> None:
    """What is conserved: a hold is its own work and, for each call, the wait and the hold below. low is asked by two
    calls of one entry, which are one to it."""
    low = Task("low", "d", (Entry("low.do", 0.3),), 1)
    mid = Task("mid", "users", (Entry("mid.do", 0.2, (Call("low.do"), Call("low.do", 0.5))),), 2)
    top = Task("top", "users", (Entry("top.do", 0.1, (Call("mid.do"),)),), 3)
    found = solve_layered(
        LayeredNetwork((DELAY, Processor("d")), (users(4, 1.0, Call("top.do")), top, mid, low)), method
    )
    assert isinstance(found, LayeredResult)
    assert found.holding["low.do"] == pytest.approx(0.3)
    assert found.thread_wait["low.do"] > 0.1
    assert found.holding["mid.do"] == pytest.approx(0.2 + 1.5 * found.entry_response["low.do"])
    assert found.holding["top.do"] == pytest.approx(0.1 + found.entry_response["mid.do"])
    assert found.response["users"] == pytest.approx(found.entry_response["top.do"], rel=1e-5)
    assert found.throughput["low"] == pytest.approx(1.5 * found.throughput["users"])
    assert found.busy_threads["low"] == pytest.approx(0.3 * found.throughput["low"])


@pytest.mark.parametrize("law", ["fixed", "geometric"])
@pytest.mark.parametrize("gate", [None, 2, 3])
@pytest.mark.parametrize(("customers", "threads"), [(2, 1), (3, 1), (3, 2)])
def test_who_asks_twice_in_a_row_stands_at_the_end_of_the_queue(
    law, gate: int | None, customers: int, threads: int
) -> None:
    """Nothing is done between the two calls of a run, nor at the gate before the second of them: exponential servers
    in FIFO order, a product form, and never more threads than there are."""
    low = Task("low", "users", (Entry("low.do", 0.5),), threads)
    desk = Task("desk", "users", (Entry("desk.ask", 0.0, (Call("low.do"),)),), gate)
    calls = (Call("low.do" if gate is None else "desk.ask", 2.0, law),)
    found = solve_layered(LayeredNetwork((DELAY,), (users(customers, 1.0, *calls), desk, low)), "exact")
    assert isinstance(found, LayeredResult)
    exact = closed_network([customers], [1.0], [[1.0]], [threads])
    assert found.throughput["users"] == pytest.approx(exact.throughput[0])
    assert found.busy_threads["low"] == pytest.approx(exact.throughput[0])
    assert found.response["users"] == pytest.approx(exact.response[0])
