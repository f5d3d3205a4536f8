"""LMDI against its published properties (Ang 2005) and a numeric integral of the Divisia index."""

from __future__ import annotations

import math
import random

import pytest

from groma.solvers.decomposition import effects, log_mean


@pytest.mark.parametrize("seed", range(20))
def test_effects_sum_to_the_change_and_turn_around_in_time(seed: int) -> None:
    draw = random.Random(seed)
    rows = [[[draw.uniform(0.01, 100) for _ in range(4)] for _ in range(5)] for _ in range(2)]
    found = effects(rows[0], rows[1])
    change = sum(map(math.prod, rows[1])) - sum(map(math.prod, rows[0]))
    assert math.isclose(sum(found), change, rel_tol=1e-9, abs_tol=1e-6)
    assert effects(rows[1], rows[0]) == pytest.approx([-x for x in found])


def test_one_factor_alone_carries_all() -> None:
    assert effects([[2.0, 3.0], [5.0, 7.0]], [[4.0, 3.0], [5.0, 7.0]]) == pytest.approx((6.0, 0.0))


@pytest.mark.parametrize("seed", range(5))
def test_of_one_product_it_is_the_integral_along_exponential_paths(seed: int) -> None:
    """The Divisia integral of C dln(x_k), every factor growing at a constant rate, by the midpoint rule."""
    draw = random.Random(seed)
    old, new = ([draw.uniform(0.5, 9) for _ in range(3)] for _ in range(2))
    steps = 20_000
    for k, effect in enumerate(effects([old], [new])):
        total = 0.0
        for n in range(steps):
            at = (n + 0.5) / steps
            total += math.prod(a * (b / a) ** at for a, b in zip(old, new, strict=True)) / steps
        assert math.isclose(effect, total * math.log(new[k] / old[k]), rel_tol=1e-6)


def test_what_appears_is_carried_by_the_factor_that_was_nothing() -> None:
    """The limit of Ang and Liu (2007): the same with a very small number instead of nothing."""
    found = effects([[10.0, 0.0, 4.0]], [[20.0, 0.5, 6.0]])
    assert found == (0.0, 60.0, 0.0)
    near = effects([[10.0, 1e-300, 4.0]], [[20.0, 0.5, 6.0]])
    assert near == pytest.approx(found, abs=0.2)
    assert effects([[20.0, 0.5, 6.0]], [[10.0, 0.0, 4.0]]) == (0.0, -60.0, 0.0)


def test_several_that_were_nothing_share_alike_and_what_stays_nothing_carries_nothing() -> None:
    """Two factors that come from the same very small number have the same logarithm: half each in the limit."""
    assert effects([[0.0, 0.0, 4.0]], [[2.0, 0.5, 6.0]]) == (3.0, 3.0, 0.0)
    near = effects([[2e-140, 5e-141, 4.0]], [[2.0, 0.5, 6.0]])
    assert near == pytest.approx((3.0, 3.0, 0.0), abs=0.02)
    assert effects([[0.0, 3.0]], [[0.0, 5.0]]) == (0.0, 0.0)
    assert effects([[0.0, 3.0], [2.0, 3.0]], [[0.0, 5.0], [2.0, 4.0]]) == pytest.approx((0.0, 2.0))


def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic() -> None:
    for one, other in ((1.0, 2.0), (3.0, 3.0000001), (1e-9, 1e9), (5.0, 5.0)):
        assert math.sqrt(one * other) * (1 - 1e-9) <= log_mean(one, other) <= (one + other) / 2 * (1 + 1e-9)
    assert log_mean(0.0, 4.0) == log_mean(4.0, 0.0) == 0.0


@pytest.mark.parametrize(
    "rows", [([], []), ([[1.0]], [[1.0, 2.0]]), ([[-1.0]], [[1.0]]), ([[math.inf]], [[1.0]])]
)
def test_what_is_no_product_is_refused(rows: tuple[list[list[float]], list[list[float]]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        effects(*rows)
