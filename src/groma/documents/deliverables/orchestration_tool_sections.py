"""Chapters of the orchestration design on what is called: the registry of tools, and what enters each model call."""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.orchestration import machine_of
from groma.documents.content import Blocks, Column, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.parts_sections import EFFECTS, errors
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.printable import ident
from groma.documents.quote import DESIGN
from groma.model.elements import Component, Flow, Operation
from groma.model.model_programs import programs
from groma.model.program import Call, Send, Step, walk

MODELS = ("llm", "model", "embedder", "classifier")


def registry(subject: Subject, context: Context, flows: tuple[Flow, ...], document: str) -> Blocks:
    """Each operation that flows call: what it takes and gives, who may, what repeating does, limits, price."""
    called = _called(context, flows)
    blocks: Blocks = ()
    for component in subject.model.components.values():
        used = [
            operation for operation in component.offers.values() if (component.name, operation.name) in called
        ]
        if used:
            rows = tuple(_tool(subject, component, operation) for operation in used)
            columns = (
                Column("Operation", share=1.4),
                Column("Takes"),
                Column("Gives"),
                Column("Who may"),
                Column("Repeated"),
                Column("Ends also as", share=1.2),
                Column("Price a call", align="right"),
            )
            about = component.does or f"{component.kind} {component.product or ''}".strip()
            caption = line(
                subject.quoter.say(
                    DESIGN, f"{name_of(subject.model, component.name)}: {about}{_room(component)}"
                )
            )
            table = Table(columns, rows, caption, f"{document}-tool-{ident(component.name)}")
            blocks += (subject.because(table),)
    return blocks


def _room(component: Component) -> str:
    """How many calls it serves at a time, and how many may wait."""
    if component.threads is None:
        return ""
    waits = "" if component.queue is None else f", {component.queue} may wait"
    return f"; serves {component.threads * component.replicas} calls at a time{waits}"


def _called(context: Context, flows: tuple[Flow, ...]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for flow in flows:
        states = machine_of(context, flow.name).of_kind("call", "send")
        found |= {(state.component, state.operation) for state in states}
    return found


def _tool(subject: Subject, component: Component, operation: Operation) -> Row:
    model, quoter = subject.model, subject.quoter
    price: Inlines = ()
    for size, amount in operation.price.items():
        path = f"components.{component.name}.offers.{operation.name}.price.{size}"
        price = line(price, ", " if price else "", *quoter.amount(path, amount))
    effect = EFFECTS[operation.effect] + (f"; impact: {operation.impact}" if operation.impact else "")
    title = call_words(model, component.name, operation.name)
    return Row(
        (
            line(Strong(line(title)), " ", Code(f"{component.name}.{operation.name}")),
            _fields(operation.request),
            _fields(operation.response),
            line(", ".join(name_of(model, who) for who in operation.allowed)),
            line(effect),
            line(", ".join(errors(component, operation))),
            price,
        )
    )


def _fields(fields: object) -> Inlines:
    if fields is None:
        return line("not stated")
    if not isinstance(fields, dict) or not fields:
        return line("nothing")
    return line(", ".join(f"{name}: {kind}" for name, kind in fields.items()))  # pyright: ignore


def contexts(subject: Subject, context: Context, flows: tuple[Flow, ...]) -> Blocks:
    """Each call of a model: which sizes enter and come out, of what data, and at most how much."""
    model = subject.model
    met = {s.path for flow in flows for s in machine_of(context, flow.name).of_kind("call", "send")}
    rows: list[Row] = []
    seen: set[str] = set()
    for _, program in programs(model):
        for step in walk(program):
            action = step.action
            if not isinstance(action, Call | Send) or step.path not in met or step.path in seen:
                continue
            component = model.components.get(action.component)
            if component is None or component.kind not in MODELS:
                continue
            seen.add(step.path)
            does = call_words(model, action.component, action.operation, step.title)
            cells = (line(Strong(line(does))), line(name_of(model, component.name)))
            sizes = tuple(_size(subject, step, name) for name in ("input", "output"))
            carried = ", ".join(name_of(model, name) for name in step.carries)
            rows.append(Row((*cells, *sizes, line(carried))))
    if not rows:
        return ()
    columns = (
        Column("Call", share=1.5),
        Column("Model"),
        Column("Enters", share=1.2),
        Column("Comes out", share=1.2),
        Column("Of which data"),
    )
    return (subject.because(Table(columns, alike(subject.quoter, "contexts", rows))),)


def _size(subject: Subject, step: Step, name: str) -> Inlines:
    action = step.action
    assert isinstance(action, Call | Send)
    amount = dict(action.sizes.amounts).get(name)
    if amount is not None:
        return subject.quoter.amount(f"{step.path}.sizes.{name}", amount)
    if action.sizes.table is not None and name in action.sizes.table.columns:
        return line("as measured, row by row")
    return line("not stated")
