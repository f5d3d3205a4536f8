"""The engine's running sums against one that counts its cache anew in every iteration."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from groma.solvers.serving import Costs, Policy, Requests, poisson, simulate
from serving.engine_by_hand import by_hand

PRICED = Costs(tuple(0.010 + 1e-5 * n for n in range(513)), 1e-6, 1e-8, 1e-4, 1.5)
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


def drawn(seed: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    dice = random.Random(seed)
    return tuple(dice.randint(1, 250) for _ in range(60)), tuple(dice.randint(1, 60) for _ in range(60))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("clients", "shared"), [(None, 0), (None, 64), (7, 0), (30, 40)])
def test_every_iteration_is_that_of_an_engine_that_counts(
    policy: Policy, clients: int | None, shared: int
) -> None:
    inputs, outputs = drawn(17)
    came = poisson(inputs, outputs, 25.0) if clients is None else Requests((), inputs, outputs)
    requests, capacity = replace(came, shared=shared), 700
    run, counted = (
        simulate(requests, PRICED, policy, capacity, clients),
        by_hand(requests, PRICED, policy, capacity, clients),
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
