"""How much load is stood, against closed forms of queues and brute force."""

from __future__ import annotations

import math

import pytest

from analyses.given import CATALOG, HEAD, context
from groma.analyses import assess
from groma.analyses.envelope import CLOSE, LEAST, MOST, Edge, Envelope, edge, envelopes, figures
from groma.analyses.needs import results
from groma.analyses.uncertainty.study import studied
from groma.model.figure import Figure
from groma.model.load import loads

QUEUE = """
needs:
  quick: {measure: latency/f/mean, at_most: LIMIT}
components:
  a: {kind: s, threads: COUNT, offers: {x: {work: 100 ms ± 100 ms}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: a.x}]}
"""


def stood(text: str) -> dict[str, Edge]:
    c = context(text)
    return {f"{e.need}/{k}": getattr(e, k) for e in envelopes(c, list(results(c))) for k in ("shown", "met")}


@pytest.mark.parametrize("servers", [1, 2, 5])
def test_a_queue_is_shown_up_to_its_saturation(servers: int) -> None:
    """M/M/c with a service rate of 10/s has a steady state below 10 c starts per second."""
    found = stood(QUEUE.replace("COUNT", str(servers)).replace("LIMIT", "60 s"))["quick/shown"]
    assert found.holds <= 10 * servers
    assert found.holds == pytest.approx(10 * servers, rel=0.03)
    assert found.fails / found.holds <= 1 + CLOSE
    success = stood(QUEUE.replace("COUNT", str(servers)).replace("LIMIT", "60 s"))["quick-success/met"]
    assert success.holds <= 10 * servers <= success.fails * 1.0001


@pytest.mark.parametrize("limit", [0.2, 0.4, 1.0])
def test_a_need_stays_met_up_to_the_load_of_the_closed_form(limit: float) -> None:
    """M/M/1: a mean of T is reached at mu - 1/T."""
    found = stood(QUEUE.replace("COUNT", "1").replace("LIMIT", f"{limit} s"))["quick/met"]
    truth = 10 - 1 / limit
    assert found.holds <= truth * (1 + 1e-6)
    assert found.holds == pytest.approx(truth, rel=0.02)


def test_a_need_that_is_missed_is_met_at_less_load() -> None:
    text = QUEUE.replace("COUNT", "1").replace("LIMIT", "0.125 s").replace("1/s}", "8/s}")
    found = stood(text)["quick/met"]  # at 2 of the 8 starts per second
    assert found.holds == pytest.approx(0.25, rel=0.02)
    assert found.holds <= 0.25 * (1 + 1e-6)


def test_a_need_that_no_load_meets_says_so() -> None:
    found = stood(QUEUE.replace("COUNT", "1").replace("LIMIT", "0.05 s"))["quick/met"]
    assert found == Edge(0.0, LEAST)


def test_nothing_limits_parts_without_servers() -> None:
    found = stood(QUEUE.replace("threads: COUNT, ", "").replace("LIMIT", "1 s"))
    assert found["quick/met"] == Edge(MOST, math.inf)


def test_ranges_count_at_their_worse_end() -> None:
    """Work of 80 to 125 ms: steady for certain below 8 starts per second, whatever it is."""
    text = QUEUE.replace("100 ms ± 100 ms", "{value: 100 ms ± 100 ms, known: 80 ms .. 125 ms}")
    found = stood(text.replace("COUNT", "1").replace("LIMIT", "60 s"))["quick/shown"]
    success = stood(text.replace("COUNT", "1").replace("LIMIT", "60 s"))["quick-success/shown"]
    for edge_of in (found, success):
        assert edge_of.holds <= 8.0
        assert edge_of.holds == pytest.approx(8.0, rel=0.03)


def test_other_flows_keep_their_load() -> None:
    """Half of the one server is taken by g, so f has 5 starts per second."""
    text = (
        QUEUE.replace("COUNT", "1").replace("LIMIT", "60 s")
        + "  g: {starts: {rate: 5/s}, steps: [{call: a.x}]}\n"
    )
    found = stood(text)["quick/shown"]
    assert found.holds == pytest.approx(5.0, rel=0.03)
    assert found.holds <= 5.0


def test_a_part_is_loaded_by_all_its_flows() -> None:
    text = QUEUE.replace("latency/f/mean, at_most: LIMIT", "utilisation/a, at_most: 60 %").replace(
        "COUNT", "1"
    )
    found = stood(text + "  g: {starts: {rate: 2/s}, steps: [{call: a.x}]}\n")
    assert found["quick/met"].holds == pytest.approx(2.0, rel=0.01)  # 30 % are used as stated
    assert found["quick/shown"].holds == pytest.approx(10 / 3, rel=0.01)


@pytest.mark.parametrize("truth", [0.0, LEAST / 3, 0.004, 0.7, 0.999, 1.0, 1.5, 37.2, 1000.0, 1023.0, 5000.0])
def test_the_edge_is_bracketed(truth: float) -> None:
    asked: list[float] = []

    def holds(factor: float) -> bool:
        asked.append(factor)
        return factor <= truth

    found = edge(holds)
    assert len(asked) < 30
    assert found.holds <= truth <= found.fails
    if LEAST <= truth < MOST:
        assert found.fails / found.holds <= 1 + CLOSE
    elif truth >= MOST:
        assert found == Edge(MOST, math.inf)
    else:
        assert found.holds == 0.0


def test_figures_tell_rates_and_times() -> None:
    model = loads(HEAD + QUEUE.replace("COUNT", "1").replace("LIMIT", "0.4 s").replace("1/s}", "30/min}"))
    ledger = studied(model, assess(model, CATALOG), CATALOG)
    times, rate = ledger["envelope/quick/met"], ledger["envelope/quick/met/rate"]
    assert times.value == pytest.approx(15.0, rel=0.02)
    assert rate.unit == "1/s" and rate.value == pytest.approx(7.5, rel=0.02)
    assert rate.inputs == ("latency/f/mean", "envelope/quick/met")
    assert times.low <= 15.0 <= times.high * 1.02  # type: ignore[operator]


@pytest.mark.parametrize(("flows", "whose"), [(("f",), "f"), (("f", "g"), "all flows")])
def test_figures_of_an_envelope_by_hand(flows: tuple[str, ...], whose: str) -> None:
    """Two flows, f of 3 starts a second: times the load, and starts a second where it is one flow."""
    c = context(
        QUEUE.replace("COUNT", "1").replace("LIMIT", "60 s").replace("1/s}", "3/s}")
        + "  g: {starts: {rate: 2/s}, steps: [{call: a.x}]}\n"
    )
    title = c.ledger.write(Figure("latency/f/mean", "The time of f", "s", low=0.1, high=0.2)).title
    found = Envelope("quick", "latency/f/mean", flows, Edge(1.5, 1.505), Edge(4.0, math.inf))
    made = {f.name: f for f in figures(c, found)}
    rates = [f"envelope/quick/{kind}{rate}" for kind in ("shown", "met") for rate in ("", "/rate")]
    assert list(made) == (rates if len(flows) == 1 else rates[::2])
    shown, met = made["envelope/quick/shown"], made["envelope/quick/met"]
    assert (shown.low, shown.value, shown.high) == (1.5, 1.5, 1.505)
    assert (met.low, met.value, met.high) == (4.0, None, None)
    assert shown.title == f"Times the load of {whose} up to which {title} can be shown"
    assert met.title == f"Times the load of {whose} up to which quick stays met"
    assert [line.value for line in shown.derivation] == ["1.5 times the busiest hour", "1.505 times"]
    assert [line.value for line in met.derivation] == ["4 times the busiest hour", "none"]
    others = "other flows than f keep the rates of the busiest hour"
    assert shown.valid == ("what holds at some load holds at less", *((others,) if len(flows) == 1 else ()))
    if len(flows) == 1:
        rate, most = made["envelope/quick/shown/rate"], made["envelope/quick/met/rate"]
        assert (rate.low, rate.value, rate.high) == (4.5, 4.5, pytest.approx(4.515))
        assert (most.low, most.value, most.high) == (12.0, None, None)
        assert rate.title == f"Starts of f up to which {title} can be shown"
    nothing = Envelope("quick", "latency/f/mean", flows, Edge(0.0, LEAST), Edge(0.0, LEAST))
    assert next(figures(c, nothing)).low == 0.0


def test_what_never_starts_has_no_load_to_change() -> None:
    """A need of a flow that only others run, and one whose rate nobody knows."""
    text = QUEUE.replace("COUNT", "1").replace("LIMIT", "60 s").replace("latency/f", "latency/g")
    c = context(text + "  g: {steps: [{call: a.x}]}\n")
    assert list(envelopes(c, list(results(c)))) == []
    unknown = context(text.replace("latency/g", "latency/f").replace("1/s}", "unknown}"))
    assert list(envelopes(unknown, list(results(unknown)))) == []
