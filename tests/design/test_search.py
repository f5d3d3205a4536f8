"""The search against exhaustive enumeration, on spaces whose truth is a plain function of the answers."""

from __future__ import annotations

import pytest

from design.briefs import random_texts
from design.known_truth import COST, TrueProver, Truth, solver_of
from groma.design.enumerate import every_proof, meeting_needs, nondominated, simplest_least

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
