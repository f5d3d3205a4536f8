"""Single lines of a bill, by hand: what has a price, what others pay for, what is left out, and no order matters."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import figure
from groma.analyses.cost.lines import carried, fixed_price, lines


@pytest.mark.parametrize(
    "price", ["", ", price: 10 USD/month", ", price: {month: 5 EUR/month, storage: 1 EUR/GB/month}"]
)
def test_what_has_no_price_or_no_rate_may_cost_anything(price: str) -> None:
    """Nothing is stated; no exchange rate; nobody says how much it keeps."""
    c = context(f"components: {{a: {{kind: database{price}}}}}\ndata: {{d: {{held_by: a}}}}\n")
    amount = fixed_price(c, c.model.components["a"]).amount
    assert (amount.low, amount.value, amount.high) == (5.0 if "5 EUR" in price else 0.0, None, math.inf)
    priced = context("components: {a: {kind: database, price: 10 EUR/month}}\n")
    known = fixed_price(priced, priced.model.components["a"]).amount
    assert (known.low, known.value, known.high) == (10.0, 10.0, 10.0)


CARRIED = """
components:
  top: {kind: service, runs_on: middle}
  middle: {kind: service, runs_on: base}
  base: {kind: host, price: 50 EUR/month}
  floating: {kind: service, runs_on: ground}
  ground: {kind: host}
  alone: {kind: service}
"""


def test_what_runs_on_something_that_is_paid_for_needs_no_price_of_its_own() -> None:
    c = context(CARRIED)
    found = {name: carried(c, component) for name, component in c.model.components.items()}
    assert found == {
        "top": True, "middle": True, "base": False, "floating": False, "ground": False, "alone": False,
    }  # fmt: skip
    missing = figure(c, "cost/month").missing
    assert {path.split(".")[1] for path in missing} == {"floating", "ground", "alone"}


@pytest.mark.parametrize(("first", "second", "paid"), [("paid", "paid", True), ("paid", "free", False)])
def test_every_carrier_that_may_be_chosen_has_to_be_paid_for(first: str, second: str, paid: bool) -> None:
    text = """
components:
  app: {kind: service, runs_on: host}
  host: {kind: host}
  paid: {kind: host, price: 50 EUR/month}
  free: {kind: host}
"""
    if first == second:
        text = text.replace("  free: {kind: host}", "  also: {kind: host, price: 9 EUR/month}")
        second = "also"
    c = opened(text, "host", "r", one=first, two=second)
    assert carried(c, c.model.components["app"]) is paid


def test_a_bill_is_the_same_in_whatever_order_amounts_are_written() -> None:
    text = """
components:
  a: {kind: tool, price: {seat: 3 EUR/seat/month}, provides: {AMOUNTS}}
"""
    bills = {
        figure(context(text.replace("AMOUNTS", amounts)), "cost/month").value
        for amounts in ("seat: 5, seats: 8", "seats: 8, seat: 5")
    }
    assert len(bills) == 1 and None not in bills


def test_uses_that_cost_nothing_have_no_line_and_those_of_unknown_price_have_one() -> None:
    text = """
components:
  free: {kind: service, price: 0 EUR/month, offers: {x: {}}}
  dear: {kind: api, offers: {x: {price: 0.01 EUR}, y: {}}}
flows:
  f: {starts: {rate: 1/h}, steps: [{call: free.x}, {call: dear.x}]}
  g: {starts: {rate: 1/h}, steps: [{call: dear.y}]}
"""
    found = {line.name: line for line in lines(context(text)) if line.name.startswith("flows.")}
    assert set(found) == {"flows.f: dear", "flows.g: dear"}
    assert found["flows.f: dear"].value == pytest.approx(730 * 0.01)
    unknown = found["flows.g: dear"]
    assert (unknown.low, unknown.value, unknown.high) == (0.0, None, math.inf)


def test_looking_something_up_costs_a_call_of_the_cache_and_no_more() -> None:
    """Each run looks it up once; half of them go on to the call; what the cache's other work costs isn't asked."""
    text = """
components:
  store: {kind: cache, price: {call: 0.01 EUR, input: 5 EUR/Mtoken}}
  a: {kind: api, price: {call: 1 EUR}, offers: {x: {}}}
flows: {f: {starts: {rate: 1/h}, steps: [{call: a.x, cache: {hits: 50 %, component: store}}]}}
"""
    found = figure(context(text), "cost/f/run")
    assert found.value == pytest.approx(0.01 + 0.5 * 1)
    assert found.missing == ()


def test_a_bill_names_the_sizes_that_it_was_worked_out_from() -> None:
    text = """
components: {m: {kind: llm, price: {input: 3 EUR/Mtoken}, offers: {g: {}}}}
flows: {f: {starts: {rate: 1/h}, steps: [{call: m.g, sizes: {input: 1000}}]}}
"""
    found = figure(context(text), "cost/f/run")
    assert "model/flows.f.steps.1.sizes.input" in found.inputs
    assert any("model/flows.f.steps.1.sizes.input" in line.refs for line in found.derivation)
