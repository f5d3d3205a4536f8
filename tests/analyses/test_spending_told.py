"""What figures of money and calls tell beside their numbers: what is missing, why, what was counted and taken from."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.context import Context

PARTS = """
exchange: {USD: 0.5 EUR}
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {work: 0 s}}}
  d: {kind: s, offers: {f: {}, g: {price: 1 EUR/call}}}
  u: {kind: s, offers: {f: {}}}
  tiny: {kind: s, price: {call: 0.000001 EUR}, offers: {f: {}}}
  k: {kind: llm, price: {call: 3 EUR}, offers: {g: {work: 0 s}}}
  o: {kind: llm, price: {input: 0 EUR/token, output: 2 EUR/token}, offers: {g: {work: 0 s}}}
  r: {kind: s, price: {call: {value: 3 EUR, known: 2 EUR .. 5 EUR}}, offers: {f: {work: 0 s}}}
  m: {kind: llm, price: {input: 4 USD/token}, offers: {g: {work: 0 s}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEPS]}}
"""
ANEW = "sizes and work are drawn anew at each call, choices at each run"
STANDS = "work after its caller gave up is counted; what stands is not part of a run"
LACKS = "at least: a price, a share or a size isn't known"
OFTEN = "a share, count or time that decides how often calls are made isn't known"
ENDLESS = "nothing bounds what so few runs spend: a loop or a growth without a stated end"
GROWS = "{call: m.g, sizes: {in: 1 token}, context: {h: 1 token, grows: {h: AMOUNT}}}"


def program(steps: str) -> Context:
    return context(PARTS.replace("STEPS", steps))


@pytest.mark.parametrize(
    ("steps", "measure", "ends", "missing", "reason"),
    [
        ("{call: a.f}", "cost/main/p50", (3, 3, 3), (), ""),
        ("{call: u.f}", "cost/main/p50", (None, None, None),
         ("components.u.price: state what it costs (0 if it is free)",), LACKS),
        ("{call: u.f}, {call: a.f}", "cost/main/p50", (3, None, None),
         ("components.u.price: state what it costs (0 if it is free)",), LACKS),
        ("{call: u.f}, {call: tiny.f}", "cost/main/p50", (1e-6, None, None),
         ("components.u.price: state what it costs (0 if it is free)",), LACKS),
        ("{call: d.f}", "cost/main/p50", (None, None, None),
         ("components.d.offers.f.price: state what a call costs",), LACKS),
        ("{call: d.g}, {call: a.f}", "cost/main/p50", (4, 4, 4), (), ""),
        ("{call: m.g}", "cost/main/p50", (None, None, None),
         ("flows.main.steps.1.sizes.input: state how much each call carries",), LACKS),
        ("{repeat: {times: unknown, at_most: 3, steps: [{call: a.f}]}}", "cost/main/p50", (0, None, None),
         ("flows.main.steps.1.times",), LACKS),
        (f"{{repeat: {{times: unknown, at_most: 3, steps: [{GROWS}]}}}}".replace("AMOUNT", "1 token"),
         "cost/main/p50", (0, None, None), ("flows.main.steps.1: how often it goes round",), LACKS),
        (f"{{repeat: {{until: unknown, at_most: 3, steps: [{GROWS}]}}}}".replace("AMOUNT", "1 token"),
         "cost/main/p50", (2, None, None), ("flows.main.steps.1: how often it goes round",), LACKS),
        (f"{{repeat: {{times: 2, steps: [{GROWS}]}}}}".replace("AMOUNT", "unknown"), "cost/main/p50", (4, None, None),
         ("flows.main.steps.1.repeat.steps.1.context.grows.h: state how much each round adds",), LACKS),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{call: u.f}}]}}}}".replace("AMOUNT", "unknown"),
         "cost/main/p50", (4, None, None),
         ("components.u.price: state what it costs (0 if it is free)",
          "flows.main.steps.1.repeat.steps.1.context.grows.h: state how much each round adds"), LACKS),
        (f"{{repeat: {{times: 2, steps: [{GROWS}]}}}}".replace("m.g", "k.g").replace("AMOUNT", "unknown"),
         "cost/main/p50", (6, 6, 6), (), ""),
        (f"{{repeat: {{times: 2, steps: [{GROWS}]}}}}".replace("m.g", "o.g").replace("AMOUNT", "unknown")
         .replace("in: 1 token", "in: 1 token, out: 4 tokens"), "cost/main/p50", (16, 16, 16), (), ""),
        ("{call: r.f}", "cost/main/p50", (2, 3, 5), (), ""),
        ("{repeat: {until: unknown, steps: [{call: a.f}]}}", "calls/main/p50", (None, None, None),
         ("flows.main.steps.1.until",), LACKS),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{fail: failed}}]}}}}, {{call: u.f}}".replace("AMOUNT", "1 token"),
         "cost/main/p50", (2, 2, 2), (), ""),
        ("{repeat: {until: 50 %, steps: [{call: a.f}]}}", "cost/main/p40", (3, 3, 3), (), ""),
        ("{repeat: {until: 0.1 %, steps: [{call: a.f}]}}", "calls/main/p99.99999999", (4095, None, None), (), ENDLESS),
        ("{repeat: {until: 50 %, steps: [{call: a.f, retry: 1}]}}", "calls/main/mean", (2, 2, 2), (), ""),
        ("{repeat: {times: unknown, at_most: 3, steps: [{call: a.f}]}}", "calls/main/mean", (0, None, 3),
         ("flows.main.steps.1.times",), OFTEN),
    ],
)  # fmt: skip
def test_a_figure_says_what_it_lacks(
    steps: str, measure: str, ends: tuple[float | None, ...], missing: tuple[str, ...], reason: str
) -> None:
    """Four dollars a token are two euros."""
    found = figure(program(steps), measure)
    near = [None if end is None else pytest.approx(end, rel=2e-3) for end in ends]
    if "p99.9" not in measure:
        assert [found.low, found.value, found.high] == near
    assert (found.missing, found.reason) == (missing, reason)
    assert (found.value, found.high) == (None, None) if reason in (LACKS, ENDLESS) else found.high is not None
    low, high = bounds(program(steps), measure)
    assert low == pytest.approx(found.low or 0.0) and (
        found.high is None or high == pytest.approx(found.high)
    )


@pytest.mark.parametrize(
    ("measure", "title", "unit", "method"),
    [
        ("cost/main/p95", "Cost of a run of main, p95", "EUR", "bracketed convolution on a lattice"),
        ("calls/main/p95", "Calls of a run of main, p95", "1", "bracketed convolution on a lattice"),
        ("calls/main/mean", "Calls of a run of main, mean", "1", "sum over uses"),
    ],
)
def test_a_figure_says_what_it_is(measure: str, title: str, unit: str, method: str) -> None:
    found = figure(program("{call: a.f}"), measure)
    assert (found.title, found.unit, found.method) == (title, unit, method)


def told(c: Context, measure: str) -> list[tuple[str, str]]:
    return [(line.text, line.value) for line in figure(c, measure).derivation]


@pytest.mark.parametrize(
    ("steps", "counted", "most"),
    [
        ("{call: a.f}, {call: a.f}", "all, however they end", "6"),
        ("{choose: [{share: 70 %, steps: []}, {share: 20 %, steps: []}, {share: 10 %, steps: [{call: a.f}]}]}",
         "all, however they end", "3"),
        ("{repeat: {until: 50 %, steps: [{call: a.f}]}}", "all, however they end", "no bound"),
        ("{choose: [{share: 25 %, steps: [{repeat: {times: unknown, at_most: 2, steps: [{call: a.f}]}}]},"
         " {share: 75 %, steps: []}]}", "at least 0.75 of all", "6"),
    ],
)  # fmt: skip
def test_a_percentile_says_how_many_runs_it_counts_and_what_they_spend_at_most(
    steps: str, counted: str, most: str
) -> None:
    """Shares of 0.7, 0.2 and 0.1 add up to one but for rounding; of a loop that nobody knows none is sure to end."""
    c = program(steps)
    assert told(c, "cost/main/p50") == [("runs counted", counted), ("the most a run can take", most)]
    assert figure(c, "cost/main/p50").valid == figure(c, "calls/main/p50").valid == (ANEW, STANDS)


def test_a_mean_of_calls_is_added_up_from_uses() -> None:
    c = program(
        "{call: a.f, retry: 1}, {send: a.f}, {repeat: {times: unknown, at_most: 3, steps: [{call: d.g}]}}"
    )
    assert told(c, "calls/main/mean") == [("a.f", "1 a run"), ("a.f", "1 a run"), ("d.g", "unknown")]
    text = PARTS.replace("flows:", "people: {boss: {}}\nflows:").replace(
        "STEPS", "{ask: boss, takes: 1 s}, {call: a.f}"
    )
    assert told(context(text), "calls/main/mean") == [("a.f", "1 a run")]


def test_while_a_choice_is_open_only_calls_outside_it_are_sure() -> None:
    text = """
components:
  x: {kind: s, offers: {f: {}}}
  one: {kind: s, offers: {f: {}}}
  two: {kind: s, offers: {f: {steps: [{call: a.f}, {call: a.f}]}}}
  a: {kind: s, offers: {f: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}, {call: x.f}]}}
"""
    c = opened(text, "x", "which", one="one", two="two")
    assert figure(c, "calls/main/mean").low == 1.0
    assert [figure(c.with_partial({"which": each}), "calls/main/mean").value for each in ("one", "two")] == [
        2.0,
        4.0,
    ]


def test_prices_rates_and_sizes_are_what_a_percentile_is_taken_from() -> None:
    c = program("{call: m.g, sizes: {in: 5 tokens}}, {call: a.f}")
    assert set(figure(c, "cost/main/p50").inputs) == {
        "model/components.m.price.input", "model/exchange.USD", "model/flows.main.steps.1.sizes.in",
        "model/components.a.price.call",
    }  # fmt: skip
    assert figure(c, "calls/main/p50").inputs == ()


def test_notes_are_told_in_their_order_whatever_order_they_were_met_in() -> None:
    steps = [
        f"{{call: a.f, breaker: {{opens_at: {n} %, window: 10 s, half_open_after: 1 s}}}}"
        for n in range(1, 7)
    ]
    valid = figure(program(", ".join(steps)), "cost/main/p50").valid
    assert valid == (
        *(f"flows.main.steps.{n}: the breaker stays closed (steady state)" for n in range(1, 7)),
        ANEW,
        STANDS,
    )
    grown = ", ".join(steps).replace("{call: a.f,", GROWS.replace("AMOUNT", "1 token")[:-1] + ",")
    looped = figure(program(f"{{repeat: {{times: 2, steps: [{grown}]}}}}"), "cost/main/p50").valid
    assert len(looped) == 8 and list(looped[:6]) == sorted(looped[:6])
    assert math.isfinite(
        figure(program(f"{{repeat: {{times: 2, steps: [{grown}]}}}}"), "cost/main/p50").high or math.inf
    )


def test_what_undoes_a_step_is_called_by_whoever_does_its_flow_or_else_the_flow_around_it() -> None:
    """A call of `shop` is lost, and costs nothing: 3 EUR for the step, and 5 EUR to undo it where `shop` doesn't."""
    text = """
components:
  shop: {kind: s, price: 0 EUR/month}
  desk: {kind: s, price: 0 EUR/month}
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  u: {kind: s, price: {call: 5 EUR}, offers: {f: {}}}
connections:
  wire: {from: shop, to: u, loss: 100 %}
  way: {from: desk, to: u}
flows:
  main: {OUTERstarts: {rate: 1/h}, steps: [{do: sub}, {fail: failed}]}
  sub: {INNERsteps: [{call: a.f, compensate: [{call: u.f}]}]}
"""
    for outer, inner, most in (
        ("", "", 8), ("by: shop, ", "", 3), ("by: desk, ", "", 8), ("by: desk, ", "by: shop, ", 3),
        ("by: shop, ", "by: desk, ", 8), ("", "by: shop, ", 3),
    ):  # fmt: skip
        found = figure(context(text.replace("OUTER", outer).replace("INNER", inner)), "cost/main/p90")
        assert found.high == pytest.approx(most, rel=1e-3), (outer, inner)
