"""How texts are cut into the passages that are found and read."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, Number, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How many texts there are, how long they are, and how long a passage of one is, in tokens."""

    at: Position
    texts: Quantity | Unknown | None = key(Amount("count"), "how many texts are cut: `25000`")
    length: Quantity | Unknown | None = key(Amount("count"), "tokens of a text: `800 tokens ± 400 tokens`")
    passage: int = key(Number(least=1), "tokens of a passage", required=True)
    overlap: int = key(Number(least=0), "tokens that a passage shares with the one before it", default=0)
