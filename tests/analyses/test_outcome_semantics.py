"""Outcomes of random programs against every outcome path (discrete laws) and against direct sampling (spread laws)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from analyses.brackets import GRID, assert_held, cdf_of
from groma.analyses.context import Context
from groma.analyses.outcome.algebra import ERRORS, Outcome
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Grid
from groma.analyses.outcome.reading import Outcomes
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from programs import End, TooMany, enumerate_runs, sample_runs, texts

RELAXED = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def outcome_of(model: Model, grid: Grid = GRID, mark: str | None = None) -> Outcome:
    context = Context(model, None, Ledger(model.digest))  # pyright: ignore
    return Outcomes(context, grid, mark).flow("main")


@RELAXED
@given(texts())
def test_every_outcome_path_of_a_discrete_program_is_bracketed(text: str) -> None:
    model = loads(text)
    try:
        runs = enumerate_runs(model, "main")
    except TooMany:
        assume(False)
        return
    assert sum(w for w, _ in runs) == pytest.approx(1)
    outcome = outcome_of(model)
    for kind in sorted({e.kind for _, e in runs} | set(outcome.ends)):
        ends = [(w, e.time) for w, e in runs if e.kind == kind]
        assert_held(outcome, frozenset({kind}), cdf_of(ends, GRID), sum(w for w, _ in ends), 1e-9)
        law = outcome.ends.get(kind)
        if law is not None and kind not in ERRORS and np.isfinite(law.moment).all():
            moment = sum(w * t for w, t in ends)
            assert law.moment[FAST] - 1e-9 <= moment <= law.moment[SLOW] + 1e-9
            if not np.isnan(law.moment[NOMINAL]) and "parallel" not in text:
                assert law.moment[NOMINAL] == pytest.approx(moment, abs=1e-8)
                assert law.mass[NOMINAL] == pytest.approx(sum(w for w, _ in ends), abs=1e-8)


@RELAXED
@given(texts(mark=True))
def test_the_first_passage_of_a_mark_is_bracketed(text: str) -> None:
    model = loads(text)
    try:
        runs = enumerate_runs(model, "main")
    except TooMany:
        assume(False)
        return
    outcome = outcome_of(model, mark="m")
    ends = [(w, e.mark) for w, e in runs if e.mark < math.inf]
    assert_held(outcome, frozenset({"reached"}), cdf_of(ends, GRID), sum(w for w, _ in ends), 1e-9)


@settings(RELAXED, max_examples=12)
@given(texts(spread=True))
def test_sampled_runs_of_a_spread_program_lie_in_the_bracket(text: str) -> None:
    model, grid, count = loads(text), Grid(0.001, 1024), 3000
    outcome = outcome_of(model, grid)
    runs: list[End] = list(sample_runs(model, "main", count, 1))
    band = math.sqrt(math.log(2 / 1e-7) / (2 * count))  # Dvoretzky-Kiefer-Wolfowitz
    for kind in sorted({e.kind for e in runs} | set(outcome.ends)):
        times = sorted(e.time for e in runs if e.kind == kind)
        true = np.searchsorted(times, np.arange(grid.cells) * grid.step + 1e-12, side="right") / count
        assert_held(outcome, frozenset({kind}), true, len(times) / count, band, grid)
