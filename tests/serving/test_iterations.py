"""The parts of an iteration worked out by hand, on a model and an accelerator with round numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groma.solvers.serving import (
    FORMATS,
    Accelerator,
    Coefficients,
    Costs,
    Layout,
    Shape,
    costs,
    kv_bytes,
    weight_bytes,
)
from groma.solvers.serving.iteration import BASE, cache_marks, covered, ideal, marks, of_tokens

MIXED = Shape("m", 3, 1000, 4, 50, 2, 600, 10e9, 5e9, experts=8, experts_active=2, expert_params=8e9)
CARD = Accelerator("card", 80e9, 1e12, (("bf16", 1e14), ("fp8", 2e14)), 1e10)
FOUR = Layout(2, 2)
ZERO = dict.fromkeys(BASE, 0.0)

DENSE = replace(MIXED, params=2e9, params_active=2e9, experts=0, experts_active=0, expert_params=0.0)


@pytest.mark.parametrize(
    ("shape", "form", "layout", "expected"),
    [
        # Two billion weights of a byte in two parts at 10^12 bytes a second, eight billion of experts in four;
        # 5 - 8 / 4 billion active outside of the experts; 2 * 3 all-reduces of 2000 bytes, sent twice less a quarter,
        # over half of the requests, in two hops each; 600 numbers of two bytes in two parts, for half of the requests.
        (MIXED, "fp8", FOUR, (1e-3, 2e-3, 0.25, 7.5e-6, 5e-6, 9e-7, 12, 3, 3, 0, 3e-10, 6e-12, 2, 0)),
        # Four bits in experts alone (0.5625 bytes): sixteen outside of them, computed as such; no rate of four bits.
        (MIXED, "fp4", FOUR, (2e-3, 1.125e-3, 0.25, 1.5e-5, 5e-6, 9e-7, 12, 3, 3, 0, 3e-10, 6e-12, 2, 0)),
        (DENSE, "fp4", Layout(), (1.125e-3, 0, 0, 2e-5, 0, 0, 0, 3, 0, 0, 1.2e-9, 2.4e-11, 1, 0)),
        (DENSE, "bf16", Layout(4), (1e-3, 0, 0, 1e-5, 0, 1.8e-6, 12, 3, 0, 0, 6e-10, 6e-12, 1, 0)),
        # One latent vector, whole on each of four; experts apart.
        (replace(MIXED, latent=True), "fp8", Layout(4, 1, apart=True),
         (5e-4, 2e-3, 0.25, 7.5e-6, 5e-6, 1.8e-6, 12, 3, 3, 3, 1.2e-9, 6e-12, 1, 1)),
    ],
)  # fmt: skip
def test_ideal_times_by_hand(shape: Shape, form: str, layout: Layout, expected: tuple[float, ...]) -> None:
    found = ideal([(shape, CARD, FORMATS[form], layout)] * 2)
    assert [float(getattr(found, name)[1]) for name in found.__slots__] == pytest.approx(expected)
    row = found.at(np.array([1]))
    assert [len(getattr(row, name)) for name in row.__slots__] == [1] * 14


TOUCHED = 1 - 0.75**8
"""Of eight experts, of which each of eight tokens takes two."""


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({"weights": 3.0}, 3e-3), ({"matrices": 3.0}, 8 * 22.5e-6), ({"link": 2.0}, 8 * 18e-7),
        ({"hop": 2.0}, 2 * 12 * 5), ({"layer": 2.0}, 2 * 3 * 5), ({"expert_layer": 2.0}, 2 * 3 * 5),
        ({"latent_layer": 2.0}, 2 * 3 * 5), ({"step": 2.0}, 2 * 5), ({"experts": 2.0}, 0.0),
        ({"experts": 2.0, "reach": 1.0, "apart": 1.0}, 4e-3 * TOUCHED),
        ({"experts": 2.0, "reach": 0.5, "apart": 1.5}, 6e-3 * (1 - 0.75**4)),
        ({"mixtures": 2.0, "apart": 1.5}, 1.5 * 8 * 1e-5),
        ({"weights": 3.0, "matrices": 2000.0 / 3}, 5e-2 * np.hypot(0.06, 0.8)),
        ({"experts": 2.0, "reach": 1.0, "apart": 2.0, "mixtures": 100.0},
         2 * np.hypot(4e-3 * TOUCHED, 4e-3)),
        ({"step": 1.0, "layer": 2.0, "link": 2.0}, 5 * 7 + 8 * 18e-7),
    ],
)  # fmt: skip
def test_each_coefficient_is_a_factor_on_its_own_part(base: dict[str, float], expected: float) -> None:
    """Of eight tokens, with five times the fixed costs."""
    shape = replace(MIXED, latent=True)
    found = replace(ideal([(shape, CARD, FORMATS["fp8"], FOUR)]), apart=np.array([1.0]))
    took = of_tokens(found, ZERO | base, np.array([8.0]), 5.0)
    assert took[0] == pytest.approx(expected, rel=1e-9, abs=1e-18)


def test_experts_that_all_take_are_all_touched() -> None:
    with np.errstate(all="raise"):
        assert covered(1.0, np.array([1.0, 9.0])) == pytest.approx([1.0, 1.0])


def test_marks_of_a_system() -> None:
    form, card = FORMATS["fp8"], replace(CARD, family="sm9")
    assert marks(MIXED, CARD, form, "e") == ("e", "fp8", "card", "mixture", "e@card", "fp8@mixture")
    assert marks(replace(MIXED, latent=True), card, form, "e") == (
        "e", "fp8", "sm9", "latent-mixture", "e@sm9", "fp8@mixture",
    )  # fmt: skip
    assert marks(DENSE, card, form, "e")[3:] == ("dense", "e@sm9", "fp8@dense")
    assert cache_marks(MIXED, CARD, "e") == ("e", "card", "heads")
    assert cache_marks(replace(MIXED, latent=True), card, "e") == ("e", "sm9", "latent")


def test_costs_take_the_factors_of_their_marks() -> None:
    factors = {
        "step/e": 2.0, "step/fp8@mixture": 1.5, "fixed/fp8": 3.0, "prompt/mixture": 5.0, "cache/card": 7.0,
        "start/e": 11.0, "lag/e": 13.0, "step/other": 99.0, "start/fp8": 99.0,
    }  # fmt: skip
    base = ZERO | {
        "step": 1.0, "weights": 1.0, "cache": 2.0, "attention": 4.0, "sequence": 6.0, "skew": 3.0, "start": 8.0,
        "start_token": 10.0, "lag": 0.5,
    }  # fmt: skip
    found = costs(MIXED, CARD, FORMATS["fp8"], FOUR, "e", Coefficients(base, factors), 4)
    assert found.tokens == pytest.approx([3 * (1e-3 + 3)] * 5)
    assert found.cached == pytest.approx(3e-10 * 2 * 7 * 3) and found.pair == pytest.approx(6e-12 * 4 * 3)
    assert (found.sequence, found.prompt) == pytest.approx((6 * 3 * 3, 5 * 2**3))
    assert (found.start, found.start_token, found.lag) == pytest.approx((88, 110, 6.5))
    touching = costs(MIXED, CARD, FORMATS["fp8"], FOUR, "e", Coefficients(ZERO | {"mixtures": 1.0}), 3)
    assert touching.tokens == pytest.approx([5e-6, 5e-6, 1e-5, 1.5e-5])  # an iteration has at least one token
    assert Coefficients().factor("step", "e") == 1.0 and Coefficients().base == BASE


def test_an_iteration_adds_up() -> None:
    """Seconds of 1, 2, 4 and 8 for none to three tokens; a cached token 0.5, a pair 0.25, a sequence 16."""
    priced = Costs((1.0, 2.0, 4.0, 8.0), 0.5, 0.25, 16.0, 3.0)
    assert priced.of(1, 10.0, 0, 0.0) == 2 + 5 + 16
    assert priced.of(0, 0.0, 2, 8.0) == 1 + (4 - 1 + 2) * 3
    assert priced.of(1, 10.0, 2, 8.0) == 2 + 5 + 16 + (8 - 2 + 2) * 3


def test_what_is_stored_by_hand() -> None:
    """Heads are split among as many as there are; experts among all; the rest among those of a group."""
    assert [kv_bytes(MIXED, FORMATS["bf16"], Layout(n)) for n in (1, 2, 4)] == [1200, 600, 600]
    assert kv_bytes(replace(MIXED, latent=True), FORMATS["bf16"], Layout(4)) == 1200
    assert weight_bytes(MIXED, FORMATS["fp8"], FOUR) == 1e9 + 2e9
    assert weight_bytes(MIXED, FORMATS["int4"], Layout(1, 2)) == 4e9 + 8e9 * 0.5625 / 2
    assert weight_bytes(DENSE, FORMATS["int4"]) == 2e9 * 0.5625
    assert [FORMATS[f].weight_bytes for f in ("bf16", "fp8", "fp4")] == [2.0, 1.0, 0.5625]
    assert [(f.kv_bytes, f.computes_in) for f in FORMATS.values()] == [
        (2.0, "bf16"), (2.0, "fp8"), (2.0, "fp4"), (2.0, "bf16"),
    ]  # fmt: skip
