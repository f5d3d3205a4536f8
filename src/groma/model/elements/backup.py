"""How data are saved and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from groma.model.grammar import Amount, Flag, OneOrMany, Reference, Text, Word, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """How a data set is saved and brought back."""

    at: Position
    every: Quantity = key(Amount("time"), "time between copies", required=True)
    to: str | None = key(Reference("components"), "where copies go")
    replica: bool = key(
        Flag(),
        "true when it repeats every change, deletions too, `every` later: no copy against a mistake",
        default=False,
    )
    moves: Literal["all", "changes"] = key(
        Word("all", "changes"),
        "what one copy moves: all of it, or what changed since the last",
        default="all",
    )
    over: tuple[str, ...] = key(
        OneOrMany(Reference("components", "connections")),
        "lines that copies travel, there and back",
        default=(),
    )
    save_rate: Quantity | Unknown | None = key(
        Amount("data rate"), "how fast it can be made, where lines aren't slower"
    )
    takes: Quantity | Unknown | None = key(
        Amount("time"), "how long making one takes, where that is measured and not worked out"
    )
    window: Quantity | None = key(
        Amount("time"), "time in which one has to be made (the time between two unless stated)"
    )
    rate: Quantity | Unknown | None = key(
        Amount("data rate"), "restore throughput of its source and target, where lines aren't slower"
    )
    detect: Quantity | Unknown | None = key(Amount("time"), "time until the loss is noticed")
    decide: Quantity | Unknown | None = key(Amount("time"), "time until somebody decides to restore")
    verify: Quantity | Unknown | None = key(Amount("time"), "time to check what was restored")
    tested: str | None = key(Text("date"), "when a restore was last tried")
    kept_for: Quantity | Unknown | None = key(Amount("time"), "how long a copy is kept before it is deleted")
    test_every: Quantity | None = key(
        Amount("time"), "how long such a trial counts as recent (a year unless stated)"
    )
