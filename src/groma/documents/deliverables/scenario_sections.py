"""Chapters on what was simulated: how the system stands disturbances, and how far two methods agree."""

from __future__ import annotations

import math

from groma.analyses.simulation import Course, Played
from groma.documents.charts.chart import Axis, Datum, Lines, Series
from groma.documents.content import Block, Blocks, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.printable import ident
from groma.documents.quote import figure_text, printed_unit, spoken
from groma.model.figure import Figure, Result
from groma.model.printed import RANGE_DASH, format_quantity, format_range

MOST_CHARTS = 4
POINTS = 40
"""Points of a course in a chart: each is the mean of a few buckets of time."""


def disturbances(subject: Subject, document: str) -> Blocks:
    """Every scenario with what it did to each flow, and the courses of the worst."""
    shown = [each for each in subject.played if each.watched.courses]
    standing = _standstills(subject)
    if not shown:
        return standing
    quoter = subject.quoter
    flows = {course.flow for each in shown for course in each.watched.courses}
    rows = tuple(
        _row(subject, each, course, len(flows) > 1) for each in shown for course in each.watched.courses
    )
    columns = (
        Column("What happens"),
        Column("Who feels it"),
        Column("Comes back"),
        Column("Runs lost", align="right"),
        Column("Least goodput", align="right"),
        Column("What would have saved it"),
    )
    lost = [each for each in shown if each.watched.metastable or each.watched.still]
    count = quoter.count("scenarios", "Scenarios played", len(shown), "those of the model and built-in ones")
    bad = quoter.count("scenarios/lost", "Scenarios it doesn't come back from", len(lost), "of those played")
    words: Inlines = line(
        "Each of ", count, " disturbances is simulated in the busiest hour beside the same system undisturbed. ",
        *(("It comes back from all: ", _listed(shown), ".") if not lost else
          ("From ", bad, " it doesn't come back: load is as before and goodput isn't.")),
    )  # fmt: skip
    blocks: list[Block] = [subject.because(Paragraph(words)), *standing]
    blocks.append(subject.because(Table(columns, rows, (), f"{document}-disturbances")))
    for each, course in _worst(subject, shown):
        blocks.append(subject.because(_chart(subject, each, course, document)))
    return tuple(blocks)


def _standstills(subject: Subject) -> Blocks:
    """How the system comes to stand still, where it does: each way once."""
    first: dict[tuple[str, ...], str] = {}
    for each in subject.played:
        if each.watched.still:
            first.setdefault(each.watched.still, f"scenario/{each.watched.name}/still")
    return tuple(
        subject.because(Paragraph(line("It comes to a standstill: ", subject.quoter.figure(ref), ".")))
        for ref in first.values()
    )


def _listed(played: list[Played]) -> str:
    """What was played, in words."""
    return "; ".join(each.watched.title for each in played)


def _row(subject: Subject, each: Played, course: Course, named: bool) -> Row:
    quoter, name = subject.quoter, each.watched.name
    saved = f"scenario/{name}/saved"
    return Row(
        (
            line(each.watched.title),
            line(name_of(subject.model, f"flow:{course.flow}")) if named else line(),
            line(quoter.figure(f"scenario/{name}/back/{course.flow}")),
            line(quoter.figure(f"scenario/{name}/lost/{course.flow}")),
            line(quoter.figure(f"scenario/{name}/goodput/{course.flow}")),
            line(quoter.figure(saved)) if saved in quoter.ledger else line(),
        )
    )


def _worst(subject: Subject, shown: list[Played]) -> list[tuple[Played, Course]]:
    """What is drawn: the model's own scenarios, then what the system doesn't come back from, then what loses most; of
    scenarios of one kind only the first."""
    own = subject.model.scenarios
    pairs = [(each, course) for each in shown for course in each.watched.courses]

    def rank(pair: tuple[Played, Course]) -> tuple[object, ...]:
        each, course = pair
        return each.watched.name not in own, course.back_after is not None, -course.lost, each.watched.name

    drawn: dict[str, tuple[Played, Course]] = {}
    for each, course in sorted(pairs, key=rank):
        name = each.watched.name
        drawn.setdefault(name if name in own else name.partition("-")[0], (each, course))
    return list(drawn.values())[:MOST_CHARTS]


def _chart(subject: Subject, each: Played, course: Course, document: str) -> Picture:
    quoter, seen = subject.quoter, each.watched
    ref = f"scenario/{seen.name}/goodput/{course.flow}"
    back = f"scenario/{seen.name}/back/{course.flow}"
    unit, scale = ("minutes", 60.0) if seen.lasts > 300 else ("seconds", 1.0)
    rate, per = ("a minute", 60.0) if max(course.undisturbed) < 1 else ("a second", 1.0)

    def series(label: str, values: tuple[float, ...]) -> Series:
        size = max(len(values) // POINTS, 1)
        points = [
            (n, math.fsum(values[n : n + size]) / len(values[n : n + size]))
            for n in range(0, len(values), size)
        ]
        xs = tuple(Datum(ref, (n + size / 2) * seen.width / scale, "") for n, _ in points)
        return Series(label, xs, tuple(Datum(ref, value * per, "") for _, value in points))

    caption = line(
        f"{seen.title}: ", quoter.figure(f"scenario/{seen.name}/lost/{course.flow}"), " runs lost, back ",
        quoter.figure(back), ".",
    )  # fmt: skip
    starts = sorted(event.from_.mean for event in each.scenario.events)
    marks = [(Datum(back, starts[0] / scale, ""), line("begins"))]
    if math.isfinite(seen.ends):
        marks.append((Datum(back, seen.ends / scale, ""), line("is over")))
    return Picture(
        f"{document}-scenario-{ident(seen.name)}-{ident(course.flow)}",
        Lines(
            Axis("Time", unit), Axis(f"Runs {rate}"),
            (series("offered", course.offered), series("ended well", course.good)),
            marks=tuple(marks),
        ),
        caption,
        line(f"Runs offered and ended well while this happens: {seen.title}"),
    )  # fmt: skip


def agreement(subject: Subject) -> Blocks:
    """The figures that two independent methods gave, beside each other."""
    quoter = subject.quoter
    found = [figure for figure in quoter.ledger if figure.second is not None and _worth_telling(figure)]
    if not found:
        return ()
    disputed = [figure for figure in found if figure.disputed]
    rows = tuple(
        Row(
            (
                line(figure.title),
                line(quoter.say(figure.name, figure_text(figure))),
                line(quoter.say(figure.name, _second(figure))),
                line(Strong(line(quoter.say(figure.name, f"disputed: {figure.disputed}"))))
                if figure.disputed
                else line("agree"),
            )
        )
        for figure in sorted(found, key=lambda f: not f.disputed)
    )
    columns = (Column("Figure"), Column("By analysis"), Column("By the second method"), Column("They"))
    count = quoter.count(
        "agreed", "Figures by two methods", len(found), "latency, success, load, availability"
    )
    bad = quoter.count("disputed", "Disputed figures", len(disputed), "of those by two methods")
    none = quoter.say("count/disputed", "none")
    words = line(
        count,
        " figures were worked out by two independent methods; ",
        bad if disputed else none,
        " of them is disputed." if len(disputed) < 2 else " of them are disputed.",
    )
    return (subject.because(Paragraph(words)), subject.because(Table(columns, rows)))


TOLD_ELSEWHERE = ("cost/", "proposal/", "front/", "option/")
"""Bills, and figures of designs beside this one."""


def _worth_telling(figure: Figure) -> bool:
    """Bills are added up twice elsewhere; parts that nobody calls say nothing."""
    second = figure.second
    return second is not None and not figure.name.startswith(TOLD_ELSEWHERE) and bool(second.high)


def _second(figure: Figure) -> str:
    second: Result | None = figure.second
    assert second is not None
    unit, scale = printed_unit(figure)
    if second.low is None or second.high is None or second.value is None:
        return "not shown"
    if second.high - second.low <= 1e-9 * abs(second.high):
        return f"{spoken(format_quantity(second.value * scale, unit))} ({second.method})"
    between = format_range(second.low * scale, second.high * scale, unit).replace(RANGE_DASH, " to ")
    return f"{spoken(between)} ({second.method})"
