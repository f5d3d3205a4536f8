"""Terms are explained where they are said, in whatever form, and not elsewhere."""

from __future__ import annotations

import pytest

from groma.documents.content import (
    Block,
    Card,
    Cards,
    Column,
    Definitions,
    Paragraph,
    Row,
    Section,
    Table,
    line,
)
from groma.documents.deliverables.subject import Deliverable, Subject
from groma.documents.inlines import plain
from groma.documents.quote import Quoter
from groma.model.figure import Ledger
from groma.model.load import loads

TERMS = ("Saturation", "RPO, RTO", "Percentile (p95)", "Second method", "Interval")


def explained(*blocks: Block) -> list[str]:
    """The terms left of all, in a document that says so much."""
    model = loads("groma: 1\nsystem: S\ncurrency: EUR\n")
    made = Deliverable("d", "D", "", "", lambda subject: None)
    entries = tuple((line(term), line("what it means, such as p95 or RPO")) for term in TERMS)
    sections = (
        Section("d-body", "Body", 1, blocks),
        Section("d-terms", "Terms", 1, (Definitions(entries),)),
    )
    document = made.document(Subject(model, Quoter(Ledger(model.digest))), "", (), sections)
    (left,) = document.sections[1].blocks
    assert isinstance(left, Definitions)
    return [plain(term) for term, _ in left.entries]


@pytest.mark.parametrize(
    ("block", "term"),
    [
        (Paragraph(line("The first part saturates at noon.")), "Saturation"),
        (Table((Column("RTO"),), (Row((line("4 h"),)),)), "RPO, RTO"),
        (Table((Column("Time"),), (Row((line("the p95 is 4 s"),)),)), "Percentile (p95)"),
        (Cards((Card("By the second method", line("3")),)), "Second method"),
    ],
)
def test_a_term_that_is_said_is_explained(block: object, term: str) -> None:
    assert explained(block) == [term, "Interval"]


def test_a_term_that_is_only_part_of_another_word_is_not() -> None:
    assert explained(Paragraph(line("An unsaturated carport."))) == ["Interval"]
