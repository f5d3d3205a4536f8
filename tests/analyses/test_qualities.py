"""Stated qualities while it is open what stands there, by hand."""

from __future__ import annotations

import pytest

from analyses.given import opened
from groma.analyses import bounds, figure

TEXT = """
components:
  b: {kind: s, offers: {x: {}}}
  here: {kind: s, qualities: {right: {value: 90 %, known: 85 % .. 95 %}}, offers: {x: {}}}
  there: {kind: s, qualities: {right: 80 %}, offers: {x: {}}}
  bare: {kind: s, offers: {x: {}}}
flows: {f: {steps: [{call: b.x}]}}
"""


@pytest.mark.parametrize(
    ("variants", "ends", "value", "reason", "best"),
    [
        ({"one": "here", "two": "there"}, (0.8, 0.95), None, "", (0.95, 0.8)),
        (
            {"one": "here", "two": "bare"},
            (None, None),
            None,
            "not stated for every alternative",
            (0.95, -float("inf")),
        ),
        (
            {"one": "bare", "two": "bare"},
            (None, None),
            None,
            "not stated for every alternative",
            (0.0, -float("inf")),
        ),
        ({"one": "bare"}, (None, None), None, "not stated", (0.0, -float("inf"))),
        ({"one": "here"}, (0.85, 0.95), 0.9, "", (0.95, 0.85)),
    ],
)
def test_a_quality_of_what_may_stand_there(
    variants: dict[str, str],
    ends: tuple[float | None, float | None],
    value: float | None,
    reason: str,
    best: tuple[float, float],
) -> None:
    """The best that any alternative reaches; the least only where all of them state it."""
    made = opened(TEXT, "b", "r", **variants)
    found = figure(made, "quality/b/right")
    assert (found.low, found.high) == ends and found.reason == reason
    assert found.value == (None if value is None else pytest.approx(value))
    assert bounds(made, "quality/b/right") == best
