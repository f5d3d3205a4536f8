"""Hits of keyed caches that grow old, in models: bounds from how often runs surely ask."""

from __future__ import annotations

import pytest

from analyses.given import context
from groma.analyses.caching import hits_of
from groma.analyses.registry import figure
from groma.analyses.simulation import simulated
from groma.model.program import walk
from groma.model.quantity import Quantity, Unknown
from groma.solvers.caching import time_to_live, zipf

TEXT = """
components: {{db: {{kind: database, threads: 8, offers: {{get: {{work: 1 ms ± 1 ms}}}}}}}}
flows: {{look: {{starts: {{{starts}}}, steps: [{before}{{call: db.get, cache: {{keys: 200, holds: {holds},
  popularity: 0.9, lives: 20 s}}}}]}}}}
"""


def hits(starts: str = "rate: 10/s", before: str = "", holds: int = 200):
    found = context(TEXT.format(starts=starts, before=before, holds=holds))
    step = next(s for s in walk(found.model.flows["look"].steps) if s.policies.cache is not None)
    return found, hits_of(found.model, step)


def test_with_room_for_all_they_are_exact_and_the_simulation_says_the_same() -> None:
    found, share = hits()
    exact = time_to_live(zipf(200, 0.9), 10.0, 20.0)
    assert isinstance(share, Quantity)
    assert share.mean == pytest.approx(exact)
    assert (share.low, share.high) == (pytest.approx(exact), pytest.approx(exact))
    calls = figure(found, "throughput/db")
    assert calls.low <= 10 * (1 - exact) * (1 + 1e-9)
    seen = simulated(found).found.estimates["throughput/db"]
    assert calls.value == pytest.approx(seen.mean, rel=0.02)


@pytest.mark.parametrize("holds", [20, 100])
def test_with_few_places_the_simulation_lies_inside(holds: int) -> None:
    found, share = hits(holds=holds)
    assert isinstance(share, Quantity)
    assert 0.0 < share.low < share.mean <= share.high < 1.0
    low, high = simulated(found).found.estimates["throughput/db"].interval
    assert low <= 10 * (1 - share.low)
    assert high >= 10 * (1 - share.high)


def test_bursts_keep_the_general_bound_and_a_wait_before_changes_nothing() -> None:
    _, poisson = hits()
    _, later = hits(before="{wait: 2 s}, ")
    _, bursts = hits("rate: 10/s, bursts: {times: 3, share: 10 %, last: 5 s}")
    _, seen = hits(before="{mark: seen}, ")
    assert (later.low, later.high) == (seen.low, seen.high) == (poisson.low, poisson.high)
    assert 0.0 < bursts.low < poisson.low
    assert bursts.high > poisson.high


def test_how_long_keys_live_is_known_to_a_range_and_so_are_hits() -> None:
    """With room for all: of lives of 10 s at the least and of 40 s at the most."""
    text = TEXT.replace("lives: 20 s", "lives: {{value: 20 s, known: 10 s .. 40 s}}")
    model = context(text.format(starts="rate: 10/s", before="", holds=200)).model
    share = hits_of(model, model.flows["look"].steps[0])
    assert isinstance(share, Quantity)
    exact = [pytest.approx(time_to_live(zipf(200, 0.9), 10.0, seconds)) for seconds in (10.0, 20.0, 40.0)]
    assert [share.low, share.mean, share.high] == exact


def test_where_runs_may_not_come_to_it_nothing_is_sure() -> None:
    _, share = hits(before="{call: db.get}, ")
    assert share.low == 0.0


def test_how_often_customers_ask_is_not_known_before_it_is_known_how_they_are_served() -> None:
    _, share = hits("population: 5, think: 1 s")
    assert isinstance(share, Unknown)
