"""Choices that were made, or are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groma.model.grammar import Amount, OneOrMany, Reference, Table, Text, Word, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A choice that was made, or is open."""

    name: str
    at: Position
    title: str = key(Text(), "the question", default="")
    status: Literal["open", "proposed", "accepted", "superseded"] = key(
        Word("open", "proposed", "accepted", "superseded"), "how far it is", default="proposed"
    )
    chosen: str | None = key(Text(), "the option taken")
    options: tuple[str, ...] = key(OneOrMany(Text()), "the options", default=())
    why: str = key(Text(), "the reason", default="")
    owner: str | None = key(Reference("people"), "who decides")
    since: str | None = key(Text("date"), "since when it is open, or when it was decided")
    to_reverse: str = key(Text(), "what reversing it later takes", default="")
    cost_to_reverse: Quantity | Unknown | None = key(Amount("money"), "what reversing it later costs")
    waits: tuple[str, ...] = key(
        OneOrMany(Text()), "elements that wait for it: `flows.invoice`, `needs.affordable`", default=()
    )
    due: str | None = key(Text("date"), "when it has to be made")
    shown_by: Mapping[str, tuple[str, ...]] = key(
        Table(OneOrMany(Text())),
        "option -> what shows its figures: `now` (the model), `stages.NAME`, or answers of a design `role=option`",
        default={},
    )
