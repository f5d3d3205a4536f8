"""Queues to which one run comes more than once: where that is so, by hand; and figures that hold the simulation."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import pytest

from analyses.busy_programs import context
from analyses.crowded_programs import model as crowded
from groma.analyses.latency import figure
from groma.analyses.loads.revisits import Revisits, revisits
from groma.analyses.registry import numbers
from groma.analyses.simulation import compiled
from groma.model.elements import Model
from groma.model.load import loads
from groma.solvers.simulation import Outcome, Settings, run

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\n"
PARTS = """
  a:
    kind: s
    threads: THREADS
    offers: {f: {work: WORK}, g: {work: 1 ms, steps: [{call: b.f}]}, h: {work: 1 ms, fails: 9 %},
             k: {work: 1 ms, steps: [{call: a.f}]}}
  b: {kind: s, threads: 9, offers: {f: {work: 1 ms}, g: {work: 1 ms, answers: at once, steps: [{call: a.f}]}}}
  p: {kind: resource, threads: 9}
"""
SEEDS = 3000 if os.environ.get("GROMA_THOROUGH") else 120


def given(steps: str, rate: str = "1/s", threads: int = 1, work: str = "10 ms") -> Model:
    parts = PARTS.replace("THREADS", str(threads)).replace("WORK", work)
    return loads(f"{HEAD}components:{parts}flows:\n  main: {{starts: {{rate: {rate}}}, steps: {steps}}}\n")


def simulated(model: Model, runs: float, seed: int = 1) -> Outcome:
    rate = model.flows["main"].starts
    assert rate is not None
    return run(compiled(model).program, Settings(until=runs / rate.at_peak.mean), seed=seed)  # pyright: ignore


@pytest.mark.parametrize(
    ("steps", "a", "b"),
    [
        ("[{call: a.f}]", None, None),
        ("[{call: a.f}, {wait: 1 s}, {call: a.f}]", (2, 1), None),
        ("[{choose: [{share: 50 %, steps: [{call: a.f}]}, {share: 50 %, steps: [{call: a.f}]}]}]", None, None),
        ("[{repeat: {times: 3, steps: [{call: a.f}]}}]", (3, 1), None),
        ("[{repeat: {until: 50 %, at_most: 4, steps: [{call: a.f}]}}]", (4, 1), None),
        ("[{parallel: [[{call: a.f}], [{call: a.f}, {call: a.f}]]}]", (3, 2), None),
        ("[{parallel: [[{call: a.f}], [{call: b.f}]]}, {call: a.f}]", (2, 1), None),
        ("[{parallel: [[{call: a.f}], [{call: b.f}]], join: any}, {call: a.f}]", (2, 2), None),
        ("[{send: a.f}]", None, None),
        ("[{send: a.f}, {call: a.f}]", (2, 2), None),
        ("[{call: a.f}, {send: a.f}]", (2, 1), None),
        ("[{repeat: {times: 3, steps: [{send: a.f}]}}]", (3, 3), None),
        ("[{call: a.g}, {call: b.f}]", None, (2, 1)),
        ("[{call: b.g}, {call: a.f}]", (2, 2), None),
        ("[{call: a.k}]", (2, 2), None),
        ("[{call: a.f, retry: {times: 2}}]", None, None),
        ("[{call: a.h, retry: {times: 2}}]", (3, 1), None),
        ("[{call: a.h, retry: {times: 2, on: [throttled, timeout]}}]", None, None),
        ("[{call: a.f, timeout: 9 ms, retry: {times: 2, on: [timeout]}}]", None, None),
        ("[{call: a.f, hedge: {after: 9 ms}}]", None, None),
        ("[{call: a.h, fallback: [{call: a.f}]}]", (2, 1), None),
        ("[{parallel: [[{call: a.h}], [{call: b.f}]], fallback: [{call: a.f}]}]", (2, 2), None),
        ("[{hold: p, steps: [{call: a.f}, {call: a.f}]}]", (2, 1), None),
    ],
)  # fmt: skip
def test_how_often_a_run_comes_and_how_many_calls_are_there_at_once(
    steps: str, a: tuple[int, int] | None, b: tuple[int, int] | None
) -> None:
    """Counted by hand."""
    found = revisits(context(given(steps)))
    told = {f"components.{n}": Revisits(*each) for n, each in (("a", a), ("b", b)) if each is not None}
    assert dict(found) == told


@pytest.mark.parametrize("rate", [5, 30, 45])
def test_means_of_exponential_work_are_those_of_jackson(rate: int) -> None:
    """Twice 10 ms at one server: as an M/M/1 queue with twice the calls. There is no percentile as if they were two."""
    model = loads(
        f"{HEAD}components: {{a: {{kind: s, threads: 1, offers: {{f: {{work: 10 ms ± 10 ms}}}}}}}}\n"
        f"flows: {{main: {{starts: {{rate: {rate}/s}}, steps: [{{call: a.f}}, {{call: a.f}}]}}}}\n"
    )
    found = figure(context(model), "latency/main/mean")
    truth = 2 * 0.01 / (1 - 2 * rate * 0.01)
    assert found.value == pytest.approx(truth, rel=1e-6)
    assert figure(context(model), "latency/main/p95").value is None
    seen = simulated(model, 200_000).flow("main").latency
    assert seen.mean == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize(
    ("steps", "threads", "truth"),
    [
        ("[{parallel: [[{call: a.f}], [{call: a.f}], [{call: a.f}]]}]", 1, 0.03),
        ("[{parallel: [[{call: a.f}], [{call: a.f}], [{call: a.f}]]}]", 2, 0.02),
        ("[{parallel: [[{call: a.f}], [{call: a.f}], [{call: a.f}]]}]", 3, 0.01),
        ("[{send: a.f}, {call: a.f}]", 1, 0.02),
        ("[{send: a.f}, {call: a.f}]", 2, 0.01),
        ("[{call: a.f}, {call: a.f}]", 1, 0.02),
    ],
)
def test_a_run_that_is_alone_waits_for_itself_only(steps: str, threads: int, truth: float) -> None:
    """Three runs an hour never meet: what they take is counted by hand, and never less than told."""
    low, _, high = numbers(context(given(steps, "3/h", threads)), "latency/main/p95")
    assert low is not None and high is not None and low <= truth * (1 + 1e-3) and truth * (1 - 1e-3) <= high
    assert high <= 0.0302


def test_what_follows_up_behind_a_run_is_in_front_of_its_second_call() -> None:
    """A server that is busy a sixth of the time: as independent waits the percentile would be 11.9 ms."""
    model = given("[{call: a.f}, {call: a.f}]", "20.3/s", work="4 ms")
    low, value, high = numbers(context(model), "latency/main/p95")
    seen = simulated(model, 200_000).flow("main").latency.quantile(0.95)
    assert seen > 0.0145 and value is None
    assert low is not None and high is not None and low <= seen <= high < 0.025
    notes = figure(context(model), "latency/main/p95").valid
    assert any("a run comes to components.a up to 2 times" in note for note in notes)


def missed(seed: int, limits: bool) -> Iterator[str]:
    """What is told of a model and doesn't hold what its simulation shows: how many end well, by which times, and how
    busy parts are; nothing is looked at where there is no steady state."""
    model = loads(crowded(seed, limits))
    here = context(model)
    low, _, high = numbers(here, "success/main")
    told = {share: numbers(here, f"latency/main/{name}") for name, share in (("p50", 0.5), ("p95", 0.95))}
    shown = simulated(model, 20_000, seed)
    seen = shown.flow("main")
    runs = sum(seen.ended.values())
    if seen.in_progress > 0.02 * runs + 200:
        return
    success, slack = seen.ended.get("ok", 0) / runs, 4.5 / math.sqrt(runs) + 0.004
    if (low is not None and low > success + slack) or (high is not None and high < success - slack):
        yield f"{seed}: success {low} to {high}, simulated {success}"
    if seen.latency.count > 2000:
        near = 4.5 / math.sqrt(seen.latency.count) + 0.004
        for share, (early, _, late) in told.items():
            if early is not None and seen.latency.above(0.99 * early - 1e-4) < 1 - share - near:
                yield f"{seed}: {share} of runs take less than {early} s"
            if late is not None and seen.latency.above(1.01 * late + 1e-4) > 1 - share + near:
                yield f"{seed}: {share} of runs take more than {late} s"
    other = shown.flow("other")
    if other.in_progress > 0.02 * sum(other.ended.values()) + 200:
        return
    for station in shown.stations:
        part, busy = station.name.removeprefix("components."), station.utilisation
        low, _, high = numbers(here, f"utilisation/{part}")
        if low is not None and min(low, 1.0) > 1.03 * busy + 0.006:
            yield f"{seed}: {part} is less busy than {low}: {busy}"
        if high is not None and busy > 1.03 * high + 0.006:
            yield f"{seed}: {part} is more busy than {high}: {busy}"


@pytest.mark.compiled
@pytest.mark.parametrize("limits", [False, True])
@pytest.mark.parametrize("batch", range(8))
def test_figures_hold_the_simulation_of_random_programs_that_meet_themselves(
    batch: int, limits: bool
) -> None:
    for seed in range(batch, SEEDS, 8):
        assert [*missed(seed, limits)] == []


@pytest.mark.parametrize(("units", "work"), [(1, 1.0), (2, 1 + 2 / 3)])
def test_attempts_beside_one_another_wait_for_each_other(units: int, work: float) -> None:
    """A run that is alone, 30 ms of work, a second attempt after 10 ms: with one unit to hold it waits for the first
    until that ends well, and is never begun; with two it is given up after 20 ms. Work counted in whole attempts."""
    text = (
        f"{HEAD}components: {{p: {{kind: resource, threads: {units}}}, b: {{kind: s, threads: 9, offers: "
        "{f: {work: 30 ms, cancels: true}}}}\n"
        "flows: {main: {starts: {rate: 1/h}, "
        "steps: [{hold: p, steps: [{call: b.f}], hedge: {after: 10 ms}}]}}\n"
    )
    low, _, high = numbers(context(loads(text)), "utilisation/b")
    assert low is not None and high is not None
    assert low * (1 - 1e-9) <= 0.03 / 3600 / 9 * work <= high * (1 + 1e-9)


def test_whoever_comes_with_others_waits_for_whatever_they_ask_for() -> None:
    """A run that is alone: the 4 ms behind the 10 ms of its other branch never end within 13 ms."""
    steps = "[{parallel: [[{call: a.long}], [{call: a.short, timeout: 13 ms}]]}]"
    text = (
        f"{HEAD}components: {{a: {{kind: s, threads: 1, offers: {{long: {{work: 10 ms}}, short: {{work: 4 ms}}}}}}}}\n"
        f"flows: {{main: {{starts: {{rate: 1/h}}, steps: {steps}}}}}\n"
    )
    low, value, _ = numbers(context(loads(text)), "success/main")
    assert (low, value) == (pytest.approx(0.0, abs=1e-5), None)


def test_other_runs_come_with_others_too() -> None:
    """Two calls of 7 ms at three servers, no time to wait: all is well unless another run came within 7 ms before,
    which keeps two of them busy (Poisson: exp(-0.035) of runs, but for what those that waited leave behind)."""
    steps = "[{parallel: [[{call: a.f, timeout: 8 ms}], [{call: a.f, timeout: 8 ms}]]}]"
    model = given(steps, "5/s", 3, "7 ms")
    low, _, high = numbers(context(model), "success/main")
    ended = simulated(model, 40_000).flow("main").ended
    share = ended["ok"] / sum(ended.values())
    assert share == pytest.approx(math.exp(-0.035), abs=0.005)
    assert low is not None and high is not None
    assert low <= share <= high


@pytest.mark.parametrize(("units", "turned_away"), [(2, 0.0), (400, 0.6**2 / (1 + 0.6 + 0.6**2))])
def test_fewer_come_at_a_time_where_units_are_held(units: int, turned_away: float) -> None:
    """A server with one place to wait, 60 % busy: of a Poisson stream it turns away what M/M/1/2 does, and nobody where
    only two can be there."""
    text = (
        f"{HEAD}components: {{p: {{kind: resource, threads: {units}}}, "
        "c: {kind: s, threads: 1, queue: 1, offers: {f: {work: exponential(15 ms)}}}}\n"
        "flows: {main: {starts: {rate: 40/s}, steps: [{hold: p, steps: [{call: c.f}]}]}}\n"
    )
    low, value, high = numbers(context(loads(text)), "success/main")
    assert low is not None and high is not None
    assert low <= 1 - turned_away + 1e-9 and 1 - turned_away <= high + 1e-9
    assert value == (None if units == 2 else pytest.approx(1 - turned_away, abs=1e-3))


def test_calls_that_come_together_fill_a_queue_themselves() -> None:
    """A run that is alone sends six at once to three servers and one place: two are turned away."""
    sends = ", ".join(["{send: c.f}"] * 5)
    text = (
        f"{HEAD}components: {{c: {{kind: s, threads: 3, queue: 1, offers: {{f: {{work: 15 ms}}}}}}}}\n"
        f"flows: {{main: {{starts: {{rate: 1/h}}, steps: [{sends}, "
        "{call: c.f, retry: {times: 2, backoff: 1 ms, on: [throttled]}}]}}\n"
    )
    low, _, _ = numbers(context(loads(text)), "utilisation/c")
    assert low is not None and low <= 4 * 0.015 / 3600 / 3
