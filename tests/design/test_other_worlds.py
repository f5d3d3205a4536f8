"""Demand, facts and corners: what the designer says about other worlds than the nominal one."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pytest

from design.briefs import random_texts
from groma.catalog import load_catalog
from groma.design import Blueprint, design
from groma.design.corner import cautious, nominal, with_fact, with_rates
from groma.design.front import Solver
from groma.design.prove import proven
from groma.model.load import loads
from groma.patterns import close, library, resolve

SEED = 16
ANSWERING = Path(__file__).parents[2] / "benchmarks" / "answering"

MODEL = """
groma: 1
system: Corners
currency: EUR
facts:
  call: {value: 0.02 EUR, known: 0.01 EUR .. 0.04 EUR, source: a guess, date: 2026-01-01}
components:
  model:
    kind: llm
    fails: {availability: {value: 99 %, known: 98 % .. 99.5 %}}
    offers: {generate: {work: 2 s ± 1 s, price: {call: $call}}}
flows:
  answer: {starts: {rate: 10/min, busiest: 30/min}, steps: [{call: model.generate, cache: {hits: 10 % .. 30 %}}]}
"""


@cache
def blueprint() -> Blueprint:
    return design(random_texts(SEED, few=True).space(), load_catalog(), {})


def test_a_corner_narrows_each_range_to_one_end() -> None:
    model = loads(MODEL)
    price = model.components["model"].offers["generate"].price["call"]
    for made, cost, up, hits in ((nominal(model), 0.02, 0.99, 0.2), (cautious(model), 0.04, 0.98, 0.1)):
        part = made.components["model"]
        found = part.offers["generate"].price["call"]
        assert (found.known, found.mean) == (None, pytest.approx(cost))
        assert part.fails is not None and part.fails.availability is not None
        assert part.fails.availability.mean == pytest.approx(up)
        cache_ = made.flows["answer"].steps[0].policies.cache
        assert cache_ is not None and cache_.hits.mean == pytest.approx(hits)
    assert with_fact(model, "call", 0.03).components["model"].offers["generate"].price["call"].mean == 0.03
    assert price.known is not None  # the model itself is as it was


def test_a_model_without_ranges_is_its_own_corner() -> None:
    exact = MODEL.replace("{value: 99 %, known: 98 % .. 99.5 %}", "99 %").replace("10 % .. 30 %", "20 %")
    model = loads(exact.replace("known: 0.01 EUR .. 0.04 EUR", "exact: true"))
    assert nominal(model) is model
    assert cautious(model) is model


def test_twice_the_demand_doubles_rates_only() -> None:
    model = loads(MODEL)
    twice = with_rates(model, 2.0)
    starts, before = twice.flows["answer"].starts, model.flows["answer"].starts
    assert starts is not None and before is not None
    assert starts.rate.mean == pytest.approx(2 * before.rate.mean)
    assert starts.busiest.mean == pytest.approx(2 * before.busiest.mean)
    assert twice.components == model.components


def test_the_turn_is_where_the_recommended_choices_first_miss_a_need() -> None:
    found = blueprint()
    assert found.robustness is not None and found.best is not None
    missed = [turn for turn in found.robustness.turns if not turn.proposal]
    assert missed, "ten times the demand breaks the budget of this brief"
    (turn,) = missed
    space = random_texts(SEED, few=True).space()

    def misses(factor: float) -> bool:
        task = Solver(space, load_catalog()).task
        answers = found.best.answers if found.best else {}
        model = with_rates(close(space, answers).model, factor)
        proof = proven(answers, model, load_catalog(), task)
        return not all(proof.meets(h) for h in task.held)

    assert misses(turn.factor)
    assert not misses(turn.factor * 0.97)


@pytest.mark.slow
def test_no_random_design_of_a_million_beats_the_front() -> None:
    from random import Random

    space = resolve(ANSWERING / "brief.yaml", library([ANSWERING / "patterns"]))
    assert space.combinations > 1_000_000
    solver = Solver(space, load_catalog())
    walk = solver.front()
    assert walk.complete
    rng, seen = Random(7), 0
    step = solver.steps["latency/answer@replied/p95"]
    for _ in range(60):
        answers = {role.name: rng.choice(role.variants).name for role in space.roles}
        if not space.allowed(answers):
            continue
        proof = solver.prover.proof(answers)
        if all(proof.meets(h) for h in solver.task.held):
            seen += 1
            cost, wait = (proof.losses[w] for w in solver.task.wishes)
            assert any(
                p.lost("cost/month") <= cost * 1.001 and p.lost("latency/answer@replied/p95") <= wait + step
                for p in walk.points
            )
    assert seen > 3 and math.isfinite(walk.points[0].bound)
