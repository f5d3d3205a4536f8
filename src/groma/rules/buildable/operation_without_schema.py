"""Operations that don't say what they take and give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groma.model.elements import Component, Model, Operation
from groma.model.grammar import did_you_mean
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Request and answer of every operation: those not stated, and fields that point to what isn't there."""
    offered = [(c, o) for c in subject.model.components.values() for o in c.offers.values()]
    hits = (hit for component, operation in offered for hit in _hits(subject.model, component, operation))
    stated = sum(len(fields or ()) for _, o in offered for fields in (o.request, o.response))
    return Look(3 * len(offered) + stated, tuple(hits))


def _hits(model: Model, component: Component, operation: Operation) -> Iterator[Hit]:
    path = f"components.{component.name}.offers.{operation.name}"
    title = f"{named(component, component.name)}, {named(operation, operation.name)}"
    sides: tuple[tuple[str, str, Mapping[str, str] | None], ...] = (
        ("request", "what it takes", operation.request),
        ("response", "what it answers", operation.response),
    )
    for key, what, fields in sides:
        if fields is None:
            yield Hit(path, f"{title}: {what} isn't stated", f"no `{key}`", operation.at, key=key)
            continue
        if not fields and _one_of_many(model, operation):
            seen = "it answers with fields of one record, and its request is empty"
            yield Hit(
                path, f"{title}: which record is meant isn't stated", seen, operation.at, key="request.which"
            )
        for field, kind in fields.items():
            data, dot, there = kind.partition(".")
            if dot and data in model.data and there not in model.data[data].fields:
                hint = did_you_mean(there, model.data[data].fields)
                yield Hit(
                    path,
                    f"{title}: `{field}` points to a field that isn't there",
                    f"`{kind}`: `{data}` has no field `{there}`{hint}",
                    operation.at,
                    key=f"{key}.{field}",
                )


def _one_of_many(model: Model, operation: Operation) -> bool:
    """Whether it reads a record: it changes nothing and answers with fields of data."""
    kinds = (operation.response or {}).values()
    return operation.effect == "none" and any(kind.partition(".")[0] in model.data for kind in kinds)


RULE = Rule(
    id="operation-without-schema",
    title="Operation that doesn't say what it takes or gives",
    looks_for="Operations without `request` or `response`, or with a field that points to a field of data "
    "which isn't there.",
    why="An interface is its fields: without them each side invents its own.",
    source="OpenAPI Specification 3.1, Operation Object (requestBody, responses)",
    severity="warning",
    tags=("ambiguity", "programs", "integration"),
    consequence="The caller sends what the other side doesn't read.",
    remedy="State `request` and `response` with the type of each field; `{}` where there is nothing.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name}, response: {id: customer.id}}}}}
data: {customer: {held_by: crm, fields: {id: string, name: string}}}
""",
    bad="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.nam}}}}}
data: {customer: {held_by: crm, fields: {id: string, name: string}}}
""",
    expected=(
        "operation-without-schema:components.crm.offers.add/request.name",
        "operation-without-schema:components.crm.offers.add/response",
    ),
)
