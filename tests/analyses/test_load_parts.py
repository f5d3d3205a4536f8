"""Loads, their ends and their envelopes on their own, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.loads.arrivals import FEW_CELLS, Arrivals, Loads, time_grid
from groma.analyses.loads.ends import rate_at_most
from groma.analyses.loads.envelope import envelope_of
from groma.analyses.loads.held_for import few
from groma.analyses.loads.rounds import (
    CLOSE,
    _same,  # pyright: ignore[reportPrivateUsage]
    counted,
    loads_of,
    most_loads,
)
from groma.model.figure import Envelope


def test_customers_who_are_served_at_once_come_as_often_as_they_think() -> None:
    text = "flows: {main: {starts: {population: 50, think: %s}, steps: [{wait: 1 s}]}}\n"
    c = context(text % "{value: 10 s, known: 5 s .. 20 s}")
    assert rate_at_most(c.model.flows["main"]) == pytest.approx(10.0)
    open_flow = context("flows: {main: {starts: {rate: 5/s}, steps: [{wait: 1 s}]}}\n").model.flows["main"]
    assert rate_at_most(open_flow) == 0.0
    assert rate_at_most(replace(open_flow, starts=None)) == 0.0


QUEUED = """
people: {desk: {}}
components:
  desk: {kind: s, threads: 1, queue: 0, offers: {f: {work: 1 s ± 1 s}}}
  free: {kind: s, offers: {f: {work: 1 s}}}
flows:
  main: {starts: {rate: 0.5/s}, steps: [{call: desk.f, timeout: 2 s, retry: {times: 1, on: timeout}}, {call: free.f}]}
  other: {starts: {rate: 0.1/s}, steps: [{ask: desk, takes: 1 s}]}
"""


def test_the_worst_load_of_a_queue_with_a_last_place_is_that_of_all_attempts() -> None:
    """Nothing is known of its queue: one attempt more at the most, and nominally nobody is turned away or late."""
    worst = most_loads(context(QUEUED))
    assert worst is not None
    rate = worst.rate("components.desk")
    assert rate.low == pytest.approx(0.5) and rate.high == pytest.approx(1.0)
    assert (
        rate.value is not None and 0.5 < rate.value < 0.6
    )  # work alone takes longer than 2 s with chance e^-2
    served = worst.arrivals["components.desk"][0].served
    assert served.low == 0.0 and served.value == pytest.approx(rate.value)
    assert worst.rate("components.free").high == pytest.approx(0.5 * (1 - math.exp(-4)), rel=1e-3)
    person = worst.arrivals["people.desk"][0]
    assert person.served == person.rate


def test_loads_are_the_same_up_to_a_share_either_way() -> None:
    found = loads_of(context(QUEUED))
    assert found is not None

    def times(factor: float) -> Loads:
        grown = {
            station: tuple(replace(a, rate=a.rate.scaled(factor)) for a in arrivals)
            for station, arrivals in found.arrivals.items()
        }
        return replace(found, arrivals=grown)

    assert _same(found, found)
    for factor in (1 - 3 * CLOSE, 1 + 3 * CLOSE):
        assert not _same(found, times(factor))
    for factor in (1 - CLOSE / 2, 1 + CLOSE / 2):
        assert _same(found, times(factor))
    arrivals = found.arrivals["people.desk"][0]
    for end in ("low", "value", "high"):
        moved = replace(arrivals, rate=replace(arrivals.rate, **{end: 0.15}))
        assert not _same(found, replace(found, arrivals={**found.arrivals, "people.desk": (moved,)}))
    assert isinstance(found.arrivals["people.desk"][0], Arrivals)


def test_where_nothing_hangs_on_time_waits_are_any_and_nominally_none() -> None:
    c = context("""
components: {a: {kind: s, threads: 1, offers: {f: {work: 1 s}}}, b: {kind: s, offers: {f: {work: 1 s}}}}
flows: {main: {starts: {rate: 0.5/s}, steps: [{call: a.f}, {call: b.f}]}}
""")
    waiting = counted(c).waiting("components.a")
    assert waiting.law is not None and counted(c).waiting("components.b").law is None
    assert waiting.law.mass.tolist() == [1.0, 1.0, 1.0] and waiting.law.moment.tolist() == [
        0.0,
        math.inf,
        0.0,
    ]
    assert waiting.law.cells[:, 0].tolist() == [1.0, 0.0, 1.0] and waiting.full is None


def test_bounds_on_many_designs_are_worked_out_on_few_points() -> None:
    """They reach as far beyond the longest limit as those of what is shown."""
    c = context(QUEUED)
    grids = time_grid(c), time_grid(c, rows=2)
    assert grids[1].cells == FEW_CELLS > 16
    assert grids[0].horizon == pytest.approx(grids[1].horizon) == pytest.approx(2.5)


SHARED = """
people: {pair: {count: 2, role: clerk}}
components:
  wide:
    {kind: s, threads: 1, scales: {to: 4, aims: 70 %, every: 10 s, after: 20 s}, offers: {f: {work: 100 ms ± 100 ms}}}
  never: {kind: s, threads: 1, offers: {f: {work: 0 s}}}
flows:
  main: {starts: {rate: 2/s}, steps: [{call: never.f}, {call: wide.f}]}
  slow: {starts: {rate: 10/h}, steps: [{ask: pair, takes: 3 min ± 3 min}]}
"""


def test_envelopes_of_what_scales_and_of_people_in_number() -> None:
    """Of one to four servers a fifth of one is asked for: 5 to 20 times; of two clerks half of one: 4 times."""
    c = context(SHARED)
    assert envelope_of(c, figure(c, "latency/main/mean")) == Envelope(
        pytest.approx(5.0), pytest.approx(20.0), "wide"
    )
    assert envelope_of(c, figure(c, "latency/slow/mean")) == Envelope(
        pytest.approx(4.0), pytest.approx(4.0), "pair"
    )


def test_the_upper_end_is_that_of_the_first_station_to_have_no_steady_state() -> None:
    text = """
components:
  a: {kind: s, threads: 1, offers: {f: {work: 100 ms ± 100 ms}}}
  b: {kind: s, threads: 1, offers: {f: {work: 200 ms ± 200 ms}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}, {call: b.f}]}}
"""
    c = context(text)
    assert envelope_of(c, figure(c, "latency/main/mean")) == Envelope(
        pytest.approx(5.0), pytest.approx(5.0), "b"
    )


def test_all_that_may_come_is_held_against_a_rate_limit() -> None:
    """Three calls of each of at most five runs a second, and one of each of seven: 22 a second."""
    c = context("""
components:
  a: {kind: s, offers: {f: {work: 1 ms}}}
  b: {kind: s, offers: {g: {steps: [{call: a.f, limit: {rate: 50/s, burst: 20}}]}}}
flows:
  main: {starts: {rate: {value: 4/s, known: 3/s .. 5/s}}, steps: [{call: b.g}, {call: b.g}, {call: b.g}]}
  other: {starts: {rate: 7/s}, steps: [{call: b.g}]}
""")
    for flow in ("main", "other"):
        assert any("offered 22/s of 50/s" in note for note in figure(c, f"success/{flow}").valid)


@pytest.mark.parametrize(("queue", "least"), [(1, 0.0), (2, 0.8)])
def test_three_calls_at_once_find_three_places(queue: int, least: float) -> None:
    """At a server that a run every hundred seconds comes to for 30 ms. With a place less one is always turned away."""
    calls = ", ".join(["[{call: a.f}]"] * 3)
    c = context(f"""
components: {{a: {{kind: s, threads: 1, queue: {queue}, offers: {{f: {{work: 10 ms}}}}}}}}
flows: {{main: {{starts: {{rate: 0.01/s}}, steps: [{{parallel: [{calls}]}}]}}}}
""")
    found = figure(c, "success/main")
    assert found.low is not None and least <= found.low <= (1.0 if least else 0.0) and found.high == 1.0


def test_calls_that_come_again_after_they_were_turned_away_are_no_new_ones() -> None:
    """Four in ten of three runs a second call."""
    found = loads_of(
        context("""
components: {a: {kind: s, threads: 1, queue: 2, offers: {f: {work: 100 ms ± 100 ms}}}}
flows:
  main:
    starts: {rate: 3/s}
    steps: [{choose: [{share: 40 %, steps: [{call: a.f, retry: 2}]}, {share: 60 %, steps: []}]}]
""")
    )
    assert found is not None
    (calls,) = found.arrivals["components.a"]
    assert calls.first is not None and calls.rate.low > 1.2
    assert (calls.first.low, calls.first.value, calls.first.high) == (pytest.approx(1.2),) * 3


def test_there_are_few_where_more_may_be_wanted_at_a_time() -> None:
    """Of Poisson numbers with the mean 3: ten or more in 0.0011 of all cases, eleven or more in 0.0003."""
    assert [few(count, 1.0) for count in (1, 10, 11)] == [True, True, False]
    assert few(1, 1e-9) and few(999, math.inf)
