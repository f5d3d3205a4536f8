"""Tries at a queue that turns calls away, or where some wait, beside queues that are given: counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyses.beside_queues import GRID, SELDOM, TEXT, Ends, ends, found, full, wait
from analyses.given import context
from groma.analyses.outcome.late import NEVER
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.analyses.visits.use import waits_at_all
from groma.analyses.visits.walk import uses_of

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


def test_waits_that_nobody_gives_up_say_nothing_of_tries() -> None:
    waiting = replace(FULL, law=wait(0.05, 0.05, 0.05), meets=0.05)
    use = found("{call: desk.f, retry: 1}", desk=waiting)["desk"]
    assert ends(use.offered) == pytest.approx((1.1, 1.2, 1.3)) and use.late == NEVER


def test_a_reading_of_ends_alone_counts_ends_alone() -> None:
    c = context(TEXT.replace("STEP", "{call: desk.f, retry: 1}").replace("FAILS", "20 %"))
    (use,) = uses_of(Outcomes(c, Grid(0.01, 64, 2), None, lambda _: Waiting(None)), "main")
    assert ends(use.weight) == (1.2, None, 1.2)


def test_whoever_may_stand_still_calls_less() -> None:
    """Of a wait that ends in 90 to 100 % of cases: so often is called what is called inside, and what is held for."""
    stuck = Defective(np.zeros((3, GRID.cells)), np.array([1.0, 0.9, 0.95]), np.zeros(3))
    stuck.cells[:, 0] = 1.0, 0.9, 0.95
    for step, name in (("{call: front.f}", "front"), ("{hold: pool, steps: [{call: desk.f}]}", "pool")):
        uses = found(step, **{name: Waiting(stuck, ("stuck",))})
        assert ends(uses[name].weight) == (1, 1, 1)
        assert ends(uses["desk"].weight) == pytest.approx((0.9, None, 1))
    half = "{choose: [{share: 50 %, steps: [{call: front.f}]}, {share: 50 %, steps: []}]}"
    halved = found(half, front=Waiting(stuck, ("stuck",)))
    assert ends(halved["desk"].weight) == pytest.approx((0.45, None, 0.5))
    assert ends(found("{call: front.f}", front=SELDOM)["desk"].weight) == (1, 1, 1)


@pytest.mark.parametrize(("waits", "share"), [(None, 0.0), ((0.1, 0.3, 0.2), 0.3), ((0.0, 0.0, 0.0), 0.0)])
def test_the_most_of_what_comes_that_waits_at_all(waits: Ends | None, share: float) -> None:
    c = context(TEXT.replace("STEP", "{call: desk.f}").replace("FAILS", "0 %"))
    waiting = Waiting(None if waits is None else wait(*(share or 0.0 for share in waits)))
    assert waits_at_all(Outcomes(c, GRID, None, lambda _: waiting), "desk") == pytest.approx(share)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_who_waits_for_a_pool_may_be_given_up_before_it_is_held(share: float) -> None:
    """Of those that start it, 30 % wait at the most; a quarter of runs are given up at the most."""
    late = "{choose: [{share: 25 %, steps: [{wait: 2 s}]}, {share: 75 %, steps: []}]}"
    body = f"{{steps: [{{hold: pool, steps: [{{call: spare.f}}]}}, {late}], timeout: 1 s}}"
    other = f"{{share: {100 - 100 * share:g} %, steps: []}}"
    pool = Waiting(wait(0, 0.3, 0.2), ("pool",), full=GRID.triple(0.1, 0.0, 0.05))
    uses = found(f"{{choose: [{{share: {100 * share:g} %, steps: [{body}]}}, {other}]}}", pool=pool)
    assert ends(uses["pool"].weight) == pytest.approx((0.9 * share, 0.95 * share, share))
    assert ends(uses["pool"].offered) == (share, share, share)
    given_up = 1 - 0.7 * 0.75
    assert uses["pool"].cut == pytest.approx(given_up / 0.9)
    assert ends(uses["spare"].weight) == pytest.approx((share * (0.9 - min(given_up, 0.3)), None, share))
