"""The wait at a station with a last place, and how often it is full, against chains of its states."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analyses.stations import at, calls, exponential, law_of, mmc_mean, room
from groma.analyses.interval import Interval, point
from groma.analyses.outcome.crowded import Again
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW
from groma.model.law import Constant


@pytest.mark.parametrize("count", [1, 2])
def test_a_queue_with_a_last_place_turns_away_what_a_chain_of_its_states_says(count: int) -> None:
    """M/M/c/K solved as a birth and death chain for each end; whoever is let in may not wait at all, and waits no
    longer than without a last place."""
    queue, rates, means = 2, (0.3, 0.9, 0.6), (0.8, 1.2, 1.0)

    def lost(rate: float, mean: float) -> float:
        chances = [1.0]
        for there in range(1, count + queue + 1):
            chances.append(chances[-1] * rate * mean / min(there, count))
        return chances[-1] / sum(chances)

    one = calls(Interval(rates[0], rates[2], rates[1]), *map(exponential, means))
    found = at(count, one, room=room(f"queue: {queue}"))
    fast, slow, nominal = (lost(r, m) for r, m in zip(rates, means, strict=True))
    assert found.full == pytest.approx([slow, fast, nominal], rel=1e-9)
    law, free = (
        law_of(found),
        mmc_mean(rates[1], means[1], count) if rates[1] * means[1] < count else math.inf,
    )
    assert law.cdf[FAST, 0] == 1.0 and law.moment[FAST] == 0.0 and np.isnan(law.cells[NOMINAL]).all()
    assert law.moment[SLOW] == pytest.approx(free) and np.isnan(law.moment[NOMINAL])
    none = at(count, calls(Interval(0.0, 0.0, 0.9), exponential(1.0)), room=room(f"queue: {queue}"))
    assert none.full is not None and none.full == pytest.approx([lost(0.9, 1.0), 0.0, 0.0], rel=1e-9)
    unstated = at(count, calls(Interval(0.0, None, 0.9), exponential(1.0)), room=room(f"queue: {queue}"))
    assert unstated.full is not None and math.isnan(unstated.full[NOMINAL])


def test_a_queue_with_a_last_place_is_full_no_more_often_than_somebody_waits_without_it() -> None:
    """M/D/1 at 40 %: two in five wait. With nobody there nobody is turned away, for sure."""
    found = at(1, calls(point(0.4), Constant(1.0)), room=room("queue: 2"))
    assert found.full is not None
    assert found.full[:2] == pytest.approx([0.4, 0.0], abs=0.02) and math.isnan(found.full[NOMINAL])
    at_once = at(1, calls(point(0.4), Constant(0.0)), room=room("queue: 2"))
    assert at_once.full is not None and at_once.full.tolist() == [0.0, 0.0, 0.0]
    outrun = at(1, calls(point(4.0), Constant(1.0)), room=room("queue: 2"))
    assert outrun.full is not None and outrun.full[:2].tolist() == [1.0, 0.0]
    assert not outrun.saturated and "saturate" not in str(outrun.notes)
    assert law_of(outrun).cells[FAST].sum() == 1.0
    anyone = at(1, calls(Interval(0.1, None, math.inf), exponential(1.0)), room=room("queue: 2"))
    assert anyone.full is not None and anyone.full[:2].tolist() == [1.0, 0.0]


def test_calls_turned_away_that_come_again_long_after_come_as_a_poisson_stream() -> None:
    """Pauses spread over a million seconds: Erlang's loss. Over one second: what is known of crowds."""
    one, there = calls(point(0.5), exponential(1.0)), room("queue: 1")
    lost = 0.25 / 1.75
    for spread, crowded in ((1e6, False), (1.0, True)):
        found = at(1, one, room=there, again=Again(spread, (0.5,), math.inf))
        assert found.crowded is crowded and found.full is not None
        assert (found.full[:2] == pytest.approx([lost, lost])) is not crowded
