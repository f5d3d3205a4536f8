"""Chapters of the evaluation of bids on who stands where: the order, the bids rejected, the gates still open."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.procurement import Evaluated, Evaluation


def result(subject: Subject, evaluation: Evaluation) -> Inlines:
    """Who comes first, in a sentence."""
    quoter = subject.quoter
    if not evaluation.order:
        return line("No bid passes all gates, so none can be taken.")
    first, *level = evaluation.order[0]
    if level:
        names = " and ".join(evaluation.named(name).bid.bidder for name in (first, *level))
        return line(quoter.say(f"bid/{first}/total", names), " have the same points.")
    each = evaluation.named(first)
    words = line(
        Strong(line(quoter.say(f"bid/{first}/total", each.bid.bidder))),
        " comes first with ",
        quoter.figure(f"bid/{first}/total"),
        " of 100 points",
    )
    if len(evaluation.order) > 1:
        second = evaluation.order[1][0]
        words = line(
            words,
            ", before ",
            quoter.say(f"bid/{second}/total", evaluation.named(second).bid.bidder),
            " with ",
            quoter.figure(f"bid/{second}/total"),
        )
    if evaluation.provisional:
        more = (
            "; the order stands however that is judged"
            if evaluation.decided
            else "; that can still change the order"
        )
        words = line(words, ". Not everything is judged yet", more)
    return line(words, ".")


def ranked(evaluation: Evaluation) -> tuple[Evaluated, ...]:
    """The bids that pass all gates, the best first."""
    return tuple(evaluation.named(name) for level in evaluation.order for name in level)


def standing(subject: Subject, evaluation: Evaluation) -> Block:
    """The bids in order, those rejected last."""
    quoter = subject.quoter
    rows: list[Row] = []
    place = 1
    for level in evaluation.order:
        for name in level:
            each = evaluation.named(name)
            gates = "passed" if not each.open else f"open: {', '.join(g.requirement.id for g in each.open)}"
            rows.append(_standing_row(subject, each, str(place), gates))
        place += len(level)
    for each in evaluation.bids:
        if each.rejected:
            failed = ", ".join(gate.requirement.id for gate in each.failed)
            rows.append(_standing_row(subject, each, "rejected", f"fails {failed}"))
    columns = (
        Column("Place", share=0.7),
        Column("Bid", share=1.5),
        Column("Gates"),
        Column("Price over the contract", align="right"),
        Column("Points of 100", align="right"),
    )
    return subject.because(
        Table(columns, tuple(rows)),
        refs=tuple(
            f"bid/{e.bid.name}/total" for e in evaluation.bids if quoter.shown(f"bid/{e.bid.name}/total")
        ),
    )


def _standing_row(subject: Subject, each: Evaluated, place: str, gates: str) -> Row:
    quoter, ref = subject.quoter, f"bid/{each.bid.name}/total"
    price: Inlines = (
        line(quoter.exact(f"bid/{each.bid.name}/price")) if each.paid is not None else line("incomplete")
    )
    points: Inlines = line(quoter.figure(ref)) if not each.rejected else line("")
    return Row(
        (
            line(quoter.say(ref, place)),
            line(Strong(line(each.bid.bidder))),
            line(quoter.say(ref, gates)),
            price,
            points,
        )
    )


def rejected(subject: Subject, evaluation: Evaluation) -> Blocks:
    """Each gate that a bid fails, with the requirement word for word."""
    rows = tuple(
        Row(
            (
                line(Strong(line(each.bid.bidder))),
                line(Strong(line(gate.requirement.id)), f": {gate.requirement.text}"),
                line(gate.requirement.threshold.text if gate.requirement.threshold else "yes"),
                line(subject.quoter.say(f"bid/{each.bid.name}/total", gate.why)),
            )
        )
        for each in evaluation.bids
        for gate in each.failed
    )
    columns = (
        Column("Bid"),
        Column("Requirement that it fails", share=3),
        Column("Asked"),
        Column("What the bid comes to", share=2),
    )
    return (subject.because(Table(columns, rows)),) if rows else ()


def gates(subject: Subject, evaluation: Evaluation) -> Blocks:
    """Every gate beside every bid, one word each."""
    quoter = subject.quoter
    asked = evaluation.bids[0].gates if evaluation.bids else ()
    rows: list[Row] = []
    for nth, gate in enumerate(asked):
        cells = [
            line(quoter.say(f"bid/{each.bid.name}/total", each.gates[nth].verdict))
            for each in evaluation.bids
        ]
        if any(each.gates[nth].verdict != "passed" for each in evaluation.bids):
            rows.append(Row((line(Strong(line(gate.requirement.id)), f" {gate.requirement.text}"), *cells)))
    passed = len(asked) - len(rows)
    number = quoter.count(
        "rfp/passed-by-all", "Gates that every bid passes", passed, "counted in the evaluation"
    )
    whole = quoter.count("rfp/gates", "Requirements that must be met", len(asked), "counted in the request")
    words = Paragraph(line("All bids pass ", number, " of ", whole, " gates."))
    if not rows:
        return (words,)
    columns = (Column("Other gates", share=3), *(Column(each.bid.bidder) for each in evaluation.bids))
    open_ones = tuple(
        line(
            Strong(line(each.bid.bidder)),
            f", {gate.requirement.id}: ",
            quoter.say(f"bid/{each.bid.name}/total", gate.why),
        )
        for each in evaluation.bids
        if not each.rejected
        for gate in each.open
    )
    more: Blocks = (
        (Paragraph(line("Open, to be cleared before an award:")), Bullets(open_ones)) if open_ones else ()
    )
    return (words, subject.because(Table(columns, tuple(rows))), *more)
