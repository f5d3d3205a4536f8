"""The model being put together: elements as plain data, where each came from, facts for each stated quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from groma.importers.intake.amounts import Often, Span, quantity
from groma.importers.intake.cells import Cell
from groma.importers.intake.names import unused
from groma.importers.intake.numbers import Spread, rounded
from groma.importers.intake.types import Note, Origin

SECTIONS = ("people", "suppliers", "components", "connections", "data", "flows", "decisions")
_NOTHING = frozenset(
    {"", "?", "??", "???", "-", "–", "—", "n/a", "na", "n.a.", "k.a.", "k. a.", "unknown", "unbekannt", "weiß nicht",
     "weiss nicht",
     "keine ahnung", "tbd", "offen", "unklar", "don't know", "dont know", "not known", "no idea", "?!", "..."}
)  # fmt: skip
_NOBODY = frozenset({"nobody", "niemand", "keiner", "no one", "none", "keine", "kein", "noch niemand", "no"})


def unsaid(text: str) -> bool:
    """Whether a cell says that it isn't known, which is the same as saying nothing."""
    return text.strip().lower() in _NOTHING


def nobody(text: str) -> bool:
    return text.strip().lower() in _NOBODY


@dataclass(slots=True)
class Draft:
    """Grows while entries are read; `told` is the date of what was said where a row has none of its own."""

    currency: str = "EUR"
    dates: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, Cell] = field(default_factory=dict[str, Cell])
    sections: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {section: {} for section in SECTIONS}
    )
    facts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    origins: dict[str, Origin] = field(default_factory=dict[str, Origin])
    notes: list[Note] = field(default_factory=list[Note])
    foreign: dict[str, Origin] = field(default_factory=dict[str, Origin])
    """Currencies that aren't the model's, and where each was first met."""
    exchange: dict[str, str] = field(default_factory=dict[str, str])
    """What one unit of a foreign currency is worth, as a reference to a fact."""
    reports: set[Origin] = field(default_factory=set[Origin])
    """Rows that told of a report: somebody should need it."""

    def note(self, at: Origin, message: str) -> None:
        self.notes.append(Note(at, message))

    def element(self, section: str, name: str, at: Origin, body: dict[str, Any]) -> str:
        """A new element; the name is made new where it is taken."""
        name = unused(name, self.sections[section])
        self.sections[section][name] = body
        self.origins[f"{section}.{name}"] = at
        return name

    def put(self, section: str, name: str, key: str, value: Any, at: Origin) -> bool:
        """Sets a key that nothing was said of yet; False where something else was said first."""
        body = self.sections[section][name]
        if key in body:
            return body[key] == value
        body[key] = value
        self.origins[f"{section}.{name}.{key}"] = at
        return True

    def join(self, section: str, name: str, key: str, values: list[str], at: Origin) -> None:
        """Adds to a list, each once."""
        known: list[str] = self.sections[section][name].setdefault(key, [])
        known.extend(value for value in dict.fromkeys(values) if value not in known)
        if not known:
            del self.sections[section][name][key]
            return
        self.origins.setdefault(f"{section}.{name}.{key}", at)

    def fact(
        self,
        name: str,
        told: Spread,
        unit: str,
        at: Origin,
        *,
        date: str = "",
        source: str = "",
        note: str = "",
        factor: Decimal = Decimal(1),
    ) -> str:
        """A fact for what was told, divided by `factor`; gives the reference to it."""
        name = unused(name[:60].rstrip("_"), self.facts)
        body: dict[str, Any] = {"value": quantity(rounded(told.middle / factor), unit)}
        if told.known is not None:
            low, high = (quantity(rounded(end / factor), unit) for end in told.known)
            body["known"] = f"{low} .. {high}"
        body["source"] = source or str(at)
        body["date"] = date or self.dates.get(at.file) or self.dates.get("", "1970")
        if told.about and told.low == told.high:
            note = "; ".join(filter(None, [note, "told as an approximate number: a quarter less or more"]))
        if note:
            body["note"] = note
        self.facts[name] = body
        self.origins[f"facts.{name}"] = at
        return f"${name}"

    def time_fact(self, name: str, told: Span, at: Origin, **more: Any) -> str:
        unit, factor = ("h", Decimal(3600)) if told.unit == "h" else ("min", Decimal(60))
        return self.fact(name, told.seconds, unit, at, factor=factor, **more)

    def rate_fact(self, name: str, told: Often, at: Origin, **more: Any) -> str:
        return self.fact(name, told.times, f"/{told.per}", at, **more)


def title_of(draft: Draft, section: str, name: str) -> str:
    """What an element of a section is called in words."""
    return str(draft.sections[section][name].get("title") or name)
