"""Slips of the hand in the reading of programs, each told from what is right by one small case."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.brackets import GRID
from analyses.given import context
from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.outcome.algebra import OK, Outcome, together
from groma.analyses.outcome.call import overflow
from groma.analyses.outcome.law import FAST, SLOW, Defective, Grid, enveloped, fixed, scaled
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.outcome.repeat import repeated
from groma.model.elements import Alternative, Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.program import Open, Repeat

SMALL = Grid(1.0, 8)


def share(time: float, fast: float, slow: float) -> Defective:
    return scaled(SMALL, fixed(SMALL, time), SMALL.triple(fast, slow, (fast + slow) / 2))


def test_ends_together_are_no_more_than_the_total_leaves_beside_the_others() -> None:
    """Up to 0.7 and up to 0.6 of all, of which at least 0.2 end otherwise: 0.8 at most, at least 1 - 0.5."""
    ends = {"failed": share(1.0, 0.7, 0.1), "timeout": share(2.0, 0.6, 0.1), OK: share(3.0, 0.5, 0.2)}
    total = Defective(
        np.array([np.eye(1, 8, 1)[0], np.eye(1, 8, 3)[0], np.eye(1, 8, 3)[0]]), np.ones(3), np.ones(3)
    )
    errors = together(SMALL, Outcome(ends, total), frozenset({"failed", "timeout"}))
    assert errors.mass[[FAST, SLOW]] == pytest.approx([0.8, 0.5])
    loose = together(SMALL, Outcome(ends), frozenset({"failed", "timeout"}))
    assert loose.mass[[FAST, SLOW]] == pytest.approx([1.3, 0.2])


def test_one_law_is_its_own_envelope_with_its_nominal_value() -> None:
    law = share(2.0, 0.7, 0.3)
    assert enveloped(SMALL, [law]) is law
    both = enveloped(SMALL, [law, share(3.0, 0.6, 0.4)])
    assert both.mass[[FAST, SLOW]] == pytest.approx([0.7, 0.3]) and math.isnan(both.mass[2])


def test_a_bucket_that_is_offered_as_much_as_it_lets_through_may_turn_away_any() -> None:
    share_, note = overflow(5.0, 5.0, 3)
    assert share_ == 1.0 and note.startswith("offered more than its rate limit lets through")
    assert overflow(4.999, 5.0, 3)[1].startswith("its rate limit turns away at most")


CHOICE = """
components:
  x: {kind: s, offers: {f: {work: WORK, fails: FAILS}}}
  y: {kind: s, offers: {f: {work: WORK, fails: OTHER}}}
flows: {main: {steps: [STEPS]}}
"""
HEAD = "groma: 1\nsystem: t\ncurrency: EUR\n"


def choosing(steps: str, *, only: str = "") -> Context:
    """One question with two answers: `one` has x fail half and y never, `two` the other way round; with `only`, that
    component is there for the first answer alone."""

    def model(fails: str, other: str) -> Model:
        text = CHOICE.replace("WORK", "5 ms").replace("STEPS", steps)
        return loads(HEAD + text.replace("FAILS", fails).replace("OTHER", other))

    one, two = model("50 %", "0 %"), model("0 %", "50 %")
    alternatives = {
        name: tuple(
            Alternative(role="which", variant=variant, component=each.components[name])
            for variant, each in (("one", one), ("two", two))
            if name != only or variant == "one"
        )
        for name in ("x", "y")
    }
    opened = replace(one, components={}, alternatives=alternatives)
    return Context(opened, None, Ledger(opened.digest))  # pyright: ignore[reportArgumentType]


def test_a_part_that_only_one_answer_has_is_called_under_that_answer_alone() -> None:
    """Inside the branch of that answer: what it is not there for bounds nothing, and nothing is told as missing."""
    c = choosing("{call: x.f}", only="x")
    step = c.model.flows["main"].steps[0]
    branch = replace(step, action=Open("which", (("one", (step,)), ("two", ()))))
    found = Outcomes(c, GRID).step(branch, None)
    assert found.missing == frozenset()
    alone = Outcomes(c, GRID).step(step, None)
    assert alone.missing == frozenset() and alone.ends[OK].mass[[FAST, SLOW]] == pytest.approx([0.5, 0.5])
    assert alone.ends[OK].cdf[FAST, GRID.index(0.004)] == 0.0
    assert Outcomes(c, GRID).stands(step.action)
    assert not Outcomes(c.with_partial({"which": "two"}), GRID).stands(step.action)
    assert Outcomes(c.with_partial({"which": "two"}), GRID).stands(branch.action)


def test_a_group_without_policies_is_its_steps_and_one_with_a_policy_is_tried_answer_by_answer() -> None:
    """Either part fails half: by answers half of the runs end well, step by step between a quarter and all of them."""
    steps = "{call: x.f}, {call: y.f}"
    plain, group, tried = (
        Outcomes(choosing(each), GRID).flow("main").ends[OK].mass[[FAST, SLOW]]
        for each in (steps, f"{{steps: [{steps}]}}", f"{{steps: [{steps}], timeout: 1 s}}")
    )
    assert plain == pytest.approx([1.0, 0.25]) and group == pytest.approx([1.0, 0.25])
    assert tried == pytest.approx([0.5, 0.5])


def test_branches_and_flows_that_are_done_are_their_steps_part_by_part() -> None:
    """Half of the runs take either part, of which one fails half: step by step both may, or none."""
    halves = "{choose: [{share: 50 %, steps: [{call: x.f}]}, {share: 50 %, steps: [{call: y.f}]}]}"
    ok = Outcomes(choosing(halves), GRID).flow("main").ends[OK].mass[[FAST, SLOW]]
    assert ok == pytest.approx([1.0, 0.5])
    there = choosing("{do: other}], by: x}, other: {steps: [{call: x.f}, {call: y.f}").model
    c = Context(there, None, Ledger(there.digest))  # pyright: ignore[reportArgumentType]
    assert Outcomes(c, GRID).flow("main").ends[OK].mass[[FAST, SLOW]] == pytest.approx([1.0, 0.25])


@pytest.mark.parametrize(
    ("time", "fails", "bounded"), [(0.0, 0.2, True), (0.004, 0.2, False), (0.004, 0.0, True)]
)
def test_the_mean_of_rounds_has_an_end_where_they_take_no_time_or_all_end_well(
    time: float, fails: float, bounded: bool
) -> None:
    """One to three rounds of which one in five fails: how many end well is a range, when is known where none takes
    time."""
    well, bad = (scaled(GRID, fixed(GRID, time), GRID.triple(p, p, p)) for p in (1 - fails, fails))
    ok = repeated(GRID, "p", _loop("1 .. 3"), Outcome({OK: well, "failed": bad})).ends[OK]
    assert ok.mass[[FAST, SLOW]] == pytest.approx([1 - fails, (1 - fails) ** 3])
    assert math.isfinite(ok.moment[SLOW]) is bounded
    if bounded:
        assert ok.moment[SLOW] < GRID.step * GRID.cells


def _loop(times: str) -> Repeat:
    body = f"steps: [{{repeat: {{times: {times}, steps: [{{call: x.f}}]}}}}]"
    text = (
        CHOICE.replace("WORK", "5 ms")
        .replace("FAILS", "0 %")
        .replace("OTHER", "0 %")
        .replace("steps: [STEPS]", body)
    )
    action = loads(HEAD + text).flows["main"].steps[0].action
    assert isinstance(action, Repeat)
    return action


def test_calls_of_a_hedge_after_a_range_are_nominally_those_of_its_middle() -> None:
    """Exponential work of 10 ms: after 16 ms (the middle of 2 to 30) a fifth is still at it, after 2 ms four fifths, so
    that of half of all runs one call is the nominal number."""
    text = """
components: {a: {kind: s, offers: {f: {work: 10 ms ± 10 ms, fails: 20 %}}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f, hedge: {after: 2 ms .. 30 ms}}]}}
"""
    half, most = (figure(context(text), f"calls/main/p{p}") for p in (50, 90))
    assert (half.low, half.value, half.high) == (1.0, 1.0, 2.0)
    assert (most.low, most.value, most.high) == (1.0, 2.0, 2.0)


@pytest.mark.parametrize("servers", [1, 3])
def test_the_mean_wait_of_exponential_work_is_erlangs_at_both_ends(servers: int) -> None:
    rate = 0.6 * servers
    text = f"""
components: {{a: {{kind: s, threads: {servers}, offers: {{f: {{work: 1 s ± 1 s}}}}}}}}
flows: {{main: {{starts: {{rate: {rate}/s}}, steps: [{{call: a.f}}]}}}}
"""
    waiting = 0.6 if servers == 1 else 1.8**3 / 6 / 0.4 / (1 + 1.8 + 1.8**2 / 2 + 1.8**3 / 6 / 0.4)
    found = figure(context(text), "latency/main/mean")
    truth = 1 + waiting / (servers - rate)
    assert (found.low, found.value, found.high) == pytest.approx((truth, truth, truth), rel=1e-6)


def test_the_mean_wait_of_constant_work_at_three_servers_is_crommelins() -> None:
    """Of M/D/3 the number there after a second is what was beyond the servers before and what came meanwhile: the chain
    is solved, and Little gives the mean."""
    rate, servers, room = 2.4, 3, 240
    arriving = np.array([math.exp(n * math.log(rate) - rate - math.lgamma(n + 1)) for n in range(room + 1)])
    moves = np.zeros((room + 1, room + 1))
    for n in range(room + 1):
        left = max(n - servers, 0)
        moves[n, left:] = arriving[: room + 1 - left]
    equations = moves.T - np.eye(room + 1)
    equations[0] = 1.0
    law = np.linalg.solve(equations, np.eye(1, room + 1)[0])
    truth = float(np.arange(room + 1) @ law) / rate
    text = f"""
components: {{a: {{kind: s, threads: {servers}, offers: {{f: {{work: 1 s}}}}}}}}
flows: {{main: {{starts: {{rate: {rate}/s}}, steps: [{{call: a.f}}]}}}}
"""
    found = figure(context(text), "latency/main/mean")
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low <= truth <= found.high
    assert found.value == pytest.approx(truth, rel=2e-3)
