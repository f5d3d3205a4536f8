"""What reaches stations and limits, and who stands behind whom, counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.brackets import GRID
from analyses.given import context
from analyses.stations import erlang_c, law_of
from groma.analyses import figure
from groma.analyses.interval import ONE
from groma.analyses.loads.envelope import envelope_of
from groma.analyses.loads.queues import Queues
from groma.analyses.loads.revisits import Revisits, revisits
from groma.analyses.loads.rounds import loads_of
from groma.analyses.outcome.law import FAST, SLOW


@pytest.mark.parametrize(
    ("rate", "arrivals", "poisson"),
    [
        (1, "1 s ± 1 s", True),
        (0.02, "50 s ± 50 s", True),
        (1, "1 s ± 1.5 s", False),
        (0.02, "50 s ± 51 s", False),
        (0.5, "2 s", False),
        (1, "'lognormal(median 707.10678 ms, p95 2781.1 ms)'", False),
    ],
)
def test_a_stream_of_exponential_gaps_is_poisson(rate: float, arrivals: str, poisson: bool) -> None:
    text = f"""
components: {{a: {{kind: s, threads: 1, offers: {{f: {{work: 300 ms ± 300 ms}}}}}}}}
flows: {{main: {{starts: {{rate: {rate}/s, arrivals: {arrivals}}}, steps: [{{call: a.f}}]}}}}
"""
    found = figure(context(text), "latency/main/mean")
    assert (found.high is not None) is poisson
    assert any("aren't Poisson" in note for note in found.valid) is not poisson


def test_all_calls_that_may_reach_a_limit_are_offered_to_it() -> None:
    """Three in each of two runs a second, and in one run of another flow: nine. One that is in no flow has none."""
    text = """
components: {a: {kind: s, offers: {f: {work: 1 ms}}}}
flows:
  main:
    starts: {rate: 2/s}
    steps: [{repeat: {times: 3, steps: [{call: a.f, limit: {rate: 20/s, burst: 5}}]}}, {call: a.f}]
  other: {starts: {rate: 1/s}, steps: [{do: main}]}
"""
    loads = loads_of(context(text))
    assert loads is not None and list(loads.offered.values()) == pytest.approx([9.0])
    alone = (
        text[: text.index("flows:")]
        + """
flows: {main: {starts: {rate: 2/s}, steps: [{call: a.f, limit: {rate: 20/s, burst: 5}}]}}
"""
    )
    only = loads_of(context(alone))
    assert only is not None and list(only.offered.values()) == pytest.approx([2.0])


def test_first_calls_are_those_of_the_runs_that_make_them() -> None:
    """Four in ten of five runs a second."""
    text = """
components: {a: {kind: s, threads: 1, queue: 2, offers: {f: {work: 10 ms ± 10 ms}}}}
flows:
  main:
    starts: {rate: 5/s}
    steps:
      - choose:
          - {share: 40 %, steps: [{call: a.f, retry: {times: 2, on: [throttled], backoff: 10 ms}}]}
          - {share: 60 %, steps: [{wait: 1 s}]}
"""
    loads = loads_of(context(text))
    assert loads is not None
    (only,) = loads.arrivals["components.a"]
    assert only.first is not None and (only.first.low, only.first.high) == pytest.approx((2.0, 2.0))


def test_people_who_are_at_work_in_the_busiest_hour_are_said_to_be() -> None:
    text = """
people: {ana: {works: Mon-Fri 09:00-17:00}}
flows: {main: {starts: {rate: 1/h}, steps: [{ask: ana, takes: 1 min}]}}
"""
    notes = Queues(context(text), GRID, loads_of(context(text))).waiting("people.ana").notes
    assert notes == {"ana is at work in the busiest hour", "calls reach people.ana as a Poisson stream"}


def test_means_of_people_who_are_asked_twice_are_those_of_jackson() -> None:
    """A third of the time at work, ten minutes each: as an M/M/1 queue with twice the questions."""
    text = """
people: {ana: {}}
flows:
  main:
    starts: {rate: 1/h}
    steps: [{ask: ana, takes: 10 min ± 10 min}, {ask: ana, takes: 10 min ± 10 min}]
"""
    assert figure(context(text), "latency/main/mean").value == pytest.approx(2 * 600 / (1 - 1 / 3), rel=1e-6)


BEHIND = """
components:
  a: {kind: s, threads: UNITS, offers: {f: {work: 1 ms, steps: [{call: b.g}]}, h: {work: 1 ms, steps: [{call: c.g}]}}}
  p: {kind: resource, threads: UNITS}
  b: {kind: s, threads: 1, offers: {g: {work: 10 ms}}}
  c: {kind: s, threads: 1, offers: {g: {work: 10 ms}}}
flows:
  main: {starts: {rate: 10/s}, steps: [STEPS]}
  other: {starts: {rate: 10/s}, steps: [OTHER]}
"""


@pytest.mark.parametrize(
    ("steps", "other"),
    [
        ("{call: a.f}", "{call: a.h}"),
        ("{hold: p, steps: [{call: b.g}]}", "{hold: p, steps: [{call: c.g}]}"),
        ("{call: a.f}", "{hold: p, steps: [{call: c.g}]}"),
    ],
)
@pytest.mark.parametrize("units", [1, 2, 9])
def test_behind_few_servers_or_units_that_are_held_nobody_need_wait(
    steps: str, other: str, units: int
) -> None:
    """They let few at a time come to them. Nine, where one is seldom wanted, let a tenth find a call there."""
    text = BEHIND
    for operation, inside in (("f", "b"), ("h", "c")):
        if f"a.{operation}" not in steps + other:
            text = text.replace(f"steps: [{{call: {inside}.g}}]}}", "steps: []}")
    c = context(text.replace("STEPS", steps).replace("OTHER", other).replace("UNITS", str(units)))
    queues = Queues(c, GRID, loads_of(c))
    for name in ("b", "c"):
        at_once = law_of(queues.waiting(f"components.{name}")).cdf[FAST, 0]
        assert at_once == pytest.approx(1.0 if units < 9 else 0.9, abs=0.01)


@pytest.mark.parametrize(("threads", "at_once"), [(3, 2), (4, 2), (4, 3), (2, 2), (2, 3), (2, 5)])
def test_calls_of_one_run_find_a_server_where_one_is_left_beside_the_others(
    threads: int, at_once: int
) -> None:
    """Each of so many calls finds none free as often as groups of so many, at a station with a server less for each of
    the others, find no place for another group; those that come as one wait as calls at the whole station."""
    branches = ", ".join(["[{call: a.f}]"] * at_once)
    text = f"""
components: {{a: {{kind: s, threads: {threads}, offers: {{f: {{work: 10 ms ± 10 ms}}}}}}}}
flows: {{main: {{starts: {{rate: {30 / at_once}/s}}, steps: [{{parallel: [{branches}]}}]}}}}
"""
    c = context(text)
    law = law_of(Queues(c, GRID, loads_of(c)).waiting("components.a"))
    left = math.ceil((threads - (at_once - 1)) / at_once)
    free = 1 - erlang_c(0.3 / at_once, left) if left > 0 else 0.0
    assert law.cells[SLOW, 0] == pytest.approx(free * (1 - erlang_c(0.3, threads)), rel=0.02)


def test_what_falls_back_after_attempts_is_no_attempt() -> None:
    """Three attempts at the one, and one call of the other after them."""
    text = """
components: {a: {kind: s, threads: 1, offers: {h: {work: 1 ms, fails: 9 %}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.h, retry: {times: 2}, fallback: [{wait: 1 s}]}]}}
"""
    assert revisits(context(text)) == {"components.a": Revisits(3, 1)}


def test_a_load_that_may_be_none_has_no_upper_end_of_its_envelope() -> None:
    """Up to five calls a second of a tenth of a second: twice as many can be served, of none any number."""
    text = """
components: {a: {kind: s, threads: 1, offers: {f: {work: 100 ms ± 100 ms}}}}
flows: {main: {starts: {rate: {value: 2/s, known: 0/s .. 5/s}}, steps: [{call: a.f}]}}
"""
    c = context(text)
    found = envelope_of(c, figure(c, "latency/main/mean"))
    assert found is not None and found.low == pytest.approx(2.0) and found.high is None


def test_whether_units_are_few_hangs_on_all_who_hold_them() -> None:
    """Others that hold the same units for a second make them few: what was told of the queue behind them before, in the
    same context and at the same rate of its own, doesn't hold any more."""
    text = """
components: {p: {kind: resource, threads: 40}, c: {kind: s, threads: 1, offers: {g: {work: 10 ms ± 10 ms}}}}
flows:
  main: {starts: {rate: 10/s}, steps: [{hold: p, steps: [{call: c.g}]}]}
  other: {starts: {rate: 20/s}, steps: [{hold: p, steps: [{wait: 1 s}]}]}
"""
    c = context(text)
    whole = loads_of(c)
    assert whole is not None
    calm = replace(
        whole, arrivals={s: tuple(a for a in each if a.flow == "main") for s, each in whole.arrivals.items()}
    )
    told = [law_of(Queues(c, GRID, loads).waiting("components.c")).cdf[FAST, 0] for loads in (calm, whole)]
    assert told == pytest.approx([0.9, 1.0], abs=0.01)
    held = [
        Queues(c, GRID, loads).demand(loads.arrivals["components.p"][0].use, ONE) for loads in (calm, whole)
    ]
    assert held[0].key != held[1].key
