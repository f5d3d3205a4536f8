"""Chapters on failing: what stands alone, what each part spends of the error budget, which parts fail together.

Every number is a figure of `groma.analyses.reliability` and `groma.analyses.alone`.
"""

from __future__ import annotations

import re

from groma.analyses.single_points import SinglePoint
from groma.documents.charts.chart import Axis, Bar, Bars
from groma.documents.content import Block, Blocks, Column, Paragraph, Picture, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.facts_of_model import name_of
from groma.documents.inlines import Code, Inlines, Strong, line
from groma.documents.plots import datum, spending_chart
from groma.documents.printable import ident
from groma.model.elements import Model
from groma.model.figure import Figure

MOST_PARTS = 12
MOST_SETS = 10
KINDS = {
    "part": ("part", "parts"),
    "place": ("place", "places"),
    "supplier": ("supplier", "suppliers"),
    "connection": ("connection", "connections"),
    "credential": ("credential", "credentials"),
    "person": ("person", "people"),
    "data": ("set of data", "sets of data"),
}
"""Kinds of single points of failure in words: of one, of several."""


def part_title(model: Model, part: str) -> str:
    """`components.gateway#2` as people call it: `Gateway, number 2`; of causes, which of them at once."""
    table, _, rest = part.partition(".")
    name, _, which = rest.partition("#")
    shown = (
        name_of(model, name)
        if table in ("components", "places", "suppliers", "people")
        else _link(model, name)
    )
    if not which:
        return shown
    if which == "takeover":
        return f"{shown}, until a spare serves"
    if which == "all":
        return f"{shown}, all at once"
    numbers = which.split("+")
    if len(numbers) == 1:
        return f"{shown}, number {which}"
    return f"{shown}, numbers {' and '.join(numbers)} at once"


def parts_title(model: Model, parts: list[str]) -> str:
    """Several parts: replicas of one component are named once, with their numbers."""
    numbers: dict[str, list[str]] = {}
    for part in parts:
        element, _, which = part.partition("#")
        numbers.setdefault(element if which.isdigit() else part, []).append(which)
    titles: list[str] = []
    for name, which in numbers.items():
        if len(which) == 1:
            titles.append(part_title(model, f"{name}#{which[0]}" if "#" not in name and which[0] else name))
        else:
            titles.append(f"{part_title(model, name)}, numbers {', '.join(which[:-1])} and {which[-1]}")
    return " and ".join(titles)


def _link(model: Model, name: str) -> str:
    link = model.connections.get(name)
    return (
        name_of(model, name) if link is None else f"{name_of(model, link.from_)} to {name_of(model, link.to)}"
    )


def element_title(model: Model, element: str) -> str:
    """An element of any kind as people call it."""
    table, _, name = element.partition(".")
    return _link(model, name) if table == "connections" else name_of(model, name)


# --- what stands alone -----------------------------------------------------------------------------------------------


def stands_alone(subject: Subject, document: str) -> Blocks:
    """Every single point of failure in one table, whatever its kind."""
    if not subject.alone:
        return ()
    quoter = subject.quoter
    rows = tuple(_row(subject, point) for point in subject.alone)
    columns = (
        Column("What stands alone"),
        Column("What stops without it"),
        Column("Down in a month", align="right"),
        Column("Costs in a month", align="right"),
        Column("One loss lasts", align="right"),
        Column("Stated at"),
    )
    listed: Inlines = ()
    for kind, (one, several) in KINDS.items():
        found = quoter.ledger.figures.get(f"single_points/{kind}")
        if found is not None and found.value:
            words = line(quoter.figure(found.name), f" {one if found.value == 1 else several}")
            listed = line(listed, ", " if listed else "", *words)
    caption = line(quoter.figure("single_points/all"), " stand alone: ", *listed, ".")
    return (subject.because(Table(columns, rows, caption, f"{document}-single-points")),)


def _row(subject: Subject, point: SinglePoint) -> Row:
    quoter, model = subject.quoter, subject.model
    stops: Inlines = ()
    for stopped in point.stops:
        title = name_of(model, f"flow:{stopped.flow}")
        name = f"alone/{point.element}/{stopped.flow}"
        share = line(": ", quoter.figure(name), " of runs") if stopped.at_once and quoter.shown(name) else ()
        later = {"person": ", when what they keep fails", "data": ", until the data are made again"}
        words = line(title, *share) if stopped.at_once else line(title, later.get(point.kind, ""))
        stops = line(stops, "; " if stops else "", *words)
    if point.why:
        stops = line(stops, f" ({point.why})")
    down = [f"alone/{point.element}/{s.flow}/downtime" for s in point.stops if s.downtime.value is not None]
    worst = max(down, key=lambda name: quoter.ledger[name].value or 0.0) if down else None
    money = f"alone/{point.element}"
    lasts = quoter.amount(*point.outage) if point.outage else ()
    return Row(
        (
            line(Strong(line(element_title(model, point.element))), f" ({KINDS[point.kind][0]})"),
            stops,
            line(quoter.figure(worst)) if worst else line("not known") if _at_once(point) else line(),
            line(quoter.monthly(money)) if quoter.shown(money) else line(),
            lasts,
            line(Code(str(point.at))) if point.at is not None else line(),
        )
    )


def _at_once(point: SinglePoint) -> bool:
    return any(stopped.at_once for stopped in point.stops)


# --- what a flow's availability hangs on -----------------------------------------------------------------------------


def asked_about(subject: Subject) -> tuple[str, ...]:
    """The flows and marks whose availability needs ask for, else all of which something is known."""
    quoter = subject.quoter
    asked = [
        r.figure.removeprefix("availability/")
        for r in quoter.ledger.needs
        if r.figure.startswith("availability/")
    ]
    known = [f.name.removeprefix("availability/") for f in quoter.named("availability/") if "@" not in f.name]
    weighed = [name for name in known if quoter.named(f"spends/{name}/")]
    return tuple(dict.fromkeys(asked or weighed))


def error_budget(subject: Subject, about: str, document: str) -> Blocks:
    """How available a flow is, what that leaves to spend, and which part spends how much of it."""
    quoter = subject.quoter
    down, budget = f"downtime/{about}", f"error_budget/{about}"
    title = name_of(subject.model, f"flow:{about.partition('@')[0]}")
    words: Inlines = line(title, " is available ", quoter.figure(f"availability/{about}"))
    if quoter.shown(down):
        words = line(words, ": it is down ", quoter.figure(down), " in a month")
    if quoter.shown(budget):
        words = line(words, ", which is ", quoter.figure(budget), " of what is allowed")
    words = line(words, ".")
    if quoter.shown(f"outages/{about}") and quoter.shown(f"outage/{about}"):
        often, lasts = quoter.figure(f"outages/{about}"), quoter.figure(f"outage/{about}")
        words = line(words, " Parts that fail stop it ", often, ", for ", lasts, " each time on average.")
    blocks: list[Block] = [Paragraph(words)]
    names = {
        f.name.split("/", 2)[2]: part_title(subject.model, f.name.split("/", 2)[2])
        for f in _spent(subject, about)
    }
    chart = spending_chart(quoter, about, title, f"{document}-spends-{ident(about)}", names)
    if chart is not None:
        blocks.append(subject.because(chart))
    return tuple(blocks)


def _spent(subject: Subject, about: str) -> tuple[Figure, ...]:
    found = subject.quoter.named(f"spends/{about}/")
    return tuple(sorted(found, key=lambda f: (-(f.value or 0.0), f.name)))


def importance(subject: Subject, about: str, document: str) -> Blocks:
    """Which parts matter: a chart of what is lost while each is down, and all measures of the heaviest."""
    quoter, model = subject.quoter, subject.model
    parts = [figure.name.split("/", 2)[2] for figure in _spent(subject, about)][:MOST_PARTS]
    rows: list[Row] = []
    for part in parts:
        base = f"importance/{about}/{part}"
        budget = f"error_budget/{about}/{part}"
        rows.append(
            Row(
                (
                    line(Strong(line(part_title(model, part)))),
                    line(quoter.figure(f"spends/{about}/{part}")),
                    line(quoter.figure(budget)) if quoter.shown(budget) else line(),
                    line(quoter.figure(f"{base}/fussell_vesely")),
                    line(quoter.figure(f"{base}/birnbaum")),
                    line(quoter.figure(f"{base}/raw")),
                    line(quoter.figure(f"{base}/rrw")),
                )
            )
        )
    if not rows:
        return ()
    columns = (
        Column("Part"),
        Column("Spends in a month", align="right"),
        Column("Of the error budget", align="right"),
        Column("Would go if it never failed (Fussell-Vesely)", align="right"),
        Column("Lost while it is down (Birnbaum)", align="right"),
        Column("Times worse while down (RAW)", align="right"),
        Column("Times better without failing (RRW)", align="right"),
    )
    first = quoter.say(f"spends/{about}/{parts[0]}", part_title(model, parts[0]))
    caption = line(first, " spends most: ", quoter.figure(f"spends/{about}/{parts[0]}"), " a month.")
    blocks: list[Block] = []
    chart = _lost_chart(subject, about, parts, document)
    if chart is not None:
        blocks.append(subject.because(chart))
    blocks.append(
        subject.because(Table(columns, tuple(rows), caption, f"{document}-importance-{ident(about)}"))
    )
    return tuple(blocks)


def _lost_chart(subject: Subject, about: str, parts: list[str], document: str) -> Picture | None:
    quoter = subject.quoter
    found = [(part, quoter.ledger[f"importance/{about}/{part}/birnbaum"]) for part in parts]
    data = [(part, made) for part, figure in found if (made := datum(figure)) is not None and made.value > 0]
    data.sort(key=lambda each: (-each[1].value, each[0]))
    if len(data) < 2:
        return None
    bars = tuple(Bar(line(quoter.say(d.ref, part_title(subject.model, part))), (d,), d) for part, d in data)
    first = data[0][1]
    caption = line(
        "While ", quoter.say(first.ref, part_title(subject.model, data[0][0])), " is down, ",
        quoter.figure(first.ref), " more of the runs are lost.",
    )  # fmt: skip
    alt = line("How much more is lost while each part is down")
    return Picture(
        f"{document}-importance-{ident(about)}-chart",
        Bars(Axis("Lost while it is down", percent=True), bars),
        caption,
        alt,
    )


def cut_sets(subject: Subject, about: str, document: str) -> Blocks:
    """The smallest sets of parts that stop runs when they are down together."""
    quoter = subject.quoter
    sets = [
        figure
        for figure in quoter.named(f"cutset/{about}/")
        if len(figure.name.split("/")) == 3  # not what is told of one
    ]
    rows = tuple(
        Row(
            (
                line(parts_title(subject.model, _parts(figure.name))),
                line(quoter.figure(figure.name)) if quoter.shown(figure.name) else line("not known"),
                line(quoter.figure(f"{figure.name}/lost")) if quoter.shown(f"{figure.name}/lost") else line(),
                line(quoter.figure(f"{figure.name}/share"))
                if quoter.shown(f"{figure.name}/share")
                else line(),
            )
        )
        for figure in sets[:MOST_SETS]
    )
    if not rows:
        return ()
    columns = (
        Column("Down together"),
        Column("Share of the time", align="right"),
        Column("Runs lost then", align="right"),
        Column("Of all that is lost", align="right"),
    )
    many = quoter.named(f"cutsets/{about}/")
    sizes = [f for f in many if not f.name.endswith("/all")]
    whole = f"cutsets/{about}/all"
    one = quoter.ledger[whole].value == 1
    words: Inlines = line(
        quoter.figure(whole),
        f" smallest set{'' if one else 's'} of parts that stop{'s' if one else ''} it (minimal cut sets): ",
    )
    for number, figure in enumerate(sizes):
        size = figure.name.rpartition("/")[2]
        of = f" of {size} part{'' if size == '1' else 's'}"
        words = line(words, ", " if number else "", quoter.figure(figure.name), of)
    return (subject.because(Table(columns, rows, line(words, "."), f"{document}-cut-sets-{ident(about)}")),)


def _parts(name: str) -> list[str]:
    """The parts in the name of a cut set; `+` within a part's number is none between parts."""
    return re.split(r"\+(?=[a-z]+\.)", name.split("/", 2)[2])
