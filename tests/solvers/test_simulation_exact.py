"""The simulator against closed forms and published figures, each within an interval that is stated.

Seeds are fixed, so that a test that passes always passes; each tolerance is about four standard errors of its figure.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from groma.model.law import Constant, Gamma, Law, Uniform
from groma.solvers.queueing.erlang import mmck
from groma.solvers.simulation import Assembler, Capped, Outcome, Program, Settings, Shifted, run
from solvers.simulation_programs import undone

EXPECTED = Path(__file__).parents[2] / "../shared/cases/queueing/expected.csv"
cases = pytest.mark.skipif(not EXPECTED.exists(), reason="the reference cases are not beside the checkout")


def exp(mean: float) -> Gamma:
    return Gamma(mean, mean)


def published(case: str, quantity: str) -> float:
    with EXPECTED.open(encoding="utf-8") as lines:
        rows = [r for r in csv.DictReader(lines) if r["case"] == case and r["quantity"] == quantity]
    return float(rows[0]["expected"])


def queue(rate: float, law: Law | Shifted, gaps: Law | None = None, **station: object) -> Program:
    a = Assembler()
    s = a.station("s", **station)
    with a.flow("f"), a.hold(s):
        a.work(s, law)
    a.source("f", gaps=gaps or exp(1 / rate))
    return a.program()


def long(program: Program, until: float, warm_up: float = 1000.0, seed: int = 1) -> Outcome:
    return run(program, Settings(until=until, warm_up=warm_up), seed=seed)


@cases
def test_mm3_mean_and_quantiles() -> None:
    outcome = long(queue(2.4, exp(1.0), threads=3), 400_000)
    times = outcome.flow("f").latency
    assert times.mean == pytest.approx(published("mm3", "mean response (s)"), rel=0.01)
    for name, share, tolerance in (
        ("p50", 0.5, 0.01),
        ("p90", 0.9, 0.015),
        ("p95", 0.95, 0.02),
        ("p99", 0.99, 0.03),
    ):
        assert times.quantile(share) == pytest.approx(published("mm3", f"{name} response (s)"), rel=tolerance)
    assert outcome.station("s").utilisation == pytest.approx(0.8, abs=0.003)
    assert outcome.station("s").waiting == pytest.approx(2.4 * published("mm3", "mean wait (s)"), rel=0.03)


@pytest.mark.parametrize("law", [Constant(0.7), Gamma(0.7, 0.35), Gamma(0.7, 1.4)])
def test_mg1_waits_as_pollaczek_and_khinchine_say(law: Law) -> None:
    times = long(queue(1.0, law), 300_000).flow("f").latency
    second = law.mean**2 + law.sd**2
    assert times.mean == pytest.approx(0.7 + second / (2 * 0.3), rel=0.035)


def test_lifo_has_the_mean_of_fifo_and_a_longer_tail() -> None:
    fifo, lifo = (
        long(queue(0.8, exp(1.0), discipline=d), 300_000).flow("f").latency for d in ("fifo", "lifo")
    )
    assert lifo.mean == pytest.approx(fifo.mean, rel=0.005)
    assert lifo.quantile(0.99) > 1.5 * fifo.quantile(0.99)


def test_priorities_wait_as_cobham_says() -> None:
    a = Assembler()
    s = a.station("s", discipline="priority", levels=2)
    for name in ("high", "low"):
        with a.flow(name), a.hold(s):
            a.work(s, exp(1.0))
    a.source("high", gaps=exp(1 / 0.3))
    a.source("low", gaps=exp(1 / 0.4), level=1)
    outcome = long(a.program(), 300_000)
    residual = 0.7
    assert outcome.flow("high").latency.mean == pytest.approx(1 + residual / 0.7, rel=0.02)
    assert outcome.flow("low").latency.mean == pytest.approx(1 + residual / (0.7 * 0.3), rel=0.03)


@pytest.mark.parametrize("servers", [1, 2])
@pytest.mark.parametrize("law", [exp(1.0), Gamma(1.0, 2.0), Constant(1.0)])
def test_processor_sharing_takes_no_notice_of_the_law(servers: int, law: Law) -> None:
    times = long(queue(0.7 * servers, law, threads=servers, discipline="sharing"), 200_000).flow("f").latency
    expected = {1: 1 / (1 - 0.7), 2: 1 / (1 - 0.7**2)}[servers]
    assert times.mean == pytest.approx(expected, rel=0.04)


def test_a_full_queue_sheds_as_mmck_says() -> None:
    outcome = long(queue(4.0, exp(1.0), threads=3, places=2), 200_000)
    truth = mmck(4.0, 1.0, 3, 5)
    flow = outcome.flow("f")
    assert flow.ended["throttled"] / flow.arrived == pytest.approx(truth.lost, rel=0.015)
    assert flow.latency.mean == pytest.approx(truth.mean_response, rel=0.01)


@cases
def test_five_stations_with_feedback_as_jackson_says() -> None:
    a = Assembler()
    with a.flow("f"):
        for n in range(5):
            s = a.station(f"s{n}", threads=2)
            with a.loop(until=0.9):
                a.tally("visits")
                with a.hold(s):
                    a.work(s, exp(1 / 1.5))
    a.source("f", gaps=exp(0.5))
    outcome = long(a.program(), 200_000)
    assert outcome.flow("f").latency.mean == pytest.approx(
        published("tandem5", "mean response end to end (s)"), rel=0.012
    )
    visits = outcome.tallies["visits"] / outcome.flow("f").arrived
    assert visits == pytest.approx(published("tandem5", "mean visits per job (all stations)"), rel=0.003)
    for station in outcome.stations:
        assert station.utilisation == pytest.approx(
            published("tandem5", "utilisation of each station"), abs=0.004
        )


@cases
def test_closed_network_of_lazowska() -> None:
    a = Assembler()
    with a.flow("f"):
        for name, visits, time in (("cpu", 121, 0.005), ("disk1", 70, 0.030), ("disk2", 50, 0.027)):
            s = a.station(name)
            with a.loop(times=visits), a.hold(s):
                a.work(s, exp(time))
    a.source("f", customers=3, gaps=exp(15.0))
    outcome = long(a.program(), 400_000)
    flow = outcome.flow("f")
    assert flow.ended["ok"] / outcome.observed == pytest.approx(
        published("lazowska117", "throughput (1/s)"), rel=0.01
    )
    assert flow.latency.mean == pytest.approx(published("lazowska117", "system response (s)"), rel=0.01)
    for name in ("cpu", "disk1", "disk2"):
        assert outcome.station(name).utilisation == pytest.approx(
            published("lazowska117", f"utilisation, {name}"), rel=0.015
        )


def test_closed_network_of_one_station_as_mean_value_analysis_says() -> None:
    a = Assembler()
    s = a.station("s", threads=2)
    with a.flow("f"), a.hold(s):
        a.work(s, exp(1.0))
    a.source("f", customers=6, gaps=exp(2.0))
    outcome = long(a.program(), 100_000)
    # Machine repair: p(n) with rates (6 - n) / 2 in, min(n, 2) out.
    weight = [1.0]
    for n in range(6):
        weight.append(weight[-1] * (6 - n) / 2 / min(n + 1, 2))
    busy = sum(w * min(n, 2) for n, w in enumerate(weight)) / sum(weight)
    assert outcome.station("s").busy == pytest.approx(busy, rel=0.01)


def test_littles_law_holds_in_one_run() -> None:
    outcome = long(queue(2.4, exp(1.0), threads=3), 100_000, warm_up=0.0)
    station, flow = outcome.station("s"), outcome.flow("f")
    jobs = station.busy + station.waiting
    assert jobs == pytest.approx(flow.latency.total / outcome.observed, rel=1e-3)


@cases
@pytest.mark.parametrize(("fan_out", "share"), [(100, 0.01), (2000, 0.0001)])
def test_tail_at_scale(fan_out: int, share: float) -> None:
    a = Assembler()
    with a.flow("f"), a.parallel(fan_out) as branch:
        for n in range(fan_out):
            with branch(n), a.choose((share, 1 - share), stream="one") as way:
                with way(0):
                    a.delay(Constant(2.0))
                with way(1):
                    a.delay(Constant(0.01))
    a.source("f", gaps=Constant(1.0))
    runs = 20_000 if fan_out == 100 else 4_000
    slow = run(a.program(), Settings(runs=runs)).flow("f").latency.above(1.0)
    expected = 1 - (1 - share) ** fan_out
    assert slow == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / runs))


def test_hedging_as_the_closed_form_says() -> None:
    after = 0.7
    a = Assembler()
    with a.flow("f"), a.hedge(after):
        a.tally("attempts")
        a.delay(exp(1.0))
    a.source("f", gaps=Constant(0.01))
    runs = 100_000
    outcome = run(a.program(), Settings(runs=runs))
    times = outcome.flow("f").latency
    assert outcome.tallies["attempts"] / runs == pytest.approx(1 + math.exp(-after), abs=0.006)
    # P(T > t) = e^-t e^-(t - s) beyond s: the mean is 1 - e^-s + e^-s / 2.
    assert times.mean == pytest.approx(1 - math.exp(-after) / 2, rel=0.01)
    assert times.above(1.5) == pytest.approx(math.exp(-1.5 - 0.8), abs=0.004)


def test_a_hedge_whose_attempts_fail_waits_for_all_that_were_started() -> None:
    a = Assembler()
    with a.flow("f"), a.hedge(1.0, more=2):
        a.tally("attempts")
        a.delay(Constant(2.5))
        a.fail("failed")
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=10.0, trace=10))
    assert outcome.flow("f").ended["failed"] == 1
    assert outcome.tallies["attempts"] == 3
    assert [line.time for line in outcome.trace if line.what == "end"] == [4.5]


def test_retries_as_the_closed_form_says() -> None:
    a = Assembler()
    with a.flow("f"), a.retry(times=2, backoff=1.0, factor=3.0):
        a.tally("attempts")
        a.fails(0.4, "failed")
    a.source("f", gaps=Constant(1.0))
    runs = 60_000
    outcome = run(a.program(), Settings(runs=runs))
    flow = outcome.flow("f")
    assert flow.success == pytest.approx(1 - 0.4**3, abs=0.004)
    assert outcome.tallies["attempts"] / outcome.flow("f").arrived == pytest.approx(1 + 0.4 + 0.16, rel=0.01)
    pauses = (0.24 * 1.0 + 0.096 * 4.0) / (1 - 0.4**3)
    assert flow.latency.mean == pytest.approx(pauses, rel=0.02)


def test_work_goes_on_after_its_caller_gave_up_unless_it_cancels() -> None:
    for cancels, busy in ((False, 5.0), (True, 2.0)):
        a = Assembler()
        s = a.station("s")
        with a.routine("op") as op, a.hold(s):
            a.work(s, Constant(5.0))
        with a.flow("f"), a.timeout(2.0):
            a.call(op, cancels=cancels)
        a.source("f", times=(0.0,))
        outcome = run(a.program(), Settings(until=10.0))
        assert outcome.flow("f").ended["timeout"] == 1
        assert outcome.station("s").busy == pytest.approx(busy / 10.0)
        assert outcome.tasks == 0


def test_nested_work_goes_on_where_its_cancelled_caller_stops() -> None:
    a = Assembler()
    outer, inner, pool = (a.station(name) for name in ("outer", "inner", "pool"))
    with a.routine("in") as nested, a.hold(inner):
        a.work(inner, Constant(6.0))
    with a.routine("out") as op, a.hold(outer):
        a.call(nested)
    with a.flow("f"), a.timeout(2.0), a.hold(pool):
        a.call(op, cancels=True)
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=10.0))
    assert [s.busy for s in outcome.stations] == pytest.approx([0.2, 0.6, 0.2])


def test_compensations_run_last_first_and_only_when_the_run_fails() -> None:
    for fails in (False, True):
        flow = run(undone(0.0, fails=fails), Settings(until=20.0)).flow("f")
        assert flow.ended["rejected"] == fails
        assert [flow.passed[f"undone {n}"].total for n in (0, 1)] == ([5.0, 4.0] if fails else [0.0, 0.0])


def test_parallel_joins_on_as_many_as_it_is_told() -> None:
    def ends(join: int, run_on: bool) -> tuple[float, float]:
        a = Assembler()
        s = a.station("s", threads=None)
        with a.flow("f"), a.parallel(3, join=join, run_on=run_on) as branch:
            for n in range(3):
                with branch(n), a.hold(s):
                    a.work(s, Constant(n + 1.0))
        a.source("f", times=(0.0,))
        outcome = run(a.program(), Settings(until=10.0))
        return outcome.flow("f").latency.mean, outcome.station("s").busy * 10

    assert ends(3, False) == pytest.approx((3.0, 6.0))
    assert ends(2, False) == pytest.approx((2.0, 5.0))
    assert ends(1, False) == pytest.approx((1.0, 3.0))
    assert ends(1, True) == pytest.approx((1.0, 6.0))


def test_a_capped_law_has_the_mean_and_the_mass_of_its_cap() -> None:
    a = Assembler()
    with a.flow("f"):
        a.delay(Capped(exp(1.0), 1.5))
    with a.flow("g"):
        a.delay(Capped(Shifted(Uniform(0.0, 1.0), 0.5), 1.0))
    with a.flow("h"):
        a.delay(Capped(Shifted(Constant(2.0), 1.0), 2.5))
    for name in "fgh":
        a.source(name, gaps=Constant(0.01))
    runs = 100_000
    outcome = run(a.program(), Settings(runs=3 * runs))
    f, g, h = (outcome.flow(name).latency for name in "fgh")
    # E min(X, m): 1 - e^-m; half of 0.5 .. 1.5 is above 1, and the other half has its mean at 0.75.
    assert f.mean == pytest.approx(1 - math.exp(-1.5), abs=4 * 0.55 / math.sqrt(runs))
    assert f.most == pytest.approx(1.5)
    assert f.above(1.499) == pytest.approx(math.exp(-1.5), abs=0.006)
    assert g.mean == pytest.approx(0.875, abs=4 * 0.17 / math.sqrt(runs))
    assert g.most == pytest.approx(1.0)
    assert (h.least, h.most) == pytest.approx((2.5, 2.5))
