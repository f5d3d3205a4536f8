"""More than half of the value hangs on one supplier, one account, or very few people."""

from __future__ import annotations

from groma.analyses.hanging import HALF, Set, hanging, size_of
from groma.analyses.reach import heads
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

PEOPLE_FOR_EACH = 10
"""Several people are few when there are ten or more for each of them."""


def check(subject: Subject) -> Look:
    """Everything that can stop some value; sets that stop more than half: of one, or of a tenth of the people."""
    found = hanging(subject.context)
    elements = frozenset[str]().union(*(stake.stopped_by for stake in found.stakes))
    hits = tuple(_hit(subject, some) for some in found.sets if _few(subject, some))
    return Look(max(len(elements), len(hits)), hits)


def _few(subject: Subject, some: Set) -> bool:
    size = size_of(subject.context, some)
    people = sum(heads(person) for person in subject.model.people.values())
    by_people = all(element.startswith("people.") for element in some.elements)
    return size == 1 or (by_people and size * PEOPLE_FOR_EACH <= people)


def _hit(subject: Subject, some: Set) -> Hit:
    titles = [_title(subject, element) for element in some.elements]
    first = some.elements[0]
    section, _, name = first.partition(".")
    figures = ["/share", "/month"]
    certain = some.share.low > HALF and not hanging(subject.context).unvalued
    return Hit(
        first,
        f"More than half of the value hangs on {' and '.join(titles)}",
        f"without {', '.join(some.elements)} these stop: "
        + ", ".join(flow for flow, lost in some.lost.items() if lost > 0.0),
        getattr(getattr(subject.model, section).get(name), "at", None),
        figures=tuple(subject.figure(f"hangs/{some.name}{of}").name for of in figures),
        confidence="certain" if certain else "likely",
        key="+".join(some.elements[1:]),
    )


def _title(subject: Subject, element: str) -> str:
    section, _, name = element.partition(".")
    return getattr(getattr(subject.model, section).get(name), "title", "") or name


RULE = Rule(
    id="value-hangs-on-few",
    title="Value that hangs on few",
    looks_for="A person, supplier or account, or a tenth of the people, without whom over half of the worth stops.",
    why="People leave, suppliers are sold, accounts are closed: what stops then is worth knowing before.",
    source="truck factor: Avelino et al., ICPC 2016; minimal cut sets: NUREG-0492, 1981",
    severity="warning",
    tags=("work", "people", "continuity"),
    consequence="When they go, more than half of what the work is worth stops with them.",
    remedy="Have others do it too, or put a way around it in place; begin with what the figure says is most.",
    check=check,
    good="""\
people: {ana: {knows: [pricing]}, ben: {knows: [pricing]}}
flows:
  quote: {worth: 300 EUR, starts: {rate: 20/month}, steps: [{ask: ana, takes: 1 h, needs_knowledge: [pricing]}]}
""",
    bad="""\
people: {ana: {knows: [pricing]}, ben: {}}
suppliers: {house: {exit: CSV}}
components: {shop: {kind: tool, supplier: house, offers: {order: {}}}}
flows:
  quote: {worth: 300 EUR, starts: {rate: 20/month}, steps: [{ask: ana, takes: 1 h, needs_knowledge: [pricing]}]}
  order: {worth: 10 EUR, starts: {rate: 90/month}, steps: [{call: shop.order}]}
""",
    expected=("value-hangs-on-few:people.ana",),
)
