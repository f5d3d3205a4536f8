"""Words that leave a builder to guess."""

from __future__ import annotations

from groma.rules.buildable.vague_terms import vague
from groma.rules.prose import Said, said
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

BINDING = frozenset(
    {
        "does",
        "when",
        "on_error",
        "exit",
        "title",
        "role",
        "protocol",
        "maps",
        "request",
        "response",
        "to_reverse",
    }
)
"""Keys whose words somebody builds from; reasons and the client's own words may be as they are."""


def check(subject: Subject) -> Look:
    """Every text that somebody builds from; vague words in it."""
    texts = [each for each in said(subject.model) if each.key.partition(".")[0] in BINDING]
    hits = (hit for each in texts for hit in _hits(each))
    found = tuple({(hit.element, hit.key): hit for hit in hits}.values())
    return Look(max(len(texts), len(found)), found)


def _hits(each: Said) -> list[Hit]:
    return [
        Hit(
            each.element,
            f"`{word}` leaves open what is meant",
            f"`{each.key}: {each.text}` ({wrong})",
            each.at,
            confidence="likely",
            key=f"{each.key}/{word.casefold()}",
        )
        for word, wrong in vague(each.text)
    ]


RULE = Rule(
    id="vague-words",
    title="Word that leaves open what is meant",
    looks_for="Words such as `etc.`, `as needed`, `regularly`, `fast`, `the system` (and the same in German) "
    "in what somebody builds from.",
    why="Each reader fills such a word with their own number.",
    source="ISO/IEC/IEEE 29148:2018, 5.2.7 (terms to avoid)",
    severity="note",
    tags=("ambiguity", "words"),
    consequence="Builder and client each read what they hope for.",
    remedy="Put the number, the name, the whole list or the condition in its place.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, does: Answers within 2 s and sends the list every Monday}}
""",
    bad="""\
components: {crm: {kind: tool, does: Answers fast, exit: bei Bedarf als CSV usw.}}
""",
    expected=(
        "vague-words:components.crm/does/fast",
        "vague-words:components.crm/exit/bei bedarf",
        "vague-words:components.crm/exit/usw",
    ),
)
