"""Fields that nothing fills."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.rules.buildable.mappings import optional, targets
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Fields of data that are held somewhere, `optional` ones left out; those that nothing puts there."""
    model = subject.model
    fields = [
        (d, f) for d in model.data.values() if d.held_by for f, kind in d.fields.items() if not optional(kind)
    ]
    filled = set(_filled(model))
    hits = (
        Hit(
            f"data.{data.name}",
            f"{named(data, data.name)}: nothing fills `{field}`",
            "no operation of a holder that changes something names it, and no hand-over maps to it",
            data.at,
            key=field,
        )
        for data, field in fields
        if (data.name, field) not in filled
    )
    return Look(len(fields), tuple(hits))


def _filled(model: Model) -> Iterator[tuple[str, str]]:
    """Fields (data, field) that a changing operation of a holder takes or makes, or that a hand-over maps to."""
    for name, data in model.data.items():
        for holder in data.held_by:
            for component in model.candidates(holder):
                for operation in component.offers.values():
                    if operation.effect == "none":
                        continue
                    for kind in (*(operation.request or {}).values(), *(operation.response or {}).values()):
                        there, _, field = kind.partition(".")
                        if there == name:
                            yield name, field
    for connection in model.connections.values():
        for target, field in targets(model, connection).values():
            yield target, field


RULE = Rule(
    id="field-nobody-fills",
    title="Field that nothing fills",
    looks_for="Fields of held data, `optional` ones left out, that no changing operation of a holder names in "
    "request or answer and no hand-over maps to.",
    why="A field in the dictionary that nothing writes is left empty, or filled from memory.",
    source="DAMA-DMBOK 2, chapter 13 (data quality: completeness); create-read matrix, Martin 1990",
    severity="warning",
    tags=("ambiguity", "data"),
    consequence="It stays empty, and what is read from it is wrong.",
    remedy="Say which operation takes it or makes it, map it, or write `optional` before its type.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, effect: once, request: {name: customer.name},
    response: {id: customer.id}}}}}
data: {customer: {held_by: crm, fields: {id: string, name: string, fax: optional string}}}
""",
    bad="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, effect: once, request: {name: customer.name},
    response: {id: customer.id}}}}}
data: {customer: {held_by: crm, fields: {id: string, name: string, fax: string}}}
""",
    expected=("field-nobody-fills:data.customer/fax",),
)
