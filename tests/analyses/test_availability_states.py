"""States of parts looked at one by one: how far, how others are sampled, and what can't be told, by closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analyses.given import context
from analyses.test_availability_second import DRAWN, PARTS
from groma.analyses import figure
from groma.analyses.availability import second
from groma.analyses.availability.second import (
    BOUNDED,
    ENUMERATED,
    LEVEL,
    SAMPLED,
    SAMPLES,
    availability_second,
)
from groma.model.figure import Result


def series(down: list[float], saved: int = 0) -> Result:
    """A run that calls each of some parts; the last `saved` of them may be down."""
    parts = "".join(
        f"  n{i:02}: {{kind: s, fails: {{availability: {100 - 100 * chance:.10f} %}}, offers: {{x: {{}}}}}}\n"
        for i, chance in enumerate(down)
    )
    needed = len(down) - saved
    steps = ", ".join(
        f"{{call: n{i:02}.x}}" if i < needed else f"{{call: n{i:02}.x, fallback: []}}"
        for i in range(len(down))
    )
    text = f"components:\n{parts}flows: {{f: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}\n"
    return availability_second(context(text), "f")


@pytest.mark.parametrize(
    ("parts", "down", "method", "looked"),
    [
        (3, 1e-3, ENUMERATED, 3),
        (3, 1e-6, BOUNDED, 2),  # all three down: 1e-18, less than a billionth of what is lost
        (16, 0.5, ENUMERATED, 16),
        (17, 1e-5, BOUNDED, 3),
        (36, 3e-4, BOUNDED, 3),  # 7,807 states; with four down it would be 66,712
        (36, 1e-3, SAMPLED, 3),  # what is left is more than a millionth
        (20, 0.1, SAMPLED, 6),  # 60,460 states
    ],
)
def test_states_are_looked_at_by_how_many_are_down_until_the_rest_is_nothing(
    parts: int, down: float, method: str, looked: int
) -> None:
    """Binomial: the run is lost unless none is down."""
    found = series([down] * parts)
    lost = float(stats.binom.pmf(np.arange(1, looked + 1), parts, down).sum())
    rest = float(stats.binom.sf(looked, parts, down))
    assert found.method == method
    assert found.low is not None and found.value is not None and found.high is not None
    assert found.low == pytest.approx(1 - lost - rest, abs=1e-14)
    if method == SAMPLED:  # every state that is drawn is lost
        apart = 7 * math.log(4 / (1 - LEVEL)) / (3 * (SAMPLES - 1))
        assert found.value == pytest.approx((1 - down) ** parts, abs=1e-14)
        assert found.high == pytest.approx(1 - lost - rest * (1 - apart), abs=1e-13)
        assert (found.level, found.seed) == (0.9999, "availability/f")
    else:
        assert found.value == found.high == pytest.approx(1 - lost, abs=1e-14)
        assert (found.level, found.seed) == (None, None)


@pytest.mark.parametrize(
    ("parts", "limit", "looked"),
    [(4, 16, 4), (4, 15, 3), (5, 16, 2), (5, 15, 1), (6, 22, 2), (6, 21, 1), (6, 41, 2), (6, 42, 3)],
)
def test_no_more_states_are_looked_at_than_may_be(
    parts: int, limit: int, looked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1, n, n (n - 1) / 2 ... states with none, one, two of n down; parts that never or always fail count for none."""
    monkeypatch.setattr(second, "MOST_STATES", limit)
    monkeypatch.setattr(second, "SAMPLES", 200)
    for down, saved in (([0.5] * parts, 0), ([*[0.5] * parts, 0.0], 0), ([*[0.5] * parts, 1.0], 1)):
        found = series(down, saved)
        rest = float(stats.binom.sf(looked, parts, 0.5))
        apart = 7 * math.log(4 / (1 - LEVEL)) / (3 * 199)
        assert found.method == (ENUMERATED if looked == parts else SAMPLED)
        assert found.value == pytest.approx(0.5**parts)
        assert found.high == pytest.approx(0.5**parts + rest * apart, abs=1e-12)


def test_where_no_state_that_is_drawn_loses_a_run_all_but_the_bound_is_available() -> None:
    found = series([0.5] * 20, saved=20)
    rest = float(stats.binom.sf(6, 20, 0.5))
    apart = 7 * math.log(4 / (1 - LEVEL)) / (3 * (SAMPLES - 1))
    assert (found.value, found.high) == (1.0, 1.0) and found.method == SAMPLED
    assert found.low == pytest.approx(1 - rest * apart, abs=1e-13)


def many(down: list[float]) -> np.ndarray:
    """The chances that none, one, two ... of some parts are down."""
    law = np.ones(1)
    for chance in down:
        law = np.convolve(law, [1 - chance, chance])
    return law


@pytest.mark.parametrize("first", [0.05, 0.5])
def test_states_are_drawn_by_their_chances_with_so_many_down(first: float) -> None:
    """The run is lost where the first part is down: with seven or more of 20 unlike ones down as often as Poisson's
    binomial says, within five standard deviations; and the ends are Maurer and Pontil's of a share."""
    down = [first, *[0.1] * 10, *[0.6] * 9]
    found = series(down, saved=19)
    assert (
        found.method == SAMPLED
        and found.low is not None
        and found.value is not None
        and found.high is not None
    )
    law, others = many(down), many(down[1:])
    rest = float(law[7:].sum())
    lost = first * float(others[:6].sum())
    share = first * float(others[6:].sum()) / rest
    seen = (1 - lost - found.value) / rest
    assert abs(seen - share) < 5 * math.sqrt(share * (1 - share) / SAMPLES)
    log = math.log(4 / (1 - 0.9999))
    variance = seen * (1 - seen) * SAMPLES / (SAMPLES - 1)
    apart = math.sqrt(2 * variance * log / SAMPLES) + 7 * log / (3 * (SAMPLES - 1))
    assert found.value - found.low == pytest.approx(rest * apart, rel=1e-6)
    assert found.high - found.value == pytest.approx(rest * apart, rel=1e-6)


WHOLE = PARTS.replace(
    "flows:",
    """  deep: {kind: s, fails: {availability: 100 %}, offers: {x: {steps: [{call: a.x}]},
    y: {answers: at once, steps: [{call: a.x}]}, z: {steps: [{stop: ok}, {call: never.x}]}}}
  half: {kind: s, fails: {availability: 80 %}, offers: {x: {steps: [{call: a.x}]}, r: {steps: [{fail: rejected}]}}}
flows:""",
)
LOST = "{choose: [{share: 50 %, steps: [{fail: failed}]}, {share: 50 %, steps: []}]}"
REJECTED = "{choose: [{share: 50 %, steps: [{fail: rejected}]}, {share: 50 %, steps: [{call: a.x}]}]}"
BOTH = "{choose: [{share: 50 %, steps: [{stop: ok}]}, {share: 50 %, steps: [{call: a.x}]}]}"


@pytest.mark.parametrize(
    ("steps", "up"),
    [
        # with `a` down half of the attempts are turned away, and half are outages
        (f"{{steps: [{REJECTED}]}}", 0.9 + 0.1 * 0.5),
        (f"{{steps: [{REJECTED}], retry: {{times: 1, on: [unavailable, timeout]}}}}", 0.9 + 0.1 * 0.75),
        (
            f"{{steps: [{REJECTED}], retry: {{times: 1, on: [unavailable, timeout, rejected]}}}}",
            0.9 + 0.1 * 0.5,
        ),
        # tried again after being turned away alone: half of the outages come in the first attempt, a quarter later
        (f"{{steps: [{REJECTED}], retry: {{times: 1, on: [rejected]}}}}", 0.9 + 0.1 * 0.25),
        (f"{{steps: [{REJECTED}], retry: {{times: 2, on: [failed]}}}}", 0.9 + 0.1 * 0.5),
        (f"{{steps: [{REJECTED}, {{call: b.x}}], fallback: [{{call: a.x}}]}}", 0.81 + 0.09),
        ("{steps: [{fail: rejected}], fallback: [{call: a.x}]}", 0.9),
        ("{call: a.x, fallback: [{fail: rejected}]}", 0.9),  # turned away since there was an outage
        ("{steps: [{fail: rejected}], fallback: [{fail: rejected}]}", 1.0),
        (f"{REJECTED}, {{call: b.x}}", 0.81 + 0.18 * 0.5 + 0.01 * 0.5),
        ("{call: a.x}, {fail: rejected}", 0.9),
        # what has ended runs nothing more
        (f"{{steps: [{BOTH}, {{call: never.x}}]}}", 0.5),
        (f"{BOTH}, {BOTH}, {{call: never.x}}", 0.9 * 0.75 + 0.1 * 0.5),
        (f"{{call: a.x}}, {BOTH}, {{call: never.x}}", 0.45),
        ("{call: a.x, fallback: [{stop: ok}]}, {call: b.x}", 0.81 + 0.1),
        ("{parallel: [[{stop: ok}], [{call: a.x}]]}, {call: never.x}", 0.9),
        ("{parallel: [[{fail: rejected}], [{call: a.x}]]}, {call: never.x}", 0.9),
        (
            f"{{parallel: [[{REJECTED}], [{{call: a.x}}], [{{call: b.x}}]], join: 2}}",
            0.81 + 0.09 + 0.09 * 0.5,
        ),
        ("{parallel: [[{stop: ok}], [{call: a.x}]], fallback: [{call: never.x}]}", 0.9),
        ("{parallel: [[{fail: rejected}], [{call: a.x}]], fallback: [{call: b.x}]}", 0.9),
        # what a part calls in turn, unless it answers at once
        ("{call: deep.x}", 0.9),
        ("{call: deep.y}", 1.0),
        ("{call: half.x}", 0.72),
        ("{call: half.r}", 0.8),
        ("{call: half.r, fallback: [{call: a.x}]}", 0.9),
        ("{call: deep.z}, {call: b.x}", 0.9),
        # rounds are the nearest whole number
        (f"{{repeat: {{times: 2.6, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 8),
        (f"{{repeat: {{times: 2.4, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 4),
        (f"{{repeat: {{times: 2.6, at_most: 5, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 8),
        (f"{{repeat: {{times: 2.4, at_most: 5, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 4),
        (f"{{repeat: {{times: 5, at_most: 2, steps: [{DRAWN}]}}}}", 0.81 + 0.18 / 4),
        ("{repeat: {times: 'uniform(0, 2)', steps: [{call: a.x}]}}", 0.25 + 0.75 * 0.9),  # none in a quarter
        ("{repeat: {times: 'uniform(0, 2)', steps: [{call: a.x}]}}, LOST", 0.5 * (0.25 + 0.75 * 0.9)),
        ("{parallel: [[{call: a.x}], [{call: b.x}]]}, {call: never.x}", 0.0),
        ("{repeat: {times: 0, steps: [{call: a.x}]}}, {call: b.x}", 0.9),
        # caches: half of the runs need nothing where the cache is up
        ("{call: a.x, cache: {hits: 50 %}}", 0.95),
        ("{call: a.x, cache: {hits: 50 %, component: b}}", 0.9 * 0.95 + 0.1 * 0.9),
        ("{call: a.x, cache: {hits: 50 %, component: never}}", 0.9),
        # checks belong to the attempt
        ("{call: always.x, guard: [{name: x, steps: [{call: a.x}]}, {name: y}]}", 0.9),
        ("{call: always.x, guard: [{name: x, steps: [{call: a.x}]}], fallback: [{call: b.x}]}", 0.99),
        ("{hold: a, steps: [{call: b.x}]}", 0.81),
        ("{send: never.x}, {wait: 1 s}, {do: rest}", 0.9),
        ("{mark: m}, {call: a.x}", 0.9),
    ],
)
def test_runs_beside_states_end_as_by_hand(steps: str, up: float) -> None:
    c = context(
        WHOLE.replace("STEPS", steps.replace("LOST", LOST)).rstrip("}\n")
        + "}, rest: {steps: [{call: a.x}]}}\n"
    )
    found = availability_second(c, "f")
    assert (found.low, found.value, found.high) == pytest.approx((up, up, up))
    low, value, high = (getattr(figure(c, "availability/f"), end) for end in ("low", "value", "high"))
    assert low - 1e-12 <= up <= high + 1e-12 and (value is None or value == pytest.approx(up))


BRANCHES = ", ".join(["[{call: a.x}]"] * 6)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("{parallel: [[{stop: ok}], [{call: a.x}]], join: any}", "which of parallel branches ends the run"),
        (
            "{parallel: [[{call: b.x}, {stop: ok}], [{call: a.x}]], join: any}",
            "which of parallel branches ends the run",
        ),
        (f"{{parallel: [{BRANCHES}]}}", ENUMERATED),
        (f"{{steps: [{DRAWN}], retry: {{times: 0, on: [timeout]}}}}", ENUMERATED),
        (f"{{parallel: [{BRANCHES}, [{{call: a.x}}]]}}", "more than 6 branches in parallel"),
        (f"{{steps: [{DRAWN}], retry: {{times: 1000}}}}", ENUMERATED),
        (f"{{steps: [{DRAWN}], retry: {{times: 1001}}}}", "a retry of some kinds of outage"),
        (f"{{steps: [{DRAWN}], retry: {{times: 1, on: [timeout]}}}}", "a retry of some kinds of outage"),
        (f"{{repeat: {{times: 1000, steps: [{DRAWN}]}}}}", ENUMERATED),
        (f"{{repeat: {{times: 1001, steps: [{DRAWN}]}}}}", "more than 1000 rounds with draws inside"),
        ("{repeat: {times: 1001, steps: [{call: a.x}]}}", ENUMERATED),
        (
            f"{{repeat: {{times: {{value: 2, known: 1 .. 3}}, steps: [{DRAWN}]}}}}",
            "no fixed number of rounds",
        ),
        (f"{{repeat: {{times: 'uniform(1, 3)', steps: [{DRAWN}]}}}}", "no fixed number of rounds"),
        ("{call: a.x, cache: {hits: unknown}}", "a share isn't known"),
    ],
)
def test_what_can_be_looked_at_and_what_can_not(steps: str, told: str) -> None:
    found = availability_second(context(PARTS.replace("STEPS", steps)), "f")
    assert told in found.method and (found.value is None) is (told != ENUMERATED)
