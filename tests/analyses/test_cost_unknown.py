"""A figure of money or calls without a value says what to state; its ends, by hand, hold whatever that is."""

from __future__ import annotations

import math

import pytest

from analyses.given import context
from groma.analyses import figure

TEXT = """
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  z: {kind: s, price: {call: 0 EUR}, offers: {f: {}}}
  o: {kind: s, price: 0 EUR/month, offers: {f: {steps: [{repeat: {times: unknown, steps: [{call: a.f}]}}]}}}
  fl: {kind: s, price: {call: 2 EUR}, offers: {f: {fails: unknown}}}
  w: {kind: s, threads: 1, price: {call: 2 EUR}, offers: {f: {work: unknown}}}
  k: {kind: s, threads: 1, price: {call: 2 EUR}, offers: {f: {work: 1 s ± 1 s}}}
  q: {kind: s, threads: 1, queue: 2, price: {call: 2 EUR}, offers: {f: {work: unknown}}}
flows:
  main: {starts: {rate: RATE}, steps: [STEPS]}
  sub: {steps: [{repeat: {times: unknown, steps: [{call: a.f}]}}]}
"""
LOOP = "{repeat: {UNTIL, steps: [{call: a.f}]}}"
WORK = "components.w.offers.f.work"


def given(steps: str, rate: str = "1/h") -> str:
    return TEXT.replace("RATE", rate).replace("STEPS", steps)


@pytest.mark.parametrize(
    ("steps", "money", "calls", "missing"),
    [
        (LOOP.replace("UNTIL", "times: unknown"), (0, math.inf), (0, math.inf), "flows.main.steps.1.times"),
        (LOOP.replace("UNTIL", "until: unknown"), (3, math.inf), (1, math.inf), "flows.main.steps.1.until"),
        (LOOP.replace("UNTIL", "until: unknown, at_most: 3"), (3, 9), (1, 3), "flows.main.steps.1.until"),
        ("{do: sub}", (0, math.inf), (0, math.inf), "flows.sub.steps.1.times"),
        ("{call: o.f}", (0, math.inf), (1, math.inf), "components.o.offers.f.steps.1.times"),
        ("{call: fl.f, retry: 1}", (2, 4), (1, 2), "components.fl.offers.f.fails"),
        ("{call: a.f, cache: {hits: unknown}}", (0, 3), (0, 1), "flows.main.steps.1.cache.hits"),
        ("{call: w.f, timeout: 1 s, retry: 2}", (2, 6), (1, 3), WORK),
        ("{call: w.f, timeout: 1 s, fallback: [{call: a.f}]}", (2, 5), (1, 2), WORK),
        ("{call: q.f}", (0, 2), (0, 1), "components.q.offers.f.work"),
    ],
)
def test_what_decides_how_often_is_named_where_nobody_states_it(
    steps: str, money: tuple[float, float], calls: tuple[float, float], missing: str
) -> None:
    c = context(given(steps))
    ends = {
        "cost/main/run": money,
        "cost/flow/main": (730 * money[0], 730 * money[1]),
        "cost/month": (730 * money[0], 730 * money[1]),
        "calls/main/mean": calls,
    }
    for measure, (low, high) in ends.items():
        found = figure(c, measure)
        assert (found.value, found.missing) == (None, (missing,)), measure
        assert "that decides how often" in found.reason
        assert (found.low or 0.0) == pytest.approx(low)
        assert found.high == (None if math.isinf(high) else pytest.approx(high))


@pytest.mark.parametrize(
    ("steps", "most", "missing"),
    [
        ("{call: fl.f, retry: 1}", 4, "components.fl.offers.f.fails"),
        ("{call: w.f, timeout: 1 s, retry: 2}", 6, WORK),
        ("{call: q.f}", 2, "components.q.offers.f.work"),
    ],
)
def test_a_percentile_without_a_value_keeps_its_ends_and_says_why(
    steps: str, most: float, missing: str
) -> None:
    found = figure(context(given(steps)), "cost/main/p90")
    assert (found.value, found.missing) == (None, (missing,))
    assert found.reason == "a share, count or time that decides what runs spend isn't known"
    assert found.high is not None and found.high == pytest.approx(most, rel=1e-3)


def test_a_rate_that_decides_who_waits_too_long_is_named_once() -> None:
    """How many give up hangs on how many come: of the calls one or two are made."""
    c = context(given("{call: k.f, timeout: 3 s, retry: 1}", "unknown"))
    run = figure(c, "cost/main/run")
    assert (run.value, run.missing, run.high) == (None, ("flows.main.starts.rate",), 4.0)
    month = figure(c, "cost/flow/main")
    assert month.missing == ("flows.main.starts.rate: state the mean rate over a month",)
    assert (month.low, month.value, month.high) == (0.0, None, None)


def test_a_flow_that_only_runs_inside_others_leaves_the_bill_as_it_is() -> None:
    """Nobody knows how often `sub` goes round, nor runs it: 730 calls of 3 EUR."""
    c = context(given("{call: a.f}"))
    for measure in ("cost/month", "cost/component/a"):
        found = figure(c, measure)
        assert (found.low, found.value, found.high) == (2190.0, 2190.0, 2190.0)
        assert (found.missing, found.reason) == ((), "")
    alone = figure(c, "cost/flow/sub")
    assert (alone.value, alone.high, alone.missing) == (0.0, 0.0, ())
    assert figure(c, "cost/sub/run").missing == ("flows.sub.steps.1.times",)


def test_what_is_free_costs_nothing_however_often_it_is_used() -> None:
    c = context(given("{repeat: {times: unknown, steps: [{call: z.f}]}}"))
    for measure in ("cost/main/run", "cost/flow/main", "cost/component/z", "cost/month"):
        found = figure(c, measure)
        assert (found.low, found.value, found.high, found.missing, found.reason) == (0.0, 0.0, 0.0, (), "")
        assert measure.endswith("month") or "model/components.z.price.call" in found.inputs
    told = [line.value for line in figure(c, "cost/month").derivation if line.text.startswith(("for", "by"))]
    assert set(told) == {"0.00 EUR"}


def test_a_prompt_that_grows_by_nobody_knows_what_costs_at_least_its_first_size_each_round() -> None:
    """Two rounds of 1000 tokens, a euro each; what is added in between isn't stated, so there is no most."""
    text = """
components: {m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}}
flows:
  main:
    starts: {rate: 1/h}
    steps: [{repeat: {times: 2, steps: [{call: m.g, sizes: {in: 1000}, context: {h: 1 token, grows: {h: GROWS}}}]}}]
"""
    for grows, missing, ends in (
        (
            "unknown",
            ("flows.main.steps.1.repeat.steps.1.context.grows.h: state how much each round adds",),
            (2000, None, None),
        ),
        ("10 tokens", (), (2010, 2010, 2010)),
    ):
        found = figure(context(text.replace("GROWS", grows)), "cost/main/run")
        assert (found.low, found.value, found.high, found.missing) == (*ends, missing)


@pytest.mark.parametrize("tried", [False, True])
def test_only_a_bill_of_calls_that_are_tried_again_says_so(tried: bool) -> None:
    text = """
components: {a: {kind: s, price: {call: 3 EUR}, offers: {f: {fails: 50 %}}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: a.fAGAIN}]}}
"""
    found = figure(context(text.replace("AGAIN", ", retry: 1" if tried else "")), "cost/month")
    assert found.value == pytest.approx(730 * 3 * (1.5 if tried else 1))
    assert any("with their retries" in told for told in found.valid) is tried
