"""The economics of model calls where facts are known within a range, and of more than one flow, by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from groma.analyses.context import Context
from groma.analyses.inference.calls import calls_to, quantiles
from groma.analyses.inference.served import End, instances, setup_of
from groma.analyses.inference.times import with_served_times
from groma.model.figure import Ledger
from groma.model.law import Empirical, LogNormal
from groma.model.load import loads
from groma.model.quantity import Quantity
from groma.solvers.inference import throttled
from inference.test_figures import DESK, MONTH, asked, catalog, value

RANGED = """\
groma: 1
system: desk
currency: USD
components:
  llm:
    kind: llm
    replicas: 2
    price: {hour: {value: 6.88 USD/h, known: 6 USD/h .. 8 USD/h, source: s, date: 2026-01-01}}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, instead_of: small,
      committed: {value: 3000 USD/month, known: 2500 USD/month .. 3500 USD/month, source: s, date: 2026-01-01}}
    offers: {generate: {}}
  large:
    kind: llm
    product: "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0"
    qualities:
      prefix_kept: {value: 2 s, known: 1 s .. 4 s, source: s, date: 2026-01-01}
      token_limit: 420000 tokens/min
    offers: {generate: {work: 600 ms}}
  small:
    kind: llm
    price: {call: {value: 0.0010 USD, known: 0.0008 USD .. 0.0012 USD, source: s, date: 2026-01-01}}
    offers: {generate: {work: 300 ms}}
  store: {kind: cache, price: {call: 0.0001 USD}, offers: {get: {work: 1 ms}}}
flows:
  answer:
    starts: {rate: {value: 2/s, known: 1/s .. 3/s, source: s, date: 2026-01-01}}
    steps: [{call: llm.generate, sizes: {input: 1200, output: 200}}]
  write:
    starts: {rate: {value: 0.5/s, known: 0.25/s .. 1/s, source: s, date: 2026-01-01}}
    steps: [{call: large.generate, sizes: {input: 1200, shared: 900, output: 200}}]
  ask:
    starts: {rate: 0.25/s}
    steps:
      - repeat:
          times: 2
          steps: [{call: large.generate, sizes: {input: 600, shared: 300, output: 800}}]
      - {call: small.generate, sizes: {input: 100, shared: 50, output: 1}}
      - {call: large.generate, sizes: {input: 1000, output: 400}}
  look:
    starts: {rate: 1/s}
    steps:
      - repeat:
          times: 3
          steps:
            - call: small.generate
              sizes: {input: 10, output: 1}
              cache:
                component: store
                hits: {value: 20 %, known: 10 % .. HIGH %, source: s, date: 2026-01-01}
                false_hits: {value: 2 %, known: 1 % .. 5 %, source: s, date: 2026-01-01}
                wrong_costs: {value: 0.01 USD, known: 0.005 USD .. 0.02 USD, source: s, date: 2026-01-01}
"""
HALF = RANGED.replace("HIGH", "50")


def ends(measure: str, text: str = HALF) -> tuple[float | None, float | None, float | None]:
    found = asked(measure, text)
    return found.low, found.value, found.high


@pytest.mark.parametrize(
    "measure",
    [
        "llm/api", "llm/commitment", "large/prefix", "verify/caching", "digest/batch", "verify/cascade",
    ],
)  # fmt: skip
def test_where_facts_are_exact_so_is_what_follows(measure: str) -> None:
    low, middle, high = ends(f"inference/{measure}", DESK)
    assert low == pytest.approx(middle) == high and middle is not None


def test_shared_starts_of_all_calls_are_kept_together() -> None:
    """USD 1.10 a million tokens, 0.11 cached, 1.375 to write; calls with a shared start 0.5 and twice 0.25 a second, of
    900 and 300 tokens. Fewest calls and the shortest life, then most and the longest."""
    rates, lives = (0.25, 0.5, 1.0), (1.0, 2.0, 4.0)
    gains, tokens = [], [(900 * rate + 300 * 0.5) * MONTH for rate in rates]
    for rate, life in zip(rates, lives, strict=True):
        hit = 1 - math.exp(-(rate + 0.5) * life)
        gains.append((1.10 - hit * 0.11 - (1 - hit) * 1.375) * 1e-6)
    corners = [t * g for t, g in itertools.product((tokens[0], tokens[2]), (gains[0], gains[2]))]
    low, middle, high = ends("inference/large/prefix")
    assert middle == pytest.approx(tokens[1] * gains[1])
    assert (low, high) == pytest.approx((min(corners), max(corners)))


def test_what_caches_save_lies_between_the_corners_of_what_is_known() -> None:
    """Three look-ups of 0.0001 each a run, whatever the share of hits: calls that are left are fewer by just that."""

    def saved(hit: float, call: float, false: float, wrong: float) -> float:
        return 3 * MONTH * (hit * (call - false * wrong) - 0.0001)

    corners = [
        saved(*corner)
        for corner in itertools.product((0.1, 0.5), (0.0008, 0.0012), (0.01, 0.05), (0.005, 0.02))
    ]
    low, middle, high = ends("inference/look/caching")
    assert middle == pytest.approx(saved(0.2, 0.001, 0.02, 0.01))
    assert (low, high) == pytest.approx((min(corners), max(corners)))


def test_where_all_may_hit_the_look_ups_of_a_loop_are_counted() -> None:
    """Up to all three hit: no fewer than none, no more than three look-ups of a run."""
    low, _, high = ends("inference/look/caching", RANGED.replace("HIGH", "100"))
    best, worst = 0.0012 - 0.01 * 0.005 - 0.0001, 0.1 * (0.0008 - 0.05 * 0.02) - 0.0001
    worst = min(worst, 1.0 * (0.0008 - 0.05 * 0.02) - 0.0001)
    assert (low, high) == pytest.approx((3 * MONTH * worst, 3 * MONTH * best))


def test_where_all_surely_hit_a_run_asks_once() -> None:
    call = 1200 * 1.10e-6 + 200 * 5.50e-6
    sure = MONTH * (call - 0.02 * 0.01)
    found = ends("inference/verify/caching", DESK.replace("hits: 20 %", "hits: 100 %"))
    assert found == pytest.approx((sure, sure, sure))


def test_a_batch_saves_on_each_call_of_a_run() -> None:
    step = "{call: small.generate, sizes: {input: 6000, output: 400}}"
    often = DESK.replace(f"[{step}]", f"[{{repeat: {{times: 3, steps: [{step}]}}}}]")
    once = value("inference/digest/batch", DESK)
    assert ends("inference/digest/batch", often) == pytest.approx((3 * once,) * 3)


def test_wrong_hits_that_never_happen_need_no_price() -> None:
    none = DESK.replace("false_hits: 2 %, wrong_costs: 0.01 USD", "false_hits: 0 %")
    call = 1200 * 1.10e-6 + 200 * 5.50e-6
    assert value("inference/verify/caching", none) == pytest.approx(MONTH * 0.2 * call)


def test_both_ends_of_what_a_served_model_costs_and_saves() -> None:
    """One instance costs 6, 6.88 or 8 an hour; a call by the token 0.0008, 0.001 or 0.0012; 1, 2 or 3 a second."""
    instance, call, rate = ((6.0, 6.88, 8.0), (0.0008, 0.001, 0.0012), (1.0, 2.0, 3.0))
    needed, own = ends("serving/llm/instances"), ends("inference/llm/own")
    assert needed[1] == 1
    assert own[:2] == pytest.approx((instance[0] * 730, instance[1] * 730))
    assert own[2] == pytest.approx(instance[2] * 730 * (needed[2] or 0.0))
    paid = [MONTH * a * b for a, b in zip(call, rate, strict=True)]
    assert ends("inference/llm/api") == pytest.approx(tuple(paid))
    saved = (paid[0] - (own[2] or 0.0), paid[1] - (own[1] or 0.0), paid[2] - (own[0] or 0.0))
    assert ends("inference/llm/saves") == pytest.approx(saved)
    pays = [instance[k] / 3600 / call[2 - k] for k in range(3)]
    assert ends("inference/llm/breakeven") == pytest.approx(tuple(pays))
    committed = (2500 / 8.0, 3000 / 6.88, 3500 / 6.0)
    assert ends("inference/llm/commitment") == pytest.approx(tuple(c / 730 for c in committed))


def test_calls_of_all_flows_are_paid_as_often_as_they_are_made() -> None:
    """Two calls of each of two runs a second, and one more a second."""
    step = "{call: llm.generate, sizes: {input: 1200 ± 600, output: 200}}"
    assert f"[{step}]" in DESK
    text = DESK.replace(f"[{step}]", f"[{{repeat: {{times: 2, steps: [{step}]}}}}]")
    text += f"  more: {{starts: {{rate: 1/s}}, steps: [{step}]}}\n"
    call = 1200 * 0.30e-6 + 200 * 2.50e-6
    assert value("inference/llm/api", text) == pytest.approx(5 * MONTH * call)
    assert value("inference/llm/breakeven", text) == pytest.approx(6.88 / 3600 / call)


def test_the_bill_is_that_of_the_instances_that_are_needed() -> None:
    busy = DESK.replace("busiest: 8/s", "busiest: 40/s")
    needed, found = value("serving/llm/instances", busy), asked("inference/llm/own", busy)
    assert needed > 1 and found.value == pytest.approx(needed * 6.88 * 730)
    assert [(line.text, line.value) for line in found.derivation] == [
        ("instances that the busiest hour needs", f"{needed:.0f}"), ("one instance a month", "5022.4"),
    ]  # fmt: skip


def test_what_cannot_be_served_has_no_bill_and_says_why() -> None:
    unknown = asked("inference/llm/own", DESK.replace("model: llama-3.1-8b", "model: llama-3.1-9b"))
    assert any("components.llm.serves" in each and "8B" in each for each in unknown.missing)
    silent = asked(
        "inference/llm/own", DESK.replace("answer:\n    starts: {rate: 2/s, busiest: 8/s}", "answer:")
    )
    assert silent.missing == ("flows.*: no call reaches llm",)


def test_growth_reaches_the_crossing_between_two_months() -> None:
    growing = HALF.replace(
        "system: desk",
        "system: desk\ngrowth: {value: 60 %, known: 40 % .. 80 %, source: s, date: 2026-01-01}",
    )
    always, when = ends("inference/llm/always", growing), ends("inference/llm/when", growing)

    def months(to: float | None, now: float, growth: float) -> float:
        assert to is not None
        return max(0.0, 12 * math.log(to / now) / math.log(1 + growth))

    assert when[0] == pytest.approx(months(always[0], 3.0, 0.8))
    assert when[1] == pytest.approx(months(always[1], 2.0, 0.6))


def test_tokens_that_are_let_through_are_counted_in_and_out() -> None:
    """Calls of 1,400 tokens: 420,000 tokens a minute are 300 calls. Other lengths by their mean and mean square."""
    alike = DESK.replace("request_limit: 300/min", "token_limit: 420000 tokens/min")
    assert ends("inference/large/throttled", alike) == pytest.approx(ends("inference/large/throttled", DESK))
    both = DESK.replace("request_limit: 300/min", "request_limit: 300/min, token_limit: 390000 tokens/min")
    few = DESK.replace("request_limit: 300/min", "token_limit: 390000 tokens/min")
    assert ends("inference/large/throttled", both) == ends("inference/large/throttled", few)
    mixed = HALF.replace(
        "rate: {value: 0.5/s, known: 0.25/s .. 1/s, source: s, date: 2026-01-01}", "rate: 3/s"
    ).replace("rate: 0.25/s", "rate: 1/s")
    counts = (
        (3, 1400),
        (3, 1400),
    )  # of six a second all have 1,400 tokens: 1200 + 200, 600 + 800, 1000 + 400
    mean = sum(n * t for n, t in counts) / 6
    square = sum(n * t * t for n, t in counts) / 6
    found = throttled(6.0, mean, square, 420_000.0)
    assert ends("inference/large/throttled", mixed) == pytest.approx((found.low, found.value, found.high))


@pytest.mark.parametrize("rates", [("1/s", "3/s"), ("0/s", "0/s")])
def test_four_hundred_calls_are_drawn_by_the_rates_of_flows(rates: tuple[str, str]) -> None:
    text = (
        "groma: 1\nsystem: x\ncurrency: EUR\ncomponents: {m: {kind: llm, offers: {g: {work: 1 s}}}}\nflows:\n"
    )
    for name, rate, tokens in zip("ab", rates, (10, 30), strict=True):
        step = f"{{call: m.g, sizes: {{input: {tokens}, output: 7}}}}"
        text += f"  {name}: {{starts: {{rate: {rate}}}, steps: [{step}]}}\n"
    model = loads(text)
    found = calls_to(Context(model, catalog(), Ledger(model.digest)), "m")
    shares = (1, 3) if rates[0] != "0/s" else (1, 1)
    assert [found.inputs.count(n) for n in (10, 30)] == [400 * s / sum(shares) for s in shares]
    assert found.outputs == (7,) * 400


def test_quantiles_are_the_least_values_that_a_share_does_not_exceed() -> None:
    law = LogNormal.from_quantiles(50.0, 400.0)
    assert quantiles(law, np.array([0.5, 0.95])) == pytest.approx([50.0, 400.0])
    ten = Empirical.of(tuple(float(n) for n in range(1, 11)))
    assert quantiles(ten, np.array([0.05, 0.8, 0.801, 1.0])).tolist() == [1.0, 8.0, 9.0, 10.0]


def test_seven_tenths_go_three_times_into_a_little_more_than_two() -> None:
    assert instances(2.1, End(None, 1.0, 0.7, 1.0)) == 3
    assert instances(2.2, End(None, 1.0, 0.7, 1.0)) == 4
    assert instances(2.1, End(None, 1.0, 0.0, 0.0)) == math.inf


@pytest.mark.parametrize("what", ["ttft", "tpot"])
def test_a_time_is_no_surer_than_the_calibration_and_written_as_it_is_shown(what: str) -> None:
    model = loads(DESK)
    setup = setup_of(Context(model, catalog(), Ledger(model.digest)), model.components["llm"])
    assert not isinstance(setup, str)
    off = setup.off_ttft if what == "ttft" else setup.off_tpot
    low, middle, high = ends(f"serving/llm/{what}/mean", DESK)
    assert low is not None and middle is not None and high is not None
    assert low <= middle * off[0] * (1 + 1e-9) and high >= middle * off[1] * (1 - 1e-9)
    written = with_served_times(model, catalog()).components["llm"].offers["generate"]
    work = written.work if what == "ttft" else written.per["output"]
    assert isinstance(work, Quantity)
    assert (work.low, work.mean, work.high) == pytest.approx((low, middle, high))


def test_figures_say_what_they_are() -> None:
    found = asked("serving/llm/ttft/p95", DESK)
    assert (found.title, found.reason) == ("Time to the first token of llm, p95", "")
    assert asked("serving/llm/users", DESK).title == "Calls in flight on one instance of llm"
    assert asked("inference/llm/saves", DESK).reason == ""
    crossing = {line.text: line.value for line in asked("inference/llm/breakeven", DESK).derivation}
    assert crossing["price of a call by the token"] == "0.00086"
    batch = asked("inference/digest/batch", DESK)
    assert "catalog/google/gemini-2.5-flash@eu/token.input processing=batch" in batch.inputs
