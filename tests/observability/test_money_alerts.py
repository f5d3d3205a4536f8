"""Limits on money: above the exact law of compound Poisson sums (Panjer) and a stream that is played, and not far."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.analyses import Context, figure
from groma.analyses.observability import plan
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.solvers.monitoring import Stream, spend_limit

CATALOG = load_catalog()
HOUR, DAY, MONTH = 3600.0, 86400.0, 2_628_000.0
COIN = Stream(100 / HOUR, np.array([0.0, 1.0, 5.0]), np.array([0.2, 0.7, 0.1]))


def panjer(mean: float, shares: list[float], most: int) -> np.ndarray:
    """Law of a compound Poisson sum on whole amounts (Panjer 1981): g_s = mean / s * sum of j f_j g_(s - j)."""
    law = np.zeros(most + 1)
    law[0] = math.exp(-mean * (1 - shares[0]))
    for s in range(1, most + 1):
        law[s] = mean / s * sum(j * shares[j] * law[s - j] for j in range(1, min(s, len(shares) - 1) + 1))
    return law


def test_the_limit_holds_by_the_exact_law_and_is_near_the_least() -> None:
    alarms = 1 / MONTH
    limit = spend_limit((COIN,), HOUR, alarms)
    shares = [0.2, 0.7, 0.0, 0.0, 0.0, 0.1]
    law = panjer(100.0, shares, 700)

    def crossings(at: float) -> float:
        """Mecke: rate times the chance that a run lifts the sum over the limit."""
        tail = np.concatenate([np.cumsum(law[::-1])[::-1][1:], [0.0]])  # P(S > s)
        below = {j: tail[max(0, math.floor(at) - j)] - tail[math.floor(at)] for j in (1, 5)}
        return COIN.rate * sum(shares[j] * below[j] for j in below)

    assert crossings(limit) <= alarms
    least = next(t for t in range(120, 600) if crossings(t) <= alarms)
    assert least <= limit <= 1.12 * least


def test_a_stream_that_is_played_passes_it_no_more_often() -> None:
    often = 1 / (2 * DAY)
    limit = spend_limit((COIN,), HOUR, often)
    rng, span = np.random.default_rng(5), 400 * DAY
    count = rng.poisson(COIN.rate * span)
    times = np.sort(rng.uniform(0.0, span, count))
    spent = np.concatenate([[0.0], np.cumsum(rng.choice(COIN.amounts, count, p=COIN.shares))])
    first = np.searchsorted(times, times - HOUR, side="right")
    sums = spent[1:] - spent[first]  # within the hour up to and with each run
    above = sums > limit
    ups = int(np.count_nonzero(above[1:] & ~above[:-1]))
    assert ups <= span * often
    assert np.count_nonzero(sums > 0.8 * limit) > 20  # it isn't out of reach


def test_several_streams_and_the_edges() -> None:
    half = Stream(COIN.rate / 2, COIN.amounts, COIN.shares)
    assert spend_limit((half, half), HOUR, 1e-6) == pytest.approx(spend_limit((COIN,), HOUR, 1e-6))
    assert spend_limit((), HOUR, 1e-6) == 0.0
    assert spend_limit((Stream(1.0, np.zeros(3), np.array([0.5, 0.5, 0.0])),), HOUR, 1e-6) == 0.0
    for unit in (1e-6, 1e6):  # in another currency
        other = Stream(COIN.rate, unit * COIN.amounts, COIN.shares)
        assert spend_limit((other,), HOUR, 1e-6) == pytest.approx(unit * spend_limit((COIN,), HOUR, 1e-6))
    rarer = spend_limit((COIN,), HOUR, 1e-8)
    assert rarer > spend_limit((COIN,), HOUR, 1e-6) > COIN.mean * HOUR
    with pytest.raises(ValueError, match="add up to one"):
        spend_limit((Stream(1.0, np.ones(2), np.array([0.5, 0.1])),), HOUR, 1e-6)


MODEL = """groma: 1
system: X
currency: EUR
components:
  desk: {kind: service, price: 0 EUR/month, offers: {take: {work: 1 ms}}}
  bot: {kind: llm, price: {call: 0.02 EUR}, offers: {write: {work: 1 s}}}
flows:
  care:
    starts: {rate: 20/h, busiest: 60/h}
    steps:
      - call: desk.take
      - choose:
          - {share: 75 %, steps: [{call: bot.write}]}
          - {share: 25 %, steps: [{repeat: {times: 5, steps: [{call: bot.write}]}}]}
"""


def context(body: str) -> Context:
    model = loads(body)
    return Context(model, CATALOG, Ledger(model.digest))


def test_the_first_signal_of_money_tells_both_ends_of_how_long_it_takes() -> None:
    made = plan(context(MODEL))
    for alert in made.alerts:
        detection = next((f for f in alert.figures if f.name == alert.figure("detection")), None)
        if alert.kind != "cost" or detection is None:
            continue
        (signal,) = (s for s in made.signals if s.mode == alert.name)
        assert signal.figure is not None and signal.alert == alert.name
        assert (signal.figure.low, signal.figure.value, signal.figure.high) == (
            detection.low, None, detection.high,
        )  # fmt: skip
        assert signal.figure.low is not None and signal.figure.low > 0.0


def test_thresholds_are_those_of_what_a_run_costs() -> None:
    there = context(MODEL)
    alerts = {a.name: a for a in plan(there).alerts if a.kind == "cost"}
    assert set(alerts) == {"cost-hour", "cost-day"}
    run = np.array([0.02, 0.10])
    for name, rate, window in (("cost-hour", 60 / HOUR, HOUR), ("cost-day", 20 / HOUR, DAY)):
        limit = spend_limit((Stream(rate, run, np.array([0.75, 0.25])),), window, 1 / MONTH)
        found = {f.name.rpartition("/")[2]: f for f in alerts[name].figures}
        assert found["threshold"].value == pytest.approx(limit, rel=2e-3)
        assert (found["false-alarms"].low, found["false-alarms"].high) == (0.0, 1 / MONTH)
        assert "cost/care/p99" in found["threshold"].inputs
    day = {f.name.rpartition("/")[2]: f for f in alerts["cost-day"].figures}
    mean = figure(there, "cost/care/run").value
    assert mean == pytest.approx(0.04)
    # everything at twice its price: the day's limit is reached before the day is over
    assert day["detection"].high == pytest.approx(
        (day["threshold"].value or 0.0) / (2 * 0.04 * 20 / HOUR), rel=1e-6
    )
    assert day["detection"].low == pytest.approx(day["detection"].high, rel=2e-3)  # dearest and mean are one
    assert day["threshold"].derivation[1].value.startswith("19.2")  # 480 runs of 4 cents in the mean
    assert day["threshold"].derivation[0].value == "480"
    # a run a day at twice its price stays below what three of them cost by chance
    rare = MODEL.replace("rate: 20/h, busiest: 60/h", "rate: 1/day, busiest: 1/day")
    hour = {a.name: a for a in plan(context(rare)).alerts}["cost-hour"]
    assert [f.name.rpartition("/")[2] for f in hour.figures] == ["threshold", "window", "false-alarms"]


def test_how_long_somebody_takes_costs_no_call() -> None:
    asked = MODEL.replace("components:\n", "people: {ana: {}}\ncomponents:\n").replace(
        "      - call: desk.take\n", "      - call: desk.take\n      - ask: ana\n"
    )
    guard = "{call: desk.take, guard: {name: w, rejects: 0 %, takes: unknown}}"
    guarded = MODEL.replace("call: desk.take\n", guard + "\n")
    limits = [
        {a.name: a for a in plan(context(body)).alerts}["cost-hour"].figures[0].value
        for body in (MODEL, asked, guarded)
    ]
    assert limits[0] == limits[1] == limits[2] is not None


def test_without_an_end_the_bill_has_to_do() -> None:
    endless = MODEL.replace("{times: 5, steps", "{until: 30 %, steps")
    alerts = {a.name: a for a in plan(context(endless)).alerts if a.kind == "cost"}
    assert "no end in care" in alerts["cost-hour"].refused
    day = {f.name.rpartition("/")[2]: f for f in alerts["cost-day"].figures}
    assert day["threshold"].inputs == ("cost/flow/care",) and day["false-alarms"].reason
    spent = 480 * 0.02 * (0.75 + 0.25 / 0.3)  # runs a day, calls a run
    assert day["threshold"].value == pytest.approx(spent)
    assert [line.value for line in day["threshold"].derivation] == [
        f"{spent * 730 / 24:.6g} EUR", f"{spent:.6g} EUR", f"{spent:.6g} EUR",
    ]  # fmt: skip
    two = endless + "  other: {starts: {rate: 20/h}, steps: [{call: bot.write}]}\n"
    both = {a.name: a for a in plan(context(two)).alerts}["cost-day"].figures[0]
    assert both.value == pytest.approx(spent + 480 * 0.02)


def test_what_costs_nothing_by_the_run_is_not_watched() -> None:
    free = MODEL.replace("price: {call: 0.02 EUR}", "price: 900 EUR/month")
    assert all("costs nothing" in a.refused for a in plan(context(free)).alerts if a.kind == "cost")


def test_the_busiest_day_of_the_week_counts() -> None:
    week = MODEL.replace(
        "rate: 20/h, busiest: 60/h", "rate: 20/h, through_the_week: [{on: Mon-Fri 00:00-24:00, times: 4}]"
    )
    flat = {a.name: a for a in plan(context(MODEL)).alerts}["cost-day"].figures[0].value or 0.0
    busy = {a.name: a for a in plan(context(week)).alerts}["cost-day"].figures[0].value or 0.0
    factor = 4 / ((5 * 4 + 2) / 7)
    limit = spend_limit(
        (Stream(20 * factor / HOUR, np.array([0.02, 0.1]), np.array([0.75, 0.25])),), DAY, 1 / MONTH
    )
    assert busy == pytest.approx(limit, rel=2e-3) and busy > flat


def test_hours_of_one_day_make_it_the_busiest() -> None:
    week = "rate: 20/h, through_the_week: [{on: Mon 08:00-12:00, times: 7}, {on: Sat 00:00-06:00, times: 2}]"
    busy = {a.name: a for a in plan(context(MODEL.replace("rate: 20/h, busiest: 60/h", week))).alerts}[
        "cost-day"
    ]
    days = [1 + 6 * 4 / 24, 1, 1, 1, 1, 1 + 6 / 24, 1]
    rate = 20 / HOUR * max(days) * 7 / sum(days)
    limit = spend_limit((Stream(rate, np.array([0.02, 0.1]), np.array([0.75, 0.25])),), DAY, 1 / MONTH)
    assert busy.figures[0].value == pytest.approx(limit, rel=2e-3)


def test_a_limit_on_money_is_not_below_what_is_spent_on_average() -> None:
    """Where alarms may begin as often as runs come, any limit does; a hundred seconds of a coin each are a hundred."""
    assert spend_limit([Stream(1.0, np.array([1.0]), np.array([1.0]))], 100.0, 10.0) == pytest.approx(100.0)
