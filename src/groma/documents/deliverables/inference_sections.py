"""How language models are run: on what, under which load, whether self-hosting pays, which routes are worth it."""

from __future__ import annotations

from groma.documents.charts.chart import Axis, Datum, Front, Lines, Mark, Series
from groma.documents.content import Block, Blocks, Bullets, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.plots import datum
from groma.documents.quote import Quoter

SAVINGS = {
    "prefix": "would be saved by keeping the start that prompts share",
    "batch": "would be saved by asking in batches, since no need says that somebody waits",
    "cascade": "would be saved by the cheapest route of models that is right as often",
    "caching": "are what its caches save, with wrong hits paid",
}


def inference(subject: Subject, document: str) -> Blocks:
    """The section; nothing for a design without a language model of which something is known."""
    blocks: list[Block] = [*_served(subject)]
    for name, component in subject.model.components.items():
        if component.serves is not None:
            blocks += _own_or_bought(subject, name, f"{document}-break-even-{name}")
    for name in subject.model.flows:
        blocks += _routes(subject, name, f"{document}-routes-{name}")
    return (*blocks, *_limits(subject), *_savings(subject))


def _served(subject: Subject) -> Blocks:
    quoter, rows = subject.quoter, list[Row]()
    for name, component in subject.model.components.items():
        serves = component.serves
        if serves is None or not quoter.shown(f"serving/{name}/throughput"):
            continue
        instance = f"{serves.model} on {serves.parallel} × {serves.accelerator}, {serves.engine}"
        parts = ("ttft/p95", "tpot/p95", "throughput", "instances", "users")
        cells = [line(quoter.figure(f"serving/{name}/{part}")) for part in parts]
        there = quoter.count(f"instances/{name}", f"Instances of {name}", component.replicas, "replicas")
        words = line(Strong(line(name_of(subject.model, name))), f": {instance}")
        rows.append(Row((words, line(there), *cells)))
    if not rows:
        return ()
    columns = (
        Column("Model and one instance of it"),
        Column("Instances", align="right"),
        Column("First token, p95", align="right"),
        Column("Between tokens, p95", align="right"),
        Column("Calls a second they keep", align="right"),
        Column("Instances needed", align="right"),
        Column("In flight on one", align="right"),
    )
    words = line("In the busiest hour; ranges are what the calibration missed on systems that it never saw.")
    return (subject.because(Table(columns, tuple(rows), words)),)


def _own_or_bought(subject: Subject, name: str, ident: str) -> Blocks:
    quoter, base = subject.quoter, f"inference/{name}"
    if not quoter.shown(f"{base}/own") or not quoter.shown(f"{base}/api"):
        return ()
    title, saved = name_of(subject.model, name), quoter.ledger.figures.get(f"{base}/saves")
    serves = subject.model.components[name].serves
    other = "" if serves is None else serves.instead_of or ""
    other = name_of(subject.model, other) if other in subject.model.components else other
    words: list[Inlines] = [
        line(
            f"{title} costs ", quoter.figure(f"{base}/own"),
            f" served by oneself; from {other} the same calls would cost ",
            quoter.figure(f"{base}/api"), ".",
        )
    ]  # fmt: skip
    if saved is not None and saved.value is not None:
        verdict = "saves" if saved.value > 0 else "costs more by"
        sure = (saved.low or 0.0) > 0 or (saved.high if saved.high is not None else 1.0) < 0
        at_best = (
            "" if sure else " (nominally: within the range of the calibration it may be the other way round)"
        )
        words.append(
            line(f" Serving it oneself {verdict} ", quoter.difference(f"{base}/saves"), f"{at_best}.")
        )
    if quoter.shown(f"{base}/breakeven"):
        words.append(line(" It can pay from ", quoter.figure(f"{base}/breakeven"), " in the mean"))
        if quoter.shown(f"{base}/when"):
            words.append(line(", which growth reaches in ", quoter.figure(f"{base}/when")))
        words.append(line("."))
    if quoter.shown(f"{base}/commitment"):
        words.append(
            line(
                " A commitment pays where an instance runs ",
                quoter.figure(f"{base}/commitment"),
                " of the hours.",
            )
        )
    blocks: list[Block] = [Paragraph(line(*words))]
    chart = _break_even(quoter, name, title, other, ident)
    return (subject.because(*blocks, *(() if chart is None else (chart,))),)


def _break_even(quoter: Quoter, name: str, title: str, other: str, ident: str) -> Picture | None:
    series: list[Series] = []
    for part, label in (("own", "self-hosted"), ("api", "by the token")):
        pairs: list[tuple[Datum, Datum]] = []
        for figure in quoter.named(f"inference/{name}/load/"):
            factor, _, kind = figure.name.rsplit("/", 2)[-2], None, figure.name.rpartition("/")[2]
            y = datum(figure)
            if kind == part and y is not None:
                pairs.append((Datum(figure.name, float(factor), f"{factor} times"), y))
        if len(pairs) > 1:
            series.append(Series(label, tuple(x for x, _ in pairs), tuple(y for _, y in pairs)))
    if len(series) < 2:
        return None
    first, last = series[0].ys[-1], series[1].ys[-1]
    times = series[0].xs[-1].text
    caption = line(
        f"At {times} the load {title} costs ", quoter.say(first.ref, first.text), f"; {other} would cost ",
        quoter.say(last.ref, last.text), ".",
    )  # fmt: skip
    unit = quoter.ledger[first.ref].unit
    chart = Lines(Axis("Load", "times today's"), Axis("Bill", unit), tuple(series))
    return Picture(ident, chart, caption, line(f"{title}: both bills over the load"))


def _routes(subject: Subject, flow: str, ident: str) -> Blocks:
    quoter, rows, marks = subject.quoter, list[Row](), list[Mark]()
    number = 1
    while quoter.shown(base := f"inference/{flow}/route/{number}/cost"):
        right, time = (base.replace("/cost", part) for part in ("/right", "/time"))
        title = quoter.ledger[base].title
        spoken = " then ".join(name_of(subject.model, name) for name in title.split(" then "))
        cells = (line(quoter.say(base, spoken)), *(line(quoter.figure(each)) for each in (base, time)))
        share = quoter.ledger[right].value or 0.0
        rows.append(Row((*cells, line(quoter.ratio(right, share)), line(quoter.figure(right, "quality/x")))))
        x, y = datum(quoter.ledger[base]), datum(quoter.ledger[right])
        if x is not None and y is not None:
            plain = Datum(y.ref, y.value, quoter.ratio(right, share).text)
            marks.append(Mark(x, plain, line(quoter.say(base, spoken))))
        number += 1
    if not rows:
        return ()
    columns = (
        Column("Route"),
        Column("Money a question", align="right"),
        Column("Time", align="right"),
        Column("Right, if being unsure says nothing of being wrong", align="right"),
        Column("Right, whatever hangs together", align="right"),
    )
    title = name_of(subject.model, f"flow:{flow}")
    intro = line(
        f"Routes through the models for {title} that no other route beats in money and right answers together:"
    )
    blocks: list[Block] = [Paragraph(intro), Table(columns, tuple(rows))]
    if len(marks) > 1:
        axes = (
            Axis("Money a question", quoter.ledger[marks[0].x.ref].unit),
            Axis("Right answers", percent=True),
        )
        caption = line(
            f"From {marks[0].x.text} to {marks[-1].x.text} a question the share right goes from {marks[0].y.text} to "
            f"{marks[-1].y.text}."
        )
        blocks.append(Picture(ident, Front(*axes, tuple(marks)), caption, line(f"Routes for {title}")))
    return (subject.because(*blocks),)


def _limits(subject: Subject) -> Blocks:
    quoter, items = subject.quoter, list[Inlines]()
    for name in subject.model.components:
        if quoter.shown(f"inference/{name}/throttled"):
            items.append(
                line(
                    Strong(line(name_of(subject.model, name))), ": its provider's limits turn away ",
                    quoter.figure(f"inference/{name}/throttled"),
                    " of the calls of a busy minute; accounts that keep that below one in a hundred: ",
                    quoter.figure(f"inference/{name}/accounts"), ".",
                )
            )  # fmt: skip
    return (subject.because(Bullets(tuple(items))),) if items else ()


def _savings(subject: Subject) -> Blocks:
    quoter, items = subject.quoter, list[Inlines]()
    for prefix, names in (("", subject.model.components), ("flow:", subject.model.flows)):
        for name in names:
            for part, words in SAVINGS.items():
                figure = quoter.ledger.figures.get(f"inference/{name}/{part}")
                if figure is None or figure.value is None or figure.value == 0.0:
                    continue
                title = name_of(subject.model, f"{prefix}{name}")
                items.append(line(Strong(line(title)), ": ", quoter.figure(figure.name), f" {words}."))
    return (subject.because(Bullets(tuple(items))),) if items else ()
