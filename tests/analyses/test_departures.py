"""Queues behind queues: when what leaves one is a Poisson stream, and what is told of waits where it isn't."""

from __future__ import annotations

import math
import os
import random
from dataclasses import replace

import numpy as np
import pytest

from analyses.busy_programs import component, context, missed, work
from groma.analyses.latency import figure
from groma.analyses.loads.passed import passed_before
from groma.analyses.outcome.call import Service
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.stirred import Kind, departing, kind_of, together
from groma.model.elements import Model
from groma.model.load import loads
from groma.solvers.queueing import mmc

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\n"
SEEDS = 1500 if os.environ.get("GROMA_THOROUGH") else 60


def tandem(works: list[tuple[int, str]], rate: float) -> Model:
    """Parts with so many servers and this work, one after the other."""
    parts = "".join(component(f"p{n}", *each) for n, each in enumerate(works))
    steps = ", ".join(f"{{call: p{n}.f}}" for n in range(len(works)))
    return loads(
        f"{HEAD}components:\n{parts}flows: {{main: {{starts: {{rate: {rate}/s}}, steps: [{steps}]}}}}\n"
    )


PARTS = """
components:
  a: {kind: s, threads: 1, offers: {f: {work: 1 ms}, g: {work: 1 ms, steps: [{call: b.f}]},
      h: {work: 1 ms, answers: at once, steps: [{call: b.f}]}}}
  b: {kind: s, threads: 1, offers: {f: {work: 1 ms}}}
  c: {kind: s, threads: 1, offers: {f: {work: 1 ms}}}
  free: {kind: s, offers: {f: {work: 1 ms}, g: {work: 1 ms, steps: [{call: a.f}, {call: b.f}]}}}
  p: {kind: resource, threads: 2}
people: {ana: {}}
"""


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("[{call: a.f}]", {}),
        ("[{call: a.f}, {call: a.f}]", {}),
        ("[{call: free.f}, {call: a.f}]", {}),
        ("[{call: a.f}, {call: b.f}, {call: c.f}]", {"b": "a", "c": "ab"}),
        ("[{call: a.g}, {call: c.f}]", {"b": "a", "c": "ab"}),
        ("[{call: a.h}, {call: c.f}]", {"b": "a", "c": "a"}),
        ("[{call: free.g}]", {"b": "a"}),
        ("[{send: a.g}, {call: c.f}]", {"b": "a"}),
        ("[{call: c.f}, {send: a.f}]", {"a": "c"}),
        ("[{parallel: [[{call: a.f}], [{call: b.f}]]}, {call: c.f}]", {"c": "ab"}),
        (
            "[{choose: [{share: 50 %, steps: [{call: a.f}]}, {share: 50 %, steps: [{call: b.f}]}]}, {call: c.f}]",
            {"c": "ab"},
        ),
        ("[{repeat: {times: 2, steps: [{call: a.f}, {call: b.f}]}}]", {"a": "b", "b": "a"}),
        ("[{hold: p, steps: [{call: a.f}]}, {call: b.f}]", {"a": "p", "b": "ap"}),
        ("[{call: a.f, fallback: [{call: b.f}]}]", {"b": "a"}),
        ("[{call: a.f, retry: {times: 1}}, {call: b.f}]", {"b": "a"}),
        ("[{call: a.g, retry: {times: 1}}]", {"a": "b", "b": "a"}),
        ("[{call: a.f, guard: [{name: g, takes: 1 ms, steps: [{call: b.f}]}]}]", {"b": "a"}),
        ("[{call: a.f}, {call: b.f, compensate: [{call: c.f}]}]", {"b": "a", "c": "ab"}),
        ("[{steps: [{call: a.f}, {call: b.f}]}, {call: c.f}]", {"b": "a", "c": "ab"}),
        ("[{do: other}, {call: c.f}]", {"c": "b"}),
        ("[{ask: ana, takes: 1 s}, {call: c.f}]", {"c": "ana"}),
    ],
)
def test_which_queues_a_run_may_have_behind_it(steps: str, told: dict[str, str]) -> None:
    """Counted by hand."""
    flows = f"main: {{starts: {{rate: 1/s}}, steps: {steps}}}, other: {{steps: [{{call: b.f}}]}}"
    found = passed_before(context(loads(f"{HEAD}{PARTS}flows: {{{flows}}}\n")))
    named = {
        station.partition(".")[2]: {other.partition(".")[2] for other in before}
        for station, before in found.items()
    }
    assert named == {name: {"ana"} if before == "ana" else set(before) for name, before in told.items()}


@pytest.mark.parametrize(
    ("count", "rate", "mean", "square", "truth"),
    [
        (1, 0.8, 1.0, 1.0, -0.64),  # constant work, Whitt (1983), equation 38: rho^2 (c^2 - 1)
        (1, 0.5, 1.0, 10.0, 2.0),  # nine times the variance of exponential work
        (1, 0.5, 1.0, 2.0, 0.0),  # work as variable as exponential work
        (4, 2.0, 1.0, 1.0, -4 / 23 / 2),  # Erlang's C of four servers and a load of two: 4 / 23
        (2, 1.6, 1.0, 1.0, -0.64 / math.sqrt(2)),  # Erlang's C is 32 / 45 there, more than rho^2
        (100, 10.0, 1.0, 1.0, 0.0),  # nobody waits (Mirasol 1963)
        (1, 2.0, 1.0, 1.0, -1.0),  # always busy: as regular as its work
    ],
)
def test_how_far_from_poisson_what_leaves_a_queue_is(
    count: int, rate: float, mean: float, square: float, truth: float
) -> None:
    more, less = departing(count, None, [Kind(rate, mean, square)], False)
    assert more - less == pytest.approx(truth, abs=1e-6)
    assert min(more, less) == 0.0


def test_two_kinds_of_work_vary_together() -> None:
    """Half of the calls take one second, half three: c^2 = 1/4; 40 % busy."""
    more, less = departing(1, None, [Kind(0.1, 1.0, 1.0), Kind(0.1, 3.0, 9.0)], False)
    assert (more, less) == (0.0, pytest.approx(0.16 * 0.75))


def test_a_queue_with_a_last_place_lets_fewer_through() -> None:
    """M/M/1/2: what is turned away at 50 % is 1/7."""
    assert departing(1, 1, [Kind(0.5, 1.0, 2.0)], True) == (0.0, pytest.approx(1 / 7))
    assert departing(1, None, [Kind(0.5, 1.0, 2.0)], True) == (0.0, 0.0)


def test_a_little_changes_nothing_and_more_comes_in_groups() -> None:
    assert [together(0.0, 0.02), together(0.01, 0.0), together(0.0, 0.03)] == [None, None, 1]
    assert [together(0.03, 0.0), together(1.5, 0.2), together(math.inf, 0.0)] == [2, 3, 10**6]
    assert together(1.01, 0.0) == 2


def test_a_time_that_is_seldom_very_long_counts_with_its_square() -> None:
    """One second, and ten thousand in one case of a thousand: looked at as far as 32 times 16 s, the next power of two
    of the mean of 10.999 s."""
    seen: list[Grid] = []

    def law(grid: Grid) -> Defective:
        seen.append(grid)
        cells = np.zeros((2, grid.cells))
        cells[:, grid.index(1.0)] = 0.999
        return Defective(cells, np.ones(2), np.full(2, 10.999))

    kind = kind_of(2.0, Service(law(Grid(1.0, 32, 2)), None, None, frozenset()), law)
    assert (kind.rate, kind.mean) == (2.0, 10.999)
    assert kind.square == pytest.approx(0.999 + 0.001 * 10_000.0**2)
    assert (seen[-1].horizon, seen[-1].cells) == (512.0, 1024)


@pytest.mark.parametrize("kind", ["W ms", "W ms ± S ms"])
def test_what_each_queue_before_changes_adds_up(kind: str) -> None:
    """A server that is an eighth busy with constant work, or with work of twice the variance of exponential work,
    changes less than a fiftieth of what a stream varies; two of them more."""
    before = (1, kind.replace("W", "12.5").replace("S", str(12.5 * math.sqrt(2))))
    for count, known in ((1, True), (2, False)):
        found = figure(context(tandem([before] * count + [(1, "9 ms ± 9 ms")], 10)), "latency/main/mean")
        assert (found.value is not None) == known


def test_out_of_bursts_and_again() -> None:
    """Half busy with nine times the variance of exponential work: three at a time, and each run comes twice."""
    model = tandem([(1, "10 ms ± 30 ms"), (2, "9 ms ± 4 ms")], 50)
    told = figure(context(model), "latency/main/p95").valid
    longer = "waits are taken to be up to 3 times as long as in a Poisson stream"
    assert f"calls reach components.p1 out of other queues: {longer}" in told
    assert any(note.startswith("components.p1: the wait is bounded") for note in told)
    step = model.flows["main"].steps[1]
    twice = replace(
        model, flows={"main": replace(model.flows["main"], steps=(*model.flows["main"].steps, step))}
    )
    told = figure(context(twice), "latency/main/p95").valid
    assert any(
        "a run comes to components.p1 up to 6 times, 3 of them at once, out of other queues" in note
        and "up to 9 times as long as those of a Poisson stream" in note
        for note in told
    )


def test_nobody_waits_behind_longer_constant_work() -> None:
    """Calls leave a server that takes 10 ms at least 10 ms apart, and 9 ms of work never make them wait: 19 ms and the
    wait at the first, 0.8 / 0.2 * 10 ms / 2 (Pollaczek, Khinchine). As a Poisson stream they would wait 11.6 ms."""
    found = figure(context(tandem([(1, "10 ms"), (1, "9 ms")], 80)), "latency/main/mean")
    assert found.value is None and found.low == pytest.approx(0.039)
    assert found.high == pytest.approx(0.039 + 0.72 * 0.009 / 0.28 / 2)
    told = "calls reach components.p1 out of other queues: waits are taken to be no longer than in a Poisson stream"
    assert told in found.valid
    assert "calls reach components.p0 as a Poisson stream" in found.valid
    assert "calls reach components.p1 as a Poisson stream" not in found.valid


def test_behind_exponential_work_and_behind_work_for_which_nobody_waits_means_are_exact() -> None:
    """Burke (1956): two M/M/c queues one after the other; a hundred servers for a load of eight."""
    found = figure(context(tandem([(2, "20 ms ± 20 ms"), (1, "9 ms ± 9 ms")], 80)), "latency/main/mean")
    assert found.value == pytest.approx(mmc(80, 0.02, 2).mean_response + mmc(80, 0.009, 1).mean_response)
    found = figure(context(tandem([(100, "100 ms"), (1, "9 ms ± 9 ms")], 80)), "latency/main/mean")
    assert found.value == pytest.approx(0.1 + mmc(80, 0.009, 1).mean_response)


def drawn(seed: int) -> tuple[Model, float]:
    """Two to four parts one after the other."""
    r = random.Random(seed)
    rate = r.choice((20.0, 50.0, 80.0))
    return tandem([work(r, rate) for _ in range(r.randint(2, 4))], rate), rate


@pytest.mark.compiled
@pytest.mark.parametrize("batch", range(6))
def test_figures_hold_the_simulation_of_random_parts_one_after_the_other(batch: int) -> None:
    """Of 540 such programs told as Poisson streams, half were outside, up to 1.9 times."""
    for seed in range(batch, SEEDS, 6):
        assert missed(*drawn(seed), seed) == []
