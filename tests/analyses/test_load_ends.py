"""The most and the least that reaches each station, and whether that hangs on time: by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.given import context, opened
from groma.analyses.interval import Interval, point
from groma.analyses.loads.arrivals import CELLS, FEW_CELLS, Arrivals, Loads, hurried, time_grid
from groma.analyses.loads.ends import busiest, ceilings, closed, floors, rate_at_most, rates, started_by
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import uses

TEXT = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, threads: 4, offers: {f: {work: 100 ms, fails: 20 %}, g: {work: 300 ms ± 300 ms}}}
  b: {kind: s, threads: 4, offers: {f: {work: {value: 200 ms, known: 100 ms .. 500 ms}}}}
  store: {kind: cache}
  last: {kind: s, offers: {f: {work: 100 ms}}}
  idle: {kind: s, offers: {f: {work: 100 ms}}}
flows:
  one:
    starts: {rate: {value: 2/s, known: 1/s .. 3/s}}
    steps: [{call: a.f}, {call: b.f, cache: {hits: 50 %, component: store}}]
  two: {starts: {rate: 4/s, busiest: 5/s}, steps: [{call: a.g}, {ask: ana, takes: 10 ms}]}
  late:
    starts: {rate: 1/s}
    steps: [{call: a.g, timeout: 1 s, retry: 2}, {call: a.g, hedge: {after: 1 s, at_most: 4}}]
  slow: {starts: {rate: 0.5/s}, steps: [{wait: 1 s, timeout: 2 s, fallback: [{call: last.f}]}]}
  never: {steps: [{call: idle.f}, {call: b.f}, {call: a.f, timeout: 1 s, retry: 9}]}
"""


def test_ceilings_add_up_flows_at_their_greatest_rates() -> None:
    """`a` once in one and two, and 3 + 5 attempts in late, of which 1 + 1 come anyway."""
    found = ceilings(context(TEXT))
    assert found.rates == pytest.approx(
        {"components.a": 3 + 5 + 8, "components.b": 3, "people.ana": 5, "components.last": 0.5}
    )
    assert found.flows == {
        "components.a": {"one", "two", "late"}, "components.b": {"one"}, "people.ana": {"two"},
        "components.last": {"slow"},
    }  # fmt: skip
    assert set(found.late) == {"components.a", "components.last"}
    assert (found.late["components.last"].share, found.late["components.last"].tries) == (1.0, 1.0)
    late = found.late["components.a"]
    assert late.share == pytest.approx(1 - (3 + 5 + 2) / 16) and late.calm == 0.0
    assert late.tries == 5.0
    assert {station: len(each) for station, each in found.uses.items()} == {
        "components.a": 4, "components.b": 1, "people.ana": 1, "components.last": 1,
    }  # fmt: skip


def test_floors_are_servers_that_are_surely_kept_busy() -> None:
    """Least rates times least times: a tenth of a second each at `a` for one, three for two and (twice) late."""
    text = TEXT.replace("timeout: 1 s, retry: 2", "timeout: 60 s").replace(
        ", {call: a.g, hedge: {after: 1 s, at_most: 4}}", ""
    )
    c = context(text)
    found = floors(queues_on(c, time_grid(c, rows=2), "bound").outcomes)
    assert found["components.a"] == pytest.approx(1 * 0.1 + 5 * 0.3 + 1 * 0.3, rel=2e-2)
    assert found["components.b"] == pytest.approx(1 * 0.8 * 0.5 * 0.1, rel=1e-3)
    assert found["people.ana"] == pytest.approx(5 * 0.01, rel=1e-3)
    assert set(found) == {"components.a", "components.b", "people.ana"}


@pytest.mark.parametrize(
    ("starts", "most", "told"),
    [
        ("{population: 50, think: 10 s}", Interval(0.0, None, 5.0), ["population", "think"]),
        (
            "{population: 50, think: {value: 10 s, known: 5 s .. 20 s}}",
            Interval(0.0, None, 10.0),
            ["population", "think"],
        ),
        (
            "{population: {value: 50, known: 20 .. 80}, think: 10 s}",
            Interval(0.0, None, 8.0),
            ["population", "think"],
        ),
        ("{population: 50, think: 10 s, rate: 1/s}", Interval(0.0, None, 5.0), ["population", "think"]),
        ("{rate: 2/s}", point(2.0), ["rate"]),
        ("{rate: {value: 2/s, known: 1/s .. 4/s}}", Interval(1.0, 2.0, 4.0), ["rate"]),
        ("{rate: 2/s, busiest: 6/s}", point(6.0), ["busiest"]),
        ("{rate: unknown}", Interval(0.0, None, math.inf), ["rate"]),
    ],
)
def test_how_often_a_flow_starts_in_the_busiest_hour(starts: str, most: Interval, told: list[str]) -> None:
    c = context(
        f"flows: {{main: {{starts: {starts}, steps: [{{wait: 1 s}}]}}, rest: {{steps: [{{wait: 1 s}}]}}}}\n"
    )
    main, rest = c.model.flows["main"], c.model.flows["rest"]
    again = "population" in starts
    assert busiest(main) == most and busiest(rest) == point(0.0)
    assert closed(main) is again and not closed(rest)
    assert rate_at_most(main) == (most.high if again else 0.0)
    named = started_by(main)
    assert [path for path, _ in named] == [f"flows.main.starts.{key}" for key in told] and started_by(
        rest
    ) == ()
    assert main.starts is not None
    assert [quantity for _, quantity in named] == [
        {"busiest": main.starts.at_peak, "rate": main.starts.rate, "population": main.starts.population,
         "think": main.starts.think}[key] for key in told
    ]  # fmt: skip
    found = rates(c)
    assert set(found) == {"main"}
    if not again:
        assert found["main"] == most
    else:
        assert found["main"].high <= most.high
    if starts == "{population: 50, think: 10 s}":  # each comes again every 11 s
        assert found["main"].value == pytest.approx(50 / 11)


CALM = """
components:
  a: {kind: s, threads: 1, offers: {f: {work: 1 s}}}
  pool: {kind: pool, threads: 1}
flows: {main: {starts: {rate: 0.1/s}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("steps", "part", "hangs", "longest"),
    [
        ("{call: a.f, retry: 2}, {wait: 1 s}", "", False, None),
        ("{call: a.f, timeout: 2 s}, {call: a.f, timeout: 5 s}, {call: a.f, timeout: 3 s}", "", True, 5),
        ("{call: a.f, timeout: {value: 2 s, known: 1 s .. 4 s}}", "", True, 4),
        ("{steps: [{call: a.f}], deadline: 7 s}", "", True, 7),
        ("{call: a.f, timeout: 2 s, deadline: 7 s}", "", True, 7),
        ("{call: a.f, hedge: {after: 2 s}}", "", True, 2),
        ("{call: a.f, hedge: {after: {value: 2 s, known: 1 s .. 3 s}, at_most: 4}}", "", True, 12),
        ("{call: a.f, limit: {rate: 9/s}}, {call: a.f}", "", True, None),
        ("{call: a.f}", "queue: 3, ", True, None),
        ("{hold: pool, steps: [{call: a.f}]}", "", False, None),
        ("{hold: pool, steps: [{hold: pool, steps: [{call: a.f}]}]}", "", True, None),
    ],
)
def test_whether_loads_hang_on_time_and_how_far_it_is_looked(
    steps: str, part: str, hangs: bool, longest: float | None
) -> None:
    """A quarter beyond the longest limit."""
    text = CALM.replace("STEPS", steps).replace("threads: 1, offers", f"threads: 1, {part}offers")
    c = context(text)
    assert hurried(c) is hangs
    for rows, cells in ((3, CELLS), (2, FEW_CELLS)):
        grid = time_grid(c, rows)
        assert grid.rows == rows
        if longest is None:
            assert (grid.step, grid.cells) == (1.0, 32)
        else:
            assert grid.cells == cells and grid.step * grid.cells == pytest.approx(1.25 * longest)


def test_a_part_that_may_have_a_last_place_makes_loads_hang_on_it() -> None:
    text = CALM.replace("STEPS", "{call: part.f}").replace(
        "  pool:",
        "  one: {kind: s, offers: {f: {work: 1 s}}}\n  two: {kind: s, threads: 1, queue: 1, offers: {f: {work: 1 s}}}\n"
        "  part: {kind: s, offers: {f: {}}}\n  pool:",
    )  # fmt: skip
    assert hurried(opened(text, "part", "which", one="one", two="two"))
    assert not hurried(opened(text.replace("queue: 1, ", ""), "part", "which", one="one", two="two"))


def test_what_reaches_a_station_and_what_its_queue_notices() -> None:
    (use,) = uses(context(CALM.replace("STEPS", "{call: a.f}")), "main")
    all_, let_in, first = Interval(1, 2, 3), Interval(0.5, 1, 2), Interval(0.25, 0.5, 1)
    plain = Arrivals(use, "main", all_, let_in)
    sure = Arrivals(replace(use, sure=True), "main", all_, let_in, first)
    assert plain.noticed == all_ and sure.noticed == first
    assert replace(sure, first=None).noticed == all_ and replace(plain, first=first).noticed == all_
    ends = sure.bounds
    assert (ends.rate, ends.served, ends.first) == (
        Interval(1, None, 3), Interval(0.5, None, 2), Interval(0.25, None, 1),
    )  # fmt: skip
    assert plain.bounds.first is None and ends.use is sure.use and ends.flow == "main"
    loads = Loads({"components.a": (plain, sure)})
    assert loads.rate("components.a") == Interval(2, 4, 6) and loads.rate("components.b") == point(0.0)
    assert loads.settled and loads.offered == {} and loads.missing == {}
