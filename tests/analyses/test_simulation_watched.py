"""What is read off replications, counted by hand: their series of runs are put in place of simulated ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from analyses.given import CATALOG, HEAD
from groma.analyses.context import Context
from groma.analyses.simulation import Played, Saving, Watched, answer_of, compiled, edge, threshold, watch
from groma.analyses.simulation.disturbed import horizon
from groma.analyses.simulation.measured import Simulated, measures, second
from groma.analyses.simulation.played import figures, told
from groma.analyses.simulation.put_through import Answer, plain
from groma.analyses.simulation.stuck import stuck
from groma.analyses.simulation.watched import Course
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.scenario import Scenario
from groma.solvers.simulation import (
    ENDINGS,
    FlowOutcome,
    Latencies,
    Outcome,
    Program,
    Replicated,
    Settings,
    StationOutcome,
    estimate,
)

TEXT = (
    HEAD
    + """components: {{db: {{kind: database, threads: 27, offers: {{query: {{work: 90 ms}}}}}}}}
flows: {{main: {{starts: {{rate: 50/s}}, steps: [{{call: db.query}}]}}}}
scenarios: {{out: {{lasts: 120 s, events: {}}}}}
"""
)
TENTH = "{from: 20 s, for: 10 s, down: db}"


def runs(
    ok: Sequence[int], started: Sequence[int], ended: int = 0, times: Latencies | None = None
) -> FlowOutcome:
    none = Latencies(0, 0.0, 0.0, math.inf, 0.0, ())
    shown = times or none
    ends = dict.fromkeys(ENDINGS, 0) | {"ok": ended}
    return FlowOutcome("main", sum(started), ends, shown, {}, {}, tuple(started), tuple(ok), ())


def outcome(flow: FlowOutcome, stations: tuple[StationOutcome, ...] = (), now: float = 120.0) -> Outcome:
    return Outcome(now, now, 1, False, 0, (flow,), stations, {}, ())


def series(usual: int, *other: tuple[int, int, int]) -> list[int]:
    """120 buckets: as usual, but for (from, until, other)."""
    found = [usual] * 120
    for begin, until, value in other:
        found[begin:until] = [value] * (until - begin)
    return found


def shown(
    monkeypatch: pytest.MonkeyPatch, event: str, calm: Sequence[int], rough: Sequence[Sequence[int]],
    started: Sequence[int] | None = None,
) -> Watched:  # fmt: skip
    """A scenario of 120 s watched by as many replications as are given; the undisturbed one is always the same."""
    model = loads(TEXT.format(event))
    usual = compiled(model).program

    def played(program: Program, settings: Settings, *, seed: int, replication: int) -> Outcome:
        assert (settings.until, settings.width, settings.buckets) == (120.0, 1.0, 120)
        ok = calm if len(program.actions) == len(usual.actions) else rough[replication]
        return outcome(runs(ok, started or [max(*pair) for pair in zip(calm, ok, strict=True)]))

    monkeypatch.setattr("groma.analyses.simulation.watched.run", played)
    return watch(model, model.scenarios["out"], replications=len(rough))


@pytest.mark.parametrize(
    ("event", "rough", "back"),
    [
        # Four runs a bucket in each of 100 replications' worth: a window of one bucket holds 400 of the undisturbed.
        # Nothing ends well up to the 40th second: the windows from there on are good, 10 s after the event.
        (TENTH, series(400, (20, 40, 0)), 10.0),
        (TENTH, series(400, (20, 30, 0)), 0.0),
        # A window is bad where fewer end well than 95 % of 400, less three standard deviations of the sum of both
        # counts: 310 >= 380 - 3 sqrt(710) = 300.1, and 299 < 380 - 3 sqrt(699) = 300.7.
        (TENTH, series(400, (20, 30, 0), (30, 120, 310)), 0.0),
        (TENTH, series(400, (20, 30, 0), (30, 50, 299)), 20.0),
        (TENTH, series(400, (20, 30, 0), (50, 51, 299)), 21.0),
        (TENTH, series(400, (20, 30, 0), (119, 120, 299)), None),
        # One that lasts is counted from the start.
        ("{from: 20 s, down: db}", series(400, (20, 60, 0)), 60.0),
        ("{from: 20 s, down: db}", series(400, (20, 120, 0)), None),
    ],
)
def test_a_flow_is_back_from_the_first_window_on_after_which_all_are_good(
    monkeypatch: pytest.MonkeyPatch, event: str, rough: Sequence[int], back: float | None
) -> None:
    seen = shown(monkeypatch, event, series(400), [rough])
    (course,) = seen.courses
    assert course.back_after == seen.back_after == back
    assert seen.comes_back is (back is not None)
    assert seen.metastable is (back is None and "for" in event)
    assert seen.lost == course.lost == course.lost_low == course.lost_high == 400 * 120 - sum(rough)
    assert course.worst == seen.worst == min(rough) / 400
    assert course.good == tuple(rough) and course.undisturbed == tuple(series(400))


@pytest.mark.parametrize("until", [40, 20])
def test_a_bucket_is_as_long_as_a_120th_of_the_time(monkeypatch: pytest.MonkeyPatch, until: int) -> None:
    """Two seconds here: back at the 40th bucket, 50 s after an event that is over at 30 s, or at the 20th."""
    model = loads(TEXT.format(TENTH).replace("lasts: 120 s", "lasts: 240 s"))
    usual = compiled(model).program

    def played(program: Program, settings: Settings, *, seed: int, replication: int) -> Outcome:
        assert (settings.until, settings.width, settings.buckets) == (240.0, 2.0, 120)
        ok = series(500) if len(program.actions) == len(usual.actions) else series(500, (10, until, 0))
        return outcome(runs(ok, series(500)))

    monkeypatch.setattr("groma.analyses.simulation.watched.run", played)
    (course,) = watch(model, model.scenarios["out"], replications=2).courses
    assert (course.back_after, course.lost) == (2 * until - 30, (until - 10) * 500)
    assert course.offered[0] == course.undisturbed[0] == course.good[0] == 250.0


@pytest.mark.parametrize(
    ("lasting", "undisturbed", "told"),
    [(70, False, True), (71, False, False), (70, True, True), (71, True, True)],
)
def test_a_standstill_is_looked_for_where_the_last_quarter_is_after_the_events(
    monkeypatch: pytest.MonkeyPatch, lasting: int, undisturbed: bool, told: bool
) -> None:
    """Events from 20 s to 90 s of 120 s, or to 91 s; somebody waits for the database all the time, or never."""
    model = loads(TEXT.format(f"{{from: 20 s, for: {lasting} s, down: db}}"))
    usual = compiled(model).program

    def played(program: Program, settings: Settings, *, seed: int, replication: int) -> Outcome:
        held = undisturbed or len(program.actions) > len(usual.actions)
        waiting = [1.0 if held else 0.0] * 120
        return outcome(runs(series(400), series(400)), (station("db", 7, waiting),), settings.until)

    monkeypatch.setattr("groma.analyses.simulation.watched.run", played)
    seen = watch(model, model.scenarios["out"], replications=2, circles={"so": ("db",)})
    assert (seen.still, seen.still_undisturbed) == (("so",) if told else (), undisturbed)


@pytest.mark.parametrize(("last", "back"), [(0, None), (200, 0.0)])
def test_windows_end_with_the_time_that_is_watched(
    monkeypatch: pytest.MonkeyPatch, last: int, back: float | None
) -> None:
    """200 a bucket: windows of two, but after an event that is over at 119 s there is one bucket alone."""
    rough = series(200, (20, 119, 0), (119, 120, last))
    (course,) = shown(monkeypatch, "{from: 20 s, for: 99 s, down: db}", series(200), [rough]).courses
    assert course.back_after == back
    # an event that is over with the last second leaves nothing to come back in
    assert shown(monkeypatch, "{from: 20 s, for: 119.5 s, down: db}", series(200), [rough]).ends == math.inf


def test_each_replication_is_told_by_windows_of_as_many_of_its_own_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """50 a bucket in each of four: windows of two buckets of all together, of eight of each alone (400 runs).

    In the last two seconds 15 and 15 end well: of 400 in the last eight 330, which is 313.9 or more, of 100 in
    the last two 30, which is fewer than 60.8.
    """
    good, late = series(50, (20, 30, 0)), series(50, (20, 30, 0), (118, 120, 15))
    never = series(50, (20, 120, 0))
    (course,) = shown(monkeypatch, TENTH, series(50), [good, late, late, never]).courses
    assert course.came_back == 0.75
    assert course.good[0] == course.undisturbed[0] == 50.0 and course.good[118] == (50 + 15 + 15) / 4


def test_under_more_load_as_large_a_share_is_counted_as_undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three quarters end well undisturbed, so 300 of 400 a bucket, and 600 of the 800 that start in the event."""
    model = loads(TEXT.format("{from: 20 s, for: 10 s, load: main, times: 2}"))
    usual = compiled(model).program.sources

    def played(program: Program, settings: Settings, *, seed: int, replication: int) -> Outcome:
        started = series(400) if program.sources == usual else series(400, (20, 30, 800), (50, 51, 0))
        return outcome(runs(series(300, (50, 51, 0)), started))

    monkeypatch.setattr("groma.analyses.simulation.watched.run", played)
    (course,) = watch(model, model.scenarios["out"], replications=1).courses
    assert course.undisturbed[19:31] == (300.0, *[600.0] * 10, 300.0)
    assert course.lost == 10 * 300 and course.worst == 0.5
    assert course.offered[19:31] == (400.0, *[800.0] * 10, 400.0)


@pytest.mark.parametrize(
    ("ok", "started", "holds"),
    [
        # 7 of 10 of the best quarter is enough; a quarter counts from a hundred runs on, over all replications
        (series(10, (90, 120, 7)), series(10), True),
        (series(10, (0, 30, 5), (90, 120, 6)), series(10), False),
        (series(4, (90, 120, 2)), series(4), False),
        (series(3, (90, 120, 0)), series(3), True),
        (series(40, (30, 60, 0), (60, 90, 80), (90, 120, 20)), series(40, (60, 90, 80)), False),
        (series(40, (30, 60, 0), (90, 120, 27)), series(40), False),
        (series(20, (90, 120, 16)), series(40), True),  # 40 % where half is the best
        (series(40, (90, 120, 10)), series(40, (90, 120, 10)), True),  # fewer, all of them well
        (series(40, (30, 60, 0), (90, 120, 29)), series(40), True),
    ],
)
def test_a_system_holds_whose_last_quarter_is_nearly_as_good_as_its_best(
    monkeypatch: pytest.MonkeyPatch, ok: Sequence[int], started: Sequence[int], holds: bool
) -> None:
    seen = shown(monkeypatch, TENTH, ok, [ok], started)
    assert seen.holds is holds
    assert holds or (seen.back_after is None and not seen.comes_back)


@pytest.mark.parametrize(
    ("events", "lasts", "ends"),
    [
        # four times as long afterwards as from the first to the last
        ("{from: 20 s, for: 10 s, down: db}", 70.0, 30.0),
        ("[{from: 20 s, for: 10 s, down: db}, {from: 50 s, for: 5 s, stalled: db}]", 55 + 4 * 35, 55.0),
        # what lasts counts as long as the time before the first, a second at least
        ("{from: 20 s, down: db}", 40 + 4 * 20, math.inf),
        ("[{from: 20 s, down: db}, {from: 50 s, stalled: db}]", 70 + 4 * 50, math.inf),
        ("{from: 0 s, down: db}", 5.0, math.inf),
        ("{from: 500 ms, down: db}", 1.5 + 4, math.inf),
    ],
)
def test_a_scenario_is_watched_long_enough(events: str, lasts: float, ends: float) -> None:
    text = TEXT.replace("lasts: 120 s, ", "").format(events)
    assert horizon(loads(text).scenarios["out"]) == pytest.approx((lasts, ends))


def course(flow: str, back: float | None, lost: float = 0.0, worst: float = 1.0) -> Course:
    return Course(flow, (1.0,), (1.0,), (1.0,), back, 1.0, lost, lost - 1.0, lost + 1.0, worst)


def watched(*courses: Course, ends: float = 30.0, still: tuple[str, ...] = (), holds: bool = True) -> Watched:
    return Watched("out", "Out", 120.0, 2.0, ends, courses, holds=holds, still=still)


def test_a_scenario_is_over_when_the_last_flow_is_back() -> None:
    both = watched(course("a", 3.0, 4.0, 0.25), course("b", 8.0, 2.0, 0.5))
    assert (both.back_after, both.comes_back, both.lost, both.worst) == (8.0, True, 6.0, 0.25)
    one = watched(course("a", 3.0), course("b", None))
    assert (one.back_after, one.comes_back, one.metastable) == (None, False, True)
    assert not watched(course("a", None), ends=math.inf).metastable
    assert (watched().back_after, watched().worst) == (0.0, 1.0)
    stands = watched(course("a", 3.0), still=("so",))
    assert (stands.back_after, stands.comes_back, stands.metastable) == (None, False, False)
    assert watched(course("a", 3.0), holds=False).back_after is None


@pytest.mark.parametrize("ends", [30.0, math.inf])
def test_an_answer_is_the_same_after_it_was_written(ends: float) -> None:
    answer = Answer(watched(course("main", 3.0), ends=ends), (Saving("p", True, 2.0, 1.0),))
    assert answer_of(plain(answer)) == answer
    assert plain(answer)["seen"]["ends"] == (30.0 if ends == 30.0 else None)


SCENARIO = loads(TEXT.format(TENTH)).scenarios["out"]


@pytest.mark.parametrize(
    ("seen", "words", "ends"),
    [
        (watched(course("main", 8.0)), None, (6.0, 8.0, 8.0)),
        (watched(course("main", 1.0)), None, (0.0, 1.0, 1.0)),
        (watched(course("main", 0.0)), "at once", None),
        (watched(course("main", 0.0), ends=math.inf), "stands it", None),
        (watched(course("main", None)), "doesn't come back", None),
        (watched(course("main", None), ends=math.inf), "not while it lasts", None),
        (watched(course("main", 3.0), holds=False), "falls over undisturbed", None),
        (watched(course("main", 3.0), still=("so",)), "stands still", None),
    ],
)
def test_figures_of_a_course_say_what_was_seen(
    seen: Watched, words: str | None, ends: tuple[float, float, float] | None
) -> None:
    """A bucket is 2 s: it was back at its beginning at the earliest, at its end at the latest."""
    model = loads(TEXT.format(TENTH))
    tried = (Saving("a", True, 1.0, 5.0), Saving("b", True, 1.0, 4.0), Saving("c", False, None, 1.0))
    found = {f.name: f for f in figures(Context(model, CATALOG, Ledger("")), Played(SCENARIO, seen, tried))}
    back = found["scenario/out/back/main"]
    assert back.words == words
    assert (None if back.low is None else (back.low, back.value, back.high)) == ends
    assert found["scenario/out/saved"].words == "b; a"
    assert ("scenario/out/still" in found) is bool(seen.still)


def test_events_are_told_in_words() -> None:
    text = TEXT.format(
        "[{from: 1 s, for: 2 s, down: db, load: main, times: 3}, {from: 4 s, stalled: db, cold: true},"
        " {from: 5 s, slow: db, times: 1.5}]"
    )
    assert told(loads(text).scenarios["out"]) == (
        "db down and 3 times as many starts of main from 1 s for 2 s; "
        "db without an answer and all caches empty from 4 s; db 1.5 times as slow from 5 s"
    )


def station(name: str, done: int, waiting: Sequence[float]) -> StationOutcome:
    return StationOutcome(f"components.{name}", 1, 1, 1, 9, 0, 0, 0, done, (), tuple(waiting))


@pytest.mark.parametrize(
    ("waiting", "before", "still"),
    [
        ([0.0] * 75 + [1.0] * 25, 5, True),
        ([0.0] * 76 + [1.0] * 24, 5, False),
        ([1.0] * 75 + [0.0] * 25, 5, False),
        ([0.0] * 75 + [1.0] * 26, 5, True),  # of 101 the last 26
        ([0.0] * 76 + [1.0] * 25, 5, False),
        ([1.0] * 100, 4, False),  # one was given back in the last quarter
        ([], 5, False),
    ],
)
def test_what_gives_nothing_back_in_the_last_quarter_while_somebody_waits_stands_still(
    waiting: Sequence[float], before: int, still: bool
) -> None:
    flow = runs([1], [1])
    seen = outcome(flow, (station("p", 5, waiting), station("q", 7, [1.0] * 100)), 200.0)
    asked: list[float] = []

    def until(time: float) -> Outcome:
        asked.append(time)
        return outcome(flow, (station("p", before, waiting), station("q", 7, [1.0] * 75)), time)

    assert stuck({"so": ("p", "q")}, seen, until) == (("so",) if still else ())
    assert set(asked) <= {150.0}
    assert stuck({"elsewhere": ("p", "r")}, seen, until) == ()


@pytest.mark.parametrize(
    ("stands", "tolerance", "safe", "lost"),
    [
        (
            7.2,
            0.01,
            7.1875,
            7.25,
        ),  # bisected from 4 and 8 until 1/16 apart, 1 % of 7.1875 being a little more
        (0.3, 0.01, 0.298828125, 0.30078125),
        (7.2, 0.2, 7.0, 8.0),
        (1e9, 0.01, 64.0, None),
        (0.0, 0.01, None, 1 / 64),
    ],
)
def test_the_edge_is_searched_by_doubling_then_by_halving(
    monkeypatch: pytest.MonkeyPatch, stands: float, tolerance: float, safe: float | None, lost: float | None
) -> None:
    def seen(model: object, scenario: Scenario, *, times: float, replications: int) -> Watched:
        return watched(course("main", 0.0 if times <= stands else None))

    monkeypatch.setattr(threshold, "watch", seen)
    model = loads(TEXT.format(TENTH))
    heard: list[tuple[float, bool]] = []
    found = edge(model, SCENARIO, tolerance=tolerance, told=lambda times, back: heard.append((times, back)))
    assert (found.safe, found.lost) == (safe, lost)
    assert heard and all(back is (times <= stands) for times, back in heard)


@pytest.mark.parametrize(
    ("measure", "count", "told"),
    [
        ("mean", 399, False), ("mean", 400, True), ("p50", 400, True), ("p95", 399, False), ("p95", 401, True),
        ("p99", 1999, False), ("p99", 2000, True), ("p999", 19_999, False), ("p999", 20_001, True),
    ],
)  # fmt: skip
def test_percentiles_are_read_where_twenty_runs_lie_above_them_and_means_of_four_hundred(
    measure: str, count: int, told: bool
) -> None:
    read: Callable[[Outcome], float] = measures(loads(TEXT.format(TENTH)))[f"latency/main/{measure}"]
    times = Latencies(count, count * 2.0, count * 4.0, 2.0, 2.0, ((5, count),))
    assert read(outcome(runs([1], [1], count, times))) == (
        2.0 if told else pytest.approx(math.nan, nan_ok=True)
    )


def test_a_success_is_read_of_four_hundred_runs_that_ended() -> None:
    marked = TEXT.format(TENTH).replace("[{call: db.query}]", "[{mark: seen}, {call: db.query}]")
    all_measures = measures(loads(marked))
    passed = Latencies(300, 300.0, 300.0, 1.0, 1.0, ((5, 300),))
    shown = replace(runs([1], [1], 400), passed={"seen": passed})
    assert all_measures["success/main@seen"](outcome(shown)) == 0.75  # of those that ended
    assert math.isnan(all_measures["success/main@seen"](outcome(replace(shown, ended={"ok": 399}))))
    assert math.isnan(all_measures["latency/main@seen/mean"](outcome(shown)))
    read = all_measures["success/main"]
    assert math.isnan(read(outcome(runs([1], [1], 399)))) and read(outcome(runs([1], [1], 400))) == 1.0


def test_stations_are_read_by_their_own_names() -> None:
    """Twelve came in 120 s; three of four servers were busy; what the program doesn't have saw nothing."""
    read = measures(loads(TEXT.format(TENTH)))
    other = replace(station("x", 1, []), arrived=600)
    mine = replace(station("db", 1, []), arrived=12, busy=3.0, servers=4.0)
    seen = outcome(runs([1], [1]), (other, mine))
    assert read["throughput/db"](seen) == 0.1 and read["utilisation/db"](seen) == 0.75
    alone = outcome(runs([1], [1]), (other,))
    assert read["throughput/db"](alone) == read["utilisation/db"](alone) == 0.0


def test_a_second_figure_needs_two_replications_that_all_tell() -> None:
    """Student's t of two values: 1 and 3 are 2 give or take far more than 2, and nothing takes less than no time."""
    given = Context(loads(TEXT.format(TENTH)), CATALOG, Ledger(""))
    found = {
        "two": estimate([1.0, 3.0], 0.9999), "one": estimate([1.0], 0.9999),
        "some": estimate([1.0, 3.0, math.nan], 0.9), "near": estimate([1.0, 1.1], 0.5),
    }  # fmt: skip
    given.memo["simulated"] = Simulated(Replicated(found, 2, True, 0))
    two, near = second(given, "two"), second(given, "near")
    assert two is not None and (two.low, two.value) == (0.0, 2.0) and two.high is not None and two.high > 100
    # t of one degree of freedom at its quartile is 1 (Cauchy), and so the half width the standard error, 0.05
    assert near is not None and (near.low, near.high) == (pytest.approx(1.0), pytest.approx(1.1))
    assert [second(given, name) for name in ("one", "some", "none")] == [None] * 3
    given.memo["simulated"] = Simulated(None)
    assert second(given, "two") is None
