"""The economics of model calls where something isn't stated, is known to its ends alone, or never happens."""

from __future__ import annotations

import math

import pytest

from groma.analyses.inference.times import with_served_times
from groma.analyses.registry import bounds
from groma.model.load import loads
from inference.test_figures import MONTH, asked, catalog, value
from inference.test_small import SMALL, details, on

NO_VALUE = "no nominal value: only its ends are known"
STEP = "{call: own.generate, sizes: {input: 50, output: 4}}"
LARGE = """\
groma: 1
system: desk
currency: USD
components:
  large:
    kind: llm
    product: "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0"
    qualities: {prefix_kept: 5 min, request_limit: 300/min}
    offers: {generate: {work: 600 ms}}
  store: {kind: cache, price: {call: 0.0001 USD}, offers: {get: {work: 1 ms}}}
  other: {kind: cache, price: {call: 0.0003 USD}, offers: {get: {work: 1 ms}}}
  web: {kind: service, price: {call: 0.01 USD}, offers: {get: {work: 1 ms}}}
flows:
  ask:
    starts: {rate: 4/s}
    steps: [{call: large.generate, sizes: {input: 1000, shared: 900, output: 200}}]
  look:
    starts: {rate: 1/s}
    steps:
      - {call: web.get, cache: {component: store, hits: 20 %, false_hits: 0 %}}
      - {call: web.get, cache: {component: other, hits: 50 %, false_hits: 0 %}}
"""
RATED = """\
groma: 1
system: desk
currency: USD
components:
  now: {kind: llm, price: {call: 0.01 USD}, qualities: {accuracy: 80 %, unsure: 50 %}, offers: {g: {work: 1 s}}}
  mid: {kind: llm, price: {call: 0.001 USD}, qualities: {accuracy: 82 %}, offers: {g: {work: 1 s}}}
  best: {kind: llm, price: {call: 0.02 USD}, qualities: {accuracy: 90 %}, offers: {g: {work: 1 s}}}
flows:
  ask: {starts: {rate: 1/s}, steps: [{call: now.g, sizes: {input: 5, output: 5}}]}
"""


def maybe(step: str) -> str:
    """A flow that takes a step once a second or never."""
    steps = f"{{choose: [{{share: unknown, steps: [{step}]}}, {{share: unknown, steps: []}}]}}"
    return f"  maybe: {{starts: {{rate: 1/s}}, steps: [{steps}]}}\n"


def test_calls_that_may_come_leave_ends_and_no_value() -> None:
    """Two a second for sure, and one that may come, of 0.001 each. Of prompts four and one: a start is kept for 200 ms
    at 1.10 USD a million tokens, 0.11 where it is found, 1.375 where it is written. Of five calls a second 300 a minute
    are at the limit: Scarf has sqrt(300) / 2 of 300, Jensen nothing."""
    text = SMALL + maybe(STEP)
    found = asked("inference/own/api", text)
    assert (found.low, found.value, found.high) == pytest.approx((2 * MONTH * 0.001, None, 3 * MONTH * 0.001))
    assert (found.words, found.reason) == (None, NO_VALUE)
    assert asked("inference/own/saves", text).missing == (
        "components.own.serves: the calls that reach it aren't known",
    )
    assert details(text) == {}
    large = LARGE.replace("5 min", "200 ms") + maybe(
        "{call: large.generate, sizes: {input: 1000, shared: 900, output: 200}}"
    )
    found = asked("inference/large/prefix", large)
    new = [math.exp(-0.2 * calls) for calls in (4, 5)]
    gains = [1.10e-6 - (1 - share) * 0.11e-6 - share * 1.375e-6 for share in new]
    saved = [calls * MONTH * 900 * gain for calls, gain in zip((4, 5), gains, strict=True)]
    assert (found.low, found.value, found.high) == pytest.approx((saved[0], None, saved[1]))
    assert found.derivation[0].value == "a range"
    found = asked("inference/large/throttled", large)
    assert (found.low, found.value, found.high) == pytest.approx((0.0, None, math.sqrt(300) / 600))
    assert found.derivation[0].value == "a range"
    accounts = asked("inference/large/accounts", large)
    assert (accounts.low, accounts.value, accounts.reason) == (1, None, NO_VALUE)


def test_each_cache_is_paid_at_its_own_look_up() -> None:
    """0.01 a call: 20 % less 0.0001 a look-up, and 50 % less 0.0003, once a second each."""
    assert value("inference/look/caching", LARGE) == pytest.approx(MONTH * (0.002 - 0.0001 + 0.005 - 0.0003))


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("price: {call: 0.0003 USD}", "price: {call: unknown}", "components.other.price.call"),
        ("hits: 50 %", "hits: unknown", "flows.look.steps.2.cache.hits: state the share of hits"),
        (
            "hits: 50 %, false_hits: 0 %", "hits: 50 %, false_hits: unknown, wrong_costs: 1 USD",
            "flows.look.steps.2.cache.false_hits: state the share of hits that are wrong (0 % if none)",
        ),
    ],
)  # fmt: skip
def test_what_a_cache_saves_needs_all_of_it(old: str, new: str, missing: str) -> None:
    found = asked("inference/look/caching", LARGE.replace(old, new))
    assert (found.value, found.words, found.missing) == (None, None, (missing,))


@pytest.mark.parametrize(
    ("target", "own", "saved"),
    [
        ("8 ms", (4380.0, 4380.0, None), (None, 876.0, 876.0)),
        ("6 ms", (4380.0, None, None), (None, None, 876.0)),
    ],
)
def test_where_no_instances_do_the_worst_end_is_open(
    target: str, own: tuple[float | None, ...], saved: tuple[float | None, ...]
) -> None:
    """One instance of 6 USD/h for calls of 5,256 a month. At 8 ms between tokens the slow end of the calibration keeps
    no rate, at 6 ms the nominal one doesn't either."""
    text = SMALL.replace("instead_of: bought", f"instead_of: bought, tpot: {target}")
    for what, ends in (("own", own), ("saves", saved)):
        found = asked(f"inference/own/{what}", text)
        assert (found.low, found.value, found.high) == pytest.approx(ends)
        assert (found.words, found.reason) == (None, NO_VALUE if ends[1] is None else "")


def test_an_instance_that_is_never_full_enough_never_pays() -> None:
    """An instance keeps some 476 calls a second (731 at the fast end), each of 0.001: 1,700 USD an hour (2,600)."""
    range_of = "{value: 2000 USD/h, known: 1000 USD/h .. 3000 USD/h, source: s, date: 2026-01-01}"
    seldom = asked("inference/own/breakeven", SMALL.replace("6 USD/h", range_of))
    assert (seldom.low, seldom.value, seldom.high) == (pytest.approx(1000 / 3.6), None, None)
    assert (seldom.words, seldom.reason) == (None, "at the nominal facts never")
    never = asked("inference/own/breakeven", SMALL.replace("6 USD/h", "9000 USD/h"))
    assert (never.low, never.value, never.high, never.words, never.reason) == (None, None, None, "never", "")


def test_as_many_as_must_be_up_are_paid() -> None:
    text = SMALL.replace("replicas: 2", "replicas: 3\n    enough: 2")
    assert value("inference/own/own", text) == pytest.approx(2 * 6 * 730)
    assert value("inference/own/breakeven", text) == pytest.approx(2 * 6 / 3600 / 0.001)


def test_the_better_end_comes_first() -> None:
    text = SMALL.replace("hour: 6 USD/h", "hour: 5 .. 7 USD/h")
    assert bounds(on(text), "inference/own/own") == pytest.approx((5 * 730, 7 * 730))
    assert bounds(on(text), "inference/own/saves") == pytest.approx((5256 - 5 * 730, 5256 - 7 * 730))
    for measure, less in (("throughput", False), ("ttft/mean", True)):
        first, last = bounds(on(text), f"serving/own/{measure}")
        assert (first < last) == less


PRICE = (
    "components.own.price.hour",
    "components.own.price: state what one instance costs by the hour or month",
)
CALL = (
    "components.bought.price.call",
    "components.own.serves.instead_of: name what is paid by the token",
)
BOUGHT = (
    "components.bought.price: state what one instance costs by the hour or month",
    "components.bought.serves.instead_of: name the component or product that would answer otherwise",
)


@pytest.mark.parametrize(
    ("of", "old", "new", "missing"),
    [
        ("own/own", "6 USD/h", "unknown", PRICE),
        ("own/saves", "6 USD/h", "unknown", PRICE),
        ("own/breakeven", "6 USD/h", "unknown", PRICE),
        ("own/saves", "0.001 USD", "unknown", CALL),
        ("own/breakeven", "0.001 USD", "unknown", CALL),
        ("own/own", "rate: 2/s", "rate: unknown", ("flows.answer.starts.rate: state how often it starts",)),
        ("bought/own", "", "", BOUGHT[:1]),
        ("bought/saves", "", "", BOUGHT[::-1]),
        ("bought/breakeven", "", "", BOUGHT),
    ],
)
def test_all_that_is_missing_is_asked_for(of: str, old: str, new: str, missing: tuple[str, ...]) -> None:
    found = asked(f"inference/{of}", SMALL.replace(old, new) if old else SMALL)
    assert (found.value, found.missing, found.reason) == (None, missing, "not stated")


def test_nothing_is_told_of_what_is_no_model_or_never_starts() -> None:
    """Limits of a service are none of a model's; caches are told of flows that start, once there is a model."""
    text = LARGE.replace("kind: service,", "kind: service, qualities: {request_limit: 300/min},")
    text = text.replace("{call: web.get,", "{call: web.get, sizes: {input: 5, output: 6},")
    text += "  idle: {steps: [{call: web.get, cache: {component: store, hits: 20 %, false_hits: 0 %}}]}\n"
    assert asked("inference/web/throttled", text).value == pytest.approx(0.0)
    measures = [f"inference/large/{what}" for what in ("prefix", "throttled", "accounts")]
    assert list(details(text)) == [*measures, "inference/look/caching"]
    assert details(text.replace("kind: llm", "kind: service")) == {}


def test_what_is_asked_now_is_one_model_alone() -> None:
    """Right 80 % alone at 0.01; with the best behind it 85 % at 0.02. Another is right 82 % at 0.001."""
    assert value("inference/ask/cascade", RATED) == pytest.approx(0.009 * MONTH)


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (
            ("accuracy: 82 %", "accuracy: 90 %"), "window: 9 tokens",
            "components.*.qualities.accuracy: state how often at least two models are right on the questions of ask, "
            "one of them asked now",
        ),
        (("accuracy: 82 %",), "accuracy: unknown", "components.mid.qualities.accuracy: state it with its source"),
        (("0.001 USD",), "unknown", "components.mid.price.call"),
    ],
)  # fmt: skip
def test_routes_need_rated_and_priced_models(old: tuple[str, ...], new: str, missing: str) -> None:
    text = RATED
    for each in old:
        text = text.replace(each, new)
    found = asked("inference/ask/cascade", text)
    assert found.value is None and missing in found.missing


def test_a_time_by_size_is_a_stated_time() -> None:
    stated = loads(SMALL.replace("{generate: {}}", "{generate: {per: {output: 1 ms}}}"))
    assert with_served_times(stated, catalog()) is stated
