"""What hangs on time (limits, hedges, branches left over) against runs drawn at random or counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from analyses.given import context
from groma.analyses import figure
from groma.analyses.outcome.law import FAST, SLOW, Array
from groma.analyses.spending import figures, reader
from groma.analyses.spending.figures import spends

PARTS = """
people: {boss: {}}
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {work: 0 s}}}
  b: {kind: s, price: {call: 5 EUR}, offers: {f: {work: 1 s ± 1 s}}}
  c: {kind: s, price: {call: 7 EUR}, offers: {f: {work: 0 s, fails: 10 %}}}
  w: {kind: s, price: {work: 2 EUR/s}, offers: {f: {work: 1 s ± 1 s}}}
  cut: {kind: s, price: {call: 1 EUR, work: 2 EUR/s}, offers: {f: {work: 1 s ± 1 s, cancels: true}}}
  once: {kind: s, price: {call: 7 EUR}, offers: {f: {work: 1 s, cancels: true}}}
  goes: {kind: s, price: {call: 7 EUR}, offers: {f: {work: 1 s, steps: [{call: a.f}]}}}
  stops: {kind: s, price: {call: 7 EUR}, offers: {f: {work: 1 s, cancels: true, steps: [{call: a.f}]}}}
flows: {main: {starts: {rate: 0.001/s}, steps: [STEPS]}}
"""
DRAWN = 400_000
RNG = np.random.default_rng(7)
T, U, V = RNG.exponential(1.0, (3, DRAWN))
SURE = np.zeros(DRAWN)


@pytest.mark.parametrize(
    ("steps", "spent", "sharp"),
    [
        ("{call: b.f, timeout: 2 s, deadline: 1 s}, {call: a.f}", 5 + 3 * (T < 1), True),
        ("{call: b.f, timeout: 1 s, deadline: 2 s}, {call: a.f}", 5 + 3 * (T < 1), True),
        ("{call: b.f, timeout: 1 s, retry: 1}, {call: a.f}", 5 + 3 * (T < 1) + (T > 1) * (5 + 3 * (U < 1)), True),
        ("{call: b.f, timeout: 1 s, fallback: [{call: a.f}]}, {call: a.f}", 8 + 3 * (T > 1), True),
        ("{steps: [{call: b.f, timeout: 1 s}, {call: a.f}], deadline: 100 s}", 5 + 3 * (T < 1), True),
        ("{call: goes.f, timeout: 500 ms}, {call: a.f}", SURE + 10, True),
        ("{call: once.f, timeout: 500 ms}, {call: a.f}", SURE + 7, True),
        ("{call: stops.f, timeout: 2 s}, {call: a.f}", SURE + 13, True),
        ("{wait: 1 s ± 1 s, timeout: 1 s}, {call: a.f}", 3 * (T < 1), True),
        ("{ask: boss, takes: 1 s ± 1 s, timeout: 1 s}, {call: a.f}", 3 * (T < 1), True),
        ("{call: w.f, timeout: 20 s}, {call: a.f}", 2 * T + 3, True),
        ("{call: b.f, hedge: {after: 1 s}}, {call: a.f}", 8 + 5 * (T > 1), True),
        ("{parallel: [[{call: b.f}], [{call: a.f}]], join: 1, left_over: run on}, {call: a.f}", SURE + 11, True),
        ("{parallel: [[{call: b.f}], [{call: c.f}]], left_over: run on}, {call: a.f}",
         12 + 3 * (-math.log(0.9) < U), True),
        ("{parallel: [[{call: w.f}], [{call: c.f}]], left_over: run on}, {call: a.f}",
         2 * T + 7 + 3 * (-math.log(0.9) < U), False),
        ("{call: w.f, timeout: 1 s}, {call: a.f}", 2 * T + 3 * (T < 1), False),
        ("{call: w.f, hedge: {after: 1 s}}", 2 * T + 2 * U * (T > 1), False),
        ("{call: b.f, hedge: {after: 1 s, at_most: 2}}", 5 + 5 * (T > 1) + 5 * (T > 2) * (U > 1), False),
        ("{call: cut.f, timeout: 1 s}", 1 + 2 * np.minimum(T, 1), False),
        ("{call: stops.f, timeout: 500 ms}", SURE + 7, False),
        ("{call: stops.f, hedge: {after: 500 ms}}", SURE + 17, False),
        ("{call: b.f, guard: {name: g, steps: [{call: a.f}]}, timeout: 1 s}", 5 + 3 * (T < 1), False),
        ("{steps: [{call: b.f}, {call: a.f}], timeout: 1 s}", 5 + 3 * (T < 1), False),
        ("{parallel: [[{call: a.f}], [{fail: failed}]], left_over: cancel}", SURE + 3, False),
        ("{parallel: [[{call: b.f}], [{call: stops.f}]], join: 1, left_over: cancel}",
         12 + 3 * (T > 1), False),
    ],
)  # fmt: skip
def test_percentiles_hold_what_runs_drawn_at_random_spend(steps: str, spent: Array, sharp: bool) -> None:
    """Where amount and time hang on each other, or something may be cut off, there is no likely value."""
    c = context(PARTS.replace("STEPS", steps))
    for share in (0.2, 0.5, 0.9):
        found, truth = figure(c, f"cost/main/p{100 * share:g}"), float(np.quantile(spent, share))
        assert found.low is not None and found.high is not None
        assert found.low - 0.02 <= truth <= found.high + 0.02
        assert (found.value is not None) is sharp
        if found.value is not None:
            near = pytest.approx(truth, rel=0.01)
            assert (found.low, found.value, found.high) == (near, near, near)


@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize("times", [2, 3])
def test_sums_of_growths_lie_within_tails_that_share_what_may_lie_outside(
    monkeypatch: pytest.MonkeyPatch, parts: int, times: int
) -> None:
    """Exponentials of mean 10: by the union bound over both tails of all sums of all parts, which are gammas."""
    monkeypatch.setattr(reader, "LEAK", 0.4)
    monkeypatch.setattr(figures, "LEAK", 0.4)
    grows = ", ".join(f"h{n}: 10 tokens ± 10 tokens" for n in range(parts))
    call = (
        f"{{call: m.g, sizes: {{in: 4 tokens}}, context: {{h0: 1 token, h1: 1 token, grows: {{{grows}}}}}}}"
    )
    model = "components: {m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}}\n"
    flows = f"flows: {{main: {{steps: [{{repeat: {{times: {times}, steps: [{call}]}}}}]}}}}\n"
    known = spends(context(model + flows), "main", "cost")
    tail = 0.4 / parts / (times - 1) / 2
    for row, share in ((FAST, tail), (SLOW, 1 - tail)):
        ends = [parts * float(stats.gamma.ppf(share, n, scale=10)) for n in range(1, times)]
        assert known.law.moment[row] == pytest.approx(4 * times + sum(ends), rel=0.02, abs=0.2)
    assert known.leak == pytest.approx(0.4 * times)
    assert spends(context(model + flows), "main", "calls").leak == 0.0
    mixed = flows.replace("h0: 10 tokens ± 10 tokens", "h0: 9 tokens")
    assert (spends(context(model + mixed), "main", "cost").leak > 0) is (parts > 1)
    constant = flows.replace("10 tokens ± 10 tokens", "{value: 10 tokens, known: 8 tokens .. 12 tokens}")
    assert spends(context(model + constant), "main", "cost").leak == 0.0
