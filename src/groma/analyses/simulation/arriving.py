"""How runs arrive and when people work, for the simulator."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from groma.analyses.simulation.code import Coder
from groma.model.elements import Start
from groma.model.law import Gamma, scaled
from groma.model.week import WEEK, pieces

Pieces = Sequence[tuple[float, float]]
"""(from, value), from 0 on."""


def arriving(
    starts: Start, rate: float, times: float, load: Pieces, begins: float | None, lasts: float
) -> dict[str, object]:
    """What starts a flow, as features of a source: runs at a mean rate (1/s), `load` as so many times it from when on.

    A record is replayed `times` as fast. Customers who come again are `times` as many; under a `load` each thinks so
    many times as fast. `begins`: the moment of the week at which it starts, if it isn't the busiest
    hour: then the rate is the mean of the week. `lasts`: how long (s) a `load` is over it.
    """
    if starts.replays is not None:
        return {"times": tuple(time / times for time in starts.replays.times)}
    features: dict[str, object] = {"rates": tuple(load)}
    if starts.think is not None:
        many = max(1, round(starts.customers * times))
        return features | {"customers": many, "gaps": starts.think.law}
    if begins is not None and starts.through_the_week:
        week = pieces([(p.on, p.times) for p in starts.through_the_week], 1.0, begins)
        week = tuple((start, value / starts.weight) for start, value in week)
        features |= _through(week, load, lasts)
    if starts.bursts is not None:
        (inside, stay), (outside, away) = starts.bursts.states
        states = ((inside * rate, (0.0, 1.0 / stay)), (outside * rate, (1.0 / away, 0.0)))
        return features | {"states": states}
    if starts.arrivals is not None:
        return features | {"gaps": scaled(starts.arrivals.law, 1.0 / (rate * starts.arrivals.mean))}
    return features | {"gaps": Gamma(1.0 / rate, 1.0 / rate)}


def _through(week: Pieces, load: Pieces, lasts: float) -> dict[str, object]:
    """The rates of a week, again and again, with a load over them for so many seconds."""
    if not load:
        return {"rates": tuple(week), "period": WEEK} if len(week) > 1 else {"rates": tuple(week)}
    many = [(n * WEEK + start, value) for n in range(1 + int(lasts / WEEK)) for start, value in week]
    ends = sorted({start for start, _ in many} | {start for start, _ in load})
    return {"rates": tuple((t, _at(many, t) * _at(load, t)) for t in ends)}


def _at(given: Pieces, time: float) -> float:
    """The value of the last piece that has begun; the first is from 0 on."""
    return given[bisect_right(given, time, key=lambda piece: piece[0]) - 1][1]


def keep_hours(coder: Coder, begins: float) -> None:
    """People are there in their hours only: what they began they finish."""
    for name, person in sorted(coder.model.people.items()):
        station = coder.stations.get(f"people.{name}")
        if station is not None and person.works:
            count = coder.count_of(name)
            there = pieces([(hours, float(count)) for hours in person.works], 0.0, begins)
            coder.a.calendar(station, WEEK, [(start, int(many)) for start, many in there])
