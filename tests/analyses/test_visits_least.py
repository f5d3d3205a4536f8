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
  pool: {kind: pool}
  short: {kind: pool, threads: 1, queue: 1}
  far: {kind: s, offers: {f: {work: 0 s, throttled: 10 %, steps: [{call: a.g}]}}}
connections: {a_line: {from: clerk, to: far, loss: 50 %}, way: {from: desk, to: far, loss: 30 %}}
people: {desk: {role: desk}, clerk: {role: clerk}}
flows:
  main: {by: desk, starts: {rate: 1/s}, steps: STEPS}
  rest: {steps: [{call: b.f}]}
  away: {steps: [{call: far.f}]}
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
        ("[{call: a.f, breaker: {opens_at: 30 %, window: 10 s, half_open_after: 5 s}}]", {"a.f": 1.0}),
        ("[{call: a.f, breaker: {opens_at: 20 %, window: 10 s, half_open_after: 5 s}}]", {}),
        ("[{call: a.f, limit: {rate: 10/s}}]", {}),
        ("[{call: a.f, hedge: {after: 1 s}}]", {"a.f": 1.0}),
        ("[{call: a.f, timeout: 1 s}, {call: a.g}]", {"a.f": 1.0, "a.g": 0.8}),
        (
            "[{parallel: [[{call: a.f}, {call: a.g}], [{call: b.f}]], left_over: run on}]",
            {"a.f": 1.0, "a.g": 0.8, "b.f": 1.0},
        ),
        (
            "[{parallel: [[{wait: 1 s}, {call: a.g}], [{call: b.f}]], left_over: cancel}]",
            {"a.g": 0.5, "b.f": 1.0},
        ),
        (
            "[{parallel: [[{wait: 1 s}, {call: a.g}], [{call: b.f}]], left_over: cancel, retry: {times: 1}}]",
            {"a.g": 0.75, "b.f": 1.5},
        ),
        (
            "[{parallel: [[{wait: 1 s}, {call: a.g}], [{call: b.f}]], join: any, left_over: cancel}]",
            {"b.f": 1.0},
        ),
        ("[{repeat: {times: 3, steps: [{call: a.f}]}}, {call: a.g}]", {"a.f": 1.0, "a.g": 0.8**3}),
        ("[{repeat: {times: 1, steps: [{call: a.f}]}}]", {"a.f": 1.0}),
        ("[{do: away}]", {"far.f": 0.7 * 0.9, "a.g": 0.7 * 0.9}),
        (
            "[{call: far.f, retry: {times: 1, on: [throttled]}}]",
            {"far.f": 1.07 * 0.7 * 0.9, "a.g": 1.07 * 0.7 * 0.9},
        ),
        ("[{call: a.f, limit: {rate: 10/s}, fallback: [{call: b.f}]}]", {"b.f": 0.2}),
        ("[{steps: [{wait: 1 s}, {call: a.g}], deadline: 500 ms}]", {}),
        ("[{steps: [{wait: 1 s}, {call: a.g}], deadline: 2 s}]", {"a.g": 1.0}),
        ("[{repeat: {times: unknown, at_most: 3, steps: [{call: a.f}]}}]", {}),
        ("[{repeat: {until: 50 %, at_most: 3, steps: [{call: a.f}]}}]", {"a.f": 1.0}),
        ("[{steps: [{call: a.f}, {call: a.g}]}, {do: rest}]", {"a.f": 1.0, "a.g": 0.8, "b.f": 0.8}),
        ("[{hold: pool, steps: [{call: a.f}]}, {call: a.g}]", {"a.f": 1.0, "a.g": 0.8}),
        ("[{hold: short, steps: [{call: a.f}]}]", {}),
        ("[{call: far.f}]", {"far.f": 0.7 * 0.9, "a.g": 0.7 * 0.9}),
        ("[{send: far.f}]", {"a.g": 0.7 * 0.9}),
        ("[{call: a.f, cache: {hits: 75 %, takes: 1 s}, deadline: 500 ms}]", {"a.f": 0.25}),
        ("[{steps: [{call: a.g, cache: {hits: 75 %, takes: 1 s}}], timeout: 500 ms}]", {}),
        ("[{steps: [{wait: 1 s}, {call: a.g}], timeout: 500 ms}]", {}),
        ("[{steps: [{wait: 1 s}, {call: a.g}], timeout: 2 s}]", {"a.g": 1.0}),
        ("[{call: a.f, fallback: [{wait: 1 s}, {call: a.g}]}]", {"a.f": 1.0, "a.g": 0.2}),
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


LINE = """groma: 1
system: x
currency: EUR
people: {desk: {role: desk}}
components:
  a: {kind: s, offers: {f: {work: 0 s}}}
  slow: {kind: s, offers: {f: {cancels: true, work: WORK, steps: [{call: a.f}]}}}
connections: {line: {from: desk, to: slow, IS}}
flows: {main: {by: desk, starts: {rate: 1/s}, steps: [{call: slow.f, timeout: 1 s}]}}
"""


@pytest.mark.parametrize(
    ("work", "line", "comes", "begun"),
    [
        # an exponential latency: what takes longer than a second may be given up before it comes
        ("0 s", "latency: 1 s ± 1 s", IN_TIME, IN_TIME),
        # a line that takes no time is passed before anybody gives up; what is lost doesn't come and is given up, too
        ("1 s ± 1 s", "loss: 30 %", 0.7, 0.7 - (0.3 + 0.7 / math.e)),
    ],
)
def test_a_call_that_is_given_up_may_never_come_only_where_its_way_takes_time(
    work: str, line: str, comes: float, begun: float
) -> None:
    found = counted(LINE.replace("WORK", work).replace("IS", line))
    assert (found["slow.f"], found["a.f"]) == pytest.approx((comes, begun), abs=5e-3)
