"""Hand-overs of which it isn't told what sets them off, what they carry, how, and who answers for them."""

from __future__ import annotations

from collections.abc import Iterator

from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Connections between components: trigger, content, way and owner."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    parts = subject.model.components
    for name, c in subject.model.connections.items():
        if c.from_ not in parts or c.to not in parts:
            continue
        title = f"{named(parts[c.from_], c.from_)} to {named(parts[c.to], c.to)}"
        path = f"connections.{name}"
        yield Place(path, "carries", bool(c.carries), f"{title}: what it carries isn't stated", c.at)
        yield Place(
            path, "protocol", bool(c.protocol), f"{title}: in which form it goes over isn't stated", c.at
        )
        yield Place(path, "when", bool(c.when), f"{title}: what sets it off isn't stated", c.at)
        yield Place(path, "owner", c.owner is not None, f"{title}: nobody answers for it", c.at)


RULE = Rule(
    id="hand-over-not-described",
    title="Hand-over that is only a line in a picture",
    looks_for="Connections between components without `carries`, `protocol`, `when` or `owner`.",
    why="A line between two boxes can be an interface, a nightly file or a person; each is another thing "
    "to build.",
    source="interface description: ISO/IEC/IEEE 15289:2019, 10.27; Hohpe and Woolf, Enterprise Integration "
    "Patterns, 2003",
    severity="warning",
    tags=("ambiguity", "integration"),
    consequence="It is built the way that was easiest that day.",
    remedy="State what it carries, in which form, what sets it off and who answers for it.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customer: {held_by: crm}}
connections: {sync: {from: crm, to: books, carries: [customer], protocol: HTTPS, when: a customer is saved, owner: ana}}
""",
    bad="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {sync: {from: crm, to: books}}
""",
    expected=(
        "hand-over-not-described:connections.sync/carries",
        "hand-over-not-described:connections.sync/owner",
        "hand-over-not-described:connections.sync/protocol",
        "hand-over-not-described:connections.sync/when",
    ),
)
