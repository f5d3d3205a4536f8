"""Keyed caches, working hours, scaling and arrivals: simulated against closed forms, analytic bounds around them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from analyses.given import HEAD, on
from groma.analyses import latency
from groma.analyses.availability.figures import figure as availability
from groma.analyses.caching import hits_of
from groma.analyses.capacity import bounds, figure
from groma.analyses.cost.bill import bounds as cost_bounds
from groma.analyses.loads.ends import busiest
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.simulation import compiled, edge, simulated, watch
from groma.analyses.visits.counts import expected
from groma.analyses.visits.walk import uses_of
from groma.model.load import load, loads
from groma.solvers.simulation import Outcome, Settings, run

CACHED = (
    HEAD
    + """components:
  db: {kind: database%s, offers: {query: {work: %s}}}
flows:
  main:
    starts: {rate: %s/s}
    steps: [{call: db.query, timeout: 1 s, cache: {keys: 10000, holds: %s, popularity: %s%s}}]
scenarios:
  cold: {lasts: %s s, events: {from: 20 s, for: 1 s, cold: true}}
"""
)


def cached(
    rate: float,
    holds: int,
    popularity: float,
    *,
    threads: str = "",
    work: str = "90 ms",
    lives: str = "",
    lasts: float = 60,
) -> str:
    return CACHED % (threads, work, rate, holds, popularity, lives and f", lives: {lives}", lasts)


def played(
    text: str, until: float, warm_up: float = 0.0, seed: int = 3, begins: float | None = None
) -> Outcome:
    made = compiled(loads(text), begins=begins)
    assert not made.missing
    return run(made.program, Settings(until=until, warm_up=warm_up), seed=seed)


@pytest.mark.parametrize(
    ("holds", "popularity", "lives"),
    [(1000, 0.9, ""), (5000, 0.7, ""), (1000, 0.9, "5 s"), (9999, 0.9, "20 s")],
)
def test_a_keyed_cache_hits_as_its_bounds_say_in_every_reader(
    holds: int, popularity: float, lives: str
) -> None:
    text = cached(500, holds, popularity, work="1 ms", lives=lives)
    seen = played(text, 400, 100)
    hits, misses = seen.caches[0]
    share, model = hits / (hits + misses), loads(text)
    (step,) = model.flows["main"].steps
    stated = hits_of(model, step)
    assert stated is not None
    low, high = stated.low, stated.high  # type: ignore[union-attr]
    assert low - 0.005 <= share <= high + 0.005
    assert stated.mean == pytest.approx(share, abs=0.02)  # type: ignore[union-attr]
    uses = expected(uses_of(Outcomes(on(model), Grid(0.001, 512)), "main"), "db")
    calls = seen.tallies["calls/db.query"] / seen.flow("main").arrived
    assert uses.low - 0.005 <= calls <= uses.high + 0.005
    assert uses.value == pytest.approx(1.0 - stated.mean)  # type: ignore[union-attr]


def test_a_hit_carries_a_run_while_what_is_behind_is_down() -> None:
    text = cached(500, 1000, 0.9).replace("kind: database", "kind: database, fails: {availability: 90 %}")
    found = availability(on(loads(text)), "availability/main")
    share = hits_of(loads(text), loads(text).flows["main"].steps[0])
    assert share is not None
    assert found.low == pytest.approx(1 - 0.1 * (1 - share.low), abs=1e-6)  # type: ignore[union-attr]
    assert found.high == pytest.approx(1 - 0.1 * (1 - share.high), abs=1e-6)  # type: ignore[union-attr]


DATABASE = ", threads: 27"
"""Answers in 90 ms up to 300 queries a second."""


def test_a_cold_cache_brings_a_system_down_above_what_its_database_stands_alone() -> None:
    """Bronson et al. (2021): 90 % of hits, a database of 300/s: 3000/s with a warm cache, safe below 300/s."""
    holds, popularity = 6300, 0.9
    hits = hits_of(
        loads(cached(1, holds, popularity)), loads(cached(1, holds, popularity)).flows["main"].steps[0]
    )
    assert hits is not None
    assert hits.mean == pytest.approx(0.9, abs=0.005)  # type: ignore[union-attr]
    warm = played(cached(2700, holds, popularity, threads=", threads: 300"), 60, 40)
    assert warm.flow("main").success > 0.999
    asked = warm.tallies["calls/db.query"] / warm.flow("main").arrived
    assert 1.0 / asked == pytest.approx(
        10.0, rel=0.05
    )  # the load that losing it puts on the database, 10 times
    busy = warm.station("components.db").busy / 0.09
    assert busy == pytest.approx(270, rel=0.05)  # below the 300/s that it stands


EMPTIED = "cold: true, stalled: db}"


@pytest.mark.parametrize(
    ("rate", "back"), [(250, True), (292, True), (308, False), (1000, False), (2700, False)]
)
def test_an_emptied_cache_fills_again_only_below_what_its_database_stands(rate: float, back: bool) -> None:
    """Vulnerable above 300/s: answers that come too late fill no cache. Its database has 10 s of work to make up."""
    text = cached(rate, 6300, 0.9, threads=DATABASE, lasts=900).replace(
        "for: 1 s, cold: true}", f"for: 10 s, {EMPTIED}"
    )
    model = loads(text)
    seen = watch(model, model.scenarios["cold"], replications=1)
    assert seen.comes_back is back
    assert seen.metastable is not back


def test_the_threshold_of_an_emptied_cache_is_found_within_two_percent() -> None:
    text = cached(200, 6300, 0.9, threads=DATABASE, lasts=1800).replace(
        "for: 1 s, cold: true}", f"for: 10 s, {EMPTIED}"
    )
    model = loads(text)
    found = edge(model, model.scenarios["cold"], tolerance=0.01, replications=1)
    assert found.safe is not None
    assert found.lost is not None
    assert found.safe * 200 == pytest.approx(300, rel=0.02)
    assert found.lost * 200 == pytest.approx(300, rel=0.02)


def test_a_flushed_cache_fills_again_where_one_with_a_share_is_empty_as_long_as_it_is_said() -> None:
    text = cached(280, 6500, 0.9, threads=DATABASE)
    model = loads(text)
    seen = watch(model, model.scenarios["cold"], replications=2)
    assert seen.comes_back
    made = compiled(model, model.scenarios["cold"])
    (action,) = (a for a in made.program.actions if a.kind == "flush")
    assert action.at == 20.0
    outcome = run(made.program, Settings(until=60, width=0.5, buckets=120), seed=3)
    asked = np.array(outcome.station("components.db").busy_series) / 0.09
    before, just, long_after = asked[30:39].mean(), asked[41:43].mean(), asked[100:].mean()
    assert just > 1.4 * before
    assert long_after < just


def test_a_cache_that_is_down_finds_nothing_and_its_flow_goes_on() -> None:
    text = cached(300, 9999, 0.9, work="1 ms").replace("popularity: 0.9", "popularity: 0.9, component: store")
    text = text.replace("components:\n", "components:\n  store: {kind: cache}\n").replace(
        "cold: true", "down: store"
    )
    model = loads(text)
    outcome = run(
        compiled(model, model.scenarios["cold"]).program, Settings(until=60, width=1, buckets=60), seed=3
    )
    assert outcome.flow("main").success == 1.0
    asked = np.array(outcome.station("components.db").busy_series)
    assert asked[20] == pytest.approx(0.3, rel=0.2)
    assert asked[21] < 0.25 < asked[20]


PEOPLE = (
    HEAD
    + """people:
  ana: {role: support%s}
flows:
  main: {starts: {rate: 2/h%s}, steps: [{ask: ana, takes: 6 min ± 6 min}]}
scenarios:
  week: {begins: Mon 00:00, lasts: 3 week, events: {from: 20 day, load: main, times: 1.5}}
"""
)
WORKS = ", works: Mon-Fri 09:00-17:00"
WEEK = 7 * 86400.0


def test_who_isnt_there_at_night_lets_questions_wait_till_morning() -> None:
    text = PEOPLE % (WORKS, "")
    seen = played(text, 200 * WEEK, 0.0, begins=0.0).flow("main").latency
    always = played(text, 200 * WEEK).flow("main").latency
    assert always.mean == pytest.approx(360 / (1 - 0.2), rel=0.05)  # M/M/1 while everybody is there
    # from a random moment, the mean time until somebody is there: the closed gaps g of a week, sum of g^2 / 2 / week
    gaps = [16.0] * 4 + [64.0]
    away = sum(g * g for g in gaps) / 2 / 168 * 3600
    assert seen.mean > away
    assert seen.mean < away + 1.2 * 3600 + 64 * 2 * 360  # and the queue of a night
    assert seen.quantile(0.99) > 60 * 3600


def test_a_latency_says_that_it_takes_people_as_being_there() -> None:
    found = latency.figure(on(loads(PEOPLE % (WORKS, ""))), "latency/main/mean")
    assert "ana is at work in the busiest hour" in found.valid
    always = latency.figure(on(loads(PEOPLE % ("", ""))), "latency/main/mean")
    assert "ana is at work in the busiest hour" not in always.valid
    assert (found.low, found.high) == (always.low, always.high)


def test_without_a_moment_of_the_week_everybody_is_there() -> None:
    model = loads(PEOPLE % (WORKS, ""))
    assert compiled(model).program.calendars == ()
    (calendar,) = compiled(model, model.scenarios["week"]).program.calendars
    assert calendar.servers[:3] == ((0.0, 0), (9 * 3600.0, 1), (17 * 3600.0, 0))
    (moved,) = compiled(model, begins=10 * 3600.0).program.calendars
    assert moved.servers[:2] == ((0.0, 1), (7 * 3600.0, 0))


WEEKLY = ", through_the_week: [{on: Mon-Fri 09:00-17:00, times: 8}, {on: Sat 10:00-12:00, times: 0}]"


def test_the_week_is_kept_and_its_busiest_piece_gives_the_busiest_rate() -> None:
    text = (HEAD + "components:\n  a: {kind: service, threads: 9, offers: {f: {work: 1 ms}}}\nflows:\n"
        "  main: {starts: {rate: 60/h%s}, steps: [{call: a.f}]}\n") % WEEKLY  # fmt: skip
    model = loads(text)
    weight = (8 * 40 + 0 * 2 + 126) / 168
    peak = busiest(model.flows["main"]).value
    assert peak == pytest.approx(8 / weight / 60)
    made = compiled(model, begins=0.0)
    outcome = run(made.program, Settings(until=40 * WEEK, width=WEEK / 168, buckets=40 * 168), seed=1)
    starts = np.array(outcome.flow("main").arrivals).reshape(40, 168).mean(axis=0)
    assert starts.sum() == pytest.approx(168 * 60, rel=0.01)
    assert starts[9:17].mean() == pytest.approx(60 * 8 / weight, rel=0.03)
    assert starts[20:24].mean() == pytest.approx(60 / weight, rel=0.1)
    assert starts[5 * 24 + 10 : 5 * 24 + 12].sum() == 0
    assert compiled(model).rates["main"] == pytest.approx(8 / weight / 60)  # the busiest hour otherwise


def test_bursts_have_their_rates_and_their_wait_is_only_bounded() -> None:
    text = (HEAD + "components:\n  a: {kind: service, threads: 1, offers: {f: {work: 100 ms ± 100 ms}}}\n"
        "flows:\n"
        "  main: {starts: {rate: 5/s, bursts: {times: 4, share: 20 %, last: 30 s}},"
        " steps: [{call: a.f}]}\n")  # fmt: skip
    outcome = run(compiled(loads(text)).program, Settings(until=40_000, width=1, buckets=40_000), seed=1)
    counts = np.array(outcome.flow("main").arrivals, dtype=float)
    assert counts.mean() == pytest.approx(5, rel=0.05)
    # the variance of counts a second: Poisson, and that of the rate (20 or 1.25, seldom changing within a second)
    rates = 0.2 * 20**2 + 0.8 * 1.25**2 - 25
    assert counts.var() == pytest.approx(5 + rates, rel=0.1)
    found = latency.figure(on(loads(text)), "latency/main/mean")
    assert found.value is None
    poisson = 0.1 / (1 - 0.5)
    assert outcome.flow("main").latency.mean > 5 * poisson


def test_the_rates_within_bursts_and_outside_have_the_mean() -> None:
    text = (
        HEAD
        + "flows:\n  main: {starts: {rate: 5/s, bursts: {times: 4, share: 20 %, last: 30 s}}, steps: []}\n"
    )
    starts = loads(text).flows["main"].starts
    assert starts is not None
    assert starts.bursts is not None
    (inside, stay), (outside, away) = starts.bursts.states
    assert (inside, stay) == (4.0, 30.0)
    assert stay / (stay + away) == pytest.approx(0.2)
    assert 0.2 * inside + 0.8 * outside == pytest.approx(1.0)


def test_a_record_is_replayed_as_it_was(tmp_path: Path) -> None:
    times = [10.0 + 3.0 * n + (n % 5) * 0.1 for n in range(400)]
    (tmp_path / "seen.csv").write_text("when,what\n" + "".join(f"{t},1\n" for t in times))
    text = (HEAD + "components:\n  a: {kind: service, threads: 1, offers: {f: {work: 1 ms}}}\nflows:\n"
        "  main: {starts: {rate: 1/h, replays: {from: seen.csv, column: when}}, steps: [{call: a.f}]}\n")  # fmt: skip
    (tmp_path / "model.yaml").write_text(text)
    model = load(tmp_path / "model.yaml")
    made = compiled(model)
    outcome = run(made.program, Settings(until=2000, width=3, buckets=600), seed=1)
    assert outcome.flow("main").arrived == 400
    assert outcome.flow("main").arrivals[:399] == tuple(
        sum(3 * n <= t - times[0] < 3 * n + 3 for t in times) for n in range(399)
    )
    assert busiest(model.flows["main"]).value == pytest.approx(400 / (times[-1] - times[0]))
    c = on(model)
    assert "replayed" in simulated(c).reason
    assert latency.figure(c, "latency/main/mean").value is None


SCALING = (
    HEAD
    + """components:
  a:
    {kind: service, threads: 1, replicas: 2, price: 100 EUR, scales: {to: 8, aims: 70 %%, every: 10 s, after: 20 s},
     offers: {f: {work: 1 s ± 1 s}}}
flows:
  main: {starts: {rate: %s/s}, steps: [{call: a.f}]}
"""
)


def test_what_scales_is_between_its_least_and_its_most() -> None:
    text = SCALING % 1.5
    c = on(loads(text))
    seen = played(text, 20_000, 1000)
    ends = latency.figure(c, "latency/main/mean")
    least = 1 / (1 - 0.75**2)  # M/M/2 at 75 %
    assert ends.high == pytest.approx(least, rel=0.01)
    assert ends.low is not None
    assert ends.high is not None
    assert 1.0 <= ends.low <= 1.0001
    assert ends.low <= seen.flow("main").latency.mean <= ends.high
    assert seen.flow("main").latency.mean < 0.9 * least
    used = seen.station("components.a")
    assert used.utilisation == pytest.approx(0.6, abs=0.12)  # it aims at 70 % and rounds up
    assert bounds(c, "utilisation/a") == pytest.approx((1.5 / 8, 1.5 / 2))
    assert bounds(c, "saturation/main") == pytest.approx((8.0, 2.0))
    assert figure(c, "saturation/main").value is None
    assert cost_bounds(c, "cost/month") == pytest.approx((200, 800))


def test_what_its_least_couldnt_stand_it_stands_by_scaling() -> None:
    text = SCALING % 5
    c = on(loads(text))
    ends = latency.figure(c, "latency/main/mean")
    assert ends.value is None
    seen = played(text, 20_000, 1000)
    assert seen.station("components.a").servers == pytest.approx(5 / 0.7, abs=0.8)
    assert seen.flow("main").latency.mean < 3.0
    assert math.isfinite(seen.flow("main").latency.mean)
    without = text.replace("scales: {to: 8, aims: 70 %, every: 10 s, after: 20 s},", "")
    assert played(without, 2000).flow("main").in_progress > 3000


def test_nothing_of_what_scales_is_there_while_it_is_lost() -> None:
    text = SCALING % 1.5 + "scenarios:\n  out: {lasts: 300 s, events: {from: 100 s, for: 50 s, down: a}}\n"
    model = loads(text)
    made = compiled(model, model.scenarios["out"])
    outcome = run(made.program, Settings(until=300, width=10, buckets=30), seed=1)
    good = np.array(outcome.flow("main").ok)
    assert good[11:15].sum() == 0
    assert good[:10].sum() > 100
    assert good[17:].sum() > 100
