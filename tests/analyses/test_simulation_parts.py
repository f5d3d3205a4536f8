"""What scenarios are made of, by hand: policies put in, and what is missing for them."""

from __future__ import annotations

import pytest

from analyses.given import HEAD
from groma.analyses.simulation import watch
from groma.analyses.simulation.saving import _ALL
from groma.model.load import loads
from groma.model.program import Call, Policies, walk

TEXT = (
    HEAD
    + """components:
  a: {kind: service, threads: 2, fails: {every: 99 s, repaired_in: 1 s}, offers: {f: {work: 10 ms}}}
  b: {kind: service, offers: {f: {work: 10 ms}}}
flows:
  main:
    starts: {rate: 1/s}
    steps:
    - {call: a.f, timeout: 1 s, retry: {times: 2, budget: 20 %}, fallback: [{call: b.f, retry: {times: 1}}]}
    - {call: b.f, retry: {times: 1, backoff: 2 s, jitter: 0.5}}
scenarios:
  out: {lasts: 60 s, events: {from: 10 s, for: 5 s, down: a}}
"""
)


def _with(policy: str) -> list[tuple[str, Policies]]:
    changed = dict(_ALL)[policy](loads(TEXT))
    return [
        (step.action.component, step.policies)
        for step in walk(changed.flows["main"].steps)
        if isinstance(step.action, Call)
    ]


def test_each_policy_is_put_where_it_belongs_and_leaves_the_rest() -> None:
    plain = _with("no retries")
    assert [name for name, _ in plain] == ["a", "b", "b"]  # what a fallback does stays
    assert all(policies.retry is None for _, policies in plain)
    budgets = [p.retry.budget.mean for _, p in _with("a retry budget of 10 %") if p.retry is not None]  # pyright: ignore
    assert budgets == pytest.approx([0.2, 0.1, 0.1])  # one that is stated stays
    pauses = [
        (p.retry.backoff.mean, p.retry.jitter)  # pyright: ignore
        for _, p in _with("backoff with full jitter")
        if p.retry is not None
    ]
    assert pauses == [(1.0, 1.0), (1.0, 1.0), (2.0, 0.5)]  # its timeout, a second, and what was stated
    assert all(p.breaker is not None for _, p in _with("a circuit breaker at 50 % over 10 s"))


def test_a_scenario_isnt_played_where_facts_are_missing() -> None:
    model = loads(
        TEXT.replace("b: {kind: service, offers: {f: {work: 10 ms}}}", "b: {kind: service, offers: {f: {}}}")
    )
    found = watch(model, model.scenarios["out"], replications=1)
    assert found.courses == ()
    assert any("components.b.offers.f.work" in name for name in found.missing)
