"""Two methods for a figure: what agrees, what is disputed, and what a dispute does to a need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyses.given import CATALOG, on
from groma.analyses import Context, assess
from groma.analyses.agreement import agree, compared, differs
from groma.analyses.needs import verdict
from groma.analyses.registry import figure
from groma.analyses.simulation.measured import Simulated
from groma.model.figure import Figure, Result, Target
from groma.model.load import loads
from groma.solvers.simulation import Replicated
from groma.solvers.simulation.replications import estimate

pytestmark = pytest.mark.compiled

QUEUE = """groma: 1
system: queue
currency: EUR
components:
  a: {kind: service, threads: 3, fails: {availability: 99.9 %}, offers: {f: {work: 1 s ± 1 s}}}
  w: {kind: service, threads: 10, fails: {availability: 99 %}, offers: {g: {work: 300 ms, steps: [{call: a.f}]}}}
needs: {quick: {measure: latency/main/p95, at_most: 10 s}}
flows:
  main: {starts: {rate: 1.5/s}, steps: [{call: w.g}]}
"""


def test_every_figure_of_a_queue_is_confirmed_by_the_second_method() -> None:
    ledger = assess(loads(QUEUE), CATALOG)
    told = {f.name: f for f in ledger if f.second is not None}
    for name in (
        "latency/main/mean", "latency/main/p95", "success/main", "utilisation/a", "utilisation/w", "throughput/a",
        "availability/main", "downtime/main",
    ):  # fmt: skip
        assert name in told
        assert not told[name].disputed
        assert told[name].second is not None
    assert told["availability/main"].second.value == pytest.approx(0.99 * 0.999)  # pyright: ignore
    assert ledger.needs[0].verdict == "met"


def test_threads_held_while_others_are_waited_for_give_bounds_that_hold_the_simulation() -> None:
    busy = assess(loads(QUEUE.replace("1.5/s", "2.4/s")), CATALOG)["utilisation/w"]
    assert busy.second is not None
    assert busy.value is None
    assert busy.low < busy.second.low < busy.second.high < busy.high  # pyright: ignore


@pytest.mark.parametrize(
    ("first", "second", "disputed"),
    [
        ((1.0, 1.0, 1.0), (1.02, 1.03, 1.04), True),
        ((1.0, 1.0, 1.0), (0.999, 1.03, 1.06), False),  # the interval of the difference holds zero
        ((1.0, 1.0, 1.0), (1.001, 1.002, 1.003), False),  # by less than 1 %
        ((0.9, None, 1.1), (1.15, 1.2, 1.25), True),
        ((0.9, None, 1.1), (1.05, 1.2, 1.35), False),
        ((0.9, None, 1.1), (0.95, 1.0, 1.05), False),
        ((0.9, None, 1.1), (0.7, 0.8, 0.85), True),
        ((0.9, None, None), (0.95, 10.0, 11.0), False),
        ((1.0, 1.0, 1.0), (None, None, None), False),
        ((1.0, 1.0, 1.0), (0.95, 0.96, 0.97), True),
        ((1.0, 1.0, 1.0), (1.0005, None, 1.009), False),  # by less than 1 % in the middle
        ((100.0, 100.0, 100.0), (100.5, 101.0, 101.5), False),  # by 1 % and no more
        ((1.0, None, None), (0.985, 0.992, 0.995), False),  # below the bound by less than 1 %
        ((None, None, 1.1), (1.101, 1.105, 1.109), False),  # above it by less
        ((None, None, 1.1), (1.101, 1.2, 1.3), True),
        ((100.0, None, None), (90.0, 95.0, 97.0), True),
        ((None, None, 100.0), (103.0, 105.0, 110.0), True),
    ],
)
def test_what_counts_as_disputed(
    first: tuple[float | None, ...], second: tuple[float | None, ...], disputed: bool
) -> None:
    low, value, high = first
    figure = Figure("latency/x/p95", "", "s", value=value, low=low, high=high)
    assert differs(figure, Result("simulation", second[0], second[2], second[1], 0.9999)) is disputed


@pytest.mark.parametrize(
    ("error", "second", "disputed"),
    [
        (0.05, (1.02, 1.03, 1.04), False), (0.01, (1.02, 1.03, 1.04), True),
        (0.05, (0.96, 0.97, 0.98), False), (0.01, (0.96, 0.97, 0.98), True),
    ],
)  # fmt: skip
def test_what_only_approximates_is_allowed_the_error_that_it_was_seen_with(
    error: float, second: tuple[float, float, float], disputed: bool
) -> None:
    """Of 20 s and so of 1 s: 5 % of error reach over 2 to 4 % and 1 % doesn't reach 2 %."""
    for size in (1.0, 20.0):
        figure = Figure("latency/x/p95", "", "s", value=size, low=size, high=size, error=error)
        low, value, high = (size * end for end in second)
        assert differs(figure, Result("simulation", low, high, value, 0.9999)) is disputed


def test_of_a_ledger_what_another_method_gives_too_is_looked_at_again() -> None:
    """0.99 x 0.999 of a month of 2,628,000 s; what isn't shown, and what has a second result, stays."""
    context = on(loads(QUEUE))
    context.memo["simulated"] = Simulated(Replicated({"latency/main/mean": estimate([1.0, 1.1])}, 2, True, 0))
    for name in ("availability/main", "downtime/main", "outages/main", "latency/main/mean"):
        figure(context, name)
    missing = Figure("latency/main/p95", "", "s", missing=("something",), reason="no")
    kept = Result("by hand", 1.0, 2.0, 1.5, 0.9)
    known = replace(context.ledger["latency/main/mean"], name="latency/main/p99", second=kept)
    context.ledger.figures |= {missing.name: missing, known.name: known}
    agree(context)
    second = {name: found.second for name, found in context.ledger.figures.items()}
    assert second["availability/main"] is not None and second["downtime/main"] is not None
    assert second["availability/main"].value == pytest.approx(0.99 * 0.999)
    assert second["downtime/main"].value == pytest.approx((1 - 0.99 * 0.999) * 730 * 3600)
    assert second["latency/main/mean"] is not None and second["latency/main/mean"].value == pytest.approx(
        1.05
    )
    assert second["outages/main"] is None and second["latency/main/p95"] is None
    assert second["latency/main/p99"] is kept


def test_a_second_result_without_ends_is_none() -> None:
    context = on(loads(QUEUE))
    known = figure(context, "availability/main")
    for low, high, kept in ((None, None, False), (0.9, None, True), (None, 0.999, True)):
        context.memo["availability by states", "main"] = Result("states", low, high, None, 0.9)
        assert (compared(context, known).second is not None) is kept


def test_a_wrong_figure_is_disputed_and_no_need_is_met_on_it() -> None:
    context = on(loads(QUEUE))
    right = figure(context, "latency/main/p95")
    wrong = replace(right, value=0.5, low=0.4, high=0.6)
    told = compared(context, wrong)
    assert "threads are held" in told.disputed
    assert verdict(told, Target("at_most", 10.0)) == "disputed"


def test_a_system_without_a_steady_state_has_no_second_figure() -> None:
    ledger = assess(loads(QUEUE.replace("1.5/s", "3.5/s")), CATALOG)
    assert all(f.second is None for f in ledger if f.name.startswith(("latency/", "utilisation/")))


def _disputed(model: str) -> tuple[Context, Figure]:
    """A context whose simulation is told to have found 2 s, and the figure that says 1 s."""
    context = on(loads(model))
    figure = Figure("latency/main/mean", "", "s", value=1.0, low=1.0, high=1.0)
    found = {figure.name: estimate([1.98, 2.0, 2.02], 0.99), "success/main": estimate([1.0, 9.0])}
    context.memo["simulated"] = Simulated(Replicated(found, 3, True, 0))
    return context, figure


PLAIN = """groma: 1
system: plain
currency: EUR
components:
  a: {kind: service, threads: 3, offers: {f: {work: WORK}}}
flows:
  main: {starts: {rate: 0.5/s}, steps: [STEPS]}
"""


@pytest.mark.parametrize(
    ("work", "steps", "reason"),
    [
        ("500 ms ± 1.25 s", "{call: a.f}", "heavy tails: a.f"),
        ("500 ms ± 1 s", "{call: a.f}", "don't arrive independently"),  # a squared variation of 4 and no more
        ("500 ms ± 1 s", "{parallel: [[{call: a.f}], [{call: a.f}]]}", "run at the same time"),
    ],
)
def test_a_dispute_is_told_with_what_in_the_model_is_likeliest_to_cause_it(
    work: str, steps: str, reason: str
) -> None:
    told = compared(*_disputed(PLAIN.replace("WORK", work).replace("STEPS", steps)))
    assert reason in told.disputed


def test_replications_in_two_groups_are_told_as_bistable() -> None:
    context, figure = _disputed(PLAIN.replace("WORK", "500 ms").replace("STEPS", "{call: a.f}"))
    found = {"success/main": estimate([1.0, 9.0])}
    context.memo["simulated"] = Simulated(Replicated(found, 16, True, 0))
    found[figure.name] = estimate([1.9] * 8 + [3.5] * 8)
    assert "bistable" in compared(context, figure).disputed
    found[figure.name] = estimate([1.9] * 8 + [3.1] * 8)
    assert "bistable" not in compared(context, figure).disputed  # nearer than half their mean of 2.5


@pytest.mark.parametrize("steady", [True, False])
def test_what_no_simulation_gives_is_never_told_as_bistable(steady: bool) -> None:
    text = PLAIN.replace("threads: 3", "threads: 3, fails: {availability: 99 %}").replace("WORK", "500 ms")
    context, _ = _disputed(text.replace("STEPS", "{call: a.f}"))
    if not steady:
        context.memo["simulated"] = Simulated(None)
    told = compared(context, Figure("availability/main", "", "", value=0.5, low=0.5, high=0.5))
    assert told.second is not None and told.second.value == pytest.approx(0.99)
    assert "bistable" not in told.disputed
    assert "independently" in told.disputed
