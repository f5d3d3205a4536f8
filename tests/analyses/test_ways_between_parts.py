"""Which connection a call travels, and where things are handed on to, by hand."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.handed import onward
from groma.analyses.routes import route

PARTS = """
people: {ana: {}}
data: {case: {class: x}, note: {class: x}}
components:
  a: {kind: s, runs_on: host, depends_on: [b], offers: {x: {steps: [{send: c.y}, {call: f.z}]}}}
  b: {kind: s, offers: {x: {}}}
  c: {kind: s, offers: {y: {}}}
  d: {kind: s, offers: {x: {}}}
  e: {kind: s, offers: {x: {}}}
  f: {kind: s, offers: {z: {}}}
  host: {kind: host}
connections:
  one: {from: c, to: d, carries: [case]}
  two: {from: d, to: e}
  three: {from: b, to: e}
"""


@pytest.mark.parametrize(
    ("caller", "called", "way"),
    [
        ("d", "e", "two"),
        ("b", "e", "three"),
        ("c", "e", ""),
        (None, "e", ""),
        (None, "d", "one"),
        (None, "a", ""),
    ],
)
def test_a_call_travels_the_connection_from_its_caller(caller: str | None, called: str, way: str) -> None:
    """From outside the only one that leads there."""
    assert " ".join(each.name for each in route(context(PARTS), caller, called)) == way


@pytest.mark.parametrize(
    ("start", "data", "found"),
    [
        ("a", None, "a b c d e f host"),
        ("a", "case", "a b c d e f host"),
        ("a", "note", "a b c e f host"),  # a connection that carries only cases doesn't lead on with notes
        ("c", None, "c d e"),
        ("c", "note", "c"),
        ("e", None, "e"),
    ],
)
def test_where_it_is_handed_on_to(start: str, data: str | None, found: str) -> None:
    assert " ".join(sorted(onward(context(PARTS).model, start, data))) == found
