"""People's time, questions and worth at the ends of what is known, and while choices are open: counted by hand."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.hanging import hanging

TEAM = """
people:
  ana: {rate: 60 EUR/h, hours: 40 h, count: {value: 2 people, known: 1 people .. 4 people}}
  idle: {hours: 0 h}
components: {desk: {kind: s, owner: ana, effort: {value: 6 h/month, known: 4 h/month .. 8 h/month}, offers: {x: {}}}}
flows: {f: {starts: {rate: 30/month .. 50/month}, steps: [{ask: ana, takes: 1 h}]}}
"""
WEEKS = 730 / 168


def test_load_at_its_ends() -> None:
    """Least work over most hands, and the other way round."""
    made = context(TEAM)
    found = figure(made, "load/ana")
    ends = (34 / (160 * WEEKS), 58 / (40 * WEEKS))
    assert (found.low, found.high) == pytest.approx(ends) == bounds(made, "load/ana")
    assert found.value == pytest.approx(46 / (80 * WEEKS))
    assert found.derivation[-1].value == f"{80 * WEEKS:.4g} h"
    assert bounds(made, "load/idle") == (0.0, math.inf)  # no work and no hours: nothing is known of it
    assert (figure(made, "load/idle").low, figure(made, "load/idle").high) == (0.0, None)


@pytest.mark.parametrize(
    ("measure", "title", "unit", "value"),
    [
        ("people/hours", "People's time in a month", "h/month", 46.0),
        ("people/month", "People's time in a month, in money", "EUR/month", 2760.0),
        ("work/f/hours", "People's time for f in a month", "h/month", 40.0),
        ("work/f/month", "People's time for f in a month, in money", "EUR/month", 2400.0),
    ],
)
def test_hours_and_money_are_named_so(measure: str, title: str, unit: str, value: float) -> None:
    found = figure(context(TEAM), measure)
    assert (found.title, found.unit, found.value) == (title, unit, pytest.approx(value))


OPEN = """
people: {ana: {rate: 60 EUR/h}}
components:
  way: {kind: s, offers: {x: {}}}
  asking: {kind: s, offers: {x: {steps: [{ask: ana, takes: 30 min, approves: [pay]}]}}}
  quiet: {kind: s, offers: {x: {}}}
flows: {f: {worth: 100 EUR, starts: {rate: 10/month}, steps: [{call: way.x}]}}
"""


def test_questions_of_an_open_choice_may_not_be_asked() -> None:
    made = opened(OPEN, "way", "r", one="asking", other="quiet")
    asked = figure(made, "asked_of/ana/approvals")
    assert (asked.low, asked.value, asked.high) == (0.0, None, pytest.approx(10.0))
    assert figure(made, "brings/f").high == 100.0  # nothing but the question costs anything
    taken = made.with_partial({"r": "one"})
    assert figure(taken, "asked_of/ana/approvals").value == pytest.approx(10.0)
    assert figure(taken, "brings/f").value == pytest.approx(70.0)


@pytest.mark.parametrize(("suppliers", "searched"), [(60, 3), (70, 2)])
def test_larger_sets_are_tried_as_long_as_they_are_fifty_thousand(suppliers: int, searched: int) -> None:
    """60 + 1,770 + 34,220 sets of up to three; 70 + 2,415 + 54,740 are too many."""
    names = [f"s{n}" for n in range(suppliers)]
    made = context(
        f"suppliers: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
        "components:\n"
        + "".join(f"  t{name}: {{kind: tool, supplier: {name}, offers: {{o: {{}}}}}}\n" for name in names)
        + "flows: {f: {starts: {rate: 10/month}, worth: 5 EUR, steps: ["
        + ", ".join(f"{{call: t{name}.o}}" for name in names)
        + "]}}\n"
    )
    found = hanging(made)
    assert (len(found.sets), found.searched) == (suppliers, searched)
    assert f"sets of at most {searched} are listed" in figure(made, "hangs/sets").valid


def test_lines_of_sets_say_percent() -> None:
    made = context("""
people: {ana: {knows: [x]}, ben: {}}
flows:
  a: {starts: {rate: 10/month}, worth: 30 EUR, steps: [{ask: ana, needs_knowledge: [x]}]}
  b: {starts: {rate: 10/month}, worth: 10 EUR, steps: [{ask: ben}]}
""")
    assert [line.value for line in figure(made, "hangs/sets").derivation] == ["75 %"]
    assert [(line.text, line.value) for line in figure(made, "hangs/people.ana/share").derivation] == [
        ("a: 100 % of its runs stop, worth a month", "300.00 EUR/month"),
        ("b: 0 % of its runs stop, worth a month", "100.00 EUR/month"),
    ]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ('suppliers: {s: {renews: "2027-02"}}', "date: state the date"),
        ('date: "2026-11-21"\nsuppliers: {s: {}}', "suppliers.s.renews: state the date"),
    ],
)
def test_a_date_that_is_missing_is_named(body: str, missing: str) -> None:
    assert figure(context(body), "renewal/s").missing == (missing,)
