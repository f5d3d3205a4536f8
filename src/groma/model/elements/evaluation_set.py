"""Data sets on which a system is evaluated."""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, Number, OneOrMany, Reference, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSet:
    """Cases with what is right in each, on which a part or a flow is tried again and again."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    judges: tuple[str, ...] = key(
        OneOrMany(Text()),
        "what is tried: `flows.answer`, `components.writer`, an operation `components.writer.write`",
        required=True,
    )
    metric: str = key(
        Text(),
        "what is counted: a metric of `groma evaluate` (`exact`, `approved`, ...) or a quality of the component",
        required=True,
    )
    threshold: Quantity | Unknown | None = key(Amount("share"), "the least that is good enough")
    cases: int | None = key(Number(least=1), "how many cases there are")
    tells: Quantity | None = key(
        Amount("share"), "the drop below the threshold that it has to tell, in points"
    )
    source: str = key(Text(), "where the cases come from, and where they are kept", default="")
    drawn: str | None = key(Text("date"), "when the cases were drawn")
    lives: Quantity | None = key(
        Amount("time"), "how old they may become before they no longer show the work"
    )
    every: Quantity | None = key(Amount("time"), "time between two times that it is run")
    labelled_by: tuple[str, ...] = key(OneOrMany(Reference("people")), "who says what is right", default=())
    agreement: Quantity | None = key(
        Amount("share"), "how far those who label agree beyond chance (Cohen's kappa or Krippendorff's alpha)"
    )
    owner: str | None = key(Reference("people"), "who answers for it")
