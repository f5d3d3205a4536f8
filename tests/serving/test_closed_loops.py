"""What a measured closed loop works on: kinds of iterations and lengths drawn, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from groma.solvers.serving import Load, Policy, schedule
from groma.solvers.serving.closed_loop import _scale

POLICY = Policy(512, 64)


def test_kinds_are_of_counts_that_are_alike() -> None:
    """None is a kind of its own; others are within one step of a scale of so many steps an octave."""
    counts = np.arange(0.0, 2000.0)
    for steps in (2.5, 2.0):
        kinds = _scale(counts, steps)
        assert kinds[0] == 0 and (kinds[1:] > 0).all() and (np.diff(kinds) >= 0).all()
        for kind in np.unique(kinds[1:]):
            alike = counts[kinds == kind]
            assert alike.max() / alike.min() <= 2 ** (1 / steps) * (1 + 1e-9)
        assert steps * 9 < len(np.unique(kinds)) <= steps * np.log2(1999) + 3


def test_prompts_of_other_lengths_are_other_kinds() -> None:
    kinds = schedule(Load(1, 1000, 2, (0.05, 1.0)), Policy(1024, 64), 10_000)
    read = kinds.prompt[kinds.first > 0]
    assert len(read) > 1 and read.max() > 1.3 * read.min()
    assert (kinds.decoding[kinds.first > 0] == 0).all()


@pytest.mark.parametrize(
    ("between", "low", "high"), [((1.0, 1.0), 300, 300), ((0.5, 0.5), 150, 150), ((0.2, 0.3), 60, 89)]
)
def test_lengths_lie_between_the_shares_of_the_load(
    between: tuple[float, float], low: int, high: int
) -> None:
    """One request after the other: the mean one waits for its own prompt, each token once; then a step a token."""
    kinds = schedule(Load(1, 300, 300, between), POLICY, 10_000)
    assert low <= float(kinds.first @ kinds.prompt) <= high
    assert float(kinds.first.sum()) == pytest.approx(1.0) and float(kinds.between.sum()) == pytest.approx(1.0)
    steps = float(kinds.between @ kinds.cached) - float(kinds.first @ kinds.prompt)
    assert (
        low / 2 - 1 <= steps <= high / 2 + 1
    )  # half of an answer is written before a step of its, in the mean


@pytest.mark.parametrize(("written", "gaps"), [(1, 0.0), (2, 1.0), (3, 1.0)])
def test_a_request_has_as_many_gaps_as_tokens_less_one(written: int, gaps: float) -> None:
    kinds = schedule(Load(1, 10, written), POLICY, 10_000)
    assert float(kinds.between.sum()) == pytest.approx(gaps) and np.isfinite(kinds.between).all()
    assert float(schedule(Load(1, 0, 0, (0.0, 0.0)), POLICY, 10_000).first @ np.ones(1)) == pytest.approx(1.0)
