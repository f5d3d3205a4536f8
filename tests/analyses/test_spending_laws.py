"""The law of the price of one call against scipy's laws, on a lattice so coarse that each rounding shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from analyses.given import operation, sizes
from groma.analyses.cost.prices import Origin, Term
from groma.analyses.interval import Interval
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Array, Defective, Grid
from groma.analyses.spending.priced import NOTHING_EXTRA, Extra, law_of
from groma.model.program import Sizes
from groma.model.quantity import JointTable

GRID = Grid(1.0, 256)
Cdf = Callable[[Array], Array]
HALF_MORE = Interval(1.5, 1.5, 1.5)
RANGED = Interval(1.0, 1.5, 2.0)


def token(amount: Interval, size: str = "input") -> Term:
    return Term("size", amount, None, Origin(""), size)


def uniform(low: float, high: float) -> Cdf:
    return stats.uniform(low, high - low).cdf


def gamma(mean: float, sd: float, offset: float = 0.0) -> Cdf:
    return stats.gamma((mean / sd) ** 2, loc=offset, scale=sd**2 / mean).cdf


def at(*values: float) -> Cdf:
    """Each of them as often as the others."""
    return lambda x: np.mean([x >= value - 1e-9 for value in values], axis=0)


def capped(cdf: Cdf, most: float) -> Cdf:
    return lambda x: np.where(x >= most - 1e-9, 1.0, cdf(x))


def mean(cdf: Cdf) -> float:
    """The area above a distribution function."""
    x = (np.arange(256_000) + 0.5) / 1000
    return float((1.0 - cdf(x)).sum() / 1000)


def assert_rounded(law: Defective, low: Cdf, high: Cdf, middle: Cdf | None, parts: int) -> None:
    """Each of `parts` is rounded down by less than a cell in the upper row, and up in the lower one."""
    x = np.arange(256.0)
    for row, cdf in ((FAST, low), (SLOW, high)):
        early, late = (0, parts) if row == FAST else (parts, 0)
        assert (law.cdf[row] >= cdf(x - early) - 1e-9).all() and (law.cdf[row] <= cdf(x + late) + 1e-9).all()
    assert law.mass[:2].tolist() == [1.0, 1.0]
    assert law.moment[:2] == pytest.approx([mean(low), mean(high)], abs=2e-3)
    if middle is None:
        assert np.isnan(law.cells[NOMINAL]).all() and math.isnan(law.moment[NOMINAL])
        return
    assert law.moment[NOMINAL] == pytest.approx(mean(middle), abs=2e-3)
    assert (law.cdf[NOMINAL] >= middle(x - parts) - 1e-9).all()
    assert (law.cdf[NOMINAL] <= middle(x + parts) + 1e-9).all()
    # as much is rounded up as down: the mean on the lattice is about the law's
    lattice = float((1.0 - law.cdf[NOMINAL]).sum())
    assert lattice == pytest.approx(mean(middle), abs=0.15)


GROWN, LOOSE = Extra(3.0, 3.0), Extra(3.0, 7.0, sure=False)


@pytest.mark.parametrize(
    ("carried", "price", "extra", "low", "high", "middle"),
    [
        ("'uniform(10, 31)'", HALF_MORE, NOTHING_EXTRA, uniform(15, 46.5), uniform(15, 46.5), uniform(15, 46.5)),
        ("'uniform(10, 31)'", RANGED, NOTHING_EXTRA, uniform(10, 31), uniform(20, 62), uniform(15, 46.5)),
        ("'uniform(10, 31)'", RANGED.bounds, NOTHING_EXTRA, uniform(10, 31), uniform(20, 62), None),
        ("'uniform(10, 31)'", Interval(0.0, 0.0, 2.0), NOTHING_EXTRA, at(0), uniform(20, 62), at(0)),
        ("{value: 10 ± 5, known: 8 .. 14}", HALF_MORE, NOTHING_EXTRA, gamma(12, 6), gamma(21, 10.5), gamma(15, 7.5)),
        ("'uniform(10, 31)'", HALF_MORE, GROWN, uniform(19.5, 51), uniform(19.5, 51), uniform(19.5, 51)),
        ("'uniform(10, 31)'", RANGED, LOOSE, uniform(13, 34), uniform(34, 76), None),
        ("'uniform(10, 31)'", HALF_MORE, replace(GROWN, window=20.0),
         capped(uniform(19.5, 51), 30), capped(uniform(19.5, 51), 30), capped(uniform(19.5, 51), 30)),
        ("'uniform(10, 31)'", HALF_MORE, Extra(0.0, 0.0, 20.0),
         capped(uniform(15, 46.5), 30), capped(uniform(15, 46.5), 30), capped(uniform(15, 46.5), 30)),
        ("'uniform(10, 31)'", HALF_MORE, Extra(3.0, math.inf, 20.0, sure=False),
         capped(uniform(19.5, 51), 30), at(30), None),
        ("{value: 10 ± 5, max: 20}", HALF_MORE, GROWN,
         capped(gamma(15, 7.5, 4.5), 34.5), capped(gamma(15, 7.5, 4.5), 34.5), capped(gamma(15, 7.5, 4.5), 34.5)),
        ("{value: 10 ± 5, max: 20}", HALF_MORE, replace(GROWN, window=18.0),
         capped(gamma(15, 7.5, 4.5), 27), capped(gamma(15, 7.5, 4.5), 27), capped(gamma(15, 7.5, 4.5), 27)),
        ("10", Interval(1.25, 1.25, 1.25), NOTHING_EXTRA, at(12.5), at(12.5), at(12.5)),
        ("10", Interval(1.25, 1.275, 1.35), NOTHING_EXTRA, at(12.5), at(13.5), at(12.75)),
        ("'uniform(10, 31)'", HALF_MORE, Extra(30.0, 30.0, 20.0), at(30), at(30), at(30)),
        ("10", Interval(1.25, None, 1.35), NOTHING_EXTRA, at(12.5), at(13.5), None),
        ("10", HALF_MORE, Extra(0.5, 0.5), at(15.75), at(15.75), at(15.75)),
        ("10", HALF_MORE, LOOSE, at(19.5), at(25.5), None),
        ("10", HALF_MORE, replace(LOOSE, window=15.0), at(19.5), at(22.5), None),
        ("10", HALF_MORE, Extra(3.0, math.inf, 15.0, sure=False), at(19.5), at(22.5), None),
        ("10", HALF_MORE, replace(GROWN, window=9.0), at(13.5), at(13.5), at(13.5)),
        ("{value: 10, known: 8 .. 14}", RANGED, GROWN, at(11), at(34), at(19.5)),
    ],
)  # fmt: skip
def test_a_size_at_a_price_is_rounded_down_and_up_from_its_law(
    carried: str, price: Interval, extra: Extra, low: Cdf, high: Cdf, middle: Cdf | None
) -> None:
    """A unit of a size costs its price, with what rounds before added to the prompt, as far as the window."""
    law, missing = law_of(GRID, "p", "s", None, sizes(f"in: {carried}"), (token(price),), extra)
    assert not missing
    assert_rounded(law, low, high, middle, 1)
    bare = Grid(1.0, 256, 2)
    without, _ = law_of(bare, "p", "s", None, sizes(f"in: {carried}"), (token(price),), extra)
    assert without.cells == pytest.approx(law.cells[:2]) and without.moment == pytest.approx(law.moment[:2])


def test_of_what_grows_without_an_end_only_the_least_is_known() -> None:
    """Three more of ten, and nobody says how many more than that. Two prices of a call or a size are both paid."""
    lacks = Extra(3.0, math.inf, sure=False, missing=("grows",))
    call = Term("call", HALF_MORE, None, Origin(""), "")
    terms = call, token(HALF_MORE), token(HALF_MORE), call
    law, missing = law_of(GRID, "p", "s", None, sizes("in: 10"), terms, lacks)
    assert missing == {"grows"} and law.moment[:2].tolist() == [2 * 1.5 * (1 + 13), math.inf]
    assert (law.cdf[FAST, [41, 42]].tolist(), law.cdf[SLOW, -1]) == ([0.0, 1.0], 0.0)


@pytest.mark.parametrize(
    "extra", [NOTHING_EXTRA, GROWN, replace(GROWN, window=9.0), LOOSE, Extra(3.0, math.inf, sure=False)]
)
def test_answers_dont_grow_with_the_rounds_and_know_no_window(extra: Extra) -> None:
    law, _ = law_of(
        GRID, "p", "s", None, sizes("out: 'uniform(10, 31)'"), (token(HALF_MORE, "output"),), extra
    )
    assert_rounded(law, uniform(15, 46.5), uniform(15, 46.5), uniform(15, 46.5), 1)


@pytest.mark.parametrize(
    ("price", "extra", "low", "high", "middle"),
    [
        (Interval(1.0, 1.0, 1.0), NOTHING_EXTRA, (7.25, 17.0), (7.25, 17.0), (7.25, 17.0)),
        (RANGED, NOTHING_EXTRA, (7.25, 17.0), (11.25, 27.0), (9.25, 22.0)),
        (RANGED.bounds, NOTHING_EXTRA, (7.25, 17.0), (11.25, 27.0), None),
        (RANGED, GROWN, (10.25, 20.0), (17.25, 33.0), (13.75, 26.5)),
        (RANGED, LOOSE, (10.25, 20.0), (25.25, 41.0), None),
        (RANGED, replace(GROWN, window=9.0), (10.25, 16.0), (17.25, 25.0), (13.75, 20.5)),
        (RANGED, Extra(3.0, math.inf, 9.0, sure=False), (10.25, 16.0), (21.25, 25.0), None),
    ],
)
def test_rows_of_a_table_are_paid_as_they_stand_together(
    price: Interval,
    extra: Extra,
    low: tuple[float, ...],
    high: tuple[float, ...],
    middle: tuple[float, ...] | None,
) -> None:
    """4 in and 1.625 out or 10 in and 3.5 out at 2 each: the answers make 3.25 and 7."""
    table = Sizes(table=JointTable(("in", "out"), ((4.0, 1.625), (10.0, 3.5)), (0.5, 0.5)))
    terms = token(price), token(Interval(2.0, 2.0, 2.0), "output")
    law, missing = law_of(GRID, "p", "s", None, table, terms, extra)
    assert not missing
    assert_rounded(law, at(*low), at(*high), None if middle is None else at(*middle), 1)
    apart = replace(sizes("out: 1.625"), table=JointTable(("in",), ((4.0,), (10.0,)), (0.5, 0.5)))
    beside, _ = law_of(GRID, "p", "s", None, apart, terms, extra)
    alone, _ = law_of(GRID, "p", "s", None, apart, terms[:1], extra)
    assert beside.moment - alone.moment == pytest.approx(
        [3.25, 3.25, 3.25 if middle else math.nan], nan_ok=True
    )


def test_what_varies_by_itself_adds_up_by_convolution() -> None:
    """Two gammas of one scale are a gamma of both shapes; a constant moves it, and each part is rounded for itself."""
    paid = Term("work", Interval(2.0, 2.0, 2.0), None, Origin(""))
    once = Term("call", Interval(5.0, 5.0, 5.0), None, Origin(""))
    terms = paid, once, token(Interval(1.0, 1.0, 1.0)), token(Interval(0.5, 0.5, 0.5), "output")
    law, _ = law_of(
        GRID, "p", "s", operation("work: 10 s ± 10 s"), sizes("in: 20 ± 20, out: 6"), terms
    )  # two exponentials of mean 20
    erlang: Cdf = stats.gamma(2, loc=8, scale=20).cdf
    assert_rounded(law, erlang, erlang, erlang, 3)
    twice, _ = law_of(GRID, "p", "s", operation("work: 10 s"), sizes("in: 4, out: 6"), (*terms, *terms))
    assert twice.moment == pytest.approx([2 * (20 + 5 + 4 + 3)] * 3)
    halves = replace(once, amount=Interval(0.5, 0.5, 0.5))
    law, _ = law_of(GRID, "p", "s", operation("work: 750 ms"), Sizes(), (halves, paid))
    assert law.cells[:, 2].tolist() == [1.0] * 3  # half and one and a half are two, and rounded once
    both = operation("work: 1 s, per: {in: 500 ms}")  # 2 a second, and 1 for each of ten tokens
    law, _ = law_of(GRID, "p", "s", both, sizes("in: 10"), (paid, token(Interval(1.0, 1.0, 1.0))))
    assert law.moment == pytest.approx([2 + 10 + 10] * 3)
    each = operation(
        "work: {value: 3 s, known: 2 s .. 4 s}, per: {in: {value: 500 ms, known: 250 ms .. 1 s}}"
    )
    law, _ = law_of(GRID, "p", "s", each, sizes("in: 'uniform(10, 31)'"), (paid,))
    assert_rounded(law, uniform(9, 19.5), uniform(28, 70), uniform(16, 37), 2)


@pytest.mark.parametrize(
    ("prompt", "threshold", "price"),
    [
        ("5", 1, 15),
        ("1", 1, 1),
        ("{value: 5, max: 5}", 4, 15),
        ("'uniform(5, 6)'", 6, 5.5),
        ("'uniform(5, 6)'", 4, 16.5),
    ],
)
def test_the_price_of_a_prompt_hangs_on_whether_it_surely_is_longer(
    prompt: str, threshold: int, price: float
) -> None:
    """One a token, and three for all of them above a threshold; a prompt that varies above 5 is longer than 5."""
    one = token(Interval(1.0, 1.0, 1.0))
    longer = replace(one, amount=Interval(3.0, 3.0, 3.0), prompts_above=threshold)
    law, _ = law_of(GRID, "p", "s", None, sizes(f"in: {prompt}"), (longer, one))
    assert law.moment == pytest.approx([price] * 3)
