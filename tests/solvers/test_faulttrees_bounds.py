"""Bounds where a diagram would be too large, and what is decided before: each against a closed form or all states."""

from __future__ import annotations

from math import prod

import pytest

from groma.solvers.faulttrees import (
    And,
    AtLeast,
    CutSets,
    Event,
    Formula,
    Not,
    Or,
    Probability,
    Refusal,
    apportioned,
    brute_force,
    compile_formula,
    events_of,
    importances,
    minimal_cut_sets,
    probability,
    xor,
)
from groma.solvers.faulttrees.modules import Module, find_modules
from groma.solvers.faulttrees.net import ALL, ANY, Gate, compile_net
from groma.solvers.faulttrees.truncation import cut_set_bounds

A, B, C, D = (Event(name) for name in "abcd")


def _pairs(one: Formula, two: Formula, three: Formula) -> Formula:
    return Or((And((one, two)), And((one, three)), And((two, three))))


@pytest.mark.parametrize("negated", [False, True])
def test_bounds_from_all_cut_sets_are_those_of_esary_proschan_and_bonferroni(negated: bool) -> None:
    """Two of three with 0.5, 0.4 and 0.3: 1 - (1 - 0.2)(1 - 0.15)(1 - 0.12), and 0.2 + 0.15 - 0.06 by two sets.

    Of intervals the highest counts for the upper and the lowest for the lower bound; of an event that has to stay away
    that is the other end.
    """
    (module,) = find_modules(compile_net(_pairs(Not(A) if negated else A, B, C)))
    ends = {"a": (0.5, 0.6), "b": (0.4, 0.5), "c": (0.3, 0.4)}
    low, high = [0.5, 0.4, 0.3], [0.6, 0.5, 0.4]
    if negated:
        ends["a"] = (0.4, 0.5)
    found = cut_set_bounds(module, dict(enumerate(ends.values(), 1)))
    upper = 1 - prod(1 - high[i] * high[j] for i, j in ((0, 1), (0, 2), (1, 2)))
    assert found == pytest.approx((low[0] * low[1] + low[0] * low[2] - prod(low), upper), rel=1e-12)


def test_an_event_that_has_to_stay_away_turns_an_interval_around() -> None:
    """Two of three, not a and b and c: least and most, and what is left of one, at the ends by hand."""
    found = probability(_pairs(Not(A), B, C), {"a": (0.1, 0.6), "b": (0.4, 0.5), "c": (0.3, 0.45)})
    assert isinstance(found, Probability)
    least, most = (x * y + x * z + y * z - 2 * x * y * z for x, y, z in ((0.4, 0.4, 0.3), (0.9, 0.5, 0.45)))
    assert (found.lower, found.upper) == pytest.approx((least, most), rel=1e-12)
    assert (found.complement_lower, found.complement_upper) == pytest.approx((1 - most, 1 - least), rel=1e-12)


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_dropped_counts_on_either_side_of_a_product_and_of_a_sum(
    turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of twenty with one of two, or something rare: of the twenty no more than eight are kept."""
    monkeypatch.setattr("groma.solvers.faulttrees.truncation._WORK", 0)
    many, few = tuple(2 * node for node in range(1, 21)), (42, 44)
    product = (2 * 25, 2 * 24) if turned else (2 * 24, 2 * 25)
    total = (2 * 23, 2 * 26) if turned else (2 * 26, 2 * 23)
    inner = (
        (24, Gate(ANY, 1, many)),
        (25, Gate(ANY, 1, few)),
        (26, Gate(ALL, 2, product)),
        (27, Gate(ANY, 1, total)),
    )
    p = {**dict.fromkeys(range(1, 21), 0.01), 21: 0.9, 22: 0.9, 23: 0.001}
    module = Module(27, inner[-1][1], tuple(range(1, 24)), inner)
    low, high = cut_set_bounds(module, {node: (x, x) for node, x in p.items()})
    truth = 1 - (1 - 0.001) * (1 - (1 - 0.99**20) * (1 - 0.1**2))
    assert 0.0 < low <= truth <= high < 2 * truth


def test_what_most_lines_share_is_taken_for_sure_and_for_impossible_first() -> None:
    """Nine lines through one pair: given the pair they are independent, so that the upper bound is the value.

    s (1 - the product of what is left), where cut sets alone would give more.
    """
    pair = And((Event("s"), Event("t")))
    lines = Or(tuple(And((Event(f"a{i}"), pair)) for i in range(9)))
    p = dict.fromkeys(events_of(lines), 0.3)
    found = probability(lines, p, node_budget=0)
    assert isinstance(found, Refusal)
    assert found.upper == pytest.approx(0.09 * (1 - 0.7**9), rel=1e-12)
    assert found.lower is not None
    assert found.lower <= found.upper


def test_a_negation_turns_bounds_around() -> None:
    """Eleven events, so that not all are taken for sure and for impossible; what holds of one holds of the other."""
    chosen = Or((And((A, B)), And((Not(A), C))))
    others = [Or((Event(f"x{i}"), Event(f"x{(i + 1) % 8}"))) for i in range(8)]
    formula = And((chosen, Or((*[And((A, each)) for each in others], And((C, others[0]))))))
    p = {name: 0.2 + 0.05 * i for i, name in enumerate(events_of(formula))}
    plain, turned = (probability(each, p, node_budget=0) for each in (formula, Not(formula)))
    assert isinstance(plain, Refusal)
    assert isinstance(turned, Refusal)
    assert plain.lower is not None
    assert plain.upper is not None
    assert plain.lower < plain.upper
    assert (turned.lower, turned.upper) == pytest.approx((1 - plain.upper, 1 - plain.lower), rel=1e-12)
    assert plain.lower <= brute_force(formula, p) <= plain.upper


GATE = And((A, B))
INSIDE = Not(And((A, Not(Or((B, C))))))


@pytest.mark.parametrize(
    ("formula", "unate", "coherent"),
    [
        (And((A, Not(B))), True, False),
        (Not(A), True, False),
        (Not(And((Not(A), Not(B)))), True, True),
        (Not(AtLeast(2, (Not(A), Not(B), Not(C)))), True, True),
        (INSIDE, True, False),
        (Or((And((Not(B), D)), INSIDE)), False, False),
        (Or((And((A, D)), INSIDE)), False, False),
        (Or((And((GATE, C)), And((Not(GATE), D)))), False, False),
        (xor((A, B)), False, False),
        (AtLeast(3, (A, A)), True, True),
        (AtLeast(0, (A, B)), True, True),
    ],
)
def test_an_event_that_helps_by_staying_away_or_does_both_is_found(
    formula: Formula, unate: bool, coherent: bool
) -> None:
    """Whether an event stands under an odd number of negations, and whether one does both; read off by eye."""
    net = compile_net(formula)
    assert (net.unate, net.coherent) == (unate, coherent)


def test_two_groups_of_one_gate_are_two_modules_and_share_the_budget() -> None:
    """A pair of like knots, of which any is enough: 1 - (1 - p)(1 - q); together they need more nodes than one."""
    knots = [Or(tuple(And((Event(f"{line}0"), Event(f"{line}{i}"))) for i in (1, 2))) for line in ("a", "b")]
    either = Or((*knots[0].parts, *knots[1].parts))
    p = {name: 0.3 if name[0] == "a" else 0.2 for name in events_of(either)}
    found = probability(either, p)
    assert isinstance(found, Probability)
    assert found.complement == pytest.approx(prod(1 - x * (1 - (1 - x) ** 2) for x in (0.3, 0.2)), rel=1e-12)
    cuts = minimal_cut_sets(either)
    assert isinstance(cuts, CutSets)
    assert cuts.by_order() == {2: 4}
    enough = next(budget for budget in range(100) if compile_formula(knots[0], budget).exact)
    assert not compile_formula(either, enough).exact
    assert compile_formula(either, 2 * enough).exact


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 40, 127])
def test_events_that_all_have_to_occur_get_like_shares(count: int) -> None:
    """Of a product that comes from nothing each gets an n-th (Aumann & Shapley's symmetry), however small it is."""
    names = [f"e{i}" for i in range(count)]
    formula = And(tuple(Event(name) for name in names))
    found = apportioned(formula, dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.5))
    assert not isinstance(found, Refusal)
    assert list(found.values()) == pytest.approx([0.5**count / count] * count, rel=1e-9, abs=0)
    with pytest.raises(ValueError, match="e0: no probability given"):
        apportioned(formula, {}, dict.fromkeys(names, 0.5))


def test_one_of_many_decides_where_just_too_few_others_fail() -> None:
    """Birnbaum's measure of three of five: two of the other four; of two of three with unlike chances: either alone."""
    names = [f"e{i}" for i in range(5)]
    found = importances(AtLeast(3, tuple(Event(name) for name in names)), dict.fromkeys(names, 0.2))
    assert not isinstance(found, Refusal)
    assert [each.birnbaum for each in found.values()] == pytest.approx([6 * 0.2**2 * 0.8**2] * 5, rel=1e-12)
    found = importances(AtLeast(2, (A, B, C)), {"a": 0.1, "b": 0.2, "c": 0.3})
    assert not isinstance(found, Refusal)
    assert found["a"].birnbaum == pytest.approx(0.2 * 0.7 + 0.8 * 0.3, rel=1e-12)
