"""Chapters of the evaluation of bids on money: the prices line by line, what leaving costs, what each costs in all."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Callout, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.procurement import Evaluation, abnormal


def prices(subject: Subject, evaluation: Evaluation) -> Blocks:
    """The price of every line in every bid; a bid unusually low beside the buyer's estimate is told."""
    quoter, request = subject.quoter, evaluation.request
    rows: list[Row] = []
    for each_line in request.asked:
        cells: list[Inlines] = []
        for each in evaluation.bids:
            offered = each_line.key in each.bid.prices
            cells.append(
                line(quoter.input(f"bid/{each.bid.name}/said/{each_line.key}"))
                if offered
                else line("no price")
            )
        head = line(Strong(line(each_line.id)), f" {each_line.title}: {each_line.item.lower()}")
        rows.append(Row((head, line(quoter.figure(f"rfp/quantity/{each_line.id}")), *cells)))
    sums = tuple(
        line(quoter.exact(f"bid/{e.bid.name}/price")) if e.paid is not None else line("incomplete")
        for e in evaluation.bids
    )
    rows.append(Row((line("Over the contract"), line(""), *sums), total=True))
    columns = (
        Column("Line, price for one"),
        Column("Quantity", align="right"),
        *(Column(e.bid.bidder, request.currency, align="right") for e in evaluation.bids),
    )
    blocks: list[Block] = [subject.because(Table(columns, tuple(rows)))]
    for each in evaluation.bids:
        if abnormal(request, each):
            blocks.append(
                Callout(
                    "risk",
                    line(
                        Strong(line(each.bid.bidder)),
                        " asks for so little beside the buyer's own estimate "
                        "that it has to explain its price before it can be taken.",
                    ),
                    "Unusually low price",
                )
            )
    return tuple(blocks)


def leaving_table(subject: Subject, evaluation: Evaluation) -> Blocks:
    """What leaving costs at each month that is compared; of bids that are rejected only where all are."""
    quoter = subject.quoter
    bids = tuple(e for e in evaluation.bids if not e.rejected) or evaluation.bids
    rows = tuple(
        Row(
            (
                line(quoter.say("rfp/months", f"after month {month}")),
                *(line(quoter.figure(f"bid/{e.bid.name}/leave/{month}")) for e in bids),
            )
        )
        for month in evaluation.request.leave_at
    )
    columns = (Column("Leaving"), *(Column(e.bid.bidder, align="right") for e in bids))
    words = line(
        "The fee that the bid states, the months that are still paid (notice, or what is left of the "
        "minimum term), and the help "
        "with handing over that was asked for. What the next supplier costs is left out for all alike."
    )
    missing = tuple(
        dict.fromkeys((e.bid.bidder, what) for e in bids for leave in e.leaving for what in leave.missing)
    )
    items = tuple(line(Strong(line(bidder)), f" doesn't state: {what}") for bidder, what in missing)
    return (Paragraph(words), subject.because(Table(columns, rows), *((Bullets(items),) if items else ())))


def whole(subject: Subject, evaluation: Evaluation) -> Blocks:
    """What each bid costs in all, where its prices are complete."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(e.bid.bidder))),
                line(quoter.exact(f"bid/{e.bid.name}/price")),
                line(quoter.exact(f"bid/{e.bid.name}/scored_price")),
                line(quoter.figure(f"bid/{e.bid.name}/whole")),
            )
        )
        for e in evaluation.bids
        if e.paid is not None and e.whole is not None
    )
    columns = (
        Column("Bid"),
        Column("Paid to the bidder", align="right"),
        Column("With what is paid to others", align="right"),
        Column("With the buyer's own time and leaving at the end", align="right"),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()
