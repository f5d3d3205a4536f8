"""Something about the world that no table of the catalog holds, with who says so and when."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, Flag, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something about the world that no table of the catalog holds: a latency, a failure rate, a salary."""

    name: str
    at: Position
    value: Quantity = key(Amount("any", stated=True), "the quantity, with its unit and spread", required=True)
    source: str = key(Text(), "who says so: a page, a measurement, a contract", required=True)
    date: str = key(Text("date"), "when it was read or measured (YYYY-MM-DD, YYYY-MM or YYYY)", required=True)
    known: Quantity | None = key(
        Amount("any", stated=True), "the range within which the mean value lies (`2 h .. 8 h`)"
    )
    exact: bool = key(Flag(), "true when it is exactly known, such as a contract's price", default=False)
    note: str = key(Text(), "what else matters", default="")
