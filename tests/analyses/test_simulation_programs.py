"""Compiled programs against what programs mean: every outcome path, direct sampling, closed forms, bounds."""

from __future__ import annotations

import itertools
import math
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from analyses.brackets import assert_held
from analyses.given import on
from groma.analyses import figure
from groma.analyses.bound import bound_of
from groma.analyses.context import Context
from groma.analyses.cost.bill import bounds as cost_bounds
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.simulation import compiled
from groma.analyses.simulation.measured import second
from groma.analyses.visits.counts import expected
from groma.analyses.visits.walk import uses_of
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.solvers.simulation import Outcome, Program, Settings, Source, run
from groma.solvers.simulation.program import Action
from programs import TooMany, enumerate_runs, sample_runs, texts

pytestmark = pytest.mark.compiled

EXAMPLES = 5000 if os.environ.get("GROMA_THOROUGH") else 60
RELAXED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
RUNS = 2000
SURE = 6.0
"""Standard errors beyond which a difference isn't chance: once in five hundred million."""


def apart(text: str) -> str:
    """The model with times of which no two sums are equal, since what happens at the same instant has no order, and
    with people enough."""
    count = itertools.count(401, 13)
    text = re.sub(r"(timeout|deadline): (\d+) ms", lambda m: f"{m[1]}: {m[2]}.{next(count)} ms", text)
    text = text.replace("after: 5 ms", "after: 5.331 ms").replace("role: clerk", "role: clerk, count: 999")
    text = text.replace("work: 4 ms}", "work: 4.0713 ms}").replace("work: 15 ms", "work: 15.0391 ms")
    return text.replace("wait: 5 ms", "wait: 5.0171 ms").replace("takes: 6 ms", "takes: 6.0537 ms")


def simulate(model: Model, runs: int = RUNS, seed: int = 7) -> Outcome:
    made = compiled(model)
    assert not made.missing
    return run(made.program, Settings(runs=runs, until=math.inf), seed=seed)


def near(seen: float, true: float, sd: float, count: float) -> bool:
    return abs(seen - true) <= SURE * math.sqrt(max(sd * sd, 1e-9) / max(count, 1)) + 1e-9


@RELAXED
@given(texts(mark=True))
def test_shares_and_times_are_those_of_every_outcome_path(text: str) -> None:
    model = loads(apart(text))
    try:
        paths = enumerate_runs(model, "main")
    except TooMany:
        return
    if "parallel" in text:
        return  # branches that end at the same instant have no order; the next test has them with spread times
    seen = simulate(model).flow("main")
    total = sum(seen.ended.values())
    for kind, count in seen.ended.items():
        true = sum(w for w, e in paths if ("ok" if e.kind == "stopped" else e.kind) == kind)
        assert near(count / total, true, math.sqrt(max(true * (1 - true), 0.0)), total), kind
    well = [(w, e.time) for w, e in paths if e.kind in ("ok", "stopped")]
    chance = sum(w for w, _ in well)
    if chance > 0 and seen.latency.count:
        mean = sum(w * t for w, t in well) / chance
        sd = math.sqrt(max(sum(w * t * t for w, t in well) / chance - mean * mean, 0.0))
        assert near(seen.latency.mean, mean, sd + 1e-4, seen.latency.count)


@settings(RELAXED, max_examples=max(EXAMPLES // 8, 12))
@given(texts(spread=True))
def test_times_of_spread_programs_lie_in_the_bracket_and_are_those_of_direct_sampling(text: str) -> None:
    model, grid = loads(text.replace("role: clerk", "role: clerk, count: 999")), Grid(0.001, 1024)
    seen = simulate(model).flow("main")
    total = sum(seen.ended.values())
    outcome = Outcomes(Context(model, None, Ledger("")), grid).flow("main")  # pyright: ignore
    band = math.sqrt(math.log(2 / 1e-9) / (2 * total))  # Dvoretzky-Kiefer-Wolfowitz
    places = np.arange(grid.cells) * grid.step
    well = frozenset({"ok", "stopped"})
    below = np.cumsum(np.histogram(_times(seen), np.append(places - grid.step / 2, np.inf))[0]) / total
    slack = band + 0.004 * (below > 0)  # a bin of the histogram is 1/256 of an octave wide
    assert_held(outcome, well, below, seen.ended["ok"] / total, float(slack.max()), grid)
    direct = list(sample_runs(model, "main", 1500, 3))
    for kind, count in seen.ended.items():
        share = sum(("ok" if e.kind == "stopped" else e.kind) == kind for e in direct) / len(direct)
        spread = math.sqrt(share * (1 - share) / len(direct) + share * (1 - share) / total)
        assert abs(count / total - share) <= SURE * spread + 6 / len(direct), kind


def _times(seen: object) -> list[float]:
    from groma.solvers.simulation.outcome import middle

    return [t for number, count in seen.latency.bins for t in [middle(number)] * count]  # type: ignore[attr-defined]


@settings(RELAXED, max_examples=40)
@given(texts())
def test_calls_per_run_lie_within_what_is_expected(text: str) -> None:
    model = loads(apart(text))
    outcome = simulate(model, 3000)
    context = Context(model, None, Ledger(""))  # pyright: ignore
    uses = uses_of(Outcomes(context, Grid(0.001, 512)), "main")
    runs = outcome.flow("main").arrived
    for name in ("a", "b", "c"):
        calls = sum(n for tally, n in outcome.tallies.items() if tally.startswith(f"calls/{name}.")) / runs
        bounds = expected(uses, name)
        chance = (
            SURE * 2.0 * math.sqrt(max(calls, 1e-3) / runs)
        )  # a run calls a few times: its variance is no more
        assert bounds.low - chance <= calls <= bounds.high + chance, name


PRICES = {"a.f": 1.0, "a.g": 3.0, "b.f": 0.5, "b.g": 2.0, "c.f": 0.25, "c.g": 4.0}


def priced(text: str) -> str:
    """The model with a price for each call."""
    for name, price in PRICES.items():
        component, operation = name.split(".")
        pattern = rf"(  {component}: .*?{operation}: {{)"
        text = re.sub(pattern, rf"\1price: {price} EUR, ", text, count=1)
    return text


def one_by_one(program: Program, runs: int) -> list[Outcome]:
    """Runs alone, each with all that it leaves behind."""
    alone = replace(program, sources=(Source("main", times=(0.0,)),))
    return [run(alone, Settings(until=1000.0), seed=11, replication=n) for n in range(runs)]


def spent(outcome: Outcome) -> float:
    return sum(
        n * PRICES[t.removeprefix("calls/")] for t, n in outcome.tallies.items() if t.startswith("calls/")
    )


@settings(RELAXED, max_examples=max(EXAMPLES * 3 // 5, 40))
@given(texts(mark=True))
def test_no_run_takes_more_than_the_bound_and_all_cost_what_is_expected(text: str) -> None:
    model = loads(priced(apart(text)))
    context = on(model)
    most = bound_of(context, "main")
    low, high = cost_bounds(context, "cost/main/run")
    assert math.isfinite(most.cost)
    alone = one_by_one(compiled(model).program, 12)
    for outcome in alone:
        calls = sum(n for tally, n in outcome.tallies.items() if tally.startswith("calls/"))
        assert calls <= most.calls + 1e-9
        assert spent(outcome) <= most.cost * (1 + 1e-9)
        assert outcome.flow("main").latency.most <= most.time + 1e-6
    seen = simulate(model, 3000)
    runs = seen.flow("main")
    assert runs.latency.most <= most.time + 1e-6
    mean = spent(seen) / runs.arrived
    # what lies between 0 and the bound varies no more than if it were one of the two
    chance = SURE * math.sqrt(max(mean * (most.cost - mean), 0.0) / runs.arrived)
    left_behind = most.cost * runs.in_progress / runs.arrived
    assert mean <= most.cost * (1 + 1e-9)
    assert low - chance - left_behind - 2 * most.cost / runs.arrived <= mean <= high * (1 + 1e-9) + chance


ONE = """groma: 1
system: one
currency: EUR
components:
  a: {kind: service, offers: {f: {work: 4 ms, price: 1 EUR}}}
connections:
  ab: {from: a, to: a, loss: 10 %, gives_up_after: 20 ms}
flows:
  main: {by: a, starts: {rate: 1/s}, steps: [STEP]}
"""


def test_a_lost_message_takes_its_time_in_the_bound() -> None:
    model = loads(ONE.replace("STEP", "{call: a.f, retry: {times: 1}}"))
    assert bound_of(on(model), "main").time == pytest.approx(0.040)
    assert simulate(model).flow("main").latency.most == pytest.approx(0.024)


def test_what_isnt_waited_for_may_end_before_its_look_up_does() -> None:
    text = ONE.replace("loss: 10 %, ", "").replace(
        "STEP", "{parallel: [[], [{call: a.f, cache: {hits: 30 %, takes: 1 ms}}]], join: any}"
    )
    low, high = cost_bounds(on(loads(text)), "cost/main/run")
    assert (low, high) == pytest.approx((0.0, 0.7))
    assert spent(simulate(loads(text))) == 0.0
    at_once = text.replace(", cache: {hits: 30 %, takes: 1 ms}", "")
    seen = simulate(loads(at_once))
    assert spent(seen) == pytest.approx(seen.flow("main").arrived)


QUEUE = """groma: 1
system: queue
currency: EUR
components:
  a: {kind: service, threads: %s, replicas: %s%s, offers: {f: {work: %s}}}
flows:
  main: {starts: {rate: %s%s}, steps: [{call: a.f%s}]}
"""


def utilisation_and_mean(text: str, until: float, replications: int = 8) -> tuple[float, float, float]:
    """(utilisation, mean response, its standard error) over replications."""
    made = compiled(loads(text))
    outcomes = [
        run(made.program, Settings(until=until, warm_up=until / 10), seed=5, replication=n)
        for n in range(replications)
    ]
    means = [o.flow("main").latency.mean for o in outcomes]
    spread = float(np.std(means, ddof=1)) / math.sqrt(replications)
    return (
        float(np.mean([o.station("components.a").utilisation for o in outcomes])),
        float(np.mean(means)),
        spread,
    )


@pytest.mark.parametrize(
    ("text", "utilisation", "mean"),
    [
        # M/M/3 at 80 %: Erlang C; replicas and threads are servers alike
        (QUEUE % (3, 1, "", "1 s ± 1 s", "2.4/s", "", ""), 0.8, 2.078652),
        (QUEUE % (1, 3, "", "1 s ± 1 s", "2.4/s", "", ""), 0.8, 2.078652),
        # M/D/1 at 80 %: Pollaczek-Khinchine, 1 + 0.8 / (2 (1 - 0.8))
        (QUEUE % (1, 1, "", "1 s", "0.8/s", "", ""), 0.8, 3.0),
        # M/M/1 with processor sharing: the same mean as first come, first served
        (QUEUE % (1, 1, ", discipline: sharing", "1 s ± 1 s", "0.7/s", "", ""), 0.7, 1 / 0.3),
        # D/M/1: root sigma of exp(-(1 - sigma) / 0.8), mean 1 / (1 - sigma)
        (QUEUE % (1, 1, "", "1 s ± 1 s", "0.8/s", ", arrivals: 1 s", ""), 0.8, 2.693377),
    ],
)
def test_stations_of_a_model_are_queues_with_closed_forms(text: str, utilisation: float, mean: float) -> None:
    busy, response, error = utilisation_and_mean(text, 20_000)
    assert busy == pytest.approx(utilisation, rel=0.02)
    assert abs(response - mean) <= 5 * error + 0.003 * mean


def test_what_ends_exactly_at_its_limit_has_ended_in_time() -> None:
    made = compiled(loads(QUEUE % (9, 9, "", "100 ms", "1/s", "", ", timeout: 100 ms")))
    assert run(made.program, Settings(runs=200), seed=2).flow("main").ended["ok"] == 200


def test_work_with_a_stated_most_is_cut_off_there_and_not_where_its_station_is_slow() -> None:
    text = QUEUE % (1, 1, "", "{value: 1 s ± 1 s, max: 1.5 s}", "0.8/s", "", "")
    # Pollaczek-Khinchine with E min(X, m) = 1 - e^-m and E min(X, m)^2 = 2 (1 - (1 + m) e^-m).
    first, second = 1 - math.exp(-1.5), 2 * (1 - 2.5 * math.exp(-1.5))
    busy, response, error = utilisation_and_mean(text, 20_000)
    assert busy == pytest.approx(0.8 * first, rel=0.02)
    assert abs(response - (first + 0.8 * second / (2 * (1 - 0.8 * first)))) <= 5 * error
    alone = compiled(loads(text.replace("0.8/s", "0.001/s"))).program
    slow = replace(alone, actions=(Action(0.0, "slow", 0, 10.0),))
    seen = run(slow, Settings(runs=4000), seed=2).flow("main").latency
    assert seen.quantile(0.9) == pytest.approx(15.0, rel=0.003)
    assert seen.mean == pytest.approx(10 * first, rel=0.04)


def test_a_full_queue_turns_away_as_erlang_says() -> None:
    made = compiled(loads(QUEUE % (2, 1, ", queue: 0", "1 s ± 1 s", "1/s", "", "")))
    seen = run(made.program, Settings(until=200_000), seed=2).flow("main")
    assert seen.ended["throttled"] / seen.arrived == pytest.approx(
        0.2, abs=0.01
    )  # Erlang B of 1 erlang on 2 servers


def test_work_goes_on_after_its_caller_gave_up_unless_it_cancels() -> None:
    on, off = (
        run(compiled(loads(text)).program, Settings(until=50_000), seed=2).station("components.a").utilisation
        for text in (
            QUEUE % (9, 9, "", "1 s", "9/s", "", ", timeout: 500 ms"),
            (QUEUE % (9, 9, "", "1 s", "9/s", "", ", timeout: 500 ms")).replace(
                "work: 1 s", "work: 1 s, cancels: true"
            ),
        )
    )
    assert on == pytest.approx(9 / 81, rel=0.02)
    assert off == pytest.approx(4.5 / 81, rel=0.02)


def test_a_model_that_lacks_facts_or_choices_is_not_simulated() -> None:
    made = compiled(loads(QUEUE % (1, 1, "", "unknown", "1/s", "", "")))
    assert made.missing == ("components.a.offers.f.work",)


@pytest.mark.parametrize("interpreted", [False, True])
def test_a_limit_further_out_cuts_off_its_own_run_when_what_was_given_up_runs_into_one_of_its_own(
    interpreted: bool,
) -> None:
    text = """groma: 1
system: t
currency: EUR
components:
  a: {kind: s, offers: {f: {steps: [{call: c.g, timeout: 3 s}]}}}
  c: {kind: s, offers: {g: {work: 50 s}}}
flows:
  main:
    starts: {rate: 0.001/s}
    steps: [{steps: [{call: a.f, timeout: 1 s, fallback: [{wait: 100 s}]}], timeout: 10 s}]
"""
    program = compiled(loads(text)).program
    seen = run(program, Settings(runs=200, until=math.inf), seed=3, interpreted=interpreted).flow("main")
    assert (seen.arrived, seen.ended["timeout"]) == (200, 200)


AGREED = """groma: 1
system: t
currency: EUR
components:
  a: {kind: s, threads: 50, %soffers: {f: {%swork: 20 ms ± 20 ms, steps: [%s]}}}
  b: {kind: s, threads: 50, offers: {h: {cancels: true, price: 1 EUR, work: 100 ms}}}
connections: {x: {from: a, to: b, latency: 9 ms}}
flows: {main: {by: a, starts: {rate: 2/s}, steps: [%s]}}
"""


def both(text: str, measure: str) -> tuple[float | None, float]:
    """What is worked out and what the simulation gives, whose interval holds the former where it is a number."""
    given = on(loads(text))
    found, seen = figure(given, measure), second(given, measure)
    assert seen is not None and seen.value is not None and seen.low is not None and seen.high is not None
    assert found.low is not None and found.high is not None
    assert found.low <= seen.high + 1e-9 and seen.low - 1e-9 <= found.high
    return found.value, seen.value


def test_a_stop_in_an_operations_own_steps_ends_them_and_the_operation_may_still_fail() -> None:
    steps = "{choose: [{share: 20 %, steps: [{stop: ok}]}, {share: 80 %, steps: []}]}, {call: b.h}"
    text = AGREED % ("", "fails: 10 %, ", steps, "{call: a.f}")
    assert both(text, "success/main") == (pytest.approx(0.9), pytest.approx(0.9, abs=0.01))
    assert both(text, "throughput/b") == (pytest.approx(1.6), pytest.approx(1.6, rel=0.03))


def test_what_waits_for_its_own_steps_at_a_station_that_shares_keeps_no_server() -> None:
    text = AGREED % ("discipline: sharing, ", "", "{call: b.h}", "{call: a.f}")
    assert both(text, "utilisation/a") == (pytest.approx(0.0008), pytest.approx(0.0008, rel=0.05))
    held = text.replace("discipline: sharing, ", "")  # 20 ms, 9 ms on the way and 100 ms
    assert both(held, "utilisation/a")[1] == pytest.approx(2 * 0.129 / 50, rel=0.05)


def test_a_call_that_cancels_and_is_given_up_on_its_way_comes_to_nobody() -> None:
    text = AGREED % ("", "", "", "{parallel: [[{wait: 5 ms}], [{call: b.h}]], join: any, left_over: cancel}")
    assert both(text, "throughput/b") == (None, 0.0)
    assert cost_bounds(on(loads(text)), "cost/main/run")[0] == 0.0
    later = text.replace("5 ms", "15 ms")
    assert both(later, "throughput/b")[1] == pytest.approx(2.0, rel=0.03)
