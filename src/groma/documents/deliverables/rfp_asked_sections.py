"""Chapters of the request for proposals on what is asked: parts, load, numbered requirements, the price sheet."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject, part
from groma.documents.facts_of_model import name_of, where_words
from groma.documents.inlines import Code, Inlines, Strong, coded, line
from groma.documents.views import container_view
from groma.model.elements import Model
from groma.procurement import Request, Requirement
from groma.procurement.request import KIND_WORDS
from groma.procurement.sheets import paid_word

KINDS = (
    (
        "must",
        "A gate: a bid that doesn't meet it is rejected, with the number of the requirement as the reason.",
    ),
    ("scored", "Earns points; nobody is rejected by it."),
    (
        "states",
        "You state the value that you guarantee. It is put into the buyer's model, and what the gates ask is worked "
        "out anew with it. Under Asked stands the value with which the reference design holds every need.",
    ),
)


def parts_asked(subject: Subject, document: str, request: Request) -> Blocks:
    """The parts that bidders offer, of a reference design, and how they work together."""
    model, quoter = subject.model, subject.quoter
    rows: list[Row] = []
    for name in request.lot:
        part_ = model.components[name]
        where = ", ".join(name_of(model, place) for place in part_.place) or (
            f"on {name_of(model, part_.runs_on)}" if part_.runs_on else ""
        )
        cells = (
            line(Strong(line(name_of(model, name)))),
            line(part_.does or part_.kind),
            line(str(part_.replicas)),
            line(where),
        )
        rows.append(Row(cells))
    columns = (Column("Part"), Column("What it does"), Column("Number", align="right"), Column("Where"))
    words = line(
        "The parts below are those of a reference design that was worked out to meet every need. You "
        "may offer others in "
        "their place if they do the same: what counts is that the gates are passed with the values that you guarantee."
    )
    picture = container_view(model, quoter)
    caption = line("How the parts work together, those asked for and those that are there.")
    shown: Blocks = (
        (
            subject.because(
                Picture(f"{document}-parts", picture, caption, line("Parts of the system"), wide=True)
            ),
        )
        if picture.nodes
        else ()
    )
    return (Paragraph(words), subject.because(Table(columns, tuple(rows))), *shown)


def parts_there(subject: Subject, request: Request) -> Blocks:
    """What the buyer has and keeps."""
    model = subject.model
    rows = tuple(
        Row(
            (
                line(name_of(model, c.name)),
                line(c.kind),
                line(str(c.replicas)),
                line(where_words(model, c)),
                line(name_of(model, c.owner) if c.owner else ""),
            )
        )
        for c in model.components.values()
        if c.name not in request.lot
    )
    columns = (
        Column("Part"),
        Column("Kind"),
        Column("Number", align="right"),
        Column("Where"),
        Column("Kept by"),
    )
    words = line("These are the buyer's and stay: what you offer has to work with them.")
    background: Blocks = (Paragraph(line(model.background)),) if model.background else ()
    return (*background, Paragraph(words), subject.because(Table(columns, rows))) if rows else background


def load(subject: Subject, request: Request) -> Blocks:
    """How often each flow runs, the data that is held, the growth expected."""
    model, quoter = subject.model, subject.quoter
    flows = tuple(
        Row(
            (
                line(flow.title or flow.name),
                quoter.amount(f"flows.{flow.name}.starts.rate", flow.starts.rate),
                quoter.amount(f"flows.{flow.name}.starts.busiest", flow.starts.busiest),
            )
        )
        for flow in model.flows.values()
        if flow.starts is not None
    )
    data = tuple(
        Row(
            (
                line(d.title or d.name),
                line(d.class_),
                quoter.amount(f"data.{d.name}.size", d.size),
                quoter.amount(f"data.{d.name}.changes", d.changes),
            )
        )
        for d in model.data.values()
    )
    blocks: list[Block] = []
    if flows:
        columns = (
            Column("What runs"),
            Column("On average", align="right"),
            Column("In the busiest hour", align="right"),
        )
        blocks.append(subject.because(Table(columns, flows)))
    if data:
        columns = (
            Column("Data"),
            Column("Class"),
            Column("Size", align="right"),
            Column("Changes", align="right"),
        )
        blocks.append(subject.because(Table(columns, data)))
    if model.growth is not None:
        blocks.append(
            Paragraph(line("Growth expected each year: ", *quoter.amount("growth", model.growth), "."))
        )
    return tuple(blocks)


def requirements(subject: Subject, document: str, request: Request) -> Blocks:
    """Every requirement with its number: kind, what is asked, how it is checked, where it comes from."""
    blocks: list[Block] = [Bullets(tuple(line(Strong(line(Code(word))), ": ", text) for word, text in KINDS))]
    chapters = dict.fromkeys(each.chapter for each in request.requirements)
    for chapter in chapters:
        rows = tuple(_row(subject, each) for each in request.requirements if each.chapter == chapter)
        columns = (
            Column("No.", share=1.05),
            Column("Requirement", share=3.2),
            Column("Asked", share=1.2),
            Column("How it is checked", share=1.7),
            Column("From", share=1.6),
        )
        blocks += part(
            document,
            f"chapter-{chapter.lower().replace(' ', '-')}",
            chapter,
            (subject.because(Table(columns, rows)),),
        )
    return tuple(blocks)


def _row(subject: Subject, each: Requirement) -> Row:
    model = subject.model
    asked: Inlines = line({"yes or no": "yes", "text": "in words"}.get(each.form, ""))
    if each.threshold is not None:
        asked = line(subject.quoter.say(each.threshold.ref, each.threshold.text))
    came = ", ".join(dict.fromkeys(_element(model, path) for path in each.source)) or "terms of the contract"
    refs = (each.threshold.ref,) if each.threshold is not None else ()
    kind = line(Strong(line(each.id)), " ", Code(KIND_WORDS[each.kind]))
    return Row((kind, coded(each.text), asked, line(each.verify), line(came)), refs)


def _element(model: Model, path: str) -> str:
    section_, _, name = path.partition(".")
    if section_ == "needs":
        need = model.needs.get(name)
        return f"need {name.replace('_', ' ')}" + (f" ({need.from_})" if need and need.from_ else "")
    return name_of(model, name)


def price_sheet(subject: Subject, request: Request) -> Blocks:
    """The lines that are priced, and what the buyer pays others for."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(each.id),
                line(each.title),
                line(each.item),
                line(quoter.figure(f"rfp/quantity/{each.id}")),
                line(paid_word(each)),
            )
        )
        for each in request.asked
    )
    columns = (
        Column("No."),
        Column("Part"),
        Column("What for"),
        Column("Quantity", align="right"),
        Column("Paid"),
    )
    words = line(
        f"Prices are in {request.currency} without value added tax, for one of each line. A price "
        f"that isn't firm is given with "
        "the least and the most that it can become; points are given for the price itself, and what "
        "the ends would change is told "
        "beside it. Sums are added up again; the prices for one count."
    )
    blocks: list[Block] = [Paragraph(words), subject.because(Table(columns, rows))]
    borne = [each for each in request.lines if each.bears]
    if borne:
        listed = "; ".join(f"{each.title}: {each.item.lower()}" for each in borne)
        blocks.append(
            Paragraph(
                line(
                    "The buyer pays others for: ",
                    quoter.say("design", listed),
                    ". It adds its own estimate of that to every bid alike.",
                )
            )
        )
    return tuple(blocks)
