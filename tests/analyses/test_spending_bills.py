"""What one call costs, by hand: tables of sizes, prices by the length of a prompt, work by the second; and what is
shared out over ends, loops and branches of small programs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from analyses.given import context, loop, opened, operation, sizes
from groma.analyses import bounds, figure
from groma.analyses.cost.prices import Origin, Term
from groma.analyses.interval import Interval
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid, fixed, scaled
from groma.analyses.spending.figures import spends
from groma.analyses.spending.priced import NOTHING_EXTRA, Extra, law_of
from groma.analyses.spending.sharing import chances_of, kept, part, same_in_all_runs
from groma.analyses.spending.stops import MOST_ROUNDS, stops
from groma.model.program import Sizes
from groma.model.quantity import JointTable

GRID = Grid(1.0, 256)
ONE = Term("size", Interval(1.0, 1.0, 1.0), None, Origin(""), "input")
THREE = replace(ONE, amount=Interval(3.0, 3.0, 3.0), prompts_above=20)
FIVE = replace(ONE, amount=Interval(5.0, 5.0, 5.0), prompts_above=40)
OUT = replace(ONE, amount=Interval(2.0, 2.0, 2.0), size="output")


def bill(carried: Sizes, *terms: Term, extra: Extra = NOTHING_EXTRA) -> Defective:
    law, missing = law_of(GRID, "p", "s", None, carried, terms, extra)
    assert not missing
    return law


def points(law: Defective, row: int) -> dict[int, float]:
    return {int(n): round(float(law.cells[row, n]), 9) for n in np.flatnonzero(law.cells[row] > 1e-12)}


def test_sizes_of_a_table_are_billed_together_row_by_row() -> None:
    table = Sizes(table=JointTable(("in", "out"), ((4.0, 1.0), (10.0, 3.0)), (0.75, 0.25)))
    law = bill(table, ONE, OUT)
    assert points(law, FAST) == points(law, SLOW) == points(law, NOMINAL) == {6: 0.75, 16: 0.25}
    assert law.moment == pytest.approx([8.5] * 3)
    ranged = bill(table, replace(ONE, amount=Interval(1.0, None, 2.0)), OUT)
    assert (points(ranged, FAST), points(ranged, SLOW)) == ({6: 0.75, 16: 0.25}, {10: 0.75, 26: 0.25})
    assert np.isnan(ranged.cells[NOMINAL]).all() and ranged.moment[:2] == pytest.approx([8.5, 14.0])
    long = Sizes(table=JointTable(("in",), ((10.0,), (30.0,)), (0.5, 0.5)))
    open_still = bill(long, ONE, THREE)
    assert (points(open_still, FAST), points(open_still, SLOW)) == ({10: 0.5, 30: 0.5}, {30: 0.5, 90: 0.5})


@pytest.mark.parametrize(
    ("prompt", "extra", "low", "high"),
    [
        ("10 tokens", NOTHING_EXTRA, 10, 10), ("20 tokens", NOTHING_EXTRA, 20, 20),
        ("21 tokens", NOTHING_EXTRA, 63, 63),
        ("40 tokens", NOTHING_EXTRA, 120, 120), ("41 tokens", NOTHING_EXTRA, 205, 205),
        ("15 tokens", Extra(5.0, 5.0), 20, 20), ("16 tokens", Extra(5.0, 5.0), 63, 63),
        ("18 tokens", Extra(0.0, 6.0, sure=False), 18, 72), ("18 tokens", Extra(3.0, 6.0, sure=False), 63, 72),
        ("18 tokens", Extra(0.0, 30.0, sure=False), 18, 240), ("18 tokens", Extra(0.0, 30.0, 20.0, False), 18, 20),
        ("18 tokens", Extra(0.0, 30.0, 21.0, False), 18, 63), ("30 tokens", Extra(0.0, 12.0, sure=False), 90, 210),
    ],
)  # fmt: skip
def test_all_of_a_prompt_has_the_price_of_its_length(
    prompt: str, extra: Extra, low: float, high: float
) -> None:
    """One, above 20 tokens three, above 40 five; where it isn't sure which, any of them; never beyond a window."""
    law = bill(sizes(f"in: {prompt}"), FIVE, ONE, THREE, extra=extra)
    assert (points(law, FAST), points(law, SLOW)) == ({low: 1.0}, {high: 1.0})
    assert law.moment[:2] == pytest.approx([low, high])
    assert points(law, NOMINAL) == ({low: 1.0} if low == high else {})


def test_a_prompt_that_varies_across_a_threshold_has_either_price() -> None:
    law = bill(sizes("in: 'uniform(10 tokens, 30 tokens)'"), ONE, THREE)
    assert law.moment[:2] == pytest.approx([20.0, 60.0]) and np.isnan(law.moment[NOMINAL])
    above = bill(sizes("in: 'uniform(21 tokens, 30 tokens)'"), ONE, THREE)
    assert above.moment == pytest.approx([76.5] * 3)
    longer = bill(sizes("in: 'uniform(20 tokens, 30 tokens)'"), ONE, THREE)
    assert longer.moment[:2] == pytest.approx([25.0, 75.0])
    often = bill(
        sizes("in: 10 tokens ± 1 tokens"),
        ONE,
        replace(THREE, prompts_above=10),
        replace(FIVE, prompts_above=18),
    )
    assert often.moment[:2] == pytest.approx([10.0, 50.0])
    apart = bill(
        sizes("in: 30 tokens, out: 10 tokens"),
        replace(OUT, amount=Interval(9.0, 9.0, 9.0), prompts_above=20),
        OUT,
        ONE,
        THREE,
    )
    assert points(apart, FAST) == {180: 1.0}
    without = bill(
        sizes("out: 10 tokens"), OUT, replace(OUT, amount=Interval(9.0, 9.0, 9.0), prompts_above=5)
    )
    assert points(without, FAST) == {20: 1.0}  # no input is stated: nobody knows a prompt


def test_prompts_that_are_rarely_longer_leave_that_share_open() -> None:
    """Gamma of mean 10 and deviation 1: beyond 16 in less than a millionth of calls (scipy's law)."""
    rare = float(stats.gamma.sf(16.0, 100.0, scale=0.1))
    assert 1e-9 < rare < 1e-6
    law = bill(sizes("in: 10 tokens ± 1 tokens"), ONE, replace(THREE, prompts_above=16))
    assert 1.0 - float(law.cells[SLOW].sum()) == pytest.approx(rare, rel=1e-3)
    assert law.moment[FAST] == pytest.approx(10.0) and math.isinf(law.moment[SLOW])
    more = bill(
        sizes("in: 10 tokens ± 1 tokens"), ONE, replace(THREE, prompts_above=18), extra=Extra(2.0, 2.0)
    )
    assert 1.0 - float(more.cells[SLOW].sum()) == pytest.approx(rare, rel=1e-3)


def test_work_is_billed_by_the_second_and_for_what_a_call_carries() -> None:
    """Two a second: 2 s of work and half a second for each of ten tokens make 14."""
    second = Term("work", Interval(2.0, 2.0, 2.0), None, Origin(""))
    each = operation("work: 2 s, per: {in: 500 ms}")
    law, missing = law_of(GRID, "p", "s", each, sizes("in: 10 tokens"), (second,))
    assert not missing and points(law, SLOW) == {14: 1.0}
    lacking = "s.sizes.in: state how much each call carries"
    for wrong, carried, missing in (
        (each, Sizes(), lacking),
        (
            operation("work: 2 s, per: {in: 1 s ± 1 s}"),
            sizes("in: 10 tokens"),
            "p.per.in: state how long each takes, as one value",
        ),
        (
            operation("work: 2 s, per: {in: unknown}"),
            sizes("in: 10 tokens"),
            "p.per.in: state how long each takes, as one value",
        ),
    ):
        assert law_of(GRID, "p", "s", wrong, carried, (second,))[1] == {missing}
    for nothing in (None, operation("")):
        assert law_of(GRID, "p", "s", nothing, Sizes(), (second,))[1] == {"p.work: state how long it takes"}
    other = [Term("month", second.amount, None, Origin("")), Term("stored", second.amount, None, Origin(""))]
    law, missing = law_of(GRID, "p", "s", None, sizes("in: 30 tokens"), (*other, THREE))
    assert not missing and points(law, SLOW) == {
        0: 1.0
    }  # prices that aren't of calls, and one of long prompts alone
    endless = Term("call", Interval(1.0, None, math.inf), None, Origin("there"))
    law, missing = law_of(GRID, "p", "s", None, Sizes(), (endless,))
    assert missing == {"there"} and not law.cells[SLOW].any()
    assert law_of(GRID, "p", "s", None, Sizes(), (ONE,))[1] == {
        "s.sizes.input: state how much each call carries"
    }


def triple(value: float) -> np.ndarray:
    return GRID.triple(value, value, value)


def test_a_limit_keeps_likely_values_where_it_changes_little() -> None:
    """Timeouts of a thousandth at most, or one amount in all runs; and nothing may be left out."""
    varied = Outcome(
        {
            "ok": part(GRID, fixed(GRID, 2.0), triple(0.5), sure=True),
            "failed": scaled(GRID, fixed(GRID, 5.0), triple(0.5)),
        }
    )
    same = Outcome({"ok": fixed(GRID, 3.0)})
    for inner, late, unfinished, sure in (
        (varied, 9e-4, 0.0, True), (varied, 2e-3, 0.0, False), (same, 0.5, 0.0, True), (same, 0.5, 0.1, False),
        (same, 1e-4, 0.1, False),
    ):  # fmt: skip
        chances = {"ok": triple(0.4), "failed": triple(0.6 - late), "timeout": triple(late)}
        found = kept(GRID, inner, chances, chances["timeout"], unfinished)
        assert bool(np.isfinite(found.ends["timeout"].mass[NOMINAL])) is sure
        assert bool(np.isfinite(found.ends["ok"].mass[NOMINAL])) is sure
    loose = GRID.triple(2e-3, 0.0, 5e-4)  # hardly ever, as far as is known
    found = kept(GRID, varied, {"ok": triple(0.4), "timeout": loose}, loose, 0.0)
    assert np.isfinite(found.ends["ok"].mass[NOMINAL]) and set(found.ends) == {"ok", "timeout"}
    skipped = Outcome({"failed": varied.ends["failed"], "ok": varied.ends["ok"]})
    assert set(kept(GRID, skipped, {"ok": triple(0.4)}, triple(0.0), 0.0).ends) == {"ok"}
    gone = Outcome(
        {
            "timeout": scaled(GRID, fixed(GRID, 1.0), triple(0.3)),
            "ok": scaled(GRID, fixed(GRID, 2.0), triple(0.7)),
        }
    )
    chances = {"ok": triple(0.7), "timeout": triple(0.3)}
    found = kept(GRID, gone, chances, chances["timeout"], 0.0)
    assert set(found.ends) == {"ok", "timeout"} and found.ends["ok"] is gone.ends["ok"]
    never = Outcome(
        {
            "ok": scaled(GRID, fixed(GRID, 2.0), GRID.triple(0.5, 0.0, 0.0)),
            "failed": scaled(GRID, fixed(GRID, 2.0), GRID.triple(1.0, 0.5, 1.0)),
        }
    )
    less = kept(GRID, never, {"ok": GRID.triple(0.3, 0.0, 0.0)}, triple(0.0), 0.0).ends["ok"]
    assert less.mass == pytest.approx([0.3, 0.0, 0.0]) and not less.cdf[NOMINAL].any()


def test_parts_of_runs_have_chances_in_their_order() -> None:
    loose = Outcome({"ok": scaled(GRID, fixed(GRID, 2.0), GRID.triple(1.2, 0.4, 0.7))})
    assert chances_of(GRID, loose, GRID)["ok"].tolist() == [1.0, 0.4, 0.7]
    tight = Outcome({"ok": fixed(GRID, 2.0)}, scaled(GRID, fixed(GRID, 2.0), GRID.triple(0.5, 0.5, 0.5)))
    assert chances_of(GRID, tight, GRID)["ok"][[FAST, SLOW]].tolist() == [0.5, 0.5]
    assert not same_in_all_runs(GRID, scaled(GRID, fixed(GRID, 3.0), triple(0.9)))


def test_loops_that_surely_stop_or_never_do() -> None:
    assert stops(loop("until: 100 %, at_most: 5000"), "low") == (0.0, 1.0)
    assert stops(loop("until: 0 %, at_most: 5000"), "high") == (0.0,) * (MOST_ROUNDS + 1)
    assert stops(loop(f"times: unknown, at_most: {MOST_ROUNDS}"), "high") == (0.0,) * MOST_ROUNDS + (1.0,)
    assert stops(loop(f"until: 50 %, at_most: {MOST_ROUNDS}"), "high") == (0.0,) + (0.5,) * (
        MOST_ROUNDS - 1
    ) + (1.0,)


MODEL = """
components:
  m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  b: {kind: s, price: {call: 5 EUR}, offers: {f: {fails: 100 %}}}
  free: {kind: s, offers: {f: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEPS]}}
"""
TURN = "{call: m.g, sizes: {in: 1 tokens}, context: {past: 1 tokens, grows: {past: 10 tokens}}}"


def test_rounds_beyond_those_that_are_followed_may_cost_anything() -> None:
    """Of a loop that stops with 1/1000 after each round, a tenth of runs have 106 rounds at most (the first n with
    1 - 0.999^n >= 1/10), of 1, 11, 21, ... tokens; half of them 693, more than are followed; all without growth."""
    grown = context(MODEL.replace("STEPS", f"{{repeat: {{until: 0.1 %, steps: [{TURN}]}}}}"))
    found = figure(grown, "cost/main/p10")
    truth = 106 * 1 + 10 * 106 * 105 / 2
    assert found.low is not None and found.high is not None and found.low <= truth * 1.03
    assert found.high == pytest.approx(truth, rel=0.03)
    assert figure(grown, "cost/main/p50").high is None


@pytest.mark.parametrize(
    ("until", "steps", "each", "wide"),
    [
        ("0.1 %", "{call: a.f}", 3.0, 0.0), ("1 %", "{call: a.f}", 3.0, 0.0),
        ("0.1 %, at_most: 5000", "{call: a.f}", 3.0, 0.0),
        ("1 %, at_most: 500", "{call: a.f}", 3.0, 0.15), ("1 %", "{call: a.f}, {call: c.f}", 7.0, 0.3),
        ("1 %", "{call: a.f}, {call: free.f}", 3.0, 0.0),
    ],
)  # fmt: skip
def test_the_money_of_many_rounds_is_that_of_as_many_geometric_ones(
    until: str, steps: str, each: float, wide: float
) -> None:
    """A share q of runs has n rounds at most, the first n with 1 - (1 - p)^n >= q, each at the price of its calls."""
    text = MODEL.replace("STEPS", f"{{repeat: {{until: {until}, steps: [{steps}]}}}}").replace(
        "  free: {kind: s,",
        "  c: {kind: s, price: {call: 4 EUR}, offers: {f: {}}}\n  free: {kind: s, price: 0 EUR/month,",
    )
    stop = float(until.split(" ", maxsplit=1)[0]) / 100
    for percentile in (50, 95):
        truth = each * math.ceil(math.log1p(-percentile / 100) / math.log1p(-stop))
        found = figure(context(text), f"cost/main/p{percentile}")
        assert found.low is not None and found.high is not None
        assert truth * (1 - wide) <= found.low <= truth <= found.high <= truth * (1 + wide)
        assert found.value == pytest.approx(truth, rel=0.01)


def test_what_is_missing_in_a_round_is_missing_in_all() -> None:
    text = MODEL.replace("STEPS", f"{{repeat: {{times: 3, steps: [{TURN}, {{call: free.f}}]}}}}")
    assert any("components.free.price" in each for each in figure(context(text), "cost/main/p50").missing)


@pytest.mark.parametrize(
    ("step", "row", "zero"),
    [
        ("{parallel: [[{call: a.f}], [{call: b.f}]], left_over: cancel}", "low", True),
        ("{parallel: [[{call: a.f}], [{call: b.f}]], left_over: run on}", "low", False),
    ],
)
def test_branches_that_are_cancelled_may_cost_nothing(step: str, row: str, zero: bool) -> None:
    found = figure(context(MODEL.replace("STEPS", step)), "cost/main/p50")
    assert (found.low == 0.0) is zero and found.high == pytest.approx(8.0, rel=0.01)


def test_branches_that_go_on_cost_the_same_whichever_is_first() -> None:
    step = "{parallel: [[{call: a.f}], [{call: a.f}, {call: a.f}]], join: 1, left_over: run on}"
    assert figure(context(MODEL.replace("STEPS", step)), "cost/main/p50").value == pytest.approx(
        9.0, rel=0.01
    )


def test_a_wait_that_is_given_up_spends_nothing_and_leaves_likely_values() -> None:
    """Exponential of a second, half a second at most: 1 - e^(-1/2) = 39 % of runs go on to pay."""
    c = context(MODEL.replace("STEPS", "{wait: 1 s ± 1 s, timeout: 500 ms}, {call: a.f}"))
    assert [figure(c, f"cost/main/{p}").value for p in ("p50", "p70")] == pytest.approx([0.0, 3.0], abs=0.01)


def test_nothing_is_paid_where_nothing_stands() -> None:
    text = """
components:
  part: {kind: s, offers: {f: {}}}
  there: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}
  other: {kind: s, price: {call: 1 EUR}, offers: {g: {}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: part.f}]}}
"""
    c = opened(text, "part", "which", there="there", other="other").with_partial({"which": "other"})
    wide = opened(
        text.replace("part.f}", "part.f, timeout: 1 s}"), "part", "which", there="there", other="other"
    )
    assert bounds(wide, "cost/main/p50")[1] == pytest.approx(1.0, rel=1e-3)
    assert any(
        "nothing stands for `part`" in note
        for note in spends(c, "main", "cost").outcome.notes | spends(c, "main", "cost").outcome.missing
    )


def test_titles_and_what_is_assumed_are_told() -> None:
    c = context(MODEL.replace("STEPS", "{call: a.f}"))
    assert figure(c, "cost/main/p95").title == "Cost of a run of main, p95"
    assert figure(c, "calls/main/mean").title == "Calls of a run of main, mean"
    said = [line.text for line in figure(c, "cost/main/p95").derivation]
    assert "sizes and work are drawn anew at each call, choices at each run" in " ".join(
        [*said, *figure(c, "cost/main/p95").valid]
    )
    assert [line.value for line in figure(c, "calls/main/mean").derivation if line.text == "a.f"] == [
        "1 a run"
    ]
