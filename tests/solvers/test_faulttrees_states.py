"""Small formulas against their truth tables: every answer counted state by state, without any of the solver."""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random

import pytest

from groma.solvers.faulttrees import (
    Compiled,
    CutSets,
    Formula,
    Probability,
    Refusal,
    apportioned,
    brute_force,
    brute_force_cut_sets,
    compile_formula,
    events_of,
    importances,
    minimal_cut_sets,
    probability,
    structure,
)
from solvers.truth_tables import NAMES, Known, chances, drawn, event, gate, negated

PLAIN = [drawn(seed, negations=False) for seed in range(70)]
MIXED = PLAIN[:20] + [drawn(seed, negations=True) for seed in range(70)]
BATCHES = range(10)
"""Of formulas, told apart so that a wrong answer shows soon."""


def _of(known: list[Known], batch: int) -> list[tuple[int, Known]]:
    """Every tenth, with its number."""
    return list(enumerate(known))[batch :: len(BATCHES)]


def _exact(formula: Formula | Compiled, p: dict[str, float]) -> Probability:
    found = probability(formula, p)
    assert isinstance(found, Probability)
    return found


@pytest.mark.parametrize("batch", BATCHES)
def test_the_chance_is_that_of_the_states_in_which_it_is_true(batch: int) -> None:
    for seed, known in _of(MIXED, batch):
        p = chances(seed)
        found = _exact(known.formula, p)
        assert found.value == pytest.approx(known.chance(p), rel=1e-11, abs=0)
        assert found.complement == pytest.approx(negated(known).chance(p), rel=1e-11, abs=0)
        assert _exact(compile_formula(known.formula), p) == found
        assert brute_force(known.formula, p) == pytest.approx(known.chance(p), rel=1e-11, abs=0)


@pytest.mark.parametrize("batch", BATCHES)
def test_an_interval_reaches_from_the_least_to_the_greatest_corner(batch: int) -> None:
    """Where no event occurs both plain and negated; elsewhere it holds all corners. Some are known to a point."""
    for seed, known in _of(MIXED, batch):
        draw = Random(seed)
        ends = {
            name: tuple(sorted(draw.choices([0.0, 0.01, 0.2, 0.7, 1.0], k=2)))
            if draw.random() < 0.6
            else (0.4, 0.4)
            for name in NAMES
        }
        found = probability(known.formula, ends)
        assert isinstance(found, Probability)
        corners = [known.chance(dict(zip(NAMES, at, strict=True))) for at in product(*ends.values())]
        told = (found.lower, found.upper)
        assert found.lower <= min(corners) + 1e-12
        assert max(corners) - 1e-12 <= found.upper
        assert (1 - found.complement_upper, 1 - found.complement_lower) == pytest.approx(told, abs=1e-12)
        if compile_formula(known.formula).net.unate:
            assert told == pytest.approx((min(corners), max(corners)), abs=1e-12)


@pytest.mark.parametrize("batch", BATCHES)
def test_without_a_diagram_there_are_bounds_that_hold(batch: int) -> None:
    refused = 0
    for seed, known in _of(MIXED, batch):
        p = chances(seed)
        found = probability(known.formula, p, node_budget=0)
        truth = known.chance(p)
        if isinstance(found, Refusal):
            assert found.lower is not None
            assert found.upper is not None
            assert found.lower - 1e-12 <= truth <= found.upper + 1e-12
            refused += 1
        else:
            assert found.value == pytest.approx(truth, rel=1e-11, abs=0)
    assert refused


@pytest.mark.parametrize("batch", BATCHES)
def test_cut_sets_are_the_smallest_states_in_which_it_is_true(batch: int) -> None:
    """All of them, counted by size; and the first few in the order asked for, each with its product."""
    for seed, known in _of(PLAIN, batch):
        p = chances(seed)
        found = minimal_cut_sets(compile_formula(known.formula) if seed % 2 else known.formula)
        assert isinstance(found, CutSets)
        expected = known.cut_sets()
        orders = [len(cut) for cut in expected]
        assert brute_force_cut_sets(known.formula) == {frozenset(cut) for cut in expected}
        assert found.count() == len(expected)
        assert list(found.by_order().items()) == [(k, orders.count(k)) for k in sorted({*orders})]
        by_order = sorted((len(cut), cut) for cut in expected)
        every = found.first(len(expected) + 1)
        assert [(len(cut.events), cut.events) for cut in every] == by_order
        assert {cut.probability for cut in every} <= {None}
        likely = sorted((-prod(p[name] for name in cut), cut) for cut in expected)
        found_likely = found.first(len(expected) + 1, "probability", p)
        assert sorted(cut.events for cut in found_likely) == sorted(expected)
        for n in (1, 2, 3):
            told = [cut.probability for cut in found.first(n, "probability", p)]
            assert told == pytest.approx([-rank for rank, _ in likely[:n]], rel=1e-12, abs=0)
            few = found.first(n, "order", p)
            assert [len(cut.events) for cut in few] == [k for k, _ in by_order[:n]]
            for cut in few:
                assert cut.events in expected
                assert cut.probability == pytest.approx(
                    prod(p[name] for name in cut.events), rel=1e-12, abs=0
                )


@pytest.mark.parametrize("batch", BATCHES)
def test_importances_are_what_certain_and_impossible_events_leave(batch: int) -> None:
    """Birnbaum's difference, and the ratios to the chance of the whole as PSA practice defines them."""
    for seed, known in _of(MIXED, batch):
        draw = Random(seed)
        p = {name: draw.choice([1e-6, 0.01, 0.3, 0.6]) for name in NAMES}
        found = importances(compile_formula(known.formula) if seed % 2 else known.formula, p)
        assert not isinstance(found, Refusal)
        assert list(found) == sorted(found)
        top = known.chance(p)
        moves = {name: (known.chance({**p, name: 1.0}), known.chance({**p, name: 0.0})) for name in found}
        whole = sum(p[name] * (certain - never) for name, (certain, never) in moves.items())
        for name, (certain, never) in moves.items():
            told = found[name]
            assert told.birnbaum == pytest.approx(certain - never, rel=1e-9, abs=1e-15)
            if not top:
                assert told.fussell_vesely is told.risk_achievement is told.risk_reduction is None
                assert told.diagnostic is None
                continue
            assert told.fussell_vesely == pytest.approx(1 - never / top, abs=1e-9)
            assert told.risk_achievement == pytest.approx(certain / top, rel=1e-9, abs=1e-12)
            assert told.risk_reduction == pytest.approx(top / never if never else float("inf"), rel=1e-8)
            assert told.diagnostic == pytest.approx(p[name] * certain / top, rel=1e-9, abs=1e-12)
            if abs(whole) > 1e-9:
                share = p[name] * (certain - never) / whole
                assert told.differential == pytest.approx(share, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("batch", BATCHES)
def test_what_is_given_out_is_all_of_the_difference(batch: int) -> None:
    """And to each event its slope's mean along the straight way, by Simpson's rule: exact up to the third degree."""
    for seed, known in _of(MIXED, batch):
        start, end = chances(seed), chances(seed + 1000)
        start = {name: end[name] if i % 2 else start[name] for i, name in enumerate(NAMES)}
        found = apportioned(compile_formula(known.formula) if seed % 2 else known.formula, start, end)
        assert not isinstance(found, Refusal)
        assert list(found) == sorted(found)
        assert sum(found.values()) == pytest.approx(known.chance(end) - known.chance(start), abs=1e-13)
        for name in found:
            way = [{n: start[n] + t * (end[n] - start[n]) for n in NAMES} for t in (0.0, 0.5, 1.0)]
            slopes = [known.chance({**at, name: 1.0}) - known.chance({**at, name: 0.0}) for at in way]
            mean = (slopes[0] + 4 * slopes[1] + slopes[2]) / 6
            assert found[name] == pytest.approx(mean * (end[name] - start[name]), abs=1e-13)


@pytest.mark.parametrize("batch", BATCHES)
def test_the_failure_formula_fails_where_the_success_formula_does_not_hold(batch: int) -> None:
    for seed, known in _of(MIXED, batch):
        up = chances(seed)
        down = structure(known.formula)
        assert events_of(down) == events_of(known.formula)
        found = _exact(down, {name: 1.0 - p for name, p in up.items()})
        assert found.value == pytest.approx(negated(known).chance(up), rel=1e-6, abs=1e-15)


def test_the_slope_of_a_rare_difference_keeps_its_digits() -> None:
    """Of one of two lines, but not both, through a rare part: c (1 - 2 b) by a, a + b - 2 a b by c."""
    a, b, c = (event(name) for name in "abc")
    one, other = gate("all", 0, [a, c]), gate("all", 0, [b, c])
    known = gate("any", 0, [gate("all", 0, [one, negated(other)]), gate("all", 0, [negated(one), other])])
    for rare in (1e-6, 1e-20):
        found = importances(known.formula, {"a": 0.3, "b": 0.2, "c": rare})
        assert not isinstance(found, Refusal)
        assert found["a"].birnbaum == pytest.approx(rare * 0.6, rel=1e-12, abs=0)
        assert found["c"].birnbaum == pytest.approx(0.38, rel=1e-12, abs=0)
        assert found["a"].risk_achievement == pytest.approx(0.8 / 0.38, rel=1e-12)
        assert found["a"].risk_reduction == pytest.approx(0.38 / 0.2, rel=1e-12)
