"""How every document ends: what isn't part of it, and which neighbour does it.

Made from what the model puts out of its scope and from activities of neighbours that border on what a document tells of
(table `neighbours` of the catalog), each named with the parts, data, people or suppliers of this model it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from groma.analyses.neighbours import Border, asked, borders
from groma.documents.content import Blocks, Column, Document, Row, Section, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import line

TITLE = "What is not part of it, and who does it"
NAMED = 4
"""Elements that an activity is told to be about; more are counted."""


def with_scope(subject: Subject, document: Document, concerns: Iterable[str]) -> Document:
    """The document with its last chapter; as it is where there is nothing to say."""
    blocks = scope(subject, tuple(concerns))
    if not blocks:
        return document
    last = Section(f"{document.id}-scope", TITLE, 1, blocks)
    return replace(document, sections=(*document.sections, last))


def scope(subject: Subject, concerns: Sequence[str]) -> Blocks:
    """What the client has left out, what was asked for though a neighbour does it, what borders on the document."""
    rows = [_left_out(what, owner) for what, owner in subject.model.out_of_scope.items()]
    wanted = tuple(each for _, each in asked(subject.model, subject.borders) if each is not None)
    named = {each.neighbour.activity for each in wanted}
    rows += [_left_out(f"{w.neighbour.title} (asked for: {w.word})", w.neighbour.owner) for w in wanted]
    found = [
        b for b in borders(subject.model, subject.borders, concerns) if b.neighbour.activity not in named
    ]
    for together in _about(found):
        rows += _rows(subject, together)
    if not rows:
        return ()
    columns = (
        Column("Not part of this document"),
        Column("About"),
        Column("Done by"),
        Column("Here answers for it"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _left_out(what: str, owner: str) -> Row:
    return Row((line(what), line(), line(owner), line()))


def _about(found: Iterable[Border]) -> list[list[Border]]:
    """Activities about the same things, together, in the order of the first."""
    groups: dict[tuple[str, ...], list[Border]] = {}
    for border in found:
        groups.setdefault(border.about, []).append(border)
    return list(groups.values())


def _rows(subject: Subject, together: Sequence[Border]) -> list[Row]:
    """A row for each owner; what they are about is said once."""
    by_owner: dict[str, list[Border]] = {}
    for border in together:
        by_owner.setdefault(border.neighbour.owner, []).append(border)
    about = ", ".join(title.rstrip("?") for title in together[0].about[:NAMED])
    if len(together[0].about) > NAMED:
        about += f" and {len(together[0].about) - NAMED} more"
    rows: list[Row] = []
    for owner, own in by_owner.items():
        titles = [own[0].neighbour.title, *(_lower(border.neighbour.title) for border in own[1:])]
        people = ", ".join(name_of(subject.model, person) for person in own[0].people[:2])
        rows.append(
            Row((line("; ".join(titles)), line("the same" if rows else about), line(owner), line(people)))
        )
    return rows


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
