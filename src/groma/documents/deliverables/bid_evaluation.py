"""The evaluation of bids: who is rejected for which requirement, who earns which points, what would turn the
order round.

For the buyer's evaluators and every bidder. Good when the second-best bidder can repeat the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable

from groma.documents.content import Block, Blocks, Bullets, Column, Document, Paragraph, Row, Table
from groma.documents.deliverables.bid_points_sections import points
from groma.documents.deliverables.bid_price_sections import leaving_table, prices, whole
from groma.documents.deliverables.bid_standing_sections import gates, rejected, result, standing
from groma.documents.deliverables.bid_sureness_sections import sure
from groma.documents.deliverables.common_sections import glossary
from groma.documents.deliverables.subject import Subject, part, section
from groma.documents.inlines import Code, Inlines, line
from groma.procurement import Evaluation

ID = "bid-evaluation"
REMARKS = {
    "changed": "changed",
    "missing": "missing",
    "extra": "added",
    "sum": "arithmetic",
    "unreadable": "can't be read",
    "deviation": "deviation",
    "edition": "edition",
    "ask": "to be asked",
}
MOST_REMARKS = 60


def write(subject: Subject, evaluation: Evaluation) -> Document:
    """The whole document."""
    sections = (
        *section(ID, "rejected", "Rejected bids", rejected(subject, evaluation)),
        *section(ID, "gates", "Gates", gates(subject, evaluation)),
        *section(ID, "points", "Points", points(subject, ID, evaluation)),
        *section(ID, "prices", "Prices", prices(subject, evaluation)),
        *section(ID, "figures", "What each bid comes to in operation", _figures(subject, evaluation)),
        *section(ID, "sure", "How sure the order is", sure(subject, ID, evaluation)),
        *section(ID, "leaving", "What leaving costs", leaving_table(subject, evaluation)),
        *section(ID, "whole", "What each costs in all", whole(subject, evaluation)),
        *section(ID, "remarks", "What was found in the files", _remarks(subject, evaluation)),
        *section(ID, "how", "How it was worked out", _how(subject, evaluation)),
        *section(ID, "terms", "Words used", glossary(subject)),
    )
    return Document(
        ID,
        "Evaluation of bids",
        f"{subject.model.system}: {len(evaluation.bids)} bids, gates first, then points",
        subject.meta(),
        (standing(subject, evaluation), Paragraph(result(subject, evaluation))),
        sections,
        "For evaluators and bidders",
        "Which bid comes first, why, and what would change that?",
    )


def _figures(subject: Subject, evaluation: Evaluation) -> Blocks:
    """The needs, with the values of each bid in the model."""
    quoter, model = subject.quoter, subject.model
    rows: list[Row] = []
    for result_ in quoter.ledger.needs:
        if result_.accompanies or result_.need not in model.needs:
            continue
        cells: list[Inlines] = []
        for each in evaluation.bids:
            own = next((r for r in each.offered.ledger.needs if r.need == result_.need), None)
            name = f"bid/{each.bid.name}/{result_.figure}"
            shown = quoter.figure(name, result_.figure)
            mark = "" if own is None or own.verdict == "met" else f" ({own.verdict})"
            cells.append(line(shown, quoter.say(name, mark) if mark else ""))
        figure = quoter.ledger.figures.get(result_.figure)
        title = figure.title if figure else result_.figure
        rows.append(
            Row(
                (line(quoter.say(f"need/{result_.need}/target", title)), line(quoter.target(result_)), *cells)
            )
        )
    columns = (
        Column("Need"),
        Column("Asked"),
        *(Column(e.bid.bidder, align="right") for e in evaluation.bids),
    )
    words = line(
        "Each bid's values stand in the buyer's model in the place of its own; every figure is "
        "worked out anew with them. "
        "What a bid doesn't say stays as the buyer knows it."
    )
    return (Paragraph(words), subject.because(Table(columns, tuple(rows)))) if rows else ()


def _remarks(subject: Subject, evaluation: Evaluation) -> Blocks:
    blocks: list[Block] = []
    for each in evaluation.bids:
        items = each.bid.remarks
        rows = tuple(
            Row(
                (
                    line(REMARKS[remark.kind]),
                    line(remark.where),
                    line(subject.quoter.say(f"bid/{each.bid.name}/total", remark.text.replace("`", ""))),
                )
            )
            for remark in items[:MOST_REMARKS]
        )
        if rows:
            columns = (Column("Kind", share=0.7), Column("Where", share=1.3), Column("What", share=3))
            blocks += part(
                ID, f"remarks-{each.bid.name}", each.bid.bidder, (subject.because(Table(columns, rows)),)
            )
    return tuple(blocks)


def _how(subject: Subject, evaluation: Evaluation) -> Blocks:
    items: Iterable[Inlines] = (
        line(
            "Points of a criterion = weight x (amount - no points at) / (all points at - no points "
            "at), not below 0 and not above the weight; "
            "both ends were stated in the request."
        ),
        line("People's marks from 0 to 5 count as their mean divided by 5."),
        line(
            "A need is passed if the whole interval of its figure lies on the right side of its "
            "target with the bid's values, failed if it lies "
            "on the wrong side, else open."
        ),
        line(
            "Sums were added up again in exact fractions; where a sheet says something else, the prices for one count."
        ),
        line(
            Code("arithmetic.xlsx"),
            " holds every amount, end, weight and formula; ",
            Code("models/"),
            " the model of each bid, to be assessed again.",
        ),
    )
    return (Bullets(tuple(items)),)
