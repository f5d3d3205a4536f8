"""Branches and attempts drawn by chance, beside parts that are down for a whole run: closed forms of two parts."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses import figure
from groma.model.figure import Figure

EITHER = "{choose: [{share: 50 %, steps: [{call: a.x}]}, {share: 50 %, steps: [{call: b.x}]}]}"


def either(steps: str, measure: str = "availability/f") -> Figure:
    text = f"""
components:
  a: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{}}}}}}
  b: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{}}}}}}
  c: {{kind: s, fails: {{availability: 80 %}}, offers: {{x: {{}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}
"""
    return figure(context(text), measure)


@pytest.mark.parametrize("rounds", [1, 2, 6, 7])
def test_rounds_that_each_take_one_of_two_parts_need_the_other_but_for_luck(rounds: int) -> None:
    """Both up: all is well; with one down each round has to take the other. Up to six rounds are read one by one."""
    truth = 0.81 + 0.18 * 0.5**rounds
    found = either(f"{{repeat: {{times: {rounds}, steps: [{EITHER}]}}}}")
    if rounds <= 6:
        assert found.value == pytest.approx(truth, rel=1e-12)
    else:
        assert found.value is None
        assert found.low == pytest.approx(0.81) and found.low <= truth <= found.high


@pytest.mark.parametrize("times", [1, 5, 6])
def test_attempts_that_each_take_one_of_two_parts_find_the_other_with_luck(times: int) -> None:
    """Six attempts are read one by one; a seventh may take either, or isn't there."""
    truth = 0.81 + 0.18 * (1 - 0.5 ** (times + 1))
    found = either(f"{{steps: [{EITHER}], retry: {{times: {times}}}}}")
    if times < 6:
        assert found.value == pytest.approx(truth, rel=1e-12)
    else:
        assert found.value is None
        assert (found.low, found.high) == pytest.approx((0.81 + 0.18 * (1 - 0.5**6), 0.99))
    assert found.low - 1e-12 <= truth <= found.high + 1e-12


def test_of_shares_that_nobody_states_the_better_and_the_worse_part_are_the_ends() -> None:
    branches = EITHER.replace("50 %", "unknown").replace("b.x", "c.x")
    found = either(branches)
    assert (found.low, found.value, found.high) == (pytest.approx(0.8), None, pytest.approx(0.9))
    assert found.reason == "2 facts that it needs are missing"
    assert "; 1 draws of a run (branches, cache hits) weighed" in found.derivation[0].text
    down = either(branches, "downtime/f")
    month = 730 * 3600
    assert (down.low, down.value, down.high) == (pytest.approx(0.1 * month), None, pytest.approx(0.2 * month))
    assert "draws" not in either("{call: a.x}").derivation[0].text


def test_a_retry_of_timeouts_alone_may_or_may_not_cover_an_outage() -> None:
    found = either(f"{{steps: [{EITHER}], retry: {{times: 2, on: [timeout]}}}}")
    assert (found.low, found.high) == pytest.approx((0.81 + 0.18 / 2, 0.81 + 0.18 * 7 / 8))
    none = either(f"{{steps: [{EITHER}], retry: {{times: 2, on: [failed]}}}}")
    assert none.value == pytest.approx(0.9)


@pytest.mark.parametrize(("answers", "truth"), [("", 0.81), ("answers: at once, ", 0.9)])
def test_who_answers_at_once_does_not_hang_on_what_it_calls(answers: str, truth: float) -> None:
    text = f"""
components:
  a: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{{answers}steps: [{{call: b.x}}]}}}}}}
  b: {{kind: s, fails: {{availability: 90 %}}, offers: {{x: {{}}}}}}
flows:
  f: {{starts: {{rate: 1/s}}, steps: [{{call: a.x}}]}}
"""
    assert figure(context(text), "availability/f").value == pytest.approx(truth)


TURNED = "{choose: [{share: 50 %, steps: [{fail: rejected}]}, {share: 50 %, steps: [{call: a.x}]}]}"


@pytest.mark.parametrize("times", [1, 3, 5, 6, 9])
@pytest.mark.parametrize("kinds", ["rejected", "rejected, timeout", "rejected, timeout, unavailable"])
def test_what_is_turned_away_and_comes_again_may_meet_a_part_that_is_down(times: int, kinds: str) -> None:
    """With `a` down an attempt is turned away or an outage, by halves: turned away for good only where the last is, and
    each one before it came again."""
    lost = {
        "rejected": 1 - 0.5 ** (times + 1),  # whoever meets the outage gives up
        "rejected, timeout": None,
        "rejected, timeout, unavailable": 0.5,  # both come again: the last attempt decides
    }[kinds]
    found = either(f"{{steps: [{TURNED}], retry: {{times: {times}, on: [{kinds}]}}}}")
    assert found.low is not None and found.high is not None
    if lost is None:
        assert found.low <= 0.9 + 0.1 * 0.5 ** (times + 1) and found.high >= 0.95 and found.value is None
        return
    truth = 1 - 0.1 * lost
    assert found.low - 1e-12 <= truth <= found.high + 1e-12
    assert found.value is None if times > 5 else found.value == pytest.approx(truth)
