"""What a builder would have to guess: how many places were looked at, what isn't stated there, where for instance."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Callout, Column, Paragraph, Row, Table
from groma.documents.deliverables.findings_sections import meanings
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Strong, coded, line
from groma.rules import Checked

SHOWN = 3
"""Findings of a rule that are told."""


def left_to_guess(subject: Subject, document: str, *, short: bool = False) -> Blocks:
    """The result of the check of a design; `short`: only the sentence that sums it up. Nothing where none was made."""
    looked = [each for each in subject.checked if each.rule.id != BOUNDARY]
    if not looked:
        return ()
    open_ones = [each for each in looked if each.findings]
    blocks: list[Block] = [
        _sum(subject, looked, open_ones, " The document for those who build lists them." * short)
    ]
    if open_ones and not short:
        rows = tuple(
            _row(subject, each) for each in sorted(open_ones, key=lambda e: (-len(e.findings), e.rule.id))
        )
        columns = (
            Column("What isn't stated"),
            Column("Looked at", align="right"),
            Column("To guess", align="right"),
            Column("For instance", share=1.6),
        )
        blocks.append(subject.because(Table(columns, rows)))
        blocks += meanings((each.rule for each in open_ones), document, "guesses")
    return tuple(blocks)


BOUNDARY = "not-the-architects"
"""The one rule of the check whose findings stand in the last chapter of each document instead."""


def _sum(subject: Subject, looked: list[Checked], open_ones: list[Checked], where: str) -> Block:
    quoter = subject.quoter
    places = quoter.count(
        "check/places",
        "Places that a builder looks at",
        sum(c.looked_at for c in looked),
        "rules of the check",
    )
    number = sum(len(each.findings) for each in open_ones)
    if not number:
        words = line(Strong(line("Nothing is left to guess. ")), places, " places were looked at.")
        return subject.because(Callout("good", words))
    guesses = quoter.count(
        "check/guesses", "Places where a builder has to guess", number, "rules of the check"
    )
    told = line(Strong(line("At ", guesses, " of ", places, " places a builder would have to guess.")))
    return subject.because(Paragraph(line(told, where)))


def _row(subject: Subject, each: Checked) -> Row:
    quoter, name = subject.quoter, each.rule.id
    told = "; ".join(finding.title for finding in each.findings[:SHOWN])
    more = len(each.findings) - SHOWN
    return Row(
        (
            line(Strong(line(each.rule.title))),
            line(quoter.count(f"check/{name}/places", f"Places: {each.rule.title}", each.looked_at, name)),
            line(
                quoter.count(
                    f"check/{name}/guesses", f"To guess: {each.rule.title}", len(each.findings), name
                )
            ),
            coded(told + (f"; and {more} more" if more > 0 else "")),
        )
    )
