"""A bid as it was read: answers, prices, the price of leaving, and everything that isn't as it was sent out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from groma.procurement.lines import over
from groma.procurement.request import Request

RemarkKind = Literal["changed", "missing", "extra", "sum", "unreadable", "deviation", "edition", "ask"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a bid that a person must know: what, and where it stands in the workbook."""

    kind: RemarkKind
    where: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bidder said to one requirement."""

    text: str
    where: str
    yes: bool | None = None
    number: float | None = None
    countries: tuple[str, ...] = ()
    evidence: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price for one of a line: firm where its ends are the same."""

    value: Fraction
    low: Fraction
    high: Fraction
    where: str

    @property
    def firm(self) -> bool:
        """Whether the bidder stands by one price."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid: `name` is unique among the bids of an evaluation and fit for a file name."""

    name: str
    bidder: str
    date: str
    answers: Mapping[str, Answer]
    """By key of the requirement."""
    prices: Mapping[str, Offer]
    """By key of the line."""
    leaving: Mapping[str, Offer]
    """By key of the row: `fee.12`, `help`."""
    remarks: tuple[Remark, ...]

    def price(self, request: Request) -> tuple[Fraction, Fraction, Fraction] | None:
        """Least, nominal and most that the bidder is paid over the contract; None where a price is missing."""
        ends = [Fraction(0)] * 3
        for line in request.asked:
            offer = self.prices.get(line.key)
            if offer is None:
                return None
            for nth, end in enumerate((offer.low, offer.value, offer.high)):
                ends[nth] += over(line, request.months, end)
        return ends[0], ends[1], ends[2]
