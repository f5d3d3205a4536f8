"""Tools by function with the reason for each, who may do what in them, and how each is handed over and left again."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.decisions import price_of_other
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import call_words, name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.model.elements import Component, Flow, Model
from groma.model.model_programs import programs
from groma.model.program import Ask, Call, Do, Send, walk


def by_function(subject: Subject) -> Blocks:
    """The tools with the functions of the business that each serves, who works with it, what it costs a month."""
    rows = [
        _tool(subject, ", ".join(component.functions), component)
        for component in subject.model.components.values()
        if component.functions
    ]
    if not rows:
        return ()
    columns = (
        Column("For"),
        Column("Tool"),
        Column("What it does"),
        Column("Who works with it"),
        Column("Costs", align="right"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _tool(subject: Subject, function: str, component: Component) -> Row:
    model = subject.model
    figure = f"cost/component/{component.name}"
    cost = line(subject.quoter.figure(figure)) if subject.quoter.shown(figure) else line()
    return Row(
        (
            _once(function),
            line(name_of(model, component.name), " (there already)" if component.existing else ""),
            line(component.does),
            line(", ".join(name_of(model, who) for who in component.used_by)),
            cost,
        )
    )


def reasons(subject: Subject) -> Blocks:
    """Why each tool and not another: the reason, what is against it, the next best and its price, what was refused."""
    blueprint, quoter = subject.blueprint, subject.quoter
    if blueprint is None:
        return ()
    blocks: list[Block] = []
    for decision in blueprint.decisions:
        chosen = f"choice/{decision.role}"
        words = line(
            Strong(line(decision.title, " ", quoter.figure(chosen))),
            ". ",
            quoter.say(chosen, decision.why),
            " ",
            price_of_other(subject, decision),
        )
        if decision.against:
            words = line(words, " What speaks against it: ", quoter.say(chosen, _small(decision.against)))
        refused: tuple[Inlines, ...] = tuple(
            line("Not taken: ", quoter.say(chosen, r.title or r.option), ". ", quoter.say(chosen, r.reason))
            for r in decision.rejected
        )
        inner: list[Block] = [Paragraph(words)]
        if refused:
            inner.append(Bullets(refused))
        blocks.append(subject.because(*inner, refs=(chosen,)))
    return tuple(blocks)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def permissions(subject: Subject) -> Blocks:
    """What can be done in each tool and who may; who administers it."""
    model = subject.model
    rows: list[Row] = []
    for component in model.components.values():
        name = name_of(model, component.name)
        for operation in component.offers.values():
            if operation.allowed:
                does = call_words(model, component.name, operation.name)
                rows.append(Row((_once(name), line(does), line(_names(model, operation.allowed)))))
                name = ""
        if component.holders:
            rows.append(
                Row(
                    (
                        _once(name),
                        line("sets up accounts and rights"),
                        line(_names(model, component.holders)),
                    )
                )
            )
    if not rows:
        return ()
    columns = (Column("In"), Column("What can be done"), Column("Who may"))
    words = line("Whoever isn't named is refused, and the refusal changes nothing.")
    return (Paragraph(words), subject.because(Table(columns, tuple(rows))))


def _once(name: str) -> Inlines:
    """A name in the first of several rows that are about it; empty in those below."""
    return line(Strong(line(name))) if name else line()


def _names(model: Model, names: tuple[str, ...]) -> str:
    return ", ".join(name_of(model, name) for name in names)


def automations(subject: Subject) -> Blocks:
    """What runs without a person: whole flows, hand-overs that nobody carries, and steps between two that people do."""
    model = subject.model
    alone = _in_place(model)
    rows: list[Row] = []
    for flow in model.flows.values():
        if flow.name in alone:
            continue
        runs = [text for text in (_does(model, step) for step in walk(flow.steps)) if text]
        asked = any(isinstance(step.action, Ask) for step in walk(flow.steps))
        if runs:
            off = name_of(model, flow.by) if flow.by else ""
            what = ", then ".join(dict.fromkeys(runs))
            rows.append(_automation(flow, f"{off} starts it" if off else "", what, whole=not asked))
    for link in model.connections.values():
        if not link.by_hand and link.when and link.from_ in model.components and link.to in model.components:
            what = f"{name_of(model, link.from_)} hands {_names(model, link.carries) or 'a record'} to "
            rows.append(
                Row(
                    (
                        line("Hand-over"),
                        line(link.when),
                        line(what + name_of(model, link.to)),
                        line(link.on_error),
                    )
                )
            )
    if not rows:
        return ()
    columns = (
        Column("In"),
        Column("Set off by"),
        Column("What runs by itself", share=1.6),
        Column("If it fails", share=1.4),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _automation(flow: Flow, off: str, what: str, *, whole: bool) -> Row:
    title = flow.title or flow.name.replace("_", " ")
    words = line(what) if whole else line(what, " (a person does the rest)")
    return Row((line(title), line(off), words, line(flow.on_error)))


def _does(model: Model, step: object) -> str:
    action = getattr(step, "action", None)
    if not isinstance(action, Call | Send):
        return ""
    component = next(iter(model.candidates(action.component)), None)
    if component is None:
        return ""
    return f"{name_of(model, component.name)}: {call_words(model, component.name, action.operation)}"


def _in_place(model: Model) -> frozenset[str]:
    """Flows that others run as a part of theirs."""
    done = {s.action.flow for _, steps in programs(model) for s in walk(steps) if isinstance(s.action, Do)}
    return frozenset(name for name in done if model.flows[name].starts is None)


def handover(subject: Subject) -> Blocks:
    """Each bought tool: who answers for it, who can sign in, in whose name it is, when it renews, how to leave."""
    model = subject.model
    rows: list[Row] = []
    for component in model.components.values():
        supplier = model.suppliers.get(component.supplier or "")
        if not (supplier or component.exit or component.registered_to):
            continue
        term: Inlines = line()
        if supplier is not None and supplier.renews:
            term = line(supplier.renews)
        if supplier is not None and supplier.notice is not None:
            notice = subject.quoter.amount(f"suppliers.{supplier.name}.notice", supplier.notice)
            term = line(term, "; notice " if supplier.renews else "notice ", notice)
        leaving = component.exit or (supplier.exit if supplier else "")
        rows.append(
            Row(
                (
                    line(Strong(line(name_of(model, component.name)))),
                    line(name_of(model, component.owner) if component.owner else ""),
                    line(_names(model, component.holders)),
                    line(component.registered_to),
                    term,
                    line(leaving),
                )
            )
        )
    if not rows:
        return ()
    columns = (
        Column("Tool"),
        Column("Answers for it"),
        Column("Can sign in as administrator"),
        Column("In the name of"),
        Column("Renews"),
        Column("How to leave", share=2),
    )
    return (subject.because(Table(columns, tuple(rows))),)
