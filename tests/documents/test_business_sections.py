"""The blueprint of a business: what a developer needs stands there, and what isn't known is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from groma.documents.deliverables.acceptance_sections import acceptance_tests
from groma.documents.deliverables.change_sections import before_and_after, migration
from groma.documents.deliverables.integration_sections import dictionary, in_step, integrations
from groma.documents.deliverables.subject import Subject
from groma.documents.deliverables.tool_sections import automations, by_function, handover, permissions
from groma.documents.quote import Quoter
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads

TEXT = """\
groma: 1
system: Shop
currency: EUR
people:
  ana: {title: Ana, role: sells}
suppliers:
  house: {title: House, in: DE, exit: letter by post, renews: "2027-01-31", notice: 30 days}
places: {here: {in: DE}}
components:
  desk:
    kind: tool
    title: Desk
    does: holds orders
    functions: [orders]
    used_by: [ana]
    place: here
    offers:
      enter:
        title: enter an order
        effect: idempotent
        allowed: [ana]
        request: {customer: order.customer}
        response: {number: order.number}
  bills:
    kind: tool
    title: Bills
    does: writes bills
    functions: [bills]
    used_by: [ana]
    holders: [ana]
    registered_to: business
    supplier: house
    exit: bills as XML
    place: here
    offers:
      issue:
        effect: keyed
        allowed: [ana]
        request: {order_number: bill.order_number}
        response: {number: bill.number}
data:
  bill: {title: Bills, class: personal, held_by: [bills], fields: {number: string, order_number: order.number}}
  order:
    {title: Orders, class: personal, held_by: [desk, bills], owner: ana, fields: {number: string, customer: string}}
connections:
  to_bills:
    from: desk
    to: bills
    carries: [order]
    when: an order is shipped
    maps: {order_number: order.number}
    on_error: Ana is told
    protocol: HTTPS
    owner: ana
flows:
  sell:
    title: Sell
    starts: {rate: 3/day}
    by: ana
    for: ana
    on_error: try again
    steps: [{call: desk.enter, carries: [order]}]
  bill:
    title: Bill
    starts: {rate: 3/day}
    by: ana
    for: ana
    on_error: try again
    steps: [{ask: ana, takes: 5 min}, {call: bills.issue, carries: [bill, order]}]
"""

OLD = """\
groma: 1
system: Shop
currency: EUR
components:
  book: {kind: list, title: Paper book, exit: photographs of its pages}
data:
  order: {title: Orders, held_by: [book]}
"""


def subject(text: str = TEXT, today: str = "") -> Subject:
    model = loads(text)
    return Subject(model, Quoter(Ledger(model.digest)), today=loads(today) if today else None)


def words(node: Any) -> Iterator[str]:
    """Every text in a tree of blocks, in order."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, tuple | list):
        for each in node:
            yield from words(each)
    elif is_dataclass(node):
        for each in fields(node):
            yield from words(getattr(node, each.name))


def said(blocks: Any) -> str:
    return " ".join(words(blocks))


def test_a_hand_over_is_told_field_by_field() -> None:
    told = said(integrations(subject(), "x"))
    for text in (
        "order_number",
        "order.number",
        "an order is shipped",
        "Ana is told",
        "HTTPS",
        "Desk to Bills",
    ):
        assert text in told
    assert "taken once for each order_number" in told


@pytest.mark.parametrize("key", ["when", "on_error", "protocol"])
def test_what_is_not_stated_of_a_hand_over_is_not_told(key: str) -> None:
    model = loads(TEXT)
    value = getattr(model.connections["to_bills"], key)
    assert value in said(integrations(subject(), "x"))
    assert value not in said(integrations(subject(TEXT.replace(f"    {key}: {value}\n", "", 1)), "x"))


def test_a_repeated_hand_over_to_a_part_that_does_it_again_is_warned_of() -> None:
    told = said(integrations(subject(TEXT.replace("effect: keyed", "effect: once")), "x"))
    assert "twice" in told and "taken once for each" not in told


def test_the_dictionary_names_the_system_of_record_and_how_copies_follow() -> None:
    told = said(dictionary(subject(), "x"))
    assert "System of record Desk" in told.replace("  ", " ")
    assert "follows an order is shipped, HTTPS" in told
    model: Model = loads(TEXT.replace("    carries: [order]\n", "", 1))
    assert in_step(model, model.data["order"], "bills") == "nothing keeps it in step"


def test_rights_and_exits() -> None:
    rights = said(permissions(subject()))
    assert "enter an order" in rights and "Ana" in rights and "sets up accounts" in rights
    left = said(handover(subject()))
    for text in ("bills as XML", "2027-01-31", "business"):
        assert text in left
    assert "Desk" not in left
    assert "letter by post" in said(handover(subject(TEXT.replace("    exit: bills as XML\n", ""))))


def test_tools_stand_by_what_they_are_for() -> None:
    told = said(by_function(subject()))
    assert told.index("orders") < told.index("Desk") < told.index("bills") < told.index("Bills")


def test_a_flow_without_a_person_runs_by_itself() -> None:
    told = said(automations(subject()))
    assert "enter an order (a person" not in told
    assert "issue" in told and "a person does the rest" in told
    assert "an order is shipped" in told


def test_tests_stand_under_their_flows_with_their_ids() -> None:
    told = said(acceptance_tests(subject(), "x"))
    assert "flows.sell/ends" in told and "connections.to_bills/maps" in told
    assert (
        told.index("flows.sell/ends")
        < told.index("flows.bill/ends")
        < told.index("connections.to_bills/maps")
    )


def test_data_move_after_what_they_point_to_and_old_parts_close_last() -> None:
    told = said(migration(subject(today=OLD)))
    assert told.index("Orders: from Paper book to Desk") < told.index("Bills: start in Bills")
    assert told.index("Bills: start in") < told.index("Close Paper book")
    assert "photographs of its pages" in told


def test_nothing_is_said_of_a_today_that_is_not_known() -> None:
    assert migration(subject()) == ()
    assert before_and_after(subject()) == ()


def test_sections_without_anything_to_say_are_empty() -> None:
    bare = subject("groma: 1\nsystem: Shop\ncurrency: EUR\npeople: {ana: {title: Ana}}\n")
    for made in (
        by_function(bare),
        integrations(bare, "x"),
        dictionary(bare, "x"),
        permissions(bare),
        automations(bare),
        handover(bare),
        acceptance_tests(bare, "x"),
    ):
        assert made == ()
