"""Chapter of the evaluation of bids on points: what each bid earns by each criterion, and its weight."""

from __future__ import annotations

from groma.documents.charts.chart import Axis, Bar, Bars
from groma.documents.content import Blocks, Callout, Column, Picture, Row, Table
from groma.documents.deliverables.bid_standing_sections import ranked, result
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Code, Inlines, Quote, line
from groma.documents.plots import datum
from groma.procurement import Evaluated, Evaluation, Points, Scale


def weight(subject: Subject, scale: Scale) -> Quote:
    """A criterion's weight, exactly as it counts."""
    return subject.quoter.say(f"rfp/weight/{scale.key}", f"{float(scale.weight) * 100:.6g} %")


def points(subject: Subject, document: str, evaluation: Evaluation) -> Blocks:
    """The points of the bids that pass all gates, a criterion a row; what isn't judged yet is told."""
    able, quoter = ranked(evaluation), subject.quoter
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
    return (*_chart(subject, document, evaluation), subject.because(Table(columns, tuple(rows))), *more)


def _points_cell(subject: Subject, each: Evaluated, earned: Points) -> Inlines:
    name = f"bid/{each.bid.name}/points/{earned.scale.key}"
    return (
        line(subject.quoter.figure(name))
        if earned.value is not None
        else line(subject.quoter.say(name, "not scored"))
    )


def _chart(subject: Subject, document: str, evaluation: Evaluation) -> Blocks:
    bars: list[Bar] = []
    for each in ranked(evaluation):
        found = datum(subject.quoter.ledger[f"bid/{each.bid.name}/total"])
        if found is not None:
            bars.append(Bar(line(each.bid.bidder), (found,)))
    if len(bars) < 2:
        return ()
    picture = Picture(
        f"{document}-points-chart",
        Bars(Axis("Points of 100"), tuple(bars)),
        result(subject, evaluation),
        line("Points of the bids that pass all gates"),
    )
    return (subject.because(picture),)
