"""From today to the proposal: what it costs before and after, which data move from where to where, in which order."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Column, Numbered, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, line
from groma.documents.quote import figure_text
from groma.model.elements import Data, Model

COMPARED = (
    ("cost/month", "Paid to suppliers"),
    ("people/hours", "People's time"),
    ("people/month", "What that time costs"),
    ("dependence/hours", "Work that waits for one person"),
)
"""Figures that are shown before and after, where both models have them."""

TODAY = "today/"
"""What names of figures of today's model begin with, in a document about a proposal."""


def before_and_after(subject: Subject) -> Blocks:
    """Figures of today's model against the proposal's; nothing where today isn't known."""
    quoter = subject.quoter
    rows: list[Row] = []
    for name, title in COMPARED:
        if quoter.shown(TODAY + name) and quoter.shown(name):
            before = line(quoter.say(TODAY + name, figure_text(quoter.ledger.figures[TODAY + name], name)))
            rows.append(Row((line(title), before, line(quoter.figure(name)))))
    if not rows:
        return ()
    words = line(
        "Today's figures are worked out in the same way, from the model of how the work is done now."
    )
    columns = (Column(""), Column("Today", align="right"), Column("As proposed", align="right"))
    return (Paragraph(words), subject.because(Table(columns, tuple(rows))))


def migration(subject: Subject) -> Blocks:
    """Each kind of data that is kept elsewhere afterwards, in an order in which what it points to is there first."""
    now, then = subject.today, subject.model
    if now is None:
        return ()
    moves = [data for data in _ordered(then) if data.held_by and _moves(now, then, data)]
    gone = [c for c in now.components.values() if c.name not in then.components]
    steps: list[Inlines] = [_step(now, then, data) for data in moves]
    steps += [
        line(
            f"Close {c.title or c.name.replace('_', ' ')} when nothing has been written there for a month",
            f"; before that, take out what is there: {c.exit}." if c.exit else ".",
        )
        for c in gone
    ]
    if not steps:
        return ()
    blocks: list[Block] = [
        Paragraph(
            line("Old and new run beside each other until each step is checked; then the old one is closed.")
        ),
        subject.because(Numbered(tuple(steps))),
    ]
    return tuple(blocks)


def _moves(now: Model, then: Model, data: Data) -> bool:
    old = now.data.get(data.name)
    if old is None or not old.held_by:
        return not then.components[data.held_by[0]].existing
    return old.held_by[0] != data.held_by[0]


def _step(now: Model, then: Model, data: Data) -> Inlines:
    old, there = now.data.get(data.name), name_of(then, data.held_by[0])
    what = data.title or data.name.replace("_", " ")
    owner = f" {name_of(then, data.owner)} counts and compares." if data.owner else ""
    if old is None or not old.held_by:
        return line(
            f"{what}: start in {there}; what isn't kept as data today is typed when it is needed.{owner}"
        )
    source = name_of(now, old.held_by[0])
    fields = ", ".join(data.fields)
    return line(f"{what}: from {source} to {there}", f", field by field: {fields}." if fields else ".", owner)


def _ordered(model: Model) -> tuple[Data, ...]:
    """Data in the order of the model, each after what its fields point to (circles stay in the order of the model)."""
    done: dict[str, Data] = {}

    def place(data: Data, above: frozenset[str]) -> None:
        if data.name in done or data.name in above:
            return
        targets = (kind.partition(".")[0] for kind in data.fields.values() if "." in kind)
        for target in (*targets, *data.after):
            if target in model.data:
                place(model.data[target], above | {data.name})
        done[data.name] = data

    for data in model.data.values():
        place(data, frozenset())
    return tuple(done.values())
