"""Facts that would decide a need, against models that are written anew with the fact known."""

from __future__ import annotations

import math

import pytest

from analyses.given import HEAD, context, on
from groma.analyses import assess, figure
from groma.analyses.needs import results
from groma.analyses.uncertainty.sensitivity import MOST_TRIED, narrowed, sensitivity, would_change
from groma.catalog import load_catalog
from groma.model.load import loads
from groma.model.quantity import Quantity

SPEED, LOST = "200 ms, known: 80 ms .. 400 ms", "1 %, known: 0.4 % .. 3 %"
TEXT = """
facts:
  speed: {value: SPEED, source: a test, date: 2026-11-01}
  lost: {value: LOST, source: a test, date: 2026-11-01}
  apart: {value: 3 h/month, known: 1 h/month .. 9 h/month, source: a test, date: 2026-11-01}
needs:
  quick: {measure: latency/f/mean, at_most: 250 ms}
  dependable: {measure: success/f, at_least: 99 %}
people:
  ana: {rate: 60 EUR/h}
components:
  a: {kind: s, offers: {x: {work: $speed, fails: $lost}}}
  b: {kind: s, effort: $apart, owner: ana}
flows:
  f: {starts: {rate: 1/min}, steps: [{call: a.x}, {call: a.x}]}
"""


def written(speed: str = SPEED, lost: str = LOST) -> str:
    return TEXT.replace("SPEED", speed).replace("LOST", lost)


@pytest.mark.parametrize("measure", ["latency/f/mean", "latency/f/p95", "success/f"])
def test_a_swing_is_what_the_model_gives_with_the_fact_known(measure: str) -> None:
    found = {swing.input: swing for swing in sensitivity(context(written()), measure)}
    speed, lost = found["fact/speed"], found["fact/lost"]
    for said, text in (
        (speed.at_low, written(speed="80 ms")),
        (speed.at_high, written(speed="400 ms")),
        (lost.at_low, written(lost="0.4 %")),
        (lost.at_high, written(lost="3 %")),
    ):
        anew = figure(context(text), measure)
        assert (said.low, said.value, said.high) == pytest.approx((anew.low, anew.value, anew.high))


def test_a_spread_that_is_known_to_a_range_keeps_its_shape_at_both_ends() -> None:
    """Exponential work of 80 to 400 ms: the 95th percentile of one call is its mean times -ln 0.05."""
    text = """
components: {a: {kind: s, offers: {x: {work: {value: 200 ms ± 200 ms, known: 80 ms .. 400 ms}}}}}
flows: {f: {starts: {rate: 1/min}, steps: [{call: a.x}]}}
"""
    (swing,) = sensitivity(context(text), "latency/f/p95")
    ratio = -math.log(0.05)
    assert swing.at_low.value == pytest.approx(0.08 * ratio, rel=0.01)
    assert swing.at_high.value == pytest.approx(0.4 * ratio, rel=0.01)


def test_only_inputs_of_the_figure_are_tried() -> None:
    found = {swing.input for swing in sensitivity(context(written()), "latency/f/mean")}
    assert found == {"fact/speed", "fact/lost"}
    assert {s.input for s in sensitivity(context(written()), "people/month")} == {"fact/apart"}


def test_needs_that_share_facts_get_their_own_answers() -> None:
    c = context(written())
    undecided = [r for r in results(c) if r.need in ("quick", "dependable")]
    assert {r.verdict for r in undecided} == {"undecided"}
    together = would_change(c, undecided)
    assert together == {
        # two calls of 80 ms make 160 ms whatever is lost, two of 400 ms make 800 ms
        "quick": ("fact/speed",),
        # 0.996 ** 2 > 99 %, 0.97 ** 2 < 99 %
        "dependable": ("fact/lost",),
    }
    for one in undecided:
        assert would_change(context(written()), [one]) == {one.need: together[one.need]}
    ledger = assess(loads(HEAD + written()), load_catalog())
    assert {r.need: r.would_change for r in ledger.needs if r.verdict == "undecided"} == together


def test_of_many_facts_those_with_the_widest_ranges_are_tried() -> None:
    names = [f"part{n:02}" for n in range(MOST_TRIED + 6)]
    parts = "".join(
        f"  {name}: {{kind: s, price: 100 EUR/month .. {101 + n} EUR/month}}\n"
        for n, name in enumerate(names)
    )
    c = on(loads(f"{HEAD}components:\n{parts}"))
    tried = {swing.input for swing in sensitivity(c, "cost/month")}
    assert len(tried) == MOST_TRIED
    assert {name.split(".")[1] for name in tried} == set(names[6:])


def test_a_range_is_as_wide_as_it_is_for_its_size() -> None:
    """5 % of 1,000 EUR are less than half of 20 EUR, and a price of which nothing is open is no range."""
    many = [f"  a{n:02}: {{kind: s, price: 1000 EUR/month .. 1050 EUR/month}}\n" for n in range(6)]
    many += [f"  b{n:02}: {{kind: s, price: 10 EUR/month .. 20 EUR/month}}\n" for n in range(MOST_TRIED)]
    many += ["  c: {kind: s, price: 9999 EUR/month}\n"]
    tried = [
        swing.input for swing in sensitivity(on(loads(f"{HEAD}components:\n{''.join(many)}")), "cost/month")
    ]
    assert len(tried) == MOST_TRIED and all(".b" in name for name in tried)


def test_a_model_with_one_fact_known_keeps_all_else_as_it_is() -> None:
    """The very same elements: what is known of them holds still, and no other quantity moves."""
    c = context(written())
    figure(c, "latency/f/mean")
    (speed,) = [given for given in c.ledger.inputs_of("latency/f/mean") if given.name == "fact/speed"]
    anew = narrowed(c.model, speed, 0.08)
    before, after = c.model.components["a"].offers["x"], anew.components["a"].offers["x"]
    assert after.work is not before.work
    assert isinstance(after.work, Quantity) and after.work.mean == pytest.approx(0.08)
    assert after.fails is before.fails
    assert anew.components["b"] is c.model.components["b"]
    assert anew.flows is c.model.flows and anew.people is c.model.people and anew.needs is c.model.needs
    assert anew.wishes is c.model.wishes
    (lost,) = [given for given in c.ledger.inputs_of("latency/f/mean") if given.name == "fact/lost"]
    other = narrowed(c.model, lost, 0.03).components["a"].offers["x"]
    assert other.work is before.work and other.fails is not before.fails


def test_a_step_among_others_is_the_only_one_that_changes() -> None:
    steps = "[{wait: 1 s}, {ask: ana, takes: 1 min .. 9 min}, {wait: 2 s}]"
    text = f"people: {{ana: {{role: clerk}}}}\nflows: {{f: {{steps: {steps}}}}}\n"
    c = context(text)
    figure(c, "latency/f/mean")
    (given,) = c.ledger.inputs_of("latency/f/mean")[1:2]
    anew = narrowed(c.model, given, 60.0).flows["f"].steps
    assert [a is b for a, b in zip(anew, c.model.flows["f"].steps, strict=True)] == [True, False, True]
