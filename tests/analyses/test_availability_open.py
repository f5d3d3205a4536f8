"""Availability while steps or parts are still to be chosen: the best and the worst of what may be, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import context, on, opened
from groma.analyses import bounds, figure
from groma.model.program import Open, Step

PARTS = """
components:
  a: {kind: s, fails: {availability: 90 %}, offers: {x: {}}}
  b: {kind: s, fails: {availability: 80 %}, offers: {x: {}}}
"""


def test_steps_that_are_still_open_are_the_better_or_the_worse_of_them() -> None:
    flows = "one: {steps: [{call: a.x}]}, two: {steps: [{call: a.x}, {call: b.x}]}"
    model = context(
        f"{PARTS}flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{wait: 1 s}}]}}, {flows}}}\n"
    ).model
    flow = model.flows["f"]
    ways = tuple((name, model.flows[name].steps) for name in ("one", "two"))
    choice = Step(Open("way", ways), flow.at, "flows.f.steps.open")
    c = on(replace(model, flows={"f": replace(flow, steps=(choice,))}))
    assert bounds(c, "availability/f")[0] == pytest.approx(0.9)
    for name, truth in (("one", 0.9), ("two", 0.72)):
        assert bounds(c.with_partial({"way": name}), "availability/f") == pytest.approx((truth, truth))


def test_a_part_that_may_lack_the_operation_is_no_more_than_itself() -> None:
    text = f"""{PARTS}  c: {{kind: s, offers: {{x: {{}}}}}}
  deep: {{kind: s, fails: {{availability: 99 %}}, offers: {{x: {{steps: [{{call: a.x}}]}}}}}}
  lacks: {{kind: s, fails: {{availability: 70 %}}, offers: {{y: {{}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: c.x}}]}}}}
"""
    c = opened(text, "c", "part", deep="deep", lacks="lacks")
    assert (
        bounds(c, "availability/f")[0] == pytest.approx(0.99 * 0.9) or bounds(c, "availability/f")[0] > 0.89
    )
    assert bounds(c.with_partial({"part": "deep"}), "availability/f") == pytest.approx((0.891, 0.891))
    assert bounds(c.with_partial({"part": "lacks"}), "availability/f") == pytest.approx((0.7, 0.7))


@pytest.mark.parametrize("measure", ["availability/f", "downtime/f"])
def test_of_a_part_that_says_nothing_nothing_is_shown(measure: str) -> None:
    text = "components: {a: {kind: s, offers: {x: {}}}}\nflows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n"
    found = figure(context(text), measure)
    assert (found.low, found.value, found.high) == (None, None, None)
    assert found.reason == "a fact that it needs is missing"
