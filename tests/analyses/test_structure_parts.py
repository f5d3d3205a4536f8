"""Parts of the reading of availability on their own, by hand and against published inequalities."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.given import context, on, opened
from groma.analyses import bounds, figure
from groma.analyses.availability.second import _bernstein  # pyright: ignore[reportPrivateUsage]
from groma.analyses.interval import Interval, point
from groma.analyses.single_points import SinglePoint, Stopped, _added, _outage, _rank  # pyright: ignore[reportPrivateUsage]
from groma.analyses.single_points import single_points as alone
from groma.analyses.structure.chances import first_of, no_rounds, ratio
from groma.analyses.structure.redundancy import beneath
from groma.analyses.structure.weakness import single_points
from groma.model.load import loads
from groma.model.program import Open, Repeat

TEXT = """
components:
  sure: {kind: s, offers: {x: {}}}
  a: {kind: s, fails: {availability: 99 %}, runs_on: host, depends_on: [key], offers: {x: {}}}
  host: {kind: host, fails: {availability: 99.9 %}}
  key: {kind: s, fails: {availability: 99.8 %}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: a.x}]}
  g: {starts: {rate: 1/s}, steps: [{call: sure.x}]}
"""


def test_half_an_interval_of_bernstein_is_that_of_maurer_and_pontil() -> None:
    """sqrt(2 V ln(2 / d) / n) + 7 ln(2 / d) / (3 (n - 1)), d a half of 1e-4 for each side (COLT 2009, theorem 4)."""
    values = np.array([0.0, 1.0] * 50)
    log, variance = math.log(2 / 0.5e-4), 25 / 99
    assert _bernstein(values) == pytest.approx(math.sqrt(2 * variance * log / 100) + 7 * log / (3 * 99))


def test_the_time_that_a_part_is_down_in_a_month_of_730_hours() -> None:
    c = context(TEXT)
    down = 1 - 0.99 * 0.999 * 0.998
    assert figure(c, "downtime/f").value == pytest.approx(down * 2_628_000)
    assert bounds(c, "downtime/f") == pytest.approx((down * 2_628_000, down * 2_628_000))
    assert bounds(c, "availability/f") == pytest.approx((1 - down, 1 - down))


def test_the_worst_end_of_a_range_reaches_the_bound_of_the_downtime() -> None:
    c = context(TEXT.replace("availability: 99 %", "availability: {value: 99 %, known: 98 % .. 99.5 %}"))
    low, high = bounds(c, "downtime/f")
    assert low == pytest.approx((1 - 0.995 * 0.999 * 0.998) * 2_628_000)
    assert high == pytest.approx((1 - 0.98 * 0.999 * 0.998) * 2_628_000)


def test_an_end_that_says_nothing_is_shown_only_where_nothing_is_missing() -> None:
    always = context(TEXT.replace("sure: {kind: s,", "sure: {kind: s, fails: {availability: 100 %},"))
    found = figure(always, "downtime/g")
    assert (found.low, found.value) == (0.0, 0.0)
    silent = figure(context(TEXT), "downtime/g")
    assert silent.low is None and silent.missing


def test_what_stands_beneath_a_part_are_parts() -> None:
    c = context(TEXT)
    assert list(beneath(c, c.model.components["a"])) == ["key", "host"]
    assert list(beneath(c, c.model.components["sure"])) == []
    assert [weak.parts for weak in single_points(c, "f")] == [
        ("components.a",),
        ("components.host",),
        ("components.key",),
    ]


@pytest.mark.parametrize(
    ("written", "low", "value", "high"),
    [
        ("until: 50 %, at_most: 3", 0.0, 0.0, 0.0),
        ("times: unknown, at_most: 3", 0.0, None, 1.0),
        ("times: 2", 0.0, 0.0, 0.0),
        ("times: 0", 1.0, 1.0, 1.0),
        ("times: {value: 1, known: 0 .. 2}", 0.0, None, 1.0),
        ("times: {value: 2 ± 1, known: 1 .. 3}", 0.0, None, 1.0),
    ],
)
def test_how_likely_a_loop_is_not_to_run_at_all(
    written: str, low: float, value: float | None, high: float
) -> None:
    head = "groma: 1\nsystem: t\ncurrency: EUR\ncomponents: {a: {kind: s, offers: {x: {}}}}\n"
    model = loads(head + f"flows: {{f: {{steps: [{{repeat: {{steps: [{{call: a.x}}], {written}}}}}]}}}}\n")
    loop = model.flows["f"].steps[0].action
    assert isinstance(loop, Repeat)
    assert no_rounds(loop) == Interval(low, value, high)


def test_two_parts_of_one_element_add_their_times_and_money() -> None:
    a = Stopped("f", 0.2, Interval(1.0, 2.0, 3.0), Interval(10.0, 20.0, 30.0))
    b = Stopped("f", 0.5, Interval(4.0, 5.0, 6.0), Interval(40.0, 50.0, 60.0))
    both = _added(a, b)
    assert (both.lost, both.downtime, both.money) == (
        0.5,
        Interval(5.0, 7.0, 9.0),
        Interval(50.0, 70.0, 90.0),
    )
    assert _added(a, replace(b, lost=None)).lost is None and _added(replace(a, lost=None), b).lost is None


def test_what_stops_several_flows_costs_what_each_of_them_is_worth() -> None:
    stops = tuple(Stopped(name, 1.0, point(60.0), point(money)) for name, money in (("f", 3.0), ("g", 4.0)))
    assert SinglePoint("components.a", "part", "", None, stops).money == point(7.0)


def test_what_is_down_longer_comes_first_and_what_nobody_knows_last() -> None:
    points = {point.element: point for point in alone(context(TEXT))}
    named = points["components.a"]
    unknown = replace(named, stops=tuple(replace(s, downtime=Interval(0.0, None, 9e9)) for s in named.stops))
    short = replace(named, stops=tuple(replace(s, downtime=Interval(0.5, 0.5, 0.5)) for s in named.stops))
    assert _rank(named) < _rank(short) < _rank(unknown)
    assert _rank(short) < _rank(replace(named, stops=()))


def test_how_long_one_loss_lasts_is_told_where_it_is_known() -> None:
    c = context(
        TEXT.replace("host: {kind: host, fails: {availability: 99.9 %}}",
                     "host: {kind: host, fails: {availability: 99.9 %, repaired_in: unknown}}")
        .replace("key: {kind: s, fails: {availability: 99.8 %}}",
                 "key: {kind: s, fails: {availability: 99.8 %, repaired_in: 2 h}}")
    )  # fmt: skip
    assert _outage(c, "components.host") == (None, True)
    told = _outage(c, "components.key")[0]
    assert told is not None and told[0] == "components.key.fails.repaired_in" and told[1].mean == 7200.0
    assert _outage(c, "components.sure") == (None, False)


def test_a_cache_that_always_hits_goes_on_without_what_it_saves() -> None:
    text = """
components:
  a: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x, cache: {hits: 100 %}}, {call: b.x}]}}
"""
    assert [weak.parts for weak in single_points(context(text), "f")] == [("components.b",)]


def test_a_share_of_what_is_left() -> None:
    assert [ratio(1.0, 3.0, 0.5), ratio(0.0, 0.0, 1.0), ratio(0.0, 0.0, 0.0)] == [0.25, 1.0, 0.0]
    assert [ratio(0.0, 0.5, 1.0), ratio(0.5, 0.0, 0.0)] == [0.0, 1.0]


def test_while_a_choice_is_open_only_what_every_design_needs_stands_alone() -> None:
    text = """
components:
  part: {kind: s, offers: {x: {}}}
  weak: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
  sound: {kind: s, fails: {availability: 99 %}, replicas: 2, offers: {x: {}}}
  gate: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: gate.x}, {call: part.x}]}}
"""
    c = opened(text, "part", "which", weak="weak", sound="sound")
    assert ("components.gate",) in [weak.parts for weak in single_points(c, "f")]
    assert [weak.parts for weak in single_points(c.with_partial({"which": "sound"}), "f")] == [
        ("components.gate",)
    ]
    chosen = [weak.parts for weak in single_points(c.with_partial({"which": "weak"}), "f")]
    assert chosen == [("components.gate",), ("components.part",)]
    most, least = bounds(c, "availability/f")
    assert least <= 0.99 * 0.99 and 0.99 * (1 - 0.01**2) <= most < 1.0


@pytest.mark.parametrize("times", ["every: unknown, repaired_in: 2 h", "every: 100 h, repaired_in: unknown"])
def test_a_part_of_which_one_time_is_unknown_may_be_up_or_not(times: str) -> None:
    c = context(f"""
components: {{a: {{kind: s, fails: {{{times}}}, offers: {{x: {{}}}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: a.x}}]}}}}
""")
    found = figure(c, "availability/f")
    assert found.value is None and found.missing
    assert bounds(c, "availability/f") == (1.0, 0.0)


GATES = """
people: {near: {role: clerk}, far: {role: clerk}}
components:
  a: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 98 %}, offers: {x: {}}}
connections:
  one: {from: near, to: a, fails: {availability: 90 %}}
  two: {from: far, to: a, fails: {availability: 80 %}}
flows: {f: {by: near, starts: {rate: 1/s}, steps: STEPS}, rest: {BYsteps: [{call: a.x}]}}
"""


@pytest.mark.parametrize(
    ("steps", "by", "up", "alone_"),
    [
        ("[{do: rest}]", "", 0.99 * 0.9, ["components.a", "connections.one"]),
        ("[{do: rest}]", "by: far, ", 0.99 * 0.8, ["components.a", "connections.two"]),
        ("[{call: b.x}, {stop: ok}, {call: a.x}]", "", 0.98, ["components.b"]),
        ("[{fail: rejected}, {call: a.x}]", "", 1.0, []),
        (
            "[{choose: [{share: 50 %, steps: [{stop: ok}]}, {share: 50 %, steps: []}]}, {call: b.x}]",
            "",
            0.5 + 0.5 * 0.98,
            ["components.b"],
        ),
    ],
)
def test_what_stands_before_the_end_of_a_run_by_whoever_makes_it(
    steps: str, by: str, up: float, alone_: list[str]
) -> None:
    c = context(GATES.replace("STEPS", steps).replace("BY", by))
    assert figure(c, "availability/f").value == pytest.approx(up)
    assert sorted(weak.parts[0] for weak in single_points(c, "f")) == alone_


def test_a_branch_is_taken_as_often_as_its_share_of_what_is_left() -> None:
    """Three ways of 20, 30 and 50 %: 20 % of all, 3/8 of the rest, and then surely."""
    ways = [Interval(x, x, x) for x in (0.2, 0.3, 0.5)]
    taken = [first_of(ways[n], ways[n + 1 :]) for n in range(3)]
    assert [t.value for t in taken] == pytest.approx([0.2, 0.375, 1.0])
    ranged = first_of(Interval(0.1, None, 0.3), [Interval(0.5, None, 0.9)])
    assert (ranged.low, ranged.value, ranged.high) == (pytest.approx(0.1), None, pytest.approx(0.375))
    assert first_of(Interval(0.0, 0.0, 0.0), [Interval(0.0, 0.0, 0.0)]) == Interval(0.0, 0.0, 1.0)
    assert first_of(Interval(0.5, 0.5, 0.5), [Interval(0.7, None, 1.7)]).low == pytest.approx(1 / 3)


def test_what_a_provider_promises_is_told_where_nothing_is_stated() -> None:
    """Amazon's agreement on its servers: 99.99 % in a region, 99.5 % of one alone; the most is told."""
    text = """
components: {a: {kind: s, product: aws/a1.large@us-east-1, offers: {x: {}}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
"""
    (missing,) = figure(context(text), "availability/f").missing
    assert "its provider promises 99.99 %" in missing


def test_while_steps_are_open_either_way_is_hoped_for() -> None:
    """99 % each: at best one is up whenever it is the one that is called, in 99.99 % of the time."""
    text = """
components:
  a: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 99 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {call: b.x}]}}
"""
    model = context(text).model
    flow = model.flows["f"]
    one, two = flow.steps
    way = replace(one, action=Open("which", (("one", (one,)), ("two", (two,)))))
    c = on(replace(model, flows={"f": replace(flow, steps=(way,))}))
    assert bounds(c, "availability/f")[0] == pytest.approx(0.9999)


@pytest.mark.parametrize("more", ["takeover: 6 min, noticed: 50 %", "takeover: 6 min", "noticed: 50 %"])
def test_a_spare_that_takes_over_in_no_time_is_hoped_for_while_it_is_open(more: str) -> None:
    """Two replicas of 99 % each; of the one design no word is said of who takes over."""
    text = f"""
components:
  part: {{kind: s, offers: {{x: {{}}}}}}
  one: {{kind: s, replicas: 2, fails: {{every: 99 h, repaired_in: 1 h}}, offers: {{x: {{}}}}}}
  two: {{kind: s, replicas: 2, {more}, fails: {{every: 99 h, repaired_in: 1 h}}, offers: {{x: {{}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: part.x}}]}}}}
"""
    c = opened(text, "part", "which", one="one", two="two")
    alone = bounds(c.with_partial({"which": "two"}), "availability/f")[0]
    assert bounds(c, "availability/f")[0] == pytest.approx(0.9999, abs=1e-12) and alone < 0.9999 - 1e-6
