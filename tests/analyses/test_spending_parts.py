"""Parts of the distributions of money and calls on their own, against Frechet's bounds and work by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.given import HEAD, context, loop, on, opened
from groma.analyses import figure
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid, added, fixed, scaled
from groma.analyses.spending.figures import MOST_CALLS, _counting, spends  # pyright: ignore[reportPrivateUsage]
from groma.analyses.spending.sharing import kept, part, same_in_all_runs, shared
from groma.analyses.spending.stops import MOST_ROUNDS, stops
from groma.model.elements import Alternative
from groma.model.load import loads

GRID = Grid(1.0, 8)


def two(low: float, high: float) -> Defective:
    """2 with probability 0.6 and 5 with 0.4."""
    mostly, rest = GRID.triple(0.6, 0.6, 0.6), GRID.triple(0.4, 0.4, 0.4)
    return added([scaled(GRID, fixed(GRID, low), mostly), scaled(GRID, fixed(GRID, high), rest)])


def test_one_amount_is_told_from_two() -> None:
    assert same_in_all_runs(GRID, fixed(GRID, 3.0))
    assert not same_in_all_runs(GRID, two(2.0, 5.0))
    dust = fixed(GRID, 3.0)
    dust.cells[FAST, 5] = dust.cells[SLOW, 5] = 1e-12
    assert same_in_all_runs(GRID, dust)
    dust.cells[SLOW, 5] = 2e-12
    assert not same_in_all_runs(GRID, dust)


def test_a_part_of_runs_lies_between_frechets_bounds() -> None:
    """Of 2 (0.6) and 5 (0.4), an end of chance 0.7: at most min(F, 0.7) and at least F - 0.3; independent 0.7 F."""
    law = part(GRID, two(2.0, 5.0), GRID.triple(0.7, 0.7, 0.7), sure=True)
    assert law.cdf[FAST, [1, 2, 5]] == pytest.approx([0.0, 0.6, 0.7])
    assert law.cdf[SLOW, [1, 2, 5]] == pytest.approx([0.0, 0.3, 0.7])
    assert law.cdf[NOMINAL, [2, 5]] == pytest.approx([0.42, 0.7])
    unsure = part(GRID, two(2.0, 5.0), GRID.triple(0.7, 0.7, 0.7), sure=False)
    assert np.isnan(unsure.mass[NOMINAL]) and np.isnan(unsure.cdf[NOMINAL]).all()
    bare = Grid(1.0, 8, 2)
    few = part(bare, fixed(bare, 2.0), bare.triple(0.7, 0.7), sure=False)
    assert few.mass == pytest.approx([0.7, 0.7])


def test_what_may_be_left_out_is_less_at_the_low_end_alone() -> None:
    """With chance 0.25 at most nothing is spent: the upper function has 0.25 at zero, and no more than one in all."""
    outcome = shared(GRID, fixed(GRID, 3.0), {"ok": GRID.triple(1.0, 1.0, 1.0)}, 0.25, sure=False)
    law = outcome.ends["ok"]
    assert law.cdf[FAST, [0, 2, 3, 7]] == pytest.approx([0.25, 0.25, 1.0, 1.0])
    assert law.cdf[SLOW, [0, 2, 3]] == pytest.approx([0.0, 0.0, 1.0])
    assert outcome.total is None


def test_a_limit_keeps_ends_that_come_in_time_and_makes_timeouts_of_the_rest() -> None:
    inner = Outcome(
        {"ok": two(2.0, 5.0), "failed": scaled(GRID, fixed(GRID, 1.0), GRID.triple(0.0, 0.0, 0.0))}
    )
    inner = Outcome({"ok": inner.ends["ok"]}, None, frozenset({"a"}), frozenset({"b"}))
    chances = {"ok": GRID.triple(0.9, 0.9, 0.9), "timeout": GRID.triple(0.1, 0.1, 0.1)}
    found = kept(GRID, inner, chances, chances["timeout"], 0.0)
    assert set(found.ends) == {"ok", "timeout"} and (found.missing, found.notes) == ({"a"}, {"b"})
    assert found.ends["ok"].mass[SLOW] == pytest.approx(0.9) and found.ends["timeout"].mass[FAST] == 0.1
    assert found.ends["ok"].cdf[FAST, [2, 5]] == pytest.approx([0.6, 0.9])
    assert found.ends["ok"].cdf[SLOW, [2, 5]] == pytest.approx(
        [0.5, 0.9]
    )  # those left out may be the cheap ones
    late = kept(GRID, inner, {"timeout": GRID.triple(1.0, 1.0, 1.0)}, GRID.triple(1.0, 1.0, 1.0), 0.0)
    assert set(late.ends) == {"timeout"}
    never = GRID.triple(0.0, 0.0, 0.0)
    assert set(kept(GRID, inner, {"ok": GRID.triple(1.0, 1.0, 1.0), "timeout": never}, never, 0.0).ends) == {
        "ok"
    }
    out = kept(
        GRID, inner, {"ok": never, "timeout": GRID.triple(1.0, 1.0, 1.0)}, GRID.triple(1.0, 1.0, 1.0), 0.0
    )
    assert set(out.ends) == {"timeout"}


def test_a_lattice_of_calls_has_a_point_for_each_and_one_more() -> None:
    assert [_counting(most).cells for most in (0.0, 3.0, 10.0, math.inf)] == [4, 5, 12, 1024]
    assert _counting(1e9).cells == MOST_CALLS == 2**16


def test_when_loops_stop() -> None:
    assert stops(loop("times: 2"), "low") == pytest.approx((0.0, 0.0, 1.0))
    assert stops(loop("until: 50 %, at_most: 3"), "high") == pytest.approx((0.0, 0.5, 0.5, 1.0))
    long = stops(loop("until: 50 %, at_most: 5000"), "high")
    assert set(long[1:]) == {0.5} and len(long) == 1 + math.ceil(math.log(1e-13) / math.log(0.5))
    unknown = stops(loop("times: unknown, at_most: 5000"), "high")
    assert unknown == (0.0,) * (MOST_ROUNDS + 1)
    assert stops(loop("times: unknown, at_most: 3"), "high") == (0.0, 0.0, 0.0, 1.0)
    assert stops(loop("times: unknown, at_most: 3"), "low") == (1.0,)


def test_a_percentile_of_money_names_the_sizes_that_it_hangs_on() -> None:
    text = """
components: {m: {kind: llm, price: {input: 3 EUR/Mtoken, output: 15 EUR/Mtoken}, offers: {generate: {}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: m.generate, sizes: {input: 1000 ± 100, output: 200}}]}}
"""
    found = figure(context(text), "cost/main/p95")
    names = set(found.inputs)
    assert any("sizes.input" in name for name in names)


def test_a_loop_without_a_bound_is_counted_as_far_as_nearly_all_runs_go() -> None:
    """Geometric: the first n with 0.999^n <= 0.01 is 4603."""
    text = """
components: {a: {kind: s, offers: {f: {}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{repeat: {steps: [{call: a.f}], until: 0.1 %}}]}}
"""
    found = figure(context(text), "calls/main/p99")
    assert found.low is not None and found.high is not None and found.low <= 4603 <= found.high
    assert found.high - found.low <= 2
    grown = GROWING.replace("times: TIMES", "until: 0.1 %").replace("GROWS", "10 tokens")
    same = figure(context(grown), "calls/main/p99")
    assert (same.low, same.value, same.high) == (found.low, found.value, found.high)


def test_giving_up_cuts_off_what_any_of_the_parts_that_may_stand_there_would_still_call() -> None:
    """One alternative cancels before its own call, the other doesn't: the least that is spent is nothing."""
    text = """
components:
  part: {kind: s, offers: {f: {}}}
  goes: {kind: s, offers: {f: {work: 1 s ± 1 s, steps: [{call: paid.f}]}}}
  stops: {kind: s, offers: {f: {work: 1 s ± 1 s, cancels: true, steps: [{call: paid.f}]}}}
  paid: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: part.f, timeout: 500 ms}]}}
"""
    c = opened(text, "part", "which", goes="goes", stops="stops")
    assert spends(c.with_partial({"which": "goes"}), "main", "cost").law.cdf[FAST, 0] == pytest.approx(
        0.0, abs=1e-9
    )
    assert spends(c.with_partial({"which": "stops"}), "main", "cost").law.cdf[FAST, 0] > 0.5
    assert spends(c, "main", "cost").law.cdf[FAST, 0] > 0.5


def test_where_too_much_is_open_to_be_tried_one_by_one_each_part_may_be_any() -> None:
    """Two variants of each of seven parts: whatever cancels its work is the least, whatever doesn't is the most."""
    text = """
components:
  goes: {kind: s, price: 0 EUR/month, offers: {f: {work: 1 s ± 1 s, steps: [CALLS]}}}
  stops: {kind: s, price: 0 EUR/month, offers: {f: {work: 1 s ± 1 s, cancels: true, steps: [CALLS]}}}
  lacks: {kind: s, offers: {g: {}}}
  dear: {kind: s, price: {call: 2 EUR}, offers: {f: {work: 0 s}}}
  cheap: {kind: s, price: {call: 1 EUR}, offers: {f: {work: 0 s}}}
PARTS
flows: {main: {starts: {rate: 0.001/s}, steps: [{call: part.f, timeout: 500 ms}]}}
"""
    names = [f"q{n}" for n in range(6)]
    parts = "\n".join(f"  {name}: {{kind: s, offers: {{f: {{}}}}}}" for name in ("part", *names))
    calls = ", ".join(f"{{call: {name}.f}}" for name in names)
    model = loads(
        HEAD + text.replace("CALLS", calls).replace("PARTS\n", "").replace("flows:", f"{parts}\nflows:")
    )
    stand = {"part": ("goes", "stops", "lacks")} | dict.fromkeys(names, ("dear", "cheap"))
    open_ = {
        name: tuple(
            Alternative(
                role=f"role {name}", variant=each, component=replace(model.components[each], name=name)
            )
            for each in variants
        )
        for name, variants in stand.items()
    }
    kept = {
        n: c for n, c in model.components.items() if n not in stand and n not in ("goes", "stops", "lacks")
    }
    law = spends(on(replace(model, components=kept, alternatives=open_)), "main", "cost").law
    assert law.cdf[FAST, 0] > 0.5 and law.moment[SLOW] == pytest.approx(12.0, rel=0.01)


def test_work_that_varies_is_paid_by_the_second() -> None:
    """Exponential of 1 s at 2 EUR a second: the 95th percentile is 2 x -ln 0.05."""
    text = """
components: {a: {kind: s, offers: {f: {work: 1 s ± 1 s, price: {work: 2 EUR/s}}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}]}}
"""
    found = figure(context(text), "cost/main/p95")
    assert found.value == pytest.approx(-2 * math.log(0.05), rel=0.01)


def test_a_hedge_is_paid_for_as_often_as_it_is_started() -> None:
    """Exponential of 1 s, a second attempt after 1 s: in 1/e = 37 % of runs two are paid."""
    text = """
components: {a: {kind: s, offers: {f: {work: 1 s ± 1 s, price: {call: 3 EUR}}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f, hedge: {after: 1 s}}]}}
"""
    c = context(text)
    for percentile, paid in (("p60", 3.0), ("p65", 6.0)):
        found = figure(c, f"cost/main/{percentile}")
        assert (found.low, found.value, found.high) == pytest.approx((paid, paid, paid), rel=2e-3)


@pytest.mark.parametrize(
    ("work", "after", "sharp"),
    [
        ("{value: 1 s ± 1 s, known: 500 ms .. 2 s}", "1 s", True),
        ("1 s ± 1 s", "{value: 1 s, known: 500 ms .. 2 s}", False),
    ],
)
def test_of_a_hedge_that_is_known_to_a_range_the_likely_share_is_that_of_the_stated_values(
    work: str, after: str, sharp: bool
) -> None:
    """A second attempt in e^-1 of runs, between e^-2 and e^-1/2 at the ends of what is known."""
    text = f"""
components: {{a: {{kind: s, offers: {{f: {{work: {work}, price: {{call: 3 EUR}}}}}}}}}}
flows: {{main: {{starts: {{rate: 1/s}}, steps: [{{call: a.f, hedge: {{after: {after}}}}}]}}}}
"""
    mean = spends(context(text), "main", "cost").mean
    assert mean.value == (pytest.approx(3 * (1 + math.exp(-1)), rel=1e-3) if sharp else None)
    assert mean.low <= 3 * (1 + math.exp(-2)) * 1.001 and mean.high >= 3 * (1 + math.exp(-0.5)) * 0.999


GROWING = """
components: {m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}}
flows:
  main:
    starts: {rate: 1/s}
    steps:
      - repeat:
          times: TIMES
          steps: [{call: m.g, sizes: {in: 100 tokens}, context: {past: 100 tokens, grows: {past: GROWS}}}]
"""


@pytest.mark.parametrize(
    ("times", "grows", "low", "high"),
    [
        (1, "unknown", 100, 100),  # nothing has grown yet
        (3, "10 tokens", 330, 330),
        (3, "10 tokens .. 20 tokens", 330, 360),
        (2, "'uniform(10 tokens, 20 tokens)'", 210, 220),
    ],
)
def test_a_round_is_billed_for_what_those_before_it_added(
    times: int, grows: str, low: float, high: float
) -> None:
    c = context(GROWING.replace("TIMES", str(times)).replace("GROWS", grows))
    found = figure(c, "cost/main/p99")
    assert found.low is not None and found.high is not None
    assert found.low <= high and found.high == pytest.approx(high, rel=0.01)
    if low == high:
        assert found.value == pytest.approx(low, rel=1e-3) and found.low == pytest.approx(low, rel=0.01)


def test_runs_that_end_in_the_first_round_cost_the_same_whatever_grows() -> None:
    """Half of the runs have one round, of 100 tokens; of the others nobody knows."""
    text = GROWING.replace("times: TIMES", "until: 50 %\n          at_most: 2").replace("GROWS", "unknown")
    one, two = (figure(context(text), f"cost/main/{p}") for p in ("p40", "p60"))
    assert (one.low, one.high) == (pytest.approx(100, rel=1e-3), pytest.approx(100, rel=1e-3))
    assert two.high is None


GROWN = """
components: {m: {kind: llm, price: {input: 1000 EUR/Mtoken}, offers: {g: {}}}}
flows:
  main:
    steps:
      - repeat:
          times: ROUNDS
          steps: [{call: m.g, sizes: {in: 100 tokens}, context: {past: 100 tokens, grows: {past: GROWS}}}]
"""


@pytest.mark.parametrize(("measure", "least"), [("cost/main/p90", 0.4), ("cost/main/run", 0.4)])
def test_a_growth_that_nobody_states_is_named_and_leaves_what_is_sure_without_it(
    measure: str, least: float
) -> None:
    """Four rounds of 100 tokens at a tenth of a cent are 0.4 EUR at least; how much more isn't known."""
    shown = figure(context(GROWN.replace("ROUNDS", "4").replace("GROWS", "unknown")), measure)
    assert shown.missing == (
        "flows.main.steps.1.repeat.steps.1.context.grows.past: state how much each round adds",
    )
    assert shown.low == pytest.approx(least, rel=1e-3) and shown.value is None and shown.high is None
    assert shown.reason.startswith("at least") or measure == "cost/main/run"
    once = figure(context(GROWN.replace("ROUNDS", "1").replace("GROWS", "unknown")), measure)
    assert once.missing == () and once.high == pytest.approx(0.1, rel=1e-3)
    stated = figure(context(GROWN.replace("ROUNDS", "4").replace("GROWS", "50 tokens")), measure)
    assert stated.missing == () and stated.value == pytest.approx(0.7, rel=1e-3)
