"""How many tries, hedges and fallbacks come since something took too long, beside queues that are given, by hand."""

from __future__ import annotations

import math

import pytest

from analyses.beside_queues import GRID, SELDOM, E, Ends, ends, found, full, late, wait
from analyses.given import context
from groma.analyses import figure
from groma.analyses.outcome.reading import Waiting

WAITS = Waiting(wait(0.02, 0.06, 0.04), ("waits",), meets=0.06)
SHORT = Waiting(wait(0.01, 0.01, 0.01, time=3.0), ("short",), meets=0.01)
HARDLY = Waiting(wait(0.0003, 0.0003, 0.0003), ("hardly",), meets=0.0003)
BOTH = Waiting(
    wait(0.05, 0.05, 0.05), ("both",), GRID.triple(0.2, 0.2, 0.2), crowded=True, lost=0.25, meets=0.05
)
CRAMPED = late(0.05) * 0.8
"""The chance that a call is let in beside BOTH and comes too late."""
MEETS = Waiting(wait(0.0175, 0.0175, 0.0175), ("meets",), meets=0.0175)
SLOW = 1 - (1 - 0.0175) * (1 - E**2)
HALF = 0.5 * (1 - SLOW)
"""Of 1 s of work in 2 s, half of which fails."""
FAILED = 0.2 * (1 - late(0.01))
INDEPENDENT = [late(waits) for waits in (0.02, 0.04, 0.06)]


@pytest.mark.parametrize(
    ("step", "fails", "waiting", "tries", "share", "calm", "most", "seldom"),
    [
        # all that follow one that came too late do so as well, or independently
        (
            "{call: desk.g, timeout: 1 s, retry: 2}", 0.0, WAITS,
            (*(1 + p + p**2 for p in INDEPENDENT[:2]), 1 + 2 * INDEPENDENT[2]),
            1 - 1 / (1 + 2 * INDEPENDENT[2]), 1 / (1 + INDEPENDENT[0] + INDEPENDENT[0] ** 2), 3, False,
        ),
        # where few wait at all (3 % of runs with all tries), the others are independent
        (
            "{call: desk.g, timeout: 1 s, retry: 2}", 0.0, SELDOM,
            (*2 * (1 + late(0.01) + late(0.01) ** 2,), 1 + E + 0.03 + E**2 + 0.03),
            1 - 1 / (1 + E + E**2 + 0.06), 1 / (1 + late(0.01) + late(0.01) ** 2), 3, False,
        ),
        (
            "{call: desk.g, timeout: 1 s, retry: 1}", 0.0, HARDLY,
            (1 + E, 1 + E, 1 + E), 1 - 1 / (1 + E), 1 / (1 + E), 2, True,
        ),
        # how often any of the tries waits bounds them, too, where they are many: 15.75 % of runs at the most
        (
            "{call: desk.g, timeout: 2 s, retry: 8}", 0.5, MEETS,
            (
                math.fsum((HALF + SLOW) ** n for n in range(9)), math.fsum((HALF + SLOW) ** n for n in range(9)),
                math.fsum(min((E**2 + 0.5 * (1 - E**2)) ** n + 9 * 0.0175, 1) for n in range(9)),
            ),
            1 - math.fsum(HALF**n for n in range(9))
            / math.fsum(min((E**2 + 0.5 * (1 - E**2)) ** n + 9 * 0.0175, 1) for n in range(9)),
            math.fsum(HALF**n for n in range(9)) / math.fsum((HALF + SLOW) ** n for n in range(9)), 9, False,
        ),
        ("{call: desk.g, timeout: 1 s, retry: 1}", 0.0, Waiting(None), 3 * (1 + E,), 0, 1, 1, True),
        # errors of the work bring some back anyway
        (
            "{call: desk.g, timeout: 1 s, retry: 1}", 0.2, SELDOM,
            3 * (1 + late(0.01) + FAILED,),
            1 - (1 + FAILED) / (1 + late(0.01) + FAILED), (1 + FAILED) / (1 + late(0.01) + FAILED), 2, False,
        ),
        # only what failed is tried again: nothing comes late
        (
            "{call: desk.g, timeout: 1 s, retry: {times: 1, on: failed}}", 0.2, SELDOM,
            3 * (1 + FAILED,), 0, 1, 1, True,
        ),
        # turned away, or too late
        (
            "{call: desk.g, timeout: 1 s, retry: {times: 1, backoff: 1 s}}", 0.0, BOTH,
            (1 + CRAMPED, None, 1.2 + CRAMPED), 1 - 1 / (1.2 + CRAMPED), 1 / (1 + CRAMPED), 2, False,
        ),
        (
            "{call: desk.g, timeout: 1 s, retry: {times: 2, backoff: 1 s}}", 0.0, BOTH,
            (1 + CRAMPED + CRAMPED**2, None, 1 + 2 * (0.2 + CRAMPED)), 1 - 1 / (1.4 + 2 * CRAMPED),
            1 / (1 + CRAMPED + CRAMPED**2), 3, False,
        ),
        (
            "{call: desk.g, timeout: 1 s, retry: {times: 1, backoff: 1 s, on: timeout}}", 0.0, BOTH,
            3 * (1 + CRAMPED,), 1 - 1 / (1 + CRAMPED), 1 / (1 + CRAMPED), 2, False,
        ),
        # the operation itself turns a tenth away, whatever its queue: these come again anyway
        (
            "{call: desk.k, timeout: 1 s, retry: 1}", 0.0, SELDOM,
            3 * (0.9 * (1.1 + 0.9 * late(0.01)),),
            1 - 1.1 / (1.1 + 0.9 * late(0.01)), 1.1 / (1.1 + 0.9 * late(0.01)), 2, False,
        ),
        ("{call: desk.f, hedge: {after: 5 s}}", 0.0, SHORT, (1, 1, 1), 0, 1, 1, True),
        (
            "{call: desk.g, hedge: {after: 1 s}}", 0.0, SELDOM,
            3 * (1 + late(0.01),), 1 - 1 / (1 + late(0.01)), 1 / (1 + late(0.01)), 2, False,
        ),
        ("{call: desk.g, hedge: {after: 1 s}}", 0.0, Waiting(None), 3 * (1 + E,), 0, 1, 1, True),
        (
            "{call: desk.f, hedge: {after: 30 s, at_most: 2}, timeout: 1 s, retry: 1}", 0.0, SELDOM,
            (1.01, None, 1.01), 1 - 1 / 1.01, 1 / 1.01, 2, False,
        ),
    ],
)  # fmt: skip
def test_tries_after_something_took_too_long(
    step: str,
    fails: float,
    waiting: Waiting,
    tries: Ends,
    share: float,
    calm: float,
    most: float,
    seldom: bool,
) -> None:
    use = found(step, f"{100 * fails:g} %", desk=waiting)["desk"]
    assert ends(use.offered) == pytest.approx(tries, abs=3e-3)
    assert (use.late.share, use.late.calm) == (pytest.approx(share, abs=3e-3), pytest.approx(calm, abs=3e-3))
    assert use.late.tries == most
    assert use.late.seldom is seldom


@pytest.mark.parametrize(
    ("step", "fails", "waiting", "falls", "share", "calm"),
    [
        ("{call: desk.g, timeout: 1 s, FALLS}", 0.0, SELDOM, 3 * (late(0.01),), 1, 0),
        (
            "{call: desk.g, timeout: 1 s, FALLS}", 0.2, SELDOM, 3 * (late(0.01) + FAILED,),
            late(0.01) / (late(0.01) + FAILED), FAILED / (late(0.01) + FAILED),
        ),
        ("{call: desk.f, timeout: 1 s, FALLS}", 0.0, Waiting(wait(0, 0.05, 0.02), ("some",)), (0, 0.02, 0.05), 1, 1),
        ("{call: desk.g, FALLS}", 0.2, SELDOM, 3 * (0.2,), 0, 1),
        ("{call: desk.f, FALLS}", 0.0, full(0, 0, 0.1), (0, 0, 0.1), 0, 1),
        ("{call: desk.g, timeout: 1 s, FALLS}", 0.0, Waiting(None), 3 * (E,), 0, 1),
    ],
)  # fmt: skip
def test_fallbacks_after_something_took_too_long(
    step: str, fails: float, waiting: Waiting, falls: Ends, share: float, calm: float
) -> None:
    """Of those that run, the ones that don't run since a call took too long come anyway."""
    uses = found(step.replace("FALLS", "fallback: [{call: spare.f}]"), f"{100 * fails:g} %", desk=waiting)
    use = uses["spare"]
    assert ends(use.weight) == pytest.approx(falls, abs=3e-3)
    assert (use.late.share, use.late.calm) == (pytest.approx(share, abs=3e-3), pytest.approx(calm, abs=3e-3))
    assert use.late.tries == 1 and uses["desk"].late.share == 0


def test_a_fallback_after_errors_of_the_work_says_nothing_of_waits() -> None:
    """What is tried again inside it is late for its work alone, as next to nobody waits there."""
    step = "{call: desk.g, fallback: [{call: other.g, timeout: 1 s, retry: 1}]}"
    use = found(step, "20 %", desk=SELDOM, other=HARDLY)["other"]
    assert use.late.seldom and use.late.alone and use.late.share == pytest.approx(1 - 1 / (1 + E), abs=2e-3)


def test_what_is_called_once_more_inside_comes_late_as_often_as_its_caller() -> None:
    """A retry around a hedge: both shares, both numbers of tries."""
    use = found("{call: front.f, timeout: 1 s, retry: 1}", desk=SELDOM)["desk"]
    assert use.late.tries == 2 and use.late.share == pytest.approx(1 - 1 / 1.01)
    asked = found("{steps: [{hold: pool, steps: [{call: desk.f}]}], timeout: 1 s, retry: 1}", desk=SELDOM)
    assert asked["pool"].late == asked["desk"].late == use.late


@pytest.mark.parametrize("measure", ["success/main", "throughput/desk"])
def test_a_group_around_a_call_changes_nothing(measure: str) -> None:
    """Where few wait, attempts are independent but for those: read without any queue, however deep it stands."""
    shown = [
        figure(
            context(f"""
components: {{desk: {{kind: s, threads: 4, offers: {{f: {{work: 1 s ± 1 s}}}}}}}}
flows: {{main: {{starts: {{rate: 0.05/s}}, steps: [{{{step}, timeout: 2 s, retry: 2}}]}}}}
"""),
            measure,
        )
        for step in ("call: desk.f", "steps: [{call: desk.f}]", "steps: [{steps: [{call: desk.f}]}]")
    ]
    plain, *grouped = [(found.low, found.high) for found in shown]
    assert grouped == [pytest.approx(plain, rel=1e-9)] * 2
    if measure == "success/main":
        independent = 1 - math.exp(-6)
        assert shown[0].low is not None and independent - 0.003 < shown[0].low < independent
