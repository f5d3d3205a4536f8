"""The kinds of data that a system holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groma.model.elements.backup import Backup
from groma.model.elements.cut import Cut
from groma.model.grammar import Amount, OneOrMany, Record, Reference, Table, Text, Word, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A kind of data: what is in it, how secret it is, where it lives."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    class_: str = key(Text(), "`public`, `internal`, `personal`, `secret`, ...", default="internal")
    trust: Literal["trusted", "untrusted"] | None = key(
        Word("trusted", "untrusted"),
        "`untrusted`: others write into it (mails of customers, web pages, what a foreign tool answers)",
    )
    kept_for: Quantity | Unknown | None = key(Amount("time"), "how long it is kept before it is deleted")
    held_by: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "where it is kept; the first is the system of record", default=()
    )
    owner: str | None = key(Reference("people"), "who answers for it")
    fields: Mapping[str, str] = key(Table(Text()), "name -> type, or `data.field` it points to", default={})
    size: Quantity | Unknown | None = key(Amount("size"), "how much there is")
    grows: Quantity | Unknown | None = key(Amount("data rate"), "how fast it grows")
    changes: Quantity | Unknown | None = key(
        Amount("data rate"), "how fast it changes: what a copy of the changes moves"
    )
    after: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that must be back before it is brought back", default=()
    )
    backup: Backup | None = key(Record("Backup"), "how it is saved and brought back")
    made_from: tuple[str, ...] = key(
        OneOrMany(Reference("data")), "data that it is made from: chunks, vectors, features, logs", default=()
    )
    records: tuple[str, ...] = key(
        OneOrMany(Text()),
        "what it is the record of, where it shows later what was done: impacts (`refund`), operations "
        "(`components.shop.offers.refund`) or flows (`flows.answer`)",
        default=(),
    )
    made_by: tuple[str, ...] = key(
        OneOrMany(Reference("components")),
        "the parts that make it of them: a job, a pipeline, a stream",
        default=(),
    )
    served_as: str | None = key(
        Reference("data"),
        "where a model learns from it: the data set of the same features that the model is given when it is asked",
    )
    cut: Cut | None = key(Record("Cut"), "how texts are cut into it, where it is passages")
    refreshed: Quantity | Unknown | None = key(
        Amount("time"), "time between two times that it is made from them"
    )
    remade: Literal["all", "changes"] = key(
        Word("all", "changes"),
        "what is made then: `all` of it anew, or only what was added or changed (what is gone there stays here)",
        default="all",
    )
    made_in: Quantity | Unknown | None = key(Amount("time"), "how long making it takes")
    deleted_in: Quantity | Unknown | None = key(
        Amount("time"), "how long after its source something is deleted here, by a way of its own"
    )
