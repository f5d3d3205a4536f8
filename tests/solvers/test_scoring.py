"""Points and weights, held against published examples and brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.solvers.scoring import between, least_shift, lowest_price_share, ranking, spans, total

# Negometrix, "Absolute formula" (support.negometrix.com, read 2026-11): WP x (Pmax - P) / (Pmax - Pmin), none at
# Pmax, all at Pmin, in proportion between them.


@pytest.mark.parametrize(
    ("price", "points"), [(100, 1), (200, 0), (150, Fraction(1, 2)), (125, Fraction(3, 4)), (90, 1), (300, 0)]
)
def test_points_between_two_stated_prices(price: int, points: Fraction) -> None:
    assert between(Fraction(price), Fraction(200), Fraction(100)) == points


def test_more_is_better_where_the_full_end_is_the_larger() -> None:
    assert between(Fraction("0.9985"), Fraction("0.998"), Fraction("0.9995")) == Fraction(1, 3)


def test_a_scale_needs_two_ends() -> None:
    with pytest.raises(ValueError, match="different"):
        between(Fraction(1), Fraction(2), Fraction(2))


def test_published_example_of_the_relative_formula() -> None:
    """Denfield, "Goldilocks and the three problems" (Local Government Lawyer): 50/50, quality 50, 75, 100 at
    50, 75, 100
    pounds, where the bids seem evenly matched: with lowest price / price the middle one loses to both others."""
    prices = {"A": Fraction(50), "B": Fraction(75), "C": Fraction(100)}
    quality = {"A": Fraction(50, 100), "B": Fraction(75, 100), "C": Fraction(1)}
    shares = lowest_price_share(prices)
    totals = {n: total([Fraction(1, 2), Fraction(1, 2)], [quality[n], shares[n]]) for n in prices}
    assert totals == {"A": Fraction(75, 100), "B": Fraction(17, 24), "C": Fraction(75, 100)}
    assert ranking(totals) == (("A", "C"), ("B",))
    absolute = {
        n: total(
            [Fraction(1, 2), Fraction(1, 2)], [quality[n], between(prices[n], Fraction(150), Fraction(50))]
        )
        for n in prices
    }
    assert absolute == {"A": Fraction(3, 4), "B": Fraction(3, 4), "C": Fraction(3, 4)}


def test_the_relative_formula_turns_two_bids_round_when_a_third_comes() -> None:
    """The ranking paradox (Chen 2008; Stilger and others 2017): found by the least numbers, worked by hand."""
    quality = {"A": Fraction("0.60"), "B": Fraction("0.80"), "C": Fraction("0.10")}
    prices = {"A": Fraction(80), "B": Fraction(100), "C": Fraction(40)}

    def relative(names: str) -> dict[str, Fraction]:
        shares = lowest_price_share({n: prices[n] for n in names})
        return {n: Fraction(1, 2) * quality[n] + Fraction(1, 2) * shares[n] for n in names}

    assert ranking(relative("AB")) == (("A", "B"),)  # 0.30 + 0.50 and 0.40 + 0.40
    assert ranking(relative("ABC"))[0] == ("B",)  # 0.30 + 0.25 and 0.40 + 0.20


shares = st.fractions(0, 1, max_denominator=20)
tables = st.integers(2, 4).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(1, 9), min_size=n, max_size=n),
        st.dictionaries(st.sampled_from("ABCDE"), st.lists(shares, min_size=n, max_size=n), min_size=2),
    )
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEF"), st.tuples(st.integers(1, 500), shares), min_size=3), shares)
def test_no_selection_of_bids_turns_two_round(
    bids: dict[str, tuple[int, Fraction]], weight: Fraction
) -> None:
    def totals(names: tuple[str, ...]) -> dict[str, Fraction]:
        return {
            n: weight * between(Fraction(bids[n][0]), Fraction(400), Fraction(100))
            + (1 - weight) * bids[n][1]
            for n in names
        }

    whole = totals(tuple(sorted(bids)))
    for size in range(2, len(bids)):
        for names in combinations(sorted(bids), size):
            part = totals(names)
            assert all((part[a] > part[b]) == (whole[a] > whole[b]) for a, b in combinations(names, 2))


@settings(max_examples=100, deadline=None)
@given(tables)
def test_spans_against_trying_weights(table: tuple[list[int], dict[str, list[Fraction]]]) -> None:
    raw, points = table
    weights = [Fraction(w, sum(raw)) for w in raw]
    for nth in range(len(weights)):
        found = spans(weights, points, nth)
        assert found[0].low == 0 and found[-1].high == 1
        assert all(a.high == b.low and a.first != b.first for a, b in pairwise(found))
        for step in range(1, 40):
            at = Fraction(step, 40)
            tried = [at if n == nth else w * (1 - at) / (1 - weights[nth]) for n, w in enumerate(weights)]
            best = ranking({n: total(tried, p) for n, p in points.items()})[0]
            inside = [s.first for s in found if s.low < at < s.high]
            assert not inside or tuple(sorted(inside[0])) == best


def test_what_the_others_share_is_even_where_they_weigh_nothing() -> None:
    """By hand: 3/4 (1 - t) and 1/2 t meet at t = 3/5."""
    points = {
        "A": [Fraction(0), Fraction(1), Fraction(1, 2)],
        "B": [Fraction(1, 2), Fraction(0), Fraction(0)],
    }
    found = spans([Fraction(1), Fraction(0), Fraction(0)], points, 0)
    assert [(s.low, s.high, s.first) for s in found] == [
        (0, Fraction(3, 5), ("A",)),
        (Fraction(3, 5), 1, ("B",)),
    ]


def test_three_bids_as_one_weight_moves_and_the_others_keep_two_to_one() -> None:
    """By hand, of weights 1/2, 1/3, 1/6: A has 2/3 (1 - t), C has t, level at 2/5; B has 1/6 (1 - t) + 1/2 t, never
    first. Of the second weight (3 to 1): A has t, B 5/8 (1 - t), C 3/4 (1 - t)."""
    half, third, sixth = Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)
    points = {"A": [0, 1, 0], "B": [half, 0, half], "C": [1, 0, 0]}
    exact = {name: [Fraction(p) for p in own] for name, own in points.items()}
    cut = Fraction(2, 5)
    assert [(s.low, s.high, s.first) for s in spans([half, third, sixth], exact, 0)] == [
        (0, cut, ("A",)),
        (cut, 1, ("C",)),
    ]
    cut = Fraction(3, 7)
    assert [(s.low, s.high, s.first) for s in spans([half, third, sixth], exact, 1)] == [
        (0, cut, ("C",)),
        (cut, 1, ("A",)),
    ]


def test_lines_that_meet_beyond_the_weights_there_are_cut_nothing() -> None:
    """A leads by 1/2 at nought and by 1/4 at one: they would meet at 2; the other way round at -1; alike never."""
    half = [Fraction(1, 2), Fraction(1, 2)]
    a, b = [Fraction(1, 2), Fraction(3, 4)], [Fraction(1, 4), Fraction(1, 4)]
    for nth in (0, 1):
        assert [(s.low, s.high, s.first) for s in spans(half, {"A": a, "B": b}, nth)] == [(0, 1, ("A",))]
    assert [(s.low, s.high, s.first) for s in spans(half, {"A": a, "B": a}, 0)] == [(0, 1, ("A", "B"))]


@settings(max_examples=60, deadline=None)
@given(tables)
def test_least_shift_against_a_linear_programme(table: tuple[list[int], dict[str, list[Fraction]]]) -> None:
    """The same question put to HiGHS: least sum of what is taken, so that the rival is level."""
    from scipy.optimize import linprog

    raw, points = table
    weights = [Fraction(w, sum(raw)) for w in raw]
    names = ranking({n: total(weights, p) for n, p in points.items()})
    first, rival = names[0][0], names[-1][0]
    if first == rival:
        return
    lead = least_shift(weights, points[first], points[rival], rival)
    ahead = [float(r - f) for f, r in zip(points[first], points[rival], strict=True)]
    n = len(weights)
    gap = float(total(weights, points[first]) - total(weights, points[rival]))
    solved = linprog(
        [1.0] * n + [0.0] * n,
        A_ub=[[*ahead, *(-a for a in ahead)]],
        b_ub=[-gap + 1e-12],
        A_eq=[[1.0] * n + [-1.0] * n],
        b_eq=[0.0],
        bounds=[(0, float(w)) for w in weights] + [(0, None)] * n,
    )
    if lead is None:
        assert solved.status == 2
    else:
        assert solved.status == 0
        assert float(lead.moved) == pytest.approx(solved.fun, abs=1e-7)


def test_a_rival_that_is_level_needs_nothing_and_prices_are_above_zero() -> None:
    half = [Fraction(1, 2), Fraction(1, 2)]
    lead = least_shift(half, [Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)], "B")
    assert lead is not None
    assert (lead.rival, lead.moved, lead.taken, lead.to) == ("B", 0, (), 1)
    with pytest.raises(ValueError, match="prices above zero"):
        lowest_price_share({"A": Fraction(1), "B": Fraction(0)})


def test_a_bid_behind_in_everything_never_comes_first() -> None:
    assert (
        least_shift(
            [Fraction(1, 2), Fraction(1, 2)], [Fraction(1), Fraction(1)], [Fraction(1, 2), Fraction(1, 3)]
        )
        is None
    )
