"""The handoff: what whoever runs the system next has to know to keep it alive.

For the person who is on call after a day. Good when every part has an owner and a way back, every failure known has an
answer, and what comes next is said with the figures that justify it.
"""

from __future__ import annotations

from groma.documents.content import Blocks, Document, Paragraph
from groma.documents.deliverables import decisions
from groma.documents.deliverables.common_sections import FEW, glossary, needs_table, open_points
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.flow_sections import failure_modes
from groma.documents.deliverables.handoff_next import next_iteration, steps
from groma.documents.deliverables.handoff_owners import access, contracts, owners
from groma.documents.deliverables.handoff_runbooks import runbooks
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Strong, line

ID = "handoff"


def write(subject: Subject) -> Document | None:
    """The whole document; None where nothing runs."""
    if not any(flow.starts is not None for flow in subject.model.flows.values()):
        return None
    sections = (
        *section(ID, "owners", "Who answers for what", owners(subject)),
        *section(ID, "access", "Who can get in", access(subject)),
        *section(ID, "contracts", "Contracts, renewals, and how to leave", contracts(subject)),
        *section(ID, "runbooks", "Runbooks", runbooks(subject, ID)),
        *section(ID, "failures", "Known ways to fail", failure_modes(subject)),
        *section(ID, "decisions", "Decision log", decisions.overview(subject)),
        *section(ID, "next", "What to do next", next_iteration(subject, ID)),
        *section(
            ID, "findings", "What was found and is still open", findings_table(subject, subject.findings, ID)
        ),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject, FEW)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: how to keep it alive",
        summary(subject),
        sections,
    )


def summary(subject: Subject) -> Blocks:
    """What runs, what is watched first, what has nobody."""
    model, quoter = subject.model, subject.quoter
    own = [c for c in model.components.values() if c.owner is None]
    runs = [f for f in model.flows.values() if f.starts is not None]
    words = line(
        quoter.count("handoff/flows", "Flows that start by themselves", len(runs), "flows of the model"),
        " flow starts by itself: " if len(runs) == 1 else " flows start by themselves: ",
        quoter.say("design", "; ".join(name_of(model, f"flow:{f.name}") for f in runs)),
        ". ",
        quoter.count("handoff/parts", "Parts of the system", len(model.components), "components"),
        " parts carry it" if len(runs) == 1 else " parts carry them",
    )
    if own:
        words = line(
            words,
            "; ",
            quoter.count("handoff/unowned", "Parts without an owner", len(own), "components"),
            " of these have nobody who answers for them yet",
        )
    first = steps(subject)[:1]
    ahead = tuple(subject.because(Paragraph(line(Strong(line("To begin with. ")), each))) for each in first)
    table = (needs_table(subject, f"{ID}-needs"),) if quoter.ledger.needs else ()
    return (subject.because(Paragraph(line(words, "."))), *ahead, *table)


DELIVERABLE = Deliverable(
    ID,
    "Handoff",
    "For whoever runs it next",
    "How do I keep it alive?",
    write,
    ("structure", "people"),
)
