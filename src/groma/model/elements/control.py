"""What is done against threats where the structure of the model doesn't show it."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, OneOrMany, Reference, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something that is done against a threat which the structure of the model doesn't show."""

    name: str
    at: Position
    title: str = key(Text(), "what is done", default="")
    against: tuple[str, ...] = key(
        OneOrMany(Text()),
        "threats (`prompt-injection`), ids (`LLM01:2025`, `ASI02`) or articles (`AI Act 12`) that it is meant for",
        required=True,
    )
    on: tuple[str, ...] = key(
        OneOrMany(Text()), "elements that it protects: `components.writer`, `flows.answer`", default=()
    )
    stops: tuple[str, ...] = key(
        OneOrMany(Text()),
        "what it switches off at once, where it is a switch: `flows.answer`, `components.shop`, "
        "`components.shop.offers.refund`",
        default=(),
    )
    by: tuple[str, ...] = key(OneOrMany(Reference("people")), "who may use the switch", default=())
    within: Quantity | Unknown | None = key(
        Amount("time"), "from somebody's seeing that something is wrong until nothing goes on there"
    )
    test: str = key(Text(), "how it is shown to work", default="")
    signal: str = key(Text(), "what tells that it works, or fails, while the system runs", default="")
    owner: str | None = key(Reference("people"), "who answers for it")
    evidence: str = key(Text(), "where it can be seen: a record, a report, a setting", default="")
