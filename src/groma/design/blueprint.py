"""The whole result of a design as frozen data: what documents are written from, and its JSON form.

Nothing in it is prose of ours but the journal; whatever depends on the answers is a figure of its ledger or of the
ledger of a proposal, so that documents can mark it and lead from it to its reasons.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast

from groma.design.conflicts import Conflicts
from groma.design.decisions import Decision
from groma.design.prices import Flip, Price, PriceFlip
from groma.design.risks import RiskHeld
from groma.design.robust import Robustness
from groma.design.tradeoffs import Tradeoff
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.patterns import NotOffered


@dataclass(frozen=True, slots=True)
class RoleSummary:
    """A question of the design and its possible answers."""

    name: str
    title: str
    why: str
    want: str
    pattern: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpaceSummary:
    """What there was to choose from."""

    system: str
    combinations: int
    roles: tuple[RoleSummary, ...]
    not_offered: tuple[NotOffered, ...]


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """A proven nondominated design: its answers and, by wish, its value in canonical units."""

    answers: Mapping[str, str]
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A design to choose: `text` is its model, ready to edit and assess again; `ledger` all its figures."""

    name: str
    title: str
    short: str
    """The title where there is little room."""
    answers: Mapping[str, str]
    titles: Mapping[str, str]
    """Role -> title of the answer."""
    text: str
    model: Model
    ledger: Ledger
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the answer rests on: `complete` when the front and all that follows was proven to the end; else `gap` is
    how much better the first wish could still be, in canonical units."""

    complete: bool
    combinations: int
    proofs: int
    cuts: int
    refused: int
    solves: int
    evaluations: int
    gap: float
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything the designer found out about a brief. `recommended` names a proposal (None: nothing meets the needs,
    and `conflicts` says why)."""

    space: SpaceSummary
    wishes: tuple[str, ...]
    front: tuple[FrontPoint, ...]
    proposals: tuple[Proposal, ...]
    recommended: str | None
    tradeoffs: tuple[Tradeoff, ...]
    prices: tuple[Price, ...]
    flips: tuple[Flip, ...]
    price_flips: tuple[PriceFlip, ...]
    decisions: tuple[Decision, ...]
    robustness: Robustness | None
    risks: tuple[RiskHeld, ...]
    conflicts: Conflicts | None
    ledger: Ledger
    certificate: Certificate

    def proposal(self, name: str) -> Proposal:
        return next(p for p in self.proposals if p.name == name)

    @property
    def best(self) -> Proposal | None:
        """The recommended proposal."""
        return None if self.recommended is None else self.proposal(self.recommended)

    def to_json(self) -> str:
        """As JSON text: models as their text, ledgers as they write themselves; infinite numbers as null."""
        return json.dumps(_plain(self), indent=1, ensure_ascii=False) + "\n"


def _plain(item: Any) -> Any:
    if isinstance(item, Ledger):
        return json.loads(item.to_json())
    if isinstance(item, Model):
        return {"digest": item.digest}
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if is_dataclass(item) and not isinstance(item, type):
        return {field.name: _plain(getattr(item, field.name)) for field in fields(item) if field.name != "at"}
    if isinstance(item, Mapping):
        entries = cast("Mapping[Any, Any]", item)
        return {str(name): _plain(value) for name, value in sorted(entries.items())}
    if isinstance(item, tuple | list):
        return [_plain(part) for part in cast("tuple[Any, ...]", item)]
    return item
