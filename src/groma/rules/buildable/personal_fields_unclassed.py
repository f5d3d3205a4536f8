"""Data with fields about persons that aren't classed as such."""

from __future__ import annotations

import re

from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

ABOUT_PERSONS = re.compile(
    r"(^|_)(e_?mail|phone|mobile|address|birth(day|date)?|iban|first_?name|last_?name|surname|"
    r"telefon|handy|adresse|anschrift|geburts(tag|datum)|vorname|nachname)(_|$)"
)
"""Names of fields that hold personal data nearly always, in English and German."""

OPEN = ("internal", "public")
"""Classes that say nothing of persons."""


def check(subject: Subject) -> Look:
    """All data with fields; those with a field about persons whose class says nothing of persons."""
    told = [data for data in subject.model.data.values() if data.fields]
    hits: list[Hit] = []
    for data in told:
        personal = [field for field in data.fields if ABOUT_PERSONS.search(field.lower().replace("-", "_"))]
        if personal and data.class_ in OPEN:
            hits.append(
                Hit(
                    f"data.{data.name}",
                    f"{named(data, data.name)}: fields about persons, classed `{data.class_}`",
                    f"fields {', '.join(personal)}",
                    data.at,
                    confidence="likely",
                    key="class",
                )
            )
    return Look(len(told), tuple(hits))


RULE = Rule(
    id="personal-fields-unclassed",
    title="Personal data that aren't called so",
    looks_for="Data with fields such as `email`, `phone` or `address` whose class is `internal` (also when "
    "none is stated) or `public`.",
    why="Rights, places and deletion follow from the class; the builder goes by it, not by the fields.",
    source="Regulation (EU) 2016/679 (GDPR), Article 4(1)",
    severity="warning",
    tags=("ambiguity", "data", "security"),
    consequence="They are built without the protection that they need.",
    remedy="State `class: personal`.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool}}
data: {customer: {class: personal, held_by: crm, fields: {email: string}}}
""",
    bad="""\
components: {crm: {kind: tool}}
data: {customer: {held_by: crm, fields: {email: string}}}
""",
    expected=("personal-fields-unclassed:data.customer/class",),
)
