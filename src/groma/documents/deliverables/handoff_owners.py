"""Who answers for each part, who can get in, what is bought from whom until when."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Callout, Column, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.model.elements import Component, Supplier


def owners(subject: Subject) -> Blocks:
    """Every part with its owner, its upkeep and what its keeper must know; those without an owner in a callout."""
    model, quoter = subject.model, subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(c.does),
                line(name_of(model, c.owner) if c.owner else "nobody yet"),
                quoter.amount(f"components.{c.name}.effort", c.effort),
                line(", ".join(c.needs_knowledge)),
            )
        )
        for c in model.components.values()
    )
    columns = (
        Column("Part"),
        Column("What it does"),
        Column("Owner"),
        Column("Upkeep", align="right"),
        Column("Must know"),
    )
    blocks: list[Block] = []
    lacking = [name_of(model, c.name) for c in model.components.values() if c.owner is None]
    if lacking:
        words = line("Name an owner before it goes live: ", quoter.say("design", ", ".join(lacking)), ".")
        blocks.append(subject.because(Callout("open", words)))
    if rows:
        blocks.append(subject.because(Table(columns, rows)))
    return tuple(blocks)


def access(subject: Subject) -> Blocks:
    """Who signs in as administrator, in whose name an account is, who may ask for what is restricted."""
    model = subject.model
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(model, c.name)))),
                line(", ".join(name_of(model, person) for person in c.holders)),
                line(c.registered_to),
                _allowed(subject, c),
            )
        )
        for c in model.components.values()
        if c.holders or c.registered_to or any(o.allowed for o in c.offers.values())
    )
    columns = (Column("Part"), Column("Administrators"), Column("In whose name"), Column("May be asked by"))
    return (subject.because(Table(columns, rows)),) if rows else ()


def _allowed(subject: Subject, component: Component) -> Inlines:
    told = [
        f"{call_words(subject.model, component.name, o.name)}: "
        f"{', '.join(name_of(subject.model, who) for who in o.allowed)}"
        for o in component.offers.values()
        if o.allowed
    ]
    return line("; ".join(told))


def contracts(subject: Subject) -> Blocks:
    """Each supplier with what is bought, when it is renewed, and how to leave."""
    model = subject.model
    rows = tuple(Row(_contract(subject, s)) for s in model.suppliers.values())
    columns = (
        Column("Supplier"),
        Column("What is bought"),
        Column("Renewed"),
        Column("Notice"),
        Column("To leave"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def _contract(subject: Subject, supplier: Supplier) -> tuple[Inlines, ...]:
    model = subject.model
    bought = [name_of(model, c.name) for c in model.components.values() if c.supplier == supplier.name]
    return (
        line(Strong(line(name_of(model, supplier.name)))),
        line(", ".join(bought)),
        line(supplier.renews or ""),
        subject.quoter.amount(f"suppliers.{supplier.name}.notice", supplier.notice),
        line(supplier.exit),
    )
