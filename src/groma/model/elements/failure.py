"""How a part, a place, a supplier or a line fails."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, Number, key
from groma.model.position import Position
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a thing fails: its availability, or how often it fails and how long repair takes."""

    at: Position
    availability: Quantity | None = key(Amount("share"), "share of time it is up")
    every: Quantity | None = key(Amount("time"), "mean time between failures")
    repaired_in: Quantity | None = key(Amount("time"), "mean time to repair, detection included")
    crews: int | None = key(
        Number(least=1), "how many of a component's replicas can be repaired at a time; all unless stated"
    )
