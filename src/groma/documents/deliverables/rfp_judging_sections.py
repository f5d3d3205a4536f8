"""Chapter of the request for proposals on how bids are judged: gates, then points by ends stated beforehand."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Callout, Column, Paragraph, Row, Table
from groma.documents.deliverables.bid_points_sections import weight
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Code, Strong, line
from groma.procurement import Request, Scale


def judging(subject: Subject, request: Request) -> Blocks:
    """The steps of the judging, the weight and ends of each criterion, and why none depends on the lowest bid."""
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
