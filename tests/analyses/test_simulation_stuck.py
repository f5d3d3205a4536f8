"""Scenarios that end in a standstill: told as such where nothing is ever given back, and nowhere else."""

from __future__ import annotations

import math

import pytest

from analyses.given import CATALOG
from groma.analyses.context import Context
from groma.analyses.held_within import may_stand_still
from groma.analyses.simulation import Plan, PutThrough, answer_of, compiled, played, watch
from groma.documents.content import Dependent, Paragraph
from groma.documents.deliverables.scenario_sections import disturbances
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.solvers.simulation import Settings, run

pytestmark = pytest.mark.compiled

TEXT = """groma: 1
system: t
currency: EUR
components:
  p: {{kind: pool, threads: {p}}}
  q: {{kind: pool, threads: 1}}
  db: {{kind: database, threads: 40, offers: {{get: {{work: {ms} ms}}}}}}
flows:
  one: {{starts: {{rate: {rate}/s}}, steps: [{one}]}}
  other: {{starts: {{rate: {rate}/s}}, steps: [{other}]}}
scenarios:
  out: {{lasts: 200 s, events: {{from: 40 s, for: 20 s, stalled: db}}}}
"""
GET = "{call: db.get}"
P_THEN_Q = "{hold: p, steps: [{call: db.get}, {hold: q, steps: [{call: db.get}]}]}"
Q_THEN_P = "{hold: q, steps: [{call: db.get}, {hold: p, steps: [{call: db.get}]}]}"
SELDOM = "{choose: [{share: 99.9999 %, steps: [" + GET + "]}, {share: 0.0001 %, steps: [" + Q_THEN_P + "]}]}"


def model(one: str, other: str, rate: float, p: int = 1, ms: int = 20) -> Model:
    return loads(TEXT.format(one=one, other=other, rate=rate, p=p, ms=ms))


CASES = [
    (model(P_THEN_Q, Q_THEN_P, 5), True, True),  # at once
    (model(P_THEN_Q, Q_THEN_P, 0.2, ms=1), True, False),  # while all that have begun wait for the database
    (model(P_THEN_Q, P_THEN_Q, 5), False, False),  # in the same order
    (model(P_THEN_Q, SELDOM, 60), False, False),  # more than p and q can do, but all go on
    (model("{hold: p, steps: [" + P_THEN_Q + "]}", GET, 5, 2), True, True),
]


@pytest.mark.parametrize(("given", "still", "undisturbed"), CASES)
def test_a_standstill_is_told_where_no_run_ever_ends_again(
    given: Model, still: bool, undisturbed: bool
) -> None:
    circles = may_stand_still(given, CATALOG)
    seen = watch(given, given.scenarios["out"], replications=2, circles=circles)
    assert (bool(seen.still), seen.still_undisturbed) == (still, undisturbed)
    if still:
        assert seen.still == tuple(circles) and not seen.comes_back and not seen.metastable
        assert seen.back_after is None
    told = answer_of(PutThrough(given, given.scenarios, Plan(replications=2), circles)("out")).seen
    assert (told.still, told.still_undisturbed) == (seen.still, seen.still_undisturbed)


def test_what_is_told_to_stand_still_has_runs_that_never_end() -> None:
    """A thousand times as long afterwards none of flow `one` has ended."""
    made = compiled(CASES[0][0])
    short, long = (run(made.program, Settings(until=t)).flow("one") for t in (200.0, 2e5))
    assert long.ended == short.ended and long.in_progress > 5e5
    on = compiled(CASES[3][0])
    short, long = (run(on.program, Settings(until=t)).flow("one") for t in (200.0, 2e3))
    assert math.isclose(long.ended["ok"] / short.ended["ok"], 10.0, rel_tol=0.05)


@pytest.mark.parametrize("given", [CASES[0][0], CASES[1][0]], ids=["undisturbed", "disturbed"])
def test_figures_and_documents_tell_a_standstill_with_its_reason(given: Model) -> None:
    """Undisturbed, so few runs end that there is no course to draw."""
    context = Context(given, CATALOG, Ledger(given.digest))
    shown = played(context)
    (reason,) = may_stand_still(given, CATALOG)
    assert context.ledger["scenario/out/still"].words == reason
    told = disturbances(Subject(given, Quoter(context.ledger), played=shown), "x")
    blocks = [block for each in told if isinstance(each, Dependent) for block in each.blocks]
    standing = [plain(block.inlines) for block in blocks if isinstance(block, Paragraph)]
    assert standing[-1] == f"It comes to a standstill: {reason}."
    courses = [each for each in shown if each.watched.courses]
    assert len(standing) == (2 if courses else 1)
    if courses:
        bad = sum(not each.watched.comes_back for each in courses)
        assert f"From {bad} it doesn't come back" in standing[0]
    for each in courses:
        for course in each.watched.courses:
            back = context.ledger[f"scenario/{each.watched.name}/back/{course.flow}"]
            assert bool(each.watched.still) == (back.words or "").startswith("stands still")
