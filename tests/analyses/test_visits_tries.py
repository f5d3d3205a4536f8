"""Uses beside queues that are given: how many tries hang on one another, and how many come late, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analyses.given import context
from groma.analyses.interval import Interval
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.analyses.visits.use import Use, waits_at_all
from groma.analyses.visits.walk import uses_of

TEXT = """
components:
  desk: {kind: s, threads: 1, queue: 1, offers: {f: {work: 0 s, fails: FAILS}, g: {work: 1 s ± 1 s, fails: FAILS},
    h: {work: 0 s, throttled: 10 %}, k: {work: 1 s ± 1 s, throttled: 10 %}}}
  pool: {kind: pool}
  other: {kind: s, threads: 1, offers: {g: {work: 1 s ± 1 s}}}
  front: {kind: s, offers: {f: {work: 0 s, steps: [{call: desk.f}]}}}
  spare: {kind: s, offers: {f: {work: 0 s}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEP]}}
"""
GRID = Grid(0.0025, 4096)
E = math.exp(-1)
Ends = tuple[float, float | None, float]


def wait(*shares: float, time: float = 20.0) -> Defective:
    """The (least, greatest, nominal) shares of calls wait so long; all others don't."""
    cells = np.zeros((3, GRID.cells))
    for row, share in enumerate(shares):
        cells[row, 0] = 1 - share
        if time < GRID.cells * GRID.step:
            cells[row, GRID.index(time)] = share
    return Defective(cells, np.ones(3), np.array([share * time for share in shares]))


def found(step: str, fails: str = "0 %", /, **waiting: Waiting) -> dict[str, Use]:
    """The uses of one run where components let wait so, and all others don't."""
    c = context(TEXT.replace("STEP", step).replace("FAILS", fails))
    there = {f"components.{name}": here for name, here in waiting.items()}
    outcomes = Outcomes(c, GRID, None, lambda station: there.get(station, Waiting(None)))
    return {use.name: use for use in uses_of(outcomes, "main")}


def ends(interval: Interval | None) -> Ends:
    assert interval is not None
    return interval.low, interval.value, interval.high


def full(least: float, nominal: float, most: float, lost: float = 1.0) -> Waiting:
    return Waiting(
        wait(0, 0, 0),
        ("full", least, nominal, most, lost),
        GRID.triple(most, least, nominal),
        crowded=True,
        lost=lost,
    )


FULL = full(0.1, 0.2, 0.3, 0.25)
"""It turns away 20 % of first calls, between 10 and 30; of all, at most 25 % are never let in."""


@pytest.mark.parametrize(
    ("step", "fails", "arriving", "first", "let_in", "sure", "once"),
    [
        # no attempt more: the queue takes 70 to 90 %
        ("{call: desk.f}", 0.2, (1, 1, 1), None, (0.7, 0.8, 0.9), False, False),
        # turned away or failed, and come again later: all are turned away again, or independently
        (
            "{call: desk.f, retry: {times: 2, backoff: 1 s}}", 0.2,
            (1 + 0.14 + 0.14**2, None, 1 + 0.48 + 0.18**2 + 0.3 * 1.18),
            (1 + 0.14 + 0.14**2, None, 1 + 1.48 * 0.18),
            (0.75 * (1 + 0.14 + 0.14**2), None, 1 + 1.48 * 0.18), False, False,
        ),
        # nothing else brings them back: the first of each alone surely wasn't turned away before
        (
            "{call: desk.f, retry: {times: 2, backoff: 1 s}}", 0.0,
            (1, None, 1.6), (1, 1, 1), (0.75, None, 1), False, True,
        ),
        # at once: all that follow the first that is turned away are, too
        (
            "{call: desk.f, retry: 2}", 0.2,
            (
                1 + 0.14 + 0.1 + 0.14**2 + 0.1 * 1.14,
                1 + 0.16 + 0.2 + 0.16**2 + 0.2 * 1.16,
                1 + 0.18 + 0.3 + 0.18**2 + 0.3 * 1.18,
            ),
            (1 + 0.14 + 0.14**2, 1 + 0.16 + 0.16**2, 1 + 0.18 + 0.18**2),
            (0.7 * (1 + 0.14 + 0.14**2), 0.8 * (1 + 0.16 + 0.16**2), 0.9 * (1 + 0.18 + 0.18**2)), True, False,
        ),
        (
            "{call: desk.f, retry: 1}", 0.0,
            (1.1, 1.2, 1.3), (1, 1, 1), (0.7, 0.8, 0.9), True, True,
        ),
        # only errors of the work bring them back
        (
            "{call: desk.f, retry: {times: 1, on: failed}}", 0.2,
            (1.14, 1.16, 1.18), None, (0.7 * 1.14, 0.8 * 1.16, 0.9 * 1.18), False, False,
        ),
        # half of it in half of the runs
        (
            "{choose: [{share: 50 %, steps: [{call: desk.f, retry: {times: 2, backoff: 1 s}}]},"
            " {share: 50 %, steps: []}]}", 0.2,
            (0.5 * (1 + 0.14 + 0.14**2), None, 0.5 * (1 + 0.48 + 0.18**2 + 0.3 * 1.18)),
            (0.5 * (1 + 0.14 + 0.14**2), None, 0.5 * (1 + 1.48 * 0.18)),
            (0.5 * 0.75 * (1 + 0.14 + 0.14**2), None, 0.5 * (1 + 1.48 * 0.18)), False, False,
        ),
        # a share that the operation itself turns away, before the queue
        (
            "{call: desk.h, retry: {times: 1, backoff: 1 s}}", 0.0,
            (0.9, None, 0.9 * (1 + 0.1 + 0.9 * 0.3)), (0.9, 0.9, 0.9), (0.75 * 0.9, None, 0.9), False, False,
        ),
        # a hedge beside them: which of the tries are first isn't known
        (
            "{call: desk.f, hedge: {after: 1 s}, retry: {times: 1, backoff: 1 s}}", 0.0,
            (1, None, 1.3), None, (0.7, None, 1.3 * 0.9), False, False,
        ),
        # a group around the call, or a station between
        (
            "{steps: [{call: desk.f}], retry: {times: 1, backoff: 1 s}}", 0.0,
            (1, None, 1.3), None, (0.7, None, 1.3 * 0.9), False, False,
        ),
        (
            "{call: front.f, retry: {times: 1, backoff: 1 s}}", 0.0,
            (1, None, 1.3), None, (0.7, None, 1.3 * 0.9), False, False,
        ),
    ],
)  # fmt: skip
def test_tries_at_a_queue_that_turns_calls_away(
    step: str,
    fails: float,
    arriving: Ends,
    first: Ends | None,
    let_in: Ends,
    sure: bool,
    once: bool,
) -> None:
    use = found(step, f"{100 * fails:g} %", desk=FULL)["desk"]
    assert ends(use.offered) == pytest.approx(arriving)
    assert ends(use.weight) == pytest.approx(let_in)
    assert (use.first is None) is (first is None)
    assert first is None or ends(use.first) == pytest.approx(first)
    assert (use.sure, use.once) == (sure, once)


@pytest.mark.parametrize(("waiting", "arriving", "let_in"), [
    # half to 70 % are turned away, and at most 60 % of all in the end
    (full(0.5, 0.6, 0.7, 0.6), (1.06, None, 1 + 0.1 + 0.7), (1.06 * 0.4, None, 0.5 * 1.8)),
    (full(0.5, 0.6, 0.7, 0.8), (1.06, None, 1 + 0.1 + 0.7), (1.06 * 0.3, None, 0.5 * 1.8)),
    # nobody is turned away: all tries are for errors of the work, and none is known to be the first
    (Waiting(wait(0, 0, 0), ("free",)), (1.2, 1.2, 1.2), (1.2, 1.2, 1.2)),
])  # fmt: skip
def test_no_more_are_let_in_than_there_is_room_for(waiting: Waiting, arriving: Ends, let_in: Ends) -> None:
    use = found("{call: desk.f, retry: {times: 1, backoff: 1 s}}", "20 %", desk=waiting)["desk"]
    assert ends(use.offered) == pytest.approx(arriving) and ends(use.weight) == pytest.approx(let_in)
    assert (use.first is None) is (waiting.full is None) and (use.sure, use.once) == (False, False)


def test_tries_at_once_are_told_apart_only_where_something_turns_them_away() -> None:
    use = found("{call: desk.f, retry: 1}", "20 %", desk=Waiting(wait(0, 0, 0), ("free",)))["desk"]
    assert (use.first, use.sure, use.once) == (None, False, False)


def late(waits: float) -> float:
    """The chance that a call waits for 20 s or is worked on for longer than 1 s."""
    return 1 - (1 - waits) * (1 - E)


WAITS = Waiting(wait(0.02, 0.06, 0.04), ("waits",), meets=0.06)
SELDOM = Waiting(wait(0.01, 0.01, 0.01), ("seldom",), meets=0.01)
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


def test_a_reading_of_ends_alone_counts_ends_alone() -> None:
    c = context(TEXT.replace("STEP", "{call: desk.f, retry: 1}").replace("FAILS", "20 %"))
    (use,) = uses_of(Outcomes(c, Grid(0.01, 64, 2), None, lambda _: Waiting(None)), "main")
    assert ends(use.weight) == (1.2, None, 1.2)


def test_what_is_called_once_more_inside_comes_late_as_often_as_its_caller() -> None:
    """A retry around a hedge: both shares, both numbers of tries."""
    use = found("{call: front.f, timeout: 1 s, retry: 1}", desk=SELDOM)["desk"]
    assert use.late.tries == 2 and use.late.share == pytest.approx(1 - 1 / 1.01)
    asked = found("{steps: [{hold: pool, steps: [{call: desk.f}]}], timeout: 1 s, retry: 1}", desk=SELDOM)
    assert asked["pool"].late == asked["desk"].late == use.late


def test_whoever_may_stand_still_calls_less() -> None:
    """Of a wait that ends in 90 to 100 % of cases: so often is called what is called inside, and what is held for."""
    stuck = Defective(np.zeros((3, GRID.cells)), np.array([1.0, 0.9, 0.95]), np.zeros(3))
    stuck.cells[:, 0] = 1.0, 0.9, 0.95
    for step, name in (("{call: front.f}", "front"), ("{hold: pool, steps: [{call: desk.f}]}", "pool")):
        uses = found(step, **{name: Waiting(stuck, ("stuck",))})
        assert ends(uses[name].weight) == (1, 1, 1)
        assert ends(uses["desk"].weight) == pytest.approx((0.9, None, 1))
    assert ends(found("{call: front.f}", front=SELDOM)["desk"].weight) == (1, 1, 1)


@pytest.mark.parametrize(("waits", "share"), [(None, 0.0), ((0.1, 0.3, 0.2), 0.3), ((0.0, 0.0, 0.0), 0.0)])
def test_the_most_of_what_comes_that_waits_at_all(waits: Ends | None, share: float) -> None:
    c = context(TEXT.replace("STEP", "{call: desk.f}").replace("FAILS", "0 %"))
    waiting = Waiting(None if waits is None else wait(*(share or 0.0 for share in waits)))
    assert waits_at_all(Outcomes(c, GRID, None, lambda _: waiting), "desk") == pytest.approx(share)


def test_who_waits_for_a_pool_may_be_given_up_before_it_is_held() -> None:
    """Of 40 % that start it, 30 % wait at the most; a quarter of runs are given up at the most."""
    late = "{choose: [{share: 25 %, steps: [{wait: 2 s}]}, {share: 75 %, steps: []}]}"
    body = f"{{steps: [{{hold: pool, steps: [{{call: spare.f}}]}}, {late}], timeout: 1 s}}"
    pool = Waiting(wait(0, 0.3, 0.2), ("pool",), full=GRID.triple(0.1, 0.0, 0.05))
    uses = found(body, pool=pool)
    assert ends(uses["pool"].weight) == pytest.approx((0.9, 0.95, 1.0))
    assert ends(uses["pool"].offered) == (1, 1, 1)
    given_up = 1 - 0.7 * 0.75
    assert uses["pool"].cut == pytest.approx(given_up / 0.9)
    assert ends(uses["spare"].weight) == pytest.approx((0.9 - min(given_up, 0.3), None, 1.0))
