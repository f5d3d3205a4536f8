"""What figures of availability and downtime show: ends, units, reasons and what they take for granted."""

from __future__ import annotations

from typing import Any

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.availability import figures as availability
from groma.analyses.availability.figures import BOUNDED, METHOD, roles, solve
from groma.analyses.context import Context
from groma.model.figure import Figure
from groma.solvers.faulttrees import Refusal

TEXT = """
components:
  a: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 80 %}, offers: {x: {}}}
  two: {kind: s, fails: {availability: {value: 60 %, known: 50 % .. 75 %}}, offers: {x: {}}}
  silent: {kind: s, offers: {x: {}}}
  mute: {kind: s, offers: {x: {}}}
  part: {kind: s, fails: {availability: 70 %}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/s}, steps: [STEPS]}}
"""
MONTH = 730 * 3600.0


def given(steps: str) -> Context:
    return context(TEXT.replace("STEPS", steps))


def ends(found: Figure) -> tuple[float | None, float | None, float | None]:
    return found.low, found.value, found.high


@pytest.mark.parametrize(
    ("steps", "low", "value", "high", "reason", "method"),
    [
        ("{call: a.x}, {call: b.x}", 0.72, 0.72, 0.72, "", METHOD),
        ("{call: two.x}", 0.5, 0.6, 0.75, "", METHOD),
        # what nobody states leaves one end, none, or a share of them
        ("{call: a.x}, {call: silent.x}", None, None, 0.9, "a fact that it needs is missing", METHOD),
        ("{call: silent.x, fallback: [{call: a.x}]}", 0.9, None, None, "a fact that it needs is missing", METHOD),
        (
            "{choose: [{share: 20 %, steps: [{call: silent.x}]}, {share: 80 %, steps: [{call: a.x}]}]}",
            0.72, None, 0.92, "a fact that it needs is missing", METHOD,
        ),
        ("{call: silent.x}", None, None, None, "a fact that it needs is missing", METHOD),
        ("{call: silent.x}, {call: mute.x}", None, None, None, "2 facts that it needs are missing", METHOD),
        ("{call: silent.x, fallback: []}", 1.0, None, None, "a fact that it needs is missing", METHOD),
        # nothing missing, and the run is lost or well for sure
        ("{fail: failed}", 0.0, 0.0, 0.0, "", METHOD),
        ("{wait: 1 s}", 1.0, 1.0, 1.0, "", METHOD),
        # draws that aren't read one by one, and change nothing
        (
            "{repeat: {times: 9, steps: [{choose: [{share: 50 %, steps: [{call: a.x}]},"
            " {share: 50 %, steps: [{call: a.x}]}]}]}}",
            0.9, 0.9, 0.9, "", METHOD,
        ),
    ],
)  # fmt: skip
def test_ends_of_availability_and_of_the_downtime_of_a_month(
    steps: str, low: float | None, value: float | None, high: float | None, reason: str, method: str
) -> None:
    c = given(steps)
    found, down = figure(c, "availability/f"), figure(c, "downtime/f")
    assert ends(found) == tuple(end if end is None else pytest.approx(end) for end in (low, value, high))
    assert ends(down) == tuple(
        end if end is None else pytest.approx((1 - end) * MONTH) for end in (high, value, low)
    )
    for one, unit in ((found, "1"), (down, "s")):
        assert (one.unit, one.reason, one.method) == (unit, reason, method)
        told = " ".join(one.valid)
        assert "independently" in told and "without `fails`" in told and "during a run" in told
    assert (found.title, down.title) == ("Availability of f", "Downtime of f in a month")


def test_the_derivation_names_the_parts_and_how_often_they_are_up() -> None:
    c = given(
        "{choose: [{share: 50 %, steps: [{call: b.x}, {call: silent.x}]}, {share: 50 %, steps: [{call: a.x}]}]}"
    )
    lines = figure(c, "availability/f").derivation
    assert lines[0].text.startswith("3 parts that can fail") and "; 1 draws of a run" in lines[0].text
    assert [(line.text, line.value) for line in lines[1:]] == [
        ("components.a", "90 % up"), ("components.b", "80 % up"), ("components.silent", "not known"),
    ]  # fmt: skip


def test_what_is_refused_is_bounded_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "probability", lambda *_: Refusal("too large", "smaller", 0.25, 0.75))
    found = figure(given("{call: a.x}"), "availability/f")
    assert ends(found) == (0.25, None, 0.75) and (found.method, found.reason) == (BOUNDED, "too large")
    unread = "{repeat: {times: 9, steps: [{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: []}]}]}}"
    both = figure(given(unread), "availability/f")
    assert ends(both) == (0.25, None, 0.75) and both.reason == "too large"


def test_what_is_refused_is_told_before_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "probability", lambda *_: Refusal("too large", "smaller"))
    found = figure(given("{call: silent.x}"), "availability/f")
    assert ends(found) == (None, None, None) and (found.method, found.reason) == (BOUNDED, "too large")


def test_where_the_better_side_is_refused_the_worse_is_its_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    known = availability.probability
    asked: list[object] = []

    def first(*of: Any) -> object:
        asked.append(of)
        return Refusal("too large", "smaller", 0.5, 0.99) if len(asked) < 2 else known(*of)

    monkeypatch.setattr(availability, "probability", first)
    unread = "{repeat: {times: 9, steps: [{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: []}]}]}}"
    found = figure(given(unread), "availability/f")
    assert ends(found) == (pytest.approx(0.9), None, 0.99) and found.reason == "too large"


def test_the_reason_of_the_worse_side_is_told_where_the_better_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = availability.probability
    asked: list[object] = []

    def second(*of: Any) -> object:
        asked.append(of)
        return known(*of) if len(asked) < 3 else Refusal("too large", "smaller", 0.1, 0.3)

    monkeypatch.setattr(availability, "probability", second)
    unread = "{repeat: {times: 9, steps: [{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: []}]}]}}"
    found = figure(given(unread), "availability/f")
    assert found.value is None and (found.low, found.reason, found.method) == (0.1, "too large", BOUNDED)


def test_where_the_sides_differ_neither_availability_nor_downtime_has_a_nominal_value() -> None:
    unread = "{repeat: {times: 9, steps: [{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: []}]}]}}"
    c = given(unread)
    assert figure(c, "availability/f").value is None and figure(c, "downtime/f").value is None


def still_open() -> Context:
    return opened(TEXT.replace("STEPS", "{call: a.x}, {call: part.x}"), "part", "which", good="b", bad="two")


def test_while_choices_are_open_the_worse_end_is_worked_out_only_where_it_is_asked_for() -> None:
    """0.9 times 0.8, or times 0.5 to 0.75."""
    c = still_open()
    assert roles(c, "f") == {"which"}
    assert bounds(c, "availability/f") == pytest.approx((0.72, 0.0))
    assert bounds(c, "downtime/f") == pytest.approx((0.28 * MONTH, MONTH))
    whole, half = solve(c, "f"), solve(c, "f", worst=False)
    assert (whole.up.low, whole.up.value, whole.up.high) == (pytest.approx(0.45), None, pytest.approx(0.72))
    assert (whole.down.low, whole.down.value, whole.down.high) == (
        pytest.approx(0.28),
        None,
        pytest.approx(0.55),
    )
    assert (half.up.low, half.up.value, half.up.high) == (0.0, None, pytest.approx(0.72))
    assert (half.down.low, half.down.value, half.down.high) == (pytest.approx(0.28), None, 1.0)
    taken = c.with_partial({"which": "bad"})
    assert bounds(taken, "availability/f") == pytest.approx((0.675, 0.45))
    assert bounds(taken, "downtime/f") == pytest.approx((0.325 * MONTH, 0.55 * MONTH))
    assert ends(figure(taken, "availability/f")) == pytest.approx((0.45, 0.54, 0.675))
    assert roles(taken, "f") == {"which"}


def test_a_choice_between_equals_is_known_before_it_is_made() -> None:
    c = opened(
        TEXT.replace("STEPS", "{call: part.x}").replace("80 %", "90 %"), "part", "which", one="a", other="b"
    )
    found = solve(c, "f")
    assert (found.up.low, found.up.value, found.up.high) == pytest.approx((0.9, 0.9, 0.9))
    assert (found.down.low, found.down.value, found.down.high) == pytest.approx((0.1, 0.1, 0.1))
