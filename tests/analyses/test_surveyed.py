"""Figures that a surveyor asks for, against hand-worked numbers, root finding and calendars."""

from __future__ import annotations

import datetime
import math
import random

import pytest
from scipy.optimize import brentq

from groma.analyses.context import Context
from groma.analyses.growth import months_until
from groma.analyses.registry import bounds, figure
from groma.analyses.waits import lying as lying_in
from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads

CATALOG = load_catalog()
HEAD = "groma: 1\nsystem: x\ncurrency: EUR\n"


def context(body: str) -> Context:
    model = loads(HEAD + body)
    return Context(model, CATALOG, Ledger(model.digest))


# --- growth ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_the_month_is_where_work_meets_capacity(seed: int) -> None:
    rng = random.Random(seed)
    fixed, growing, growth = rng.uniform(0, 40), rng.uniform(1, 60), rng.uniform(0.01, 2.0)
    capacity = fixed + growing * rng.uniform(1.01, 5)
    root = brentq(lambda t: fixed + growing * (1 + growth) ** (t / 12) - capacity, 0, 3_000)
    assert months_until(fixed, growing, capacity, growth) == pytest.approx(root)


def test_what_is_full_is_full_now_and_what_does_not_grow_never_is() -> None:
    assert months_until(10, 30, 40, 0.1) == 0.0
    assert months_until(10, 30, 39, 0.1) == 0.0
    assert months_until(10, 0, 40, 0.1) == math.inf
    assert months_until(10, 20, 40, 0.0) == math.inf
    assert months_until(0, 1, 2, 1.0) == pytest.approx(12.0)


GROWING = """\
growth: {value: 20 %, known: 10 % .. 30 %}
people: {ana: {hours: 40 h}}
components: {crm: {kind: tool, owner: ana, effort: 10 h/month, price: 0 EUR/month}}
flows:
  f: {starts: {rate: {value: 100/month, known: 90/month .. 110/month}}, steps: [{ask: ana, takes: 1 h}]}
"""


def test_a_persons_month_with_its_range_from_facts() -> None:
    hours = 40 * 730 / 168
    found = figure(context(GROWING), "full/people.ana")
    assert found.value == pytest.approx(12 * math.log((hours - 10) / 100) / math.log(1.2))
    assert found.low == pytest.approx(12 * math.log((hours - 10) / 110) / math.log(1.3))
    assert found.high == pytest.approx(12 * math.log((hours - 10) / 90) / math.log(1.1))
    assert found.unit == "month"
    assert {"model/growth", "model/people.ana.hours", "model/components.crm.effort"} <= set(found.inputs)


def test_a_station_is_full_when_its_servers_are() -> None:
    body = (
        "growth: 50 %\ncomponents: {web: {kind: service, threads: 1, offers: {get: {work: 50 ms}}}}\n"
        "flows: {visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}}\n"
    )
    found = figure(context(body), "full/components.web")
    assert found.value == pytest.approx(12 * math.log(2) / math.log(1.5))
    assert (found.low, found.high) == pytest.approx((found.value, found.value))
    retried = body.replace("[{call: web.get}]", "[{call: web.get, timeout: 1 s, retry: {times: 2}}]")
    storm = figure(context(retried), "full/components.web")
    assert storm.low == 0.0
    assert storm.high is not None and storm.high <= found.value * (1 + 1e-6)
    assert "the earliest month lets every retry happen" in storm.valid


def test_servers_of_several_flows_are_full_earliest_where_every_retry_happens() -> None:
    """Four servers: 0.1 s for each of 6 and of 3 starts a second are 22.5 % of them, every one of the 3 retried 52.5 %.

    Where work has a range, the earliest month is that of the most work.
    """
    body = (
        "growth: 50 %\ncomponents: {web: {kind: s, threads: 2, replicas: 2, offers: {get: {work: WORK}}}}\n"
        "flows:\n  calm: {starts: {rate: 6/s}, steps: [{call: web.get}]}\n"
        "  hurried: {starts: {rate: 3/s}, steps: [{call: web.get, timeout: 1 s RETRY}]}\n"
    )
    retries = "the earliest month lets every retry happen"
    calm = figure(context(body.replace("WORK", "100 ms").replace("RETRY", "")), "full/components.web")
    month = 12 * math.log(1 / 0.225) / math.log(1.5)
    assert (calm.low, calm.value, calm.high) == (pytest.approx(month),) * 3 and retries not in calm.valid
    storm = figure(
        context(body.replace("WORK", "100 ms").replace("RETRY", ", retry: {times: 4}")), "full/components.web"
    )
    assert storm.low == pytest.approx(12 * math.log(1 / 0.525) / math.log(1.5)) and retries in storm.valid
    assert (storm.value, storm.high) == (pytest.approx(month),) * 2
    ranged = body.replace("WORK", "{value: 100 ms, known: 50 ms .. 200 ms}").replace("RETRY", "")
    wide = figure(context(ranged), "full/components.web")
    assert (wide.low, wide.high) == (
        pytest.approx(12 * math.log(1 / 0.45) / math.log(1.5)), pytest.approx(12 * math.log(1 / 0.1125) / math.log(1.5)),
    )  # fmt: skip
    assert (
        retries not in wide.valid
    )  # neither with a retry of something else, nor with one that never happens
    for there, noted in (("times: 0", False), ("times: 1", True)):
        text = ranged.replace("timeout: 1 s", f"timeout: 1 s, retry: {{{there}}}")
        assert (retries in figure(context(text), "full/components.web").valid) is noted
    beside = ranged.replace(
        "flows:", "flows:\n  other: {starts: {rate: 1/s}, steps: [{call: far.f, timeout: 1 s, retry: {times: 1}}]}"
    ).replace("components: {", "components: {far: {kind: s, offers: {f: {work: 1 ms}}}, ")  # fmt: skip
    assert retries not in figure(context(beside), "full/components.web").valid


def test_the_effort_of_components_is_the_sum_of_what_they_state() -> None:
    body = (
        "components:\n  a: {kind: s, effort: {value: 10 h/month, known: 8 h/month .. 14 h/month}}\n"
        "  b: {kind: s, effort: 20 min/week}\n"
    )
    b = 1 / 3 * 730 / 168
    whole = figure(context(body), "effort/month")
    assert (whole.low, whole.value, whole.high) == pytest.approx((8 + b, 10 + b, 14 + b))
    assert [(line.text, line.value) for line in whole.derivation] == [
        ("to keep a alive", "10 h/month"), ("to keep b alive", f"{b:.4g} h/month"),
    ]  # fmt: skip
    assert whole.reason == "" and whole.unit == "h/month"
    some = figure(context(body + "  c: {kind: s}\n"), "effort/month")
    assert (some.low, some.value, some.high) == (pytest.approx(8 + b), None, None)
    assert some.reason == "at least: 2 of 3 components state their effort"
    assert some.missing == ("components.c.effort: state the hours a month it takes",)
    none = figure(context("components: {c: {kind: s}}\n"), "effort/month")
    assert (none.low, none.reason) == (None, "at least: 0 of 1 components state their effort")


def test_without_growth_hours_or_servers_the_month_is_refused() -> None:
    assert figure(context("people: {ana: {hours: 8 h}}\n"), "full/people.ana").missing == (
        "growth: state how much more load is expected each year",
    )
    assert figure(context("growth: 10 %\npeople: {ana: {}}\n"), "full/people.ana").missing == (
        "people.ana.hours: state the working hours a week",
    )
    assert figure(context("growth: 10 %\npeople: {ana: {hours: 8 h}}\n"), "full/people.ana").words == "never"
    unlimited = figure(context("growth: 10 %\ncomponents: {a: {kind: tool}}\n"), "full/components.a")
    assert unlimited.missing == ("components.a.threads: state how many calls it works on at once",)
    with pytest.raises(ValueError, match=r"full/people\.NAME"):
        figure(context("growth: 10 %\n"), "full/flows.x")


def test_work_of_unknown_time_leaves_no_point() -> None:
    body = GROWING.replace("{ask: ana, takes: 1 h}", "{ask: ana, takes: 1 h}, {ask: ana}")
    found = figure(context(body), "full/people.ana")
    assert found.value is None
    assert found.low == 0.0  # it may be full already
    assert found.high is not None
    assert found.missing == ("flows.f.steps.2.takes: state how long it takes",)


# --- time and money of a flow ----------------------------------------------------------------------------------------

WORK = """\
exchange: {USD: 0.5 EUR}
people: {ana: {rate: 60 EUR/h}, ben: {rate: 40 USD/h}}
components: {sms: {kind: tool, price: 5 EUR/month, offers: {send: {price: {call: 2 EUR}}}}}
flows:
  f:
    worth: {value: 100 USD, known: 80 USD .. 120 USD}
    starts: {rate: 10/month}
    steps:
      - {ask: ana, takes: 30 min, title: write}
      - {call: sms.send}
      - choose: [{share: 25 %, steps: [{ask: ben, takes: 2 h}]}, {share: 75 %, steps: []}]
  g: {starts: {rate: 3/month}, steps: [{ask: ana, takes: 1 h}]}
"""


def test_time_of_a_flow_is_its_own_questions() -> None:
    here = context(WORK)
    assert figure(here, "work/f/hours").value == pytest.approx(10 * (0.5 + 0.25 * 2))
    assert figure(here, "work/f/month").value == pytest.approx(10 * (0.5 * 60 + 0.25 * 2 * 20))
    assert figure(here, "work/g/hours").value == pytest.approx(3)
    assert figure(here, "people/hours").value is None  # the tool's effort isn't stated
    assert bounds(here, "work/g/hours") == (pytest.approx(3), pytest.approx(3))


def test_what_a_run_brings_is_its_worth_less_time_and_bill() -> None:
    found = figure(context(WORK), "brings/f")
    cost = 0.5 * 60 + 0.25 * 2 * 20 + 2
    assert (found.value, found.low, found.high) == pytest.approx((50 - cost, 40 - cost, 60 - cost))
    assert found.unit == "EUR"
    assert figure(context(WORK), "brings/g").status == "not shown"


def test_a_cost_that_nobody_states_leaves_the_most_a_run_can_bring() -> None:
    found = figure(context(WORK.replace("ben: {rate: 40 USD/h}", "ben: {}")), "brings/f")
    assert found.value is None and found.low is None
    assert found.high == pytest.approx(60 - 32)
    assert found.missing == ("people.ben.rate: state what an hour costs",)


# --- seats -----------------------------------------------------------------------------------------------------------


def seats(tool: str, people: str = "{ana: {}, crew: {count: 3 people}}") -> Context:
    return context(f"people: {people}\ncomponents: {{crm: {{kind: tool, used_by: [ana, crew], {tool}}}}}\n")


def test_seats_beyond_the_heads_and_their_price() -> None:
    here = seats("seats: 7, price: 15 EUR/seat/month")
    assert figure(here, "seats/crm").value == 3
    assert figure(here, "seats/crm/month").value == pytest.approx(45)
    assert figure(here, "cost/component/crm").value == pytest.approx(7 * 15)
    assert figure(seats("seats: 2, price: 15 EUR/seat/month"), "seats/crm").value == 0
    flat = figure(seats("seats: 7, price: 90 EUR/month"), "seats/crm/month")
    assert flat.missing == ("components.crm.price: state the price of a seat: `15 EUR/seat/month`",)


def test_a_team_of_uncertain_size_gives_a_range_of_seats() -> None:
    here = seats(
        "seats: 7, price: 10 EUR/seat/month",
        "{ana: {}, crew: {count: {value: 3 people, known: 2 people .. 5 people}}}",
    )
    found = figure(here, "seats/crm")
    assert (found.low, found.value, found.high) == (1, 3, 4)


# --- waits, approvals, renewals --------------------------------------------------------------------------------------


def test_how_many_lie_before_a_person_is_littles_law() -> None:
    body = """\
people: {ana: {}}
flows:
  f:
    worth: 300 EUR
    starts: {rate: 20/month}
    steps: [{choose: [{share: 50 %, steps: [{wait: 3 day}, {ask: ana, takes: 1 h}]}, {share: 50 %, steps: []}]}]
"""
    here = context(body)
    (ask,) = [each.ask.path for each in lying_in(here.model)]
    assert figure(here, f"waits/{ask}").value == pytest.approx(3 * 86_400)
    lying = 20 * 0.5 * 3 / (730 / 24)
    assert figure(here, f"waits/{ask}/runs").value == pytest.approx(lying)
    assert figure(here, f"waits/{ask}/worth").value == pytest.approx(lying * 300)
    with pytest.raises(ValueError, match="nothing waits"):
        figure(here, "waits/flows.f.steps.9")


def test_what_lies_before_a_person_is_that_of_all_flows_that_come_there() -> None:
    """Two flows a shared question: twelve and eight runs a month, three days each; in dollars one of them."""
    body = """\
exchange: {USD: 0.5 EUR}
people: {ana: {}}
flows:
  f: {worth: 30 EUR, starts: {rate: 12/month}, steps: [{do: g}]}
  h: {worth: 30 USD, starts: {rate: 8/month}, steps: [{do: g}]}
  g: {steps: [{wait: 3 day}, {ask: ana, takes: 1 h}]}
"""
    here = context(body)
    (ask,) = [each.ask.path for each in lying_in(here.model)]
    long, runs, worth = (figure(here, f"waits/{ask}{of}") for of in ("", "/runs", "/worth"))
    lying = 3 / (730 / 24)
    assert (runs.value, worth.value) == pytest.approx((20 * lying, 12 * lying * 30 + 8 * lying * 15))
    assert [each.unit for each in (long, runs, worth)] == ["s", "1", "EUR"]
    assert [each.method for each in (long, runs, worth)] == ["as stated", "Little's law", "Little's law"]
    assert "Worth" in worth.title and "Runs that lie" in runs.title


def test_approvals_of_a_month_are_runs_times_questions() -> None:
    body = """\
people: {ana: {}, ben: {}}
flows:
  f: {starts: {rate: 20/month}, steps: [{ask: ana, approves: [pay]}, {ask: ana, takes: 1 h}, {ask: ben, rejects: 5 %}]}
  g: {starts: {rate: 6/month}, steps: [{choose: [{share: 50 %, steps: [{ask: ana, rejects: 10 %}]}, {share: 50 %, steps: []}]}]}
"""
    here = context(body)
    assert figure(here, "asked_of/ana/approvals").value == pytest.approx(20 + 3)
    assert figure(here, "asked_of/ben/approvals").value == pytest.approx(20)


@pytest.mark.parametrize("seed", range(10))
def test_days_until_notice_are_those_of_the_calendar(seed: int) -> None:
    rng = random.Random(seed)
    today = datetime.date(2026, 1, 1) + datetime.timedelta(days=rng.randint(0, 700))
    renews = today + datetime.timedelta(days=rng.randint(-50, 400))
    notice = rng.randint(0, 90)
    body = f'date: "{today}"\nsuppliers: {{s: {{renews: "{renews}", notice: {notice} day}}}}\n'
    found = figure(context(body), "renewal/s")
    assert found.value == (renews - today).days - notice
    assert found.unit == "day"


def test_a_date_without_a_day_is_a_range_of_days() -> None:
    found = figure(context('date: "2026-11-21"\nsuppliers: {s: {renews: "2027-02"}}\n'), "renewal/s")
    assert (found.value, found.low, found.high) == (None, 72, 99)
    assert figure(context('date: "2026-11-21"\nsuppliers: {s: {}}\n'), "renewal/s").status == "not shown"
