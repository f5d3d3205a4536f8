"""What it costs to leave a bid at a month of the contract.

The fee that the bid states for that month, the months still to be paid (notice, or what is left of the minimum
term, whichever is longer, at the bid's monthly prices, but not beyond the contract's end), and the help with handing
over that the buyer asked for. What was paid before is gone either way; what the next supplier costs isn't known here
and is left out for every bid alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from groma.procurement.bid import Bid
from groma.procurement.request import Request


@dataclass(frozen=True, slots=True)
class Leaving:
    """Cost of leaving after `month`; None where the bid doesn't say what is needed (`missing`)."""

    month: int
    cost: Fraction | None
    fee: Fraction | None
    months_paid: Fraction | None
    monthly: Fraction | None
    help: Fraction | None
    missing: tuple[str, ...] = ()


def leaving(bid: Bid, request: Request) -> tuple[Leaving, ...]:
    """At each month that the request compares."""
    monthly = _monthly(bid, request)
    help_hours = _stated(bid, "exit.help")
    asked = request.requirement("exit.help")
    if asked is not None and asked.threshold is not None and asked.threshold.value is not None:
        help_hours = Fraction(Decimal(repr(asked.threshold.value)))  # what was asked for, of every bid alike
    hour = bid.leaving.get("help")
    help_cost = None if help_hours is None or hour is None else help_hours * hour.value
    notice, bound = _stated(bid, "exit.notice"), _stated(bid, "exit.bound")
    found: list[Leaving] = []
    for month in request.leave_at:
        fee = bid.leaving.get(f"fee.{month}")
        paid = None if notice is None or bound is None else _months(notice, bound, month, request.months)
        missing = tuple(
            name
            for name, value in (
                (f"fee after month {month}", fee),
                ("notice and minimum term", paid),
                ("monthly prices", monthly),
                ("price of an hour of help", help_cost),
            )
            if value is None
        )
        cost = None
        if fee is not None and paid is not None and monthly is not None and help_cost is not None:
            cost = fee.value + paid * monthly + help_cost
        found.append(
            Leaving(month, cost, None if fee is None else fee.value, paid, monthly, help_cost, missing)
        )
    return tuple(found)


def _months(notice: Fraction, bound: Fraction, month: int, end: int) -> Fraction:
    return min(max(notice, bound - month, Fraction(0)), Fraction(end - month))


def _monthly(bid: Bid, request: Request) -> Fraction | None:
    whole = Fraction(0)
    for line in request.asked:
        if line.per == "month":
            offer = bid.prices.get(line.key)
            if offer is None:
                return None
            whole += offer.value * line.quantity
    return whole


def _stated(bid: Bid, key: str) -> Fraction | None:
    answer = bid.answers.get(key)
    return None if answer is None or answer.number is None else Fraction(Decimal(repr(answer.number)))
