"""How every document ends: what isn't part of it, and which neighbour does it.

Made from what the model puts out of its scope and from activities of neighbours that border on what a document tells of
(table `neighbours` of the catalog), each named with the parts, data, people or suppliers of this model it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from groma.analyses.neighbours import Border, asked, borders
from groma.documents.content import Block, Blocks, Column, Document, Paragraph, Row, Section, Table
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
    rows = [Row((line(what), line(owner))) for what, owner in subject.model.out_of_scope.items()]
    wanted = tuple(each for _, each in asked(subject.model, subject.borders) if each is not None)
    named = {each.neighbour.activity for each in wanted}
    for each in wanted:
        rows.append(
            Row((line(f"{each.neighbour.title} (asked for: {each.word})"), line(each.neighbour.owner)))
        )
    found = [
        b for b in borders(subject.model, subject.borders, concerns) if b.neighbour.activity not in named
    ]
    rows += [_row(subject, together) for together in _grouped(found)]
    if not rows:
        return ()
    table = Table((Column("Not part of this document"), Column("Done by")), tuple(rows))
    blocks: list[Block] = [subject.because(table)]
    if any(border.people for border in found):
        blocks.append(
            Paragraph(
                line("Who is named as here answers for it in this model, whatever their role is called.")
            )
        )
    return tuple(blocks)


def _grouped(found: Iterable[Border]) -> list[list[Border]]:
    """Activities of one owner about the same things, together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Border]] = {}
    for border in found:
        groups.setdefault((border.neighbour.owner, border.about), []).append(border)
    return list(groups.values())


def _row(subject: Subject, together: Sequence[Border]) -> Row:
    first = together[0]
    titles = [first.neighbour.title, *(_lower(border.neighbour.title) for border in together[1:])]
    about = ", ".join(first.about[:NAMED])
    if len(first.about) > NAMED:
        about += f" and {len(first.about) - NAMED} more"
    people = ", ".join(name_of(subject.model, person) for person in first.people[:2])
    here = f" (here: {people})" if people else ""
    return Row((line(f"{'; '.join(titles)}: {about}"), line(first.neighbour.owner + here)))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
