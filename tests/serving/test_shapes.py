"""What is refused and what just isn't; rates, room in memory, and figures of timelines by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from groma.solvers.serving import (
    FORMATS,
    Accelerator,
    Costs,
    Layout,
    Policy,
    Requests,
    ServingError,
    Shape,
    Targets,
    Timeline,
    fewest,
    grouped_reach,
    kv_capacity,
    poisson,
    simulate,
)
from groma.solvers.serving.timeline import percentile

SHAPE = Shape("s", 1, 1, 1, 1, 1, 1, 10.0, 10.0)
CARD = Accelerator("card", 1000.0, 1e12, (("bf16", 3.0), ("fp8", 5.0)), 1e9, reserved=100.0)
FLAT = Costs((1.0,) * 131073, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ["layers", "hidden", "heads", "head_dim", "kv_elements", "params"])
@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_sizes_are_finite_and_above_zero(name: str, value: float) -> None:
    with pytest.raises(ServingError, match="positive sizes"):
        replace(SHAPE, **{name: value})


@pytest.mark.parametrize(
    ("refused", "allowed"),
    [
        (lambda: replace(SHAPE, params_active=0.0), lambda: replace(SHAPE, params_active=1e-9)),
        (lambda: replace(SHAPE, params_active=10.1), lambda: replace(SHAPE, params_active=10.0)),
        (lambda: replace(SHAPE, expert_params=10.0), lambda: replace(SHAPE, expert_params=9.9)),
        (lambda: replace(SHAPE, expert_params=-0.1), lambda: replace(SHAPE, expert_params=0.0)),
        (lambda: Policy(sequences=0), lambda: Policy(sequences=1)),
        (lambda: Policy(7, 8), lambda: Policy(8, 8)),
        (lambda: Policy(131073), lambda: Policy(131072)),
        (lambda: Policy(block=0), lambda: Policy(block=1)),
        (lambda: Policy(block=1025), lambda: Policy(block=1024)),
        (lambda: Policy(poll=0), lambda: Policy(poll=1)),
        (lambda: Policy(poll=1001), lambda: Policy(poll=1000)),
        (lambda: Policy(reserve="none"), lambda: Policy(reserve="all")),
        (lambda: Requests((), (), ()), lambda: Requests((), (1,), (1,))),
        (lambda: Requests((), (1, 1), (1,)), lambda: Requests((), (1, 1), (1, 1))),
        (lambda: Requests((1.0,), (1, 1), (1, 1)), lambda: Requests((1.0, 1.0), (1, 1), (1, 1))),
        (lambda: Requests((1.0, 0.9), (1, 1), (1, 1)), lambda: Requests((0.9, 1.0), (1, 1), (1, 1))),
        (lambda: Requests((), (0,), (1,)), lambda: Requests((), (1,), (1,), 0)),
        (lambda: Requests((), (1,), (0,)), lambda: Requests((), (2,), (2,), 1)),
        (lambda: Requests((), (1,), (1,), -1), lambda: Requests((), (1,), (1,))),
        (lambda: Requests((), (1,) * 1000001, (1,) * 1000001), lambda: Requests((), (1,) * 1000000, (1,) * 1000000)),
        (lambda: Requests((), (10**8,), (10**8 + 1,)), lambda: Requests((), (10**8,), (10**8,))),
        (Targets, lambda: Targets(ttft=1.0)),
        (lambda: Targets(tpot=0.0), lambda: Targets(tpot=1e-9)),
        (lambda: Targets(ttft=math.inf), lambda: Targets(ttft=1e9, tpot=1.0)),
        (lambda: Targets(1.0, share=1.0), lambda: Targets(1.0, share=0.999)),
        (lambda: Targets(1.0, share=0.0), lambda: Targets(1.0, share=0.001)),
        (lambda: poisson((1,), (1,), 0.0), lambda: poisson((1,), (1,), 1e-9)),
        (lambda: poisson((1,), (1,), math.inf), lambda: poisson((1,), (1,), 1e9)),
        (lambda: kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=0.0),
         lambda: kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=0.2)),
        (lambda: kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=1.01),
         lambda: kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=1.0)),
        (lambda: simulate(Requests((), (1,), (1,)), FLAT, Policy(), 99),
         lambda: simulate(Requests((), (1,), (1,)), FLAT, Policy(), 99, 1)),
        (lambda: simulate(Requests((0.0,), (1,), (1,)), FLAT, Policy(), 99, 1),
         lambda: simulate(Requests((0.0,), (1,), (1,)), FLAT, Policy(), 99)),
        (lambda: simulate(Requests((), (1,), (1,)), FLAT, Policy(), 99, 0),
         lambda: simulate(Requests((), (1,), (1,)), FLAT, Policy(), 99, 2)),
        (lambda: simulate(Requests((0.0,), (20,), (13,)), FLAT, Policy(), 47),
         lambda: simulate(Requests((0.0,), (20,), (12,)), FLAT, Policy(), 47)),
        (lambda: simulate(Requests((0.0, 0.0), (20, 5), (13, 1)), FLAT, Policy(), 47),
         lambda: simulate(Requests((0.0, 0.0), (20, 5), (12, 1)), FLAT, Policy(), 47)),
        (lambda: simulate(Requests((0.0,), (40,), (8,), 16), FLAT, Policy(), 63),
         lambda: simulate(Requests((0.0,), (40,), (8,), 15), FLAT, Policy(), 63)),
        (lambda: simulate(Requests((0.0,), (1,), (1,)), Costs((1.0,) * 9, 0, 0, 0), Policy(9, 1), 99),
         lambda: simulate(Requests((0.0,), (1,), (1,)), Costs((1.0,) * 10, 0, 0, 0), Policy(9, 1), 99)),
    ],
)  # fmt: skip
def test_what_is_refused_and_what_just_is_not(
    refused: Callable[[], object], allowed: Callable[[], object]
) -> None:
    with pytest.raises(ServingError):
        refused()
    allowed()


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(ServingError, match="at least one request in flight"):
        simulate(Requests((), (1,), (1,)), FLAT, Policy(), 99, 0)
    with pytest.raises(ServingError, match="share of memory must lie above 0"):
        kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=0.0)
    for inputs, outputs in (((1, 0), (1, 1)), ((1, 1), (1, 0))):
        with pytest.raises(ServingError, match="at least one token in and one out"):
            Requests((), inputs, outputs)


def test_a_format_computes_at_the_rate_of_the_next_wider_that_is_there() -> None:
    assert [CARD.rate(name) for name in ("fp4", "fp8", "bf16")] == [5.0, 5.0, 3.0]
    narrow = replace(CARD, flops=(("fp4", 7.0),))
    assert narrow.rate("fp4") == 7.0
    with pytest.raises(ServingError, match="no rate of fp8"):
        narrow.rate("fp8")


def test_room_in_memory_by_hand() -> None:
    """Of 1000 bytes a share is given, 100 are reserved, the weights take 10 (in four parts 2.5); a token two."""
    assert kv_capacity(SHAPE, CARD, FORMATS["fp8"]) == 395
    assert kv_capacity(SHAPE, CARD, FORMATS["fp8"], share=0.5) == 195
    assert kv_capacity(SHAPE, CARD, FORMATS["fp8"], Layout(2, 2)) == 2 * math.floor(795 / 2)
    assert Layout(2, 3).accelerators == 6
    assert kv_capacity(SHAPE, Accelerator("card", 1000.0, 1.0, (), 1.0), FORMATS["fp8"]) == 445
    large = replace(SHAPE, params=3 * 2.0**30, params_active=1.0)
    with pytest.raises(ServingError, match=r"takes 3.0 GiB of each card, which has 0.0 GiB"):
        kv_capacity(large, CARD, FORMATS["fp8"])
    full = replace(SHAPE, params=799.0, params_active=799.0)
    with pytest.raises(ServingError, match=r"card.*\(1 of them\): no number up to 64 would do"):
        kv_capacity(full, CARD, FORMATS["fp8"])  # a byte is left
    assert kv_capacity(replace(full, params=798.0, params_active=798.0), CARD, FORMATS["fp8"]) == 1


def test_the_fewest_accelerators_hold_the_weights_and_8192_tokens() -> None:
    """A token of one or three bytes, whole on each; 2 ** 20 weights in n parts beside 8192 of them just fit."""
    shape = replace(SHAPE, params=2.0**20, params_active=1.0, kv_elements=0.5)
    large = replace(CARD, memory=2.0 * (2**20 + 3 * 8192 + 100))
    assert fewest(replace(shape, kv_elements=1.5), large, FORMATS["fp8"], 0.5) == 1
    assert (
        fewest(replace(shape, kv_elements=1.5), replace(large, memory=large.memory - 2), FORMATS["fp8"], 0.5)
        == 2
    )
    for parts in (1, 2, 4, 8, 16, 32, 64):
        card = replace(CARD, memory=2 * (2**20 / parts + 8192 + 100), reserved=100.0)
        assert fewest(shape, card, FORMATS["fp8"], 0.5) == parts
        less = replace(card, memory=card.memory - 2)
        assert fewest(shape, less, FORMATS["fp8"], 0.5) == (2 * parts if parts < 64 else 0)
    assert fewest(replace(shape, params=1e9), replace(CARD, memory=1e6), FORMATS["fp8"]) == 0


def test_figures_of_a_timeline_by_hand() -> None:
    run = Timeline((1.0, 2.0), (1.5, 4.0), (2.0, 5.0), (6.0, 5.0), (3, 1), 0, 0, 0.0, ())
    assert (run.ttft, run.tpot, run.latency, run.queueing) == ((1.0, 3.0), (2.0,), (5.0, 3.0), (0.5, 2.0))
    assert run.throughput == pytest.approx(4 / 5)
    assert run.throughput == replace(run, arrivals=(2.0, 1.0), last=(5.0, 6.0)).throughput


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.25, 1), (0.26, 2), (0.75, 3), (0.76, 4), (1.0, 4)]
)
def test_a_percentile_is_the_smallest_that_a_share_does_not_exceed(share: float, expected: int) -> None:
    assert percentile([3, 1, 4, 2], share) == expected
    assert percentile(range(1, 11), 3 * 0.1) == 3  # a computer's number a little above three tenths


def test_the_reach_of_groups_by_hand() -> None:
    """Nine groups and one more outside: of nine tenths none is left to lie beyond the largest miss but that one."""
    groups = [[float(i)] for i in range(-9, 0)]
    assert grouped_reach(groups, 0.9) == 9.0
    assert grouped_reach(groups, 0.8) == 8.0
    assert grouped_reach(groups[:8], 0.9) == math.inf
    several = [[0.0, -6.0], [1.0, 2.0, 3.0, 4.0], [5.0]]  # from the largest: 1/2, 1, 1/4, 1/4, 1/4 and so on
    assert [grouped_reach(several, share) for share in (0.7, 0.5, 0.3, 0.25)] == [6.0, 5.0, 3.0, 2.0]
    assert grouped_reach([[1.0], [2.0]], 0.0) == 0.0
    tenths = [[9.0] + [0.0] * 9, *([0.5] for _ in range(9))]
    assert grouped_reach(tenths, 0.9) == 0.5  # a tenth may lie beyond, and a tenth does
