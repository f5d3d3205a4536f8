"""After a loss: what is asked of data and flows, how much is lost, when they are back, what was ever tried, and whether
copies fit their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from groma.documents.charts.chart import Axis, Bar, Datum, Stacked
from groma.documents.content import Blocks, Bullets, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.plots import datum, need_title
from groma.documents.quote import Quoter
from groma.model.elements import Model
from groma.model.figure import Figure

STAGES = {
    "detect": "noticing",
    "decide": "deciding",
    "ready": "running again",
    "wait": "waiting for others",
    "restore": "copying back",
    "verify": "checking",
}
HOUR = 3600.0
MOST_BARS = 12


def recovery(subject: Subject, document: str) -> Blocks:
    """Tables of data, flows, losses and lines, the chart of stages, and the restores that are still to be tried."""
    names = [f.name.split("/")[1] for f in subject.quoter.named("recovery/") if f.name.endswith("/proof")]
    shown = [n for n in names if _said(subject.quoter, n)]
    blocks: Blocks = (*_data(subject, shown), *_flows(subject))
    chart = timeline(subject, f"{document}-recovery-stages")
    if chart is not None:
        blocks += (subject.because(chart),)
    return (*blocks, *_losses(subject, shown), *_windows(subject, shown), *_untried(subject, shown))


def _said(quoter: Quoter, name: str) -> bool:
    return quoter.shown(f"recovery/{name}/rpo") or quoter.shown(f"recovery/{name}/rto")


def _data(subject: Subject, names: list[str]) -> Blocks:
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                line(Strong(line(name_of(subject.model, name)))),
                line(quoter.figure(f"recovery/{name}/rpo")),
                _asked(subject, f"recovery/{name}/rpo_required"),
                line(quoter.figure(f"recovery/{name}/rto")),
                _asked(subject, f"recovery/{name}/rto_required"),
                line(quoter.figure(f"recovery/{name}/proof")),
            )
        )
        for name in names
    )
    if not rows:
        return ()
    columns = (
        Column("Data"),
        Column("Lost at most", align="right"),
        Column("Asked by the strictest"),
        Column("Back after", align="right"),
        Column("Asked by the strictest"),
        Column("Restore"),
    )
    return (
        subject.because(
            Table(
                columns,
                rows,
                line(
                    "Each is told for the worst loss that the data may suffer; "
                    "what is asked may be about a milder one, which it names.",
                ),
            )
        ),
    )


def _asked(subject: Subject, name: str) -> Inlines:
    """What the strictest dependant asks, and who that is."""
    quoter, model = subject.quoter, subject.model
    if not quoter.shown(name):
        return ()
    who = quoter.ledger[name].derivation[0].text
    who = re.sub("need `([^`]+)`", lambda found: f"“{need_title(model, found[1])}”", who)
    who = re.sub(r"through (flows|data)\.(\S+)", lambda found: f"through {_through(model, found)}", who)
    return line(quoter.figure(name), ": ", quoter.say(name, who))


def _through(model: Model, found: re.Match[str]) -> str:
    return f"“{name_of(model, f'flow:{found[2]}' if found[1] == 'flows' else found[2])}”"


def _flows(subject: Subject) -> Blocks:
    quoter, model = subject.quoter, subject.model
    rows: list[Row] = []
    for name in model.flows:
        key = f"recovery/flows.{name}" if name in model.data else f"recovery/{name}"
        if quoter.shown(f"{key}/rto") or quoter.shown(f"{key}/rpo"):
            rows.append(
                Row(
                    (
                        line(name_of(model, f"flow:{name}")),
                        line(quoter.figure(f"{key}/rpo")),
                        line(quoter.figure(f"{key}/rto")),
                    )
                )
            )
    if not rows:
        return ()
    columns = (
        Column("Flow"),
        Column("Lost at most", align="right"),
        Column("Runs again after", align="right"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _losses(subject: Subject, names: list[str]) -> Blocks:
    """Each loss by itself."""
    quoter, model = subject.quoter, subject.model
    rows: list[Row] = []
    for name in names:
        for figure, event in _events(quoter, name):
            rows.append(
                Row(
                    (
                        line(name_of(model, name)),
                        line(quoter.say(figure.name, _loss(subject, event))),
                        line(quoter.figure(f"recovery/{name}@{event}/rpo")),
                        line(quoter.figure(figure.name)),
                    )
                )
            )
    if not rows:
        return ()
    columns = (
        Column("Data"),
        Column("When"),
        Column("Lost at most", align="right"),
        Column("Back after", align="right"),
    )
    return (subject.because(Table(columns, tuple(rows))),)


def _events(quoter: Quoter, name: str) -> Iterator[tuple[Figure, str]]:
    for figure in quoter.named(f"recovery/{name}@"):
        if figure.name.endswith("/rto"):
            yield figure, figure.name.split("/")[1].partition("@")[2]


def _loss(subject: Subject, event: str) -> str:
    return (
        "they are deleted or corrupted"
        if event == "corrupted"
        else f"{name_of(subject.model, event)} is lost"
    )


def timeline(subject: Subject, ident: str) -> Picture | None:
    """The stages of each recovery one after the other, in hours; those that take no time aren't drawn."""
    quoter, model = subject.quoter, subject.model
    found: list[tuple[float, Bar]] = []
    stages: dict[str, None] = {}
    rows: list[tuple[str, str, Figure, dict[str, Datum]]] = []
    for whole in quoter.named("recovery/"):
        about, _, last = whole.name.removeprefix("recovery/").partition("/")
        name, _, event = about.partition("@")
        total = datum(whole)
        if last != "rto" or not event or total is None or name not in model.data or total.value <= 0.0:
            continue
        parts = {
            stage: each
            for stage in STAGES
            if f"{whole.name}/{stage}" in quoter.ledger
            and (each := datum(quoter.ledger[f"{whole.name}/{stage}"]))
        }
        if parts:
            stages.update(dict.fromkeys(parts))
            rows.append((name, event, whole, parts))
    order = [stage for stage in STAGES if stage in stages]
    for name, event, whole, parts in rows:
        label = line(quoter.say(whole.name, f"{name_of(model, name)}: {_loss(subject, event)}"))
        bars = tuple(_hours(parts.get(stage) or Datum(whole.name, 0.0, "")) for stage in order)
        total = datum(whole)
        assert total is not None
        found.append((total.value, Bar(label, bars, _hours(total))))
    if not found:
        return None
    found.sort(key=lambda each: -each[0])
    longest = max(rows, key=lambda row: (datum(row[2]) or Datum("", 0.0, "")).value)
    slow = max(longest[3].items(), key=lambda item: item[1].value)
    caption = line(
        "Of the longest recovery, ",
        quoter.say(slow[1].ref, f"{STAGES[slow[0]]} takes most"),
        ": ",
        quoter.figure(slow[1].ref),
        " of ",
        quoter.figure(longest[2].name),
        ".",
    )
    chart = Stacked(
        Axis("Time after the loss", "hours"),
        tuple(STAGES[stage] for stage in order),
        tuple(bar for _, bar in found[:MOST_BARS]),
    )
    return Picture(ident, chart, caption, line("Stages of each recovery, one after the other"))


def _hours(each: Datum) -> Datum:
    low = None if each.low is None else each.low / HOUR
    high = None if each.high is None else each.high / HOUR
    return Datum(each.ref, each.value / HOUR, each.text, low, high)


def _windows(subject: Subject, names: list[str]) -> Blocks:
    """How long copies take, and what of each line they use."""
    quoter, model = subject.quoter, subject.model
    rows = tuple(
        Row((line(name_of(model, name)), line(quoter.figure(f"recovery/{name}/window"))))
        for name in names
        if quoter.shown(f"recovery/{name}/window")
    )
    blocks: Blocks = ()
    if rows:
        columns = (Column("Copies of"), Column("One takes at most", align="right"))
        blocks += (subject.because(Table(columns, rows)),)
    lines = [f for f in quoter.named("copies/") if f.status != "not shown"]
    for figure in lines:
        name = name_of(model, figure.name.partition("/")[2])
        words = line(
            quoter.say(figure.name, name),
            ": copies take ",
            quoter.figure(figure.name),
            " of what is free on it.",
        )
        blocks += (subject.because(Paragraph(words)),)
    return blocks


def _untried(subject: Subject, names: list[str]) -> Blocks:
    """Restores that are a task: nobody has ever done them."""
    quoter = subject.quoter
    items: list[Inlines] = []
    for name in names:
        proof = quoter.ledger[f"recovery/{name}/proof"]
        if proof.words is not None and not proof.words.startswith("tried"):
            back = quoter.figure(f"recovery/{name}/rto")
            items.append(
                line(
                    Strong(line(quoter.say(proof.name, f"Bring {name_of(subject.model, name)} back once"))),
                    ", on other machines, timed from the alarm: promised within ",
                    back,
                    "; write down the date. Until then the promise is ",
                    quoter.say(proof.name, "unproven"),
                    ".",
                )
            )
    return (subject.because(Paragraph(line("To be tried:")), Bullets(tuple(items))),) if items else ()
