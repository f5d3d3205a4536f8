"""Needs held against figures: verdicts, margins and words counted by hand, in other currencies and where little is
known."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.jurisdictions import lies_in
from groma.analyses.needs import judged, results
from groma.model.figure import Figure, NeedResult, Target
from groma.model.units import UnitError


def held(
    low: float | None, value: float | None, high: float | None, target: Target, kind: str = "work"
) -> NeedResult:
    return judged("n", Figure("m", "t", "h/month", value, low, high), target, kind)


MOST, LEAST = (
    Target("at_most", 5.5, text="at most 5.5 h"),
    Target("at_least", 5.5, text="at least 5.5 h"),
)


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict", "margin", "margin_low", "why"),
    [
        (None, None, 5.0, "met", None, 0.5 / 5.5, "at most 5 h/month"),
        (5.0, None, None, "undecided", None, None, "at least 5 h/month"),
        (6.0, None, None, "missed", None, None, "at least 6 h/month"),
        (5.0, 5.0, 5.0, "met", 0.5 / 5.5, 0.5 / 5.5, "5 h/month"),
        (5.0, None, 5.0000001, "met", None, 0.4999999 / 5.5, "5 h/month"),
        (0.1, None, 0.1000005, "met", None, 5.3999995 / 5.5, "0.1–0.100001 h/month"),
        (4.0, 5.0, 6.0, "undecided", 0.5 / 5.5, -0.5 / 5.5, "4–6 h/month"),
    ],
)
def test_at_most(
    low: float | None,
    value: float | None,
    high: float | None,
    verdict: str,
    margin: float | None,
    margin_low: float | None,
    why: str,
) -> None:
    found = held(low, value, high, MOST)
    assert found.verdict == verdict
    assert (found.margin, found.margin_low) == (
        None if margin is None else pytest.approx(margin),
        None if margin_low is None else pytest.approx(margin_low),
    )
    assert found.why == f"{why}, wanted at most 5.5 h"


@pytest.mark.parametrize(
    ("kind", "wanted", "low", "value", "margin", "margin_low"),
    [
        ("work", 5.0, 4.0, 7.5, 0.5, -0.2),
        ("work", -10.0, -12.0, -5.0, 0.5, -0.2),  # a loss of at most ten
        ("availability", 0.999, 0.9985, 0.9995, 0.5, -0.5),  # of the error budget
        ("success", 0.9, 0.85, 0.95, 0.5, -0.5),
        ("availability", 1.0, 0.98, 0.99, -0.01, -0.02),  # no budget
        ("work", 0.0, 1.0, 2.0, None, None),
    ],
)
def test_margins_of_at_least(
    kind: str, wanted: float, low: float, value: float, margin: float | None, margin_low: float | None
) -> None:
    found = held(low, value, value + 0.01, Target("at_least", wanted, text="x"), kind)
    assert (found.margin, found.margin_low) == (
        None if margin is None else pytest.approx(margin),
        None if margin_low is None else pytest.approx(margin_low),
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(5.0, 1e6, "undecided"), (6.0, 7.0, "met"), (1.0, 5.0, "missed")]
)
def test_at_least(low: float, high: float, verdict: str) -> None:
    assert held(low, None, high, LEAST).verdict == verdict


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_a_last_digit_decides_nothing(size: float) -> None:
    """Of a target a trillionth is left to rounding, on both sides, however large it is."""
    target = Target("at_most", size, text="x")
    assert held(0.0, None, size * (1 + 5e-13), target).verdict == "met"
    assert held(size * (1 + 5e-13), None, size * 2, target).verdict == "undecided"
    assert held(0.0, None, size * (1 + 5e-12), target).verdict == "undecided"
    assert held(size * (1 + 5e-12), None, size * 2, target).verdict == "missed"


DESK = """
exchange: {USD: 0.5 EUR}
needs:
  cheap: {measure: cost/month, at_most: 100 USD/month}
  cheaper: {measure: cost/month, at_most: 100 USD}
  home: {measure: cost/month, at_most: 100 EUR}
  quick: {measure: latency/f@seen/p95, at_most: 1 s}
  end: {measure: latency/f/p95, at_most: 1 s}
  asked: {measure: approval/pay, is: always}
  here: {measure: residency/personal, within: [EU, CH]}
people: {ana: {}}
places: {fra: {in: DE}, us: {in: US}, us2: {in: US}, cellar: {kind: room}}
components:
  a: {kind: s, place: fra, price: 40 EUR/month, offers: {x: {work: 1 ms, impact: pay, effect: once}}}
  b: {kind: s, place: us, price: 0 EUR/month, offers: {y: {work: 1 ms, impact: pay, effect: once}}}
  c: {kind: s, place: us2, price: 0 EUR/month, offers: {z: {work: 1 ms}}}
data: {case: {class: personal, held_by: [a, b, c]}}
flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}, {mark: seen}, {call: b.y}, {call: c.z}]}}
"""


def found(text: str) -> dict[str, NeedResult]:
    return {each.need: each for each in results(context(text))}


def test_money_of_a_month_in_another_currency() -> None:
    made = found(DESK)
    assert [made[name].target.value for name in ("cheap", "cheaper", "home")] == pytest.approx([50, 50, 100])
    assert [made[name].margin for name in ("cheap", "cheaper", "home")] == pytest.approx([0.2, 0.2, 0.6])
    with pytest.raises(UnitError, match="`100 USD/month`: state what 1 USD is worth in `exchange`"):
        found(DESK.replace("exchange: {USD: 0.5 EUR}", ""))


def test_latency_needs_bring_success_needs_of_the_same_mark() -> None:
    made = found(DESK)
    assert list(made)[3:7] == ["quick", "quick-success", "end", "end-success"]
    assert [made[name].figure for name in ("quick-success", "end-success")] == ["success/f@seen", "success/f"]
    assert made["quick-success"].accompanies == "quick"
    stated = DESK.replace("  asked:", "  well: {measure: success/f, at_least: 90 %}\n  asked:")
    assert "end-success" not in found(stated)


@pytest.mark.parametrize(
    ("steps", "verdict", "why"),
    [
        ("{call: a.x}, {mark: seen}, {call: b.y}", "missed", " is reached without approval (and 1 more)"),
        ("{call: a.x}, {mark: seen}", "missed", " is reached without approval"),
        ("{ask: ana, approves: [pay]}, {call: a.x}, {mark: seen}", "met", "every path to it asks first"),
    ],
)
def test_approvals(steps: str, verdict: str, why: str) -> None:
    made = found(DESK.replace("{call: a.x}, {mark: seen}, {call: b.y}", steps))["asked"]
    assert (made.verdict, made.target.text) == (verdict, "is always")
    assert made.why.endswith(why)


@pytest.mark.parametrize(
    ("place", "verdict", "why"),
    [
        ("in: US", "missed", "components.b holds case: us (and 1 more)"),
        ("kind: region", "not shown", "components.b holds case: us (and 1 more)"),
        ("in: FR", "met", "they are in DE, FR"),
        ("in: CH", "met", "they are in CH, DE"),
    ],
)
def test_places(place: str, verdict: str, why: str) -> None:
    made = found(DESK.replace("in: US", place))["here"]
    assert (made.verdict, made.why, made.target.text) == (verdict, why, "within EU, CH")
    one = found(DESK.replace("us2: {in: US}", "us2: {in: FR}"))["here"]
    assert one.why == "components.b holds case: us"


def test_where_data_are_that_nobody_describes_is_not_shown() -> None:
    text = "needs: {here: {measure: residency/personal, within: [EU]}}\n"
    made = found(text)["here"]
    assert (made.verdict, made.why) == ("not shown", "no data of class `personal` are described")


@pytest.mark.parametrize(
    ("place", "chain"),
    [
        ("GB", ("GB", "UK")),
        ("UK", ("UK", "GB")),
        ("EU", ("EU", "EEA")),
        ("NO", ("NO", "EEA")),
        ("US", ("US",)),
    ],
)
def test_unions(place: str, chain: tuple[str, ...]) -> None:
    assert lies_in(context(DESK).model, place) == chain
