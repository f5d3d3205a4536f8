"""One word for two things."""

from __future__ import annotations

from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

SECTIONS = ("people", "places", "suppliers", "components", "data", "flows")


def check(subject: Subject) -> Look:
    """What people call every element; those called like another one."""
    called: dict[str, list[tuple[str, object]]] = {}
    for section in SECTIONS:
        for name, element in getattr(subject.model, section).items():
            called.setdefault(_plain(named(element, name)), []).append((f"{section}.{name}", element))
    hits = (
        Hit(
            same[0][0],
            f"One word for {len(same)} things: {named(same[0][1], same[0][0].partition('.')[2])}",
            f"also {', '.join(path for path, _ in same[1:])}",
            getattr(same[0][1], "at", None),
            key="+".join(path for path, _ in same[1:]),
        )
        for _, same in sorted(called.items())
        if len(same) > 1
    )
    return Look(sum(len(same) for same in called.values()), tuple(hits))


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


RULE = Rule(
    id="two-readings",
    title="One word for two things",
    looks_for="People, places, suppliers, components, data and flows that are called the same.",
    why="In a sentence only the title is read; whoever builds takes the thing that they think of first.",
    source="consistent terms: ISO/IEC/IEEE 29148:2018, 5.2.6; Evans, Domain-Driven Design, 2003, chapter 2",
    severity="warning",
    tags=("ambiguity", "words"),
    consequence="Two people talk about two things and notice it late.",
    remedy="Give each its own title.",
    phases=("build",),
    check=check,
    good="""\
components: {mail: {kind: tool, title: Mail}}
data: {mails: {title: Mails, held_by: mail}}
""",
    bad="""\
components: {mail: {kind: tool, title: Mail}}
data: {mails: {title: mail, held_by: mail}}
""",
    expected=("two-readings:components.mail/data.mails",),
)
