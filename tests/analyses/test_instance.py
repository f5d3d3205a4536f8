"""Models written anew at a point: the same as the text with the facts known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analyses.given import HEAD, context
from groma.analyses.instance import Instances, coordinates, loaded, summed
from groma.analyses.registry import numbers
from groma.analyses.uncertainty.points import AtPoints, point_at
from groma.catalog import load_catalog
from groma.model.load import loads
from groma.model.quantity import Quantity

TEXT = """
facts:
  speed: {value: 200 ms ± 50 ms, known: 100 ms .. 400 ms, source: a test, date: 2026-11-01}
  first: {value: 20 %, known: 10 % .. 40 %, source: a test, date: 2026-11-01}
  second: {value: 30 %, known: 20 % .. 35 %, source: a test, date: 2026-11-01}
  rest: {value: 50 %, known: 35 % .. 60 %, source: a test, date: 2026-11-01}
  often: {value: 30/min, known: 10/min .. 40/min, source: a test, date: 2026-11-01}
components:
  a: {kind: s, threads: 4, price: 5 EUR/month .. 9 EUR/month, offers: {x: {work: $speed}, y: {work: $speed}}}
flows:
  f:
    starts: {rate: $often, busiest: 60/min}
    steps:
      - choose:
          - {share: $first, steps: [{call: a.x}]}
          - {share: $second, steps: [{call: a.x}, {call: a.y}]}
          - {share: $rest, steps: []}
"""
MEASURES = ("latency/f/mean", "cost/month", "utilisation/a", "throughput/a")
KNOWN = {
    "speed": ("200 ms ± 50 ms", 0.2),
    "first": ("20 %", 0.2),
    "second": ("30 %", 0.3),
    "rest": ("50 %", 0.5),
}


def rewritten(**values: str) -> str:
    """The text with some facts exactly known and the others at their stated values, no range left."""
    text = TEXT.replace("5 EUR/month .. 9 EUR/month", values.pop("price", "7 EUR/month"))
    for name, (stated, _) in {**KNOWN, "often": ("30/min", 0.5)}.items():
        line = next(line for line in text.splitlines() if line.startswith(f"  {name}: "))
        value = values.get(name, stated)
        text = text.replace(line, f"  {name}: {{value: {value}, source: a test, date: 2026-11-01}}")
    return text


def close(ends: tuple[float | None, ...]) -> list[float]:
    """Ends that can be compared: -1 where one isn't known."""
    return [-1.0 if end is None else end for end in ends]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, {}),
        ({"fact/speed": 0.4}, {"speed": "400 ms ± 100 ms"}),
        ({"fact/often": 0.2}, {"often": "12/min"}),
        # the others give way in proportion to the room they have: 10 and 15 points of the 25 that they can rise
        ({"fact/first": 0.1}, {"first": "10 %", "second": "33.333333333333 %", "rest": "56.666666666667 %"}),
    ],
)
def test_a_point_is_the_text_with_its_facts_known(values: dict[str, float], said: dict[str, str]) -> None:
    c = context(TEXT)
    found = AtPoints(c.model, c.catalog)(point_at(values, MEASURES))
    anew = context(rewritten(**said))
    for measure, ends in zip(MEASURES, found, strict=True):
        assert close(ends) == pytest.approx(close(numbers(anew, measure)), rel=1e-9)


def test_a_fact_takes_one_value_wherever_it_is_used() -> None:
    model = loads(HEAD + TEXT)
    moved = Instances(model).at({"fact/speed": 0.3})
    offers = moved.components["a"].offers
    assert [offers[name].work.mean for name in ("x", "y")] == [0.3, 0.3]  # type: ignore[union-attr]
    assert moved.people is model.people  # what nothing moves stays the same thing


def test_ranges_stay_where_that_is_asked_for() -> None:
    model = loads(HEAD + TEXT)
    moved = Instances(model, ranges=True).at({"fact/speed": 0.3})
    assert moved.components["a"].offers["x"].work.known is None  # type: ignore[union-attr]
    assert moved.flows["f"].starts.rate.known is not None  # type: ignore[union-attr]


def test_facts_without_a_range_are_moved_where_that_is_asked_for() -> None:
    text = rewritten()
    model = loads(HEAD + text)
    assert "fact/speed" not in Instances(model).quantities
    moved = Instances(model, more=["fact/speed"]).at({"fact/speed": 0.3})
    assert moved.components["a"].offers["x"].work.mean == 0.3  # type: ignore[union-attr]


def test_every_range_of_a_model_is_a_coordinate() -> None:
    c = context(TEXT)
    found = {k.input: k for k in coordinates(c)}
    price = "model/components.a.price.month"
    assert set(found) == {"fact/speed", "fact/first", "fact/second", "fact/rest", "fact/often", price}
    assert (found["fact/speed"].range.low, found["fact/speed"].range.likely) == (0.1, 0.2)
    assert found[price].range.likely is None
    assert set(found) <= set(c.ledger.inputs)


def share(mean: float, low: float, high: float) -> Quantity:
    text = context(TEXT).model.facts["first"].value
    return replace(text, law=type(text.law)(mean), known=(low, high))  # type: ignore[call-arg]


def test_shares_stay_in_their_ranges_and_sum_to_one() -> None:
    shares = [share(0.2, 0.1, 0.4), share(0.3, 0.2, 0.35), share(0.5, 0.35, 0.6)]
    for means in ([0.4, 0.3, 0.5], [0.1, 0.2, 0.6], [0.35, 0.34, 0.55], [0.2, 0.3, 0.5]):
        made = summed(shares, means)
        assert math.fsum(made) == pytest.approx(1.0, abs=1e-12)
        assert all(s.low - 1e-12 <= m <= s.high + 1e-12 for s, m in zip(shares, made, strict=True))
    assert summed(shares, [0.4, 0.3, 0.5])[0] == 0.4  # those at their stated value give way first
    with pytest.raises(ValueError, match="can't sum to 100 %: 90 % \\+ 30 % \\+ 50 %"):
        summed([share(0.9, 0.9, 0.9), share(0.3, 0.3, 0.3), share(0.5, 0.5, 0.5)], [0.9, 0.3, 0.5])


def test_more_load_is_the_text_with_higher_rates() -> None:
    c = context(TEXT)
    twice = loaded(c.model, ["f"], 2.0)
    anew = context(
        TEXT.replace("30/min, known: 10/min .. 40/min", "60/min, known: 20/min .. 80/min").replace(
            "busiest: 60/min", "busiest: 120/min"
        )
    )
    point = AtPoints(twice, load_catalog())(point_at({}, MEASURES))
    assert point == AtPoints(c.model, load_catalog())(point_at({}, MEASURES, 2.0))
    assert point == AtPoints(anew.model, load_catalog())(point_at({}, MEASURES))
    assert twice.flows["f"].starts.rate.known == pytest.approx((20 / 60, 80 / 60))  # type: ignore[union-attr]


def test_a_point_is_named_by_all_that_it_hangs_on() -> None:
    point = point_at({"fact/a": 1.0, "fact/b": 2.0}, ("cost/month",))
    assert point == point_at({"fact/b": 2.0, "fact/a": 1.0}, ("cost/month",))
    others = [
        point.name("model"),
        point.name("other"),
        point_at({"fact/a": 1.5, "fact/b": 2.0}, ("cost/month",)).name("model"),
        point_at({"fact/a": 1.0}, ("cost/month",)).name("model"),
        point_at({"fact/a": 1.0, "fact/b": 2.0}, ("people/month",)).name("model"),
        point_at({"fact/a": 1.0, "fact/b": 2.0}, ("cost/month",), 2.0).name("model"),
    ]
    assert len(set(others)) == len(others)
