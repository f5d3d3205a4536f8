"""Small programs at the edges of what is read: work by size alone, many rounds, lost messages, against closed forms."""

from __future__ import annotations

import pytest

from analyses.brackets import GRID
from analyses.given import context
from groma.analyses import figure
from groma.analyses.outcome.algebra import OK
from groma.analyses.outcome.law import FAST, SLOW
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
