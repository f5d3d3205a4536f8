"""The orchestration design: who does what, in which order, and what if it fails, for the engineer who builds the flows.

Good when a run can be replayed on paper and a fault at any step has a written answer: every state of every flow stands
here with each of its outcomes, and what a run can take at most is worked out beside it.
"""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.orchestration import machine_of
from groma.analyses.orchestration.certificate import figures
from groma.documents.content import Blocks, Column, Document, Paragraph, Row, Table
from groma.documents.deliverables.common_sections import FEW, glossary, needs_table, open_points
from groma.documents.deliverables.findings_sections import meanings
from groma.documents.deliverables.orchestration_bound_sections import bounds, policies
from groma.documents.deliverables.orchestration_flow_sections import hand_offs, machines_of, workflow
from groma.documents.deliverables.orchestration_tool_sections import contexts, registry
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.facts_of_model import roots
from groma.documents.inlines import Inlines, Strong, coded, line
from groma.model.finding import Finding
from groma.rules import rules

ID = "orchestration-design"


def write(subject: Subject) -> Document | None:
    """The whole document; None where no flow starts by itself, or choices are still open."""
    model = subject.model
    flows = tuple(flow for flow in model.flows.values() if roots(flow, model) and flow.steps)
    if not flows or model.alternatives or model.wants:
        return None
    context = Context(model, subject.source.catalog, subject.quoter.ledger)
    told = rules(phase="assess")
    mine = tuple(f for f in subject.findings if f.rule in told and "programs" in told[f.rule].tags)
    sections = (
        *section(ID, "who", "Who does what", workflow(subject, ID)),
        *section(ID, "states", "Every state and every way on", machines_of(subject, context, flows, ID)),
        *section(ID, "tools", "Tools and what may be done with them", registry(subject, context, flows, ID)),
        *section(ID, "context", "What enters each model call", contexts(subject, context, flows)),
        *section(ID, "faults", "Attempts, limits of time, undoing", policies(subject, context, flows)),
        *section(ID, "people", "Where a person takes over", hand_offs(subject, context, flows)),
        *section(ID, "bounds", "The most a run can take", bounds(subject, context, flows)),
        *section(ID, "findings", "What the checks found", checked(subject, mine)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject, FEW)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    return DELIVERABLE.document(
        subject,
        f"{model.system}: who does what, in which order, and what if it fails",
        summary(subject, context, tuple(flow.name for flow in flows)),
        sections,
    )


def checked(subject: Subject, findings: tuple[Finding, ...]) -> Blocks:
    """What rules about programs found: what was seen, with the way there, and what to do."""
    if not findings:
        return ()
    known = rules()
    rows = tuple(
        Row(
            (
                line(Strong(line(f.title))),
                coded(f.evidence[0].text),
                line("" if f.rule in known and f.remedy == known[f.rule].remedy else f.remedy),
            ),
            tuple(f.figures),
        )
        for f in findings
    )
    columns = (Column("Finding"), Column("What was seen, and the way there", share=1.8), Column("What to do"))
    kinds = dict.fromkeys(f.rule for f in findings if f.rule in known)
    return (subject.because(Table(columns, rows)), *meanings((known[kind] for kind in kinds), ID))


def summary(subject: Subject, context: Context, flows: tuple[str, ...]) -> Blocks:
    """One paragraph a flow: its size, its bounds; then the needs."""
    quoter = subject.quoter
    blocks: Blocks = ()
    for name in flows:
        machine = machine_of(context, name, nested=False)
        for figure in figures(context, name):
            if figure.name not in quoter.ledger:
                quoter.ledger.write(figure)
        faults = sum(1 for way in machine.transitions if way.outcome not in ("ok", "stop"))
        title = context.model.flows[name].title or name
        words = line(
            quoter.say("design", f"“{title}”"),
            " has ",
            quoter.count(f"states/{name}", f"States of {name}", len(machine.states), "states of its machine"),
            " states, where it begins and ends among them, and an answer to each of ",
            quoter.count(f"faults/{name}", f"Faults of {name}", faults, "transitions on an error"),
            " ways in which a step can go wrong. ",
            _most(subject, name),
        )
        blocks += (Paragraph(words),)
    table: Blocks = (needs_table(subject, f"{ID}-needs"),) if quoter.ledger.needs else ()
    return (subject.because(*blocks), *table)


def _most(subject: Subject, flow: str) -> Inlines:
    quoter = subject.quoter
    shown = [of for of in ("calls", "cost", "time") if quoter.shown(f"bound/{flow}/{of}")]
    if not shown:
        return line(
            f"What one run of {flow} can take has no bound; why stands under “The most a run can take”."
        )
    words = line("One run takes at most ")
    for number, of in enumerate(shown):
        unit = " calls" if of == "calls" else ""
        words = line(words, ", " if number else "", quoter.figure(f"bound/{flow}/{of}"), unit)
    return line(words, "." if len(shown) == 3 else "; the rest has no bound.")


DELIVERABLE = Deliverable(
    ID,
    "Orchestration",
    "For the engineer who builds the flows",
    "Who does what, in which order, and what if it fails?",
    write,
    ("interfaces",),
)
