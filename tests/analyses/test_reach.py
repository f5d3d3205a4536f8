"""What a step can come to before a mark, whether it may come too late, and how many it serves at once: by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.reach import comes_late, servers, servers_at_most, stations_until
from groma.model.program import Open, Step

TEXT = """
components:
  a: {kind: s, threads: 2, replicas: 3, offers: {f: {}, late: {steps: [{call: b.f, timeout: 1 s}]}}}
  b: {kind: s, threads: 4, scales: {to: 5, aims: 70 %, every: 10 s, after: 20 s}, offers: {f: {}}}
  c: {kind: s, offers: {f: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEPS]}, late: {steps: [{call: c.f, timeout: 1 s}]}}
"""
A, B, SEEN = "{call: a.f}", "{call: b.f}", "{mark: seen}"


@pytest.mark.parametrize(
    ("steps", "stations", "passed"),
    [
        (f"{A}, {SEEN}, {B}", "a", True),
        (f"{A}, {B}", "ab", False),
        (f"{{steps: [{A}, {SEEN}, {B}]}}, {{call: c.f}}", "a", True),
        (f"{{steps: [{SEEN}, {A}]}}, {B}", "", True),
        (f"{{choose: [{{share: 50 %, steps: [{A}, {SEEN}]}}, {{share: 50 %, steps: [{SEEN}, {A}]}}]}}, {B}", "a", True),
        (f"{{choose: [{{share: 50 %, steps: [{SEEN}, {A}]}}, {{share: 50 %, steps: [{SEEN}]}}]}}, {B}", "", True),
        (f"{{choose: [{{share: 50 %, steps: [{A}, {SEEN}]}}, {{share: 50 %, steps: []}}]}}, {B}", "ab", False),
        (f"{{parallel: [[{SEEN}, {A}], [{SEEN}]]}}, {B}", "ab", False),
        (f"{{steps: [{SEEN}, {A}], fallback: [{SEEN}, {{call: c.f}}]}}, {B}", "", True),
        (f"{{steps: [{SEEN}, {A}], fallback: [{{call: c.f}}]}}, {B}", "bc", False),
        (f"{{steps: [{A}], fallback: [{SEEN}]}}, {B}", "ab", False),
        (f"{{steps: [{SEEN}, {A}], timeout: 1 s}}, {B}", "", True),
    ],
)  # fmt: skip
def test_what_a_run_comes_to_before_it_passes_a_mark(steps: str, stations: str, passed: bool) -> None:
    c = context(TEXT.replace("STEPS", steps))
    found = stations_until(c, c.model.flows["main"].steps, "seen")
    assert found == (frozenset(f"components.{name}" for name in stations), passed)
    assert stations_until(c, c.model.flows["main"].steps, None)[1] is False


@pytest.mark.parametrize(
    ("steps", "late", "inside"),
    [
        (A, False, False),
        ("{call: a.f, timeout: 1 s}", True, True),
        ("{call: a.late}", True, True),
        ("{call: a.f, fallback: [{call: b.f, timeout: 1 s}]}", False, False),
        ("{call: a.f, compensate: [{call: b.f, timeout: 1 s}]}", False, False),
        ("{call: a.f, guard: [{name: x, steps: [{call: b.f, timeout: 1 s}]}]}", True, True),
        ("{call: a.f, deadline: 1 s}", False, True),
        ("{fail: timeout}", True, True),
        ("{fail: failed}", False, False),
        ("{do: late}", True, True),
    ],
)
def test_an_attempt_comes_late_where_something_of_it_has_a_limit(
    steps: str, late: bool, inside: bool
) -> None:
    """A deadline is that of all its attempts, one attempt at what it stands in, be that open or not."""
    c = context(TEXT.replace("STEPS", f"{steps}, {{steps: [{steps}]}}, {A}"))
    step, group, other = c.model.flows["main"].steps
    assert (comes_late(c, step), comes_late(c, group)) == (late, inside)
    ways = Open("which", (("this", (step,)), ("that", (other,))))
    assert comes_late(c, Step(ways, step.at, "flows.main.steps.open")) is inside


def test_threads_of_all_replicas_serve_at_once() -> None:
    parts = context(TEXT.replace("STEPS", A)).model.components
    assert [servers(parts[name]) for name in "abc"] == [6, 4, None]
    assert [servers_at_most(parts[name]) for name in "abc"] == [6, 20, None]
