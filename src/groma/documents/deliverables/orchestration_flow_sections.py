"""Chapters of the orchestration design on what happens: who works with whom, the state machines, the hand-offs."""

from __future__ import annotations

from collections.abc import Mapping

from groma.analyses import Context
from groma.analyses.orchestration import Machine, State, Transition, machine_of, reach
from groma.analyses.orchestration.certificate import asked_a_day
from groma.documents.content import Block, Blocks, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject, part
from groma.documents.diagrams.diagram import Diagram, Edge
from groma.documents.facts_of_model import Reach, name_of, reaches
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.machines import Stretch, machine_picture, merged, numbers, stretches, words_of
from groma.documents.printable import ident
from groma.documents.quote import DESIGN
from groma.documents.views import REFS, part_node
from groma.model.elements import Flow
from groma.model.program import Ask, walk

Flows = tuple[Flow, ...]


def workflow(subject: Subject, document: str) -> Blocks:
    """The graph of who calls whom and who is asked, flows included; one edge for each pair."""
    model, quoter = subject.model, subject.quoter
    pairs: dict[tuple[str, str], list[Reach]] = {}
    for each in reaches(model):
        pairs.setdefault((each.caller, each.called), []).append(each)
    if not pairs:
        return ()
    names = dict.fromkeys(end for pair in pairs for end in pair)
    nodes = tuple(part_node(model, name, quoter) for name in names)
    edges: list[Edge] = []
    for (source, target), found in pairs.items():
        words = list(dict.fromkeys(each.what for each in found))
        text = ", ".join(words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")
        waits = any(each.waits for each in found)
        edges.append(Edge(source, target, line(text), "sync" if waits else "async", REFS))
    people = [name for name in names if name in model.people]
    caption = line(
        quoter.count(
            "workflow/parts", "Parts in the workflow", len(names) - len(people), "callers and called"
        ),
        " parts work together",
        f", and {', '.join(name_of(model, name) for name in people)} take over where they are asked."
        if people
        else "; nobody is asked on the way.",
    )
    view = Diagram(f"Who works with whom in {model.system}", nodes, tuple(edges), direction="right")
    alt = line(f"Who calls whom in {model.system}, and who is asked")
    return (subject.because(Picture(f"{document}-workflow", view, caption, alt, wide=True)),)


def machines_of(subject: Subject, context: Context, flows: Flows, document: str) -> Blocks:
    """Each flow's machine: a picture and a table for each stretch of it, and what is undone at the end."""
    blocks: Blocks = ()
    for flow in flows:
        machine = machine_of(context, flow.name, nested=False)
        inner: list[Block] = []
        for number, stretch in enumerate(stretches(subject.model, machine), 1):
            name = f"{document}-{ident(flow.name)}-states-{number}"
            picture = machine_picture(subject.model, machine, stretch, name, subject.quoter)
            inner.append(subject.because(picture, _table(subject, machine, stretch)))
        if machine.apart:
            words = ", ".join(machine.apart)
            inner.append(
                Paragraph(line("Begun as runs of their own, which nobody waits for: ", Code(words), "."))
            )
        blocks += part(document, f"states-{ident(flow.name)}", flow.title or flow.name, tuple(inner))
    return blocks


def _table(subject: Subject, machine: Machine, stretch: Stretch) -> Table:
    """State, outcome, next: each outcome that a step can have, whether or not the model gives it a chance."""
    shown, rows = numbers(machine), list[Row]()
    can = set(reach(machine, stated=False).ways)
    for name in stretch.states:
        state = machine.by_id[name]
        head: Inlines = line(Strong(line(f"{shown[name]}. ")), words_of(subject.model, state))
        for _, target, together in merged(tuple(way for way in machine.leaving[name] if way in can)):
            rows.append(Row((head, *_cells(subject, machine, target, together, shown))))
            head = line()
    columns = (Column("State", share=1.5), Column("If", share=1.7), Column("Then", share=1.5), Column("By"))
    return Table(columns, tuple(rows))


def _cells(
    subject: Subject,
    machine: Machine,
    target: str,
    together: tuple[Transition, ...],
    shown: Mapping[str, str],
) -> tuple[Inlines, ...]:
    quoter = subject.quoter
    words: list[str] = []
    for way in together:
        text = f"{way.label}, {way.share}" if way.share else way.label
        text = text.partition(" (timeout at")[0].partition(" (deadline at")[0]
        words.append(text)
    goes = machine.by_id[target]
    there = (
        goes.does
        if target in ("done", "failed", "undo")
        else f"{shown[target]}. {words_of(subject.model, goes)}"
    )
    by = ", ".join(dict.fromkeys(_policy(way) for way in together if way.by))
    said = ", or ".join(dict.fromkeys(words))
    return line(quoter.say(DESIGN, said)), line(quoter.say(DESIGN, there)), line(by)


def _policy(way: Transition) -> str:
    return way.by.partition(" at ")[0]


def hand_offs(subject: Subject, context: Context, flows: Flows) -> Blocks:
    """Who is asked, when, for how long, how often a day, what a yes allows, what a no leads to."""
    quoter, model = subject.quoter, subject.model
    rows: list[Row] = []
    for flow in flows:
        machine = machine_of(context, flow.name, nested=False)
        found = reach(machine)
        for step in walk(flow.steps):
            state = next((s for s in machine.of_kind("ask") if s.path == step.path and s.id in found), None)
            if state is None or not isinstance(step.action, Ask):
                continue
            figure = asked_a_day(context, flow.name, step)
            if figure.name not in quoter.ledger:
                quoter.ledger.write(figure)
            often = line(quoter.figure(figure.name))
            takes = quoter.amount(f"{step.path}.takes", step.action.takes)
            refused = [way for way in machine.leaving[state.id] if way.outcome == "rejected"]
            no = next((_ends(subject, machine, way) for way in refused), "")
            rows.append(
                Row(
                    (
                        line(Strong(line(name_of(model, state.person)))),
                        line(quoter.say(DESIGN, _when(machine, found.path(state.id)))),
                        takes,
                        often,
                        line(", ".join(state.approves)),
                        line(quoter.say(DESIGN, no)),
                    )
                )
            )
    if not rows:
        return ()
    columns = (
        Column("Who"),
        Column("When", share=2),
        Column("Takes", align="right"),
        Column("How often", align="right"),
        Column("Their yes allows"),
        Column("If they say no", share=1.4),
    )
    return (subject.because(Table(columns, alike(quoter, "hand-offs", rows))),)


def _when(machine: Machine, path: tuple[Transition, ...]) -> str:
    """The last conditions on the way to a state: the branch taken, or the fault that leads there."""
    said: list[str] = []
    for way in path:
        source: State = machine.by_id[way.source]
        if source.kind == "choose":
            said.append(way.label)
        elif way.by.startswith("fallback"):
            said.append("something before it fails")
    return "; ".join(said[-2:]) or "in every run that comes so far"


def _ends(subject: Subject, machine: Machine, way: Transition) -> str:
    goes = machine.by_id[way.target]
    return "the run ends failed" if goes.kind == "failed" else words_of(subject.model, goes)
