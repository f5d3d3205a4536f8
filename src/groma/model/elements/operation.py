"""What a component offers to those who call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groma.model.grammar import (
    Amount,
    Flag,
    Number,
    OneOrMany,
    PriceTable,
    Program,
    Reference,
    Table,
    Text,
    Word,
    key,
)
from groma.model.position import Position
from groma.model.program import Step
from groma.model.quantity import Amounts, Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something a component offers: its own work, what it calls while its thread is held, what it costs."""

    name: str
    at: Position
    title: str = key(Text(), "what it does", default="")
    work: Quantity | Unknown | None = key(
        Amount("time"), "time a server is busy with one call, nested calls not counted"
    )
    per: Amounts = key(
        Table(Amount("time")), "more work for each unit of a size: `{output: 12 ms}`", default={}
    )
    steps: tuple[Step, ...] = key(Program(), "what it calls while it holds its own thread", default=())
    answers: Literal["when done", "at once"] = key(
        Word("when done", "at once"),
        "`at once`: the caller goes on before the nested steps",
        default="when done",
    )
    effect: Literal["none", "idempotent", "keyed", "once"] = key(
        Word("none", "idempotent", "keyed", "once"), "what repeating it does", default="none"
    )
    impact: str | None = key(
        Text(), "name of a high-impact effect, such as `refund`, that approval needs refer to"
    )
    fails: Quantity | Unknown | None = key(Amount("share"), "share of calls that end in `failed`")
    throttled: Quantity | Unknown | None = key(Amount("share"), "share of calls turned away by a rate limit")
    cancels: bool = key(Flag(), "whether work stops when its caller gave up", default=False)
    price: Amounts = key(
        PriceTable("call"),
        "money per call and per unit of a size: `{call: 1 EUR, input: 3 USD/Mtoken}`",
        default={},
    )
    reaches_out: bool = key(
        Flag(),
        "true when it reaches somebody outside: a mail, a reply, a page fetched with what it is asked for",
        default=False,
    )
    finds: int | None = key(Number(least=1), "how many passages one answer of it holds at most (top k)")
    request: Mapping[str, str] | None = key(
        Table(Text()), "fields of the request: name -> type or `data.field`; `{}` where it takes none"
    )
    response: Mapping[str, str] | None = key(
        Table(Text()), "fields of the answer: name -> type or `data.field`; `{}` where it gives none"
    )
    allowed: tuple[str, ...] = key(
        OneOrMany(Reference("people", "components")), "people and parts that may ask for it", default=()
    )
