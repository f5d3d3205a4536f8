"""What is asked of a system: needs that must hold, and capabilities that are to be designed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.model.grammar import Amount, Measure, OneOrMany, Table, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a stakeholder asks: a measure and its target."""

    name: str
    at: Position
    measure: str = key(Measure(), "what is measured, e.g. `latency/answer@replied/p95`", required=True)
    at_most: Quantity | None = key(Amount("any"), "the target, when less is better")
    at_least: Quantity | None = key(Amount("any"), "the target, when more is better")
    is_: str | None = key(Text(), "the target, when it is a word: `always`")
    within: tuple[str, ...] = key(OneOrMany(Text()), "the target, when it is a set of places", default=())
    from_: str | None = key(Text(), "whose need it is")
    why: str = key(Text(), "what it is good for", default="")
    step: Quantity | None = key(
        Amount("any"), "how far one step looser or tighter goes, when the need is priced"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A capability the brief asks for; the designer finds patterns that give it."""

    name: str
    at: Position
    capability: str = key(Text(), "what is wanted: a capability of the patterns", required=True)
    with_: Mapping[str, str] = key(
        Table(Text()), "what the pattern's inputs are here: `{helpdesk: zendesk}`", default={}
    )
    keep: tuple[str, ...] = key(
        OneOrMany(Text()),
        "options that must be taken: `role=option`, `want.role=option` of what a pattern wants",
        default=(),
    )
    refuse: tuple[str, ...] = key(
        OneOrMany(Text()), "options that may not be taken: `role=option`, `want.role=option`", default=()
    )
