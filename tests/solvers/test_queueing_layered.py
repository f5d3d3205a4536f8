"""Layered networks against product form, the exact chain, an independent simulation, and their own bounds."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredBounds,
    LayeredNetwork,
    NoAnswer,
    Processor,
    Saturated,
    Task,
    closed_network,
    layered_bounds,
    mmc,
    solve_layered,
)
from groma.solvers.queueing.layered_iteration import holding_times
from groma.solvers.queueing.layered_stations import _lowest_first, stations
from groma.solvers.queueing.layered_tree import unfold
from groma.solvers.queueing.reachable import TooManyStates
from groma.solvers.queueing.source_pools import Pool, solve_pools, states_of
from solvers.layered_simulation import simulate
from solvers.layers_by_hand import DELAY, solved, users
from solvers.random_layers import random_network


@pytest.mark.parametrize("servers", [1, 2, 3])
@pytest.mark.parametrize("scheduling", ["fifo", "ps"])
def test_threads_without_limit_are_a_closed_network(servers: int, scheduling) -> None:
    disk = Processor("disk", servers, 2.0, scheduling)
    work = Task("work", "disk", (Entry("work.do", 0.8),), None)
    network = LayeredNetwork((DELAY, disk), (users(5, 2.0, Call("work.do")), work))
    exact = closed_network([5], [2.0], [[0.4]], [servers])
    for method in ("approximate", "exact"):
        found = solved(network, method)
        assert found.throughput["users"] == pytest.approx(exact.throughput[0], rel=1e-4)
        assert found.response["users"] == pytest.approx(exact.response[0], rel=1e-3)


def test_one_thread_over_two_processors_is_one_server_of_their_sum() -> None:
    """N customers before one thread whose hold is exponential 0.3 s (all else is nothing): M/M/1//N."""
    low = Task("low", "d", (Entry("low.do", 0.3),), None)
    top = Task("top", "p", (Entry("top.do", 0.0, (Call("low.do"),)),), 1)
    network = LayeredNetwork(
        (DELAY, Processor("p"), Processor("d")), (users(6, 1.0, Call("top.do")), top, low)
    )
    exact = closed_network([6], [1.0], [[0.3]], [1])
    assert solved(network, "exact").throughput["users"] == pytest.approx(exact.throughput[0], rel=1e-9)
    assert solved(network).throughput["users"] == pytest.approx(exact.throughput[0], rel=1e-3)


def test_nested_tasks_under_one_thread_never_wait_for_each_other() -> None:
    """All of it runs on one processor, but only one request at a time can be below the thread."""
    third = Task("third", "p", (Entry("third.do", 0.1),), 1)
    second = Task("second", "p", (Entry("second.do", 0.2, (Call("third.do", 3.0, "geometric"),)),), 1)
    first = Task("first", "p", (Entry("first.do", 0.1, (Call("second.do", 2.0),)),), 1)
    network = LayeredNetwork((DELAY, Processor("p")), (users(4, 3.0, Call("first.do")), first, second, third))
    found = solved(network)
    for lower in ("second.do", "third.do"):
        assert found.thread_wait[lower] == 0.0
    assert found.holding["first.do"] == pytest.approx(0.1 + 2 * (0.2 + 3 * 0.1), rel=1e-9)
    assert found.throughput["users"] == pytest.approx(solved(network, "exact").throughput["users"], rel=0.02)


@pytest.mark.parametrize("seed", [1, 4, 5, 8, 14])
def test_the_exact_chain_is_what_a_simulation_sees(seed: int) -> None:
    network = random_network(seed, 3)
    exact = solved(network, "exact")
    seen = simulate(network, 60_000, seed)
    for task in (task for task in network.tasks if task.reference):
        mean, half = seen.throughput(task.name)
        assert abs(mean - exact.throughput[task.name]) < 2.5 * half
    for entry, response in seen.response.items():
        assert exact.entry_response[entry] == pytest.approx(response, rel=0.12)


def test_few_customers_of_random_networks_are_near_the_exact_chain() -> None:
    errors: list[float] = []
    for seed in range(1, 18):
        network = random_network(seed, 2)
        try:
            exact = solved(network, "exact")
        except TooManyStates:
            continue
        found = solved(network)
        for task in (task for task in network.tasks if task.reference):
            errors.append(abs(found.throughput[task.name] / exact.throughput[task.name] - 1.0))
    assert len(errors) >= 15
    assert float(np.median(errors)) < 0.005
    assert float(np.quantile(errors, 0.9)) < 0.05
    assert max(errors) < 0.08


def test_random_networks_are_as_near_a_simulation_as_is_stated() -> None:
    errors: list[float] = []
    for seed in range(10):
        network = random_network(seed)
        found = solved(network)
        seen = simulate(network, 40_000, seed)
        for task in (task for task in network.tasks if task.reference):
            mean, half = seen.throughput(task.name)
            low, high = found.throughput_bounds[task.name]
            assert low - 2 * half < mean < high + 2 * half
            errors.append(max(abs(found.throughput[task.name] - mean) - half, 0.0) / mean)
    assert float(np.median(errors)) < found.seen_error[0] + 0.01
    assert max(errors) < found.seen_error[2]


def test_littles_law_and_the_flows_hold() -> None:
    network = random_network(3)
    found = solved(network)
    owner = network.task_of
    for task in network.tasks:
        if task.reference:
            cycle = task.think_time + found.entry_response[task.entries[0].name]
            assert found.throughput[task.name] * cycle == pytest.approx(task.multiplicity, rel=1e-4)
    for name, busy in found.busy_threads.items():
        task = next(task for task in network.tasks if task.name == name)
        assert busy <= (task.multiplicity or math.inf) + 1e-6
    assert {owner[entry].name for entry in found.holding} <= set(found.throughput)


def test_holds_of_a_choice_vary_as_the_mixture_does() -> None:
    """Either 0.2 s or 3 s on a delay, exponential: the variance of the mixture, by its moments."""
    low = Task("low", "users", (Entry("low.short", 0.2), Entry("low.long", 3.0)), None)
    choice = (Call("low.short", 0.75), Call("low.long", 0.25))
    network = LayeredNetwork((DELAY,), (users(1, 1.0, *choice, choice=True), low))
    tree = unfold(network)
    nothing = np.zeros(len(tree.nodes))
    hold, variance = holding_times(tree, nothing, nothing)
    mean, second = 0.75 * 0.2 + 0.25 * 3.0, 0.75 * 2 * 0.2**2 + 0.25 * 2 * 3.0**2
    assert hold[0] == pytest.approx(mean)
    assert variance[0] == pytest.approx(second - mean**2)


@pytest.mark.parametrize(("mean", "law"), [(2.0, "geometric"), (2.0, "fixed"), (2.5, "fixed")])
def test_holds_vary_with_the_number_of_calls_and_with_each_of_them(mean: float, law) -> None:
    """A first slice, and for each call 3 s on a delay and one slice more, all exponential: by the moments of a sum of
    a random number of terms."""
    low = Task("low", "users", (Entry("low.do", 3.0),), None)
    top = Task("top", "users", (Entry("top.do", 0.5 * (1.0 + mean), (Call("low.do", mean, law),)),), None)
    tree = unfold(LayeredNetwork((DELAY,), (users(1, 1.0, Call("top.do")), top, low)))
    nothing = np.zeros(len(tree.nodes))
    hold, variance = holding_times(tree, nothing, nothing)
    here = next(n for n, node in enumerate(tree.nodes) if node.entry == "top.do")
    spread = {2.0: 2.0 * 3.0 if law == "geometric" else 0.0, 2.5: 0.25}[mean]
    assert hold[here] == pytest.approx(0.5 + mean * 3.5)
    assert variance[here] == pytest.approx(0.5**2 + mean * (3.0**2 + 0.5**2) + spread * 3.5**2)


def test_requests_that_need_one_thread_are_never_both_at_a_processor() -> None:
    """`low` has one thread and is called from below two tasks, which may be active at the same time."""
    low = Task("low", "p", (Entry("low.do", 0.5),), 1)
    left = Task("left", "p", (Entry("left.do", 3.0, (Call("low.do"),)),), 1)
    right = Task("right", "p", (Entry("right.do", 0.3, (Call("low.do"),)),), 3)
    network = LayeredNetwork(
        (DELAY, Processor("p")), (users(5, 1.0, Call("left.do"), Call("right.do")), left, right, low)
    )
    tree = unfold(network)
    place = next(place for place in stations(tree, np.ones(len(tree.nodes))) if place.task is None)
    below = [
        g for g, group in enumerate(place.groups) if any(tree.nodes[n].entry == "low.do" for n in group.nodes)
    ]
    together = [most for members, most in place.limits if set(below) <= set(members)]
    assert len(below) == 1 or min(together) == 1
    for g in below:
        assert {tree.nodes[n].entry for n in place.groups[g].nodes} == {"low.do"}


def test_lower_stations_are_solved_before_those_that_wait_for_them() -> None:
    """Tasks by the longest way down from them, whatever their order in the network."""
    leaf = Task("leaf", "users", (Entry("leaf.do", 0.1),), 1)
    middle = Task("middle", "users", (Entry("middle.do", 0.1, (Call("leaf.do"),)),), 1)
    top = Task("top", "users", (Entry("top.do", 0.1, (Call("leaf.do"), Call("middle.do"))),), 1)
    tasks = [users(1, 1.0, Call("top.do"), Call("leaf.do")), top, middle, leaf]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]):
        network = LayeredNetwork((DELAY,), tuple(tasks[n] for n in order))
        found = [network.tasks[t].name for t in _lowest_first(unfold(network))]
        assert found == ["leaf", "middle", "top", "users"]


def test_chains_are_as_large_as_is_counted_beforehand() -> None:
    """Numbers of each pool that may be present; with one server also who is served and in which phase, at most."""
    pools = [Pool(2, 1.0, 0.5), Pool(1, 2.0, 0.3)]
    for limits, whole in ((), 6), ((((0, 1), 2),), 5):
        assert states_of((2, 1), limits, single=False) == whole
        assert len(solve_pools(pools, 2, limits=limits).chance) == whole
        served = len(solve_pools(pools, 1, limits=limits).chance)
        assert whole < served <= states_of((2, 1), limits, single=True) == 4 * whole


def test_sends_do_not_hold_the_sender_and_add_their_load() -> None:
    log = Task("log", "p", (Entry("log.write", 0.05),), 1)
    work = Task("work", "p", (Entry("work.do", 0.1, sends=(Call("log.write", 2.0),)),), None)
    network = LayeredNetwork((DELAY, Processor("p")), (users(3, 4.0, Call("work.do")), work, log))
    found = solved(network)
    assert found.throughput["log"] == pytest.approx(2.0 * found.throughput["users"])
    assert found.utilisation["p"] == pytest.approx(found.throughput["users"] * 0.2)
    mean, half = simulate(network, 60_000, 5).throughput("users")
    assert abs(found.throughput["users"] - mean) < 2 * half + 0.01 * mean


def test_a_forwarded_request_frees_the_thread_but_not_the_caller() -> None:
    back = Task("back", "b", (Entry("back.do", 0.5),), None)
    front = Task("front", "f", (Entry("front.do", 0.2, forwards=(Call("back.do", 1.0),)),), 1)
    network = LayeredNetwork(
        (DELAY, Processor("f"), Processor("b", None)), (users(4, 1.0, Call("front.do")), front, back)
    )
    exact = closed_network([4], [1.5], [[0.2]], [1])
    found = solved(network)
    assert found.throughput["users"] == pytest.approx(exact.throughput[0], rel=1e-3)
    assert found.holding["front.do"] == pytest.approx(0.2)


def test_what_is_forwarded_again_and_again_thins_out() -> None:
    """Half of a stream goes on to the second task, half of those to the third, whether somebody waits or not."""
    third = Task("third", "p", (Entry("third.do", 0.4),), None)
    second = Task("second", "p", (Entry("second.do", 0.2, forwards=(Call("third.do", 0.5),)),), None)

    def first(rate: float) -> Task:
        return Task(
            "first",
            "p",
            (Entry("first.do", 0.1, forwards=(Call("second.do", 0.5),), arrival_rate=rate),),
            None,
        )

    waited_for = LayeredNetwork(
        (DELAY, Processor("p", None)), (users(1, 1.0, Call("first.do")), first(0.0), second, third)
    )
    for network in (LayeredNetwork((Processor("p", None),), (first(1.0), second, third)), waited_for):
        found = solved(network)
        rate = found.throughput["first"]
        assert found.throughput["second"] == pytest.approx(rate / 2)
        assert found.throughput["third"] == pytest.approx(rate / 4)
        assert found.utilisation["p"] == pytest.approx(rate * (0.1 + 0.1 + 0.1))


def test_holds_of_what_is_forwarded_vary_as_the_mixture_does() -> None:
    """0.2 s and in half of all cases 3 s more, exponential, on a delay."""
    back = Task("back", "users", (Entry("back.do", 3.0),), None)
    front = Task("front", "users", (Entry("front.do", 0.2, forwards=(Call("back.do", 0.5),)),), None)
    tree = unfold(LayeredNetwork((DELAY,), (users(1, 1.0, Call("front.do")), front, back)))
    nothing = np.zeros(len(tree.nodes))
    hold, variance = holding_times(tree, nothing, nothing)
    assert hold[0] == pytest.approx(0.2 + 1.5)
    assert variance[0] == pytest.approx(0.2**2 + 0.5 * 2 * 3.0**2 - 1.5**2)


def test_arrivals_from_outside_are_an_open_station() -> None:
    desk = Task("desk", "p", (Entry("desk.ask", 0.4, arrival_rate=1.5),), None)
    found = solved(LayeredNetwork((Processor("p"),), (desk,)))
    assert found.entry_response["desk.ask"] == pytest.approx(mmc(1.5, 0.4, 1).mean_response, rel=1e-3)


def test_too_much_from_outside_is_saturated_and_never_a_number() -> None:
    low = Task("low", "free", (Entry("low.do", 0.9),), None)
    desk = Task("desk", "free", (Entry("desk.ask", 0.3, (Call("low.do"),), arrival_rate=2.0),), 2)
    network = LayeredNetwork((Processor("free", None),), (desk, low))
    found = solve_layered(network)
    assert isinstance(found, Saturated)
    assert found.utilisation == pytest.approx(2.0 * 1.2 / 2)
    assert isinstance(layered_bounds(network), Saturated)


def test_bounds_are_those_of_one_station() -> None:
    work = Task("work", "p", (Entry("work.do", 0.5),), None)
    bounds = layered_bounds(LayeredNetwork((DELAY, Processor("p")), (users(8, 1.0, Call("work.do")), work)))
    assert isinstance(bounds, LayeredBounds)
    assert bounds.throughput["users"] == pytest.approx((8 / (1.0 + 8 * 0.5), 1 / 0.5), rel=1e-6)
    assert bounds.response["users"] == pytest.approx((8 * 0.5 - 1.0, 8 * 0.5), rel=1e-6)


def test_what_is_sent_counts_in_the_bounds_as_often_as_it_is_sent() -> None:
    """0.1 s and three times 0.05 s of one processor for each run: N / (Z + N D) and 1 / D with D = 0.25."""
    log = Task("log", "p", (Entry("log.write", 0.05),), None)
    work = Task("work", "p", (Entry("work.do", 0.1, sends=(Call("log.write", 3.0),)),), None)
    network = LayeredNetwork((DELAY, Processor("p")), (users(20, 1.0, Call("work.do")), work, log))
    bounds = layered_bounds(network)
    assert isinstance(bounds, LayeredBounds)
    assert bounds.throughput["users"] == pytest.approx((20 / (1.0 + 20 * 0.25), 4.0), rel=1e-6)


def test_few_threads_bound_the_flow_more_than_the_processors() -> None:
    low = Task("low", "d", (Entry("low.do", 1.0),), None)
    top = Task("top", "p", (Entry("top.do", 0.0, (Call("low.do"),)),), 2)
    network = LayeredNetwork(
        (DELAY, Processor("p"), Processor("d", None)), (users(50, 1.0, Call("top.do")), top, low)
    )
    bounds = layered_bounds(network)
    assert isinstance(bounds, LayeredBounds)
    assert bounds.throughput["users"][1] == pytest.approx(2.0, rel=1e-6)
    assert solved(network).throughput["users"] == pytest.approx(2.0, rel=1e-3)


def test_an_iteration_that_does_not_settle_gives_bounds_and_no_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from groma.solvers.queueing import layered_iteration

    monkeypatch.setattr(layered_iteration, "MOST_ROUNDS", 2)
    monkeypatch.setattr(layered_iteration, "MOST_TRIES", 1)
    found = solve_layered(random_network(1))
    assert isinstance(found, NoAnswer)
    assert "differ" in found.reason
    low, high = found.throughput_bounds["users0"]
    assert 0.0 < low < high


def test_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"runs on nowhere.*calls nothing.*thread") as told:
        LayeredNetwork((DELAY,), (Task("a", "nowhere", (Entry("a.x", 0.1, (Call("nothing"),)),), 0),))
    assert "nothing starts a request" in str(told.value)
    loop = (
        users(1, 1.0, Call("a.x")),
        Task("a", "users", (Entry("a.x", 0.1, (Call("b.x"),)),)),
        Task("b", "users", (Entry("b.x", 0.1, (Call("a.x"),)),)),
    )
    with pytest.raises(ValueError, match="come back"):
        LayeredNetwork((DELAY,), loop)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Processor("x", 0), "processor x needs a rate above zero and at least one server"),
        (Processor("x", 1, 0.0), "processor x needs a rate above zero"),
        (Processor("x", 1, math.inf), "processor x needs a rate above zero"),
        (Processor("users"), "two of kind processor are called users"),
        (Task("t", "users", (Entry("e"),), 0), "task t needs at least one thread"),
        (Task("t", "users", (Entry("e"),), think_time=1.0), "task t thinks but is no reference task"),
        (Task("t", "users", (Entry("e"),), 1, True, -1.0), "a think time that is no time: -1.0"),
        (
            Task("t", "users", (Entry("e"), Entry("f")), 1, True),
            "reference task t needs one entry and a finite number",
        ),
        (
            Task("t", "users", (Entry("e"),), None, True),
            "reference task t needs one entry and a finite number",
        ),
        (
            Task("t", "users", (Entry("e", arrival_rate=1.0),), 1, True),
            "reference task t can't be called, reached from outside, or forward",
        ),
        (Task("t", "users", (Entry("e", -0.1),)), "entry e has a number that is negative or not finite"),
        (Task("t", "users", (Entry("e", arrival_rate=math.nan),)), "entry e has a number that is negative"),
        (
            Task("t", "users", (Entry("e", 0.1, (Call("work.do", -1.0),)),)),
            "entry e has a number that is negative",
        ),
        (
            Task("t", "users", (Entry("e", forwards=(Call("work.do", 0.6), Call("work.do", 0.5))),)),
            "entry e forwards with chances that sum to more than one",
        ),
        (
            Task("t", "users", (Entry("e", 0.1, (Call("work.do", 0.6), Call("work.do", 0.5)), choice=True),)),
            "entry e chooses among calls whose chances sum to more than one",
        ),
        (
            Task("t", "users", (Entry("e", sends=(Call("users.run"),)),)),
            "reference task users can't be called",
        ),
    ],
)
def test_parts_that_make_no_network_are_told(part: Task | Processor, message: str) -> None:
    parts = (users(1, 1.0, Call("work.do")), Task("work", "users", (Entry("work.do"),)))
    LayeredNetwork((DELAY,), parts)
    with pytest.raises(ValueError, match=re.escape(message)):
        if isinstance(part, Task):
            LayeredNetwork((DELAY,), (*parts, part))
        else:
            LayeredNetwork((DELAY, part), parts)


def test_what_the_exact_chain_does_not_take_is_refused() -> None:
    back = Task("back", "users", (Entry("back.do", 0.5),), None)
    for entry, think in (
        (Entry("e", 0.1, forwards=(Call("back.do"),)), 1.0),
        (Entry("e", 0.1, sends=(Call("back.do"),)), 1.0),
        (Entry("e", 0.1, arrival_rate=1.0), 1.0),
        (Entry("e", 0.1), 0.0),
    ):
        network = LayeredNetwork(
            (DELAY,), (users(1, think, Call("e")), Task("t", "users", (entry,), None), back)
        )
        with pytest.raises(ValueError, match="the exact solution"):
            solve_layered(network, "exact")


def test_a_choice_of_calls_is_exact_on_delays() -> None:
    """One customer who never waits: the mean of a cycle is think time and the mean of what is chosen."""
    low = Task("low", "users", (Entry("low.short", 0.2), Entry("low.long", 3.0)), None)
    choice = (Call("low.short", 0.5), Call("low.long", 0.25))
    network = LayeredNetwork((DELAY,), (users(1, 1.0, *choice, choice=True), low))
    for method in ("exact", "approximate"):
        assert solved(network, method).throughput["users"] == pytest.approx(1 / (1.0 + 0.1 + 0.75), rel=1e-6)


def test_too_many_customers_for_a_chain_are_refused() -> None:
    work = Task("work", "p", (Entry("work.do", 0.5),), None)
    with pytest.raises(ValueError, match="simulate"):
        solve_layered(LayeredNetwork((DELAY, Processor("p")), (users(2_000_000, 1.0, Call("work.do")), work)))


def test_too_many_ways_to_reach_an_entry_are_refused() -> None:
    tasks = [users(1, 1.0, Call("t0.e"))]
    for depth in range(12):
        calls = (Call(f"t{depth + 1}.e"), Call(f"t{depth + 1}.f")) if depth < 11 else ()
        tasks.append(
            Task(f"t{depth}", "users", (Entry(f"t{depth}.e", 0.1, calls), Entry(f"t{depth}.f", 0.1, calls)))
        )
    with pytest.raises(ValueError, match="simulate"):
        solve_layered(LayeredNetwork((DELAY,), tuple(tasks)))
