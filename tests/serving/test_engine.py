"""The engine's running sums against one that counts its cache anew in every iteration."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from groma.solvers.serving import Costs, Policy, Requests, poisson, simulate
from groma.solvers.serving.policy import POLICIES as POLICIES_OF_ENGINES
from serving.engine_by_hand import by_hand

PRICED = Costs(tuple(0.010 + 1e-5 * n for n in range(513)), 1e-6, 1e-6, 1e-4, 1.5)
POLICIES = [
    Policy(budget, sequences, block, reserve, mixed, chunked, False, poll)
    for budget, sequences, block, reserve, mixed, chunked, poll in (
        (128, 16, 16, "prompt", True, True, 1),
        (128, 16, 16, "prompt", False, True, 1),
        (64, 8, 8, "chunk", True, True, 3),
        (64, 64, 8, "chunk", False, True, 5),
        (256, 5, 16, "all", True, False, 1),
        (512, 32, 32, "all", False, True, 4),
        (100, 10, 7, "prompt", True, False, 2),
        (300, 20, 1, "chunk", True, False, 1),
        (33, 33, 4, "all", True, True, 1),
    )
]


POLICIES_BY_NAME = {"vllm": (8192, 1024, 16), "sglang": (8192, 1024, 16), "trtllm": (8192, 1024, 32)}
"""Tokens, requests and the block of vLLM's, SGLang's and TensorRT-LLM's manuals."""


def drawn(seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    dice = random.Random(seed)
    return tuple(dice.randint(1, 250) for _ in range(60)), tuple(dice.randint(1, 60) for _ in range(60))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("clients", "shared"), [(None, 0), (None, 64), (7, 0), (30, 40)])
@pytest.mark.parametrize("reuse", [False, True])
def test_every_iteration_is_that_of_an_engine_that_counts(
    policy: Policy, clients: int | None, shared: int, reuse: bool
) -> None:
    inputs, outputs = drawn(17)
    came = poisson(inputs, outputs, 25.0) if clients is None else Requests((), inputs, outputs)
    assert_same_as_by_hand(replace(came, shared=shared), replace(policy, reuse=reuse), 700, clients)


def assert_same_as_by_hand(
    requests: Requests, policy: Policy, capacity: int, clients: int | None = None, priced: Costs = PRICED
) -> None:
    run, counted = (
        simulate(requests, priced, policy, capacity, clients),
        by_hand(requests, priced, policy, capacity, clients),
    )
    assert run.arrivals == pytest.approx([job.arrival for job in counted.jobs])
    assert run.scheduled == pytest.approx([job.admitted for job in counted.jobs])
    assert run.first == pytest.approx([job.first for job in counted.jobs])
    assert run.last == pytest.approx([job.last for job in counted.jobs])
    assert (run.preemptions, run.iterations) == (counted.thrown_out, counted.iterations)
    assert run.busy == pytest.approx(counted.busy)
    told = [(s.second, s.running, s.waiting, s.kv_share, s.read, s.written) for s in run.states]
    assert [(*t[:3], *t[4:]) for t in told] == [(*t[:3], *t[4:]) for t in counted.seconds]
    assert [t[3] for t in told] == pytest.approx([t[3] for t in counted.seconds])


def test_states_are_those_at_the_end_of_each_second() -> None:
    """Iterations of a second or two, also while the first prompt is read in parts."""
    for seconds in (1.0, 2.0):
        steady = Costs((seconds,) * 65, 0.0, 0.0, 0.0)
        requests = Requests((0.0, 0.0, 2.5), (200, 30, 90), (3, 7, 2))
        assert_same_as_by_hand(requests, Policy(64, 8, reuse=False), 500, None, steady)


def test_who_comes_while_others_wait_is_not_seen_when_nobody_runs() -> None:
    """Two that don't fit together, and a small one: seen a thousand steps later, or after a prompt."""
    requests = Requests((0.0, 0.0, 0.1), (300, 300, 20), (50, 5, 5))
    assert_same_as_by_hand(requests, Policy(512, 8, reuse=False, poll=1000), 400)


@pytest.mark.parametrize(
    ("capacity", "first", "found"),
    [(96, 20, 32), (96, 40, 16), (112, 20, 48), (112, 40, 32), (96, 64, 0)],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_blocks_that_nobody_took_are_found_again(
    capacity: int, first: int, found: int, chunked: bool
) -> None:
    """Two requests of 32 tokens hold three blocks each after 16 steps, and one more is due for both. The second is
    thrown out, its last block first, behind those that are free; the first then takes one, and a second after 32
    steps. What the second reads again, of the 49 tokens it had and is to read, is what was taken of it."""
    requests = Requests((0.0, 0.0), (32, 32), (first, 40))
    policy = Policy(256, 8, reserve="chunk", chunked=chunked)
    again, anew = (simulate(requests, PRICED, replace(policy, reuse=r), capacity) for r in (True, False))
    assert again.preemptions == anew.preemptions == 1
    saved = PRICED.of(0, 0.0, 49, 49 * 24.5) - PRICED.of(
        0, 0.0, 49 - found, (49 - found) * (found + (49 - found) / 2)
    )
    assert anew.last[1] - again.last[1] == pytest.approx(saved)


def test_a_clock_begins_with_the_first_arrival() -> None:
    for start in (-5.0, 3.0):
        run = simulate(Requests((start, start), (10, 10), (2, 2)), PRICED, Policy(256, 8), 400)
        assert run.scheduled == (start, start) and not run.states


def test_engines_as_their_manuals_say() -> None:
    assert {n: (p.budget, p.sequences, p.block) for n, p in POLICIES_OF_ENGINES.items()} == POLICIES_BY_NAME
    assert [n for n, p in POLICIES_OF_ENGINES.items() if not p.mixed] == ["sglang"]
    former = Policy()  # vLLM before its version 1: 2048 tokens in chunks, 256 requests
    assert (former.budget, former.sequences, former.block, former.poll) == (2048, 256, 16, 1)
    assert former.mixed and former.chunked and former.reuse and former.reserve == "prompt"
    assert [n for n, p in POLICIES_OF_ENGINES.items() if p.reserve == "all"] == ["trtllm"]
