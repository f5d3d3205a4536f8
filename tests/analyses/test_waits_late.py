"""The wait at one station beside calls that come since something took too long, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analyses.stations import GRID, at, calls, exponential, law_of, mmc_cdf, mmc_mean, room, unnamed
from groma.analyses.interval import Interval, point
from groma.analyses.outcome.late import Late
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW
from groma.model.law import Constant, Gamma
from groma.solvers.queueing import mmck

SOME = Late(share=0.2, calm=0.5, tries=2.0)
"""Of the most calls a fifth come late, of the least half come anyway, and up to two for each that does."""


@pytest.mark.parametrize(("count", "rate"), [(1, 0.5), (2, 1.25)])
def test_the_ends_of_a_wait_beside_late_calls(count: int, rate: float) -> None:
    """First calls keep 0.8 of the load busy and block nobody more than the rest does of what they leave free; all
    together never fill more than the whole load. In the mean none waits longer than if both came together: half of the
    calls, twice as long."""
    found = at(count, calls(Interval(rate / 2, rate * 0.8, rate), exponential(1.0), late=SOME))
    law = law_of(found)
    assert law.cdf[FAST] == pytest.approx(mmc_cdf(rate / 4, 1.0, count), abs=0.02)
    assert law.moment[FAST] == pytest.approx(mmc_mean(rate / 4, 1.0, count))
    first, late = 0.8 * rate, 0.2 * rate
    told = np.maximum((1 - late / (count - first)) * mmc_cdf(first, 1.0, count), 1 - rate / count)
    assert law.cdf[SLOW] == pytest.approx(told, abs=0.02)
    assert (law.cdf[SLOW] <= told + 1e-9).all()
    load = 2 * first / count  # Pollaczek-Khinchine with E S = 2, E S^2 = 8 at one of the servers
    assert law.moment[SLOW] == pytest.approx(first / count * 8 / 2 / (1 - load) if load < 1 else math.inf)
    assert law.moment[NOMINAL] == pytest.approx(mmc_mean(0.8 * rate, 1.0, count))
    assert any("also all at once" in note for note in found.notes)
    assert "several servers" not in str(found.notes) and "may saturate" not in str(found.notes)


def test_late_calls_of_some_kinds_only_are_as_many_as_those_of_each() -> None:
    """A kind that nobody tries again beside one that is: 0.16 + 0.2 servers first, 0.04 of late calls."""
    calm, tried = calls(point(0.4), exponential(0.5)), calls(point(0.4), exponential(0.5), late=SOME)
    law = law_of(at(1, calm, tried))
    told = np.maximum((1 - 0.04 / (1 - 0.36)) * mmc_cdf(0.72, 0.5, 1), 0.6)
    assert law.cdf[SLOW] == pytest.approx(told, abs=0.02) and (law.cdf[SLOW] <= told + 1e-9).all()
    whole, second = 0.72, (0.4 * 0.5 + 0.32 * 4 * 0.5) / 0.72
    load = 0.4 * 0.5 + 0.32 * 2 * 0.5
    assert law.moment[SLOW] == pytest.approx(whole * second / 2 / (1 - load))


@pytest.mark.parametrize(
    ("count", "tries", "meets"),
    [
        (2, 2.0, 1 - (1 - 0.1 / 0.6) * 0.6),  # at one server, which first calls leave free in 0.6 of the time
        (2, 1.5, 1 - (1 - 0.1 / 0.6) * 0.6),
        (2, 1.0, 1 - (1 - 0.1 / 1.6) * (1 - 1 / 15)),  # at both: Erlang's C of 0.4 at two servers is 1 / 15
        (3, 2.0, 1 - (1 - 0.1 / 1.6) * (1 - 1 / 15)),
        (2, 3.0, 1.0),  # no server is left
        (1, 2.0, 1.0),
    ],
)
def test_an_attempt_waits_as_if_those_before_it_still_kept_their_servers(
    count: int, tries: float, meets: float
) -> None:
    one = calls(point(0.5), exponential(1.0), late=Late(0.2, 1.0, tries))
    assert at(count, one).meets == pytest.approx(meets)


@pytest.mark.parametrize(("work", "single"), [(Constant(1.0), math.exp(0.2) - 1), (exponential(1.0), 0.2)])
def test_of_other_work_two_servers_are_free_as_often_as_two_single_ones_hold_one_call_at_most(
    work: Constant | Gamma, single: float
) -> None:
    """Each is an M/G/1 at 0.2: P(0) = 0.8 and P(1) = 0.8 x `single` (Pollaczek-Khinchine for the number)."""
    one = unnamed(calls(point(0.5), work, late=Late(0.2, 1.0, 2.0)))
    found = at(3, one)
    free = 0.8 * 0.8 * (1 + 2 * single)
    assert found.meets == pytest.approx(1 - (1 - 0.1 / 1.6) * free, abs=2e-3)
    assert any("several servers are taken to stand them" in note for note in found.notes)


def test_late_calls_that_no_server_is_left_for_may_saturate_a_queue() -> None:
    """First calls ask for 0.8 servers, late ones for as many as are left or more."""
    for share, maybe in ((0.1, False), (0.25, True), (0.5, True)):
        rate = 0.8 / (1 - share)
        found = at(1, calls(Interval(0.1, None, rate), exponential(1.0), late=Late(share, 1.0, 1.0)))
        assert any("may saturate" in note for note in found.notes) is maybe
        assert (float(law_of(found).cells[SLOW].sum()) == 0.0) is maybe
    assert "may saturate" not in str(
        at(1, calls(Interval(0.1, None, 1.6), exponential(1.0), late=Late(0.5)), effort="bound").notes
    )


def test_a_last_place_beside_late_calls() -> None:
    """Two places: as full as by first calls alone at the least, by Erlang; at the most no more than somebody waits, or
    than Little's law lets it be. Whoever is let in waits no longer than two departures."""
    one = calls(Interval(0.2, 0.4, 0.5), exponential(1.0), late=SOME)
    found = at(1, one, room=room("queue: 2"))
    assert found.full is not None
    assert found.full[SLOW] == pytest.approx(mmck(0.1, 1.0, 1, 3).lost)
    assert found.full[NOMINAL] == pytest.approx(mmck(0.4, 1.0, 1, 3).lost)
    assert found.full[SLOW] < found.full[FAST] <= 0.5
    law = law_of(found)
    assert law.moment[SLOW] <= 2.0 and law.cdf[FAST, 0] == 1.0
    times = np.arange(GRID.cells) * GRID.step
    turns = 1 - np.exp(-times) * (1 + times)
    blocked = np.maximum((1 - 0.1 / 0.6) * mmc_cdf(0.4, 1.0, 1), 0.5)
    assert law.cdf[SLOW] == pytest.approx(np.maximum(turns, blocked), abs=0.02)
    unstated = at(1, calls(Interval(0.2, None, 0.5), exponential(1.0), late=SOME), room=room("queue: 2"))
    assert unstated.full is not None and math.isnan(unstated.full[NOMINAL])


def test_where_all_calls_come_late_only_how_many_they_are_is_known() -> None:
    """A quarter of a server is busy, so that three in four calls find it free; the mean wait isn't known."""
    found = at(1, calls(Interval(0.0, None, 0.25), exponential(1.0), late=Late(1.0, 0.0, 2.0)))
    law = law_of(found)
    assert law.cdf[SLOW] == pytest.approx(np.full(GRID.cells, 0.75)) and math.isinf(law.moment[SLOW])
    assert "may saturate" not in str(found.notes)


def test_a_kind_that_nothing_bounds_leaves_nothing_known_beside_late_calls() -> None:
    many, tried = (
        calls(Interval(0.0, None, math.inf), exponential(1.0)),
        calls(point(0.1), exponential(1.0), late=SOME),
    )
    found = at(1, many, tried)
    law = law_of(found)
    assert law.cells[SLOW].sum() == 0.0 and any("may saturate" in note for note in found.notes)
    full = at(1, many, tried, room=room("queue: 1"))
    assert "may saturate" not in str(full.notes)


@pytest.mark.parametrize(("count", "work", "told"), [(1, Constant(1.0), False), (2, Constant(1.0), True)])
def test_what_is_taken_of_several_servers_is_said_of_several_alone(
    count: int, work: Constant, told: bool
) -> None:
    notes = at(count, calls(point(0.3), work, late=SOME)).notes
    assert ("several servers are taken" in str(notes)) is told
