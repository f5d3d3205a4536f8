"""How parts of a system reach each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.model.elements.failure import Failure
from groma.model.grammar import Amount, Flag, OneOrMany, Record, Reference, Table, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How one part reaches another."""

    name: str
    at: Position
    from_: str = key(Reference("components", "people"), "caller", required=True)
    to: str = key(Reference("components", "people"), "called", required=True)
    latency: Quantity | Unknown | None = key(Amount("time"), "there and back")
    loss: Quantity | Unknown | None = key(Amount("share"), "share of messages lost")
    gives_up_after: Quantity | None = key(
        Amount("time"), "its own limit: a lost message is noticed after this"
    )
    bandwidth: Quantity | Unknown | None = key(Amount("data rate"), "bytes a second")
    traffic: Quantity | Unknown | None = key(
        Amount("data rate"), "what else passes over it while copies are made or brought back"
    )
    carries: tuple[str, ...] = key(OneOrMany(Reference("data")), "data that pass over it", default=())
    protocol: str = key(Text(), "HTTPS, gRPC, SQL, CSV by mail, ...", default="")
    by_hand: bool = key(Flag(), "true when a person carries it over", default=False)
    fails: Failure | None = key(Record("Failure"), "how it fails")
    when: str = key(Text(), "what sets it off: an event, a time, a person", default="")
    maps: Mapping[str, str] = key(
        Table(Text()),
        "field there -> field here, or how it is made: `{customer_id: customer.id}`",
        default={},
    )
    on_error: str = key(Text(), "what happens to what couldn't be handed over", default="")
    owner: str | None = key(Reference("people"), "who answers for it")
