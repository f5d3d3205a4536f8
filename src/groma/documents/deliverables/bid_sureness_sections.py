"""Chapter of the evaluation of bids on how sure the order is: other weights, ranges, bids that fall away."""

from __future__ import annotations

from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Row, Table
from groma.documents.deliverables.bid_points_sections import weight
from groma.documents.deliverables.bid_standing_sections import ranked
from groma.documents.deliverables.subject import Subject, part
from groma.documents.inlines import Inlines, Strong, line
from groma.procurement import Evaluation
from groma.solvers.scoring import Span


def sure(subject: Subject, document: str, evaluation: Evaluation) -> Blocks:
    """What would turn the order round: other weights, values known only to a range, other bids."""
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
            for e in ranked(evaluation)
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
                document,
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
        blocks += part(document, "ranges", "What isn't known better", (subject.because(table),))
    if evaluation.reversal is not None:
        blocks += part(
            document, "reversal", "Other bids", (subject.because(Paragraph(_reversal(subject, evaluation))),)
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
