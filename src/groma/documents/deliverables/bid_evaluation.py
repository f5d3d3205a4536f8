"""The evaluation of bids: who is rejected for which requirement, who earns which points, what would turn the
order round.

For the buyer's evaluators and every bidder. Good when the second-best bidder can repeat the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable

from groma.documents.charts.chart import Axis, Bar, Bars
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
from groma.documents.deliverables.common_sections import glossary
from groma.documents.deliverables.subject import Subject, part, section
from groma.documents.inlines import Code, Inlines, Quote, Strong, line
from groma.documents.plots import datum
from groma.procurement import Evaluated, Evaluation, Points, Scale, abnormal
from groma.solvers.scoring import Span

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
        *section(ID, "gates", "Gates", _gates(subject, evaluation)),
        *section(ID, "points", "Points", _points(subject, evaluation)),
        *section(ID, "prices", "Prices", _prices(subject, evaluation)),
        *section(ID, "figures", "What each bid comes to in operation", _figures(subject, evaluation)),
        *section(ID, "sure", "How sure the order is", _sure(subject, evaluation)),
        *section(ID, "leaving", "What leaving costs", leaving_table(subject, evaluation)),
        *section(ID, "whole", "What each costs in all", _whole(subject, evaluation)),
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
        line(quoter.figure(f"bid/{each.bid.name}/price")) if each.paid is not None else line("incomplete")
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


def _gates(subject: Subject, evaluation: Evaluation) -> Blocks:
    """Every gate beside every bid, one word each."""
    quoter = subject.quoter
    gates = evaluation.bids[0].gates if evaluation.bids else ()
    rows: list[Row] = []
    for nth, gate in enumerate(gates):
        cells = [
            line(quoter.say(f"bid/{each.bid.name}/total", each.gates[nth].verdict))
            for each in evaluation.bids
        ]
        if any(each.gates[nth].verdict != "passed" for each in evaluation.bids):
            rows.append(Row((line(Strong(line(gate.requirement.id)), f" {gate.requirement.text}"), *cells)))
    passed = len(gates) - len(rows)
    number = quoter.count(
        "rfp/passed-by-all", "Gates that every bid passes", passed, "counted in the evaluation"
    )
    whole = quoter.count("rfp/gates", "Requirements that must be met", len(gates), "counted in the request")
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


def weight(subject: Subject, scale: Scale) -> Quote:
    """A criterion's weight, exactly as it counts."""
    return subject.quoter.say(f"rfp/weight/{scale.key}", f"{float(scale.weight) * 100:.6g} %")


def _able(evaluation: Evaluation) -> tuple[Evaluated, ...]:
    return tuple(evaluation.named(name) for level in evaluation.order for name in level)


def _points(subject: Subject, evaluation: Evaluation) -> Blocks:
    able, quoter = _able(evaluation), subject.quoter
    if not able:
        return ()
    rows = [
        Row(
            (
                line(scale.title),
                line(weight(subject, scale)),
                *(_points_cell(subject, each, each.points[nth]) for each in able),
            )
        )
        for nth, scale in enumerate(evaluation.request.scales)
    ]
    rows.append(
        Row(
            (
                line("Points of 100"),
                line(""),
                *(line(quoter.figure(f"bid/{e.bid.name}/total")) for e in able),
            ),
            total=True,
        )
    )
    columns = (
        Column("Criterion"),
        Column("Weight", align="right"),
        *(Column(e.bid.bidder, align="right") for e in able),
    )
    unjudged = tuple(
        dict.fromkeys(p.scale.title for e in able for p in e.points if p.value is None and p.scale.judged)
    )
    more: Blocks = ()
    if unjudged:
        more = (
            Callout(
                "open",
                line(
                    f"Not judged yet: {', '.join(unjudged)}. Fill in ",
                    Code("marks.xlsx"),
                    " and give it with ",
                    Code("--marks"),
                    ". Until then no points are given for it, not even none.",
                ),
            ),
        )
    return (*_chart(evaluation, subject), subject.because(Table(columns, tuple(rows))), *more)


def _points_cell(subject: Subject, each: Evaluated, points: Points) -> Inlines:
    name = f"bid/{each.bid.name}/points/{points.scale.key}"
    return (
        line(subject.quoter.figure(name))
        if points.value is not None
        else line(subject.quoter.say(name, "not scored"))
    )


def _chart(evaluation: Evaluation, subject: Subject) -> Blocks:
    bars: list[Bar] = []
    for each in _able(evaluation):
        found = datum(subject.quoter.ledger[f"bid/{each.bid.name}/total"])
        if found is not None:
            bars.append(Bar(line(each.bid.bidder), (found,)))
    if len(bars) < 2:
        return ()
    picture = Picture(
        f"{ID}-points-chart",
        Bars(Axis("Points of 100"), tuple(bars)),
        result(subject, evaluation),
        line("Points of the bids that pass all gates"),
    )
    return (subject.because(picture),)


def _prices(subject: Subject, evaluation: Evaluation) -> Blocks:
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
        line(quoter.figure(f"bid/{e.bid.name}/price")) if e.paid is not None else line("incomplete")
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


def _sure(subject: Subject, evaluation: Evaluation) -> Blocks:
    quoter = subject.quoter
    blocks: list[Block] = []
    first = evaluation.winner
    if first is not None:
        ref = f"bid/{first.bid.name}/total"
        leads = tuple(
            line(
                Strong(line(quoter.say(ref, evaluation.named(lead.rival).bid.bidder))),
                " draws level once ",
                quoter.ratio(ref, float(lead.moved)),
                " of all weight moves from ",
                quoter.say(
                    ref, ", ".join(evaluation.request.scales[n].title for n, _ in lead.taken) or "nothing"
                ),
                " to ",
                quoter.say(ref, evaluation.request.scales[lead.to].title),
                ".",
            )
            for lead in evaluation.leads
        )
        never = [
            e
            for e in _able(evaluation)
            if e is not first
            and e.total is not None
            and e.bid.name not in {x.rival for x in evaluation.leads}
        ]
        leads += tuple(
            line(
                Strong(line(quoter.say(ref, e.bid.bidder))),
                " doesn't come first with any weights: it is behind in every criterion.",
            )
            for e in never
        )
        if leads:
            blocks += part(
                ID,
                "weights",
                "Other weights",
                (subject.because(Bullets(leads), *_spans(subject, evaluation)),),
            )
    if evaluation.cases:
        rows = tuple(
            Row(
                (
                    line(case.name[:1].upper() + case.name[1:]),
                    line(
                        quoter.say(
                            f"bid/{evaluation.order[0][0]}/total",
                            ", ".join(
                                " = ".join(evaluation.named(n).bid.bidder for n in level)
                                for level in case.order
                            ),
                        )
                    ),
                )
            )
            for case in evaluation.cases
        )
        table = Table((Column("If"), Column("the order is", share=1.4)), rows)
        blocks += part(ID, "ranges", "What isn't known better", (subject.because(table),))
    if evaluation.reversal is not None:
        blocks += part(
            ID, "reversal", "Other bids", (subject.because(Paragraph(_reversal(subject, evaluation))),)
        )
    return tuple(blocks)


def _spans(subject: Subject, evaluation: Evaluation) -> Blocks:
    quoter = subject.quoter
    rows: list[Row] = []
    for scale in evaluation.request.scales:
        found = evaluation.spans.get(scale.key, ())
        ref = f"rfp/weight/{scale.key}"
        words: Inlines = ()
        for span in found:
            names = " = ".join(evaluation.named(n).bid.bidder for n in span.first)
            words = line(
                words, "; " if words else "", quoter.say(ref, _span(span)), ": ", quoter.say(ref, names)
            )
        rows.append(Row((line(scale.title), line(weight(subject, scale)), words)))
    columns = (
        Column("Criterion"),
        Column("Weight", align="right"),
        Column("Who comes first while its weight goes from 0 to 100 %, the others in proportion"),
    )
    return (Table(columns, tuple(rows)),) if rows else ()


def _span(span: Span) -> str:
    return f"{float(span.low) * 100:.3g} to {float(span.high) * 100:.3g} %"


def _reversal(subject: Subject, evaluation: Evaluation) -> Inlines:
    quoter, found = subject.quoter, evaluation.reversal
    assert found is not None
    number = quoter.count(
        "rfp/selections", "Selections of bids ranked again", found.selections, "counted in the evaluation"
    )
    turned = quoter.count(
        "rfp/turned", "Selections in which two bids turn round", found.turned, "counted in the evaluation"
    )
    words = line(
        "Ranked again without one bid or more, ",
        number,
        " times: two bids turned round in ",
        turned,
        " of them, since no bid's points depend on another.",
    )
    if found.turned_by_relative is None:
        return words
    other = quoter.count(
        "rfp/turned-relative",
        "The same with points relative to the lowest price",
        found.turned_by_relative,
        "counted in the evaluation",
    )
    more = (
        line(" (", quoter.say("count/rfp/turned-relative", found.example), ", for one)")
        if found.example
        else ()
    )
    return line(
        words,
        " With points relative to the lowest price, as is usual, it would have been ",
        other,
        *more,
        ".",
    )


def leaving_table(subject: Subject, evaluation: Evaluation) -> Blocks:
    """What leaving costs at each month that is compared."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(quoter.say("rfp/months", f"after month {month}")),
                *(line(quoter.figure(f"bid/{e.bid.name}/leave/{month}")) for e in evaluation.bids),
            )
        )
        for month in evaluation.request.leave_at
    )
    columns = (Column("Leaving"), *(Column(e.bid.bidder, align="right") for e in evaluation.bids))
    words = line(
        "The fee that the bid states, the months that are still paid (notice, or what is left of the "
        "minimum term), and the help "
        "with handing over that was asked for. What the next supplier costs is left out for all alike."
    )
    missing = tuple(
        dict.fromkeys(
            (e.bid.bidder, what) for e in evaluation.bids for leave in e.leaving for what in leave.missing
        )
    )
    items = tuple(line(Strong(line(bidder)), f" doesn't state: {what}") for bidder, what in missing)
    return (Paragraph(words), subject.because(Table(columns, rows), *((Bullets(items),) if items else ())))


def _whole(subject: Subject, evaluation: Evaluation) -> Blocks:
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(e.bid.bidder))),
                line(quoter.figure(f"bid/{e.bid.name}/price")),
                line(quoter.figure(f"bid/{e.bid.name}/scored_price")),
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


def _remarks(subject: Subject, evaluation: Evaluation) -> Blocks:
    blocks: list[Block] = []
    for each in evaluation.bids:
        items = each.bid.remarks
        rows = tuple(
            Row(
                (
                    line(REMARKS[remark.kind]),
                    line(remark.where),
                    line(subject.quoter.say(f"bid/{each.bid.name}/total", remark.text)),
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
