"""Chapters on evaluation: how many cases show each quality, and how slow changes are told from chance."""

from __future__ import annotations

from groma.analyses.observability.evaluating import Drift, Evaluation
from groma.documents.content import Block, Blocks, Bullets, Column, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Strong, line
from groma.documents.quote import share_text
from groma.model.printed import format_quantity


def evaluation_table(subject: Subject, held: tuple[Evaluation, ...]) -> Blocks:
    """Each quality with its target, what the design says, and the cases that show it."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(quoter.say(f"need/{e.need}", e.title)))),
                line(quoter.say(f"need/{e.need}/target", f"at least {share_text(e.target)}")),
                line(quoter.say(e.figure("cases"), share_text(e.expected))) if e.expected is not None else (),
                line(quoter.say(e.figure("cases"), f"{e.figures[0].value:,.0f}")),
            )
        )
        for e in held
        if e.figures
    )
    blocks: list[Block] = []
    if rows:
        most = max((e for e in held if e.figures), key=lambda e: e.figures[0].value or 0.0)
        caption = line(
            "Most cases are needed for ",
            most.title,
            ": ",
            quoter.say(most.figure("cases"), f"{most.figures[0].value:,.0f}"),
            ", because what the design says of it lies nearest to what is asked.",
        )
        columns = (
            Column("Quality"),
            Column("Asked"),
            Column("By the design", align="right"),
            Column("Cases that show it", align="right"),
        )
        blocks.append(Table(columns, rows, caption if len(rows) > 1 else ()))
    refused = [e for e in held if e.refused]
    if refused:
        blocks.append(Bullets(tuple(line(Strong(line(e.title)), ": ", e.refused, ".") for e in refused)))
    return (subject.because(*blocks),) if blocks else ()


def drift_table(subject: Subject, found: tuple[Drift, ...]) -> Blocks:
    """Shares that are watched day by day, how small a change is told, how soon, how often by chance."""
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(each.title))),
                line(quoter.say(each.figure("shift"), share_text(each.share))),
                line(quoter.say(each.figure("shift"), f"{(each.figures[0].value or 0.0) * 100:.2g} points")),
                line(
                    quoter.say(each.figure("detection"), format_quantity(each.figures[3].value or 0.0, "s"))
                ),
                line(
                    quoter.say(
                        each.figure("false-alarms"),
                        f"once in {1 / ((each.figures[2].value or 1.0) * 86400):,.0f} days",
                    )
                ),
            )
        )
        for each in found
    )
    columns = (
        Column("Watched each day", share=1.6),
        Column("Stated", align="right"),
        Column("Change that is told", align="right"),
        Column("After", align="right"),
        Column("By chance", align="right"),
    )
    return (subject.because(Table(columns, alike(quoter, "drift", rows))),) if rows else ()
