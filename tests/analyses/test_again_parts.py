"""Which calls come again, when, and to whom: steps told apart one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import context, opened
from groma.analyses.context import Context
from groma.analyses.loads.again import asks_again, at_once, crowded, lost, spread, spreads, turned_away_alone
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.model.program import Step

TEXT = """
people: {ana: {role: clerk}}
components:
  desk: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s}, g: {work: 1 s, throttled: 10 %},
    h: {work: 1 s, steps: [{call: desk.f}]}, i: {work: 1 s, steps: [{call: spare.f}]}}}
  front: {kind: s, offers: {f: {steps: [{call: desk.f}]}}}
  far: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s}}}
  near: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s}}}
  spare: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s}}}
connections: {line: {from: ana, to: far, latency: 1 ms}, wire: {from: ana, to: near}}
flows:
  main: {by: ana, starts: {rate: 1/s}, steps: [STEP]}
"""
BREAKER = "breaker: {opens_at: 90 %, window: 10 s, half_open_after: 5 s}"


def given(step: str) -> tuple[Context, Step]:
    c = context(TEXT.replace("STEP", step))
    return c, c.model.flows["main"].steps[0]


@pytest.mark.parametrize(
    ("step", "again", "now", "alone"),
    [
        ("{call: desk.f, retry: 1}", True, True, True),
        ("{call: desk.f, retry: {times: 1, on: [timeout, throttled]}}", True, True, True),
        ("{call: desk.f, retry: {times: 1, backoff: 0 s}, timeout: 1 s}", True, True, True),
        ("{call: desk.f, retry: {times: 1, backoff: 1 s}}", True, False, True),
        ("{call: desk.f, retry: {times: 1, backoff: {value: 0 s, known: 0 s .. 1 s}}}", True, False, True),
        ("{call: desk.f}", False, False, True),
        ("{call: desk.f, retry: 0}", False, False, True),
        ("{call: desk.f, retry: {times: 2, on: failed}}", False, False, True),
        ("{send: desk.f, retry: 1}", True, False, False),
        ("{steps: [{call: desk.f}], retry: 1}", True, False, False),
        (f"{{call: desk.f, retry: 1, {BREAKER}}}", True, False, False),
        ("{call: desk.f, retry: 1, limit: {rate: 9/s}}", True, False, False),
        ("{call: desk.f, retry: 1, hedge: {after: 1 s}}", True, False, False),
        ("{call: desk.g, retry: 1}", True, False, False),  # turned away by itself, too
        ("{call: desk.h, retry: 1}", True, False, True),  # its own steps come to the same queue
        ("{call: desk.i, retry: 1}", True, False, False),  # or to another
        ("{call: front.f, retry: 1}", True, False, False),
        ("{call: far.f, retry: 1}", True, False, True),  # the way takes time
        ("{call: near.f, retry: 1}", True, True, True),
        ("{call: desk.f, retry: 1, guard: [{name: x, steps: [{call: spare.f}]}]}", True, True, False),
        ("{call: desk.f, retry: 1, fallback: [{call: spare.f}]}", True, True, True),
    ],
)
def test_who_comes_again_at_once_and_is_turned_away_by_one_queue_alone(
    step: str, again: bool, now: bool, alone: bool
) -> None:
    c, there = given(step)
    assert asks_again(there.policies.retry) is again
    assert at_once(c, there) is now
    assert turned_away_alone(c, there) is alone


@pytest.mark.parametrize(
    ("one", "two", "now"),
    [
        ("offers: {f: {work: 1 s}}", "offers: {f: {work: 2 s}}", True),
        ("offers: {f: {work: 1 s}}", "offers: {f: {work: 2 s, throttled: 1 %}}", False),
        ("offers: {f: {work: 1 s, steps: [{call: a.f}]}}", "offers: {f: {work: 2 s}}", False),
        ("offers: {f: {work: 1 s}}", "offers: {g: {work: 2 s, throttled: 1 %}}", True),
    ],
)
def test_of_an_open_part_each_that_may_stand_there_counts(one: str, two: str, now: bool) -> None:
    text = f"""
components:
  a: {{kind: s, offers: {{f: {{work: 1 s}}}}}}
  one: {{kind: s, {one}}}
  two: {{kind: s, {two}}}
  part: {{kind: s, offers: {{f: {{}}}}}}
flows: {{main: {{starts: {{rate: 1/s}}, steps: [{{call: part.f, retry: 1}}]}}}}
"""
    c = opened(text, "part", "which", one="one", two="two")
    step = c.model.flows["main"].steps[0]
    assert at_once(c, step) is now and not turned_away_alone(c, step)
    taken = c.with_partial({"which": "one"})
    assert turned_away_alone(taken, step) is ("steps" not in one)


def test_the_narrowest_spread_of_pauses_before_each_station() -> None:
    """Of jitter a half 10 s at desk and front, less at spare; at once or after errors alone nobody counts."""
    steps = (
        "{call: front.f, retry: {times: 1, backoff: 10 s, jitter: 0.5}},"
        " {call: spare.f, retry: {times: 1, backoff: 10 s, jitter: 0.5}},"
        " {call: spare.f, retry: {times: 1, backoff: 4 s ± 4 s}},"
        " {call: spare.f, retry: {times: 1, backoff: 30 s ± 30 s}},"
        " {call: near.f, retry: 1}, {call: far.f, retry: {times: 1, backoff: 5 s, on: failed}}"
    )
    c, _ = given(steps)
    assert spreads(c) == {
        "components.front": pytest.approx(10.0),
        "components.desk": pytest.approx(10.0),
        "components.spare": pytest.approx(4.0),
    }
    assert spreads(given("{call: desk.f}, {call: near.f, retry: 1}")[0]) == {}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("backoff: {value: 10 s, known: 5 s .. 20 s}, jitter: 0.5", 5.0),  # at its low end
        ("backoff: 10 s, jitter: 0.5, factor: 0.5", 10.0 / 4),
        ("backoff: 10 s, jitter: 0.5, factor: 3", 10.0),
        ("backoff: 10 s, jitter: 0.5, factor: 1", 10.0),
        ("backoff: 10 s, jitter: 0.5, factor: 1.5", 10.0),
        ("backoff: 'uniform(4 s, 10 s)', factor: 0.5", 1.5),
    ],
)
def test_the_narrowest_of_three_pauses(written: str, seconds: float) -> None:
    retry = given(f"{{call: desk.f, retry: {{times: 3, {written}}}}}")[1].policies.retry
    assert retry is not None and spread(retry) == pytest.approx(seconds)


GRID = Grid(0.1, 16)
NOBODY = Waiting(None)
FULL = Waiting(None, ("full",), GRID.triple(0.3, 0.0, 0.1), crowded=True, lost=0.25)


@pytest.mark.parametrize(
    ("step", "waiting", "hang", "most"),
    [
        ("{call: desk.f, retry: {times: 1, backoff: 1 s}}", FULL, True, 0.25),
        ("{call: front.f, retry: {times: 1, backoff: 1 s}}", FULL, True, 1.0),
        ("{steps: [{call: spare.f}, {call: desk.f}], retry: 1}", FULL, True, 1.0),
        ("{call: spare.f, retry: {times: 1, backoff: 1 s}}", FULL, False, 1.0),
        ("{call: desk.g, retry: {times: 1, backoff: 1 s}}", FULL, True, 1.0),
        ("{call: desk.f, retry: {times: 1, backoff: 1 s}}", replace(FULL, full=None), False, 0.25),
        ("{call: desk.f, retry: {times: 1, backoff: 1 s}}", NOBODY, False, 1.0),
        ("{call: desk.f, retry: {times: 1, backoff: 1 s}}", replace(FULL, crowded=False), False, 0.25),
        (
            "{call: desk.f, retry: {times: 1, backoff: 1 s}}",
            replace(FULL, full=GRID.triple(0, 0, 0)),
            False,
            0.25,
        ),
        ("{call: desk.f, retry: 1}", NOBODY, True, 1.0),  # at once: as far as any are turned away at all
        ("{call: desk.f, retry: {times: 1, on: failed}}", FULL, False, 0.25),
        ("{call: desk.f}", FULL, False, 0.25),
    ],
)
def test_attempts_hang_on_one_another_where_a_queue_is_still_full(
    step: str, waiting: Waiting, hang: bool, most: float
) -> None:
    c, there = given(step)
    outcomes = Outcomes(c, GRID, None, lambda station: waiting if station == "components.desk" else NOBODY)
    assert crowded(outcomes, there) is hang
    assert lost(outcomes, there) == most
