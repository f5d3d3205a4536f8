"""A study's effort: as many points as are asked for, in sixteen scramblings; fewer for models with many steps."""

from __future__ import annotations

import pytest

from analyses.given import CATALOG, HEAD
from groma.analyses import assess
from groma.analyses.uncertainty.drawn import Effort
from groma.analyses.uncertainty.study import LARGE, QUICK, SLOW, glance, studied, thorough
from groma.model.load import loads

TEXT = (
    HEAD
    + """needs: {cheap: {measure: cost/month, at_most: 15 EUR/month}}
components:
  a:
    {kind: s, price: {month: {value: 10 EUR/month, known: 5 EUR/month .. 20 EUR/month}},
     offers: {x: {steps: [{wait: 1 s}]}}}
flows: {f: {starts: {rate: 1/h}, steps: [STEPS]}}
"""
)


def _model(steps: int):
    return loads(TEXT.replace("STEPS", ", ".join(["{wait: 1 s}"] * steps)))


@pytest.mark.parametrize(
    ("samples", "points"), [(1, 2), (32, 2), (33, 4), (64, 4), (65, 8), (1000, 64), (1024, 64), (1025, 128)]
)
def test_a_thorough_study_takes_at_least_the_points_asked_for(samples: int, points: int) -> None:
    assert thorough(samples) == (Effort(8, points, 8), Effort(8, points, 8))
    assert 16 * points >= samples


def test_steps_of_flows_and_operations_decide_how_long_a_glance_takes() -> None:
    assert glance(_model(LARGE - 1)) == QUICK
    assert glance(_model(LARGE)) == SLOW  # and one step of an operation


def test_a_study_takes_the_efforts_that_it_is_given() -> None:
    model = _model(1)
    ledger = assess(model, CATALOG)
    asked: list[int] = []

    def counted(function, points):  # pyright: ignore
        asked.append(len(points))
        from groma.workers import spread

        return spread(function, points)

    few = studied(model, ledger, CATALOG, (Effort(2, 2, 0, 0), Effort(2, 2, 0, 0)), shared=counted)
    least = sum(asked)
    asked.clear()
    more = studied(model, ledger, CATALOG, (Effort(2, 8, 0, 0), Effort(2, 8, 0, 0)), shared=counted)
    assert 0 < least < sum(asked)
    assert {f.name for f in few} == {f.name for f in more} > {f.name for f in ledger}
