"""Figures and the ledger: a number of a design is computed, never typed.

A `Figure` carries its value with the interval it was shown for, the methods that gave it, everything that went
into it, and how far it is valid. Analyses write figures into a `Ledger`; documents quote the ledger by name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Status = Literal["shown", "bounds", "not shown"]
Verdict = Literal["met", "missed", "undecided", "not shown", "disputed"]


@dataclass(frozen=True, slots=True)
class Input:
    """One fact that went into a figure.

    `name` is its ledger id (`fact/usd`, `model/components.gateway.replicas`, `catalog/...`), `text` how it is written,
    `where` the `file:line:column` of the model or the table and key of the catalog, `source` and `date` its provenance.
    """

    name: str
    text: str
    where: str
    source: str = ""
    date: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: what was worked out, in words, from which figures or inputs (by ledger id)."""

    text: str
    value: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one method gave: `low == high` is a point, else guaranteed bounds (or an interval of confidence `level`)."""

    method: str
    low: float | None
    high: float | None
    value: float | None = None
    level: float | None = None
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Times the load of the busiest hour up to which a figure holds: at `low` every part on its way surely has a steady
    state, above `high` (None: nobody knows) one surely has none. `limit` is the part that ends it."""

    low: float | None
    high: float | None
    limit: str = ""

    @property
    def words(self) -> str:
        """In a sentence."""
        if self.low is None:
            return "nobody knows up to which load it holds"
        text = f"it holds up to {_rounded_down(self.low)} times the load of the busiest hour ({self.limit})"
        if self.high is None or self.high <= self.low * (1 + 1e-9):
            return text
        return f"{text}, and surely not above {self.high:.3g} times"


def _rounded_down(number: float) -> str:
    """At most the number, in three digits."""
    if number <= 0.0:
        return "0"
    digits = 2 - math.floor(math.log10(number))
    return f"{math.floor(number * 10.0**digits + 1e-9) / 10.0**digits:.3g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed number (or word) of a design.

    `value` is None where only bounds are known; `low`, `high` are None where even those are not. `unit` is the
    canonical unit ("s", "1/s", "EUR/month", "1", ...). `words` holds the value of a figure that is not a number
    (a verdict, a set of places). `missing` names the facts that would show or narrow it.
    """

    name: str
    title: str
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    words: str | None = None
    method: str = ""
    second: Result | None = None
    """What an independent method gave: with `disputed`, why the two differ."""
    disputed: str = ""
    error: float | None = None
    """How far off, relative, the method was seen at most where it only approximates; its interval is as wide."""
    envelope: Envelope | None = None
    """The load within which it holds, where load acts on it."""
    inputs: tuple[str, ...] = ()
    derivation: tuple[Line, ...] = ()
    valid: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def status(self) -> Status:
        if self.words is not None or self.value is not None:
            return "shown"
        return "bounds" if self.low is not None or self.high is not None else "not shown"

    @property
    def exact(self) -> bool:
        """Whether the figure is one point."""
        return self.low is not None and self.low == self.high

    def ends(self, least: float = 0.0, most: float = math.inf) -> tuple[float, float]:
        """Its interval; where nothing is known of an end, `least` or `most`."""
        return least if self.low is None else self.low, most if self.high is None else self.high


@dataclass(frozen=True, slots=True)
class Target:
    """What a need asks of a figure, in the figure's canonical unit."""

    sense: Literal["at_most", "at_least", "is", "within"]
    value: float | None = None
    words: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class NeedResult:
    """A need held against its figure; `margin` is the share of the target left (negative: short of it), or None."""

    need: str
    figure: str
    target: Target
    verdict: Verdict
    margin: float | None = None
    margin_low: float | None = None
    why: str = ""
    would_change: tuple[str, ...] = ()
    accompanies: str = ""
    """Name of the need that brought this one with it (a latency need brings a success need)."""


@dataclass(slots=True)
class Ledger:
    """All figures and inputs of one model, in the order in which they were written; names are unique."""

    model: str
    """Content hash of the model that the figures belong to."""
    figures: dict[str, Figure] = field(default_factory=dict[str, Figure])
    inputs: dict[str, Input] = field(default_factory=dict[str, Input])
    needs: list[NeedResult] = field(default_factory=list[NeedResult])

    def write(self, figure: Figure) -> Figure:
        """Enter a figure; writing a name again with another content is a mistake of the analysis."""
        known = self.figures.get(figure.name)
        if known is not None and known != figure:
            raise ValueError(f"figure {figure.name} was written twice with different contents")
        self.figures[figure.name] = figure
        return figure

    def enter(self, given: Input) -> str:
        """Enter an input and give its id."""
        self.inputs.setdefault(given.name, given)
        return given.name

    def __getitem__(self, name: str) -> Figure:
        return self.figures[name]

    def __contains__(self, name: str) -> bool:
        return name in self.figures

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures.values())

    def inputs_of(self, name: str) -> list[Input]:
        """Every input behind a figure, through the figures it was made from, each once, in order."""
        seen: dict[str, Input] = {}
        todo = [name]
        visited: set[str] = set()
        while todo:
            current = todo.pop(0)
            if current in visited:
                continue
            visited.add(current)
            if current in self.inputs:
                seen.setdefault(current, self.inputs[current])
            figure = self.figures.get(current)
            if figure is not None:
                todo.extend(figure.inputs)
                for line in figure.derivation:
                    todo.extend(line.refs)
        return list(seen.values())

    def extended(self, figures: Iterable[Figure]) -> Ledger:
        """A copy with more figures."""
        copy = Ledger(self.model, dict(self.figures), dict(self.inputs), list(self.needs))
        for figure in figures:
            copy.write(figure)
        return copy

    def joined(self, other: Ledger) -> Ledger:
        """A copy with what another ledger of the same model holds beside it."""
        copy = self.extended(other)
        copy.inputs = {**other.inputs, **copy.inputs}
        return copy

    def to_json(self) -> str:
        """The ledger as JSON text: sorted keys, one trailing newline."""
        from dataclasses import asdict

        def plain(item: Any) -> Any:
            return {k: v for k, v in asdict(item).items() if v not in (None, "", (), [])}

        data: Mapping[str, Any] = {
            "ledger": 1,
            "model": self.model,
            "figures": {name: plain(figure) for name, figure in self.figures.items()},
            "inputs": {name: plain(given) for name, given in sorted(self.inputs.items())},
            "needs": [plain(need) for need in self.needs],
        }
        return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=False) + "\n"

    @staticmethod
    def from_json(text: str) -> Ledger:
        """The ledger that `to_json` wrote."""
        data: Any = json.loads(text)
        ledger = Ledger(str(data["model"]))
        for name, raw in data["figures"].items():
            lines = tuple(
                Line(x["text"], x.get("value", ""), tuple(x.get("refs", ())))
                for x in raw.pop("derivation", ())
            )
            second, envelope = raw.pop("second", None), raw.pop("envelope", None)
            raw.setdefault("unit", "")  # words have none, and what is empty isn't written
            raw.update({k: tuple(raw[k]) for k in ("inputs", "valid", "missing") if k in raw})
            ledger.figures[name] = replace(
                Figure(**raw),
                derivation=lines,
                second=Result(**second) if second else None,
                envelope=Envelope(**envelope) if envelope else None,
            )
        for name, raw in data["inputs"].items():
            raw.setdefault("text", "")
            raw.setdefault("where", "")
            ledger.inputs[name] = Input(**raw)
        for raw in data["needs"]:
            target = raw.pop("target")
            target["words"] = tuple(target.get("words", ()))
            raw["would_change"] = tuple(raw.get("would_change", ()))
            ledger.needs.append(NeedResult(target=Target(**target), **raw))
        return ledger
