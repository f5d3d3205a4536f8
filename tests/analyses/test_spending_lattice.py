"""Lattices of money that fit loops nothing ends for sure, and prices that hang on what isn't there, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.given import context, opened
from groma.analyses import figure
from groma.analyses.cost.prices import Origin, Term
from groma.analyses.interval import point
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Grid
from groma.analyses.spending.priced import law_of
from groma.model.program import Sizes
from groma.model.quantity import JointTable, Quantity

LOOP = """
components:
  z: {kind: s, price: {call: 0 EUR}, offers: {f: {}}}
  a: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}
  b: {kind: s, price: {call: 100 EUR}, offers: {f: {}}}
  n: {kind: s, price: {call: 80 EUR}, offers: {f: {}}}
flows: {main: {starts: {rate: 1/h}, steps: [{repeat: {until: 0.5 %, steps: [STEPS]}}]}}
"""
CHOICE = "{choose: [{share: 10 %, steps: [{call: n.f}]}, {share: 90 %, steps: [{call: b.f}]}]}"
ROUNDS = math.ceil(math.log(0.1) / math.log(0.995))  # so many at the most in nine of ten runs: 460


@pytest.mark.parametrize(
    ("steps", "low", "high"),
    [
        ("{call: a.f}", 1, 1),
        ("{call: b.f}", 100, 100),
        ("{call: a.f}, {call: b.f}", 100, 200),
        ("{call: a.f}, {call: b.f}, {call: b.f}, {call: b.f}", 300, 400),
        ("{call: a.f}, {call: b.f}, {call: b.f}, {call: n.f, cache: {hits: 100 %}}", 200, 300),
        (", ".join([CHOICE, *["{call: z.f}"] * 9]), None, 100),
        ("{call: n.f}, {call: n.f}, {call: b.f}", 100, 300),
        (CHOICE, None, 100),
        ("{choose: [{share: 90 %, steps: [{call: b.f}]}, {share: 10 %, steps: [{call: n.f}]}]}", None, 100),
        ("{call: n.f}, {call: b.f}, {call: b.f}", 200, 300),
        (CHOICE.replace("n.f", "x.f").replace("b.f", "n.f").replace("x.f", "b.f"), 80, None),
    ],
)
def test_the_money_of_many_rounds_is_counted_in_prices_of_what_is_usual(
    steps: str, low: float | None, high: float | None
) -> None:
    """Calls at that price aren't rounded, others each to the next multiple of it; what is never called, or is free, is
    no usual price, and one whose multiples don't reach as far as runs go is none either."""
    found = figure(context(LOOP.replace("STEPS", steps)), "cost/main/p90")
    assert found.low is not None and found.high is not None and found.value is not None
    assert high is None or found.high == ROUNDS * high
    assert low is None or found.low == ROUNDS * low
    assert found.low <= found.value <= found.high


def test_the_price_of_an_answer_hangs_on_a_prompt_that_its_table_lacks() -> None:
    """Answers of 10 or 20 tokens, as often, at 2 each or, after prompts of more than 20, at 9."""
    dear = Term("size", point(2.0), None, Origin(""), "output")
    terms = (dear, replace(dear, amount=point(9.0), prompts_above=20))
    c = context(
        "components: {m: {kind: llm, offers: {g: {}}}}\n"
        "flows: {f: {steps: [{call: m.g, sizes: {in: 25}}, {call: m.g, sizes: {in: 20}}]}}\n"
    )
    for step, each in zip(c.model.flows["f"].steps, (9, 2), strict=True):
        amounts: tuple[tuple[str, Quantity], ...] = step.action.sizes.amounts  # pyright: ignore
        table = JointTable(("output",), ((10.0,), (20.0,)), (0.5, 0.5))
        law, missing = law_of(Grid(1.0, 256), "p", "s", None, Sizes(amounts, table), terms)
        assert missing == frozenset()
        for row in (FAST, SLOW, NOMINAL):
            assert law.cells[row, [10 * each, 20 * each]] == pytest.approx([0.5, 0.5])


HEDGED = """
components:
  part: {kind: s, price: 0 EUR/month, offers: {f: {}}}
  has: {kind: s, price: {call: 1 EUR}, offers: {f: {work: 1 s}}}
  lacks: {kind: s, price: 0 EUR/month, offers: {g: {cancels: true}}}
flows: {main: {starts: {rate: 0.001/s}, steps: [{call: part.f, hedge: {after: AFTER}}]}}
"""


@pytest.mark.parametrize(("after", "most"), [("500 ms", 2.0), ("2 s", 1.0)])
def test_a_part_that_lacks_what_is_called_of_it_is_named_and_no_mistake(after: str, most: float) -> None:
    """A second attempt after half of the first's second costs as much again; after two it is never begun."""
    c = opened(HEDGED.replace("AFTER", after), "part", "which", has="has", lacks="lacks")
    found = figure(c.with_partial({"which": "has"}), "cost/main/p50")
    assert (found.low, found.value, found.high) == pytest.approx((most, most, most), rel=1e-3)
    for open_still in (c, c.with_partial({"which": "lacks"})):
        lacking = figure(open_still, "cost/main/p50")
        assert lacking.missing == ("flows.main.steps.1: nothing stands for `part`",)
        assert (lacking.low or 0.0, lacking.value) == (0.0, None)


@pytest.mark.parametrize(("known", "sure"), [("10 ms .. 1 s", False), ("1 s .. 1 s", False)])
def test_how_often_it_takes_too_long_counts_where_it_may_be_never(known: str, sure: bool) -> None:
    """Work of a second in the mean is paid by the second and given up after one: what it costs and whether what comes
    next is called hang on each other, though at its quickest (10 ms) next to nothing takes so long."""
    text = (
        "components:\n"
        f"  w: {{kind: s, price: {{work: 2 EUR/s}}, offers: {{f: {{work: {{value: 1 s ± 1 s, known: {known}}}}}}}}}\n"
        "  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}\n"
        "flows: {main: {starts: {rate: 0.001/s}, steps: [{call: w.f, timeout: 1 s}, {call: a.f}]}}\n"
    )
    found = figure(context(text), "cost/main/p50")
    assert (found.value is not None) is sure
    assert found.low is not None and found.high is not None and found.low <= 2 * math.log(2) + 3 <= found.high
