"""Attempts that may hang on one another through a queue, and open choices: what is known of them, counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.brackets import GRID
from analyses.given import context, on, opened
from analyses.stations import at, calls, law_of, room
from groma.analyses import figure
from groma.analyses.interval import point
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.queues import Queues
from groma.analyses.loads.rounds import loads_of, queues_on
from groma.analyses.outcome.algebra import OK
from groma.analyses.outcome.late import Late, meeting, waits, waits_inside
from groma.analyses.outcome.law import FAST, SLOW, added, fixed, scaled
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.model.law import Constant

TRIED = """
components:
  a: {kind: s, threads: THREADS, offers: {f: {work: 10 ms ± 10 ms}}}
  b: {kind: s, threads: 1, offers: {f: {work: 10 ms ± 10 ms}}}
flows:
  main: {starts: {rate: 20/s}, steps: [{call: a.f, timeout: 10 ms, MORE}]}
  other: {starts: {rate: 20/s}, steps: [{call: b.f}]}
"""
RETRY = "retry: {times: 2, on: [timeout]}"


def tried(threads: int, more: str = RETRY) -> str:
    return TRIED.replace("THREADS", str(threads)).replace("MORE", more)


def test_somebody_waits_where_not_all_are_served_at_once() -> None:
    half = added([scaled(GRID, fixed(GRID, t), GRID.triple(0.5, 0.5, 0.5)) for t in (0.0, 0.1)])
    assert [waits(Waiting(law)) for law in (None, fixed(GRID, 0.0), half)] == [False, False, True]


def test_all_but_those_that_may_wait_are_as_if_nobody_did() -> None:
    """Three attempts, each waiting in a small share of runs: those may all be late after the first."""
    c = context(tried(5))
    queues, step = queues_on(c, time_grid(c)), c.model.flows["main"].steps[0]
    waiting = queues.waiting("components.a")
    share = meeting(queues.outcomes, step, None)
    assert 0 < waiting.meets < 0.1 and share == pytest.approx(3 * waiting.meets)
    found, free = figure(c, "success/main"), 1 - math.exp(-3)
    assert found.low is not None
    assert found.low <= (1 - share) * free + share * (1 - math.exp(-1)) + 2e-3 * share
    assert found.low >= (1 - share) * (free - 2e-3)


def test_a_fallback_to_another_station_is_independent() -> None:
    """The one that is called at first never waits, the other does."""
    for more, alike in (("fallback: [{call: b.f}]", False), ("fallback: [{call: a.f}]", True)):
        c = context(tried(3, more))
        there = frozenset({"components.b" if not alike else "components.a"})
        step = c.model.flows["main"].steps[0]
        assert waits_inside(queues_on(c, time_grid(c)).outcomes, step, there) is alike
        notes = figure(c, "success/main").valid
        assert any("its fallback may meet the queue" in note for note in notes) is alike


@pytest.mark.parametrize(("times", "budget", "bites"), [(1, 30, True), (1, 60, False), (2, 60, True)])
def test_a_retry_budget_bites_where_more_would_be_tried(times: int, budget: int, bites: bool) -> None:
    """Half of all attempts fail: half as many more with one, three quarters with two."""
    text = f"""
components: {{a: {{kind: s, offers: {{f: {{work: 1 ms, fails: 50 %}}}}}}}}
flows:
  main:
    starts: {{rate: 1/s}}
    steps: [{{call: a.f, retry: {{times: {times}, on: [failed], budget: {budget} %}}}}]
"""
    ok = Outcomes(context(text), GRID).flow("main").ends[OK].mass
    well = 1 - 0.5 ** (times + 1)
    assert ok[[FAST, SLOW]] == pytest.approx([well, 0.5 if bites else well])


def test_a_retry_budget_does_not_bite_where_few_are_turned_away() -> None:
    """Two attempts more for the one call in a hundred or so that finds the server busy."""
    text = """
components: {a: {kind: s, threads: 1, queue: 0, offers: {f: {work: 10 ms ± 10 ms}}}}
flows:
  main:
    starts: {rate: 1/s}
    steps: [{call: a.f, retry: {times: 2, on: [throttled], backoff: 10 ms, budget: 50 %}}]
"""
    notes = figure(context(text), "success/main").valid
    assert any("a queue that turned a call away" in note for note in notes)
    assert not any("the retry budget may bite" in note for note in notes)


def test_what_a_queue_hangs_on_is_what_its_wait_is_remembered_by() -> None:
    """Ten times as many calls reach the station further in, and servers are held for longer."""
    text = """
components:
  a: {kind: s, threads: 1, offers: {f: {work: 10 ms ± 10 ms, steps: [{call: b.g}]}}}
  b: {kind: s, threads: 1, offers: {g: {work: 10 ms ± 10 ms}}}
flows: {main: {starts: {rate: 8/s}, steps: [{call: a.f}]}, beside: {starts: {rate: 8/s}, steps: [{call: b.g}]}}
"""
    c = context(text)
    loads = loads_of(c)
    assert loads is not None
    few, many = loads.arrivals["components.b"]
    more = replace(loads, arrivals={**loads.arrivals, "components.b": (few, replace(many, rate=point(70.0)))})
    waits = [law_of(Queues(c, GRID, each).waiting("components.a")).moment[SLOW] for each in (loads, more)]
    assert waits[1] > 2 * waits[0]
    assert law_of(Queues(context(text), GRID, more).waiting("components.a")).moment[SLOW] == waits[1]


def test_a_station_that_asks_itself_within_a_limit_has_the_wait_that_it_has() -> None:
    """Nobody is there but the run itself, and a second server is free."""
    text = """
components:
  a: {kind: s, threads: 2, offers: {f: {work: 1 ms, steps: [{call: a.g, timeout: 1 s}]}, g: {work: 1 ms}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: a.f}]}}
"""
    found = figure(context(text), "success/main")
    assert found.low is not None and found.low > 0.99


@pytest.mark.parametrize(("action", "stands"), [("call", False), ("send", False)])
def test_a_part_that_is_not_there_stands_for_nothing(action: str, stands: bool) -> None:
    c = opened(
        "components: {x: {kind: s, offers: {f: {}}}, one: {kind: s, offers: {f: {work: 1 ms}}}}\n"
        f"flows: {{main: {{starts: {{rate: 1/s}}, steps: [{{{action}: x.f}}]}}}}\n",
        "x", "which", one="one",
    )  # fmt: skip
    there = c.model.flows["main"].steps[0].action
    assert Outcomes(c, GRID).stands(there)
    assert Outcomes(on(replace(c.model, alternatives={})), GRID).stands(there) is stands


def test_a_last_place_is_found_by_no_more_late_calls_than_wait() -> None:
    """Servers are busy a tenth of the time; all of them at once next to never, but for what comes late together."""
    one = calls(point(0.4), Constant(1.0), late=Late(share=0.2, calm=0.8, tries=2.0))
    waiting = at(4, one, room=room("queue: 5"))
    wait = 1 - float(law_of(at(4, one)).cells[SLOW, 0])
    assert waiting.full is not None and waiting.full[FAST] == pytest.approx(wait)
    assert 0.08 / (4 - 0.32) < wait < 0.4 / 4
