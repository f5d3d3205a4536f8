"""Expected uses per run against every outcome path of random programs, and against closed forms."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings

from groma.analyses.context import Context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import Use, uses
from groma.analyses.visits.least import LeastVisits
from groma.analyses.visits.most import MostVisits
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from programs import TooMany, enumerate_runs, texts

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\npeople: {ana: {role: clerk}}\n"


def weights(model: Model, flow: str = "main") -> dict[str, tuple[float, float | None, float]]:
    context = Context(model, None, Ledger(model.digest))  # pyright: ignore
    found: dict[str, tuple[float, float | None, float]] = {}
    for use in uses(context, flow):
        name = f"{use.name}.{use.operation}" if use.kind == "call" else f"{use.kind} {use.name}"
        low, value, high = found.get(name, (0.0, 0.0, 0.0))
        both = None if value is None or use.weight.value is None else value + use.weight.value
        found[name] = (low + use.weight.low, both, high + use.weight.high)
    return found


def called(text: str) -> tuple[Model, Counter[str]]:
    """A model, and how often each operation is called in the mean over every outcome path."""
    model = loads(text)
    true: Counter[str] = Counter()
    try:
        runs = enumerate_runs(model, "main")
    except TooMany:
        assume(False)
        raise
    for weight, end in runs:
        for name, _ in end.calls:
            true[name] += weight  # pyright: ignore
    return model, true


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts())
def test_uses_enclose_what_all_outcome_paths_call(text: str) -> None:
    model, true = called(text)
    for name, (low, value, high) in weights(model).items():
        if "." not in name:
            continue
        assert low - 1e-6 <= true[name] <= high + 1e-6, (name, low, true[name], high)
        if value is not None:
            assert value == pytest.approx(true[name], rel=5e-3, abs=1e-6)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(texts())
def test_the_least_and_the_most_visits_enclose_what_all_outcome_paths_call(text: str) -> None:
    model, true = called(text)
    visits: Counter[str] = Counter()
    for name, count in true.items():
        visits[f"components.{name.partition('.')[0]}"] += count
    context = Context(model, None, Ledger(model.digest))  # pyright: ignore
    outcomes = queues_on(context, time_grid(context, rows=2), "bound").outcomes

    def one_call(use: Use) -> tuple[str, float] | None:
        return (f"{use.name}.{use.operation}", 1.0) if use.kind == "call" else None

    for name, (least, _) in LeastVisits(context, outcomes, "calls", one_call).flow("main").items():
        assert least <= true[name] + 1e-6, (name, least, true[name])
    most = MostVisits(context).flow("main")
    for station, count in visits.items():
        assert count <= most.get(station, 0.0) + 1e-6, (station, count)


def steps(
    text: str, parts: str = "a: {kind: s, offers: {f: {work: 1 ms, fails: 20 %}, g: {work: 1 ms}}}"
) -> Model:
    return loads(
        HEAD + f"components: {{{parts}}}\nflows: {{main: {{starts: {{rate: 1/s}}, steps: {text}}}}}\n"
    )


def test_attempts_are_a_geometric_sum_of_the_chance_of_error() -> None:
    found = weights(steps("[{call: a.f, retry: {times: 3}}, {call: a.g}]"))
    assert found["a.f"][1] == pytest.approx(1 + 0.2 + 0.04 + 0.008)
    assert found["a.g"][1] == pytest.approx(1 - 0.2**4)


def test_a_known_range_of_failures_gives_a_range_of_attempts() -> None:
    part = "a: {kind: s, offers: {f: {work: 1 ms, fails: {value: 20 %, known: 10 % .. 30 %}}}}"
    low, value, high = weights(steps("[{call: a.f, retry: {times: 1}}]", part))["a.f"]
    assert (low, value, high) == (pytest.approx(1.1), pytest.approx(1.2), pytest.approx(1.3))


def test_rounds_caches_choices_and_people() -> None:
    program = "[{repeat: {until: 25 %, steps: [{call: a.g}]}}, {call: a.g, cache: {hits: 90 %, takes: 0 ms}}"
    program += ", {ask: ana, takes: 1 min}]"
    found = weights(steps(program))
    assert found["a.g"][1] == pytest.approx(4 + 0.1)
    assert found["ask ana"][1] == pytest.approx(1)


def test_unknown_shares_leave_a_range() -> None:
    low, value, high = weights(
        steps("[{choose: [{share: unknown, steps: [{call: a.g}]}, {share: unknown, steps: []}]}]")
    )["a.g"]
    assert (low, value, high) == (0, None, 1)
