"""How much load is stood, against closed forms of queues and brute force."""

from __future__ import annotations

import math

import pytest

from analyses.given import CATALOG, HEAD, context
from groma.analyses import assess
from groma.analyses.envelope import CLOSE, LEAST, MOST, Edge, edge, envelopes
from groma.analyses.needs import results
from groma.analyses.uncertainty.study import studied
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
    assert found.holds <= 8.0
    assert found.holds == pytest.approx(8.0, rel=0.03)


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
