"""The architecture document: what the parts are and how they work together, for the engineer who leads the building.

Contents after arc42 and ISO/IEC/IEEE 42010: goals, context, parts, data, interfaces, flows, failures, qualities,
decisions, risks, unknowns. Good when two engineers who read it apart would build systems that fit together.
"""

from __future__ import annotations

from groma.documents.content import Blocks, Bullets, Document, Paragraph
from groma.documents.deliverables import decisions
from groma.documents.deliverables.buildable_sections import left_to_guess
from groma.documents.deliverables.common_sections import (
    glossary,
    needs_table,
    open_points,
)
from groma.documents.deliverables.data_sections import reading
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.flow_sections import failure_modes, flow_blocks
from groma.documents.deliverables.parts_sections import (
    data_blocks,
    interfaces,
    responsibilities,
    system_pictures,
)
from groma.documents.deliverables.qualities import quality_blocks
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.inlines import Strong, line
from groma.documents.plots import need_title

ID = "architecture"


def write(subject: Subject) -> Document | None:
    """The whole document; chapters with nothing to say are left out."""
    model = subject.model
    if not model.components:
        return None
    sections = (
        *section(ID, "goals", "Goals", goals(subject)),
        *section(ID, "system", "The system", system_pictures(subject, ID)),
        *section(ID, "parts", "Parts and their responsibilities", responsibilities(subject)),
        *section(ID, "data", "Data", data_blocks(subject, ID)),
        *section(ID, "reading", "What is found and read", reading(subject, ID)),
        *section(ID, "flows", "What happens, step by step", flow_blocks(subject, ID)),
        *section(ID, "interfaces", "Interfaces", interfaces(subject, ID)),
        *section(ID, "failures", "What can go wrong", failure_modes(subject)),
        *section(ID, "qualities", "Qualities", quality_blocks(subject, ID)),
        *section(ID, "decisions", "Decisions", decisions.overview(subject)),
        *section(ID, "risks", "Risks and debts", findings_table(subject, subject.findings, ID)),
        *section(ID, "guess", "What is left to guess", left_to_guess(subject, ID)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    return DELIVERABLE.document(
        subject,
        f"{model.system}: parts, flows, interfaces, qualities",
        summary(subject),
        sections,
    )


def summary(subject: Subject) -> Blocks:
    """One page to stop after."""
    quoter = subject.quoter
    first: Blocks = ()
    if quoter.shown("cost/month"):
        first = (Paragraph(line("The system costs ", quoter.figure("cost/month"), ".")),)
    table: Blocks = (needs_table(subject, f"{ID}-needs"),) if quoter.ledger.needs else ()
    return (*first, *table)


def goals(subject: Subject) -> Blocks:
    """What is asked and why."""
    model = subject.model
    blocks: Blocks = ()
    if model.problem:
        blocks += (Paragraph(line(Strong(line("Asked: ")), model.problem)),)
    if model.background:
        blocks += (Paragraph(line(Strong(line("Background: ")), model.background)),)
    asked = tuple(
        line(
            Strong(line(need.from_)),
            f": “{need_title(model, name)}”, {_measured(subject, name)} ",
            subject.quoter.target(subject.quoter.needs[name]),
            f" ({need.why})" if need.why else "",
        )
        for name, need in model.needs.items()
        if need.from_ and name in subject.quoter.needs
    )
    if asked:
        blocks += (Paragraph(line("Who asks for what:")), Bullets(asked))
    return blocks


def _measured(subject: Subject, need: str) -> str:
    """What a need asks about, within a sentence."""
    figure = subject.quoter.ledger.figures.get(subject.quoter.needs[need].figure)
    title = figure.title if figure is not None else ""
    return title[:1].lower() + title[1:]


DELIVERABLE = Deliverable(
    ID,
    "Architecture",
    "For the lead engineer",
    "What are the parts, and how do they work together?",
    write,
    ("interfaces", "data"),
)
