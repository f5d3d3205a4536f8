"""The request for proposals: what is asked, in numbered requirements, and how bids will be judged.

For bidders. Good when a bidder can answer without asking back, and could work out its own points.
"""

from __future__ import annotations

from groma.documents.content import Blocks, Bullets, Callout, Column, Document, Paragraph, Row, Table
from groma.documents.deliverables.bid_points_sections import weight
from groma.documents.deliverables.common_sections import glossary
from groma.documents.deliverables.rfp_asked_sections import (
    load,
    parts_asked,
    parts_there,
    price_sheet,
    requirements,
)
from groma.documents.deliverables.rfp_judging_sections import judging
from groma.documents.deliverables.scope import scope
from groma.documents.deliverables.subject import Subject, section
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.procurement import Request, Terms

ID = "rfp"


def write(subject: Subject, request: Request, terms: Terms) -> Document:
    """The whole document."""
    measured = [need.figure for need in subject.quoter.ledger.needs]
    sections = (
        *section(ID, "scope", "What is asked for", parts_asked(subject, ID, request)),
        *section(ID, "there", "What is there", parts_there(subject, request)),
        *section(ID, "load", "What it has to carry", load(subject, request)),
        *section(ID, "requirements", "Requirements", requirements(subject, ID, request)),
        *section(ID, "prices", "Price sheet", price_sheet(subject, request)),
        *section(ID, "evaluation", "How bids are judged", judging(subject, request)),
        *section(ID, "schedule", "Schedule", _schedule(terms)),
        *section(ID, "response", "How to answer", _response(request)),
        *section(ID, "out", "What is not part of it", _out(subject, request)),
        *section(ID, "defaults", "Terms still to be confirmed", _defaults(request)),
        *section(
            ID,
            "terms",
            "Words used",
            glossary(subject, of=measured),
        ),
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
