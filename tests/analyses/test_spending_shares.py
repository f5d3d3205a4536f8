"""Shares of what is spent and lattices of money, by hand."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from analyses.given import context, loop
from groma.analyses import bounds, figure
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid, added, fixed, scaled
from groma.analyses.spending.figures import spends
from groma.analyses.spending.sharing import alike, chances_of, kept, one_more, part, shared
from groma.analyses.spending.stops import stops

GRID = Grid(1.0, 16)


def triple(value: float) -> np.ndarray:
    return GRID.triple(value, value, value)


def mixed(*parts: tuple[float, float]) -> Defective:
    return added([scaled(GRID, fixed(GRID, amount), triple(chance)) for amount, chance in parts])


def test_an_attempt_more_is_paid_as_often_as_it_is_begun_or_nobody_knows() -> None:
    one = fixed(GRID, 3.0)
    none, more = scaled(GRID, fixed(GRID, 0.0), triple(0.6)), scaled(GRID, one, triple(0.4))
    sure = one_more(GRID, one, none, more, True)
    assert sure.cells[:, [0, 3]] == pytest.approx(
        np.array([[0.6, 0.4]] * 3)
    ) and sure.moment == pytest.approx([1.2] * 3)
    open_still = one_more(GRID, one, none, more, False)
    assert (open_still.cells[FAST, 0], open_still.cells[SLOW, 3]) == (
        1.0,
        1.0,
    ) and open_still.mass.tolist() == [1.0] * 3
    assert np.isnan(open_still.cells[NOMINAL]).all() and open_still.moment[:2].tolist() == [0.0, 3.0]


def test_an_attempt_more_of_a_price_that_is_known_by_its_ends() -> None:
    cells = np.zeros((3, 16))
    cells[FAST, 2] = cells[SLOW, 4] = cells[NOMINAL, 3] = 1.0
    one = Defective(cells, np.ones(3), GRID.triple(2.0, 4.0, 3.0))
    found = one_more(
        GRID, one, scaled(GRID, fixed(GRID, 0.0), triple(0.6)), scaled(GRID, one, triple(0.4)), False
    )
    assert (found.cells[FAST, 0], found.cells[SLOW, 4], found.moment[SLOW]) == (1.0, 1.0, 4.0)


def test_of_an_end_whose_half_comes_in_time_any_half_may() -> None:
    """2 in 0.6 of runs and 5 in 0.4: the cheap half, the dear half, or half of each."""
    inner = Outcome({"ok": mixed((2.0, 0.6), (5.0, 0.4))})
    less = kept(GRID, inner, {"ok": triple(0.5)}, triple(0.0), 0.0).ends["ok"]
    assert less.cdf[:, [1, 2, 4, 5]] == pytest.approx(
        np.array([[0, 0.5, 0.5, 0.5], [0, 0.1, 0.1, 0.5], [0, 0.3, 0.3, 0.5]])
    )
    assert less.mass == pytest.approx([0.5] * 3)


def test_what_is_left_of_an_end_is_the_same_share_of_all_its_amounts_where_it_is_likely() -> None:
    """2 in 0.6 and 5 in 0.2 of runs, and half of these: 0.3 and 0.1 if none is likelier than another."""
    inner = Outcome({"ok": mixed((2.0, 0.6), (5.0, 0.2)), "failed": mixed((1.0, 0.2))})
    found = kept(GRID, inner, {"ok": triple(0.4), "failed": triple(0.2)}, triple(0.0), 0.0)
    assert found.ends["ok"].cdf[NOMINAL, [1, 2, 4, 5]] == pytest.approx([0.0, 0.3, 0.3, 0.4])
    assert found.ends["ok"].moment[NOMINAL] == pytest.approx(1.1)


def test_a_part_of_what_lies_beyond_the_lattice_has_its_share_of_the_mean() -> None:
    """20 on a lattice up to 16, and half of the runs: 10 in the mean, between 0.4 and 0.6 of it at the least."""
    found = part(GRID, fixed(GRID, 20.0), GRID.triple(0.6, 0.4, 0.5), sure=True)
    assert found.moment[NOMINAL] == pytest.approx(10.0)
    assert found.moment[FAST] <= 0.4 * 20 and found.moment[SLOW] >= 0.6 * 20


def test_of_what_may_never_end_an_end_of_a_sure_chance_may_still_cost_anything() -> None:
    """A fifth of runs surely spends 2, of the others nobody knows: of an end of nine in ten a tenth at least has 2."""
    whole = Defective(mixed((2.0, 0.2)).cells, GRID.triple(1.0, 0.2), GRID.triple(0.0, math.inf))
    found = part(GRID, whole, triple(0.9), sure=False)
    assert found.cdf[SLOW, [0, 1, 2, 15]] == pytest.approx([0.0, 0.0, 0.1, 0.1])
    assert found.mass[SLOW] == 0.9


def test_limits_that_turn_nothing_into_timeouts_are_alike() -> None:
    def with_timeouts(chance: float) -> Outcome:
        return Outcome({"ok": mixed((2.0, 1 - chance)), "timeout": mixed((2.0, chance))})

    assert alike(GRID, with_timeouts(0.3), with_timeouts(0.3)) and alike(
        GRID, with_timeouts(0.3), with_timeouts(0.2)
    )
    assert alike(GRID, with_timeouts(0.3), with_timeouts(0.3 + 1e-13))
    assert not alike(GRID, with_timeouts(0.3), with_timeouts(0.3 + 1e-9))


def test_chances_have_as_many_rows_as_the_lattice_of_money() -> None:
    outcome = Outcome({"ok": mixed((2.0, 0.7)), "failed": mixed((1.0, 0.3))})
    found = chances_of(GRID, outcome, GRID)
    assert found["ok"] == pytest.approx([0.7] * 3) and found["failed"] == pytest.approx([0.3] * 3)
    bare = Grid(1.0, 16, 2)
    few = Outcome({"ok": scaled(bare, fixed(bare, 2.0), bare.triple(0.7, 0.6))})
    assert chances_of(bare, few, GRID)["ok"][:2] == pytest.approx([0.7, 0.6])
    assert math.isnan(chances_of(bare, few, GRID)["ok"][NOMINAL])


def test_what_may_be_left_out_takes_the_place_of_the_dearest_runs() -> None:
    """2 in 0.6 of runs and 5 in 0.4; in a quarter at most nothing is spent, and those may be any."""
    whole = mixed((2.0, 0.6), (5.0, 0.4))
    law = shared(GRID, whole, {"ok": triple(1.0)}, 0.25, sure=False).ends["ok"]
    assert law.cdf[FAST, [0, 1, 2, 4, 5]] == pytest.approx([0.25, 0.25, 0.85, 0.85, 1.0])
    assert law.cdf[SLOW, [1, 2, 4, 5]] == pytest.approx([0.0, 0.6, 0.6, 1.0])
    assert np.isnan(law.mass[NOMINAL])
    ends = shared(
        GRID, whole, {"ok": triple(0.5), "failed": triple(0.5), "rejected": triple(0.0)}, 0.0, sure=True
    )
    assert set(ends.ends) == {"ok", "failed"} and ends.total is whole
    none = shared(GRID, whole, {"ok": triple(0.5), "failed": triple(0.5)}, 1.0, sure=False).total
    assert (
        none is not None
        and none.cells[FAST, 0] == 1.0
        and none.moment[FAST] == 0.0
        and np.isnan(none.moment[NOMINAL])
    )
    assert none.cells[FAST].sum() == pytest.approx(1.0) and np.isnan(none.cells[NOMINAL]).all()


@pytest.mark.parametrize(
    ("text", "few", "many"),
    [
        ("until: {value: 50 %, known: 20 % .. 80 %}, at_most: 3", (0, 0.8, 0.8, 1), (0, 0.2, 0.2, 1)),
        ("times: {value: 2, known: 1 .. 3}", (0, 1), (0, 0, 0, 1)),
        ("times: 'uniform(0.6, 3.4)'", (0, 9 / 28, 10 / 19, 1), (0, 9 / 28, 10 / 19, 1)),
        ("times: 200", (0,) * 200 + (1,), (0,) * 200 + (1,)),
        ("times: 201", (1,), (0,) * 201),
        ("times: 600", (1,), (0,) * 201),
        ("until: unknown", (0, 1), (0,) * 201),
        ("until: unknown, at_most: 3", (0, 1, 1, 1), (0, 0, 0, 1)),
    ],
)
def test_rounds_with_few_and_with_many_of_them(
    text: str, few: tuple[float, ...], many: tuple[float, ...]
) -> None:
    """A number between 0.6 and 3.4, rounded: one in 0.9 of 2.8, two in 1, three in the rest."""
    assert stops(loop(text), "low") == pytest.approx(few) and stops(loop(text), "high") == pytest.approx(many)


PAID = """
components:
  a: {kind: s, offers: {f: {work: WORK, price: {work: 2 EUR/s}}}}
  b: {kind: s, price: {call: 5 EUR}, offers: {f: {}}}
  c: {kind: s, price: {call: 3 EUR}, offers: {f: {fails: 10 %}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("work", "steps", "nearly_all"),
    [
        ("1 s ± 1 s", "{call: a.f}", -2 * math.log(0.0005)),  # exponential
        (
            "100 s ± 100 s",
            "{choose: [{share: 1 %, steps: [{call: a.f}]}, {share: 99 %, steps: []}]}",
            200 * math.log(20),
        ),
        ("1 s ± 10 ms", "{call: a.f}", 2 * 1.0334),  # about normal
        ("1 s ± 10 ms", "{call: a.f}, {call: b.f}", 5 + 2 * 1.0334),
    ],
)
def test_a_lattice_of_money_reaches_a_little_beyond_nearly_all_runs(
    work: str, steps: str, nearly_all: float
) -> None:
    """2 EUR a second; of 10 000 runs five lie beyond."""
    grid = spends(context(PAID.replace("WORK", work).replace("STEPS", steps)), "main", "cost").grid
    assert nearly_all * 0.99 < grid.step * grid.cells < nearly_all * 1.15


PAYS = "{call: c.f, compensate: [{call: b.f}]}"


@pytest.mark.parametrize(
    ("steps", "undone"),
    [
        (PAYS, 5),
        (f"{PAYS}, {{choose: [{{share: 50 %, steps: [{PAYS}]}}, {{share: 50 %, steps: []}}]}}", 10),
        (f"{{repeat: {{at_most: 3, until: 0 %, steps: [{PAYS}]}}}}", 15),
        (f"{{repeat: {{times: 'uniform(0, 4)', steps: [{PAYS}]}}}}", 20),
        (f"{{repeat: {{times: 2, steps: [{{repeat: {{times: 3, steps: [{PAYS}]}}}}]}}}}", 30),
        (f"{{repeat: {{times: 7, steps: [{PAYS}, {{call: c.f}}]}}, compensate: [{{call: b.f}}]}}", 40),
        (f"{{steps: [{PAYS}, {{call: c.f}}], retry: 2}}", 15),
        (f"{{steps: [{PAYS}], hedge: {{after: 1 s, at_most: 3}}}}", 20),
        (f"{{steps: [{{call: c.f}}], retry: 2, fallback: [{PAYS}]}}", 5),
        ("{call: c.f, retry: 2, compensate: [{call: b.f}]}", 5),
        ("{call: c.f, compensate: [{repeat: {times: 3, steps: [{call: b.f}]}}]}", 15),
        ("{call: c.f, compensate: [{call: c.f, compensate: [{call: b.f}]}]}", 8),
        ("{do: plain}", 2.5), ("{do: by_bob}", 5), ("{repeat: {times: 3, steps: [{do: by_bob}]}}", 15),
        (f"{{repeat: {{until: 50 %, steps: [{PAYS}]}}}}", math.inf),
    ],
)  # fmt: skip
def test_a_failed_run_undoes_what_it_did_as_often_as_it_did_it(steps: str, undone: float) -> None:
    """5 EUR for each time at the most; half of ana's calls are lost on their way, and cost nothing."""
    head, _, flows = PAID.replace("WORK", "1 s").replace("PAYS", PAYS).partition("flows: {main: {")
    people = "people: {ana: {}, bob: {}}\nconnections: {x: {from: ana, to: b, loss: 50 %}}\n"
    inner = f"plain: {{steps: [{PAYS}]}}, by_bob: {{by: bob, steps: [{PAYS}]}}"
    by = "by: ana, " if "do: " in steps else "by: bob, "
    text = f"{head}{people}flows: {{{inner}, main: {{{by}{flows}".replace("STEPS", steps)
    compensated = re.compile(r", compensate: \[(?:[^][]|\[[^][]*\])*\]")
    law, without = (spends(context(each), "main", "cost").law for each in (text, compensated.sub("", text)))
    assert law.moment[SLOW] - without.moment[SLOW] == pytest.approx(undone, rel=1e-3)
    assert law.moment[FAST] == pytest.approx(without.moment[FAST])


def test_work_that_is_cut_off_may_cost_nothing_and_work_that_goes_on_is_paid() -> None:
    goes = PAID.replace("WORK", "1 s ± 1 s").replace("STEPS", "{call: a.f, timeout: 500 ms}")
    on = figure(context(goes), "cost/main/p50")
    assert on.value is None or on.value == pytest.approx(2 * math.log(2), rel=0.01)
    assert on.high == pytest.approx(2 * math.log(2), rel=0.02)
    cut = figure(context(goes.replace("price: {work", "cancels: true, price: {work")), "cost/main/p50")
    assert cut.low == 0.0 < on.low


TWO = PAID.replace("WORK", "1 s ± 1 s")


def test_branches_that_all_end_well_add_up_at_their_likely_values() -> None:
    """Two exponential works of 2 EUR a second: half of runs cost no more than twice 1.678 (Erlang)."""
    both = TWO.replace("STEPS", "{parallel: [[{call: a.f}], [{call: a.f}]]}")
    assert figure(context(both), "cost/main/p50").value == pytest.approx(2 * 1.67835, rel=5e-3)


def test_branches_are_cut_off_no_more_often_than_one_fails() -> None:
    """A tenth of runs may leave out all of it; whichever is first of two, all may."""
    for join, share in (("", 0.1), (", join: 1", 1.0)):
        steps = f"{{parallel: [[{{call: c.f}}], [{{call: b.f}}]]{join}, left_over: cancel}}"
        law = spends(context(TWO.replace("STEPS", steps)), "main", "cost").law
        assert law.cdf[FAST, 0] == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize(
    ("once", "often", "first", "each"),
    [
        ("{call: b.f}", "c", 5, 3), ("{call: c.f}", "b", 3, 5),
        ("{call: b.f}, {repeat: {times: 500, steps: [{call: free.f}]}}", "c", 5, 3),
        ("{call: b.f}, {call: free.f, fallback: [{call: never.f}]}", "c", 5, 3),
    ],
    ids=["cheap", "dear", "and free ones", "and one that isn't called"],
)  # fmt: skip
def test_a_lattice_of_many_calls_is_of_the_price_that_is_paid_most(
    once: str, often: str, first: int, each: int
) -> None:
    """Once one price, then geometrically often the other: the median of rounds of one in a hundred is 69."""
    more = "  free: {kind: s, price: {call: 0 EUR}, offers: {f: {}}}\n"
    more += "  never: {kind: s, price: {call: 3.02 EUR}, offers: {f: {}}}\n"
    free = TWO.replace("{fails: 10 %}", "{}").replace("flows:", f"{more}flows:")
    steps = f"{once}, {{repeat: {{until: 1 %, steps: [{{call: {often}.f}}]}}}}"
    found = figure(context(free.replace("STEPS", steps)), "cost/main/p50")
    truth = first + 69 * each
    assert found.low is not None and found.high is not None
    assert truth - each <= found.low <= truth <= found.high <= truth + each


@pytest.mark.parametrize(
    ("rare", "share", "low", "high"),
    [("{call: b.f}", "99.995", 5, 5), ("{repeat: {until: 50 %, steps: [{call: b.f}]}}", "99.994", 5, 5),
     ("{repeat: {until: 50 %, steps: [{call: b.f}]}}", "99.9988", 20, 20), ("{call: b.f}", "99.98", 0, 0)],
)  # fmt: skip
def test_the_few_runs_that_spend_anything_are_told_apart(
    rare: str, share: str, low: float, high: float
) -> None:
    """One run in ten thousand pays 5 EUR, or 5 for each of geometrically many rounds: 7/8 have three at most."""
    steps = f"{{choose: [{{share: 0.01 %, steps: [{rare}]}}, {{share: 99.99 %, steps: []}}]}}"
    found = figure(context(TWO.replace("STEPS", steps)), f"cost/main/p{share}")
    assert (found.low, found.high) == (pytest.approx(low, rel=0.01), pytest.approx(high, rel=0.01))
    assert found.value == pytest.approx(low, rel=0.01)


def test_bounds_of_calls_and_of_money_are_their_own() -> None:
    c = context(TWO.replace("{fails: 10 %}", "{}").replace("STEPS", "{call: c.f}, {call: b.f}"))
    assert bounds(c, "calls/main/p95") == (2.0, 2.0) == bounds(c, "calls/main/mean")
    assert bounds(c, "cost/main/p95") == (pytest.approx(8.0, rel=1e-3), 8.0)


def test_what_is_counted_is_told() -> None:
    told = {
        line.text: line.value
        for line in figure(context(TWO.replace("STEPS", "{call: b.f}")), "cost/main/p50").derivation
    }
    assert (told["runs counted"], told["the most a run can take"]) == ("all, however they end", "5")
    endless = TWO.replace("STEPS", "{repeat: {until: 50 %, steps: [{call: a.f}]}}")
    told = {line.text: line.value for line in figure(context(endless), "cost/main/p50").derivation}
    assert told["the most a run can take"] == "no bound"


def test_a_look_up_is_paid_and_is_no_call() -> None:
    """Half of runs find it for 1 EUR; the others pay 5 more for the one call."""
    text = TWO.replace("  c: {", "  store: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}\n  c: {").replace(
        "STEPS", "{call: b.f, cache: {hits: 50 %, component: store}}"
    )
    c = context(text)
    assert [figure(c, f"cost/main/{p}").value for p in ("p40", "p60")] == pytest.approx([1.0, 6.0], rel=1e-2)
    assert [figure(c, f"calls/main/{p}").value for p in ("p40", "p60")] == [0.0, 1.0]


def test_what_nobody_knows_has_no_lower_end_of_nothing() -> None:
    unpriced = TWO.replace("price: {call: 5 EUR}, ", "").replace("STEPS", "{call: b.f}")
    found = figure(context(unpriced), "cost/main/p50")
    assert (found.low, found.value, found.high) == (None, None, None) and found.missing and found.reason
    assert (
        bounds(context(unpriced), "cost/main/p50")
        == (0.0, math.inf)
        == bounds(context(unpriced), "cost/main/bound")
    )
    assert figure(context(unpriced), "cost/main/bound").missing == found.missing
    both = context(unpriced.replace("{call: b.f}", "{call: c.f}, {call: b.f}").replace("{fails: 10 %}", "{}"))
    assert bounds(both, "cost/main/p50") == (pytest.approx(3.0, rel=1e-3), math.inf)
    half = TWO.replace(
        "b: {kind: s, price: {call: 5 EUR}, offers: {f: {}}}",
        "b: {kind: s, offers: {g: {price: 5 EUR/call}, f: {}}}",
    )
    some = figure(context(half.replace("STEPS", "{call: b.f}")), "cost/main/bound")
    assert some.value is None and any("components.b.price" in each for each in some.missing)
    grown = "{call: m.g, sizes: {in: 1 tokens}, context: {past: 1 tokens, grows: {past: 2 tokens}}}"
    turns = f"{{repeat: {{times: unknown, at_most: 3, steps: [{grown}]}}}}"
    llm = TWO.replace("  c: {", "  m: {kind: llm, price: {input: 1 EUR/token}, offers: {g: {}}}\n  c: {")
    known = spends(context(llm.replace("STEPS", turns)), "main", "cost")
    assert any("how often it goes round" in each for each in known.outcome.missing)
    assert known.law.cdf[FAST, 0] == pytest.approx(1.0) and known.most == pytest.approx(1 + 3 + 5)
