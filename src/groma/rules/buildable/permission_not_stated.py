"""Tools and operations of which nobody says who may do what."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.program import Call, Send
from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Tools: who works with them and who administers them; operations: who may ask for them; people: what they do."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    for name, c in model.components.items():
        path, title = f"components.{name}", named(c, name)
        if c.kind == "tool":
            yield Place(path, "used_by", bool(c.used_by), f"{title}: who works with it isn't stated", c.at)
            missing = f"{title}: who administers it isn't stated"
            yield Place(path, "holders", bool(c.holders), missing, c.at)
        for person in dict.fromkeys(p for o in c.offers.values() for p in o.allowed if p in model.people):
            if c.used_by:
                who = named(model.people[person], person)
                missing = f"{title}: {who} may ask for something and isn't among those who work with it"
                yield Place(path, f"used_by.{person}", person in c.used_by, missing, c.at)
        for operation in c.offers.values():
            missing = f"{title}: who may ask for `{operation.name}` isn't stated"
            where = f"{path}.offers.{operation.name}"
            yield Place(where, "allowed", bool(operation.allowed), missing, operation.at)
    for path, step in subject.steps:
        flow = model.flows.get(path.removeprefix("flows."))
        if flow is None or flow.by is None or not isinstance(step.action, Call | Send):
            continue
        for component in model.candidates(step.action.component):
            operation = component.offers[step.action.operation]
            if operation.allowed:
                stated = flow.by in operation.allowed
                missing = (
                    f"`{component.name}.{operation.name}` is called by {flow.by}, who may not ask for it"
                )
                yield Place(step.path, "allowed", stated, missing, step.at)
    for name, person in model.people.items():
        missing = f"{named(person, name)}: what they do isn't stated"
        yield Place(f"people.{name}", "role", bool(person.role), missing, person.at)


RULE = Rule(
    id="permission-not-stated",
    title="Permission that nobody states",
    looks_for="Tools without `used_by` or `holders`, operations without `allowed` or called by who isn't, "
    "people without `role`.",
    why="Accounts and rights are set up on the first day. What isn't stated becomes: everybody may do "
    "everything.",
    source="NIST SP 800-53 rev. 5, AC-3 and AC-6 (least privilege); ISO/IEC 27001:2022, A.5.15 and A.5.18",
    severity="warning",
    tags=("ambiguity", "people", "security"),
    consequence="Everybody may do everything, or the wrong person is locked out.",
    remedy="Say who works with it, who administers it, and who may ask for each operation.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {role: sells}}
components: {crm: {kind: tool, used_by: [ana], holders: [ana], offers: {add: {work: 1 s, allowed: [ana]}}}}
""",
    bad="""\
people: {ana: {}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
""",
    expected=(
        "permission-not-stated:components.crm.offers.add/allowed",
        "permission-not-stated:components.crm/holders",
        "permission-not-stated:components.crm/used_by",
        "permission-not-stated:people.ana/role",
    ),
)
