"""The most that one run can take, counted by hand: calls, money and seconds, policy by policy."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from analyses.given import HEAD, context, on
from groma.analyses import bounds, figure
from groma.analyses.context import Context
from groma.model.load import load

TEXT = """
components:
  a:
    kind: s
    price: {call: 1 EUR}
    offers: {f: {work: 1 s}, g: {work: 2 s, steps: [{call: b.f}]},
             h: {work: 2 s, answers: at once, steps: [{call: b.f}]}, per: {per: {rows: 100 ms}}}
  b: {kind: s, price: {call: 10 EUR}, offers: {f: {work: 4 s}}}
  q: {kind: s, threads: 3, price: {call: 100 EUR}, offers: {f: {work: 1 s}}}
  store: {kind: cache, price: {call: 1000 EUR}}
  p: {kind: resource, threads: 2}
people: {ana: {}}
connections:
  ab: {from: a, to: b, latency: 500 ms}
  zb: {from: z, to: b, latency: 250 ms, loss: 1 %, gives_up_after: 9 s}
  zq: {from: z, to: q, loss: 1 %}
flows:
  main: {starts: {rate: 1/s}, steps: [STEPS]}
  named: {by: z, starts: {rate: 1/s}, steps: [{call: b.f}]}
  lost: {by: z, starts: {rate: 1/s}, steps: [{call: q.f}]}
  other: {steps: [{call: b.f}]}
"""
A, B = "{call: a.f}", "{call: b.f}"
INF = math.inf


def of(steps: str) -> Context:
    text = TEXT.replace("STEPS", steps).replace("  a:\n", "  z: {kind: s}\n  a:\n")
    return context(text)


@pytest.mark.parametrize(
    ("steps", "calls", "euros", "seconds"),
    [
        (f"{A}, {B}", 2, 11, 5),
        ("{call: a.g}", 2, 11, 2 + 0.5 + 4),
        ("{call: a.h}", 2, 11, 2),
        ("{call: a.per, sizes: {rows: 7}}", 1, 1, 0.7),
        ("{send: b.f}, {wait: 3 s}", 1, 10, 3),
        (f"{{parallel: [[{A}, {A}], [{B}]]}}", 3, 12, 4),
        (f"{{choose: [{{share: 50 %, steps: [{A}, {A}, {A}]}}, {{share: 50 %, steps: [{B}]}}]}}", 3, 10, 4),
        (f"{{repeat: {{times: 3, steps: [{B}, {A}]}}}}", 6, 33, 15),
        (f"{{repeat: {{until: 50 %, at_most: 4, steps: [{A}]}}}}", 4, 4, 4),
        (f"{{repeat: {{until: 50 %, steps: [{A}]}}}}", INF, INF, INF),
        ("{repeat: {until: 50 %, steps: [{wait: 1 s}]}}", 0, 0, INF),
        ("{call: q.f}", 1, 100, INF),
        ("{call: q.f, timeout: 7 s}", 1, 100, 7),
        ("{call: b.f, timeout: 3 s}", 1, 10, 3),
        ("{call: b.f, timeout: 30 s}", 1, 10, 4),
        ("{call: q.f, deadline: 6 s}, {wait: 1 s}", 1, 100, 7),
        ("{call: b.f, deadline: 3 s, fallback: [{call: a.f}]}", 2, 11, 4),
        ("{call: b.f, hedge: {after: 3 s}}", 2, 20, 7),
        ("{call: b.f, hedge: {after: 3 s, at_most: 2}}", 3, 30, 10),
        (f"{{steps: [{A}, {B}], hedge: {{after: 3 s}}}}", 4, 22, 8),
        ("{call: b.f, retry: {times: 2}}", 3, 30, 12),
        ("{call: b.f, retry: {times: 2, backoff: 1 s, factor: 3, jitter: 0.5}}", 3, 30, 12 + 1.5 + 4.5),
        ("{call: b.f, retry: {times: 1, backoff: 2 s, factor: 3, jitter: 0}}", 2, 20, 8 + 2),
        ("{call: b.f, guard: [{name: x, takes: 2 s, steps: [{call: a.f}]}]}", 2, 11, 7),
        ("{call: b.f, guard: [{name: x, steps: [{call: a.f}]}, {name: y, takes: 1 s}]}", 2, 11, 6),
        ("{call: b.f, cache: {hits: 50 %, takes: 2 s}}", 1, 10, 6),
        ("{call: b.f, cache: {hits: 50 %, component: store}}", 1, 1010, 4),
        ("{call: b.f, compensate: [{call: a.f}]}", 2, 11, 5),
        (f"{{steps: [{A}, {B}]}}, {{do: other}}", 3, 21, 9),
        (f"{{hold: p, steps: [{A}]}}", 1, 1, INF),
        (f"{{steps: [{{hold: p, steps: [{A}]}}], timeout: 5 s}}", 1, 1, 5),
        ("{ask: ana, takes: 1 s}", 0, 0, INF),
        ("{fail: failed}", 0, 0, 0),
    ],
)  # fmt: skip
def test_the_most_of_a_run(steps: str, calls: float, euros: float, seconds: float) -> None:
    c = of(steps)
    for name, truth in (
        ("bound/main/calls", calls),
        ("bound/main/cost", euros),
        ("bound/main/time", seconds),
    ):
        assert bounds(c, name) == pytest.approx((0.0, truth)), name
        found = figure(c, name)
        known = None if math.isinf(truth) else pytest.approx(truth)
        assert (found.low, found.value, found.high) == (known, known, known)
        assert bool(found.missing) is math.isinf(truth) and ("no bound: " in found.reason) is math.isinf(
            truth
        )
        assert all(missing in found.reason for missing in found.missing[:3])


def test_a_lost_message_is_noticed_at_the_end_of_its_limit_or_never() -> None:
    """Nine seconds, longer than the way and the work; and without a limit no bound, of which all is told."""
    c = of(A)
    assert bounds(c, "bound/named/time") == pytest.approx((0.0, 9.0))
    assert bounds(c, "bound/named/calls") == (0.0, 1.0)
    lost = figure(c, "bound/lost/time")
    assert lost.value is None and len(lost.missing) == 2
    assert any("gives_up_after" in each for each in lost.missing)


def test_an_input_that_grows_is_added_up_round_by_round() -> None:
    """A cent and a millisecond a token: 400 of them, and a hundred more in each round."""
    c = context("""
components: {m: {kind: llm, price: {input: 0.01 EUR/token}, offers: {g: {work: 1 s, per: {in: 1 ms}}}}}
flows:
  main:
    starts: {rate: 1/h}
    steps:
      - repeat:
          times: 3
          steps: [{call: m.g, sizes: {in: 400, out: 1}, context: {h: 400 tokens, grows: {h: 100 tokens}}}]
""")
    assert bounds(c, "bound/main/cost") == pytest.approx((0.0, 0.01 * (400 + 500 + 600)))
    assert bounds(c, "bound/main/time") == pytest.approx((0.0, 3 + 0.001 * (400 + 500 + 600)))


def test_work_that_is_paid_for_by_its_time_costs_no_more_than_its_longest() -> None:
    """Up to three seconds of work and two of rows, at 2 EUR a second."""
    c = context("""
components:
  a:
    kind: function
    offers: {f: {work: {value: 1 s, max: 3 s}, per: {rows: 500 ms}, price: {work: 2 EUR/s}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: a.f, sizes: {rows: 4}}]}}
""")
    assert bounds(c, "bound/main/cost") == pytest.approx((0.0, 10.0))


def test_sizes_of_a_table_are_no_more_than_its_largest(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,n\n1,10,5\n4,2,9\n", "utf-8")
    (tmp_path / "m.yaml").write_text(
        HEAD + "components: {m: {kind: s, offers: {g: {per: {a: 1 s, b: 100 ms}}}}}\n"
        "flows: {f: {steps: [{call: m.g, sizes: {from: t.csv, a: a, b: b, weight: n}}]}}\n",
        "utf-8",
    )
    assert bounds(on(load(tmp_path / "m.yaml")), "bound/f/time") == pytest.approx((0.0, 4 + 1))


def test_titles_and_units_tell_what_is_bounded() -> None:
    c = of(A)
    told = [(f.title, f.unit) for f in (figure(c, f"bound/main/{of_}") for of_ in ("cost", "calls", "time"))]
    assert told == [
        ("The most a run of main can cost", "EUR"),
        ("Most calls of a run of main", "1"),
        ("Longest a run of main can take", "s"),
    ]
    assert [line.value for line in figure(of(f"{A}, {B}"), "bound/main/time").derivation] == ["1", "4"]
