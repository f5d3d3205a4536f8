"""Data that come to places where a need says that they must not be."""

from __future__ import annotations

from groma.analyses.residency import Stay, outside, stays
from groma.model.elements import Need
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every residency need against every place that data of its class come to."""
    looked_at = 0
    hits: dict[str, Hit] = {}
    for need in subject.model.needs.values():
        if need.measure.startswith("residency/"):
            data_class = need.measure.partition("/")[2]
            looked_at += len({stay.holder for stay in stays(subject.context, data_class)})
            surely, maybe = outside(subject.context, data_class, need.within)
            for stay in surely:
                hits.setdefault(f"{need.name} {stay.holder}", _hit(need, stay, known=True))
            for stay in maybe:
                hits.setdefault(f"{need.name} {stay.holder}", _hit(need, stay, known=False))
    return Look(looked_at, tuple(hits.values()))


def _hit(need: Need, stay: Stay, *, known: bool) -> Hit:
    data_class = need.measure.partition("/")[2]
    where = f"in {stay.jurisdiction or stay.place}" if known else "in a place that isn't known"
    return Hit(
        stay.holder,
        f"{data_class.capitalize()} data come to {stay.holder.partition('.')[2]}, {where}",
        f"{stay.how}; need `{need.name}` allows {', '.join(need.within)}",
        need.at,
        remedy="" if known else "State the place and the jurisdiction around it.",
        confidence="certain" if known else "possible",
        key=need.name,
    )


RULE = Rule(
    id="outside-allowed-places",
    title="Data outside the places a need allows",
    looks_for="Places that data reach (held, called with, backed up) beyond the `within` of a residency need.",
    why="Where data are decides whose law holds for them; a transfer needs its own legal ground.",
    source="Regulation (EU) 2016/679 (GDPR), Articles 44 to 49",
    severity="error",
    tags=("data", "compliance"),
    consequence="A transfer without a legal ground can be prohibited and fined.",
    remedy="Choose a region inside, keep these data from it, or have the transfer's ground put in writing.",
    check=check,
    good="""\
needs: {in_eu: {measure: residency/personal, within: [EU]}}
places: {fra: {kind: region, in: DE}}
components: {crm: {kind: tool, place: fra}}
data: {customers: {class: personal, held_by: crm}}
""",
    bad="""\
needs: {in_eu: {measure: residency/personal, within: [EU]}}
places: {fra: {kind: region, in: DE}, iowa: {kind: region, in: US}}
components: {crm: {kind: tool, place: iowa}, books: {kind: tool}}
data: {customers: {class: personal, held_by: [crm, books]}}
""",
    expected=(
        "outside-allowed-places:components.books/in_eu",
        "outside-allowed-places:components.crm/in_eu",
    ),
)
