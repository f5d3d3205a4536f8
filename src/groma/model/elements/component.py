"""The parts of a system, and those that may come to stand for one while a choice is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groma.model.elements.backup import Backup
from groma.model.elements.component_records import Index, Scales, Serves
from groma.model.elements.failure import Failure
from groma.model.elements.known_qualities import KNOWN_QUALITIES
from groma.model.elements.operation import Operation
from groma.model.grammar import (
    Amount,
    Flag,
    Number,
    OneOrMany,
    PriceTable,
    Record,
    Reference,
    Table,
    Text,
    Word,
    key,
)
from groma.model.position import Position
from groma.model.quantity import Amounts, Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the system: a service, a database, a model, a host, a tool, a cable, a spreadsheet."""

    name: str
    at: Position
    kind: str = key(
        Text(), "`service`, `database`, `llm`, `host`, `tool`, `queue`, `link`, ...", required=True
    )
    title: str = key(Text(), "how people call it", default="")
    does: str = key(Text(), "its responsibility, in a sentence", default="")
    product: str | None = key(Text(), "reference into the catalog: `aws/m7g.large@eu-central-1`")
    supplier: str | None = key(Reference("suppliers"), "who it is bought from")
    owner: str | None = key(Reference("people"), "who answers for it")
    existing: bool = key(Flag(), "true when it is there already", default=False)
    place: tuple[str, ...] = key(
        OneOrMany(Reference("places")), "where it is; several: replicas are spread over them", default=()
    )
    runs_on: str | None = key(Reference("components"), "what carries it")
    depends_on: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "what must be up for it to work, beside what it calls", default=()
    )
    replicas: int = key(Number(least=1), "how many of it", default=1)
    enough: int | None = key(Number(least=1), "how many must be up (one unless stated)")
    threads: int | None = key(Number(least=1), "servers in each replica; none stated: no limit (a delay)")
    scales: Scales | None = key(Record("Scales"), "how it gets more replicas under load")
    queue: int | None = key(Number(least=0), "places to wait; none stated: no limit")
    discipline: Literal["fifo", "lifo", "priority", "sharing"] = key(
        Word("fifo", "lifo", "priority", "sharing"), "who is served next", default="fifo"
    )
    serves: Serves | None = key(Record("Serves"), "the language model that it serves by itself")
    fails: Failure | None = key(Record("Failure"), "how one of it fails")
    together: tuple[Quantity, ...] = key(
        OneOrMany(Amount("share")),
        "share of one's failures that take the others along (a common cause); of several shares the first is for a "
        "second one, the next for a third, the last for all the rest",
        default=(),
    )
    takeover: Quantity | Unknown | None = key(
        Amount("time"), "how long it takes until a spare serves after one failed; at once unless stated"
    )
    noticed: Quantity | Unknown | None = key(
        Amount("share"), "share of failures that are noticed and taken over; others last until repair"
    )
    offers: Mapping[str, Operation] = key(Table(Record("Operation")), "its operations", default={})
    price: Amounts = key(
        PriceTable("month"), "money per month, hour or year for one of it, or `once` to buy it", default={}
    )
    lasts: Quantity | None = key(
        Amount("time"), "how long what was bought `once` is used: its price is spread over these months"
    )
    ready_in: Quantity | Unknown | None = key(
        Amount("time"),
        "time until it runs once that is decided: built anew after a loss, or started to stand in for another",
    )
    stands_in_for: tuple[str, ...] = key(
        OneOrMany(Reference("components")),
        "components whose work it takes over when they are lost",
        default=(),
    )
    copies: Mapping[str, Backup] = key(
        Table(Record("Backup")), "data that it saves, and how: `{orders: {every: 1 h, ...}}`", default={}
    )
    provides: Amounts = key(
        Table(Amount("any")),
        "resources it has for what runs on it: `{cores: 64, memory: 512 GiB}`",
        default={},
    )
    takes: Amounts = key(Table(Amount("any")), "resources one of it takes from what it runs on", default={})
    index: Index | None = key(Record("Index"), "the vectors that it finds things by")
    effort: Quantity | Unknown | None = key(
        Amount("time/time"), "people's time to keep it alive: `3 h/month`"
    )
    qualities: Amounts = key(
        Table(Amount("any"), KNOWN_QUALITIES),
        "stated qualities, known ones and others: `{tau2: 71 %}`",
        default={},
    )
    needs_knowledge: tuple[str, ...] = key(OneOrMany(Text()), "what somebody must know to run it", default=())
    wants: tuple[str, ...] = key(
        OneOrMany(Text()), "conditions its user must meet (`works with ...`)", default=()
    )
    functions: tuple[str, ...] = key(
        OneOrMany(Text()), "functions of the business that it serves: `quotes`, `bookkeeping`", default=()
    )
    used_by: tuple[str, ...] = key(OneOrMany(Reference("people")), "people who work with it", default=())
    seats: Quantity | None = key(Amount("count"), "how many seats are paid for")
    holders: tuple[str, ...] = key(
        OneOrMany(Reference("people")), "people who can sign in as its administrator", default=()
    )
    registered_to: str = key(
        Text(), "in whose name contract and account are: `business`, a supplier, a person", default=""
    )
    exit: str = key(Text(), "how its data leave it: format, and what is lost", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A component that stands under a name when `role` takes `variant` in an open model."""

    role: str
    variant: str
    component: Component
