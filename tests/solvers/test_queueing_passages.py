"""Laws of whole runs against phase-type laws, worked out with matrix exponentials of chains written down here."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import linalg, stats

from groma.solvers.distributions import Axis, Bracket
from groma.solvers.queueing import (
    Passage,
    Saturated,
    Station,
    closed_passage,
    closed_response,
    jackson_response,
    limited_response,
    mmc,
    mmck,
    series_response,
)
from groma.solvers.queueing.passage import station_response
from groma.solvers.queueing.reachable import TooManyStates, reachable

State = tuple[tuple[int, ...], ...]
"""Who is at each station in the order of coming (1: the marked customer, 0: any other); the last: those who think."""


def at_work(stations: Sequence[Station], state: State) -> list[tuple[int, int, float]]:
    """(station, place in its queue, rate) of all who are served."""
    return [
        (k, n, 1.0 / s.service_mean)
        for k, s in enumerate(stations)
        for n in range(len(state[k]) if s.servers is None else min(s.servers, len(state[k])))
    ]


def moved(state: State, k: int, n: int, to: int) -> State:
    queues = [list(q) for q in state]
    queues[to].append(queues[k].pop(n))
    queues[-1].sort()
    return tuple(map(tuple, queues))


def marked_law(
    population: int,
    think: float,
    stations: Sequence[Station],
    first: Sequence[float],
    routing: Sequence[Sequence[float]],
    times: Sequence[float],
) -> tuple[list[float], float]:
    """P(a run takes at most so long) and its mean: everybody is followed in the order of the queues. The state in
    which the marked customer begins is that of the whole chain at such moments: nothing is said of arrivals."""
    count = len(stations)
    start: State = (*((),) * count, (0,) * (population - 1) + (1,))

    def moves(state: State) -> list[tuple[State, float]]:
        found = []
        for k, n, rate in at_work(stations, state):
            for j, chance in enumerate((*routing[k], 1.0 - sum(routing[k]))):
                if chance > 1e-15:
                    found.append((moved(state, k, n, j), rate * chance))
        for n in range(len(state[-1])):
            for j, chance in enumerate(first):
                if chance:
                    found.append((moved(state, count, n, j), chance / think))
        return found

    states, at = [start], {start: 0}
    for state in states:
        for after, _ in moves(state):
            if after not in at:
                at[after] = len(states)
                states.append(after)
    generator = np.zeros((len(states), len(states)))
    for state in states:
        for after, rate in moves(state):
            generator[at[state], at[after]] += rate
            generator[at[state], at[state]] -= rate
    system = np.vstack([generator.T, np.ones(len(states))])
    chance = np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    inside = [n for n, state in enumerate(states) if 1 not in state[-1]]
    place = {n: i for i, n in enumerate(inside)}
    begin = np.zeros(len(inside))
    for n, state in enumerate(states):
        if n not in place:
            for after, rate in moves(state):
                if at[after] in place:
                    begin[place[at[after]]] += chance[n] * rate
    begin /= begin.sum()
    within = generator[np.ix_(inside, inside)]
    left = [float((begin @ linalg.expm(within * t)).sum()) for t in times]
    return [1.0 - x for x in left], float(-np.linalg.solve(within.T, begin).sum())


CLOSED = [
    (3, 1.0, [Station(0.3), Station(0.5, 2)], [1.0, 0.0], [[0.0, 0.7], [0.4, 0.0]]),
    (4, 0.5, [Station(0.4, 2)], [1.0], [[0.25]]),
    (3, 2.0, [Station(0.6), Station(1.0, None)], [0.3, 0.7], [[0.1, 0.5], [0.6, 0.0]]),
    (
        3,
        0.7,
        [Station(0.2), Station(0.9, 3), Station(0.4)],
        [0.0, 1.0, 0.0],
        [[0, 0, 0], [0.5, 0, 0.5], [0.2, 0, 0]],
    ),
]


@pytest.mark.parametrize("case", range(len(CLOSED)))
def test_the_response_of_a_closed_network_is_that_of_its_chain(case: int) -> None:
    axis = Axis(0.25, 60)
    found = closed_response(*CLOSED[case], axis)
    edges = [0, 1, 2, 4, 8, 16, 40]
    truth, mean = marked_law(*CLOSED[case], [n * axis.step for n in edges])
    assert found.exact
    assert found.mean == pytest.approx(mean, rel=1e-9)
    assert found.law.slow.cumulative[edges] == pytest.approx(truth, abs=1e-9)
    assert found.law.fast.cumulative[[n - 1 for n in edges[1:]]] == pytest.approx(truth[1:], abs=1e-9)
    # the means of the ends: with what lies beyond the axis at its place
    assert found.law.fast.partial_mean == pytest.approx(mean, rel=1e-9)
    assert found.law.slow.partial_mean == pytest.approx(mean + axis.step, rel=1e-9)


def test_what_lies_beyond_a_short_axis_is_counted_from_its_end_at_least() -> None:
    axis = Axis(0.25, 4)
    found = closed_response(*CLOSED[1], axis)
    truth, _ = marked_law(*CLOSED[1], [0.75, 1.0])
    assert found.law.slow.beyond == pytest.approx(1.0 - truth[0], abs=1e-9)
    assert found.law.fast.beyond == pytest.approx(1.0 - truth[1], abs=1e-9)
    for end in (found.law.fast, found.law.slow):
        assert end.tail >= end.beyond * axis.end


def test_one_customer_who_leaves_after_one_service_takes_that_long() -> None:
    found = closed_response(1, 1.0, [Station(0.5)], [1.0], [[0.0]], Axis(0.25, 80))
    assert found.mean == pytest.approx(0.5)
    truth = stats.expon.cdf(np.arange(80) * 0.25, scale=0.5)
    assert found.law.slow.cumulative == pytest.approx(truth, abs=1e-12)


def test_what_has_too_many_states_or_jumps_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two others at two places and thinking: six ways; the marked one with them: at either of the stations, more."""
    stations, routing = [Station(0.1), Station(0.2)], [[0.0, 1.0], [0.0, 0.0]]
    for most, refused in ((5, True), (6, True), (40, False)):
        monkeypatch.setattr(closed_passage, "MOST_STATES", most)
        if refused:
            with pytest.raises(ValueError, match=f"more than {most} states: simulate this network"):
                closed_response(3, 1.0, stations, [1.0, 0.0], routing, Axis(0.1, 2))
        else:
            closed_response(3, 1.0, stations, [1.0, 0.0], routing, Axis(0.1, 2))
    monkeypatch.setattr(closed_passage, "MOST_JUMPS", 100)
    with pytest.raises(ValueError, match="more than 100 jumps: rates of services differ too much"):
        closed_response(
            1, 1.0, [Station(0.1), Station(9.0)], [1.0, 0.0], [[0.0, 0.5], [0.5, 0.0]], Axis(0.1, 2)
        )


def test_all_that_can_be_reached_is_found_up_to_a_limit() -> None:
    """A walk on 0 .. 5, up and down, that may leave at 5 with rate 2.5 in two ways."""

    def moves(n: int) -> list[tuple[int | None, float]]:
        if n == 5:
            return [(4, 1.5), (None, 2.0), (None, 0.5)]
        return [(n + 1, 1.0), *([(n - 1, 2.0)] if n else [])]

    chain = reachable([3, 0], moves, 6, "walk")
    assert chain.states == [3, 0, 4, 2, 1, 5]
    assert chain.leaving.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 2.5]
    known = {
        (chain.states[r], chain.states[c]): rate
        for r, c, rate in zip(chain.rows, chain.columns, chain.rates, strict=True)
    }
    assert known == {(n, n + 1): 1.0 for n in range(5)} | {(n, n - 1): 2.0 for n in range(1, 5)} | {
        (5, 4): 1.5
    }
    with pytest.raises(TooManyStates, match="more than 5 states: walk"):
        reachable([3, 0], moves, 5, "walk")


# --- open stations -------------------------------------------------------------------------------------------------


def phases(
    begin: Sequence[float], rates: Sequence[float], onward: Sequence[Sequence[float]], times: np.ndarray
) -> np.ndarray:
    """P(the time through exponential phases <= t), where phase i leads to j with chance onward[i][j]."""
    within = np.diag(rates) @ (np.array(onward, dtype=float) - np.eye(len(rates)))
    return np.array(
        [1.0 - float((np.array(begin) @ linalg.expm(within * t)).sum()) if t > 0 else 0.0 for t in times]
    )


def near(law: Bracket, truth: np.ndarray, cells: int) -> None:
    """Whether the truth at the points of the axis lies within, and not further than so many cells from both ends."""
    size = truth.size
    assert (law.slow.cumulative[:size] <= truth + 1e-9).all()
    assert (law.fast.cumulative[:size] >= truth - 1e-9).all()
    assert (law.slow.cumulative[cells:size] >= truth[: size - cells] - 1e-9).all()
    assert (law.fast.cumulative[: size - cells] <= truth[cells:] + 1e-9).all()


AXIS = Axis(0.05, 1000)
TIMES = np.arange(200) * AXIS.step


@pytest.mark.parametrize(
    ("servers", "room", "rate"), [(1, 1, 3.0), (1, 5, 1.2), (2, 6, 4.0), (3, 3, 2.0), (4, 7, 9.0)]
)
def test_who_is_let_in_waits_for_those_ahead_and_is_served(servers: int, room: int, rate: float) -> None:
    service = 0.5
    station = mmck(rate, service, servers, room)
    found = limited_response(station, AXIS)
    ahead = room - servers  # phases of c mu, then one of mu
    taken = np.array(station.number[:room]) / (1.0 - station.lost)
    begin = [*taken[servers:][::-1], float(taken[:servers].sum())]
    truth = phases(begin, [servers / service] * ahead + [1 / service], np.eye(ahead + 1, k=1).tolist(), TIMES)
    near(found.law, truth, 2)
    assert (found.exact, found.notes, found.mean) == (True, (), station.mean_response)
    assert found.mean == pytest.approx(
        sum((ahead - n) * b for n, b in enumerate(begin)) * service / servers + service
    )


@pytest.mark.parametrize(("servers", "rate"), [(1, 1.5), (2, 3.0), (3, 4.0), (None, 9.0)])
def test_a_station_takes_as_long_as_its_closed_form_says(servers: int | None, rate: float) -> None:
    station = Station(0.4, servers)
    law = station_response(rate, station, AXIS)
    assert isinstance(law, Bracket)
    known = None if servers is None else mmc(rate, 0.4, servers)
    assert not isinstance(known, Saturated)
    truth = np.array([1.0 - (math.exp(-t / 0.4) if known is None else known.response_sf(t)) for t in TIMES])
    near(law, truth, 1 if servers in (1, None) else 2)


def test_what_takes_no_time_takes_none() -> None:
    for servers in (1, 2, None):
        law = station_response(7.0, Station(0.0, servers), AXIS)
        assert isinstance(law, Bracket)
        assert law.cdf(0.0) == (1.0, 1.0)


SERIES = [Station(0.4, 2), Station(0.2), Station(0.3, None)]


def test_a_series_adds_up_and_says_where_it_is_exact() -> None:
    rate, times = 2.0, TIMES
    first = mmc(rate, 0.4, 2)
    assert not isinstance(first, Saturated)
    wait = first.wait_probability
    onward = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    rates = [first.clearing_rate, 2.5, 1 / 0.2 - rate, 1 / 0.3]
    truth = phases([wait, 1.0 - wait, 0.0, 0.0], rates, onward, times)
    found = series_response(SERIES, rate, AXIS)
    assert isinstance(found, Passage)
    near(found.law, truth, 4)
    assert found.mean == pytest.approx(first.mean_response + 1 / 3.0 + 0.3, rel=1e-12)
    assert (found.exact, found.notes) == (True, ())
    overtaken = "runs can overtake each other between stations"
    fed = "stations are reached on other ways too"
    for stations, others, notes in (
        ([SERIES[0], SERIES[1]], None, ()),
        ([SERIES[1], SERIES[2], SERIES[1]], None, (overtaken,)),
        ([SERIES[1], SERIES[0], SERIES[1]], [0.0, 0.0, 0.1], (overtaken, fed)),
        ([SERIES[1], SERIES[1], SERIES[1]], [0.0, 0.0, 0.0], ()),
        ([SERIES[1], SERIES[1]], [0.5, 0.0], (fed,)),
    ):
        told = series_response(stations, rate, AXIS, others)
        assert isinstance(told, Passage)
        assert (told.exact, told.notes) == (not notes, notes)
        assert told.method.startswith("independent" if told.exact else "responses taken as independent")
    full = series_response([SERIES[1], SERIES[1]], rate, AXIS, [0.0, 3.5])
    assert isinstance(full, Saturated)
    assert (full.station, full.utilisation) == (1, pytest.approx(1.1))
    with pytest.raises(ValueError, match="0 other rates for 0 stations"):
        series_response([], rate, AXIS)


def test_a_network_with_feedback_is_a_phase_type_law() -> None:
    """Single servers and a delay, each visit an exponential of mean 1 / (mu - lambda); runs enter at two."""
    routing = [[0.1, 0.5, 0.2], [0.3, 0.0, 0.3], [0.0, 0.4, 0.0]]
    external, services = [0.5, 0.0, 0.2], [0.2, 0.3, 0.5]
    rates = np.linalg.solve(np.eye(3) - np.array(routing).T, external)
    stay = [1 / (1 / 0.2 - rates[0]), 1 / (1 / 0.3 - rates[1]), 0.5]
    stations = [Station(s, None if k == 2 else 1) for k, s in enumerate(services)]
    axis = Axis(0.01, 4000)
    found = jackson_response(stations, external, routing, axis)
    assert isinstance(found, Passage)
    places = np.arange(0, 2000, 25)
    truth = phases([0.5 / 0.7, 0.0, 0.2 / 0.7], [1 / s for s in stay], routing, places * axis.step)
    low, high = found.law.slow.cumulative[places], found.law.fast.cumulative[places]
    assert (low <= truth + 1e-9).all()
    assert (truth <= high + 1e-9).all()
    assert (high - low).max() < 0.03
    assert found.mean == pytest.approx(float(rates @ stay) / 0.7, rel=1e-12)
    ends = found.law.mean()
    assert ends[0] <= found.mean <= ends[1] <= ends[0] * 1.05
    assert found.law.total == pytest.approx((1.0, 1.0), abs=1e-9)
    assert (found.exact, len(found.notes)) == (False, 1)


def test_runs_that_make_more_visits_than_are_followed_are_refused() -> None:
    """Half of the runs come back: after 30 visits fewer than one in 1e9 are left, after 29 more."""
    station = [Station(0.1)]
    assert isinstance(jackson_response(station, [0.5], [[0.5]], AXIS, rounds=30), Passage)
    with pytest.raises(ValueError, match="runs make more than 29 visits"):
        jackson_response(station, [0.5], [[0.5]], AXIS, rounds=29)
    full = jackson_response([Station(0.1), Station(0.1)], [4.0, 2.0], [[0.0, 0.0], [0.5, 0.5]], AXIS)
    assert isinstance(full, Passage)
    full = jackson_response([Station(0.1), Station(0.1)], [4.0, 7.0], [[0.0, 0.5], [0.0, 0.3]], AXIS)
    assert isinstance(full, Saturated)
    assert (full.station, full.utilisation) == (1, pytest.approx(9.0 / 7.0))
