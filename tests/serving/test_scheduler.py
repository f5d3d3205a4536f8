"""The scheduler against closed forms and laws that hold for any engine."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groma.importers.serving_requests import read_requests
from groma.solvers.serving import (
    FORMATS,
    Accelerator,
    Coefficients,
    Costs,
    Layout,
    Load,
    Policy,
    Requests,
    ServingError,
    Shape,
    Targets,
    at_rate,
    calibrate_on,
    closeness,
    costs,
    fewest,
    grouped_reach,
    kv_capacity,
    largest_rate,
    poisson,
    schedule,
    simulate,
    sizing,
    weight_bytes,
)
from groma.solvers.serving.iteration import BASE, ideal, of_tokens

CASE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "serving"
LLAMA = Shape("llama-8b", 32, 4096, 32, 128, 8, 65536, 8.03e9, 8.03e9)
CARD = Accelerator("card", 24 * 2**30, 1e12, (("bf16", 165e12),), 32e9)
PLAIN = Costs(tuple(0.010 + 1e-5 * n for n in range(2049)), 1e-8, 1e-9, 1e-5)


def test_a_request_alone_is_its_prompt_and_a_step_for_each_further_token() -> None:
    run = simulate(Requests((0.0,), (100,), (50,)), PLAIN, Policy(), 4096)
    prompt = PLAIN.of(0, 0.0, 100, 5000.0)
    steps = sum(PLAIN.of(1, 100.0 + j, 0, 0.0) for j in range(1, 50))
    assert run.ttft[0] == pytest.approx(prompt)
    assert run.latency[0] == pytest.approx(prompt + steps)
    assert run.iterations == 50


def test_a_long_prompt_is_read_in_chunks_of_the_budget() -> None:
    run = simulate(Requests((0.0,), (5000,), (1,)), PLAIN, Policy(2048), 8192)
    expected = sum(PLAIN.of(0, 0.0, n, n * (b + n / 2)) for b, n in ((0, 2048), (2048, 2048), (4096, 904)))
    assert run.ttft[0] == pytest.approx(expected)
    assert run.iterations == 3


def test_one_at_a_time_nobody_disturbs_anybody() -> None:
    together = simulate(Requests((), (300, 40, 900), (20, 7, 30)), PLAIN, Policy(), 4096, concurrency=1)
    for i, (read, written) in enumerate(((300, 20), (40, 7), (900, 30))):
        alone = simulate(Requests((0.0,), (read,), (written,)), PLAIN, Policy(), 4096)
        assert together.latency[i] == pytest.approx(alone.latency[0])
        assert together.queueing[i] == 0.0


@pytest.mark.parametrize("reserve", ["chunk", "prompt", "all"])
@pytest.mark.parametrize("mixed", [True, False])
def test_all_tokens_are_written_and_the_cache_is_never_exceeded(reserve: str, mixed: bool) -> None:
    inputs = tuple(50 + 37 * i % 400 for i in range(120))
    outputs = tuple(1 + 53 * i % 200 for i in range(120))
    policy = Policy(512, 64, reserve=reserve, mixed=mixed)
    run = simulate(poisson(inputs, outputs, 40.0), PLAIN, policy, 3200)
    assert all(0.0 <= state.kv_share <= 1.0 for state in run.states)
    assert all(
        a <= b < c <= d for a, b, c, d in zip(run.arrivals, run.scheduled, run.first, run.last, strict=True)
    )
    assert (run.preemptions == 0) == (reserve == "all")
    written = simulate(poisson(inputs, outputs, 40.0), PLAIN, policy, 3200)
    assert written == run


def test_after_everything_the_cache_is_empty_again() -> None:
    from groma.solvers.serving.engine import Engine  # the invariant isn't visible from outside

    for shared in (0, 64):
        inputs, outputs = tuple(100 + i for i in range(60)), tuple(40 + i for i in range(60))
        requests = replace(poisson(inputs, outputs, 60.0), shared=shared)
        engine = Engine(requests, PLAIN, Policy(), 100, shared, None)
        run = engine.run()
        assert run.preemptions > 0
        assert engine.free == engine.blocks and engine.cached == 0 and not any(engine.due)


def test_littles_law() -> None:
    requests = poisson((200,) * 400, (60,) * 400, 20.0)
    run = simulate(requests, PLAIN, Policy(), 200_000)
    seconds = [s for s in run.states if 2 < s.second < 18]
    in_flight = sum(s.running + s.waiting for s in seconds) / len(seconds)
    rate = 400 / (run.arrivals[-1] - run.arrivals[0])
    assert in_flight == pytest.approx(rate * sum(run.latency) / 400, rel=0.2)


def test_a_shared_prefix_is_read_once() -> None:
    requests = Requests((0.0, 10.0), (1000, 1000), (5, 5))
    without = simulate(requests, PLAIN, Policy(), 8192)
    kept = simulate(replace(requests, shared=960), PLAIN, Policy(), 8192)
    assert kept.ttft[0] == pytest.approx(without.ttft[0])
    assert kept.ttft[1] == pytest.approx(PLAIN.of(0, 0.0, 40, 40 * (960 + 20)))


def test_prompts_first_keep_those_who_decode_waiting() -> None:
    requests = Requests((0.0, 0.05), (10, 2000), (100, 2))
    mixed = simulate(requests, PLAIN, Policy(), 8192)
    apart = simulate(requests, PLAIN, Policy(mixed=False), 8192)
    assert apart.iterations == mixed.iterations + 1


def test_faster_memory_is_never_slower_and_the_cache_is_arithmetic() -> None:
    def tpot(bandwidth: float) -> float:
        card = replace(CARD, bandwidth=bandwidth)
        found = costs(LLAMA, card, FORMATS["bf16"], Layout(), "vllm", Coefficients(), 2048)
        return simulate(Requests((0.0,), (512,), (64,)), found, Policy(), 4096).tpot[0]

    speeds = [tpot(b * 1e12) for b in (0.3, 1.0, 2.0, 8.0)]
    assert speeds == sorted(speeds, reverse=True) and speeds[0] > 1.5 * speeds[1]
    room = CARD.memory * 0.9 - 2 * 8.03e9
    assert kv_capacity(LLAMA, CARD, FORMATS["bf16"]) == int(room // (65536 * 2))


def test_what_does_not_fit_says_what_would() -> None:
    large = Shape("llama-70b", 80, 8192, 64, 128, 8, 163840, 70.6e9, 70.6e9)
    assert fewest(large, CARD, FORMATS["bf16"]) == 8
    with pytest.raises(ServingError, match="8 would do"):
        kv_capacity(large, CARD, FORMATS["bf16"])
    with pytest.raises(ServingError, match="never fits"):
        simulate(Requests((0.0,), (5000,), (1,)), PLAIN, Policy(), 4096)


def test_a_mixture_reads_the_experts_its_tokens_touch() -> None:
    """Read alone (operations are free), one token and two take 1/4 and 1 - (3/4)^2 of the experts beside the rest."""
    mixture = Shape("m", 2, 64, 2, 32, 2, 256, 1e9, 3.25e8, 8, 2, 9e8)
    card = replace(CARD, flops=(("bf16", 1e30),))
    base = dict.fromkeys(BASE, 0.0) | {"weights": 1.0, "experts": 1.0, "reach": 1.0}
    found = of_tokens(ideal([(mixture, card, FORMATS["bf16"], Layout())]), base, np.array([1.0, 2.0]))
    assert found * 1e12 == pytest.approx([2 * (1e8 + 9e8 / 4), 2 * (1e8 + 9e8 * (1 - 0.75**2))])


def test_four_bit_mixtures_keep_sixteen_bits_outside_of_their_experts() -> None:
    mixture = Shape("m", 2, 64, 2, 32, 2, 256, 1e9, 3.25e8, 8, 2, 9e8)
    assert weight_bytes(mixture, FORMATS["fp4"]) == pytest.approx(1e8 * 2 + 9e8 * 0.5625)
    assert weight_bytes(LLAMA, FORMATS["fp4"]) == pytest.approx(8.03e9 * 0.5625)


def test_who_comes_is_seen_after_so_many_steps_or_when_there_is_nothing_else_to_do() -> None:
    requests = Requests((0.0, 0.05, 9.0), (100, 100, 100), (60, 60, 5))
    run = simulate(requests, PLAIN, Policy(mixed=False, poll=20), 4096)
    steps = [PLAIN.of(0, 0.0, 100, 5000.0)] + [PLAIN.of(1, 100.0 + j, 0, 0.0) for j in range(1, 21)]
    assert run.scheduled[1] == pytest.approx(sum(steps))
    assert run.scheduled[2] == pytest.approx(9.0)
    assert simulate(requests, PLAIN, Policy(mixed=False), 4096).scheduled[1] < 0.08


def test_what_passes_outside_of_the_engine_moves_all_tokens_of_a_request() -> None:
    requests = Requests((0.0, 0.0), (100, 300), (50, 1))
    plain = simulate(requests, PLAIN, Policy(), 4096)
    late = simulate(requests, replace(PLAIN, start=0.5, start_token=1e-3, lag=2.0), Policy(), 4096)
    assert late.tpot == pytest.approx(plain.tpot)
    moved = [b - a for a, b in zip(plain.ttft, late.ttft, strict=True)]
    assert moved == pytest.approx([0.5 + 0.1 + 2 * plain.tpot[0], 0.5 + 0.3])


@pytest.mark.parametrize("policy", [Policy(512, 64), Policy(512, 64, mixed=False, poll=7)])
def test_a_schedule_gives_the_means_of_the_simulated_loop(policy: Policy) -> None:
    """What a fit sums up, kinds of iterations times their weights, against the scheduler with the same costs."""
    load = Load(6, 300, 80)
    kinds = schedule(load, policy, 100_000)
    rows = zip(kinds.decoding, kinds.cached, kinds.prompt, kinds.pairs, strict=True)
    line = [0.010 + 1e-5 * (d + p) + 1e-8 * c + 1e-5 * d + 1e-9 * q for d, c, p, q in rows]
    run = simulate(Requests((), (300,) * 18, (80,) * 18), PLAIN, policy, 100_000, 6)
    share = np.array([0.1 / 6] * 6 + [0.9 / 12] * 12)
    assert kinds.first @ line == pytest.approx(share @ run.ttft, rel=0.01)
    assert kinds.between @ line == pytest.approx(share @ run.tpot, rel=0.01)


def test_sizing_finds_the_rate_at_which_the_target_breaks() -> None:
    requests = poisson((400,) * 200, (80,) * 200, 1.0)
    targets = Targets(ttft=0.5, tpot=0.03)
    rate = largest_rate(requests, PLAIN, Policy(), 40_000, targets)
    assert targets.kept(simulate(at_rate(requests, rate), PLAIN, Policy(), 40_000))
    assert not targets.kept(simulate(at_rate(requests, rate * 1.05), PLAIN, Policy(), 40_000))
    found = sizing(requests, PLAIN, Policy(), 40_000, targets, 10 * rate, 2, (0.8, 1.25))
    assert found.accelerators.value == 20 and found.rate.low < found.rate.value < found.rate.high
    with pytest.raises(ServingError, match="no rate keeps"):
        sizing(requests, PLAIN, Policy(), 40_000, Targets(tpot=0.001), 1.0)


def test_the_reach_of_groups_counts_groups_not_runs() -> None:
    groups = [[0.1] * 500, *([float(i)] for i in range(1, 20))]
    assert grouped_reach(groups, 0.9) == 18.0
    assert grouped_reach(groups[:3], 0.9) == float("inf")


SHARED = 16
"""Tokens that all prompts of the case start with; `test_prompts_of_the_case_share_a_block` shows that they do."""


@pytest.mark.cases
@pytest.mark.skipif(not CASE.is_dir(), reason="the shared cases aren't beside this checkout")
def test_prompts_of_the_case_share_a_block() -> None:
    """27.81 s after the first arrival 45 requests had a first token and weren't done, and as many were running. The
    blocks of their prompts and of what they had written by then are more than there are, unless they share one each.

    Written since its first token: one for each iteration, as many a second as tokens came for each one running; those
    that had begun before the first of the others ended wrote what is left until their own ends less.
    """
    requests, observed = read_requests(CASE / "rtx4090-llama-3.1-8b-requests.jsonl")
    assert observed is not None
    with (CASE / "rtx4090-llama-3.1-8b-timeseries.csv").open(encoding="utf-8") as stream:
        seconds = {round(float(row["t"])): row for row in csv.DictReader(stream)}

    def steps(begin: float, end: float) -> float:
        found = 0.0
        for tick in range(round(begin * 100), round(end * 100)):
            row = seconds[int(tick / 100) + 1]
            found += 0.01 * float(row["gen_throughput"]) / float(row["running"])
        return found

    at = 27.81
    lives = zip(requests.inputs, requests.outputs, observed.first, observed.last, strict=True)
    running = [(i, o, a, b) for i, o, a, b in lives if a <= at < b]
    assert len(running) == int(seconds[28]["running"])
    early = min(observed.last)
    held = [i + (o - steps(at, b) if a < early else steps(a, at)) for i, o, a, b in running]
    there = json.loads((CASE / "expected.json").read_text("utf-8"))["setup"]["kv_blocks"]
    apart = sum(math.ceil(tokens / 16) for tokens in held)
    assert apart - len(running) < there < apart


@pytest.mark.cases
@pytest.mark.skipif(not CASE.is_dir(), reason="the shared cases aren't beside this checkout")
def test_measured_requests_of_an_engine_that_overflows() -> None:
    """Fitted on the first 100 requests, held against the 200 others (vLLM, one RTX 4090)."""
    requests, observed = read_requests(CASE / "rtx4090-llama-3.1-8b-requests.jsonl")
    requests = replace(requests, shared=SHARED)
    setup = json.loads((CASE / "expected.json").read_text("utf-8"))["setup"]
    assert observed is not None
    card = Accelerator("4090", setup["accelerator_memory_bytes"], 1008e9, (("bf16", 165e12),), 32e9)
    policy = Policy(setup["max_num_batched_tokens"], setup["max_num_seqs"])
    start = costs(LLAMA, card, FORMATS["bf16"], Layout(), "vllm", Coefficients(), policy.budget)
    capacity = setup["kv_capacity_tokens"]
    scales = calibrate_on(requests, observed, start, policy, capacity, 100)
    held = closeness(requests, observed, simulate(requests, scales.on(start), policy, capacity), 100)
    assert held.requests == 200
    assert held.tpot < 0.05
    assert abs(held.tpot_of_mean) < 0.05
    assert abs(held.ttft_of_mean) < 0.05
