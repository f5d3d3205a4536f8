"""Of which kind the error is that ends a hedge or a parallel step: nominal values against all ways they can go."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from analyses.given import CATALOG, context
from analyses.test_outcome_hedges import GRID, Attempt, every_way, moment, outcome, true_cdf
from groma.analyses import assess
from groma.analyses.outcome.algebra import ERRORS
from groma.analyses.outcome.hedge import hedged
from groma.analyses.outcome.join import joined
from groma.analyses.outcome.law import NOMINAL, Grid
from groma.analyses.outcome.reading import Outcomes
from groma.model.load import loads
from groma.model.program import Group

KINDS: Attempt = [
    (0.2, "ok", 3),
    (0.1, "ok", 11),
    (0.3, "failed", 1),
    (0.25, "timeout", 9),
    (0.15, "failed", 15),
]
LATE: Attempt = [(0.4, "ok", 3), (0.2, "failed", 1), (0.15, "timeout", 61), (0.25, "failed", 81)]


@pytest.mark.parametrize("start", [2, 4, 10, 20])
@pytest.mark.parametrize("attempt", [KINDS, LATE])
def test_a_hedge_ends_nominally_in_the_kind_of_the_attempt_that_failed_last(
    attempt: Attempt, start: int
) -> None:
    ways, _ = every_way(attempt, start, 1)
    found = hedged(GRID, outcome(attempt), float(start), 1)
    tail = attempt is LATE
    for kind in ("failed", "timeout"):
        law, true = found.ends[kind], true_cdf(ways, kind)
        assert law.cdf[NOMINAL] == pytest.approx(true, abs=1e-9)
        whole = math.fsum(weight for weight, end, _ in ways if end == kind)
        assert law.mass[NOMINAL] == pytest.approx(whole, abs=0.03 if tail else 1e-9)
        if not tail:  # which of those past the lattice comes last is taken in proportion
            assert law.moment[NOMINAL] == pytest.approx(moment(ways, kind), rel=1e-9)
    both = [found.ends[kind].mass[NOMINAL] for kind in ("failed", "timeout")]
    assert sum(both) == pytest.approx(math.fsum(w for w, end, _ in ways if end in ERRORS), abs=1e-9)


@pytest.mark.parametrize("need", [1, 2, 3])
def test_a_join_ends_nominally_in_the_kind_of_the_branch_that_decides(need: int) -> None:
    """Three branches whose ends never tie: an error once no `need` of them can be ok any more."""
    branches: list[Attempt] = [
        [(0.3, "ok", 2), (0.4, "failed", 5), (0.3, "timeout", 20)],
        [(0.5, "ok", 3), (0.2, "failed", 26), (0.3, "timeout", 7)],
        [(0.6, "ok", 4), (0.1, "failed", 9), (0.3, "rejected", 14)],
    ]
    ends: Attempt = []
    for ways in itertools.product(*branches):
        bad = sorted((time, kind) for _, kind, time in ways if kind in ERRORS)
        if len(bad) >= len(branches) - need + 1:
            time, kind = bad[len(branches) - need]
            ends.append((math.prod(w for w, _, _ in ways), kind, time))
    found = joined(GRID, need, [outcome(each) for each in branches])
    for kind in ("failed", "timeout", "rejected"):
        law = found.ends[kind]
        assert law.cdf[NOMINAL] == pytest.approx(true_cdf(ends, kind), abs=1e-9)
        assert law.moment[NOMINAL] == pytest.approx(moment(ends, kind), rel=1e-9, abs=1e-9)


MODEL = """
components:
  a: {kind: s, offers: {f: {work: WORK, fails: 40 %}}}
  b: {kind: s, offers: {g: {}}}
flows:
  main:
    starts: {rate: 1/s}
    steps: [{steps: [{call: a.f, timeout: 20 ms, hedge: {after: 6 ms}}], retry: {times: 1, on: failed}}]
"""


def test_exponential_work_against_runs_drawn() -> None:
    """Times of 10 ms, given up after 20; two in five that end in time fail: which comes last, drawn a million times."""
    rng, size = np.random.default_rng(3), 1_000_000

    def attempt() -> tuple[np.ndarray, np.ndarray]:
        time = rng.exponential(0.010, size)
        kind = np.where(time > 0.020, 2, np.where(rng.random(size) < 0.4, 1, 0))  # ok, failed, timeout
        return np.minimum(time, 0.020), kind

    (first, one), (second, two) = attempt(), attempt()
    second = second + 0.006
    begun = first > 0.006
    errors = (one > 0) & (~begun | (two > 0))
    last = np.where(begun & (second > first), two, one)
    c = context(MODEL.replace("WORK", "10 ms ± 10 ms"))
    group = c.model.flows["main"].steps[0].action
    assert isinstance(group, Group)
    ends = Outcomes(c, Grid(2e-5, 2048)).step(group.steps[0], None).ends
    for number, kind in ((1, "failed"), (2, "timeout")):
        assert ends[kind].mass[NOMINAL] == pytest.approx(np.mean(errors & (last == number)), abs=2e-3)


@pytest.mark.compiled
def test_what_is_tried_again_after_one_kind_only_is_confirmed_by_the_simulation() -> None:
    ledger = assess(
        loads("groma: 1\nsystem: t\ncurrency: EUR" + MODEL.replace("WORK", "10 ms ± 10 ms")), CATALOG
    )
    shown = ledger["success/main"]
    assert shown.value is not None and shown.second is not None and shown.second.value is not None
    assert shown.value == pytest.approx(shown.second.value, abs=6e-3)
    assert not shown.disputed
