"""The least a run uses, where nothing is open and no clock cuts it short: closed forms of its policies."""

from __future__ import annotations

import math

import pytest

from groma.analyses.context import Context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.counts import Use
from groma.analyses.visits.least import LeastVisits
from groma.model.figure import Ledger
from groma.model.load import loads

TEXT = """groma: 1
system: x
currency: EUR
components:
  a: {kind: s, offers: {f: {work: 0 s, fails: 20 %}, g: {work: 0 s}}}
  b: {kind: s, offers: {f: {work: 0 s, fails: 50 %}}}
  check: {kind: s, offers: {look: {work: 0 s}}}
flows: {main: {starts: {rate: 1/s}, steps: STEPS}}
"""


def counted(text: str) -> dict[str, float]:
    """Calls of each operation, at least, in one run."""
    model = loads(text)
    context = Context(model, None, Ledger(model.digest))  # pyright: ignore

    def one_call(use: Use) -> tuple[str, float] | None:
        return (f"{use.name}.{use.operation}", 1.0) if use.kind == "call" else None

    outcomes = queues_on(context, time_grid(context, rows=2), "bound").outcomes
    found = LeastVisits(context, outcomes, "calls", one_call).flow("main")
    return {name: amount for name, (amount, _) in found.items()}


@pytest.mark.parametrize(
    ("steps", "calls"),
    [
        ("[{call: a.f}, {call: a.g}]", {"a.f": 1.0, "a.g": 0.8}),
        ("[{call: a.f, retry: {times: 2}}]", {"a.f": 1 + 0.2 + 0.04}),
        ("[{call: a.f, retry: {times: 2, on: [timeout]}}]", {"a.f": 1.0}),
        ("[{call: a.f, retry: {times: 2, budget: 10 %}}]", {"a.f": 1.0}),
        ("[{call: a.f, fallback: [{call: b.f}]}]", {"a.f": 1.0, "b.f": 0.2}),
        ("[{call: a.f, retry: {times: 1}, fallback: [{call: b.f}]}]", {"a.f": 1.2, "b.f": 0.04}),
        (
            "[{call: a.f, guard: [{name: tone, steps: [{call: check.look}]}]}]",
            {"a.f": 1.0, "check.look": 0.8},
        ),
        (
            "[{call: a.f, retry: 1, guard: [{name: tone, steps: [{call: check.look}]}]}]",
            {"a.f": 1.2, "check.look": 0.96},
        ),
        ("[{call: a.f, cache: {hits: 75 %}}]", {"a.f": 0.25}),
        ("[{choose: [{share: 30 %, steps: [{call: a.f}]}, {share: 70 %, steps: []}]}]", {"a.f": 0.3}),
    ],
)
def test_the_least_calls_are_those_of_the_closed_form(steps: str, calls: dict[str, float]) -> None:
    assert counted(TEXT.replace("STEPS", steps)) == pytest.approx(calls, abs=1e-6)


IN_TIME = 1 - math.exp(-1)
CUT = """groma: 1
system: x
currency: EUR
components:
  a: {kind: s, offers: {f: {work: 0 s}}}
  b: {kind: s, offers: {f: {work: 0 s}}}
  slow: {kind: s, offers: {f: {CANCELSwork: 1 s ± 1 s, steps: [{call: a.f}, {call: b.f}]}}}
flows: {main: {starts: {rate: 1/s}, steps: [{KIND: slow.f, timeout: 1 s}, {call: b.f}]}}
"""


@pytest.mark.parametrize(
    ("cancels", "kind", "calls"),
    [
        ("", "call", (1.0, 1.0)),
        ("cancels: true, ", "send", (1.0, 1.0)),
        ("cancels: true, ", "call", (IN_TIME, IN_TIME)),
    ],
)
def test_what_is_called_inside_is_less_sure_only_where_giving_up_cancels(
    cancels: str, kind: str, calls: tuple[float, float]
) -> None:
    after = 1.0 if kind == "send" else IN_TIME
    found = counted(CUT.replace("CANCELS", cancels).replace("KIND", kind))
    inside, then = calls
    assert found["a.f"] == pytest.approx(inside, abs=5e-3)
    assert found["b.f"] == pytest.approx(then + after, abs=5e-3)
