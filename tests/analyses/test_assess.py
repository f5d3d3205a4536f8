"""Verdicts follow the whole interval; the facts that would change them are found by working the model out anew."""

from __future__ import annotations

import pytest

from analyses.given import CATALOG, HEAD, context
from groma.analyses import assess, figure
from groma.analyses.needs import results
from groma.analyses.uncertainty.sensitivity import sensitivity
from groma.model.figure import Input, Ledger
from groma.model.load import loads

TEXT = """
facts:
  usd: {value: 0.9 EUR, known: 0.85 EUR .. 0.95 EUR, source: a bank, date: 2026-11-01}
exchange: {USD: $usd}
needs:
  cheap: {measure: cost/month, at_most: 95 EUR}
  cheaper: {measure: cost/month, at_most: 90 EUR/month}
  cheapest: {measure: cost/month, at_most: 80 EUR}
  up: {measure: availability/f, at_least: 99 %}
  quick: {measure: latency/f/p95, at_most: 1 s}
  alive: {measure: effort/month, at_most: 8 h/month}
  scored: {measure: quality/a/tau2, at_least: 70 %}
people:
  ana: {rate: 60 EUR/h}
components:
  a:
    kind: s
    price: 100 USD/month
    effort: 3 h/month
    owner: ana
    fails: {every: 100 h, repaired_in: 0.5 h .. 4 h}
    offers: {x: {work: 100 ms}}
flows:
  f: {starts: {rate: 1/min}, steps: [{call: a.x}]}
"""


def test_met_missed_and_undecided() -> None:
    c = context(TEXT)
    found = {result.need: result for result in results(c)}
    verdicts = {name: result.verdict for name, result in found.items()}
    assert verdicts == {
        "cheap": "met",
        "cheaper": "undecided",
        "cheapest": "missed",
        "up": "undecided",
        "quick": "met",
        "quick-success": "met",
        "alive": "met",
        "scored": "not shown",
    }
    assert found["quick-success"].accompanies == "quick"
    assert found["cheap"].margin == pytest.approx(1 - 90 / 95)
    assert found["alive"].margin == pytest.approx(1 - 3 / 8)
    assert found["cheapest"].why == "85–95 EUR/month, wanted at most 80 EUR"


def test_the_facts_that_would_decide_are_named() -> None:
    ledger = assess(loads(HEAD + TEXT), CATALOG)
    found = {result.need: result for result in ledger.needs}
    assert found["cheaper"].would_change == ("fact/usd",)
    assert found["up"].would_change == ("model/components.a.fails.repaired_in",)
    assert found["scored"].would_change == ("components.a.qualities.tau2: state it with its source",)
    (swing,) = sensitivity(context(TEXT), "cost/month")
    assert (swing.at_low.value, swing.at_high.value) == (85.0, 95.0)
    (repair,) = sensitivity(context(TEXT), "availability/f")
    assert (repair.at_low.value, repair.at_high.value) == pytest.approx((100 / 100.5, 100 / 104))


def test_the_ledger_is_the_same_bytes_each_time_and_reads_back() -> None:
    model = loads(HEAD + TEXT)
    first, second = assess(model, CATALOG), assess(model, CATALOG)
    assert first.to_json() == second.to_json()
    assert Ledger.from_json(first.to_json()).to_json() == first.to_json()
    for measure in (
        "cost/month",
        "latency/f/p99",
        "availability/f",
        "downtime/f",
        "saturation/f",
        "people/month",
    ):
        assert measure in first
    assert all(given.where for given in first.inputs.values())
    assert {given.source for given in first.inputs_of("cost/month")} >= {"a bank"}


def test_a_figure_is_worked_out_once() -> None:
    c = context(TEXT)
    assert figure(c, "cost/month") is figure(c, "cost/month")
    with pytest.raises(ValueError, match="isn't worked out by any analysis"):
        figure(c, "beauty/f")


def test_an_input_without_a_place_reads_back() -> None:
    ledger = Ledger("x")
    ledger.enter(Input("fact/of_nowhere", "", ""))
    assert Ledger.from_json(ledger.to_json()).inputs == ledger.inputs
