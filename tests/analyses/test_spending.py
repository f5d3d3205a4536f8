"""Distributions of money and calls per run against closed forms, against every run of small programs enumerated by an
interpreter that shares no code with the analyses, and against runs drawn at random."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats  # pyright: ignore

from analyses.given import context, on
from groma.analyses import Context, bounds, figure
from groma.analyses.bound import bound_of
from groma.analyses.needs import results
from groma.analyses.spending.figures import spends
from groma.model import program as p
from groma.model.load import loads
from programs import End, Run, TooMany, enumerate_runs, sample_runs, texts

SHARES = (0.5, 0.9, 0.95, 0.99)
PRICES = {"a.f": 0.03, "a.g": 0.11, "b.f": 0.27, "b.g": 0.05, "c.f": 0.41, "c.g": 0.07}


class Spender(Run):
    """A run that also counts what is sent, and remembers in which round of a loop a call was made, with its tokens."""

    round = 1

    def repeat(self, loop: p.Repeat, caller: str | None) -> End:
        before = self.round
        end, rounds = End("ok", 0.0), 0
        most = loop.at_most or 10**6
        count = math.floor(self.time(loop.times) + 0.5) if loop.times is not None else most
        while rounds < min(count, most):
            rounds += 1
            self.round = rounds
            one = self.sequence(loop.steps, caller)
            calls = (*end.calls, *((name, end.time + start) for name, start in one.calls))
            end = End(one.kind, end.time + one.time, calls=calls)
            if end.kind != "ok" or (loop.until is not None and rounds < most and self.chance(loop.until)):
                break
        self.round = before
        return end

    def action(self, step: p.Step, caller: str | None) -> End:
        action = step.action
        if isinstance(action, p.Send):
            sent = self.call(action.component, action.operation, action.sizes, caller)
            return End("ok", 0.0, calls=tuple((name, 0.0) for name, _ in sent.calls))
        if not isinstance(action, p.Call) or action.context is None:
            return super().action(step, caller)
        tokens = self.time(dict(action.sizes.amounts)["in"])
        tokens += (self.round - 1) * sum(amount.mean for _, amount in action.context.grows)  # pyright: ignore
        end = self.call(action.component, action.operation, p.Sizes(), caller)
        if not end.calls:
            return end
        (name, start), *others = end.calls
        return End(end.kind, end.time, end.mark, ((f"{name}:{tokens}", start), *others))


def spent_by(end: End) -> float:
    """Money of the calls of a run; a call with tokens is billed for these as well, at 1 EUR for 1000."""
    whole = 0.0
    for name, _ in end.calls:
        operation, _, tokens = name.partition(":")
        whole += PRICES[operation] + float(tokens or 0) / 1000
    return whole


def priced(text: str) -> str:
    for name, price in PRICES.items():
        component, operation = name.split(".")
        head, _, tail = text.partition(f"  {component}: ")
        line, _, rest = tail.partition("\n")
        line = line.replace(f"{operation}: {{work", f"{operation}: {{price: {price} EUR/call, work")
        text = f"{head}  {component}: {line}\n{rest}"
    return text


def assert_in_brackets(c: Context, runs: list[tuple[float, End]], of: str, *, tight: bool) -> None:
    """Every percentile lies in its bracket, and the nominal value beside it, away from ties."""
    worth = [(float(len(end.calls)) if of == "calls" else spent_by(end), weight) for weight, end in runs]
    worth.sort()
    values = np.array([v for v, _ in worth])
    cdf = np.cumsum([w for _, w in worth])
    assert cdf[-1] == pytest.approx(1.0)
    for share in SHARES:
        found = figure(c, f"{of}/main/p{100 * share:g}")
        before = float(values[min(int(np.searchsorted(cdf, share - 1e-6)), len(values) - 1)])
        after = float(values[min(int(np.searchsorted(cdf, share + 1e-6)), len(values) - 1)])
        step = spends(c, "main", of).grid.step * 40 if of == "cost" else 0.0
        low, high = found.low or 0.0, math.inf if found.high is None else found.high
        assert low <= after + step * 1e-6 + 1e-9
        assert high >= before - 1e-9
        if found.value is not None and before == after:
            assert found.value == pytest.approx(before, abs=step + 1e-9)
        if tight and before == after:
            assert high - low <= 2 * step + 1e-9
    law = spends(c, "main", of).mean  # pyright: ignore
    mean = math.fsum(v * w for v, w in worth)
    assert law.low - 1e-6 <= mean <= law.high + 1e-6
    if law.value is not None:
        assert law.value == pytest.approx(mean, rel=1e-6, abs=1e-9)
    most = bound_of(c, "main")
    assert max(values) <= getattr(most, of) + 1e-9


SLOW_WORDS = ("timeout", "deadline", "hedge", "parallel")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(texts())
def test_every_run_of_a_random_program_is_in_the_brackets(text: str) -> None:
    model = loads(priced(text))
    c = on(model)
    try:
        runs = enumerate_runs(model, "main", 1500, Spender)
    except TooMany:
        return
    tight = not any(word in text for word in SLOW_WORDS)
    for of in ("calls", "cost"):
        assert_in_brackets(c, runs, of, tight=tight)


LOOPS = st.tuples(
    st.sampled_from(
        ("times: 3", "until: 60 %, at_most: 4", "times: 2, at_most: 5", "until: 25 %, at_most: 3")
    ),
    st.sampled_from((0, 150, 700)),
    st.sampled_from(("", ", retry: {times: 1}", ", fallback: [{call: a.f}]", ", cache: {hits: 30 %}")),
    st.sampled_from(
        (
            "%s",
            "choose: [{share: 30 %%, steps: [{call: a.g}]}, {share: 70 %%, steps: [{%s}]}]",
            "steps: [{call: b.f}, {%s}]",
            "repeat: {times: 2, steps: [{%s}]}",
            "parallel: [[{%s}], [{call: b.g, fallback: []}]]",
        )
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(LOOPS)
def test_history_grows_in_every_round_of_random_loops(drawn: tuple[str, int, str, str]) -> None:
    count, grows, policy, shape = drawn
    inner = f"call: c.f, sizes: {{in: 400}}, context: {{h: 400 tokens, grows: {{h: {grows} tokens}}}}{policy}"
    text = (
        "components:\n"
        "  a: {kind: s, offers: {f: {price: 0.03 EUR/call, work: 4 ms},"
        " g: {price: 0.11 EUR/call, work: 9 ms, fails: 25 %}}}\n"
        "  b: {kind: s, offers: {f: {price: 0.27 EUR/call, work: 7 ms, throttled: 10 %},"
        " g: {price: 0.05 EUR/call, work: 2 ms}}}\n"
        "  c: {kind: llm, offers: {f: {work: 5 ms, fails: 20 %, price: {call: 0.41 EUR, in: 1 EUR/ktoken}}}}\n"
        f"flows:\n  main: {{starts: {{rate: 1/s}}, steps: [{{repeat: {{{count}, steps: [{{{shape % inner}}}]}}}}]}}\n"
    )
    c = context(text)
    runs = enumerate_runs(c.model, "main", 4000, Spender)
    assert_in_brackets(c, runs, "cost", tight="parallel" not in shape)
    mean = math.fsum(spent_by(end) * weight for weight, end in runs)
    expected = figure(c, "cost/main/run")
    dearest, bound = max(spent_by(end) for _, end in runs), figure(c, "cost/main/bound").value
    assert bound is not None
    if "parallel" in shape:  # a branch that fails keeps the other from going on: bounds
        assert (expected.low or 0.0) - 1e-9 <= mean <= (expected.high or math.inf) + 1e-9
        assert dearest <= bound + 1e-9
        return
    assert expected.value == pytest.approx(mean, rel=1e-9)
    calls = math.fsum(len(end.calls) * weight for weight, end in runs)
    assert figure(c, "calls/main/mean").value == pytest.approx(calls)
    # every retry, fallback and dear branch happens in some run: what can be spent at most is what the dearest spends
    assert bound == pytest.approx(dearest, rel=1e-9)


TALK = """
components:
  m: {kind: llm, qualities: {context: %s}, price: {in: 2 EUR/Mtoken, out: 8 EUR/Mtoken}, offers: {say: {work: 1 s}}}
flows:
  main:
    starts: {rate: 1/min}
    steps:
      - repeat:
          %s
          steps:
            - {call: m.say, sizes: {in: %s, out: 100 tokens}, context: {h: 100 tokens, grows: {h: %s}%s}}
"""


def test_the_arithmetic_series_of_a_talk_that_grows() -> None:
    c = context(TALK % ("200000 tokens", "times: 8", "1000 tokens", "500 tokens", ", cut_first: h"))
    truth = 8 * (1000 * 2 + 100 * 8) / 1e6 + 500 * (8 * 7 / 2) * 2 / 1e6
    for measure in ("cost/main/run", "cost/main/bound"):
        assert figure(c, measure).value == pytest.approx(truth)
    assert figure(c, "cost/main/p95").value == pytest.approx(truth, rel=1e-3)
    assert "model/flows.main.steps.1.repeat.steps.1.context.grows.h" in figure(c, "cost/main/run").inputs
    # by the month, in exact fractions by component and by flow
    month = figure(c, "cost/month")
    assert month.value == pytest.approx(truth * 60 * 730, abs=0.01)
    assert month.second is not None and month.second.value == month.value


def test_geometric_rounds_of_a_talk_that_grows() -> None:
    # with chance q that a round is the last, r_n = (1 - q)^(n-1): sum r_n = 1/q, sum (n-1) r_n = (1-q)/q^2
    c = context(TALK % ("200000 tokens", "until: 40 %", "1000 tokens", "500 tokens", ""))
    q = 0.4
    truth = (2800 / q + 1000 * (1 - q) / q**2) / 1e6
    assert figure(c, "cost/main/run").value == pytest.approx(truth, rel=1e-9)
    assert figure(c, "calls/main/mean").value == pytest.approx(1 / q)
    for share in SHARES:
        rounds = int(stats.geom.ppf(share, q))
        assert figure(c, f"calls/main/p{100 * share:g}").value == rounds
        money = (2800 * rounds + 1000 * rounds * (rounds - 1) / 2) / 1e6
        found = figure(c, f"cost/main/p{100 * share:g}")
        assert found.value == pytest.approx(money, rel=2e-3)
        assert (found.low or 0) <= money <= (found.high or 0)
    assert figure(c, "cost/main/bound").value is None


def test_history_is_cut_at_the_window_where_it_may_be_cut() -> None:
    text = TALK % ("2000 tokens", "times: 6", "1000 tokens", "500 tokens", ", cut_first: h")
    inputs = [min(1000 + 500 * n, 2000) for n in range(6)]
    truth = (sum(inputs) * 2 + 6 * 800) / 1e6
    assert figure(context(text), "cost/main/bound").value == pytest.approx(truth)
    found = figure(context(text), "cost/main/run")
    assert found.value is None and (found.low or 0) <= truth <= (found.high or 0)
    assert figure(context(text), "cost/main/p95").high == pytest.approx(truth)
    uncut = figure(context(text.replace(", cut_first: h", "")), "cost/main/bound").value
    assert uncut == pytest.approx((6 * 2800 + 500 * 15 * 2) / 1e6)


def test_what_varies_against_runs_drawn_at_random() -> None:
    c = context(
        TALK
        % (
            "200000 tokens",
            "until: 30 %\n          at_most: 6",
            "1000 tokens ± 400 tokens",
            "500 tokens ± 200 tokens",
            "",
        )
    )
    rng = np.random.default_rng(5)
    runs = np.zeros(200_000)
    rounds = np.minimum(rng.geometric(0.3, len(runs)), 6)
    history = np.zeros(len(runs))
    for n in range(1, 7):
        here = rounds >= n
        base = rng.gamma((1000 / 400) ** 2, 400**2 / 1000, len(runs))
        runs += here * ((base + history) * 2 + 800) / 1e6
        history += rng.gamma((500 / 200) ** 2, 200**2 / 500, len(runs))
    assert figure(c, "cost/main/run").value == pytest.approx(float(runs.mean()), rel=0.005)
    for share in SHARES:
        found, truth = figure(c, f"cost/main/p{100 * share:g}"), float(np.quantile(runs, share))
        assert found.low is not None and found.high is not None
        assert found.low * 0.995 <= truth <= found.high * 1.005
        assert found.high - found.low < truth  # a range, since sums of growths are bracketed
    assert figure(c, "cost/main/bound").missing == (
        "flows.main.steps.1.repeat.steps.1.sizes.in: state its `max`",
        "flows.main.steps.1.repeat.steps.1.context.grows.h: state its `max`",
    )


def test_what_may_lie_outside_a_bracket_widens_percentiles(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = "until: 30 %\n          at_most: 6"
    text = TALK % ("200000 tokens", rounds, "1000 tokens ± 400 tokens", "500 tokens ± 200 tokens", "")
    near = figure(context(text), "cost/main/p90")
    monkeypatch.setattr("groma.analyses.spending.figures.LEAK", 0.01)
    c = context(text)
    far = figure(c, "cost/main/p90")
    leak = spends(c, "main", "cost").leak
    assert leak == pytest.approx(0.01 * (1 - 0.7**6) / 0.3, rel=1e-6)  # one in a hundred for each call
    assert (far.low or 0) < (near.low or 0)
    assert (far.high or 0) > (near.high or 0)


def test_sizes_that_vary_against_the_gamma_law() -> None:
    # three calls of one law: gamma of three times the shape, plus what the answers cost
    text = TALK % ("200000 tokens", "times: 3", "1000 tokens ± 500 tokens", "0 tokens", "")
    law = stats.gamma(3 * 4, scale=250 * 2 / 1e6, loc=3 * 800 / 1e6)
    for share in SHARES:
        found, truth = figure(context(text), f"cost/main/p{100 * share:g}"), float(law.ppf(share))
        assert found.value == pytest.approx(truth, rel=1e-3)
        assert (found.low or 0) <= truth <= (found.high or 0)
        assert (found.high or 0) - (found.low or 0) < 0.01 * truth


def test_random_programs_with_spread_sizes_against_runs_drawn_at_random() -> None:
    text = (
        "components:\n"
        "  a: {kind: s, offers: {f: {price: 0.03 EUR/call, work: 4 ms, fails: 30 %}}}\n"
        "  c: {kind: s, offers: {g: {work: 1 ms, per: {rows: 2 ms}, price: {call: 0.07 EUR, work: 20 EUR/s}}}}\n"
        "flows:\n  main: {starts: {rate: 1/s}, steps: [{choose: [{share: 30 %, steps: [{call: a.f, retry: {times: 2},"
        " fallback: [{call: c.g, sizes: {rows: 'uniform(1, 9)'}}]}]}, {share: 70 %, steps: [{repeat: {until: 50 %,"
        " at_most: 5, steps: [{call: c.g, sizes: {rows: 'uniform(1, 9)'}}]}}]}]}]}\n"
    )
    c = context(text)

    class Priced(Run):
        def call(self, component: str, operation: str, sizes: p.Sizes, caller: str | None) -> End:
            end = super().call(component, operation, sizes, caller)
            cost = 0.03 if component == "a" else 0.07 + 20 * end.time
            return End(end.kind, end.time, end.mark, ((str(cost), 0.0),))

    runs = [sum(float(n) for n, _ in end.calls) for end in sample_runs(c.model, "main", 12_000, 3, Priced)]
    assert figure(c, "cost/main/run").value == pytest.approx(float(np.mean(runs)), rel=0.02)
    for share in SHARES:
        found, truth = figure(c, f"cost/main/p{100 * share:g}"), float(np.quantile(runs, share))
        assert found.value == pytest.approx(truth, rel=0.03)


def test_the_dearest_of_several_prices_for_one_size_bounds_a_run() -> None:
    c = context(
        "components: {m: {kind: llm, product: google/gemini-2.5-pro, offers: {say: {work: 1 s}}}}\n"
        "exchange: {USD: 1 EUR}\n"
        "flows: {main: {starts: {rate: 1/min}, steps: [{call: m.say, sizes: {in: 300000, out: 100}}]}}\n"
    )
    product = c.catalog.product("google/gemini-2.5-pro")
    listed = [price for price in product.prices if not price.condition]
    dear = [
        max(float(price.amount or 0) for price in listed if price.per == f"token.{way}")
        for way in ("input", "output")
    ]
    assert figure(c, "cost/main/bound").value == pytest.approx(300000 * dear[0] + 100 * dear[1])
    assert figure(c, "cost/main/p95").value == pytest.approx(figure(c, "cost/main/run").value, rel=1e-3)


def test_without_a_price_no_percentile() -> None:
    c = context(
        "components: {m: {kind: llm, offers: {say: {work: 1 s}}}}\n"
        "flows: {main: {starts: {rate: 1/min}, steps: [{call: m.say}]}}\n"
    )
    found = figure(c, "cost/main/p95")
    assert found.value is None and found.high is None
    assert figure(c, "calls/main/p95").value == 1.0


def test_percentiles_can_be_needed() -> None:
    text = TALK % ("200000 tokens", "until: 40 %", "1000 tokens", "500 tokens", "")
    needs = (
        "needs: {seldom_dear: {measure: cost/main/p95, at_most: 0.04 EUR},"
        " short: {measure: calls/main/p99, at_most: 6}}\n"
    )
    c = context(needs + text)
    assert {r.need: r.verdict for r in results(c)} == {"seldom_dear": "met", "short": "missed"}
    assert bounds(c, "calls/main/p99") == (10.0, 10.0)


def test_compensations_of_failed_runs_widen_the_range() -> None:
    c = context(
        "components: {a: {kind: s, offers: {f: {price: 1 EUR/call, work: 1 ms}, u: {price: 10 EUR/call, work: 1 ms},"
        " g: {price: 1 EUR/call, work: 1 ms, fails: 20 %}}}}\n"
        "flows: {main: {starts: {rate: 1/min}, steps: [{call: a.f, compensate: [{call: a.u}]}, {call: a.g}]}}\n"
    )
    found = figure(c, "cost/main/p95")
    assert found.low is not None and found.high is not None
    assert found.low <= 2.01 and found.high >= 12.0
