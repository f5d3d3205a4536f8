"""The same data typed by people into two components."""

from __future__ import annotations

from groma.analyses.handed import Typed, typed
from groma.model.elements import Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every datum that people type in somewhere; those typed, whole or in some of their fields, into two components."""
    by_data: dict[str, list[Typed]] = {}
    for each in typed(subject.model):
        by_data.setdefault(each.data, []).append(each)
    hits = (_hit(subject.model, data, entries) for data, entries in by_data.items())
    return Look(len(by_data), tuple(hit for hit in hits if hit is not None))


def _hit(model: Model, data: str, entries: list[Typed]) -> Hit | None:
    again = [
        each for each in entries if any(each.into != other.into and each.meets(other) for other in entries)
    ]
    if not again:
        return None
    into = list(dict.fromkeys(each.into for each in again))
    names = ", ".join(model.components[name].title or name for name in into)
    fields = sorted({each.field for each in again if each.field is not None})
    which = f"its {', '.join(fields)}" if fields else "it"
    ways = ", ".join(dict.fromkeys(each.by.name for each in again))
    return Hit(
        f"data.{data}",
        f"{model.data[data].title or data} typed {'twice' if len(into) == 2 else f'{len(into)} times'}: {names}",
        f"people type {which} into {', '.join(into)} (connections {ways})",
        model.data[data].at,
    )


RULE = Rule(
    id="entered-twice",
    title="Data entered twice",
    looks_for="Data, or fields of them, that people type into two components (connections by hand or from a person).",
    why="Every entry costs its minutes, and two entries of one thing differ in a few of a hundred cases.",
    source="DAMA-DMBOK 2, chapter 13 (data quality); error of routine tasks: HEART, Williams 1986",
    severity="warning",
    tags=("data", "people"),
    consequence="It is paid for twice, and the two differ sooner or later.",
    remedy="Enter it once, where it arises, and carry it over by an interface or look it up there.",
    check=check,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm, fields: {name: string, iban: string}}}
connections:
  a: {from: ana, to: crm, carries: [customers], maps: {name: customers.name}}
  b: {from: ana, to: books, carries: [customers], maps: {account: customers.iban}}
""",
    bad="""\
people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}, jobs: {held_by: crm}}
connections:
  a: {from: ana, to: crm, carries: [customers, jobs]}
  b: {from: crm, to: books, carries: [customers], by_hand: true}
""",
    expected=("entered-twice:data.customers",),
)
