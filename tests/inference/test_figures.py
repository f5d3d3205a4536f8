"""Models served by oneself and the economics of model calls, asked of a model file."""

from __future__ import annotations

import math
from functools import cache

import pytest

from groma.analyses import assess
from groma.analyses.context import Context
from groma.analyses.registry import figure
from groma.catalog import Catalog, load_catalog
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from groma.model.position import ModelError

DESK = """\
groma: 1
system: desk
currency: USD
growth: 60 %
components:
  llm:
    kind: llm
    replicas: 2
    price: {hour: 6.88 USD/h}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, ttft: 1 s, tpot: 40 ms,
      instead_of: google/gemini-2.5-flash@eu, committed: 3000 USD/month}
    offers: {generate: {}}
  large:
    kind: llm
    product: "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0"
    qualities: {accuracy: 86 %, prefix_kept: 5 min, request_limit: 300/min}
    offers: {generate: {work: 600 ms, per: {output: 10 ms}}}
  small:
    kind: llm
    product: google/gemini-2.5-flash@eu
    qualities: {accuracy: 84 %, unsure: 100 %}
    offers: {generate: {work: 300 ms, per: {output: 5 ms}}}
flows:
  answer:
    starts: {rate: 2/s, busiest: 8/s}
    steps: [{call: llm.generate, sizes: {input: 1200 ± 600, output: 200}}]
  verify:
    starts: {rate: 1/s, busiest: 5/s}
    steps:
      - {call: large.generate, sizes: {input: 1200, shared: 900, output: 200},
         cache: {hits: 20 %, false_hits: 2 %, wrong_costs: 0.01 USD}}
  digest:
    starts: {rate: 1/min}
    steps: [{call: small.generate, sizes: {input: 6000, output: 400}}]
"""
MONTH = 730 * 3600.0


@cache
def catalog() -> Catalog:
    return load_catalog()


def asked(measure: str, text: str = DESK) -> Figure:
    model = loads(text)
    return figure(Context(model, catalog(), Ledger(model.digest)), measure)


def value(measure: str, text: str = DESK) -> float:
    found = asked(measure, text).value
    assert found is not None, asked(measure, text)
    return found


def test_the_time_of_a_call_is_worked_out_and_stated_work_wins() -> None:
    whole = value("latency/answer/mean")
    parts = value("serving/llm/ttft/mean") + 200 * value("serving/llm/tpot/mean")
    assert whole == pytest.approx(parts, rel=0.01)
    found = asked("latency/answer/mean")
    assert (
        found.low is not None
        and found.high is not None
        and found.low < 0.7 * whole
        and found.high > 1.4 * whole
    )
    stated = DESK.replace("offers: {generate: {}}", "offers: {generate: {work: 3 s}}", 1)
    assert value("latency/answer/mean", stated) == pytest.approx(3.0, rel=0.01)


def test_more_load_takes_longer_and_more_instances() -> None:
    busy = DESK.replace("busiest: 8/s", "busiest: 30/s")
    assert value("serving/llm/tpot/p95", busy) > value("serving/llm/tpot/p95")
    assert value("serving/llm/instances", busy) > value("serving/llm/instances") == 1
    found = asked("serving/llm/instances", busy)
    assert found.low is not None and found.low <= value("serving/llm/instances", busy)
    kept = value("serving/llm/throughput", busy) / 2
    assert value("serving/llm/instances", busy) == math.ceil(30 / kept)


def test_without_a_steady_state_nothing_is_shown_but_how_many_would_do() -> None:
    found = asked("serving/llm/ttft/p95", DESK.replace("busiest: 8/s", "busiest: 900/s"))
    assert found.value is None and found.high is None and "would do" in found.reason
    assert asked("latency/answer/mean", DESK.replace("busiest: 8/s", "busiest: 900/s")).value is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("model: llama-3.1-8b", "model: llama-3.1-9b", "8B"),
        ("accelerator: h100_sxm", "accelerator: h100_sx", "h100_sxm"),
        ("model: llama-3.1-8b", "model: llama-3.1-70b, precision: bf16", "would do"),
        ("accelerator: h100_sxm", "accelerator: h100_sxm, parallel: 3", "doesn't divide"),
    ],
)
def test_what_cannot_run_says_why(old: str, new: str, said: str) -> None:
    found = asked("serving/llm/ttft/p95", DESK.replace(old, new))
    assert found.value is None and said in found.reason


def test_a_need_can_ask_for_it() -> None:
    need = "needs:\n  fast: {measure: serving/llm/ttft/p95, at_most: 2 s}\n"
    need += "  small: {measure: serving/llm/users, at_least: 9000}\n"
    ledger = assess(loads(DESK + need), catalog(), twice=False)
    assert {r.need: r.verdict for r in ledger.needs} == {"fast": "met", "small": "missed"}
    with pytest.raises(ModelError, match="time such as"):
        loads(DESK + "needs:\n  fast: {measure: serving/llm/ttft/p95, at_most: 2 EUR}\n")
    with pytest.raises(ModelError, match="serving is written"):
        loads(DESK + "needs:\n  fast: {measure: serving/llm/p95, at_most: 2 s}\n")
    with pytest.raises(ModelError, match="llm"):
        loads(DESK + "needs:\n  fast: {measure: inference/llk/saves, at_least: 2 EUR/month}\n")


def test_both_bills_and_where_they_cross_by_hand() -> None:
    """USD 0.30 and 2.50 a million tokens (Google's list), USD 6.88 an hour (AWS's), 2 calls a second in the mean. It is
    always no dearer from where a further instance, when the others are full, is no longer dearer than its calls."""
    call = 1200 * 0.30e-6 + 200 * 2.50e-6
    assert value("inference/llm/api") == pytest.approx(2 * MONTH * call, rel=1e-6)
    assert value("inference/llm/own") == pytest.approx(6.88 * 730)
    assert value("inference/llm/saves") == pytest.approx(2 * MONTH * call - 6.88 * 730)
    assert value("inference/llm/breakeven") == pytest.approx(6.88 / 3600 / call)
    first, kept = 6.88 / 3600 / call, value("serving/llm/throughput") / 2 / (8 / 2)
    always = next(n * first for n in range(1, 99) if n * kept >= (n + 1) * first)
    assert value("inference/llm/always") == pytest.approx(always)
    months = 12 * math.log(always / 2) / math.log(1.6)
    assert value("inference/llm/when") == pytest.approx(months)
    assert value("inference/llm/commitment") == pytest.approx(3000 / (6.88 * 730))


def test_caches_batches_and_limits_by_hand() -> None:
    """USD 1.10, 0.11 cached, 1.375 to write, 5.50 out (AWS's list); half the price in a batch (Google's)."""
    calls = 0.8 * MONTH
    for kept, seconds in (("5 min", 300), ("1 s", 1)):
        hit = 1 - math.exp(-0.8 * seconds)
        saved = calls * 900 * (1.10e-6 - hit * 0.11e-6 - (1 - hit) * 1.375e-6)
        assert value("inference/large/prefix", DESK.replace("5 min", kept)) == pytest.approx(saved)
    call = 1200 * 1.10e-6 + 200 * 5.50e-6
    assert value("inference/verify/caching") == pytest.approx(MONTH * 0.2 * (call - 0.02 * 0.01))
    assert value("inference/digest/batch") == pytest.approx(MONTH / 60 * (6000 * 0.15e-6 + 400 * 1.25e-6))
    mean = 5 * 0.8 * 60
    exact = (
        sum((n - 300) * math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(301, 600))
        / mean
    )
    found = asked("inference/large/throttled")
    assert found.value == pytest.approx(exact, abs=2e-5) and found.high is not None and found.high > exact > 0


def test_the_cheapest_route_that_is_right_as_often() -> None:
    better = DESK.replace("accuracy: 84 %, unsure: 100 %", "accuracy: 90 %, unsure: 0 %")
    large, small = 1200 * 1.10e-6 + 200 * 5.50e-6, 1200 * 0.30e-6 + 200 * 2.50e-6
    assert value("inference/verify/cascade", better) == pytest.approx(0.8 * MONTH * (large - small))
    assert value("inference/verify/cascade") == 0.0
    mixed = DESK.replace("accuracy: 84 %, unsure: 100 %", "accuracy: 88 %, unsure: 50 %")
    assert value("inference/verify/cascade", mixed) == pytest.approx(0.8 * MONTH * (large - small))


@pytest.mark.parametrize(
    ("measure", "old", "new", "said"),
    [
        ("inference/llm/api", "instead_of: google/gemini-2.5-flash@eu, ", "", "instead_of"),
        ("inference/llm/own", "price: {hour: 6.88 USD/h}", "", "price"),
        ("inference/llm/commitment", ", committed: 3000 USD/month", "", "committed"),
        ("inference/llm/when", "growth: 60 %", "", "growth"),
        ("inference/large/prefix", ", shared: 900", "", "shared"),
        ("inference/large/prefix", ", prefix_kept: 5 min", "", "prefix_kept"),
        ("inference/large/throttled", ", request_limit: 300/min", "", "request_limit"),
        ("inference/verify/caching", ", wrong_costs: 0.01 USD", "", "wrong_costs"),
        ("inference/verify/cascade", "accuracy: 86 %, ", "", "accuracy"),
        (
            "inference/digest/batch",
            "google/gemini-2.5-flash@eu\n    qua",
            "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0\n    qua",
            "batch price",
        ),
        ("serving/llm/ttft/p95", "output: 200}}]\n  verify", "answer: 200}}]\n  verify", "output"),
    ],
)
def test_what_is_not_stated_is_asked_for(measure: str, old: str, new: str, said: str) -> None:
    assert old in DESK
    found = asked(measure, DESK.replace(old, new))
    assert found.value is None and any(said in each for each in found.missing), found


def test_who_waits_gets_no_batch() -> None:
    need = "needs:\n  soon: {measure: latency/digest/p95, at_most: 20 s}\n"
    assert any("somebody waits" in each for each in asked("inference/digest/batch", DESK + need).missing)


def test_the_window_of_a_served_model_is_known() -> None:
    """Qwen3 8B takes 40,960 tokens, prompt and answer together; a window stated by hand wins."""
    long = DESK.replace("model: llama-3.1-8b", "model: Qwen/Qwen3-8B").replace(
        "input: 1200 ± 600, output: 200", "input: 40800, output: 200"
    )
    step = "flows.answer.steps.1"
    assert value(f"context/{step}/overflow", long) == 1.0
    assert value(f"context/{step}/overflow", long.replace("40800", "40700")) == 0.0
    stated = long.replace("replicas: 2", "replicas: 2\n    qualities: {context: 60000 tokens}", 1)
    assert value(f"context/{step}/overflow", stated) == 0.0
