"""Utilisation, throughput and saturation against the utilisation law and published thresholds of retry storms."""

from __future__ import annotations

import math

import pytest

from groma.analyses.capacity import bounds, figure, growth, saturation
from groma.analyses.context import Context
from groma.analyses.latency import figure as latency
from groma.model.figure import Ledger
from groma.model.load import loads

HEAD = "groma: 1\nsystem: x\ncurrency: EUR\npeople: {ana: {role: clerk}}\n"


def context(parts: str, flows: str) -> Context:
    model = loads(f"{HEAD}components: {{{parts}}}\nflows: {{{flows}}}\n")
    return Context(model, None, Ledger(model.digest))  # pyright: ignore


def test_utilisation_and_throughput_of_shared_servers() -> None:
    parts = "a: {kind: s, replicas: 2, threads: 2, offers: {f: {work: 100 ms ± 50 ms}, g: {work: 300 ms}}}"
    flows = "x: {starts: {rate: 4/s}, steps: [{call: a.f}, {call: a.g}]}"
    flows += ", y: {starts: {rate: 1/s, busiest: 2/s}, steps: [{call: a.f}]}"
    given = context(parts, flows)
    assert figure(given, "throughput/a").value == pytest.approx(10)
    used = figure(given, "utilisation/a")
    assert used.value == pytest.approx((6 * 0.1 + 4 * 0.3) / 4)
    assert (used.derivation[-1].text, used.derivation[-1].value) == ("servers: replicas x threads of a", "4")
    assert figure(given, "saturation/x").value == pytest.approx((4 - 0.2) / 0.4)
    found = growth(given, "x")
    assert found is not None and found.value == pytest.approx(9.5 / 4)


def test_less_comes_past_a_part_that_is_asked_for_more_than_it_can_do() -> None:
    """10 runs/s before one server of 200 ms: five of them come past it, so that 50 ms of work keep 25 % busy, not 50 %.
    Another flow doesn't notice."""
    parts = "a: {kind: s, threads: 1, offers: {f: {work: 200 ms}}}"
    parts += ", b: {kind: s, threads: 1, offers: {f: {work: 50 ms}}}"
    parts += ", c: {kind: s, threads: 1, offers: {f: {work: 50 ms}}}"
    flows = "x: {starts: {rate: 10/s}, steps: [{call: a.f}, {call: b.f}]}"
    given = context(parts, f"{flows}, y: {{starts: {{rate: 1/s}}, steps: [{{call: c.f}}]}}")
    for measure, truth, asked in (("utilisation/b", 0.25, 0.5), ("throughput/b", 5.0, 10.0)):
        found = figure(given, measure)
        assert found.value is None and found.low is not None and found.high is not None
        assert found.low <= truth < found.high == pytest.approx(asked)
        assert found.valid == ("components.a is asked for 2 times what it can do: less comes past it",)
    assert figure(given, "utilisation/a").value == pytest.approx(2.0)
    assert (figure(given, "utilisation/c").value, figure(given, "utilisation/c").valid) == (0.05, ())


def test_threads_held_across_nested_calls_count() -> None:
    parts = "a: {kind: s, threads: 10, offers: {f: {work: 10 ms, steps: [{call: b.g}]}}}"
    parts += ", b: {kind: s, offers: {g: {work: 90 ms}}}"
    given = context(parts, "x: {starts: {rate: 20/s}, steps: [{call: a.f}]}")
    assert figure(given, "utilisation/a").value == pytest.approx(20 * 0.1 / 10)


def test_threads_held_while_calls_further_in_wait_lie_between_no_wait_and_that_of_an_open_queue() -> None:
    """M/M/1 at 45 %: between the work of 90 ms and a response of 90 ms / 0.55."""
    parts = "a: {kind: s, threads: 10, offers: {f: {work: 10 ms, steps: [{call: b.g}]}}}"
    parts += ", b: {kind: s, threads: 1, offers: {g: {work: 90 ms ± 90 ms}}}"
    given = context(parts, "x: {starts: {rate: 5/s}, steps: [{call: a.f}]}")
    found = figure(given, "utilisation/a")
    assert found.value is None
    assert (found.low, found.high) == pytest.approx((5 * 0.1 / 10, 5 * (0.01 + 0.09 / 0.55) / 10))
    first = figure(given, "saturation/x")
    assert (first.low, first.value, first.high) == (pytest.approx(1 / 0.09), None, pytest.approx(1 / 0.09))


def test_a_component_that_scales_stands_what_its_least_and_its_most_replicas_stand() -> None:
    scales = "scales: {to: 4, aims: 70 %, every: 10 s, after: 20 s}"
    parts = f"a: {{kind: s, threads: 2, {scales}, offers: {{f: {{work: 100 ms}}}}}}"
    given = context(parts, "x: {starts: {rate: 15/s}, steps: [{call: a.f}]}")
    first = figure(given, "saturation/x")
    assert (first.low, first.value, first.high) == (pytest.approx(20.0), None, pytest.approx(80.0))
    busy = figure(given, "utilisation/a")
    assert (busy.low, busy.value, busy.high) == (pytest.approx(1.5 / 8), None, pytest.approx(0.75))
    assert busy.derivation[-1].value == "2 .. 8"
    many = context(parts, "x: {starts: {rate: 50/s}, steps: [{call: a.f}]}")
    busy = figure(many, "utilisation/a")
    assert (busy.low, busy.value, busy.high) == (pytest.approx(5 / 8), None, pytest.approx(1.0))


def test_the_first_station_to_saturate_is_named_and_others_are_not_asked() -> None:
    works = {"a": "100 ms", "b": "20 ms", "c": "1 s"}
    parts = ", ".join(f"{n}: {{kind: s, threads: 1, offers: {{f: {{work: {w}}}}}}}" for n, w in works.items())
    flows = "x: {starts: {rate: 1/s}, steps: [{call: b.f}, {call: a.f}]}"
    given = context(parts, f"{flows}, y: {{starts: {{rate: 0.5/s}}, steps: [{{call: c.f}}]}}")
    found = saturation(given, "x")
    assert (found.rate.low, found.rate.value, found.rate.high) == pytest.approx((10.0, 10.0, 10.0))
    assert found.station == "components.a"
    told = figure(given, "saturation/x")
    assert not any("storm" in note for note in told.valid)
    assert "model/components.a.offers.f.work" in told.inputs
    assert "model/components.c.offers.f.work" not in told.inputs


@pytest.mark.parametrize("flow", ["plain", "held"])
def test_a_station_that_one_flow_holds_while_it_waits_has_no_point_of_saturation_for_either(
    flow: str,
) -> None:
    parts = "a: {kind: s, threads: 1, offers: {f: {work: 100 ms}, h: {work: 10 ms, steps: [{call: b.g}]}}}"
    parts += ", b: {kind: s, threads: 1, offers: {g: {work: 90 ms ± 90 ms}}}"
    flows = "plain: {starts: {rate: 2/s}, steps: [{call: a.f}]}, held: {starts: {rate: 2/s}, steps: [{call: a.h}]}"
    found = saturation(context(parts, flows), flow).rate
    assert found.value is None
    # Both ask for at least 100 ms; the other takes 0.2 of the server, or more while it waits.
    assert found.low < 8.0 <= found.high * (1 + 1e-9)


@pytest.mark.parametrize(("retries", "vulnerable"), [(1, 150), (2, 100)])
def test_retries_halve_what_a_database_surely_stands(retries: int, vulnerable: float) -> None:
    """Bronson et al., HotOS 2021, 2.1: 300/s; with one retry vulnerable above 150/s, with two above 100/s."""
    parts = "db: {kind: database, threads: 3, offers: {q: {work: 10 ms ± 10 ms}}}"
    given = context(
        parts,
        f"x: {{starts: {{rate: 90/s}}, steps: [{{call: db.q, timeout: 1 s, retry: {{times: {retries}}}}}]}}",
    )
    found = figure(given, "saturation/x")
    assert (
        found.value is None
        and found.low == pytest.approx(vulnerable)
        and found.high == pytest.approx(300, rel=0.01)
    )
    assert any("storm of retries" in note for note in found.valid)


def test_a_retry_storm_that_can_not_be_excluded_leaves_the_latency_unbounded() -> None:
    parts = "db: {kind: database, threads: 3, offers: {q: {work: 10 ms ± 10 ms}}}"
    calm = context(
        parts, "x: {starts: {rate: 140/s}, steps: [{call: db.q, timeout: 1 s, retry: {times: 1}}]}"
    )
    stormy = context(
        parts, "x: {starts: {rate: 280/s}, steps: [{call: db.q, timeout: 1 s, retry: {times: 1}}]}"
    )
    assert latency(calm, "latency/x/p95").high is not None
    found = latency(stormy, "latency/x/p95")
    assert found.low is not None and any("may saturate" in note for note in found.valid)
    assert found.high is None or found.high >= 0.9


def test_people_are_servers_too() -> None:
    given = context(
        "a: {kind: s, offers: {f: {work: 1 s}}}",
        "x: {starts: {rate: 6/h}, steps: [{ask: ana, takes: 6 min ± 6 min}]}",
    )
    assert latency(given, "latency/x/mean").value == pytest.approx(360 / (1 - 0.6), rel=1e-6)


def test_without_a_limit_of_servers_nothing_is_a_share() -> None:
    given = context(
        "a: {kind: s, offers: {f: {work: 1 s}}}", "x: {starts: {rate: 1/s}, steps: [{call: a.f}]}"
    )
    found = figure(given, "utilisation/a")
    assert found.status == "not shown" and found.missing == ("components.a.threads",)
    assert figure(given, "saturation/x").status == "not shown"


def test_an_unstated_rate_is_named() -> None:
    given = context(
        "a: {kind: s, threads: 1, offers: {f: {work: 1 s}}}",
        "x: {starts: {rate: unknown}, steps: [{call: a.f}]}",
    )
    alone = figure(given, "throughput/a")
    assert (alone.missing, alone.low) == (("flows.x.starts.rate",), None)
    assert figure(given, "saturation/x").missing == ("flows.x.starts.rate",)


def test_what_is_known_of_others_is_the_least_where_one_rate_is_unstated() -> None:
    part = "a: {kind: s, threads: 1, offers: {f: {work: 100 ms}}}"
    flows = (
        "x: {starts: {rate: unknown}, steps: [{call: a.f}]}, y: {starts: {rate: 2/s}, steps: [{call: a.f}]}"
    )
    for measure, least in (("throughput/a", 2.0), ("utilisation/a", 0.2)):
        found = figure(context(part, flows), measure)
        assert (found.low, found.value, found.high) == (pytest.approx(least), None, None)


def test_a_rate_known_to_a_range_grows_most_from_its_least() -> None:
    """Ten a second are stood, of 0.5 to 2 that there are."""
    part = "a: {kind: s, threads: 1, offers: {f: {work: 100 ms}}}"
    flow = "x: {starts: {rate: {value: 1/s, known: 0.5/s .. 2/s}}, steps: [{call: a.f}]}"
    found = growth(context(part, flow), "x")
    assert found is not None and (found.low, found.value, found.high) == pytest.approx((5.0, 10.0, 20.0))


def test_servers_are_free_early_where_giving_up_ends_what_they_do() -> None:
    """All give up after a second: the pool and what cancels are kept for 1 s a run, what goes on for its 4 s; and what
    cancels has done its own work and calls in 1 - 1/e of runs."""
    parts = "on: {kind: s, threads: 20, offers: {f: {work: 4 s}}}, pool: {kind: pool, threads: 20}"
    parts += ", inside: {kind: s, threads: 20, offers: {f: {work: 1 s}}}, ends: {kind: s, threads: 20, offers: {f: "
    parts += "{cancels: true, work: 1 s ± 1 s, steps: [{call: inside.f}]}}}"
    flows = "x: {starts: {rate: 1/s}, steps: [{hold: pool, timeout: 1 s, steps: [{call: on.f}]}]}"
    flows += ", y: {starts: {rate: 1/s}, steps: [{call: ends.f, timeout: 1 s}]}"
    given = context(parts, flows)
    busy = {"pool": 1.0, "on": 4.0, "ends": 1.0, "inside": 1 - math.exp(-1)}
    for name, seconds in busy.items():
        found = figure(given, f"utilisation/{name}")
        assert found.low is not None and found.high is not None and found.value is None
        assert found.low <= seconds / 20 <= found.high + 1e-9


def test_servers_are_kept_as_long_as_their_work_takes_where_hardly_anybody_gives_up() -> None:
    """5 of 100,000 take longer than 10 s."""
    part = "a: {kind: s, threads: 4, offers: {f: {cancels: true, work: 1 s ± 1 s}}}"
    found = figure(
        context(part, "x: {starts: {rate: 1/s}, steps: [{call: a.f, timeout: 10 s}]}"), "utilisation/a"
    )
    assert found.value == pytest.approx(0.25, rel=1e-3) and found.high == pytest.approx(0.25, rel=1e-3)
    assert found.low is not None and 0.25 * 0.99 < found.low <= 0.25 * (1 - math.exp(-10))


def test_what_other_flows_ask_of_the_first_station_is_an_input_of_its_saturation() -> None:
    part = "a: {kind: s, threads: 1, offers: {f: {work: 100 ms}, g: {work: 200 ms}}}"
    flows = "x: {starts: {rate: {value: 1/s, known: 0/s .. 2/s}}, steps: [{call: a.f}]}"
    flows += ", y: {starts: {rate: 2/s}, steps: [{call: a.g}]}"
    given = context(part, flows)
    found = figure(given, "saturation/x")  # 0.4 of the server is taken
    assert (found.low, found.value, found.high) == pytest.approx((6.0, 6.0, 6.0))
    assert {"model/components.a.offers.g.work", "model/flows.y.starts.rate"} <= set(found.inputs)
    assert growth(given, "x") is None  # of a rate that may be nothing there are no multiples


def test_all_that_is_missing_to_a_saturation_is_named_in_order() -> None:
    names = [f"o{n}" for n in range(8)]
    offers = ", ".join(f"{n}: {{work: unknown}}" for n in names)
    steps = ", ".join(f"{{call: a.{n}}}" for n in reversed(names))
    given = context(
        f"a: {{kind: s, threads: 1, offers: {{{offers}}}}}", f"x: {{starts: {{rate: 1/s}}, steps: [{steps}]}}"
    )
    found = figure(given, "saturation/x")
    assert found.missing == tuple(f"components.a.offers.{n}.work" for n in names)
    assert figure(given, "utilisation/a").missing == found.missing


def test_bounds_are_the_ends_of_the_figures_the_good_end_first() -> None:
    part = "a: {kind: s, threads: 2, offers: {f: {work: {value: 100 ms, known: 50 ms .. 200 ms}}}}"
    given = context(part, "x: {starts: {rate: 4/s}, steps: [{call: a.f}]}")
    assert bounds(given, "saturation/x") == pytest.approx((40.0, 10.0))
    assert bounds(given, "utilisation/a") == pytest.approx((0.1, 0.4))
    assert bounds(given, "throughput/a") == pytest.approx((4.0, 4.0))


def test_a_flow_on_whose_way_nothing_is_limited_saturates_nowhere_though_others_do() -> None:
    parts = "a: {kind: s, offers: {f: {work: 100 ms}}}, b: {kind: s, threads: 1, offers: {f: {work: 100 ms}}}"
    flows = "x: {starts: {rate: 1/s}, steps: [{call: a.f}]}, y: {starts: {rate: 1/s}, steps: [{call: b.f}]}"
    given = context(parts, flows)
    found = saturation(given, "x")
    assert (found.station, found.rate.low, found.rate.high) == (None, math.inf, math.inf)
    assert growth(given, "x") is None
    shown = figure(given, "saturation/x")
    assert shown.high is None and "no part on its way" in shown.reason
    other = growth(given, "y")
    assert other is not None and other.value == pytest.approx(10.0)


@pytest.mark.parametrize("work", ["1 s ± 1 s", "{value: 1 s ± 1 s, known: 500 ms .. 2 s}"])
def test_nobody_is_busier_than_all_the_time_however_many_wait(work: str) -> None:
    """Nine in a closed loop over two stations of one server: retries and ranges can't make it more than one."""
    parts = f"a: {{kind: s, threads: 1, offers: {{f: {{work: {work}}}}}}}"
    parts += ", b: {kind: s, threads: 1, offers: {f: {work: 1 s ± 1 s}}}"
    model = loads(
        f"{HEAD}components: {{{parts}}}\n"
        "flows: {x: {starts: {population: 9, think: 1 s ± 1 s}, steps: [{call: a.f}, {call: b.f}]}}\n"
    )
    found = figure(Context(model, None, Ledger(model.digest)), "utilisation/a")  # pyright: ignore
    assert found.value is not None and found.value < 1.0 and found.high == 1.0


def test_of_what_has_no_servers_to_count_nothing_is_a_share() -> None:
    given = context("a: {kind: s, offers: {f: {}}}", "x: {starts: {rate: 1/s}, steps: [{call: a.f}]}")
    assert bounds(given, "utilisation/a") == (0.0, 0.0) == bounds(given, "utilisation/ana")
