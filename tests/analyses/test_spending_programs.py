"""What runs of small programs spend, action by action, against all their ways counted by hand."""

from __future__ import annotations

import math

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.spending.figures import spends

GROWS = "{call: m.g, sizes: {in: 4 tokens}, context: {h: 1 tokens, s: 1 tokens, grows: {h: 2 tokens, s: 3 tokens}}}"
PARTS = """
people: {ana: {}, boss: {}}
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {work: 0 s}}}
  b: {kind: s, price: {call: 5 EUR}, offers: {f: {}}}
  c: {kind: s, price: {call: 7 EUR}, offers: {f: {fails: 10 %}}}
  t: {kind: s, price: {call: 11 EUR}, offers: {f: {throttled: 20 %}}}
  deep: {kind: s, price: {call: 2 EUR}, offers: {f: {steps: [{call: c.f}, {call: a.f}]}}}
  lax: {kind: s, price: {call: 2 EUR}, offers: {f: {answers: at once, steps: [{call: c.f}, {call: a.f}]}}}
  early: {kind: s, price: {call: 2 EUR}, offers: {f: {steps: [HALF, {call: a.f}]}}}
  desk: {kind: s, threads: 1, queue: 0, price: {call: 5 EUR}, offers: {f: {work: 1 s ± 1 s}}}
  pool: {kind: pool, threads: 1, queue: 0, price: 0 EUR/month}
  store: {kind: cache, price: {call: 1 EUR, input: 5 EUR/token}}
  deepg: {kind: s, price: {call: 2 EUR}, offers: {f: {steps: [GROWS]}}}
  carried: {kind: s, runs_on: host, offers: {f: {}}}
  host: {kind: host, price: 9 EUR/month}
  m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}
connections: {line: {from: ana, to: b, loss: 25 %, gives_up_after: 1 s}}
flows:
  grown: {steps: [GROWS]}
  other: {by: boss, steps: [{call: b.f}]}
  main: {by: ana, starts: {rate: 1/s}, steps: [STEPS]}
""".replace("GROWS", GROWS).replace(
    "HALF", "{choose: [{share: 50 %, steps: [{stop: ok}]}, {share: 50 %, steps: []}]}"
)


def program(steps: str) -> Context:
    return context(PARTS.replace("STEPS", steps))


def assert_spends(c: Context, of: str, chances: dict[float, float]) -> None:
    """Half-way up each step of the distribution function, and in the mean."""
    below = 0.0
    for amount, chance in sorted(chances.items()):
        found = figure(c, f"{of}/main/p{100 * (below + chance / 2):.4g}")
        near = pytest.approx(amount, rel=2e-3, abs=2e-3)
        assert (found.low, found.value, found.high) == (near, near, near)
        below += chance
    mean = spends(c, "main", of).mean  # pyright: ignore
    truth = math.fsum(amount * chance for amount, chance in chances.items())
    assert (mean.low, mean.value, mean.high) == (pytest.approx(truth),) * 3
    assert below == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("steps", "money", "calls"),
    [
        ("{call: b.f}, {call: a.f}", {0: 0.25, 8: 0.75}, {0: 0.25, 2: 0.75}),
        ("{call: t.f}, {call: a.f}", {0: 0.2, 14: 0.8}, {0: 0.2, 2: 0.8}),
        ("{call: deep.f}, {call: a.f}", {9: 0.1, 15: 0.9}, {2: 0.1, 4: 0.9}),
        ("{call: lax.f}, {call: a.f}", {12: 0.1, 15: 0.9}, {3: 0.1, 4: 0.9}),
        ("{send: deep.f}, {call: a.f}", {12: 0.1, 15: 0.9}, {3: 0.1, 4: 0.9}),
        ("{call: early.f}, {call: a.f}", {5: 0.5, 8: 0.5}, {2: 0.5, 3: 0.5}),
        ("{ask: boss, takes: 1 ms, rejects: 30 %}, {call: a.f}", {0: 0.3, 3: 0.7}, {0: 0.3, 1: 0.7}),
        ("{call: a.f, guard: {name: look, steps: [{call: c.f}], rejects: 20 %}}, {call: a.f}",
         {10: 0.28, 13: 0.72}, {2: 0.28, 3: 0.72}),
        ("{call: c.f, cache: {hits: 40 %, component: a}}, {call: a.f}", {6: 0.4, 10: 0.06, 13: 0.54},
         {1: 0.46, 2: 0.54}),
        ("{call: c.f, cache: {hits: 40 %}}, {call: a.f}", {3: 0.4, 7: 0.06, 10: 0.54}, {1: 0.46, 2: 0.54}),
        ("{call: a.f, retry: {times: 2, backoff: 9 s}, timeout: 5 s}, {wait: 8 s}", {3: 1.0}, {1: 1.0}),
        ("{call: c.f, retry: {times: 1, backoff: 9 s}}, {call: a.f}", {10: 0.9, 14: 0.01, 17: 0.09},
         {2: 0.91, 3: 0.09}),
        ("{parallel: [[{call: a.f}], [{call: a.f}, {call: a.f}]]}, {call: a.f}", {12: 1.0}, {4: 1.0}),
        ("{call: desk.f}", {0: 0.5, 5: 0.5}, {0: 0.5, 1: 0.5}),
        ("{call: carried.f}, {call: a.f}", {3: 1.0}, {2: 1.0}),
        ("{do: other}, {call: a.f}", {8: 1.0}, {2: 1.0}),
        ("{choose: [{share: 70 %, steps: [{call: a.f}]}, {share: 20 %, steps: [{fail: failed}]}, {share: 10 %,"
         " steps: [{stop: ok}]}]}, {call: a.f}", {0: 0.3, 6: 0.7}, {0: 0.3, 2: 0.7}),
        ("{call: c.f, cache: {hits: 40 %, component: store}}", {1: 0.4, 8: 0.6}, {0: 0.4, 1: 0.6}),
        (GROWS, {4: 1.0}, {1: 1.0}),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{call: deepg.f}}]}}}}", {25: 1.0}, {6: 1.0}),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{do: grown}}]}}}}", {21: 1.0}, {4: 1.0}),
        (f"{{repeat: {{times: 3, steps: [{GROWS}]}}}}", {27: 1.0}, {3: 1.0}),
        (f"{{repeat: {{times: 3, steps: [{GROWS}, {{call: c.f}}]}}}}",
         {11: 0.1, 27: 0.09, 48: 0.81}, {2: 0.1, 4: 0.09, 6: 0.81}),
        (f"{{repeat: {{until: 50 %, at_most: 3, steps: [{GROWS}]}}}}",
         {4: 0.5, 13: 0.25, 27: 0.25}, {1: 0.5, 2: 0.25, 3: 0.25}),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{repeat: {{times: 2, steps: [{GROWS}]}}}}]}}}}",
         {39: 1.0}, {6: 1.0}),
        (f"{{repeat: {{times: 2, steps: [{GROWS}, {{call: a.f}}, {{fail: failed}}]}}, fallback: [{{call: a.f}}]}}",
         {10: 1.0}, {3: 1.0}),
        ("{repeat: {times: 2, steps: [{call: early.f}]}}", {4: 0.25, 7: 0.5, 10: 0.25}, {2: 0.25, 3: 0.5, 4: 0.25}),
    ],
)  # fmt: skip
def test_every_way_of_a_run_is_paid_for_what_it_called(
    steps: str, money: dict[float, float], calls: dict[float, float]
) -> None:
    """A lost or turned-away call costs nothing; Erlang turns away half of an offered load of one."""
    c = program(steps)
    assert_spends(c, "cost", money)
    assert_spends(c, "calls", calls)


@pytest.mark.parametrize(("pool", "least"), [("pool", 0.0), ("lines", 3.0)])
def test_who_finds_no_unit_of_a_pool_pays_nothing(pool: str, least: float) -> None:
    """One unit without a queue turns some away; without a limit all get one."""
    text = PARTS.replace("connections:", "  lines: {kind: pool, price: 0 EUR/month}\nconnections:")
    c = context(text.replace("STEPS", f"{{hold: {pool}, steps: [{{wait: 1 s ± 1 s}}, {{call: a.f}}]}}"))
    found = figure(c, "cost/main/p20")
    assert (found.low, found.high) == (pytest.approx(least, rel=2e-3), 3.0)
