"""Times on the lattice against exact arithmetic and closed forms: greatest values, scaled laws, sizes of a table."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyses.brackets import cdf_of
from analyses.given import HEAD, context
from groma.analyses.outcome.algebra import OK, after
from groma.analyses.outcome.join import at_least, joined
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Grid, cut_short, fixed, scaled, unbounded, until
from groma.analyses.outcome.quantity import law_at, pause_law, time_law, work_law
from groma.analyses.outcome.repeat import count_law
from groma.analyses.outcome.wait import _rounded_up, rounded_down  # pyright: ignore[reportPrivateUsage]
from groma.model.elements import Operation
from groma.model.law import Empirical, Gamma, Uniform
from groma.model.load import load
from groma.model.program import Call, Sizes
from groma.model.quantity import Quantity


def operation(text: str) -> Operation:
    return (
        context(f"components: {{a: {{kind: s, offers: {{f: {{{text}}}}}}}}}\n")
        .model.components["a"]
        .offers["f"]
    )


def work(text: str) -> Quantity:
    found = operation(f"work: {text}").work
    assert isinstance(found, Quantity)
    return found


def lattice_points() -> list[tuple[str, str]]:
    """Steps and times that are on their lattice, but come out below or above it as floats, and some between."""
    steps = ("0.1", "0.01", "0.001", "0.03")
    on = [(s, str(Decimal(s) * k)) for s in steps for k in (0, 1, 3, 7, 11, 29, 58)]
    return [*on, *((s, str(Decimal(s) * k + Decimal(s) / 3)) for s in steps for k in (0, 29))]


@pytest.mark.parametrize(("step", "time"), lattice_points())
def test_a_time_lies_between_the_lattice_points_that_fractions_find(step: str, time: str) -> None:
    grid, exact = Grid(float(step), 64), Fraction(time) / Fraction(step)
    assert (grid.index(float(time)), grid.after(float(time))) == (math.floor(exact), math.ceil(exact))
    law = fixed(grid, float(time))
    assert law.cells[FAST, math.floor(exact)] == law.cells[SLOW, math.ceil(exact)] == 1.0
    nominal = law.cells[NOMINAL]
    assert nominal.sum() == pytest.approx(1) and float(nominal @ np.arange(64)) == pytest.approx(float(exact))


@pytest.mark.parametrize("most", ["0.29", "0.295", "0.57", "0.64", "0.645", "2"])
def test_an_exponential_time_with_a_greatest_value_is_bracketed_and_ends_there(most: str) -> None:
    """P(min(X, m) <= t) = 1 - exp(-t / mean) below m, one from there on; E min(X, m) = mean (1 - exp(-m / mean))."""
    grid, end = Grid(0.01, 64), float(most)
    law = time_law(grid, work(f"{{value: 200 ms ± 200 ms, max: {most} s}}"))
    points = [Fraction(i, 100) for i in range(64)]
    truth = np.array([1.0 if t >= Fraction(most) else 1 - math.exp(-float(t) / 0.2) for t in points])
    assert (law.cdf[FAST] >= truth - 1e-12).all() and (law.cdf[SLOW] <= truth + 1e-12).all()
    last = math.ceil(Fraction(most) * 100)
    if last < 64:
        assert law.cdf[SLOW, last] == pytest.approx(1.0, abs=1e-14)
    first = math.floor(Fraction(most) * 100)
    if first < 64:
        assert law.cdf[FAST, first] == pytest.approx(1.0, abs=1e-14)
    assert float(np.abs(law.cdf[NOMINAL, :first] - truth[:first]).max()) < 0.03
    assert law.moment == pytest.approx([0.2 * (1 - math.exp(-end / 0.2))] * 3)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("{value: 7 ms, known: 5 ms .. 9 ms}", (0.005, 0.0), (0.009, 0.0)),
        ("{value: 8 ms ± 4 ms, known: 2 ms .. 16 ms}", (0.002, 0.001), (0.016, 0.008)),
        ("{value: 0 ms, known: 0 ms .. 5 ms}", (0.0, 0.0), (0.005, 0.0)),
        ("{value: 8 ms ± 4 ms, known: 0 ms .. 8 ms}", (0.0, 0.0), (0.008, 0.004)),
        (
            "{value: 'lognormal(median 7.155417528 ms, p95 15.5625427041 ms)', known: 0 ms .. 8 ms}",
            (0.0, 0.0),
            (0.008, 0.004),
        ),
        ("8 ms ± 4 ms", (0.008, 0.004), (0.008, 0.004)),
    ],
)
def test_a_law_keeps_its_shape_when_its_mean_moves(
    text: str, low: tuple[float, float], high: tuple[float, float]
) -> None:
    """The standard deviation goes with the mean."""
    quantity = work(text)
    laws = law_at(quantity, quantity.low), law_at(quantity, quantity.high)
    assert [(law.mean, law.sd) for law in laws] == [pytest.approx(low), pytest.approx(high)]
    at_once = time_law(Grid(0.001, 64), quantity).cdf[FAST, 0]
    assert bool(at_once > 1 - 1e-9) is (quantity.low == 0.0)


def test_sizes_that_vary_together_take_their_time_row_by_row(tmp_path: Path) -> None:
    """Every row of the table, by hand: 1 ms + 1 ms an `a` + 2 ms a `b` (`c` takes no time)."""
    (tmp_path / "t.csv").write_text("a,b,c,n\n1,10,5,1\n4,2,9,2\n8,0,1,1\n", "utf-8")
    (tmp_path / "m.yaml").write_text(
        HEAD + "components: {m: {kind: s, offers: {g: {work: 1 ms, per: {a: 1 ms, b: 2 ms}}}}}\n"
        "flows: {f: {steps: [{call: m.g, sizes: {from: t.csv, a: a, b: b, c: c, weight: n}}]}}\n",
        "utf-8",
    )
    model = load(tmp_path / "m.yaml")
    sizes: Any = model.flows["f"].steps[0].action.sizes  # pyright: ignore
    grid = Grid(0.001, 64)
    law, missing = work_law(grid, "x", model.components["m"].offers["g"], sizes)
    truth = [(0.25, 0.022), (0.5, 0.009), (0.25, 0.009)]
    assert not missing
    assert law.cdf[FAST] == pytest.approx(cdf_of(truth, grid)) and law.cdf[SLOW] == pytest.approx(
        cdf_of(truth, grid)
    )
    assert law.moment == pytest.approx([sum(w * t for w, t in truth)] * 3)
    unused, _ = work_law(grid, "x", operation("work: 4 ms"), sizes)
    assert unused.moment == pytest.approx([0.004] * 3)


def test_a_pause_is_spread_around_its_multiple() -> None:
    """Uniform on 30 ms (1 - 0.5) .. 30 ms (1 + 0.5): backoff 10 ms, factor 3, jitter one half."""
    grid = Grid(0.001, 64)
    law = pause_law(grid, work("10 ms"), 3.0, 0.5)
    truth = np.clip((np.arange(64) - 15) / 30, 0, 1)
    assert (law.cdf[FAST] >= truth - 1e-12).all() and (law.cdf[SLOW] <= truth + 1e-12).all()
    assert float(np.abs(law.cdf[NOMINAL] - truth).max()) < 0.02
    assert law.moment == pytest.approx([0.03] * 3)


def test_a_time_that_some_end_early_is_over_in_so_many_more_cases_by_any_time() -> None:
    """Exponential of mean 0.2 s: up to 30 % of cases may be over at once; those left, the shortest, last as they do."""
    grid = Grid(0.01, 512)
    law = time_law(grid, work("200 ms ± 200 ms"))
    assert cut_short(grid, law, 0.0) is law
    cut = cut_short(grid, law, 0.3)
    assert cut.cdf[FAST] == pytest.approx(np.minimum(law.cdf[FAST] + 0.3, 1.0))
    assert cut.cdf[SLOW] == pytest.approx(law.cdf[SLOW]) and np.isnan(cut.cells[NOMINAL]).all()
    last = 0.2 * -math.log(0.3)  # the integral of 0.7 - F up to where F is 0.7
    truth = 0.7 * last - (last - 0.2 * (1 - math.exp(-last / 0.2)))
    assert cut.moment[FAST] == pytest.approx(truth, abs=0.01) and cut.moment[FAST] <= truth
    assert cut.moment[SLOW] == law.moment[SLOW] and np.isnan(cut.moment[NOMINAL])
    assert cut.mass[:2].tolist() == [1.0, 1.0]
    few = cut_short(grid, law, 1e-3)
    assert few.moment[NOMINAL] == law.moment[NOMINAL] and few.mass.tolist() == [1.0, 1.0, 1.0]
    half = scaled(grid, law, grid.triple(0.5, 0.5, 0.5))
    assert cut_short(grid, half, 0.3).mass[:2] == pytest.approx([0.8, 0.5])


def test_counts_with_spread_are_rounded_to_the_nearest_whole() -> None:
    """Uniform over 0 .. 4: halves of a share at both ends."""
    assert count_law(Uniform(0.0, 4.0), None) == pytest.approx([0.125, 0.25, 0.25, 0.25, 0.125])
    assert count_law(Uniform(0.0, 4.0), 2) == pytest.approx([0.125, 0.25, 0.625])
    assert count_law(Uniform(0.0, 4.0), 9) == pytest.approx([0.125, 0.25, 0.25, 0.25, 0.125])
    assert count_law(Uniform(0.0, 4.0), 10**6) == pytest.approx([0.125, 0.25, 0.25, 0.25, 0.125])
    far = Gamma(1000.0, 1000.0)
    assert count_law(far, None) is None and count_law(far, 10**6) is None
    near = count_law(far, 3)
    assert near is not None
    above = [1.0, *(math.exp(-n / 1000) for n in (0.5, 1.5, 2.5)), 0.0]
    assert near == pytest.approx([a - b for a, b in itertools.pairwise(above)])


def test_rates_are_rounded_to_two_digits_downwards_and_three_upwards() -> None:
    assert [rounded_down(r) for r in (0.129, 1.99, 10.0, 1290.0)] == pytest.approx([0.12, 1.9, 10.0, 1200.0])
    assert [_rounded_up(r, 0.5, 1) for r in (0.1234, 1.234, 1234.0)] == pytest.approx([0.124, 1.24, 1240.0])
    assert _rounded_up(1.234, 0.999, 1) == 1.234  # it would saturate


def test_a_part_of_an_end_that_may_never_happen_has_a_share_of_its_greatest_mean() -> None:
    """At most 40 % after 2 s, at least nothing: of a half of it, 0.4 s at the most."""
    grid = Grid(0.01, 512)
    perhaps = scaled(grid, fixed(grid, 2.0), grid.triple(0.4, 0.0))
    part = scaled(grid, perhaps, grid.triple(0.5, 0.5, 0.5))
    assert part.moment[:2] == pytest.approx([0.0, 0.4]) and part.mass[:2] == pytest.approx([0.2, 0.0])


def test_a_limit_past_the_grid_leaves_the_nominal_share_only_where_one_is_known() -> None:
    grid = Grid(0.01, 16)
    assert until(grid, fixed(grid, 0.1), 1.0).mass.tolist() == [1.0, 1.0, 1.0]
    anything = until(grid, unbounded(grid), 1.0)
    assert anything.mass[:2].tolist() == [1.0, 0.0] and np.isnan(anything.mass[NOMINAL])
    assert anything.moment[:2].tolist() == [0.0, 1.0] and np.isnan(anything.moment[NOMINAL])


def test_work_by_size_is_rounded_down_at_the_quick_end_and_up_at_the_slow_one() -> None:
    """Three rows of 2 ms, or of 1 to 5 ms, on a lattice of 4 ms."""
    grid = Grid(0.004, 64)
    for each, quick, slow in (("2 ms", 1, 2), ("{value: 2 ms, known: 1 ms .. 5 ms}", 0, 4)):
        text = f"components: {{a: {{kind: s, offers: {{f: {{per: {{rows: {each}}}}}}}}}}}\n"
        c = context(text + "flows: {main: {steps: [{call: a.f, sizes: {rows: 3}}]}}\n")
        call = c.model.flows["main"].steps[0].action
        assert isinstance(call, Call)
        law, missing = work_law(grid, "a.f", c.model.components["a"].offers["f"], call.sizes)
        assert not missing
        assert law.cells[FAST, quick] == pytest.approx(1.0) and law.cells[SLOW, slow] == pytest.approx(1.0)


def test_at_least_so_many_of_some_events_happen_as_often_as_all_ways_say() -> None:
    chances = [0.1, 0.35, 0.6, 0.9]
    for k in range(6):
        truth = sum(
            math.prod(c if x else 1 - c for c, x in zip(chances, ways, strict=True))
            for ways in itertools.product((0, 1), repeat=4)
            if sum(ways) >= k
        )
        assert float(at_least(k, [np.asarray(c) for c in chances])) == pytest.approx(truth, abs=1e-12)


@pytest.mark.parametrize(("need", "mean"), [(1, 0.5), (2, 1.5)])
def test_branches_that_join_past_the_lattice_have_their_mean_between_its_ends(need: int, mean: float) -> None:
    """Two exponential times of 1 s on a lattice of 1 s: the first is there after 1/2 s, both after 3/2 s."""
    grid = Grid(0.05, 20)
    law = time_law(grid, work("1 s ± 1 s"))
    found = joined(grid, need, [after(law), after(law)]).ends[OK]
    assert found.moment[FAST] <= mean <= found.moment[SLOW] < 4.0


def test_a_count_of_one_half_is_rounded_up() -> None:
    found = count_law(Empirical.of([0.5, 1.5], None), None)
    assert found is not None and found == pytest.approx([0.0, 0.5, 0.5])


@pytest.mark.parametrize("per", ["unknown", "2 ms ± 1 ms"])
def test_time_by_size_that_isn_t_one_number_is_missing(per: str) -> None:
    _, missing = work_law(Grid(0.001, 64), "x", operation(f"per: {{rows: {per}}}"), Sizes())
    assert "x.per.rows" in missing
