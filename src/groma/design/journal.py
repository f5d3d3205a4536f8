"""The account of a design in plain words: what was proposed, proven, ruled out, and why.

The certificate of the front: whoever doubts an answer reads here which bound and which proof it rests on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from groma.design.problem import HELD, parsed, unit_of, value_of
from groma.model.printed import format_quantity
from groma.patterns import ABSENT, Space

UNITS = {
    "latency": "s", "recovery": "s", "availability": "%", "success": "%", "headroom": "%", "utilisation": "%",
    "copies": "%", "saturation": "1/s", "throughput": "1/s",
}  # fmt: skip


@dataclass(slots=True)
class Journal:
    """Lines in the order in which things happened, and how many of each."""

    currency: str
    lines: list[str] = field(default_factory=list[str])
    cuts: int = 0
    proofs: int = 0
    refused: int = 0
    """Designs that weren't proven because their best possible figures already miss a limit."""

    def say(self, text: str) -> None:
        self.lines.append(text)

    def cut(self, space: Space, measure: str, answers: Mapping[str, frozenset[str]], at_least: float) -> None:
        """A reason why a block of designs is out."""
        self.cuts += 1
        share = math.prod(
            (Fraction(len(sets), len(space.role(r).variants)) for r, sets in answers.items()),
            start=Fraction(1),
        )
        out = int(share * space.combinations)
        which = in_words(answers) or "any answers at all"
        self.say(
            f"cut {self.cuts}: any design with {which} {self.bound(measure, at_least)}: "
            f"{out:,} of {space.combinations:,} combinations ruled out"
        )

    def bound(self, measure: str, lost: float) -> str:
        """`takes at least 6.8 s (latency/answer/p95)`, `gives at most 99.2 % (availability/answer)`."""
        name = measure.removesuffix(HELD)
        of = parsed(name)
        if of.kind in ("residency", "approval"):
            return f"breaks {name}"
        if lost == math.inf:
            return f"has no figure of {name}"
        least = "at least" if of.less_is_better else "at most"
        return f"has {name} {least} {self.amount(name, lost)}"

    def amount(self, measure: str, lost: float) -> str:
        """The value of a measure with this loss, with its unit."""
        name = measure.removesuffix(HELD)
        kind = parsed(name).kind
        if kind in ("residency", "approval"):
            return "kept" if lost < 0.5 else "broken"
        if lost == math.inf:
            return "no figure"
        value = value_of(name, lost)
        if kind in ("cost", "people", "effort", "dependence"):
            return format_quantity(value, unit_of(name, self.currency)[0])
        unit = UNITS.get(kind, "")
        return format_quantity(value * (100 if unit == "%" else 1), unit) if unit else f"{value:.4g}"


def in_words(answers: Mapping[str, Iterable[str]] | Mapping[str, str]) -> str:
    """`writer = big or small, cache = none`, in name order."""
    parts: list[str] = []
    for role, given in sorted(answers.items()):
        several = [given] if isinstance(given, str) else sorted(given)
        parts.append(f"{role} = {' or '.join(v if v != ABSENT else 'not arising' for v in several)}")
    return ", ".join(parts)
