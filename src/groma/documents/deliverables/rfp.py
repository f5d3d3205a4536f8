"""The request for proposals: what is asked, in numbered requirements, and how bids will be judged.

For bidders. Good when a bidder can answer without asking back, and could work out its own points.
"""

from __future__ import annotations

from groma.documents.content import (
    Block,
    Blocks,
    Bullets,
    Callout,
    Column,
    Document,
    Paragraph,
    Picture,
    Row,
    Table,
)
from groma.documents.deliverables.bid_evaluation import weight
from groma.documents.deliverables.common_sections import glossary
from groma.documents.deliverables.scope import scope
from groma.documents.deliverables.subject import Subject, part, section
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.views import container_view
from groma.model.elements import Model
from groma.procurement import Request, Requirement, Scale, Terms
from groma.procurement.request import KIND_WORDS
from groma.procurement.sheets import paid_word

ID = "rfp"
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


def write(subject: Subject, request: Request, terms: Terms) -> Document:
    """The whole document."""
    sections = (
        *section(ID, "scope", "What is asked for", _scope(subject, request)),
        *section(ID, "there", "What is there", _there(subject, request)),
        *section(ID, "load", "What it has to carry", _load(subject, request)),
        *section(ID, "requirements", "Requirements", _requirements(subject, request)),
        *section(ID, "prices", "Price sheet", _prices(subject, request)),
        *section(ID, "evaluation", "How bids are judged", _evaluation(subject, request)),
        *section(ID, "schedule", "Schedule", _schedule(terms)),
        *section(ID, "response", "How to answer", _response(request)),
        *section(ID, "out", "What is not part of it", _out(subject, request)),
        *section(ID, "defaults", "Terms still to be confirmed", _defaults(request)),
        *section(ID, "terms", "Words used", glossary(subject)),
    )
    buyer = terms.buyer or subject.model.author
    return Document(
        ID,
        "Request for proposals",
        f"{subject.model.system}: what is asked for, and how bids are judged",
        (
            *subject.meta(),
            ("Edition", line(subject.quoter.say("design", request.fingerprint))),
            *((("Buyer", line(buyer)),) if buyer else ()),
            *((("Questions to", line(terms.contact)),) if terms.contact else ()),
        ),
        _summary(subject, request),
        sections,
        "For bidders",
        "What is asked for, and how will our bid be judged?",
    )


def _count(subject: Subject, name: str, title: str, number: int) -> Inlines:
    return line(subject.quoter.count(f"rfp/{name}", title, number, "counted in the request"))


def _summary(subject: Subject, request: Request) -> Blocks:
    quoter, model = subject.quoter, subject.model
    gates = sum(each.kind == "gate" for each in request.requirements)
    price = next(scale for scale in request.scales if scale.key == "price")
    bought = ", ".join(name_of(model, name) for name in request.lot)
    items: list[Inlines] = [
        line(Strong(line("Asked for: ")), quoter.say("design", bought), "."),
        line(Strong(line("Contract: ")), quoter.figure("rfp/months"), "."),
        line(
            Strong(line("Requirements: ")),
            *_count(subject, "requirements", "Requirements", len(request.requirements)),
            ", of which ",
            *_count(subject, "gates", "Requirements that must be met", gates),
            " must be met.",
        ),
        line(
            Strong(line("Points: ")),
            weight(subject, price),
            " for the price, the rest for being better than what is asked. No bid's points depend on another bid.",
        ),
        line(
            Strong(line("To answer: ")),
            "fill in ",
            Code("response.xlsx"),
            " and send it back; nothing else is read for prices and values.",
        ),
    ]
    opening: Blocks = (Paragraph(line(model.problem)),) if model.problem else ()
    return (*opening, subject.because(Bullets(tuple(items))))


def _scope(subject: Subject, request: Request) -> Blocks:
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
        (subject.because(Picture(f"{ID}-parts", picture, caption, line("Parts of the system"), wide=True)),)
        if picture.nodes
        else ()
    )
    return (Paragraph(words), subject.because(Table(columns, tuple(rows))), *shown)


def _there(subject: Subject, request: Request) -> Blocks:
    model = subject.model
    rows = tuple(
        Row(
            (
                line(name_of(model, c.name)),
                line(c.kind),
                line(str(c.replicas)),
                line(
                    ", ".join(name_of(model, p) for p in c.place)
                    or (f"on {name_of(model, c.runs_on)}" if c.runs_on else "")
                ),
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


def _load(subject: Subject, request: Request) -> Blocks:
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


def _requirements(subject: Subject, request: Request) -> Blocks:
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
            ID,
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
    return Row((kind, line(each.text), asked, line(each.verify), line(came)), refs)


def _element(model: Model, path: str) -> str:
    section_, _, name = path.partition(".")
    if section_ == "needs":
        need = model.needs.get(name)
        return f"need {name.replace('_', ' ')}" + (f" ({need.from_})" if need and need.from_ else "")
    return name_of(model, name)


def _prices(subject: Subject, request: Request) -> Blocks:
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


def _evaluation(subject: Subject, request: Request) -> Blocks:
    quoter = subject.quoter
    rows = tuple(_scale_row(subject, scale) for scale in request.scales)
    columns = (
        Column("Criterion"),
        Column("Weight", align="right"),
        Column("No points at", align="right"),
        Column("All points at", align="right"),
        Column("Requirement"),
    )
    steps = (
        line(
            Strong(line("Gates first. ")),
            "A bid that fails a requirement marked ",
            Code("must"),
            " is rejected, and told which. "
            "Where a gate has a target, it is held against what comes out when your values stand in the buyer's model.",
        ),
        line(
            Strong(line("Points by fixed ends. ")),
            "Points of a criterion = (amount - no points at) / (all points at - no points "
            "at), not below 0 and not above 1, times its weight. Both ends are stated here, so you "
            "can work out your own points, "
            "and no bid that comes or goes changes yours or turns two others round.",
        ),
        line(
            Strong(line("People's marks. ")),
            "Where people judge, each evaluator gives 0 to 5 apart; points are the mean "
            "divided by 5. What isn't judged yet isn't scored; it never counts as zero.",
        ),
        line(
            Strong(line("Price. ")),
            "The price over the contract: what is paid once, and ",
            quoter.figure("rfp/months"),
            " of what is paid monthly, with the buyer's estimate of what it pays others.",
        ),
        line(
            Strong(line("Afterwards. ")),
            "Every bidder gets the arithmetic of all bids as a workbook with its formulas.",
        ),
    )
    why = line(
        "Why no points relative to the lowest bid: they let a bid that nobody wants decide between "
        "two others (the ranking "
        "paradox: Chen, Journal of Public Procurement 8(3), 2008; Stilger, Siderius and van Raaij, "
        "the same journal 17(1), 2017)."
    )
    blocks: list[Block] = [Bullets(steps), subject.because(Table(columns, rows)), Paragraph(why)]
    if not request.scored_on_price:
        blocks.append(
            Callout(
                "open",
                line(
                    "The ends of the scale for the price aren't stated yet: some prices have no estimate. "
                    "The buyer states them before bids are opened, or no points are given for the price."
                ),
            )
        )
    return tuple(blocks)


def _scale_row(subject: Subject, scale: Scale) -> Row:
    quoter = subject.quoter
    like = next((r.figure for r in quoter.ledger.needs if f"needs.{r.need}" == scale.key), "")
    ends = [
        line("0 of 5" if end == "none" else "5 of 5")
        if scale.judged
        else line(quoter.figure(f"rfp/{end}_at/{scale.key}", like))
        if at is not None
        else line("not stated")
        for end, at in (("none", scale.none_at), ("all", scale.full_at))
    ]
    return Row(
        (line(scale.title), line(weight(subject, scale)), *ends, line(scale.requirement or "price sheet"))
    )


def _schedule(terms: Terms) -> Blocks:
    rows = tuple(Row((line(what), line(when))) for what, when in terms.schedule.items())
    return (Table((Column("Step"), Column("When")), rows),) if rows else ()


def _response(request: Request) -> Blocks:
    items = (
        line(
            "Fill in the tinted cells of ",
            Code("response.xlsx"),
            ": the sheets Requirements, Prices and Exit.",
        ),
        line(
            "Numbers stand in the unit beside the cell. An empty cell is no answer: for a gate you "
            "are asked once, and without an "
            "answer it isn't passed; for a value the buyer goes on reckoning with the range that it knows."
        ),
        line(
            "Say under Evidence where a value can be seen: a data sheet, a measurement, a reference "
            "with telephone number. Say under "
            "Deviation what you offer instead; a deviation from a gate is read as it is, and may fail it."
        ),
        line(
            "Rows, texts, quantities and formulas stay as they are. A change is found when the file "
            "is read, and what was sent out "
            "counts."
        ),
    )
    return (Bullets(items),)


def _out(subject: Subject, request: Request) -> Blocks:
    neighbours = scope(subject, ())
    words = Paragraph(line("Operation by the buyer's own people, what is listed under What is there, and:"))
    return (words, *neighbours) if neighbours else ()


DEFAULT_WORDS = {
    "contract": "length of the contract",
    "weights": "weights",
    "full_points_at": "the price that gets all points",
    "no_points_at": "the price that gets none",
    "notice": "longest notice",
    "bound": "longest minimum term",
    "deleted": "deletion of data",
    "help": "help with handing over",
    "response": "response to faults",
    "formats": "formats of export",
    "hours": "hours of support",
    "leave_at": "months at which leaving is compared",
    "schedule": "schedule",
    "contact": "who answers questions",
}


def _defaults(request: Request) -> Blocks:
    if not request.defaults:
        return ()
    listed = ", ".join(DEFAULT_WORDS.get(name, name) for name in request.defaults)
    return (
        Callout(
            "open",
            line(
                "Nobody has stated these; customary ones, or the model's own, stand in for them here: ",
                listed,
                ". State them in the terms before this is sent out.",
            ),
        ),
    )
