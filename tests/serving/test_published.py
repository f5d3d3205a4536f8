"""Serving against published figures and closed forms that nobody here made."""

from __future__ import annotations

import math

import pytest

from groma.catalog import load_catalog
from groma.catalog.serving import served_shape
from groma.solvers.serving import (
    FORMATS,
    Costs,
    Policy,
    Requests,
    Shape,
    Targets,
    kv_bytes,
    largest_rate,
    poisson,
    simulate,
    weight_bytes,
)

PLAIN = Costs(tuple(0.010 + 1e-5 * n for n in range(2049)), 1e-8, 1e-9, 1e-5)
ONE = Policy(sequences=1)


def test_a_token_of_opt_13b_takes_what_the_paper_of_vllm_says() -> None:
    """Kwon et al., PagedAttention, SOSP 2023, section 3: 800 KB a token, 1.6 GB a request of 2048 tokens; its figure 1:
    weights are 65 % of an A100 with 40 GB."""
    opt = Shape("opt-13b", 40, 5120, 40, 128, 40, 2 * 5120 * 40, 13e9, 13e9)
    assert kv_bytes(opt, FORMATS["bf16"]) == 800 * 1024
    assert 2048 * kv_bytes(opt, FORMATS["bf16"]) / 2**30 == pytest.approx(1.6, abs=0.05)
    assert weight_bytes(opt, FORMATS["bf16"]) / 40e9 == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("model", "kilobytes"),
    [("deepseek-ai/DeepSeek-V3", 70.272), ("meta-llama/Meta-Llama-3.1-405B", 516.096)],
)
def test_caches_of_the_catalog_are_those_of_the_paper_on_deepseek_v3(model: str, kilobytes: float) -> None:
    """Insights into DeepSeek-V3 (ISCA 2025), table 1: cache a token in sixteen bits, latent and grouped attention."""
    shape = served_shape(load_catalog().tables, model)
    assert kv_bytes(shape, FORMATS["bf16"]) == pytest.approx(kilobytes * 1000)


@pytest.mark.parametrize("load", [0.3, 0.7])
def test_one_request_at_a_time_is_the_queue_of_pollaczek_and_khinchine(load: float) -> None:
    """M/D/1: the mean wait is load / 2 (1 - load) services."""
    alone = simulate(Requests((0.0,), (100,), (5,)), PLAIN, ONE, 8192).latency[0]
    waits: list[float] = []
    for seed in range(1, 9):
        run = simulate(poisson((100,) * 4000, (5,) * 4000, load / alone, seed), PLAIN, ONE, 8192)
        waits.append(sum(run.latency) / 4000 - alone)
    assert sum(waits) / 8 == pytest.approx(alone * load / (2 * (1 - load)), rel=0.08)


def crommelin(load: float, services: float) -> float:
    """P(wait <= so many services) in M/D/1 (Crommelin 1932; Erlang 1909)."""
    return (1 - load) * math.fsum(
        math.exp(load * (services - k)) * (-load * (services - k)) ** k / math.factorial(k)
        for k in range(math.floor(services) + 1)
    )


def test_the_largest_rate_is_that_at_which_crommelins_law_meets_the_target() -> None:
    """One at a time, 95 % of first tokens within the prompt and two services."""
    run = simulate(Requests((0.0,), (100,), (5,)), PLAIN, ONE, 8192)
    alone, prompt = run.latency[0], run.ttft[0]
    low, high = 0.01, 0.95
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if crommelin(middle, 2.0) > 0.95 else (low, middle)
    found = largest_rate(
        poisson((100,) * 6000, (5,) * 6000, 1.0, 4), PLAIN, ONE, 8192, Targets(ttft=prompt + 2 * alone)
    )
    assert found * alone == pytest.approx(low, rel=0.05)


@pytest.mark.parametrize("clients", [1, 4, 16])
def test_a_closed_loop_keeps_the_law_of_response_times(clients: int) -> None:
    """Denning and Buzen 1978: N = X R where nobody thinks, but for the last requests, when fewer are left."""
    run = simulate(Requests((), (300,) * 320, (40,) * 320), PLAIN, Policy(512, 64), 100_000, clients)
    ends = [a + s for a, s in zip(run.arrivals, run.latency, strict=True)]
    throughput, mean = 320 / max(ends), sum(run.latency) / 320
    assert throughput * mean == pytest.approx(clients, rel=0.06)
