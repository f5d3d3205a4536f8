"""Small programs at the edges of what is read: work by size alone, many rounds, lost messages, against closed forms."""

from __future__ import annotations

import pytest

from analyses.brackets import GRID
from analyses.given import context
from groma.analyses import figure
from groma.analyses.outcome.algebra import OK, any_end, done, mixed, one_of
from groma.analyses.outcome.law import FAST, SLOW, Grid
from groma.analyses.outcome.reading import Outcomes

PARTS = """
people: {ana: {role: clerk}}
components:
  a: {kind: s, offers: {g: {work: 1 ms}}}
  b: {kind: s, offers: {f: {per: {rows: 2 ms}}}}
connections: {line: {from: ana, to: a, latency: 3 ms, loss: 10 %, gives_up_after: 1 s}}
"""


def flow(steps: str, by: str = "") -> str:
    return f"{PARTS}flows: {{main: {{{by}starts: {{rate: 1/s}}, steps: {steps}}}}}\n"


def test_work_that_is_stated_by_size_alone_is_all_there_is() -> None:
    found = figure(context(flow("[{call: b.f, sizes: {rows: 3}}]")), "latency/main/mean")
    assert (found.low, found.value, found.high) == pytest.approx((0.006, 0.006, 0.006))


def test_a_lost_message_is_no_answer() -> None:
    c = context(flow("[{call: a.g}]", "by: ana, "))
    assert figure(c, "success/main").value == pytest.approx(0.9)
    assert figure(c, "latency/main/mean").value == pytest.approx(0.004)


@pytest.mark.parametrize("rounds", [512, 513])
def test_rounds_beyond_those_that_are_followed_take_their_time_and_no_more_is_known(rounds: int) -> None:
    found = figure(
        context(flow(f"[{{repeat: {{times: {rounds}, steps: [{{wait: 1 s}}]}}}}]")), "latency/main/mean"
    )
    if rounds <= 512:
        assert found.value == pytest.approx(rounds, rel=1e-9)
    else:
        assert found.value is None
        assert found.high is None
        assert any("more than 512 rounds are not followed" in note for note in found.valid)


def test_a_flow_done_in_place_is_called_by_whoever_does_it() -> None:
    text = flow("[{do: rest}]", "by: ana, ").replace(
        "flows: {main", "flows: {rest: {steps: [{call: a.g}]}, main"
    )
    assert figure(context(text), "success/main").value == pytest.approx(0.9)


def test_a_stop_that_comes_too_late_takes_nothing_from_what_came_before() -> None:
    """One branch is ok at 10 ms; the other would end the run at 20 ms in half of the cases."""
    stop = (
        "{choose: [{share: 50 %, steps: [{wait: 20 ms}, {stop: ok}]}, {share: 50 %, steps: [{wait: 30 ms}]}]}"
    )
    outcome = Outcomes(context(flow(f"[{{parallel: [[{{wait: 10 ms}}], [{stop}]], join: any}}]")), GRID).flow(
        "main"
    )
    law = outcome.ends[OK]
    assert law.cdf[SLOW, 9] == 0.0 and law.cdf[SLOW, 10] == pytest.approx(1.0)
    assert law.cdf[FAST, 10] == pytest.approx(1.0)


def test_whatever_is_not_known_of_how_a_run_ends_it_ends_once() -> None:
    """A part that ends in one of two ways, nobody knows in which; and shares that are only known to a range."""
    grid = Grid(0.001, 8)
    half, fails = grid.triple(0.5, 0.5, 0.5), done(grid, "failed")
    either = one_of(grid, [done(grid), fails])
    assert any_end(grid, mixed(grid, [half, half], [either, done(grid)])).mass[:2] == pytest.approx(
        [1.0, 1.0]
    )
    some, most = grid.triple(0.4, 0.2, 0.3), grid.triple(0.8, 0.6, 0.7)
    ranged = mixed(grid, [some, most], [done(grid), fails])
    assert ranged.ends[OK].mass == pytest.approx([0.4, 0.2, 0.3])
    assert any_end(grid, ranged).mass == pytest.approx([1.0, 1.0, 1.0])
    assert mixed(grid, [half, half], [done(grid), fails]).total is None


def test_an_operation_that_stops_in_some_runs_goes_on_in_the_others() -> None:
    """Half of the runs stop at once, 90 % of the others end well."""
    text = """
components:
  a:
    kind: s
    offers: {f: {steps: [{choose: [{share: 50 %, steps: [{stop: ok}]}, {share: 50 %, steps: []}]}, {call: b.g}]}}
  b: {kind: s, offers: {g: {fails: 10 %}}}
flows: {main: {starts: {rate: 1/s}, steps: [{call: a.f}]}}
"""
    assert figure(context(text), "success/main").value == pytest.approx(0.95)


@pytest.mark.parametrize(("work", "exact"), [("1 s ± 500 ms", False), ("1 s", True), ("1 s ± 1 s", True)])
def test_only_of_work_that_has_a_formula_at_two_servers_a_wait_has_a_value(work: str, exact: bool) -> None:
    """M/M/2 and M/D/2 have one; of a gamma of four phases only ends are known, and the low one is no wait."""
    parts = f"components: {{a: {{kind: s, threads: 2, offers: {{f: {{work: {work}}}}}}}}}\n"
    c = context(f"{parts}flows: {{main: {{starts: {{rate: 1.2/s}}, steps: [{{call: a.f}}]}}}}\n")
    found = figure(c, "latency/main/mean")
    assert (found.value is not None) is exact
    if not exact:
        assert found.low == pytest.approx(1.0)
