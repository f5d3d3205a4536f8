"""The infrastructure specification: what runs where, how big it is, what is left when something fails, what it costs.

For the platform engineer who builds it and finance who pays for it. Good when every line of the bill is explained and
nothing must be guessed.
"""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Column, Document, Paragraph, Picture, Row, Table
from groma.documents.deliverables import decisions
from groma.documents.deliverables.common_sections import (
    glossary,
    needs_table,
    open_points,
)
from groma.documents.deliverables.findings_sections import findings_table
from groma.documents.deliverables.flow_sections import failure_modes
from groma.documents.deliverables.inference_sections import inference
from groma.documents.deliverables.outline_sections import code, other_terms, over_growth, reached, scaling
from groma.documents.deliverables.parts_sections import system_pictures
from groma.documents.deliverables.qualities import capacity, cost, dependability
from groma.documents.deliverables.recovery_sections import recovery
from groma.documents.deliverables.subject import Deliverable, Subject, section
from groma.documents.deliverables.uncertainty_sections import load_stood
from groma.documents.facts_of_model import name_of, where_words
from groma.documents.inlines import Code, Inlines, Strong, line, plain
from groma.documents.views import deployment_view
from groma.model.elements import Component
from groma.model.finding import Finding
from groma.rules import rules

ID = "infrastructure-specification"


def write(subject: Subject) -> Document | None:
    """The whole document; None where no part has a place, a size or a carrier."""
    parts = subject.model.components.values()
    if not any(c.place or c.runs_on or c.provides for c in parts):
        return None
    sections = (
        *section(ID, "where", "What runs where", where(subject)),
        *section(ID, "sizes", "Parts and sizes", sizes(subject)),
        *section(ID, "links", "Links", links(subject)),
        *section(ID, "models", "How models are run", inference(subject, ID)),
        *section(ID, "reached", "Networks, identities, secrets", reached(subject)),
        *section(ID, "scaling", "How it grows with the load", scaling(subject)),
        *section(ID, "headroom", "What is left when one is lost", headroom(subject)),
        *section(ID, "recovery", "After a loss", recovery(subject, ID)),
        *section(ID, "dependability", "What its availability hangs on", dependability(subject, ID)),
        *section(ID, "load", "How much it can carry", (*capacity(subject), *load_stood(subject))),
        *section(
            ID, "cost", "What it costs", (*cost(subject, ID), *over_growth(subject), *other_terms(subject))
        ),
        *section(ID, "code", "Infrastructure as code, in outline", code(subject, ID)),
        *section(ID, "failures", "What can go wrong", failure_modes(subject)),
        *section(ID, "exit", "Suppliers, and how to leave them", suppliers(subject)),
        *section(ID, "choices", "What is chosen and why", decisions.overview(subject)),
        *section(ID, "findings", "What was found", findings_table(subject, platform(subject), ID)),
        *section(ID, "unknown", "What is assumed, what is unknown", open_points(subject)),
        *section(ID, "terms", "Terms", glossary(subject)),
    )
    table: Blocks = (needs_table(subject, f"{ID}-needs"),) if subject.quoter.ledger.needs else ()
    return DELIVERABLE.document(
        subject,
        f"{subject.model.system}: what runs where, how big, at what cost",
        table,
        sections,
    )


def platform(subject: Subject) -> tuple[Finding, ...]:
    """Findings that a platform engineer answers: all but those on what models may do, which the safety specification
    and the architecture tell."""
    known = rules()
    return tuple(
        finding
        for finding in subject.findings
        if finding.rule not in known or not {"ai", "safety"} & set(known[finding.rule].tags)
    )


def where(subject: Subject) -> Blocks:
    """The deployment picture, or the whole zoom where there is none."""
    view = deployment_view(subject.model, subject.quoter)
    if view is None:
        return system_pictures(subject, ID)
    carried = sum(1 for c in subject.model.components.values() if c.runs_on)
    words = line(
        subject.quoter.count(
            "parts/placed", "Boxes in the deployment view", len(view.nodes), "components and their places"
        ),
        " parts in ",
        subject.quoter.count(
            "parts/around",
            "Places and carriers in the deployment view",
            len(view.groups),
            "places and components that carry others",
        ),
        " places and carriers; ",
        subject.quoter.count("parts/carried", "Parts that run on another", carried, "components"),
        " runs on another part." if carried == 1 else " run on other parts.",
    )
    return (subject.because(Picture(f"{ID}-deployment", view, words, line("What runs where"), wide=True)),)


def sizes(subject: Subject) -> Blocks:
    """Every part with its product, number, place and resources."""
    model = subject.model
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(Code(c.product) if c.product else c.kind),
                line(str(c.replicas)),
                line(where_words(model, c)),
                _resources(subject, c),
            )
        )
        for c in model.components.values()
    )
    columns = (
        Column("Part"),
        Column("Product"),
        Column("Number", align="right"),
        Column("Where"),
        Column("Has or takes"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def _resources(subject: Subject, c: Component) -> Inlines:
    words: Inlines = ()
    for table, verb in ((c.provides, "provides"), (c.takes, "takes")):
        for name, amount in table.items():
            where = f"components.{c.name}.{verb}.{name}"
            shown = subject.quoter.amount(where, amount)
            unit = "" if plain(shown).endswith(name) else f" {name}"
            words = line(words, "; " if words else "", f"{verb} ", *shown, unit)
    return words


def links(subject: Subject) -> Blocks:
    """Connections with protocol, latency, loss and bandwidth."""
    model, quoter = subject.model, subject.quoter
    rows = tuple(
        Row(
            (
                line(name_of(model, c.from_)),
                line(name_of(model, c.to)),
                line(c.protocol),
                quoter.amount(f"connections.{c.name}.latency", c.latency),
                quoter.amount(f"connections.{c.name}.bandwidth", c.bandwidth),
            )
        )
        for c in model.connections.values()
    )
    columns = (
        Column("From"),
        Column("To"),
        Column("Protocol"),
        Column("There and back", align="right"),
        Column("Bandwidth", align="right"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def headroom(subject: Subject) -> Blocks:
    """What is left of each resource after losing the largest member of its pool."""
    quoter, model = subject.quoter, subject.model
    found = [f for f in quoter.named("headroom/") if f.status != "not shown"]
    rows = tuple(
        Row(
            (
                line(name_of(model, f.name.split("/")[1])),
                line(f.name.split("/")[2]),
                line(quoter.figure(f.name)),
            )
        )
        for f in found
    )
    if not rows:
        return ()
    least = min(found, key=lambda f: (f.low if f.low is not None else f.value or 0.0, f.name))
    caption = line(
        "Least is left of ",
        quoter.say(least.name, f"{least.name.split('/')[2]} of {name_of(model, least.name.split('/')[1])}"),
        ": ",
        quoter.figure(least.name),
        ".",
    )
    columns = (Column("Pool"), Column("Resource"), Column("Left after losing one", align="right"))
    return (subject.because(Table(columns, rows, caption)),)


def suppliers(subject: Subject) -> Blocks:
    """Who is bought from, what, and how to leave."""
    model = subject.model
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, s.name)))),
                line(name_of(model, s.in_) if s.in_ else ""),
                line(
                    ", ".join(
                        name_of(model, c.name) for c in model.components.values() if c.supplier == s.name
                    )
                ),
                line(s.exit),
            )
        )
        for s in model.suppliers.values()
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(
            subject.because(
                Table(
                    (
                        Column("Supplier"),
                        Column("Established in"),
                        Column("What is bought"),
                        Column("To leave"),
                    ),
                    rows,
                )
            )
        )
    once = subject.quoter.ledger.figures.get("cost/once")
    if once is not None and (once.high or 0) > 0:
        blocks.append(
            Paragraph(line("Paid once, to buy what is bought: ", subject.quoter.figure("cost/once"), "."))
        )
    return tuple(blocks)


DELIVERABLE = Deliverable(
    ID,
    "Infrastructure",
    "For the platform engineer and finance",
    "What runs where, how big is it, and what does it cost?",
    write,
    ("structure", "money"),
)
