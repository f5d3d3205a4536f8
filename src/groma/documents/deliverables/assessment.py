"""The assessment of a model as it is: which needs it meets, by how much, and what would have to be known or changed."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Card, Cards, Document, Paragraph
from groma.documents.deliverables.common_sections import (
    glossary,
    needs_statement,
    needs_table,
    open_points,
)
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.qualities import quality_blocks
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.inlines import Strong, line
from groma.documents.plots import need_title

ID = "assessment"


def write(subject: Subject) -> Document | None:
    """The front page of a model that isn't a blueprint."""
    if subject.blueprint is not None or not (subject.quoter.ledger.needs or subject.findings):
        return None
    sections = (
        *section(
            ID,
            "needs",
            "What is asked, and what it gets",
            (needs_table(subject, f"{ID}-needs-table", stated=True),) if subject.quoter.ledger.needs else (),
        ),
        *section(ID, "findings", "What was found", findings_table(subject, subject.findings, ID)),
        *section(ID, "qualities", "Figures", quality_blocks(subject, ID)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    return DELIVERABLE.document(
        subject,
        "What it does, what it costs, which needs it meets",
        summary(subject),
        sections,
        title=subject.model.system,
    )


def summary(subject: Subject) -> Blocks:
    """The answer in one sentence, then at a glance."""
    quoter = subject.quoter
    blocks: list[Block] = [Paragraph(line(Strong(needs_statement(subject))))]
    cards: list[Card] = []
    if quoter.shown("cost/month"):
        cards.append(
            Card(
                "Bill",
                line(quoter.monthly("cost/month")),
                line("a month, paid to suppliers"),
                f"#{ID}-qualities",
            )
        )
    if quoter.shown("people/hours"):
        cards.append(
            Card(
                "People's time",
                line(quoter.monthly("people/hours")),
                line("a month, beside the bill"),
                f"#{ID}-qualities",
            )
        )
    for result in [
        r
        for r in quoter.ledger.needs
        if r.target.value is not None and r.figure != "cost/month" and not r.accompanies
    ]:
        if len(cards) == 4:
            break
        ref = f"need/{result.need}"
        name = need_title(subject.model, ref)
        cards.append(
            Card(
                name,
                line(quoter.figure(result.figure)),
                line(quoter.target(result), " asked: ", quoter.verdict(result)),
                f"#{ID}-needs",
            )
        )
    if cards:
        blocks.append(subject.because(Cards(tuple(cards))))
    return tuple(blocks)


DELIVERABLE = Deliverable(
    ID,
    "Assessment",
    "For whoever answers for it",
    "Does it meet its needs, and if not, why not?",
    write,
    ("needs",),
)
