"""Chapters of figures: needs as a picture, where downtime comes from, how much load is left, what it costs."""

from __future__ import annotations

from groma.documents.content import Blocks, Column, Paragraph, Row, Table
from groma.documents.deliverables.recovery_sections import recovery
from groma.documents.deliverables.reliability_sections import (
    asked_about,
    cut_sets,
    error_budget,
    importance,
    stands_alone,
)
from groma.documents.deliverables.scenario_sections import agreement, disturbances
from groma.documents.deliverables.subject import Subject, part
from groma.documents.deliverables.uncertainty_sections import load_stood, which_facts
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, line
from groma.documents.plots import bill_chart, needs_chart
from groma.model.figure import Figure
from groma.model.program import walk


def quality_blocks(subject: Subject, document: str) -> Blocks:
    """Needs, dependability, capacity, cost, people: each with its figures."""
    quoter, model = subject.quoter, subject.model
    blocks: Blocks = ()
    chart = needs_chart(quoter, model, f"{document}-needs-chart")
    if chart is not None:
        blocks += part(document, "quality-needs", "Needs at a glance", (subject.because(chart),))
    blocks += part(
        document, "quality-dependable", "What its availability hangs on", dependability(subject, document)
    )
    blocks += part(
        document, "quality-load", "How much it can carry", (*capacity(subject), *load_stood(subject))
    )
    blocks += part(
        document, "quality-disturbed", "When something goes wrong", disturbances(subject, document)
    )
    blocks += part(document, "quality-agreed", "Two methods for each figure", agreement(subject))
    blocks += part(document, "quality-cost", "What it costs", cost(subject, document))
    blocks += part(document, "quality-people", "People's time", people(subject))
    blocks += part(document, "quality-recovery", "After a loss", recovery(subject, document))
    blocks += part(document, "quality-facts", "Which facts matter most", which_facts(subject, document))
    return blocks


def dependability(subject: Subject, document: str) -> Blocks:
    """What stands alone; then by flow that needs ask about: what parts spend, how they matter, what fails together."""
    blocks = stands_alone(subject, document)
    for about in asked_about(subject):
        blocks += error_budget(subject, about, document)
        blocks += importance(subject, about, document)
        blocks += cut_sets(subject, about, document)
    return blocks


def capacity(subject: Subject) -> Blocks:
    """Which load each flow can carry, and how busy each part is in the busiest hour."""
    quoter, model = subject.quoter, subject.model
    blocks: Blocks = ()
    for figure in quoter.named("saturation/"):
        if figure.status == "not shown":
            continue
        flow = model.flows.get(figure.name.removeprefix("saturation/"))
        now = line()
        if flow and flow.starts:
            now = quoter.amount(f"flows.{flow.name}.starts.busiest", flow.starts.at_peak)
        words = line(
            name_of(model, f"flow:{figure.name.removeprefix('saturation/')}"),
            " can start ",
            quoter.figure(figure.name),
            " before the first part saturates",
            *(("; the busiest hour brings ", *now) if now else ()),
            ".",
        )
        blocks += (subject.because(Paragraph(words)),)
    busy = [f for f in quoter.named("utilisation/") if f.status != "not shown"]
    if busy:
        busy.sort(key=lambda f: (-(f.high if f.high is not None else f.value or 0.0), f.name))
        rows = tuple(
            Row(
                (
                    line(name_of(model, f.name.removeprefix("utilisation/"))),
                    line(quoter.figure(f.name)),
                    _calls(subject, f),
                )
            )
            for f in busy
        )
        first = busy[0]
        caption = line(
            "The busiest part is ",
            quoter.say(first.name, name_of(model, first.name.removeprefix("utilisation/"))),
            ": ",
            quoter.figure(first.name),
            ".",
        )
        columns = (Column("Part"), Column("Busy", align="right"), Column("Calls", align="right"))
        blocks += (subject.because(Table(columns, rows, caption)),)
    return blocks


def _calls(subject: Subject, figure: Figure) -> Inlines:
    name = "throughput/" + figure.name.removeprefix("utilisation/")
    return line(subject.quoter.figure(name)) if subject.quoter.shown(name) else ()


def cost(subject: Subject, document: str) -> Blocks:
    """The bill as bars and as a table that adds up."""
    quoter, model = subject.quoter, subject.model
    lines = list(quoter.named("cost/component/"))
    blocks: Blocks = ()
    names = [name_of(model, f.name.removeprefix("cost/component/")) for f in lines]
    chart = bill_chart(quoter, [f.name for f in lines], names, f"{document}-bill", "the bill")
    if chart is not None:
        blocks += (subject.because(chart),)
    spent = [(f, n) for f, n in zip(lines, names, strict=True) if not (f.value == 0 and f.high == 0)]
    if spent:
        rows = [Row((line(name), _product(subject, f), line(quoter.ends(f.name)))) for f, name in spent]
        rows.append(Row((line("Bill of a month"), line(), line(quoter.ends("cost/month"))), total=True))
        columns = (Column("Part"), Column("What is bought"), Column("In a month", align="right"))
        blocks += (subject.because(Table(columns, tuple(rows))),)
    for f in quoter.named("cost/"):
        if f.name.endswith("/run") and f.status != "not shown" and f.high != 0:
            flow = f.name.split("/")[1]
            bound = f"cost/{flow}/bound"
            words = line(
                "One run of ",
                quoter.say(f.name, name_of(model, f"flow:{flow}")),
                " costs ",
                quoter.figure(f.name),
            )
            if quoter.shown(bound):
                words = line(words, ", and never more than ", quoter.high(bound))
            blocks += (Paragraph(line(words, ".")),)
    return blocks


def _product(subject: Subject, figure: Figure) -> Inlines:
    part = subject.model.components.get(figure.name.removeprefix("cost/component/"))
    return line(part.product or part.kind if part else "")


def people(subject: Subject) -> Blocks:
    """Hours a month by person, and how much of their time it takes."""
    quoter, model = subject.quoter, subject.model
    blocks: Blocks = ()
    if quoter.shown("people/hours"):
        words = line("The system takes ", quoter.figure("people/hours"), " of people's time")
        if quoter.shown("people/month"):
            words = line(words, ", worth ", quoter.figure("people/month"))
        blocks += (Paragraph(line(words, ".")),)
    asks = {getattr(step.action, "person", "") for flow in model.flows.values() for step in walk(flow.steps)}
    rows = tuple(
        Row(
            (
                line(name_of(model, f.name.removeprefix("load/"))),
                line(_role(subject, f)),
                line(quoter.figure(f.name)),
            )
        )
        for f in quoter.named("load/")
        if f.status != "not shown" and f.name.removeprefix("load/") in asks
    )
    if rows:
        columns = (Column("People"), Column("What they do"), Column("Share of their hours", align="right"))
        blocks += (subject.because(Table(columns, rows)),)
    return blocks


def _role(subject: Subject, figure: Figure) -> str:
    person = subject.model.people.get(figure.name.removeprefix("load/"))
    return person.role if person else ""
