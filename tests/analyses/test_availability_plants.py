"""What the states of replicas, carriers, places and lines say of a run, by hand, and what they can't say."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from analyses.given import context, on, opened
from analyses.test_availability_second import PAIR, PARTS
from groma.analyses import figure
from groma.analyses.availability.second import availability_second
from groma.model.program import Open, Step


@pytest.mark.parametrize(
    ("fails", "more", "why"),
    [
        ("every: 1000 h, repaired_in: 5 h", "noticed: 90 %", "components.a.takeover isn't stated"),
        ("availability: 99 %, every: 100 h", "takeover: 1 min", "components.a.fails.every isn't stated"),
        ("availability: 99 %, repaired_in: 1 h", "takeover: 1 min", "components.a.fails.every isn't stated"),
        ("every: 1000 h, repaired_in: unknown", "enough: 1", "components.a.fails isn't stated"),
        ("every: unknown, repaired_in: 5 h", "enough: 1", "components.a.fails isn't stated"),
    ],
)
def test_of_what_is_not_stated_of_replicas_it_is_said_what(fails: str, more: str, why: str) -> None:
    text = PAIR.format(n=2, enough=1, more=f", {more}").replace(
        "enough: 1, fails", "fails", more == "enough: 1"
    )
    found = availability_second(context(text.replace("every: 1000 h, repaired_in: 5 h", fails)), "f")
    assert found.value is None and why in found.method


@pytest.mark.parametrize("host", ["", "replicas: 2, enough: 1, "])
def test_what_carries_replicas_as_a_whole_is_taken_over_by_nobody(host: str) -> None:
    c = context(f"""
components:
  host: {{kind: host, {host}fails: {{every: 200 h, repaired_in: 50 h}}}}
  a: {{kind: s, replicas: 2, takeover: 6 min, runs_on: host, fails: {{every: 90 h, repaired_in: 10 h}},
    offers: {{x: {{}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: a.x}}]}}}}
""")
    carried = 1 - 0.2**2 if host else 0.8
    up = carried * (1 - 0.1**2) * 90 / 90.1
    assert availability_second(c, "f").value == pytest.approx(up, rel=1e-12)
    assert figure(c, "availability/f").value == pytest.approx(up, rel=1e-12)


CALLS = "b: {kind: s, fails: {availability: 90 %}, offers: {x: {steps: [{call: a.x}]}}}"


def test_what_comes_after_the_mark_is_not_looked_at() -> None:
    silent = "components:\n  silent: {kind: s, offers: {x: {}}}"
    c = context(
        PARTS.replace("components:", silent).replace(
            "STEPS", "{call: a.x}, {mark: m}, {call: silent.x}, {call: b.x}"
        )
    )
    assert availability_second(c, "f@m").value == pytest.approx(0.9)
    assert "components.silent.fails isn't stated" in availability_second(c, "f").method
    nested = PARTS.replace("b: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}", CALLS)
    c = context(nested.replace("STEPS", "{call: b.x}, {mark: m}, {call: never.x}"))
    assert availability_second(c, "f@m").value == pytest.approx(0.81)


@pytest.mark.parametrize(("by", "up"), [("by: near, ", 0.72), ("", 0.63)])
def test_a_flow_done_in_place_travels_the_lines_of_whoever_does_it_unless_it_says_who(
    by: str, up: float
) -> None:
    c = context(f"""
people: {{near: {{role: clerk}}, far: {{role: clerk}}}}
components: {{a: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{}}}}}}}}
connections:
  short: {{from: near, to: a, fails: {{availability: 80 %}}}}
  long: {{from: far, to: a, fails: {{availability: 70 %}}}}
flows:
  f: {{by: far, starts: {{rate: 1/s}}, steps: [{{do: rest}}]}}
  rest: {{{by}steps: [{{call: a.x}}]}}
""")
    assert availability_second(c, "f").value == pytest.approx(up)
    assert figure(c, "availability/f").value == pytest.approx(up)


def test_replicas_stand_in_turn_on_those_of_their_carrier() -> None:
    """Four on three in two places: three of them stand in the one that fails; as the tree of faults has it."""
    c = context("""
places: {p: {fails: {every: 50 h, repaired_in: 2 h}}, q: {}}
components:
  host: {kind: host, replicas: 3, place: [p, q], fails: {every: 200 h, repaired_in: 3 h}}
  a: {kind: s, replicas: 4, enough: 1, takeover: 6 min, runs_on: host, fails: {every: 90 h, repaired_in: 4 h},
    offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
""")
    found, tree = availability_second(c, "f"), figure(c, "availability/f")
    assert found.value == pytest.approx(tree.value, rel=1e-9)
    empty = sum(
        0.1 * rate / (1 + 0.1 * rate) / 4 for rate in (1 / 90 + 1 / 200 + w for w in (0.02, 0, 0.02, 0.02))
    )
    up = 0.0
    for place, *hosts in itertools.product((True, False), repeat=4):
        stands = [hosts[0] and place, hosts[1], hosts[2] and place]
        weight = (50 / 52 if place else 2 / 52) * math.prod(200 / 203 if host else 3 / 203 for host in hosts)
        up += weight * (1 - math.prod(4 / 94 if stands[i % 3] else 1.0 for i in range(4)))
    assert found.value == pytest.approx(up * (1 - empty), rel=1e-9)


@pytest.mark.parametrize(("replicas", "together"), [(1, "[20 %, 50 %]"), (2, "[20 %, 50 %]"), (2, "20 %")])
def test_of_shares_of_common_failures_only_those_that_replicas_can_have_count(
    replicas: int, together: str
) -> None:
    """Two can only fail alone or both at once."""
    c = context(PAIR.format(n=replicas, enough=1, more=f", together: {together}"))
    q = 5 / 1005
    up = 1 - q if replicas == 1 else (1 - 0.2 * q) * (1 - (0.8 * q) ** 2)
    assert availability_second(c, "f").value == pytest.approx(up, rel=1e-12)


def test_a_carrier_in_pairs_is_taken_over_by_its_replicas_place_by_place() -> None:
    """What stands on one of two hosts is down with it: who takes over the other host's work is its own affair."""
    c = context("""
components:
  host: {kind: host, replicas: 2, takeover: 1 h, fails: {every: 200 h, repaired_in: 50 h}}
  a: {kind: s, replicas: 2, runs_on: host, fails: {every: 90 h, repaired_in: 10 h}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
""")
    up = 1 - (1 - 0.8 * 0.9) ** 2
    assert availability_second(c, "f").value == pytest.approx(up)
    assert figure(c, "availability/f").value == pytest.approx(up)


def test_what_a_part_depends_on_must_be_up_and_what_that_depends_on() -> None:
    c = context("""
components:
  a: {kind: s, depends_on: b, fails: {availability: 90 %}, offers: {x: {}}}
  b: {kind: s, runs_on: c, fails: {availability: 80 %}}
  c: {kind: s, depends_on: a, place: p, fails: {availability: 70 %}}
  d: {kind: s, fails: {availability: 60 %}}
places: {p: {in: q}, q: {depends_on: d}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}
""")
    assert availability_second(c, "f").value == pytest.approx(0.9 * 0.8 * 0.7 * 0.6)


def test_suppliers_and_lines_that_say_nothing_of_failing_are_not_counted() -> None:
    c = context("""
people: {ana: {role: clerk}}
suppliers: {s: {}}
components: {a: {kind: s, supplier: s, fails: {availability: 90 %}, offers: {x: {}}}}
connections: {line: {from: ana, to: a}}
flows: {f: {by: ana, starts: {rate: 1/s}, steps: [{call: a.x}]}}
""")
    assert availability_second(c, "f").value == pytest.approx(0.9)


def test_replicas_that_share_one_crew_wait_for_it() -> None:
    """Two with one crew, of which one is enough: both are down with 2 r^2 / (1 + 2 r + 2 r^2), r = 5 h / 1000 h."""
    text = PAIR.format(n=2, enough=1, more="").replace("repaired_in: 5 h", "repaired_in: 5 h, crews: 1")
    r = 5 / 1000
    down = 2 * r**2 / (1 + 2 * r + 2 * r**2)
    assert availability_second(context(text), "f").value == pytest.approx(1 - down, rel=1e-9)


def test_steps_that_are_still_open_are_not_looked_at() -> None:
    model = context(PARTS.replace("STEPS", "{call: a.x}")).model
    flow = model.flows["f"]
    choice = Step(Open("way", (("one", flow.steps), ("two", ()))), flow.at, "flows.f.steps.1")
    found = availability_second(on(replace(model, flows={"f": replace(flow, steps=(choice,))})), "f")
    assert "a choice of the design is open" in found.method and found.value is None


def test_replicas_that_share_a_crew_and_stand_apart_are_not_looked_at() -> None:
    text = PAIR.format(n=3, enough=2, more=", place: [p, q]").replace(
        "repaired_in: 5 h", "repaired_in: 5 h, crews: 1"
    )
    places = "places: {p: {fails: {every: 50 h, repaired_in: 2 h}}, q: {}}"
    found = availability_second(context(places + text), "f")
    assert "components.a: its replicas share crews and stand apart" in found.method and found.value is None


def test_a_way_that_may_be_another_is_not_looked_at() -> None:
    c = opened(PARTS.replace("STEPS", "{call: b.x}, {call: a.x}"), "a", "which", one="always", two="never")
    assert "the choice of a is open" in availability_second(c, "f").method
