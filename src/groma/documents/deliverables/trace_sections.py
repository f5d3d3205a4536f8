"""Chapters on what is measured and recorded: metrics, spans with their attributes, sampling, and contents that
stay out."""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.observability import Plan, storage
from groma.analyses.observability.storage import KINDS
from groma.analyses.observability.tracing import CONTENTS, PINNED, spans, withheld
from groma.catalog import Catalog
from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Strong, line
from groma.documents.quote import DESIGN

WHAT = ("day", "month", "stored", "cost")
MOST = 6
"""Attributes of a span that the page lists; the others are counted."""


def metrics_table(subject: Subject, made: Plan) -> Blocks:
    """Every metric with its labels and what asks for it."""
    rows = tuple(
        Row((line(Code(m.name)), line(m.help), line(", ".join(m.labels)), line(m.unit))) for m in made.metrics
    )
    columns = (
        Column("Metric", share=1.4),
        Column("What it counts", share=1.4),
        Column("Labels", share=1.4),
        Column("Unit", share=0.5),
    )
    return (subject.because(Table(columns, rows)),)


def spans_table(subject: Subject, catalog: Catalog) -> Blocks:
    """Every kind of span; those of models in the pinned version of the conventions."""
    found = spans(subject.model, catalog)
    rows = tuple(
        Row(
            (
                line(Code(span.name)),
                line(span.kind.lower()),
                line(
                    ", ".join(name for name, _ in span.attributes[:MOST])
                    + (f" and {len(span.attributes) - MOST} more" if len(span.attributes) > MOST else "")
                ),
            )
        )
        for span in found
    )
    generative = [span for span in found if span.operation]
    blocks: list[Block] = []
    if generative:
        names = ", ".join(dict.fromkeys(span.name for span in generative))
        blocks.append(
            Paragraph(
                line(
                    f"Spans of {names} follow OpenTelemetry's conventions for generative AI, version {PINNED.version}."
                )
            )
        )
    columns = (Column("Span"), Column("Kind", share=0.4), Column("Attributes", share=2.0))
    blocks.append(Table(columns, rows))
    return (subject.because(*blocks),)


def recorded(subject: Subject) -> Blocks:
    """How many spans there are, which runs are kept, what is struck out."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(figure.title),
                line(quoter.say(figure.name, _printed(figure.name, figure.low, figure.value, figure.high))),
            )
        )
        for figure in quoter.named("traces/")
        if figure.status != "not shown"
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(Table((Column("Traces", share=2.0), Column("", align="right")), rows))
    secret = withheld(subject.model)
    if secret:
        listed = ", ".join(name_of(subject.model, name.partition(".")[2]) for name in secret)
        words = line(f"No span may hold what is said in {listed}: the collector strikes out ")
        for nth, name in enumerate(CONTENTS):
            words = line(words, ", " if nth else "", Code(name))
        blocks.append(Paragraph(line(words, ".")))
    return (subject.because(*blocks),) if blocks else ()


def storage_table(subject: Subject, context: Context) -> Blocks:
    """What traces, logs and metrics take and cost; what sampling saves; what is missing to say it."""
    quoter = subject.quoter
    names = {(kind, what): f"telemetry/{kind}/{what}" for kind in (*KINDS, "all") for what in WHAT}
    sampled, whole = names["traces", "month"], "telemetry/traces/unsampled"
    for name in (*names.values(), whole):
        if name not in quoter.ledger:
            quoter.ledger.write(storage.figure(context, name))
    rows: list[Row] = []
    for kind in (*KINDS, "all"):
        shown = [names[kind, what] for what in WHAT if quoter.shown(names[kind, what])]
        if shown:
            cells = [
                line(quoter.figure(names[kind, what]))
                if quoter.shown(names[kind, what])
                else line("not shown")
                for what in WHAT
            ]
            title = "Together" if kind == "all" else kind.capitalize()
            rows.append(Row((line(Strong(line(title))), *cells), tuple(shown)))
    blocks: list[Block] = []
    if rows:
        heads = ("A day", "A month", "Kept at any time", "Cost a month")
        columns = (Column("What is recorded", share=1.2), *(Column(head, align="right") for head in heads))
        blocks.append(Table(columns, tuple(rows)))
    kept, every = quoter.ledger[sampled], quoter.ledger[whole]
    if quoter.shown(sampled) and kept.low and every.low and kept.low < 0.99 * every.low:
        blocks.append(
            Paragraph(
                line(
                    "Sampling at the end of a run leaves ", quoter.figure(sampled), " of traces a month; all runs of ",
                    subject.model.system, " would leave ", quoter.figure(whole), ".",
                )
            )
        )  # fmt: skip
    missing = list(dict.fromkeys(m for name in names.values() for m in quoter.ledger[name].missing))
    if missing:
        blocks.append(Paragraph(line("What is missing to say the whole:")))
        blocks.append(Bullets(tuple(line(quoter.say(DESIGN, each)) for each in missing)))
    return (subject.because(*blocks),) if blocks else ()


def _printed(name: str, low: float | None, value: float | None, high: float | None) -> str:
    if name.endswith("/share"):
        return f"{(value or 0.0) * 100:.3g} %"
    if low is None or high is None:
        return "not shown"
    if high <= low * 1.02:
        return f"{high:,.3g}" if high < 1000 else f"{float(f'{high:.2g}'):,.0f}"
    ends = [f"{x:.2g}" if x < 1000 else f"{float(f'{x:.2g}'):,.0f}" for x in (low, high)]
    return f"{ends[0]} to {ends[1]}"
