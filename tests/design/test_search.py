"""The search against exhaustive enumeration, on spaces whose truth is a plain function of the answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from design.briefs import random_texts
from design.known_truth import COST, WAIT, TrueProver, Truth, solver_of
from groma.design.cuts import reason
from groma.design.enumerate import every_proof, meeting_needs, nondominated, simplest_least
from groma.design.problem import HELD

SEEDS = range(20)


def truth_of(seed: int, **given: object) -> Truth:
    needs = {"quick": 4.0, "dependable": 98.9, "affordable": 45} | given
    wishes = ("latency/answer@replied/p95", "availability/answer")
    return Truth(random_texts(seed, wish=wishes[seed % 2], **needs).space(), seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("tightness", [1.0, 0.8])
def test_the_front_is_that_of_trying_everything(seed: int, tightness: float) -> None:
    truth = truth_of(seed)
    fitting = meeting_needs(every_proof(TrueProver(truth)), truth.task)
    expected = [[p.losses[w] for w in truth.task.wishes] for p in nondominated(fitting, truth.task)]
    solver = solver_of(truth, tightness)
    walk = solver.front()
    found = [[p.lost(w) for w in truth.task.wishes] for p in walk.points]
    assert walk.complete
    assert found == [pytest.approx(point, rel=1e-9) for point in expected]
    least = simplest_least(fitting, truth.task, truth.space)
    best = solver.least()
    assert (best is None) == (least is None)
    if best is not None and least is not None:
        assert dict(best.answers) == dict(least.answers)
        assert best.bound == pytest.approx(best.lost(COST), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_question_after_another_is_answered_as_by_trying_everything(seed: int) -> None:
    """Limits loosened, tightened and dropped, answers forbidden; whether or not an earlier answer serves."""
    truth, chance = truth_of(seed), Random(seed)
    proofs = every_proof(TrueProver(truth))
    solver, solved = solver_of(truth), 0
    limits = [{h.name: h.limit * f} for h in truth.task.held for f in (math.inf, 1.3, 0.9, 1.1)]
    roles = [r for r in truth.space.roles if len(r.variants) > 1]
    for changed in chance.sample(limits, len(limits)):
        role = chance.choice(roles)
        allowed = frozenset(v.name for v in role.variants[: chance.randrange(1, len(role.variants) + 1)])
        within = {role.name: allowed} if chance.random() < 0.5 else {}
        fitting = [
            p
            for p in proofs
            if all(p.losses[h.name] <= changed.get(h.name, h.limit) * (1 + 1e-12) for h in truth.task.held)
            and all(p.answers[name] in several for name, several in within.items())
        ]
        order = truth.task.wishes if chance.random() < 0.7 else truth.task.wishes[::-1]
        least = simplest_least(fitting, replace(truth.task, wishes=order), truth.space)
        before = solver.master.solves
        found = solver.least(changed, within, order)
        assert (found and dict(found.answers)) == (least and dict(least.answers))
        solved += solver.master.solves > before
    assert 0 < solved < len(limits)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_answer_is_asked_for_near_a_design(seed: int) -> None:
    """Each answer of the best design forbidden in turn, as its decisions are worked out: against trying everything."""
    truth = truth_of(seed)
    fitting = meeting_needs(every_proof(TrueProver(truth)), truth.task)
    solver = solver_of(truth)
    best = solver.least()
    if best is None:
        return

    def apart(answers: Mapping[str, str]) -> frozenset[str]:
        return frozenset(role for role, answer in best.answers.items() if answers[role] != answer)

    for role in truth.space.roles:
        allowed = frozenset(v.name for v in role.variants if v.name != best.answers[role.name])
        left = [p for p in fitting if p.answers[role.name] in allowed]
        found = solver.least(within={role.name: allowed}, near=best)
        assert (found is None) == (not left)
        if found is None:
            continue
        first, *others = truth.task.wishes
        cheapest = min(p.losses[first] for p in left)
        cheap = [p for p in left if p.losses[first] <= cheapest * (1 + 1e-9)]
        assert len(apart(found.answers)) == min(len(apart(p.answers)) for p in cheap)
        beside = [p for p in cheap if apart(p.answers) <= apart(found.answers)]
        least = simplest_least(beside, replace(truth.task, wishes=(first, *others)), truth.space)
        assert least is not None and dict(found.answers) == dict(least.answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reason_holds_for_its_whole_block_and_for_no_answer_more(seed: int) -> None:
    truth = truth_of(seed)
    solver = solver_of(truth)
    wide = 0
    for measure in (WAIT + HELD, COST):
        losses = sorted(losses[measure] for _, losses in truth.all)
        above = losses[len(losses) // 2]
        for answers, lost in truth.all[:: max(len(truth.all) // 12, 1)]:
            why = reason(truth.space, solver.estimate, measure, answers, above, solver.tables.alone[measure])
            assert (why is not None) == (lost[measure] > above)
            if why is None:
                continue
            inside = [x for a, x in truth.all if all(a[r] in several for r, several in why.answers.items())]
            assert min(x[measure] for x in inside) == pytest.approx(why.at_least)
            assert why.at_least > above and all(answers[r] in several for r, several in why.answers.items())
            wide += sum(len(several) > 1 for several in why.answers.values())
            for role, several in why.answers.items():
                for other in truth.space.role(role).variants:
                    block = {**why.answers, role: several | {other.name}}
                    more = [
                        x[measure] for a, x in truth.all if all(a[r] in mine for r, mine in block.items())
                    ]
                    assert other.name in several or min(more) <= above
    assert wide > 0
