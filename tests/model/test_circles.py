"""Calls that come back to where they began are told with their way, whatever they go through."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.model.position import ModelError


@pytest.mark.parametrize(
    ("steps", "other", "ring"),
    [
        ("{send: a.x}", "{wait: 1 s}", "a.x -> a.x"),
        ("{send: b.y}", "{call: a.x}", "a.x -> b.y -> a.x"),
        ("{do: g}", "{wait: 1 s}", "a.x -> a.x"),
        ("{do: h}", "{wait: 1 s}", "a.x -> b.y -> a.x"),
    ],
)
def test_circles_of_calls_sends_and_flows(steps: str, other: str, ring: str) -> None:
    text = f"""
components:
  a: {{kind: s, offers: {{x: {{steps: [{steps}]}}}}}}
  b: {{kind: s, offers: {{y: {{steps: [{other}, {{do: i}}]}}}}}}
flows:
  f: {{starts: {{rate: 1/s}}, steps: [{{call: a.x}}]}}
  g: {{steps: [{{call: a.x}}]}}
  h: {{steps: [{{do: h2}}]}}
  h2: {{steps: [{{call: b.y}}]}}
  i: {{steps: [INSIDE]}}
"""
    inside = "{call: a.x}" if "do: h" in steps else "{wait: 1 s}"
    with pytest.raises(ModelError, match=f"operations: `call` goes in a circle: {ring}"):
        context(text.replace("INSIDE", inside))


def test_what_is_called_twice_is_no_circle() -> None:
    made = context("""
components:
  a: {kind: s, offers: {x: {steps: [{do: g}, {call: b.y}]}}}
  b: {kind: s, offers: {y: {}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: a.x}, {do: g}]}
  g: {steps: [{call: b.y}]}
""")
    assert set(made.model.flows) == {"f", "g"}
