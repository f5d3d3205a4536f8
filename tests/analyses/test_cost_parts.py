"""Parts of the bill on their own, by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from analyses.given import context, on, opened
from groma.analyses import bounds, figure
from groma.analyses.cost import bill
from groma.analyses.cost.lines import lines
from groma.analyses.cost.prices import Term, _listed, _listed_meaning  # pyright: ignore[reportPrivateUsage]
from groma.analyses.cost.use import SizeOf, _at_most_in_tail, size_of  # pyright: ignore[reportPrivateUsage]
from groma.analyses.interval import Interval, point
from groma.model.load import loads
from groma.model.program import Sizes
from groma.model.trace import JointTable


def test_moments_of_a_joint_table() -> None:
    """1, 2 and 6 with weights 1/2, 1/4, 1/4: mean 2.5, mean square 10.5."""
    table = JointTable(("input",), ((1.0,), (2.0,), (6.0,)), (0.5, 0.25, 0.25))
    found = size_of(Sizes(table=table), "input")
    assert found is not None and found.mean == point(2.5)
    assert found.sd == pytest.approx(math.sqrt(10.5 - 6.25)) and found.greatest == 6.0
    alike = size_of(Sizes(table=JointTable(("input",), ((3.0,), (3.0,)), (0.5, 0.5))), "input")
    assert alike is not None and (alike.mean, alike.sd, alike.greatest) == (point(3.0), 0.0, 3.0)


def test_the_most_of_a_mean_that_lies_in_a_tail() -> None:
    """Cauchy and Schwarz with Cantelli: sqrt(E S^2 P(tail)), E S^2 = 3^2 + 4^2, P <= 1 / (1 + 1^2)."""
    size, prompt = SizeOf(point(3.0), 4.0, 100.0), SizeOf(point(10.0), 3.0, 100.0)
    assert _at_most_in_tail(size, prompt, 3.0) == pytest.approx(math.sqrt(25 / 2))
    assert _at_most_in_tail(size, prompt, 6.0) == pytest.approx(math.sqrt(25 / 5))
    for gap in (0.0, -4.0):
        assert _at_most_in_tail(size, prompt, gap) == pytest.approx(5.0)
    assert _at_most_in_tail(size, SizeOf(point(10.0), 0.0, 10.0), 0.0) == pytest.approx(5.0)
    assert _at_most_in_tail(size, SizeOf(point(10.0), 0.0, 10.0), 1.0) == 0.0


@pytest.mark.parametrize(
    ("per", "one"),
    [
        ("request", 1),
        ("1k requests", 1000),
        ("10K calls", 10_000),
        ("1M events", 10**6),
        ("1B queries", 10**9),
    ],
)
def test_what_prices_are_counted_by(per: str, one: int) -> None:
    found = _listed_meaning(per)
    assert found is not None and found[0] == "call" and 1 / found[2] == one


def test_a_listed_price_of_tokens_is_sharp_and_that_of_the_list() -> None:
    """USD 0.30 in and 2.50 out a million tokens (Google's list)."""
    text = """
components: {m: {kind: llm, product: google/gemini-2.5-flash@eu, offers: {generate: {}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: m.generate, sizes: {input: 1000, output: 200}}]}}
"""
    dollars = "groma: 1\nsystem: t\ncurrency: USD\n" + text
    found = figure(on(loads(dollars)), "cost/main/run")
    truth = 1000 * 0.30e-6 + 200 * 2.50e-6
    assert (found.low, found.value, found.high) == pytest.approx((truth, truth, truth), rel=1e-9)


def test_what_stands_several_times_says_so_in_its_bill() -> None:
    text = "components: {a: {kind: s, replicas: %d, price: 10 EUR/month}}\nflows: {main: {steps: [{wait: 1 s}]}}\n"
    lines = {n: [line.text for line in figure(context(text % n), "cost/month").derivation] for n in (1, 3)}
    assert any(line.startswith("a: ") and line.endswith(" x 3.0") for line in lines[3]), lines[3]
    assert all(" x " not in line for line in lines[1])


def test_while_a_choice_is_open_a_run_costs_between_what_is_sure_and_all_that_may_be() -> None:
    text = """
components:
  api: {kind: s, offers: {f: {}}}
  cheap: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}
  dear: {kind: s, price: {call: 5 EUR}, offers: {f: {}}}
  fixed: {kind: s, price: {call: 2 EUR}, offers: {f: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: fixed.f}, {call: api.f}]}}
"""
    c = opened(text, "api", "which", cheap="cheap", dear="dear")
    assert bounds(c, "cost/main/run") == (2.0, 8.0)
    assert bounds(c.with_partial({"which": "dear"}), "cost/main/run") == (7.0, 7.0)


def test_what_another_flow_chooses_changes_the_bill_of_one_that_shares_a_queue() -> None:
    """Half a call a second at one server without a queue: Erlang turns 1/3 away; with as many of the other flow 1/2."""
    text = """
components:
  part: {kind: s, offers: {f: {}}}
  alone: {kind: s, offers: {f: {}}}
  shares: {kind: s, offers: {f: {steps: [{call: desk.f}], answers: at once}}}
  desk: {kind: s, threads: 1, queue: 0, price: {call: 1 EUR}, offers: {f: {work: 1 s ± 1 s}}}
flows:
  main: {starts: {rate: 0.5/s}, steps: [{call: desk.f}]}
  other: {starts: {rate: 0.5/s}, steps: [{call: part.f}]}
"""
    c = opened(text, "part", "which", alone="alone", shares="shares")
    for which, let_in in (("alone", 2 / 3), ("shares", 1 / 2), ("alone", 2 / 3)):
        chosen = c.with_partial({"which": which})
        assert figure(chosen, "cost/flow/main").value == pytest.approx(0.5 * 3600 * 730 * let_in, rel=1e-6)
        (line,) = (line for line in lines(chosen) if line.name == "flows.main: desk")
        assert line.value == pytest.approx(0.5 * 3600 * 730 * let_in, rel=1e-6)
        assert bounds(chosen, "cost/flow/main")[1] == pytest.approx(0.5 * 3600 * 730 * let_in, rel=1e-6)


def test_a_listed_price_that_is_only_known_by_its_ends_is_one_for_each_call_by_its_ends() -> None:
    """Between 2 and 6 a thousand requests; where nobody says the most, no end; where nobody says anything, no term."""
    c = context("components: {a: {kind: s}}\nflows: {main: {steps: [{wait: 1 s}]}}\n")

    def listed(amount: float | None, low: float | None, high: float | None) -> list[Term]:
        fact = SimpleNamespace(low=low, high=high)
        price: Any = SimpleNamespace(per="1k requests", currency="EUR", amount=amount, fact=fact, above=None)
        product: Any = SimpleNamespace(ref="x")
        return _listed(c, "components.a", product, price, [])

    assert listed(None, None, None) == []
    assert listed(None, 2.0, 6.0)[0].amount == Interval(0.002, None, 0.006)
    assert listed(None, 2.0, None)[0].amount == Interval(0.002, None, math.inf)
    assert listed(None, None, 6.0)[0].amount == Interval(0.0, None, 0.006)
    assert listed(3.0, 2.0, 6.0)[0].amount == point(0.003)


def test_while_a_choice_is_open_a_queue_with_a_last_place_may_turn_everybody_away() -> None:
    text = """
components:
  part: {kind: s, offers: {f: {}}}
  one: {kind: s, offers: {f: {}}}
  two: {kind: s, offers: {f: {work: 1 s}}}
  desk: {kind: s, threads: 1QUEUE, price: {call: 1 EUR}, offers: {f: {work: 1 ms, steps: [{call: paid.f}]}}}
  paid: {kind: s, price: {call: 2 EUR}, offers: {f: {}}}
flows: {main: {starts: {rate: 0.5/s}, steps: [{call: part.f}, {call: desk.f}]}}
"""
    for queue, least in (("", 0.5 * 3600 * 730 * 3), (", queue: 0", 0.0)):
        c = opened(text.replace("QUEUE", queue), "part", "which", one="one", two="two")
        assert bounds(c, "cost/month")[0] == pytest.approx(least)


def test_a_bill_whose_two_sums_differ_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it comes to by component and by flow is held against each other, cent by cent."""
    text = "components: {a: {kind: s, price: 10 EUR/month}}\nflows: {main: {steps: [{wait: 1 s}]}}\n"
    for cents, differs in (("10.00", False), ("10.01", True), ("9.99", True)):
        monkeypatch.setattr(bill, "_by_flow", lambda *_, amount=cents: {"": Fraction(amount)})  # pyright: ignore
        if differs:
            with pytest.raises(AssertionError, match=r"by component \(10.00\) and by flow"):
                figure(context(text), "cost/month")
        else:
            assert figure(context(text), "cost/month").value == 10.0
    unpriced = figure(context(text.replace(", price: 10 EUR/month", "")), "cost/month")
    assert unpriced.value is None and unpriced.second is not None and unpriced.second.value is None
    monkeypatch.setattr(bill, "_by_flow", lambda *_: {"": None})  # pyright: ignore
    shown = figure(context(text), "cost/month")
    assert shown.second is not None and shown.second.value is None
