"""Customers who come again and threads that are held: the layered network of a model against closed forms, the
published bookstore and the simulation."""

from __future__ import annotations

import math

import pytest

from analyses.bookstore_model import bookstore
from analyses.given import HEAD, context
from analyses.layered_models import layered_model
from groma.analyses import assess
from groma.analyses.agreement import compared, differs
from groma.analyses.capacity import saturation
from groma.analyses.layered.estimate import busy, layered, needed, response
from groma.analyses.loads.ends import rates
from groma.analyses.registry import figure
from groma.analyses.simulation import compiled, simulated, watch
from groma.catalog import load_catalog
from groma.model.figure import Figure, Ledger, Result
from groma.model.load import loads
from groma.model.position import ModelError
from groma.solvers.queueing import closed_network, mmc
from groma.solvers.simulation import Settings, run

ONE = """
components: {desk: {kind: service, threads: 2, offers: {serve: {work: 500 ms ± 500 ms}}}}
flows: {visit: {starts: {population: 6, think: 1 s ± 1 s}, steps: [{call: desk.serve}, {mark: served}, {wait: 100 ms}]}}
"""
HELD = """
components:
  web: {kind: service, threads: 4, offers: {page: {work: 10 ms ± 10 ms, steps: [{call: db.read}]}}}
  db: {kind: database, threads: 1, offers: {read: {work: 20 ms ± 20 ms}}}
flows: {visit: {starts: {rate: 35/s}, steps: [{call: web.page}]}}
"""
PUBLISHED = {10: 0.00319471, 60: 0.0152341, 100: 0.0158243}
"""Customers -> simulated runs per ms (layeredqueuing/V6, models/rads-bookstore)."""


def test_customers_at_one_station_are_a_closed_network() -> None:
    found = context(ONE)
    exact = closed_network([6], [1.1], [[0.5]], [2])
    runs = rates(found)["visit"]
    assert runs.value == pytest.approx(exact.throughput[0], rel=1e-4)
    assert runs.low < exact.throughput[0] < runs.high <= 4.0
    latency = figure(found, "latency/visit/mean")
    assert latency.value == pytest.approx(float(exact.response[0]) + 0.1, rel=1e-3)
    served = figure(found, "latency/visit@served/mean")
    assert served.value == pytest.approx(float(exact.response[0]), rel=1e-3)
    used = figure(found, "utilisation/desk")
    assert used.value == pytest.approx(exact.throughput[0] * 0.5 / 2, rel=1e-3)
    calls = figure(found, "throughput/desk")
    assert calls.value == pytest.approx(exact.throughput[0], rel=1e-3)
    for each in (latency, served, used, calls):
        assert each.low < each.value < each.high
        assert each.method == "layered queueing network"
        assert each.error > 0


def test_every_figure_of_customers_agrees_with_the_simulation() -> None:
    ledger = assess(loads(HEAD + ONE), load_catalog())
    seen = [f for f in ledger if f.second is not None and not f.name.startswith("cost")]
    assert {"latency/visit/mean", "success/visit", "utilisation/desk", "throughput/desk"} <= {
        f.name for f in seen
    }
    assert [f.name for f in seen if f.disputed] == []
    exact = closed_network([6], [1.1], [[0.5]], [2])
    assert ledger["throughput/desk"].second.value == pytest.approx(exact.throughput[0], rel=0.01)
    assert ledger["latency/visit/p95"].high is None
    assert "come again" in ledger["latency/visit/p95"].reason


def test_the_bill_takes_the_rate_over_a_month() -> None:
    priced = ONE.replace("serve: {", "serve: {price: {call: 1 EUR}, ")
    priced = priced.replace("kind: service", "kind: service, price: {month: 0 EUR}")
    told = priced.replace("population: 6", "population: 6, rate: 1000/month")
    assert figure(context(told), "cost/month").value == pytest.approx(1000.0)
    assert any("flows.visit.starts.rate" in fact for fact in figure(context(priced), "cost/month").missing)


def test_customers_saturate_a_part_at_most() -> None:
    found = saturation(context(ONE), "visit")
    assert found.station == "components.desk"
    assert found.rate.high == pytest.approx(4.0)


def test_threads_held_across_calls_have_values_that_the_simulation_confirms() -> None:
    found = context(HELD)
    assert needed(found)
    for measure in ("latency/visit/mean", "utilisation/web"):
        told = compared(found, figure(found, measure))
        assert told.value == pytest.approx(told.second.value, rel=0.03)
        assert told.low <= told.second.high
        assert told.second.low <= told.high
        assert not told.disputed
    alone = mmc(35.0, 0.02, 1).mean_response
    assert figure(found, "latency/visit/mean").value == pytest.approx(alone + 0.01, rel=0.02)


def test_the_analysis_of_queues_stays_where_nothing_is_held() -> None:
    plain = HELD.replace(", steps: [{call: db.read}]", "")
    found = context(plain)
    assert not needed(found)
    assert figure(found, "latency/visit/mean").error is None


@pytest.mark.compiled
@pytest.mark.parametrize("customers", [60, 100])
def test_the_bookstore_as_a_model_has_its_published_response_times(customers: int) -> None:
    found = context(bookstore(customers))
    wanted = customers / (1000 * PUBLISHED[customers]) - 3.0
    told = compared(found, figure(found, "latency/visit/mean"))
    assert told.value == pytest.approx(wanted, rel=0.05)
    assert told.low < wanted < told.high
    assert told.second.value == pytest.approx(wanted, rel=0.02)
    assert rates(found)["visit"].value == pytest.approx(1000 * PUBLISHED[customers], rel=0.005)
    assert not told.disputed


@pytest.mark.compiled
def test_the_bookstore_with_few_customers_is_simulated_to_its_published_throughput() -> None:
    made = compiled(loads(HEAD + bookstore(10)))
    seen = [
        run(made.program, Settings(until=6000.0, warm_up=400.0), seed=1, replication=n)
        .flow("visit")
        .ended["ok"]
        / 5600.0
        for n in range(4)
    ]
    assert math.fsum(seen) / 4 == pytest.approx(1000 * PUBLISHED[10], rel=0.02)


@pytest.mark.compiled
@pytest.mark.parametrize("comes_again", [True, False])
def test_random_models_are_as_near_a_simulation_as_is_stated(comes_again: bool) -> None:
    off: list[float] = []
    for seed in range(200, 212):
        text = layered_model(seed, comes_again=comes_again)
        if not comes_again:
            most = saturation(context(text), "first").rate.high
            text = layered_model(seed, comes_again=False, rate=0.5 * most)
        found = context(text)
        guess = response(found, "first", None) if needed(found) else None
        seen = simulated(found).found
        if guess is None or seen is None:
            continue
        latency = seen.estimates["latency/first/mean"]
        low, high = latency.interval
        assert low <= guess.high and guess.low <= high, (seed, guess, latency.mean)
        off.append(max(abs(guess.value - latency.mean) - latency.half_width, 0.0) / latency.mean)
        for name, component in found.model.components.items():
            held = busy(found, f"components.{name}")
            if component.threads is not None and held is not None:
                low, high = seen.estimates[f"utilisation/{name}"].interval
                assert held.low / component.threads <= high and low <= held.high / component.threads
    assert len(off) >= 7
    assert sorted(off)[len(off) // 2] < 0.03


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("20 ms ± 20 ms", "20 ms"), "isn't exponential"),
        (("threads: 1", "threads: 1, queue: 5"), "last place"),
        (("threads: 1", "threads: 1, discipline: lifo"), "lifo"),
        (("{call: web.page}", "{call: web.page, timeout: 1 s}"), "timeout"),
        (("{call: web.page}", "{parallel: [[{call: web.page}], [{call: web.page}]]}"), "same time"),
        (("work: 10 ms ± 10 ms", "work: 10 ms ± 10 ms, fails: 1 %"), "error"),
        (("rate: 35/s", "rate: 35/s, bursts: {times: 3, share: 10 %, last: 5 s}"), "Poisson"),
        (("rate: 35/s", "rate: 90/s"), "more comes from outside"),
        (("{call: db.read}]}", "{repeat: {times: 2 ± 1, steps: [{call: db.read}]}}]}"), "varies"),
        (("{call: db.read}]}", "{repeat: {until: 5 %, at_most: 3, steps: [{call: db.read}]}}]}"), "bound"),
    ],
)
def test_what_it_can_not_say_is_refused_and_stays_bounds(change: tuple[str, str], reason: str) -> None:
    found = context(HELD.replace(*change))
    assert needed(found)
    assert response(found, "visit", None) is None
    assert reason in layered(found).reason
    told = figure(found, "latency/visit/mean")
    assert told.value is None
    assert told.error is None


def test_a_fact_that_is_known_to_a_range_keeps_the_guaranteed_ends() -> None:
    plain, ranged = (
        figure(context(text), "utilisation/web")
        for text in (HELD, HELD.replace("rate: 35/s", "rate: {value: 35/s, known: 34/s .. 36/s}"))
    )
    assert ranged.value == pytest.approx(plain.value, rel=1e-6)
    assert ranged.low <= plain.low


def test_what_a_method_was_seen_off_belongs_to_the_interval_of_the_difference() -> None:
    one = Figure("latency/x/mean", "Mean", "s", value=1.0, low=0.5, high=1.5, error=0.5)
    assert not differs(one, Result("simulation", 1.2, 1.3, 1.25))
    assert differs(one, Result("simulation", 1.6, 1.7, 1.65))
    assert Ledger.from_json(_ledger(one).to_json())["latency/x/mean"].error == 0.5


def _ledger(one: Figure) -> Ledger:
    ledger = Ledger("x")
    ledger.write(one)
    return ledger


@pytest.mark.parametrize(
    ("starts", "wrong"),
    [
        ("population: 5", "`population` without `think`"),
        ("rate: 1/s, think: 3 s", "`think` without `population`"),
        ("population: 5, think: 0 s", "above 0 s"),
        ("population: 0, think: 1 s", "from 1 to"),
        ("population: 2.5, think: 1 s", "whole number"),
        ("population: 5, think: 1 s, busiest: 3/s", "from `population` or from `busiest`"),
        ("population: 5, think: 1 s, bursts: {times: 3, share: 10 %, last: 5 s}", "`bursts`"),
    ],
)
def test_customers_are_so_many_and_think_so_long(starts: str, wrong: str) -> None:
    with pytest.raises(ModelError) as told:
        loads(HEAD + ONE.replace("population: 6, think: 1 s ± 1 s", starts))
    assert wrong in str(told.value)


def test_more_load_makes_customers_think_as_much_faster() -> None:
    """Nobody ever waits: each of 400 customers starts a run every 1.1 s, and every 0.6 s while load is doubled."""
    text = """
components: {desk: {kind: service, offers: {serve: {work: 100 ms}}}}
flows: {visit: {starts: {population: 400, think: 1 s ± 1 s}, steps: [{call: desk.serve}]}}
scenarios: {rush: {lasts: 60 s, events: {from: 20 s, for: 20 s, load: visit, times: 2}}}
"""
    model = loads(HEAD + text)
    seen = watch(model, model.scenarios["rush"], replications=2)
    (course,) = seen.courses
    middle = [n for n in range(len(course.offered)) if 22 <= n * seen.width < 38]
    after = [n for n in range(len(course.offered)) if 43 <= n * seen.width < 58]
    for places, each in ((middle, 0.6), (after, 1.1)):
        mean = math.fsum(course.offered[n] for n in places) / len(places)
        assert mean == pytest.approx(400 / each, rel=0.03)


def test_ten_times_the_load_is_ten_times_the_customers() -> None:
    model = loads(HEAD + ONE)
    assert compiled(model, times=10.0).program.sources[0].customers == 60


def test_one_customer_never_waits_and_takes_the_sum_of_all_steps() -> None:
    """By hand: look-up 1, in 60 % of runs a way of 3, work 5 and below it 2 x 4; branch 30 % of 10; loop 2 rounds of 7
    in the mean; question 20; guard 6; held pool 8; flow in place 9 ms."""
    text = """
people: {ana: {role: clerk}}
components:
  web: {kind: s, threads: 2, offers: {page: {work: 5 ms ± 5 ms, steps: [
    {repeat: {times: 2, steps: [{call: db.read}]}}]}}}
  db: {kind: s, threads: 1, offers: {read: {work: 4 ms ± 4 ms}}}
  pool: {kind: s, threads: 1}
  far: {kind: s, offers: {ask: {work: 7 ms}}}
connections: {line: {from: shop, to: web, latency: 3 ms}, other: {from: shop, to: far}}
flows:
  visit:
    by: shop
    starts: {population: 1, think: 1 s ± 1 s}
    steps:
      - {call: web.page, cache: {hits: 40 %, takes: 1 ms}}
      - choose: [{share: 30 %, steps: [{wait: 10 ms}]}, {share: 70 %, steps: []}]
      - repeat: {until: 50 %, steps: [{call: far.ask}]}
      - {ask: ana, takes: 20 ms ± 20 ms, guard: {name: check, takes: 6 ms}}
      - hold: pool
        steps: [{wait: 8 ms}]
      - do: rest
  rest: {steps: [{wait: 9 ms}]}
"""
    text = text.replace("people: {ana", "people: {shop: {role: shop}, ana")
    wanted = (1 + 0.6 * (3 + 5 + 2 * 4) + 0.3 * 10 + 2 * 7 + 20 + 6 + 8 + 9) / 1000
    found = context(text)
    assert layered(found).reason == ""
    assert response(found, "visit", None).value == pytest.approx(wanted, rel=1e-4)
    simulated_too = simulated(found).found.estimates["latency/visit/mean"]
    assert simulated_too.mean == pytest.approx(wanted, rel=0.02)
