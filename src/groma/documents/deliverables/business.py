"""The architecture of a business: which tool does what, what is kept where, who can do what, what is done by hand.

In plain words, for the founder who decides and the developer who builds it. Good when nobody has to call the author.
"""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Column, Document, Paragraph, Picture, Row, Table
from groma.documents.deliverables import decisions
from groma.documents.deliverables.acceptance_sections import acceptance_tests
from groma.documents.deliverables.buildable_sections import left_to_guess
from groma.documents.deliverables.change_sections import before_and_after, migration
from groma.documents.deliverables.common_sections import needs_table, open_points
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.flow_sections import heaviest
from groma.documents.deliverables.integration_sections import dictionary, integrations
from groma.documents.deliverables.parts_sections import responsibilities, where_kept
from groma.documents.deliverables.qualities import cost
from groma.documents.deliverables.reliability_sections import stands_alone
from groma.documents.deliverables.subject import Deliverable, Subject, part, section
from groma.documents.deliverables.tool_sections import (
    automations,
    by_function,
    handover,
    permissions,
    reasons,
)
from groma.documents.facts_of_model import name_of, roots
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.printable import ident
from groma.documents.sequences import sequence_view
from groma.documents.views import container_view
from groma.model.elements import Model
from groma.model.program import Ask, Step, walk

ID = "business-architecture"


def write(subject: Subject) -> Document | None:
    """The whole document; None for a system in which no person works."""
    if not subject.model.people:
        return None
    sections = (
        *section(ID, "map", "How it works together", map_of(subject)),
        *section(
            ID, "tools", "Tools and what each is for", by_function(subject) or responsibilities(subject)
        ),
        *section(ID, "reasons", "Why these and not others", reasons(subject)),
        *section(ID, "work", "How work goes through", work(subject)),
        *section(ID, "integrations", "What is handed over, field by field", integrations(subject, ID)),
        *section(ID, "automations", "What runs by itself", automations(subject)),
        *section(ID, "data", "What is kept where", where_kept(subject)),
        *section(ID, "dictionary", "Data dictionary", dictionary(subject, ID)),
        *section(ID, "permissions", "Who may do what", permissions(subject)),
        *section(ID, "people", "Who knows what", people(subject)),
        *section(ID, "hands", "What is done by hand", by_hand(subject)),
        *section(ID, "alone", "What hangs on one person or tool", alone(subject)),
        *section(ID, "cost", "What it costs", cost(subject, ID)),
        *section(ID, "before", "What it costs before and after", before_and_after(subject)),
        *section(ID, "migration", "How to get there", migration(subject)),
        *section(ID, "handover", "Handover and exit of each tool", handover(subject)),
        *section(ID, "tests", "Acceptance tests", acceptance_tests(subject, ID)),
        *section(
            ID, "choices", "What is chosen and why", () if subject.blueprint else decisions.overview(subject)
        ),
        *section(ID, "findings", "What was found", findings_table(subject, subject.findings, ID)),
        *section(ID, "guess", "What is left to guess", left_to_guess(subject, ID)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject)),
    )
    table: Blocks = (needs_table(subject, f"{ID}-needs"),) if subject.quoter.ledger.needs else ()
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: tools, data, people, hand-overs",
        table,
        sections,
    )


def map_of(subject: Subject) -> Blocks:
    """People and tools in one picture."""
    view = container_view(subject.model, subject.quoter)
    words = line(
        subject.quoter.count(
            "people/kinds", "People and teams in the model", len(subject.model.people), "people"
        ),
        " people or teams work with ",
        subject.quoter.count(
            "parts/tools", "Tools and other parts in the model", len(subject.model.components), "components"
        ),
        " tools.",
    )
    return (subject.because(Picture(f"{ID}-map-view", view, words, line("People and tools"), wide=True)),)


def work(subject: Subject) -> Blocks:
    """Each flow as a sequence."""
    blocks: Blocks = ()
    for flow in subject.model.flows.values():
        if not roots(flow, subject.model):
            continue
        view = sequence_view(subject.model, flow, subject.quoter)
        picture = Picture(
            f"{ID}-work-{ident(flow.name)}",
            view,
            heaviest(subject, flow),
            line("Who does what, in time"),
            wide=True,
        )
        blocks += (
            subject.because(*part(ID, f"work-of-{ident(flow.name)}", flow.title or flow.name, (picture,))),
        )
    return blocks


def knowledge(model: Model) -> dict[str, list[str]]:
    """What somebody must know, or knows -> who knows it."""
    known = {topic for person in model.people.values() for topic in person.knows}
    return {t: [p.name for p in model.people.values() if t in p.knows] for t in sorted(wanted(model) | known)}


def wanted(model: Model) -> frozenset[str]:
    """What somebody must know for the work or for a tool, as far as that is stated."""
    found = {topic for c in model.components.values() for topic in c.needs_knowledge}
    for flow in model.flows.values():
        for step in walk(flow.steps):
            if isinstance(step.action, Ask):
                found |= set(step.action.needs_knowledge)
    return frozenset(found)


def _how_many(model: Model, name: str) -> float:
    """How many people an entry of the model stands for."""
    count = model.people[name].count
    return 1.0 if count is None else count.mean


def people(subject: Subject) -> Blocks:
    """A table of people against what they know how to do."""
    model, topics = subject.model, knowledge(subject.model)
    if not topics:
        return ()
    rows = tuple(
        Row((line(topic), *(line("yes" if name in knowing else "") for name in model.people)))
        for topic, knowing in topics.items()
    )
    columns = (
        Column("What has to be known"),
        *(Column(name_of(model, name), align="center") for name in model.people),
    )
    return (subject.because(Table(columns, rows)),)


def by_hand(subject: Subject) -> Blocks:
    """Every step that waits for a person, with its time; hand-overs that a person carries; what it is all worth."""
    model, quoter = subject.model, subject.quoter
    rows: list[Row] = []
    for flow in model.flows.values():
        for step in walk(flow.steps):
            if isinstance(step.action, Ask):
                rows.append(_ask(subject, flow.title or flow.name, step, step.action))
    for link in model.connections.values():
        if link.by_hand:
            what = ", ".join(name_of(model, data) for data in link.carries) or "what is needed"
            rows.append(
                Row(
                    (
                        line(f"{name_of(model, link.from_)} to {name_of(model, link.to)}"),
                        line(f"carries over {what}"),
                        line("whoever does it"),
                        line(),
                    )
                )
            )
    blocks: list[Block] = []
    if quoter.shown("people/hours"):
        words: Inlines = line("In a month this takes ", quoter.figure("people/hours"), " of people's time")
        if quoter.shown("people/month"):
            words = line(words, ", which costs ", quoter.figure("people/month"))
        blocks.append(Paragraph(line(words, ".")))
    if rows:
        columns = (Column("In"), Column("What is done"), Column("By"), Column("Time each", align="right"))
        blocks.append(subject.because(Table(columns, tuple(rows))))
    return tuple(blocks)


def _ask(subject: Subject, flow: str, step: Step, ask: Ask) -> Row:
    takes = subject.quoter.amount(f"{step.path}.takes", ask.takes)
    return Row(
        (
            line(flow),
            line(step.title or "decides or does it"),
            line(name_of(subject.model, ask.person)),
            takes,
        )
    )


def alone(subject: Subject) -> Blocks:
    """What only one person knows, and flows that stop without one part."""
    model = subject.model
    needed = wanted(model)
    only = {
        topic: names
        for topic, names in knowledge(model).items()
        if (not needed or topic in needed) and sum(_how_many(model, name) for name in names) <= 1
    }
    rows = [
        Row(
            (
                line(Strong(line(topic))),
                line(name_of(model, names[0]) if names else "nobody"),
                line(_who_else(names)),
            )
        )
        for topic, names in only.items()
    ]
    columns = (Column("What has to be known"), Column("Known by"), Column("If they are away"))
    known: Blocks = (subject.because(Table(columns, tuple(rows))),) if rows else ()
    return (*known, *stands_alone(subject, ID))


def _who_else(names: list[str]) -> str:
    return "nobody else can do it" if names else "it can't be done at all"


DELIVERABLE = Deliverable(
    ID,
    "How the business runs",
    "For the founder and any developer",
    "What exactly do I build: which tool does what, what goes where, who may do what?",
    write,
    ("people", "interfaces", "data", "structure", "money"),
)
