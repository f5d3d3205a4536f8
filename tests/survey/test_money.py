"""What causes cost equals an arithmetic that uses nothing of Groma; what isn't stated stays unknown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groma import api
from groma.survey import Diagnosis
from survey.surveyed import cost, one, surveyed

SECONDS = 730 * 3600


@pytest.fixture(scope="module")
def eight(root: Path) -> Diagnosis:
    return api.survey(root / "examples/eight-people/today.yaml")


def facts(root: Path) -> dict[str, tuple[float, float]]:
    """The ranges of the example, read by a pattern of our own: name -> (least, most) in the units they are written in."""
    text = (root / "examples/eight-people/facts.yaml").read_text(encoding="utf-8")
    return {
        name: (float(low), float(high))
        for name, low, high in re.findall(r"^  (\w+): .*?known: ([\d.]+) ?[^.]*? \.\. ([\d.]+)", text, re.M)
    }


def test_the_founders_absence_costs_what_quotes_bring_in_it(eight: Diagnosis, root: Path) -> None:
    known = facts(root)
    figure = cost(eight, "knowledge-in-one-head:people.founder")
    assert figure.low == 0.0
    assert figure.high == pytest.approx(known["quotes"][1] * known["quote_worth"][1] * 9 / 52)
    assert figure.value is None
    assert any("flows.figures.worth" in line for line in figure.missing)


@pytest.mark.parametrize(
    ("ident", "often", "minutes", "rate"),
    [
        ("work-by-hand:flows.quote", "quotes", "quote_in_head", "founder_hour"),
        ("tools-do-not-speak:connections.invoice_typed", "jobs", "invoice_by_hand", "office_hour"),
        ("tools-do-not-speak:connections.enquiry_typed", "enquiries", "enquiry_by_hand", "office_hour"),
    ],
)
def test_work_costs_runs_times_minutes_times_rate(
    eight: Diagnosis, root: Path, ident: str, often: str, minutes: str, rate: str
) -> None:
    known = facts(root)
    figure = cost(eight, ident)
    for end, got in enumerate((figure.low, figure.high)):
        assert got == pytest.approx(known[often][end] * known[minutes][end] / 60 * known[rate][end])


def test_the_supplier_costs_the_quotes_of_its_downtime(eight: Diagnosis) -> None:
    """Down 0.05 % of the time in the mean; 34 quotes of 900 EUR (28 to 40 of 700 to 1100)."""
    figure = cost(eight, "one-supplier:suppliers.mail_house")
    assert figure.low == pytest.approx(28 * 700 * 0.0005)
    assert figure.high == pytest.approx(40 * 1100 * 0.0005)


def test_effort_is_hours_times_rates_and_payback_effort_by_saving(eight: Diagnosis) -> None:
    """The table of labour bands says 50 to 95 EUR for an hour of a software engineer in the EU's west."""
    found = one(eight, "work-by-hand:flows.quote")
    hours, effort, saved, back = (
        eight.ledger[n] for n in (found.hours, found.effort, found.saving, found.payback)
    )
    monthly = (28 * 55 / 60, 40 * 75 / 60)
    assert (hours.low, hours.high) == (
        pytest.approx(16 + 0.1 * monthly[0]),
        pytest.approx(80 + 1.0 * monthly[1]),
    )
    assert effort.low == pytest.approx(50 * (16 + 0.1 * monthly[0]))
    assert effort.high == pytest.approx(95 * (80 + monthly[1]))
    figure = eight.ledger[found.cost]
    assert saved.low == pytest.approx((figure.low or 0) * 0.3)
    assert saved.high == pytest.approx((figure.high or 0) * 0.7)
    assert back.low == pytest.approx((effort.low or 0) / (saved.high or 1))
    assert back.high == pytest.approx((effort.high or 0) / (saved.low or 1))


def test_a_precaution_has_no_latest_month_and_an_unknown_saving_refuses(eight: Diagnosis) -> None:
    precaution = eight.ledger[one(eight, "knowledge-in-one-head:people.founder").payback]
    assert precaution.low is not None and precaution.high is None
    unknown = one(eight, "nobody-owns-it")
    refused = eight.ledger[unknown.payback]
    assert refused.low is None and refused.high is None and refused.reason.startswith("refused")


def test_causes_come_in_the_order_of_what_they_cost_and_unknown_ones_last(eight: Diagnosis) -> None:
    middles = [
        None
        if not figure.low and not figure.high
        else ((figure.low or 0.0) + (figure.high or figure.low or 0.0)) / 2
        for figure in (eight.ledger[each.cost] for each in eight.found)
    ]
    known = [middle for middle in middles if middle is not None]
    assert known == sorted(known, reverse=True)
    assert middles[: len(known)] == known
    assert len(known) >= 4


TWICE = """\
people: {ana: {rate: 40 EUR/h, knows: [books]}}
components:
  mail: {kind: tool, owner: ana, offers: {read: {work: 1 s}}}
  books: {kind: tool, owner: ana, offers: {write: {work: 1 s}}}
connections:
  typed: {from: mail, to: books, by_hand: true}
  again: {from: mail, to: books, by_hand: true}
flows: {book: {starts: {rate: 100/month}, steps: [{call: mail.read}, {ask: ana, takes: 15 min}, {call: books.write}]}}
"""


def test_an_hour_that_two_causes_speak_of_is_counted_once() -> None:
    found = surveyed(TWICE)
    each = [cost(found, f"tools-do-not-speak:connections.{name}").value for name in ("again", "typed")]
    assert each == [pytest.approx(1000.0), pytest.approx(1000.0)]
    assert found.ledger[found.total].value == pytest.approx(1000.0)


def test_unknown_stays_unknown_and_says_which_fact_is_missing() -> None:
    found = surveyed(TWICE.replace("rate: 40 EUR/h, ", ""))
    figure = cost(found, "tools-do-not-speak:connections.typed")
    assert (figure.value, figure.low, figure.high) == (None, None, None)
    assert figure.missing == ("people.ana.rate: state what an hour costs",)
    assert "people.ana.rate" in [gap.element for gap in found.gaps]


def test_a_fact_of_the_model_replaces_the_assumed_absence() -> None:
    body = """\
facts: {absence: {value: 10 %, source: calendar of last year, date: 2026-10, exact: true}}
people: {ana: {rate: 60 EUR/h, knows: [pricing]}, ben: {rate: 40 EUR/h}}
flows: {quote: {worth: 500 EUR, starts: {rate: 20/month}, steps: [{ask: ana, takes: 2 h, needs_knowledge: [pricing]}]}}
"""
    figure = cost(surveyed(body), "knowledge-in-one-head:people.ana")
    assert figure.high == pytest.approx(20 * 500 * 0.10)
    assert "fact/absence" in figure.inputs
    assumed = cost(surveyed(body.partition("\n")[2]), "knowledge-in-one-head:people.ana")
    assert assumed.high == pytest.approx(20 * 500 * 9 / 52)
    assert "assumption/absence" in assumed.inputs


def test_what_is_bought_twice_costs_the_price_of_the_second() -> None:
    body = "components:\n  a: {kind: tool, does: Plans jobs, price: 20 EUR/month}\n  b: {kind: tool, does: plans jobs., price: 30 EUR/month}\n"
    found = surveyed(body)
    (case,) = [each for each in found.found if each.cause.id == "bought-without-use" and each.case.key]
    kept = case.case.key
    other = {"components.a": 30.0, "components.b": 20.0}[kept]
    assert found.ledger[case.cost].value == pytest.approx(other)


@pytest.mark.parametrize(
    ("seats", "users", "free"), [("5 seats", 2, 0.6), ("2 seats", 2, 0.0), ("1 seats", 2, 0.0)]
)
def test_seats_that_nobody_uses_cost_their_share_of_the_price(seats: str, users: int, free: float) -> None:
    from groma.model.figure import Ledger
    from groma.model.load import loads
    from groma.rules import EXAMPLE_HEAD, Subject
    from groma.survey.causes.bought_without_use import unused_seats
    from groma.survey.ground import Ground

    people = ", ".join(f"p{n}: {{}}" for n in range(users))
    names = ", ".join(f"p{n}" for n in range(users))
    model = loads(
        f"{EXAMPLE_HEAD}people: {{{people}}}\ncomponents: {{crm: {{kind: tool, price: 50 EUR/month, seats: {seats}, used_by: [{names}]}}}}\n"
    )
    part = unused_seats(Ground(Subject(model, Ledger(model.digest))), model.components["crm"])
    assert part.amount.value == pytest.approx(50 * free)


def test_every_cost_leads_to_lines_of_the_model(eight: Diagnosis) -> None:
    for found in eight.found:
        figure = eight.ledger[found.cost]
        if figure.low is not None:
            behind = eight.ledger.inputs_of(figure.name)
            assert any(given.where.partition(":")[0].endswith(".yaml") for given in behind), found.id


def test_of_one_amount_that_two_causes_name_the_surer_counts_whichever_comes_first() -> None:
    from groma.analyses.interval import Interval
    from groma.model.figure import Ledger
    from groma.model.load import loads
    from groma.rules import EXAMPLE_HEAD, Subject
    from groma.survey import Ground, Part
    from groma.survey.money import cost as added

    model = loads(EXAMPLE_HEAD)
    ground = Ground(Subject(model, Ledger(model.digest)))
    sure = Part("work/a", "a", Interval(50.0, 60.0, 70.0))
    perhaps = Part("work/a", "a, if it is so", Interval(0.0, None, 70.0))
    for name, parts in (("one", (sure, perhaps)), ("other", (perhaps, sure))):
        assert added(ground, name, "", parts).low == 50.0
