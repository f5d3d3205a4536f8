"""Copies made by components, purchases spread over their life, work that one person alone can do: by hand."""

from __future__ import annotations

import itertools
import math

import pytest

from groma.analyses import Context, bounds, figure
from groma.catalog import load_catalog
from groma.model.elements import Alternative, Model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from groma.model.position import ModelError

CATALOG = load_catalog()
HEAD = "groma: 1\nsystem: T\ncurrency: EUR\n"


def context(text: str) -> Context:
    model = loads(HEAD + text)
    return Context(model, CATALOG, Ledger(model.digest))


def shown(text: str, measure: str) -> Figure:
    return figure(context(text), measure)


def test_the_newest_of_several_copies_is_restored() -> None:
    text = """
components:
  tape:
    kind: backup
    copies: {orders: {every: 24 h, takes: 2 h, rate: 100 MB/s, detect: 1 h, decide: 1 h, verify: 1 h}}
  disk:
    kind: backup
    copies: {orders: {every: 15 min, takes: 1 min, rate: 1 GB/s, detect: 1 h, decide: 0 s, verify: 0 s}}
data: {orders: {held_by: tape, size: 3.6 TB, backup: {every: 2 h, takes: 1 min}}}
"""
    assert shown(text, "recovery/orders@corrupted/rpo").value == 960.0
    assert shown(text, "recovery/orders@corrupted/rto").value == pytest.approx(3600 + 3600)


def test_a_copy_of_data_that_are_not_there_is_a_problem() -> None:
    with pytest.raises(ModelError, match=r"components\.disk.copies.ordrs: there is no `ordrs` in `data`"):
        loads(
            HEAD + "components: {disk: {kind: backup, copies: {ordrs: {every: 1 h}}}}\ndata: {orders: {}}\n"
        )


def test_open_copies_are_bounded_by_every_completion() -> None:
    """Two roles, each with a way of copying and one without: the open bounds enclose all four closed ones."""
    data = "data: {orders: {held_by: store, size: 1 TB}}\n"
    store = "  store: {kind: storage}\n"
    ways = {
        "a": {
            "day": "{kind: b, copies: {orders: {every: 24 h, takes: 1 h, rate: 500 MB/s}}}",
            "none": "{kind: b}",
        },
        "b": {
            "hour": "{kind: b, copies: {orders: {every: 1 h, takes: 10 min, rate: 100 MB/s}}}",
            "none": "{kind: b}",
        },
    }

    def model(a: str, b: str) -> Model:
        return loads(f"{HEAD}components:\n{store}  a: {ways['a'][a]}\n  b: {ways['b'][b]}\n{data}")

    base = loads(f"{HEAD}components:\n{store}{data}")
    from dataclasses import replace

    alternatives = {
        role: tuple(
            Alternative(
                role=role,
                variant=v,
                component=model(*((v, "none") if role == "a" else ("none", v))).components[role],
            )
            for v in ways[role]
        )
        for role in ways
    }
    opened = Context(replace(base, alternatives=alternatives), CATALOG, Ledger(base.digest))
    for partial in ({}, {"a": "day"}, {"b": "hour"}, {"a": "none"}, {"a": "day", "b": "hour"}):
        at_best, at_worst = bounds(opened.with_partial(partial), "recovery/orders/rpo")
        for a, b in itertools.product(ways["a"], ways["b"]):
            if partial.get("a", a) == a and partial.get("b", b) == b:
                whole = model(a, b)
                found = figure(Context(whole, CATALOG, Ledger(whole.digest)), "recovery/orders/rpo").value
                assert at_best <= (math.inf if found is None else found) <= at_worst


def test_a_purchase_is_spread_over_its_life_with_its_range() -> None:
    host = "{kind: host, replicas: 3, price: {once: 6000 EUR .. 12000 EUR}, lasts: 4 years .. 5 years}"
    text = f"components: {{host: {host}}}\n"
    found = shown(text, "cost/month")
    assert (found.low, found.high) == pytest.approx((3 * 6000 / 60, 3 * 12000 / 48))
    assert shown(text, "cost/once").high == 36000.0


def test_a_purchase_without_a_life_is_not_in_the_month() -> None:
    text = "components: {host: {kind: host, price: {once: 6000 EUR, power: 10 EUR/month}}}\n"
    assert shown(text, "cost/month").value == 10.0


PEOPLE = """
people:
  ana: {rate: 60 EUR/h, knows: [pricing, tax]}
  ben: {rate: 40 EUR/h, knows: [pricing]}
  team: {count: 2 people, rate: 30 EUR/h, knows: [post]}
components:
  books: {kind: tool, needs_knowledge: [tax], effort: 5 h/month .. 7 h/month}
  mail: {kind: tool, needs_knowledge: [post], effort: 3 h/month}
flows:
  f:
    starts: {rate: 10/month}
    steps:
      - {ask: ana, takes: 1 h, needs_knowledge: [pricing]}
      - {ask: ana, takes: 2 h, needs_knowledge: [pricing, tax]}
      - {ask: team, takes: 1 h, needs_knowledge: [post]}
      - {ask: ben, takes: 1 h}
"""


def test_hours_that_one_head_alone_can_do() -> None:
    """By hand: ten times the two hours that need tax, and the books; pricing has two heads, the team has two."""
    found = shown(PEOPLE, "dependence/hours")
    assert (found.low, found.value, found.high) == pytest.approx((25, 26, 27))
    assert shown(PEOPLE, "dependence/hours/ana").value == pytest.approx(26)
    assert shown(PEOPLE, "dependence/hours/ben").value == 0.0
    assert shown(PEOPLE, "dependence/month").value == pytest.approx(26 * 60)
    assert bounds(context(PEOPLE), "dependence/hours") == pytest.approx((25, 27))
    assert bounds(context(PEOPLE), "dependence/hours/ana") == pytest.approx((25, 27))
    assert bounds(context(PEOPLE), "dependence/hours/ben") == (0.0, 0.0)
    assert found.title == "Work that only one person can do"
    assert shown(PEOPLE, "dependence/month/ana").title == "Work that only ana can do, in money"


def test_teaching_a_second_person_takes_it_away() -> None:
    taught = PEOPLE.replace(
        "ben: {rate: 40 EUR/h, knows: [pricing]}", "ben: {rate: 40 EUR/h, knows: [pricing, tax]}"
    )
    assert shown(taught, "dependence/hours").value == 0.0


def test_effort_that_nobody_states_leaves_a_lower_bound() -> None:
    unknown = PEOPLE.replace(", effort: 5 h/month .. 7 h/month", "")
    found = shown(unknown, "dependence/hours")
    assert (found.value, found.low, found.high) == (None, pytest.approx(20), None)
    assert "components.books.effort: state how long it takes" in found.missing


def test_a_need_of_it_is_held_as_hours_a_month() -> None:
    from groma.analyses import assess

    text = "needs: {shared: {measure: dependence/hours, at_most: 30 h/month}}\n" + PEOPLE
    (result,) = assess(loads(HEAD + text), CATALOG).needs
    assert (result.verdict, result.target.value) == ("met", pytest.approx(30))
