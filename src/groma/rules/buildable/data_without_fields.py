"""Data of which nobody says what is in them."""

from __future__ import annotations

from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All data; those without `fields`."""
    return look(
        Place(f"data.{name}", "fields", bool(data.fields), f"{named(data, name)}: no field is named", data.at)
        for name, data in subject.model.data.items()
    )


RULE = Rule(
    id="data-without-fields",
    title="Data without fields",
    looks_for="Data without `fields`.",
    why="Whoever builds a form, a table or a hand-over needs every field with its type.",
    source="DAMA-DMBOK 2, chapter 5 (data modelling: attributes and domains)",
    severity="warning",
    tags=("ambiguity", "data"),
    consequence="Two builders make two tables, and the hand-over between them loses what only one has.",
    remedy="List the fields with their types, and `data.field` where one points to other data.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool}}
data: {customer: {held_by: crm, fields: {id: string, name: string}}}
""",
    bad="""\
components: {crm: {kind: tool}}
data: {customer: {held_by: crm}}
""",
    expected=("data-without-fields:data.customer/fields",),
)
