"""Known ranges and open choices: the bracket of the whole holds the truth of every value and every completion."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

from analyses.brackets import GRID, assert_held, cdf_of
from groma.analyses.context import Context
from groma.analyses.interval import ZERO
from groma.analyses.latency import bounds, figure
from groma.analyses.loads.ends import busiest, ceilings
from groma.analyses.outcome.algebra import Outcome
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.simulation.measured import second
from groma.analyses.success import bounds as success_bounds
from groma.analyses.success import figure as success
from groma.analyses.visits.counts import uses
from groma.model.elements import Alternative, Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import Call, Open, Step
from programs import TooMany, enumerate_runs, texts

MANY = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def context(model: Model) -> Context:
    return Context(model, None, Ledger(model.digest))  # pyright: ignore


def opened(model: Model, name: str, role: str, alternatives: dict[str, Model]) -> Model:
    """The model with one component open between what it is in several others."""
    choices = tuple(
        Alternative(role=role, variant=variant, component=other.components[name])
        for variant, other in alternatives.items()
    )
    rest = {n: c for n, c in model.components.items() if n != name}
    return replace(model, components=rest, alternatives={**model.alternatives, name: choices})


def all_held(outcome: Outcome, text: str) -> None:
    try:
        runs = enumerate_runs(loads(text), "main", 1500)
    except TooMany:
        assume(False)
        return
    for kind in sorted({e.kind for _, e in runs} | set(outcome.ends)):
        ends = [(w, e.time) for w, e in runs if e.kind == kind]
        assert_held(outcome, frozenset({kind}), cdf_of(ends, GRID), sum(w for w, _ in ends), 1e-9)


@MANY
@given(texts())
def test_a_known_range_holds_every_value_in_it(text: str) -> None:
    ranged = text.replace("fails: 25 %", "fails: {value: 25 %, known: 15 % .. 40 %}")
    ranged = ranged.replace("work: 7 ms", "work: {value: 7 ms, known: 5 ms .. 9 ms}")
    assert ranged.count("known: ") == 2
    outcome = Outcomes(context(loads(ranged)), GRID).flow("main")
    for share, work in itertools.product(("15 %", "25 %", "40 %"), ("5 ms", "9 ms")):
        all_held(
            outcome, text.replace("fails: 25 %", f"fails: {share}").replace("work: 7 ms", f"work: {work}")
        )


@MANY
@given(texts())
def test_an_open_component_holds_every_alternative(text: str) -> None:
    other = text.replace("work: 9 ms, fails: 25 %", "work: 3 ms, fails: 60 %")
    closed = loads(text)
    model = opened(closed, "a", "engine", {"one": closed, "two": loads(other)})
    outcome = Outcomes(context(model), GRID).flow("main")
    all_held(outcome, text)
    all_held(outcome, other)
    fixed = Outcomes(context(model).with_partial({"engine": "two"}), GRID).flow("main")
    all_held(fixed, other)
    alone = Outcomes(context(loads(other)), GRID).flow("main")
    assert {kind: law.mass.tolist() for kind, law in fixed.ends.items()} == {
        kind: pytest.approx(law.mass.tolist(), nan_ok=True) for kind, law in alone.ends.items()
    }


PARTS = """groma: 1
system: x
currency: EUR
needs: {quick: {measure: latency/main/p95, at_most: 400 ms}}
components:
  a: {kind: s, threads: %(ta)s, offers: {f: {work: %(wa)s ms ± %(wa)s ms, fails: %(fa)s %%}}}
  b: {kind: s, offers: {g: {work: %(wb)s ms ± 5 ms}}}
flows:
  main: {starts: {rate: 5/s}, steps: [{call: a.f, timeout: 300 ms, retry: {times: 1}}, {call: b.g}]}
"""
A = {
    "slow": {"ta": 1, "wa": 60, "fa": 0.1},
    "quick": {"ta": 2, "wa": 20, "fa": 0.5},
    "wide": {"ta": 9, "wa": 40, "fa": 8},
}
B = {"near": {"wb": 10}, "far": {"wb": 80}}


def variant(a: str, b: str) -> Model:
    return loads(PARTS % (A[a] | B[b]))


@pytest.fixture
def undecided() -> Context:
    model = opened(variant("slow", "near"), "a", "engine", {a: variant(a, "near") for a in A})
    return context(opened(model, "b", "store", {b: variant("slow", b) for b in B}))


def test_optimistic_bounds_are_no_worse_than_any_completion_that_succeeds(undecided: Context) -> None:
    for taken in ({}, {"engine": "slow"}, {"store": "far"}, {"engine": "wide", "store": "near"}):
        optimistic, _ = bounds(undecided.with_partial(taken), "latency/main/p95")
        most, _ = success_bounds(undecided.with_partial(taken), "success/main")
        found: list[float] = []
        for a, b in itertools.product(A, B):
            if taken.get("engine", a) != a or taken.get("store", b) != b:
                continue
            closed = context(variant(a, b))
            share, latency = success(closed, "success/main"), figure(closed, "latency/main/p95")
            assert share.low is not None and share.low <= most + 1e-9
            if share.low >= 0.99 and latency.high is not None:
                found.append(latency.high)
        assert all(optimistic <= high + 1e-12 for high in found)
        if found:
            assert optimistic > 0.4 * min(found)


def test_bounds_only_tighten_as_choices_are_taken(undecided: Context) -> None:
    before = bounds(undecided, "latency/main/p95")[0]
    for a in A:
        one = bounds(undecided.with_partial({"engine": a}), "latency/main/p95")[0]
        both = bounds(undecided.with_partial({"engine": a, "store": "far"}), "latency/main/p95")[0]
        assert before <= one <= both


def test_uses_name_the_choices_they_happen_under(undecided: Context) -> None:
    found = [use for use in uses(undecided, "main") if use.name == "a"]
    assert {use.when for use in found} == {(("engine", a),) for a in A}
    assert all(use.weight.low >= 1 and use.weight.high <= 2 for use in found)
    taken = [use for use in uses(undecided.with_partial({"engine": "wide"}), "main") if use.name == "a"]
    assert len(taken) == 1 and taken[0].when == ()
    assert 1.08 - 1e-9 <= taken[0].weight.low <= taken[0].weight.high <= 2


def test_an_open_step_is_the_envelope_of_its_alternatives() -> None:
    model = loads(PARTS % (A["quick"] | B["near"]))
    flow = model.flows["main"]
    choice = Step(Open("answer", (("short", flow.steps[1:]), ("none", ()))), flow.at, "flows.main.steps.2")
    flow = replace(flow, steps=(flow.steps[0], choice))
    given = context(replace(model, flows={"main": flow}))
    short, none = (
        bounds(given.with_partial({"answer": v}), "latency/main/p95")[0] for v in ("short", "none")
    )
    assert bounds(given, "latency/main/p95")[0] == pytest.approx(min(short, none), rel=0.05) and none < short


def test_an_empty_slot_leaves_everything_open() -> None:
    model = loads(PARTS % (A["quick"] | B["near"]))
    slot = Step(Open("later"), model.flows["main"].at, "flows.main.steps.1")
    flow = replace(model.flows["main"], steps=(slot,))
    found = figure(context(replace(model, flows={"main": flow})), "latency/main/p95")
    assert found.status == "not shown" and "role `later`" in found.missing[0]


def many_choices(roles: int, each: int) -> Model:
    """A flow of calls with timeouts and retries, each to a component that is open."""

    def component(r: int, v: int) -> str:
        work = f"{20 + 5 * v + r} ms ± {10 + v} ms"
        return f"  c{r}v{v}: {{kind: s, threads: {v + 2}, offers: {{f: {{work: {work}, fails: 1 %}}}}}}\n"

    parts = "".join(component(r, v) for r in range(roles) for v in range(each))
    steps = ", ".join(f"{{call: c{r}v0.f, timeout: 1 s, retry: {{times: 1}}}}" for r in range(roles))
    head = f"groma: 1\nsystem: x\ncurrency: EUR\ncomponents:\n{parts}"
    model = loads(f"{head}flows: {{main: {{starts: {{rate: 3/s}}, steps: [{steps}]}}}}\n")

    def alternative(r: int, v: int) -> Alternative:
        return Alternative(
            role=f"r{r}", variant=f"v{v}", component=replace(model.components[f"c{r}v{v}"], name=f"c{r}")
        )

    alternatives = {f"c{r}": tuple(alternative(r, v) for v in range(each)) for r in range(roles)}
    steps_ = tuple(replace(s, action=Call(f"c{r}", "f")) for r, s in enumerate(model.flows["main"].steps))
    flow = replace(model.flows["main"], steps=steps_)
    return replace(model, components={}, alternatives=alternatives, flows={"main": flow})


def test_what_is_worked_out_of_a_step_serves_every_other_choice() -> None:
    given = context(many_choices(12, 15))

    def worked_out(partial: dict[str, str]) -> int:
        before = sum(key[0] == "outcome" for key in given.recent)
        low, _ = bounds(given.with_partial(partial), "latency/main/p95")
        assert 0 < low < math.inf
        return sum(key[0] == "outcome" for key in given.recent) - before

    worked_out({})
    choices = [{f"r{r}": f"v{(7 * n + 3 * r) % 15}" for r in range(n % 12)} for n in range(40)]
    assert sum(map(worked_out, choices)) <= 4 * 12 * 15
    assert sum(map(worked_out, choices)) == 0


def test_the_most_that_can_come_is_of_flows_that_start_with_all_their_attempts(undecided: Context) -> None:
    """5 runs a second, two attempts each; a flow that nothing starts brings nothing."""
    model = undecided.model
    side = replace(model.flows["main"], name="side", starts=None)
    found = ceilings(context(replace(model, flows={**model.flows, "side": side})))
    assert found.rates["components.a"] == pytest.approx(10.0)
    assert found.rates["components.b"] == pytest.approx(5.0)
    assert found.flows["components.a"] == {"main"}
    assert busiest(side) == ZERO


BUSY = """groma: 1
system: x
currency: EUR
needs: {quick: {measure: latency/main/p50, at_most: 40 s}}
components:
  a: {kind: s, threads: 1, MANNERoffers: {f: {work: 1 s ± 1 s}}}
  b: {kind: s, offers: {f: {work: 1 ms}}}
flows: {main: {starts: {rate: 0.8/s STREAM}, steps: [STEPS]}}
"""


def busy(manner: str = "", stream: str = "", steps: str = "{call: a.f}") -> Context:
    return context(loads(BUSY.replace("MANNER", manner).replace(" STREAM", stream).replace("STEPS", steps)))


def test_the_optimistic_end_of_calls_in_turn_is_near_that_of_the_queue() -> None:
    """M/M/1 at 80 %: the median is ln 2 / 0.2."""
    low, high = bounds(busy(), "latency/main/p50")
    assert low <= math.log(2) / 0.2 <= high
    assert low == pytest.approx(math.log(2) / 0.2, rel=0.1) == high


def test_the_optimistic_end_of_a_regular_stream_is_not_that_of_a_poisson_stream() -> None:
    """GI/M/1: the response is exponential of rate 1 - s, s the root of E[exp(-(1 - s) A)] = s (Kendall 1953)."""
    shape, root = 12.5**2, 0.5
    for _ in range(200):
        root = (1 + (1 - root) * 1.25 / shape) ** -shape
    low, _ = bounds(busy(stream=", arrivals: 1.25 s ± 0.1 s"), "latency/main/p50")
    assert math.log(2) <= math.log(2) / (1 - root) < 2
    assert low <= math.log(2) / (1 - root)


@pytest.mark.parametrize("manner", ["discipline: lifo, ", "discipline: sharing, ", "queue: 1, "])
def test_the_optimistic_end_of_other_manners_to_serve_is_not_that_of_calls_in_turn(manner: str) -> None:
    given = busy(manner)
    seen = second(given, "latency/main/p50")
    assert seen is not None and seen.high < 2.6
    assert bounds(given, "latency/main/p50")[0] <= seen.low


def test_a_part_that_may_never_be_called_has_an_optimistic_end() -> None:
    ways = "{choose: [{share: unknown, steps: [{call: a.f}]}, {share: unknown, steps: [{call: b.f}]}]}"
    low, high = bounds(busy(steps=ways), "latency/main/p50")
    assert low <= 0.001 and high >= math.log(2) / 0.2 * 0.99


def test_the_pessimistic_end_of_what_may_saturate_is_open_at_any_rate() -> None:
    """0.8/s of 2 s each ask for more than there is; so do they at a thousandth of the pace."""
    for pace in (1, 1000):
        text = BUSY.replace("MANNER", "").replace(" STREAM", "").replace("STEPS", "{call: a.f}")
        text = text.replace("1 s ± 1 s", f"{{value: {pace} s ± {pace} s, known: {pace} s .. {2 * pace} s}}")
        given = context(loads(text.replace("0.8/s", f"{0.8 / pace}/s").replace("40 s", f"{40 * pace} s")))
        low, high = bounds(given, "latency/main/p50")
        assert low <= pace * math.log(2) / 0.2 and high == math.inf


def test_what_is_held_while_it_is_waited_for_has_bounds_while_a_choice_is_open() -> None:
    """A pool held around itself: with two places one run alone takes its second at once, so 30 ms are possible."""
    text = """groma: 1
system: t
currency: EUR
components:
  c: {kind: s, threads: 1, offers: {f: {work: 10 ms}}}
  pool: {kind: pool, threads: 2}
flows: {main: {starts: {rate: 1/s}, steps: [{hold: pool, steps: [{hold: pool, steps: [{wait: 30 ms}]}]}]}}
"""
    model = loads(text)
    low, high = bounds(context(opened(model, "c", "r", {"one": model, "two": model})), "latency/main/mean")
    assert low == pytest.approx(0.03) and high == math.inf
