"""Chapters on what a system does: flows as sequences with their budgets, as states, and what can go wrong with them."""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.orchestration import machine_of
from groma.catalog import load_catalog
from groma.documents.content import Block, Blocks, Column, Details, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import call_words, roots
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.machines import machine_picture, stretches
from groma.documents.plots import datum, percentile_chart
from groma.documents.printable import ident
from groma.documents.sequences import sequence_view
from groma.model.elements import Flow
from groma.model.figure import Figure
from groma.model.program import Call, Mark, Step, walk


def subjects_of(subject: Subject, flow: Flow) -> tuple[str, ...]:
    """The flow and its marks for which there are figures, those that needs ask for first."""
    found = [
        f.name.split("/")[1]
        for f in subject.quoter.named("latency/")
        if f.name.split("/")[1].split("@")[0] == flow.name
    ]
    asked = [r.figure.split("/")[1] for r in subject.quoter.ledger.needs if r.figure.startswith("latency/")]
    mine = [name for name in asked if name in found]
    return tuple(dict.fromkeys((*mine, *found)))


def flow_blocks(subject: Subject, document: str) -> Blocks:
    """Each flow that starts by itself: when it starts, what happens, how long it takes, where a run can be."""
    context = Context(subject.model, load_catalog(), subject.quoter.ledger)
    blocks: Blocks = ()
    for flow in subject.model.flows.values():
        if roots(flow, subject.model):
            blocks += (subject.because(*_flow(subject, context, document, flow)),)
    return blocks


def _flow(subject: Subject, context: Context, document: str, flow: Flow) -> Blocks:
    quoter = subject.quoter
    blocks: list[Block] = []
    if flow.starts is not None and flow.starts.closed:
        path = f"flows.{flow.name}.starts"
        words = line(
            "Started again and again by ",
            *quoter.amount(f"{path}.population", flow.starts.population),
            " customers, each of whom comes back ",
            *quoter.amount(f"{path}.think", flow.starts.think),
            " after their last run has ended.",
        )
        blocks.append(Paragraph(words))
    elif flow.starts is not None:
        rate = quoter.amount(f"flows.{flow.name}.starts.rate", flow.starts.rate)
        peak = None if flow.starts.at_peak is flow.starts.rate else flow.starts.at_peak
        busiest = quoter.amount(f"flows.{flow.name}.starts.busiest", peak)
        words = line(
            "Starts ",
            *(rate or line("at a rate nobody knows")),
            *((" in the mean, ", *busiest, " in the busiest hour") if busiest else ()),
            ".",
        )
        blocks.append(Paragraph(words))
    name, called = f"{document}-flow-{ident(flow.name)}", flow.title or flow.name
    sequence = sequence_view(subject.model, flow, quoter)
    blocks.append(
        Picture(
            f"{name}-sequence",
            sequence,
            heaviest(subject, flow),
            line(f"Who calls whom in “{called}”, in time"),
            wide=True,
        )
    )
    for about in subjects_of(subject, flow)[:1]:
        chart = percentile_chart(quoter, subject.model, about, f"{name}-percentiles")
        if chart is not None:
            blocks.append(chart)
    machine = machine_of(context, flow.name, nested=False)
    states = tuple(
        machine_picture(subject.model, machine, stretch, f"{name}-states-{number}", quoter)
        for number, stretch in enumerate(stretches(subject.model, machine), 1)
    )
    count = quoter.count(
        f"states/{flow.name}", f"States of {flow.name}", len(machine.states), "states of its machine"
    )
    blocks.append(
        Details(line("The ", count, f" states that a run of “{flow.title or flow.name}” can be in"), states)
    )
    return part(document, f"flow-{ident(flow.name)}", flow.title or flow.name, tuple(blocks))


def heaviest(subject: Subject, flow: Flow) -> Inlines:
    """Which step takes most of the mean time."""
    prefix = f"budget/{flow.name}/"
    steps = [
        step for step in _asked_for(subject, flow) if f"{prefix}{step.path}/mean" in subject.quoter.ledger
    ]
    means = [(step, _least(subject.quoter.ledger[f"{prefix}{step.path}/mean"])) for step in steps]
    if len(means) < 2 or max(value for _, value in means) <= 0:
        return line("Messages in time, from top to bottom.")
    step = max(means, key=lambda each: each[1])[0]
    name = f"{prefix}{step.path}/mean"
    who = subject.quoter.say(name, _called(subject, step))
    return line("Most of the mean time goes into “", who, "”: ", subject.quoter.figure(name), ".")


def _asked_for(subject: Subject, flow: Flow) -> tuple[Step, ...]:
    """The steps up to the mark that a need on latency names, else all."""
    marks = {about.partition("@")[2] for about in subjects_of(subject, flow)[:1]}
    for number, step in enumerate(flow.steps):
        if isinstance(step.action, Mark) and step.action.name in marks:
            return flow.steps[:number]
    return flow.steps


def _called(subject: Subject, step: Step) -> str:
    """What a step is called: its title, its operation's, or the first that is said of what is inside it."""
    for each in walk((step,)):
        if each.title:
            return each.title
        if isinstance(each.action, Call):
            return call_words(subject.model, each.action.component, each.action.operation)
    return "one step"


def _least(figure: Figure) -> float:
    placed = datum(figure)
    return placed.value if placed is not None else figure.low or 0.0


def failure_modes(subject: Subject) -> Blocks:
    """What goes wrong, what it does, how it is noticed, what is done, what is left; and what answers it here."""
    blueprint, quoter = subject.blueprint, subject.quoter
    if blueprint is None or not blueprint.risks:
        return ()
    rows = tuple(
        Row(
            (
                line(Strong(line(risk.cause))),
                line(risk.effect),
                line(risk.detection),
                line(risk.response),
                line(risk.remains),
            )
        )
        for risk in blueprint.risks
    )
    columns = (
        Column("Cause"),
        Column("Effect"),
        Column("How it is noticed"),
        Column("What is done"),
        Column("What is left"),
    )
    answered = sum(not risk.open for risk in blueprint.risks)
    caption = line(
        quoter.count(
            "risks/answered",
            "Failure modes that a choice answers or that need none",
            answered,
            "patterns in use",
        ),
        " of ",
        quoter.count(
            "risks/all", "Failure modes of the patterns in use", len(blueprint.risks), "patterns in use"
        ),
        " ways to fail are answered by the design.",
    )
    return (subject.because(Table(columns, rows, caption)),)
