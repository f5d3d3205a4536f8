"""What was counted before the end of the warm-up is forgotten, of every station, flow, cache and tally."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import Assembler, Settings, run

COUNTS = ("arrived", "shed", "refused", "lost", "done")


def test_after_the_warm_up_a_second_day_is_as_the_first() -> None:
    """On each day of 20 s come to each of two stations: one who is served for 4 s, one who waits, one who finds no
    place, two who are lost at 9 s with the unit, one who finds it down at 9.5 s; and the same keys are asked for."""
    a = Assembler()
    stations = [a.station(name, places=1) for name in ("one", "two")]
    caches = [a.cache(name, 2, (0.0, 1.0), life=5.0) for name in ("c", "d")]
    for n, station in enumerate(stations):
        unit = a.unit(station)
        for day in (0.0, 20.0):
            a.action(day + 9.0, "down", unit)
            a.action(day + 10.0, "up", unit)
        with a.flow(f"f{n}"):
            with a.cached(caches[n]):
                a.tally(f"missed {n}")
            with a.hold(station):
                a.work(station, Constant(4.0))
        a.source(f"f{n}", times=tuple(day + t for day in (0.0, 20.0) for t in (1.0, 2.0, 3.0, 7.0, 8.5, 9.5)))
    program = a.program()
    whole = run(program, Settings(until=40.0), interpreted=True)
    late = run(program, Settings(until=40.0, warm_up=15.0), interpreted=True)
    first = run(program, Settings(until=15.0), interpreted=True)
    # Served 1-5 s and from 5 s on; who came at 3 s finds no place, at 7 s waits, at 8.5 s finds none again.
    for n in range(2):
        station = asdict(first.stations[n])
        assert [station[name] for name in COUNTS] == [6, 2, 1, 2, 1]
        assert [asdict(late.stations[n])[name] for name in COUNTS] == [6, 2, 1, 2, 1]
        assert [asdict(whole.stations[n])[name] for name in COUNTS] == [12, 4, 2, 4, 2]
        assert (late.stations[n].busy * 25.0, late.stations[n].waiting * 25.0) == pytest.approx((8.0, 5.0))
        assert late.stations[n].servers * 25.0 == pytest.approx(24.0)
        assert (late.flows[n].arrived, whole.flows[n].arrived) == (6, 12)
        assert late.flows[n].ended == {
            **dict.fromkeys(late.flows[n].ended, 0),
            "ok": 1,
            "throttled": 2,
            "unavailable": 3,
        }
    # Kept from 1 to 6 s and from 7 to 12 s: a miss each, and four hits.
    assert (first.caches, late.caches, whole.caches) == (((4, 2),) * 2, ((4, 2),) * 2, ((8, 4),) * 2)
    assert late.tallies == {"missed 0": 2.0, "missed 1": 2.0} and whole.tallies["missed 1"] == 4.0
