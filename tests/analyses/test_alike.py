"""Steps that do the same are worked out once: what is said of each is what is said of it alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from groma.analyses.alike import first_alike
from groma.analyses.context import Context
from groma.analyses.loads.rounds import queues_on
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.spending.reader import Spending
from groma.analyses.visits.use import Use
from groma.analyses.visits.walk import uses_of
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import Step, walk
from programs import texts

MANY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
MODEL = """groma: 1
system: twins
currency: EUR
people: {{ana: {{role: clerk}}}}
components:
  a: {{kind: service, replicas: 2, threads: 2, offers: {{f: {{work: 4 ms}}, g: {{work: 4 ms}}}},
      price: {{a call: 1 EUR}}}}
flows:
  main:
    starts: {{rate: 20/s}}
    steps:
      - parallel: [[{one}], [{other}]]
"""


def context_of(text: str) -> Context:
    model = loads(text)
    return Context(model, load_catalog(), Ledger(model.digest))


def apart(context: Context) -> Context:
    """The same with nothing taken for alike."""
    context.memo["alike"] = {}
    return context


def branches(context: Context) -> tuple[Step, Step]:
    found = {step.path: step for step in walk(context.model.flows["main"].steps)}
    return found["flows.main.steps.1.parallel.1.1"], found["flows.main.steps.1.parallel.2.1"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("{call: a.f}", "{call: a.f}", True),
        ("{call: a.f}", "{call: a.f, title: Ask again}", True),
        ("{call: a.f}", "{call: a.g}", False),
        ("{call: a.f, timeout: 9 ms}", "{call: a.f, timeout: 9 ms}", True),
        ("{call: a.f, timeout: 9 ms}", "{call: a.f, timeout: 8 ms}", False),
        ("{wait: 3 ms .. 5 ms}", "{wait: 4 ms}", False),
        ("{wait: 4 ms ± 1 ms}", "{wait: 4 ms ± 2 ms}", False),
        ("{steps: [{call: a.f}, {wait: 1 ms}]}", "{steps: [{call: a.f}, {wait: 1 ms}]}", True),
        ("{steps: [{call: a.f}, {wait: 1 ms}]}", "{steps: [{call: a.f}, {wait: 2 ms}]}", False),
        ("{steps: [{call: a.f}, {call: a.f}]}", "{steps: [{call: a.f}]}", False),
        ("{call: a.f, fallback: [{wait: 1 ms}]}", "{call: a.f, fallback: [{wait: 1 ms}]}", True),
        ("{call: a.f, fallback: [{wait: 1 ms}]}", "{call: a.f, fallback: []}", False),
        ("{call: a.f, cache: {hits: 30 %}}", "{call: a.f, cache: {hits: 30 %}}", True),
        # a bucket of tokens is each step's own, and so is how often a cache is asked whose keys grow old
        ("{call: a.f, limit: {rate: 9/s}}", "{call: a.f, limit: {rate: 9/s}}", False),
        ("{steps: [{call: a.f, limit: {rate: 9/s}}]}", "{steps: [{call: a.f, limit: {rate: 9/s}}]}", False),
        *(
            (step, step, same)
            for keys, same in (("", True), (", lives: 20 s", False))
            for step in (f"{{call: a.f, cache: {{keys: 20, holds: 5, popularity: 0.9{keys}}}}}",)
        ),
    ],
)  # fmt: skip
def test_steps_are_alike_that_differ_in_nothing_but_their_place(one: str, other: str, same: bool) -> None:
    context = context_of(MODEL.format(one=one, other=other))
    first, second = branches(context)
    assert first_alike(context, first) is first
    assert first_alike(context, second) is (first if same else second)


def test_what_is_missing_is_named_where_it_is_missing() -> None:
    asked = "{steps: [{ask: ana, takes: unknown}]}"
    context = context_of(MODEL.format(one=asked, other=asked))
    outcomes = Outcomes(context, Grid(0.001, 64))
    missing = {step.path: outcomes.step(step, None).missing for step in branches(context)}
    assert missing == {path: {f"{path}.steps.1.takes"} for path in missing}
    again = {step.path: outcomes.layers_of(step, None)[-1][1].missing for step in branches(context)}
    assert again == missing


def assert_same(one: Outcome, other: Outcome) -> None:
    """The same up to rounding, which a share that counts as none (1e-9) makes larger."""
    assert one.ends.keys() == other.ends.keys()
    assert (one.missing, one.notes) == (other.missing, other.notes)
    for kind, law in one.ends.items():
        there = other.ends[kind]
        for mine, its in (
            (law.cdf, there.cdf),
            (law.mass, there.mass),
            (law.moment, there.moment),
            (law.late, there.late),
        ):
            np.testing.assert_allclose(mine, its, rtol=1e-6, atol=1e-6)


@MANY
@given(texts())
def test_a_program_done_twice_is_what_it_is_step_by_step(text: str) -> None:
    """Random programs, each in two branches at once: outcomes, money and uses, with what is alike and without."""
    head, _, steps = text.partition("    steps: ")
    text = (
        f"{head}    steps:\n      - parallel: [{steps.strip()}, {steps.strip()}]\n"
        f"      - steps: {steps.strip()}\n"
    ).replace("{kind: service,", "{kind: service, threads: 1, replicas: 60, price: {a call: 2 EUR},")
    grid = Grid(0.001, 256)
    found: list[tuple[Outcome, Outcome, tuple[Use, ...]]] = []
    for context in (context_of(text), apart(context_of(text))):
        outcomes = queues_on(context, grid).outcomes
        money = Spending.beside(outcomes, Grid(0.5, 256), "cost")
        found.append((outcomes.flow("main"), money.flow("main"), uses_of(outcomes, "main")))
    (times, money, uses), (times_apart, money_apart, uses_apart) = found
    assert_same(times, times_apart)
    assert_same(money, money_apart)
    for use, apart_ in zip(uses, uses_apart, strict=True):
        assert (use.station, use.step.path, use.late.alone) == (
            apart_.station,
            apart_.step.path,
            apart_.late.alone,
        )
        assert use.weight.low == pytest.approx(apart_.weight.low, rel=1e-6, abs=1e-6)
        assert use.weight.high == pytest.approx(apart_.weight.high, rel=1e-6, abs=1e-6)
        assert (use.weight.value is None) == (apart_.weight.value is None)
