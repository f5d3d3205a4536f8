"""What draws has a stream and a law of its own: quick to tell, by what stands before it and changes nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from groma.model.law import Constant, Empirical, Gamma
from groma.solvers.simulation import Assembler, Settings, run
from groma.solvers.simulation.program import Ending
from solvers.simulation_numbers import BEGIN, EDGE, chosen, in_layer, word

SETTINGS = Settings(until=60.0, trace=4000)


FLOWS = ("paused", "rounds", "keys", "rows", "lots", "hidden")


def others(a: Assembler) -> None:
    """Other laws, sizes, numbers and kinds of all that is looked at."""
    first = a.register()
    wide, narrow = (a.table([(0.25 * n,) for n in range(rows)]) for rows in (7, 2))
    a.cache("none", 1, (1.0, 1.0))
    cache = a.cache("other", 2, (1.0, 1.0, 2.0, 4.0))
    with a.flow("none"), a.retry(1):
        a.delay(Gamma(0.5, 0.5))
    with a.flow("other"), a.retry(4, backoff=0.5, jitter=0.75):
        a.draw_row(first, wide)
        a.draw_row(first, narrow)
        with a.loop(until=0.5):
            a.delay(Gamma(0.25, 0.25), per=[(first, 0.5)])
        with a.cached(cache):
            a.fails(0.5, "failed")


def others_come(a: Assembler) -> None:
    a.source("none", gaps=Constant(0.5), customers=1)
    a.source("other", gaps=Gamma(0.5, 0.5), customers=2)


def looked_at(a: Assembler) -> None:
    """Everything that draws, in a flow of its own."""
    first = a.register()
    table = a.table([(0.5 * n,) for n in range(5)])
    cache = a.cache("c", 2, (4.0, 3.0, 2.0, 1.0, 1.0, 1.0))
    s = a.station("s", units=4)
    a.part("part", Constant(1.5), Constant(0.25), [a.unit(s)])
    with a.flow("paused"), a.retry(3, backoff=0.5, jitter=0.5):
        a.fail("failed")
    with a.flow("rounds"), a.loop(until=0.25):
        a.delay(Constant(0.125))
    with a.flow("keys"), a.cached(cache):
        a.delay(Constant(0.25))
    with a.flow("rows"):
        a.draw_row(first, table)
        a.delay(Constant(0.125), per=[(first, 1.0)])
    with a.flow("lots"), a.hold(s):
        a.work(s, Constant(5.0))
    with a.flow("hidden"):
        a.mark("there")
    a.source("hidden", states=((1.0, (0.0, 0.5)), (3.0, (0.5, 0.0))))
    a.source("lots", gaps=Constant(0.5), customers=1)
    for name in ("paused", "rounds", "keys", "rows"):
        a.source(name, times=tuple(0.75 * n for n in range(70)))


def test_what_is_drawn_does_not_hang_on_what_stands_before() -> None:
    """When runs end, and how, is what it was without the others (whose sources come last, as those have streams named
    by their number)."""
    seen: list[dict[str, list[tuple[float, int]]]] = []
    for written in ((looked_at,), (others, looked_at, others_come)):
        a = Assembler()
        for write in written:
            write(a)
        program = a.program()
        trace = run(program, SETTINGS, interpreted=True).trace
        seen.append(
            {
                name: sorted((t.time, t.b) for t in trace if (t.what, t.c) == ("end", program.flow(name)))
                for name in FLOWS
            }
        )
    alone, beside = seen
    assert {end for _, end in alone["lots"]} == {0, 2}
    for name, ends in alone.items():
        assert [end for _, end in beside[name]] == [end for _, end in ends], name
        assert [time for time, _ in beside[name]] == pytest.approx([time for time, _ in ends]), name


def began(order: str, features: dict[str, dict[str, Any]], until: float) -> dict[str, list[float]]:
    """When runs of sources begin that stand in this order, and take half a second each."""
    a = Assembler()
    for name in sorted(order):
        with a.flow(name):
            a.delay(Constant(0.5))
    for name in order:
        a.source(name, **features[name])
    program = a.program()
    trace = run(program, Settings(until=until, trace=400), interpreted=True).trace
    return {name: [t.time for t in trace if (t.what, t.b) == ("run", program.flow(name))] for name in order}


@pytest.mark.parametrize("order", ["cgsp", "gcps", "spgc", "pscg"])
def test_sources_of_four_kinds_are_each_of_their_own(order: str) -> None:
    """A customer who thinks for 2 s before each half; one every 4 s; one for each four units of a time that goes at
    twice the pace until 10 s; and one for each two units of a time that goes so for 4.25 s of every 10 s, else not."""
    features: dict[str, dict[str, Any]] = {
        "c": {"gaps": Constant(2.0), "customers": 1},
        "g": {"gaps": Constant(4.0)},
        "s": {"gaps": Constant(4.0), "rates": ((0.0, 2.0), (10.0, 1.0))},
        "p": {"gaps": Constant(2.0), "rates": ((0.0, 2.0), (4.25, 0.0)), "period": 10.0},
    }
    assert began(order, features, 25.0) == {
        "c": [2.0 + 2.5 * n for n in range(10)],
        "g": [4.0 * n for n in range(1, 7)],
        "s": [2.0, 4.0, 6.0, 8.0, 10.0, 14.0, 18.0, 22.0],
        # 8.5 units in each of its periods, so that the fifth comes 1.5 units after the beginning of the second.
        "p": [1.0, 2.0, 3.0, 4.0, 10.75, 11.75, 12.75, 13.75, 20.5, 21.5, 22.5, 23.5],
    }


@pytest.mark.parametrize("order", [("fifo", "lifo"), ("lifo", "fifo")])
def test_a_stack_beside_a_queue_is_one(order: tuple[str, str]) -> None:
    """Of works of 3, 1 and 2 s that come at 0, 1 and 2 s the second is next in a queue, the third in a stack."""
    a = Assembler()
    work, works = a.register(), a.table([(3.0,), (1.0,), (2.0,)])
    for name in order:
        s = a.station(name, discipline=name)
        with a.flow(name):
            a.draw_row(work, works, by_run=True)
            with a.hold(s):
                a.work(s, Constant(0.0), per=[(work, 1.0)])
        a.source(name, times=(0.0, 1.0, 2.0))
    program = a.program()
    trace = run(program, SETTINGS, interpreted=True).trace
    ends = {name: [t.time for t in trace if (t.what, t.c) == ("end", program.flow(name))] for name in order}
    assert ends == {"fifo": [3.0, 4.0, 6.0], "lifo": [3.0, 5.0, 6.0]}


@pytest.mark.parametrize("order", ["fgh", "hgf"])
def test_pauses_grow_as_their_own_policy_says(order: str) -> None:
    """Three of 1, 2 and 4 s; of 1, 3 and 9 s; and of 1, 3 and 5 s, where none is longer."""
    policies = {"f": (2.0, 99.0), "g": (3.0, 99.0), "h": (3.0, 5.0)}
    a = Assembler()
    for name in order:
        factor, longest = policies[name]
        with a.flow(name), a.retry(3, backoff=1.0, factor=factor, longest=longest):
            a.fail("failed")
        a.source(name, times=(0.5,))
    program = a.program()
    trace = run(program, SETTINGS, interpreted=True).trace
    ends = {name: [t.time for t in trace if (t.what, t.c) == ("end", program.flow(name))] for name in order}
    assert ends == {"f": [7.5], "g": [13.5], "h": [9.5]}


def test_a_run_ends_with_its_own_error_when_its_steps_are_undone() -> None:
    """Two runs overlap, of which each undoes a step for a second."""
    a = Assembler()
    with a.routine("undo") as undo:
        a.delay(Constant(1.0))
    kinds: tuple[tuple[float, Ending], ...] = ((0.0, "rejected"), (0.25, "failed"))
    for time, kind in kinds:
        with a.flow(kind):
            a.compensate(undo)
            a.fail(kind)
        a.source(kind, times=(time,))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    assert [(t.time, t.b) for t in outcome.trace if t.what == "end"] == [(1.0, 4), (1.25, 5)]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_as_many_units_are_needed_as_a_station_says_itself(order: tuple[int, int]) -> None:
    """Of two units one is down from 1 s on: whose batch comes at 2 s, or asks at a gate, is let in where one is
    enough."""
    a = Assembler()
    for enough in order:
        s = a.station(
            str(enough), units=2, enough=enough, discipline="batch", batch=1, batch_laws=(Constant(0.5),)
        )
        a.action(1.0, "down", a.unit(s))
        for name in (f"batch {enough}", f"gate {enough}"):
            with a.flow(name):
                a.batch(s) if name.startswith("batch") else a.gate(s)
            a.source(name, times=(0.0, 2.0))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    ended = {flow.name: (flow.ended["ok"], flow.ended["unavailable"]) for flow in outcome.flows}
    assert ended == {"batch 1": (2, 0), "gate 1": (2, 0), "batch 2": (1, 1), "gate 2": (1, 1)}


def test_the_last_of_a_batch_gives_up_and_nobody_else_in_a_queue() -> None:
    """Two are in a batch of 8 s from 0.25 s, of whom the second gives up at 3 s. The first of all waits for a server
    meanwhile, and one behind it."""
    a = Assembler()
    s, b = (
        a.station("s"),
        a.station("b", discipline="batch", batch=2, most_wait=1.0, batch_laws=(Constant(8.0),) * 2),
    )
    for name, before, work in (("first", 1.0, 1.0), ("holds", 0.0, 10.0), ("behind", 0.0, 1.0)):
        with a.flow(name):
            a.delay(Constant(before))
            with a.hold(s):
                a.work(s, Constant(work))
    with a.flow("stays"):
        a.batch(b)
    with a.flow("leaves"), a.timeout(2.75):
        a.batch(b)
    for name, time in (("first", 0.0), ("stays", 0.25), ("leaves", 0.25), ("holds", 0.5), ("behind", 2.0)):
        a.source(name, times=(time,))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    assert {flow.name: flow.ended["ok"] for flow in outcome.flows} == {
        "first": 1,
        "holds": 1,
        "behind": 1,
        "stays": 1,
        "leaves": 0,
    }
    assert [t.time for t in outcome.trace if t.what == "end"] == [3.0, 8.25, 10.5, 11.5, 12.5]


def test_an_error_that_is_handled_is_still_that_one_when_others_have_come() -> None:
    """Two runs overlap: each waits a second before its error goes on."""
    a = Assembler()
    with a.flow("f"), a.catching(("rejected",)) as caught:
        a.fail("rejected")
        with caught():
            a.delay(Constant(1.0))
            a.fail_again()
    a.source("f", times=(0.0, 0.5))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    assert outcome.flow("f").ended["rejected"] == 2


def test_shares_are_those_of_their_own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.3 lies in the third of shares of 1/8, 1/8 and 3/4, in the first of two halves, and in the second of 1/4, 1/2
    and 1/4, 0.9 in the last of each; and times from the least to the most are those of their own flow."""
    weights = ((0.125, 0.125, 0.75), (0.5, 0.5), (0.25, 0.5, 0.25))
    chosen(monkeypatch, *([word(0.3), word(0.9)] for _ in weights))
    a = Assembler()
    for n, shares in enumerate(weights):
        with a.flow(str(n)):
            a.delay(Empirical((n + 1.0, n + 2.0, n + 3.0)[: len(shares)], shares))
        a.source(str(n), times=(0.0, 10.0))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    found = [outcome.flow(str(n)).latency for n in range(3)]
    assert [(times.least, times.most, times.total) for times in found] == [
        (3.0, 3.0, 6.0),
        (2.0, 3.0, 5.0),
        (4.0, 5.0, 9.0),
    ]


def test_who_stops_in_an_operation_goes_on_behind_it() -> None:
    """Two runs overlap: each does a second of what is called, which then stops, and two seconds more."""
    a = Assembler()
    with a.routine("stops") as stops:
        a.delay(Constant(1.0))
        a.stop()
    with a.flow("f"):
        a.call(stops)
        a.delay(Constant(2.0))
        a.tally("behind")
    a.source("f", times=(0.0, 0.5))
    outcome = run(a.program(), SETTINGS, interpreted=True)
    assert [t.time for t in outcome.trace if t.what == "end"] == [3.0, 3.5]
    assert outcome.tallies == {"behind": 2.0}


def test_those_who_go_on_at_once_are_as_many_as_they_are() -> None:
    """A thousand branches, ten at a time: four times as many as there is place for at first."""
    a = Assembler()
    with a.flow("f"), a.parallel(10) as branch:
        for n in range(10):
            with branch(n):
                a.tally("branches")
    a.source("f", times=tuple(float(n) for n in range(100)))
    outcome = run(a.program(), Settings(until=200.0), interpreted=True)
    assert (outcome.tallies, outcome.flow("f").ended["ok"]) == ({"branches": 1000.0}, 100)


def test_beyond_the_tail_a_point_in_a_wedge_counts_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marsaglia and Tsang 2000: what lies beyond the edge of the lowest layer is the edge and an exponential time more,
    also where that is a point in a layer that isn't all below the density."""
    beyond = in_layer(0, (BEGIN[256] / EDGE[0] + 1.0) / 2)[0]
    number, time = in_layer(9, (BEGIN[9] / EDGE[9] + 1.0) / 2)
    chosen(monkeypatch, [beyond, number, word(0.0), beyond, beyond, number, word(0.0)])
    a = Assembler()
    with a.flow("f"):
        a.delay(Gamma(1.0, 1.0), stream="s")
        a.mark("first")
        a.delay(Gamma(1.0, 1.0), stream="s")
    a.source("f", times=(0.0,))
    found = run(a.program(), Settings(until=99.0), interpreted=True).flow("f")
    edge = BEGIN[256]
    assert found.passed["first"].total == pytest.approx(edge + time)
    assert found.latency.total == pytest.approx(3 * edge + 2 * time)
