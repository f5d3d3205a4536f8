"""Calls that a full queue turned away come again: figures against exact chains, closed forms and the simulator."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.given import CATALOG, context
from groma.analyses import assess, figure
from groma.analyses.loads.again import at_once, spread, spreads
from groma.analyses.outcome.algebra import Outcome, mass_of
from groma.analyses.outcome.attempts import capped, refused
from groma.analyses.outcome.law import FAST, SLOW, Grid, fixed, scaled
from groma.model.figure import Figure
from groma.model.load import loads
from groma.model.program import Retry
from groma.solvers.queueing import mmck
from solvers.retrial_chain import retrial

TEXT = """
people: {{ana: {{}}}}
components:
  desk: {{kind: s, threads: {threads}, queue: {queue}, price: {{call: 1 EUR}}, offers: {{f: {{work: {work}}}}}}}
  front: {{kind: s, price: {{call: 1 EUR}}, offers: {{f: {{}}, g: {{steps: [{{call: desk.f}}]}}}}}}
  spare: {{kind: s, threads: 1, queue: 0, offers: {{f: {{work: 1 s ± 1 s}}}}}}
flows:
  main: {{starts: {{rate: {rate:g}/s}}, steps: [{step}]}}
"""


def text(step: str, rate: float = 0.8, queue: int = 2, threads: int = 1, work: str = "1 s ± 1 s") -> str:
    return TEXT.format(step=step, rate=rate, queue=queue, threads=threads, work=work)


def found(step: str, measure: str, rate: float = 0.8, queue: int = 2, work: str = "1 s ± 1 s") -> Figure:
    return figure(context(text(step, rate, queue, work=work)), measure)


def assert_around(shown: Figure, truth: float, slack: float = 1e-9) -> None:
    assert shown.low is not None and shown.high is not None
    assert shown.low - slack <= truth <= shown.high + slack


@pytest.mark.parametrize(("rate", "queue", "times"), [(0.3, 0, 1), (0.8, 2, 3), (1.5, 2, 2)])
def test_whoever_comes_again_at_once_is_turned_away_as_often_as_erlang_says_of_first_calls(
    rate: float, queue: int, times: int
) -> None:
    """Nothing has changed a moment later: M/M/1/K with first calls alone, and all attempts more are in vain."""
    step, lost = f"{{call: desk.f, retry: {times}}}", mmck(rate, 1.0, 1, 1 + queue).lost
    truths = {
        "success/main": 1 - lost,
        "throughput/desk": rate * (1 + times * lost),
        "utilisation/desk": rate * (1 - lost),
        "cost/main/run": 1 - lost,
    }
    for measure, truth in truths.items():
        shown = found(step, measure, rate, queue)
        assert shown.value == pytest.approx(truth, rel=1e-9), measure
        assert shown.low == pytest.approx(truth, rel=1e-9) and shown.high == pytest.approx(truth, rel=1e-9)
    assert any("finds the queue as full" in note for note in found(step, "success/main", rate, queue).valid)


@pytest.mark.parametrize("pause", [0.05, 1.0, 30.0])
@pytest.mark.parametrize(("rate", "queue", "threads"), [(0.5, 0, 1), (0.8, 2, 1), (1.3, 2, 2), (1.5, 1, 1)])
def test_shown_ends_hold_an_exact_chain_of_calls_that_come_again(
    rate: float, queue: int, threads: int, pause: float
) -> None:
    step = f"{{call: desk.f, retry: {{times: 1, backoff: {pause:g} s ± {pause:g} s}}}}"
    truth = retrial(rate, 1.0, threads, threads + queue, pause, 1)
    c = context(text(step, rate, queue, threads))
    shown = figure(c, "success/main")
    assert_around(shown, truth.success)
    assert shown.value is None
    lost = mmck(rate, 1.0, threads, threads + queue).lost
    assert (shown.low, shown.high) == (
        pytest.approx(1 - lost, rel=1e-6),
        pytest.approx(1 - lost**2, rel=1e-6),
    )
    assert_around(figure(c, "throughput/desk"), rate * truth.attempts)
    assert_around(figure(c, "utilisation/desk"), rate * truth.success / threads)
    assert_around(figure(c, "cost/main/run"), truth.success)


@settings(max_examples=10, deadline=None)
@given(
    rate=st.floats(0.1, 1.6), queue=st.integers(0, 3), threads=st.integers(1, 2), pause=st.floats(0.02, 5.0),
)  # fmt: skip
def test_two_attempts_more_stay_between_the_ends(rate: float, queue: int, threads: int, pause: float) -> None:
    retry = f"{{times: 2, backoff: {pause:.6f} s ± {pause:.6f} s, factor: 1}}"
    truth = retrial(rate, 1.0, threads, threads + queue, round(pause, 6), 2)
    c = context(text(f"{{call: desk.f, retry: {retry}}}", rate, queue, threads))
    assert_around(figure(c, "success/main"), truth.success, 1e-5)
    assert_around(figure(c, "throughput/desk"), rate * truth.attempts, 1e-4)
    assert_around(figure(c, "utilisation/desk"), rate * truth.success / threads, 1e-5)


def test_calls_that_come_again_alike_come_in_a_crowd_however_long_they_pause() -> None:
    """With pauses of 1000 s each 95.2 % end well (simulated), where independent attempts would be 97.7 %."""
    step = "{call: desk.f, retry: {times: 2, backoff: 1000 s, factor: 1%s}}"
    alike, apart = found(step % "", "success/main"), found(step % ", jitter: 0.9", "success/main")
    assert alike.value is None is apart.value
    assert_around(alike, 0.952)
    far = found("{call: desk.f, retry: {times: 2, backoff: 10000 s, factor: 1, jitter: 0.9}}", "success/main")
    assert far.value == pytest.approx(0.9771795, rel=1e-4)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("", 0.0),
        (", backoff: 10 s", 0.0),
        (", backoff: 10 s, jitter: 0.5", 10.0),
        (", backoff: 10 s, jitter: 2", 30.0),
        (", backoff: 10 s, jitter: 1, factor: 0.5", 5.0),
        (", backoff: 10 s ± 10 s", 10.0),
        (", backoff: 'uniform(4 s, 10 s)'", 6.0),
        (", backoff: 10 s ± 3 s", 0.0),
    ],
)
def test_over_how_long_pauses_are_spread(written: str, seconds: float) -> None:
    """Over what a constant pause and its jitter say, or over the mean of an exponential one; else nobody knows."""
    model = loads(
        "groma: 1\nsystem: t\ncurrency: EUR" + text(f"{{call: desk.f, retry: {{times: 3{written}}}}}")
    )
    retry = model.flows["main"].steps[0].policies.retry
    assert isinstance(retry, Retry)
    assert spread(retry) == pytest.approx(seconds)


def test_the_wait_of_those_let_in_is_at_most_that_of_all_places_before_them() -> None:
    """Two exponential services before it and its own: the mean of runs that end well is at most 3 s and the pause."""
    shown = found("{call: desk.f, retry: {times: 1, backoff: 100 ms}}", "latency/main/mean", 0.3)
    assert shown.low is not None and shown.high is not None
    assert 0.97 < shown.low < 1.4 < shown.high < 3.2
    fixed = found("{call: desk.f, retry: {times: 1, backoff: 100 ms}}", "latency/main/mean", 0.3, work="1 s")
    assert fixed.high is not None and math.isfinite(fixed.high)
    none = found(
        "{call: desk.f, retry: {times: 1, backoff: 100 ms}}", "latency/main/mean", 0.3, work="1 s ± 2 s"
    )
    assert none.high is None


def test_work_that_takes_always_as_long_may_be_done_when_a_call_comes_again() -> None:
    """M/D/1/1 at load 0.5 with a pause of one service: whoever was turned away finds the server free of that call, so
    that only the upper end of one is sure; at the lower one no more servers are busy than there is work."""
    shown = found("{call: desk.f, retry: {times: 1, backoff: 1 s}}", "success/main", 0.5, 0, work="1 s")
    assert (shown.low, shown.value, shown.high) == (pytest.approx(0.5), None, pytest.approx(1.0))


@pytest.mark.parametrize(
    "step",
    [
        "{call: desk.f, retry: {times: 2, on: failed}}",
        "{call: desk.f, retry: 0}",
        "{call: desk.f}",
    ],
)
def test_where_nobody_comes_again_figures_stay_exact(step: str) -> None:
    assert found(step, "success/main").value == pytest.approx(1 - mmck(0.8, 1.0, 1, 3).lost, rel=1e-9)


def test_a_finite_queue_in_a_fallback_is_not_tried_again() -> None:
    """Front fails 30 %, twice: 9 % go to the spare, whose Erlang loss has no retry around it."""
    step = "{call: ana.f, retry: {times: 1, backoff: 1 s}, fallback: [{call: spare.f}]}".replace(
        "ana.f", "front.f"
    )
    c = context(text(step).replace("offers: {f: {}, g", "offers: {f: {fails: 30 %}, g"))
    shown = figure(c, "success/main")
    assert shown.value == pytest.approx(1 - 0.09 * (0.072 / 1.072), rel=1e-6)


def test_other_errors_stay_independent_and_cost_what_they_cost() -> None:
    """Fails 30 % on a station that is never full: 1 - 0.3^3; a queue of 400 places turns nearly nobody away."""
    c = context(
        text("{call: desk.f, retry: {times: 2, backoff: 1 s}}", 0.3, 400).replace(
            "± 1 s}}", "± 1 s, fails: 30 %}}"
        )
    )
    shown = figure(c, "success/main")
    assert_around(shown, 1 - 0.3**3, 1e-6)
    assert shown.high is not None and shown.low is not None and shown.high - shown.low < 2e-5
    attempts = figure(c, "throughput/desk")
    assert attempts.low == pytest.approx(0.3 * 1.39, rel=1e-4) and attempts.high == pytest.approx(
        0.3 * 1.39, rel=1e-4
    )


def test_of_steps_behind_the_queue_nothing_more_is_promised_than_of_one_attempt() -> None:
    """A group is tried again: what comes before the queue is called at every attempt, what comes behind only when let
    in; the chain of one further attempt counts both."""
    step = "{steps: [{call: front.f}, {call: desk.f}, {call: front.f}], retry: {times: 1, backoff: 500 ms ± 500 ms}}"
    truth = retrial(0.8, 1.0, 1, 3, 0.5, 1)
    c = context(text(step))
    assert_around(figure(c, "success/main"), truth.success)
    assert_around(figure(c, "throughput/front"), 0.8 * (truth.attempts + truth.success))
    assert_around(figure(c, "cost/main/run"), truth.attempts + 2 * truth.success)


def test_a_retry_inside_an_operation_counts_as_one() -> None:
    step = "{call: front.g, retry: {times: 1, backoff: 500 ms ± 500 ms}}"
    truth = retrial(0.8, 1.0, 1, 3, 0.5, 1)
    c = context(text(step))
    assert_around(figure(c, "success/main"), truth.success)
    assert_around(figure(c, "throughput/front"), 0.8 * truth.attempts)


def test_a_budget_keeps_attempts_below_its_share() -> None:
    step = "{call: desk.f, retry: {times: 3, backoff: 1 s, budget: 10 %}}"
    shown = found(step, "throughput/desk")
    assert shown.high == pytest.approx(0.8 * 1.1) and shown.low == pytest.approx(0.8)


SIMULATED = [
    "retry: {times: 2}",
    "retry: {times: 2, backoff: 100 ms}",
    "retry: {times: 2, backoff: 3 s, jitter: 0.5}",
    "timeout: 4 s, retry: {times: 1, backoff: 500 ms}",
    "retry: {times: 2, backoff: 1 s}, deadline: 5 s",
]


@pytest.mark.compiled
@pytest.mark.parametrize("policies", SIMULATED)
def test_the_simulation_lies_between_the_ends(policies: str) -> None:
    model = "groma: 1\nsystem: t\ncurrency: EUR" + text(f"{{call: desk.f, {policies}}}")
    for work in ("1 s ± 1 s", "1 s"):
        ledger = assess(loads(model.replace("1 s ± 1 s", work)), CATALOG)
        for name in ("success/main", "throughput/desk", "utilisation/desk", "latency/main/mean"):
            shown = ledger[name]
            assert shown.second is not None, (name, work)
            assert not shown.disputed, (name, work, shown)


def test_an_attempt_that_is_surely_turned_away_takes_as_long_as_those_that_are() -> None:
    """A third to a half of attempts are turned away after 10 or 20 ms."""
    grid = Grid(0.001, 64)
    law = scaled(grid, fixed(grid, 0.01), grid.triple(0.5, 1 / 3, 0.4))
    sure = refused(grid, Outcome({"throttled": law})).ends["throttled"]
    assert sure.mass[:2] == pytest.approx([1.0, 1.0])
    assert sure.cdf[FAST, [0, 9, 10, 63]] == pytest.approx([0.0, 0.0, 1.0, 1.0])
    assert sure.cdf[SLOW, [9, 10, 63]] == pytest.approx([0.0, 2 / 3, 2 / 3])
    assert sure.moment[SLOW] == pytest.approx(0.01 * 0.5 / (1 / 3)) and sure.moment[FAST] == pytest.approx(
        0.01 / 1.5
    )
    perhaps = refused(
        grid, Outcome({"throttled": scaled(grid, fixed(grid, 0.01), grid.triple(0.5, 0.0, 0.4))})
    )
    assert perhaps.ends["throttled"].cdf[FAST, [9, 10]] == pytest.approx([0.0, 1.0])
    assert perhaps.ends["throttled"].moment[SLOW] == math.inf
    at_once = refused(
        grid, Outcome({"throttled": scaled(grid, fixed(grid, 0.0), grid.triple(0.5, 0.1, 0.4))})
    )
    assert at_once.ends["throttled"].cdf[SLOW, 0] == 1.0


def test_turned_away_in_the_end_no_more_often_than_nobody_came_again() -> None:
    grid = Grid(0.001, 64)
    law = scaled(grid, fixed(grid, 0.01), grid.triple(0.5, 0.3, 0.4))
    well = scaled(grid, fixed(grid, 0.02), grid.triple(0.7, 0.5, 0.6))
    whole = Outcome({"throttled": law, "ok": well}, fixed(grid, 0.02))
    less = capped(grid, whole, 0.2)
    assert less.ends["throttled"].mass[:2] == pytest.approx([0.2, 0.2])
    assert less.ends["throttled"].cdf[FAST, [9, 10]] == pytest.approx([0.0, 0.2])
    assert mass_of(grid, less, {"ok"})[SLOW] == pytest.approx(0.8)
    assert capped(grid, whole, 0.5) is whole and capped(grid, Outcome({"ok": well}), 0.1).ends == {"ok": well}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("work: 1 s ± 1 s}}}\n  front", "work: 1 s ± 1 s, throttled: 20 %}}}\n  front"),
        ("backoff: 1 s}", "backoff: 1 s}, limit: {rate: 1/s, burst: 2}"),
    ],
)
def test_what_else_turns_calls_away_counts_beside_the_queue(old: str, new: str) -> None:
    """A share of 20 %, or a rate limit: then more may be lost in the end than a queue alone loses of first calls."""
    plain = text("{call: desk.f, retry: {times: 1, backoff: 1 s}}")
    alone, more = (figure(context(each), "success/main") for each in (plain, plain.replace(old, new)))
    assert old in plain and alone.low == pytest.approx(1 - mmck(0.8, 1.0, 1, 3).lost, rel=1e-6)
    assert more.low is not None and alone.low is not None and more.low < 0.9 * alone.low


@pytest.mark.parametrize(
    ("connection", "step"),
    [
        ("connections: {way: {from: front, to: desk, latency: 10 ms}}\n", "{call: desk.f, retry: 1}"),
        ("", "{call: desk.f, retry: {times: 1, backoff: 1 ms}}"),
        ("", "{call: desk.f, retry: 1, hedge: {after: 1 s}}"),
        ("", "{call: desk.f, retry: 1, limit: {rate: 100/s, burst: 5}}"),
        ("", "{call: desk.f, retry: 1, breaker: {opens_at: 90 %, window: 10 s, half_open_after: 1 s}}"),
        ("", "{call: front.g, retry: 1}"),
        ("", "{steps: [{call: desk.f}], retry: 1}"),
    ],
)
def test_only_who_asks_the_station_itself_at_the_same_moment_asks_at_once(connection: str, step: str) -> None:
    c = context(connection + text(step))
    assert not at_once(c, c.model.flows["main"].steps[0])
    direct = context(text("{call: desk.f, retry: 1}"))
    assert at_once(direct, direct.model.flows["main"].steps[0])


def test_of_all_steps_that_come_again_at_a_station_the_narrowest_pause_counts() -> None:
    steps = ", ".join(
        f"{{call: {part}.f, retry: {retry}}}"
        for part, retry in (
            ("desk", "1"),
            ("front", "{times: 1, on: failed, backoff: 1 s}"),
            ("desk", "{times: 1, backoff: 9 s, jitter: 0.5}"),
            ("desk", "{times: 1, backoff: 4 s, jitter: 0.5}"),
            ("spare", "{times: 1, backoff: 2 s}"),
        )
    )
    assert spreads(context(text(steps))) == {"components.desk": pytest.approx(4.0), "components.spare": 0.0}


@pytest.mark.parametrize("times", [1, 3])
def test_a_budget_that_calls_turned_away_can_not_use_up_changes_nothing(times: int) -> None:
    """Erlang's loss at 0.3 with three places is 1.9 %: of every run there are less than 0.019 n attempts more."""
    lost = mmck(0.3, 1.0, 1, 3).lost
    step = "{call: desk.f, retry: {times: %d, backoff: 1 s ± 1 s%s}}"
    plain = found(step % (times, ""), "success/main", 0.3)
    wide = found(step % (times, ", budget: 90 %"), "success/main", 0.3)
    assert times * 2 * lost < 0.9 and (wide.low, wide.high) == (plain.low, plain.high)
    assert not any("budget" in note for note in wide.valid)
    tight = found(step % (times, f", budget: {90 * times * lost:.6f} %"), "success/main", 0.3)
    assert any("budget may bite" in note for note in tight.valid)
