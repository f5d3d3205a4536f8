"""A model that only lists parts, as a survey begins, has a bill and no crash."""

from __future__ import annotations

import pytest

from groma import api
from groma.model.load import loads

TEXT = """\
groma: 1
system: Tools
currency: EUR
components:
  crm: {kind: tool, price: 12 EUR/seat/month, seats: 7 seats}
  mail: {kind: tool, price: 90 EUR/year}
"""


def test_a_bill_needs_no_flow_and_a_price_per_seat_takes_the_seats_that_are_paid() -> None:
    ledger = api.assess(loads(TEXT)).ledger
    assert ledger.figures["cost/month"].value == pytest.approx(7 * 12 + 90 / 12)


def test_a_price_per_seat_without_seats_is_no_bill() -> None:
    ledger = api.assess(loads(TEXT.replace(", seats: 7 seats", ""))).ledger
    assert ledger.figures["cost/month"].value is None
