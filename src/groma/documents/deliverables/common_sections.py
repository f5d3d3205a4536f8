"""Sections that every deliverable carries: needs with verdicts, what is assumed and unknown, glossary."""

from __future__ import annotations

from collections.abc import Collection

from groma.documents.content import Blocks, Bullets, Column, Definitions, Details, Row, Table
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Code, Inlines, Strong, line, sentence
from groma.documents.plots import need_title
from groma.model.figure import Input, NeedResult

FEW = 8
"""Facts that a document beside the architecture tells."""
TERMS = {
    "availability": (
        "Availability",
        "Share of time in which the parts that are up can carry a run to its end.",
    ),
    "latency": (
        "Latency",
        "Time from the arrival of a run to its end or to a named mark, of runs that succeed.",
    ),
    "success": ("Success", "Share of runs that end well; a quick failure doesn't count as quick."),
    "percentile": ("Percentile (p95)", "95 of 100 runs take at most this long."),
    "saturation": (
        "Saturation",
        "The load at which the first part has no time left; beyond it queues grow without end.",
    ),
    "utilisation": ("Utilisation", "Share of a part's time that is busy in the busiest hour."),
    "residency": ("Residency", "The places that data of a class can reach."),
    "recovery": (
        "RPO, RTO",
        "Data lost at most, and time until they are back or work goes on, after a loss.",
    ),
    "headroom": ("Headroom", "What is left of a resource after losing the largest member that gives it."),
    "interval": (
        "Interval",
        "The range in which a figure lies, given what isn't known better. A fact that is known as a range only makes "
        "every figure that hangs on it as wide.",
    ),
    "spread": (
        "In nine cases of ten",
        "Where the figure lies if a stated value is likelier than the ends of its range, and facts are independent of "
        "one another. In any case it lies within its interval.",
    ),
    "spends": (
        "Spends",
        "The part of a month's lost time that a part's failures make; of a failure together each bears its share, so "
        "that parts add up to the whole.",
    ),
    "second": (
        "Second method",
        "Works with the nominal facts and has a 99.99 % interval of its own; the first holds for all that isn't known.",
    ),
    "reach": (
        "May reach",
        "An over-approximation: a way that isn't listed does not exist in this model.",
    ),
    "cost": ("Bill", "What is paid to suppliers; people's time is a figure of its own."),
}


def needs_table(subject: Subject, ident: str, *, stated: bool = False) -> Table:
    """Each need with target, figure, margin and verdict; `stated`: the sentence above it says how many are met."""
    quoter = subject.quoter
    results = sorted(quoter.ledger.needs, key=lambda r: bool(r.accompanies))
    rows = tuple(
        Row(
            (
                _need_words(subject, result),
                line(quoter.target(result)),
                line(quoter.figure(result.figure)),
                quoter.margin(result),
                line(Strong(line(quoter.verdict(result)))),
            )
        )
        for result in results
    )
    columns = (
        Column("Need"),
        Column("Asked"),
        Column("Figure", align="right"),
        Column("Margin", align="right"),
        Column("Verdict"),
    )
    return Table(columns, rows, () if stated else needs_statement(subject), ident)


def _need_words(subject: Subject, result: NeedResult) -> Inlines:
    ref = f"need/{result.need}/target"
    if result.accompanies:
        name = need_title(subject.model, result.accompanies)
        return line(subject.quoter.say(ref, f"{name}: without failing"))
    return line(Strong(line(subject.quoter.say(ref, need_title(subject.model, result.need)))))


def needs_statement(subject: Subject) -> Inlines:
    """How many needs are met, in a sentence."""
    quoter = subject.quoter
    results = quoter.ledger.needs
    if not results:
        return line("The model states no needs.")
    met = [r for r in results if r.verdict == "met"]
    total = quoter.count(
        "needs", "Needs, with those that come with others", len(results), "needs of the model"
    )
    if len(met) == len(results):
        words = line("All ", total, " needs are met over the whole range of what is known")
        closest = [r for r in results if _spare(r) is not None and quoter.margin(r)]
        if not closest:
            return line(words, ".")
        least = min(closest, key=lambda r: _spare(r) or 0.0)
        title = quoter.say(f"need/{least.need}", need_title(subject.model, least.accompanies or least.need))
        return line(words, "; closest is “", title, "”, ", quoter.margin(least), ".")
    done = quoter.count("needs-met", "Needs that are met", len(met), "verdicts of the needs")
    return line(done, " of ", total, " needs are met over the whole range of what is known.")


def _spare(result: NeedResult) -> float | None:
    """How much of the target is left at the worse end."""
    return result.margin if result.margin_low is None else result.margin_low


def open_points(subject: Subject, most: int | None = None) -> Blocks:
    """Assumptions and unknowns: facts that would decide a need, and facts that are missing.

    `most`: of either only so many are told, those known least well first; the architecture document tells all.
    """
    quoter = subject.quoter
    items: list[Inlines] = []
    for result in quoter.ledger.needs:
        if result.verdict == "met":
            continue
        ref = f"need/{result.need}"
        words = line(
            Strong(line(quoter.say(ref, need_title(subject.model, ref)))),
            " is ",
            quoter.verdict(result),
            ". ",
            quoter.say(ref, sentence(result.why)),
        )
        if result.would_change:
            facts = ", ".join(
                fact.removeprefix("fact/").removeprefix("model/") for fact in result.would_change[:6]
            )
            words = line(words, " What would decide it: ", quoter.say(ref, facts), ".")
        items.append(words)
    ranges = [
        i
        for i in quoter.ledger.inputs.values()
        if i.low is not None and i.high is not None and i.low < i.high
    ]
    least_known = sorted(ranges, key=lambda i: (-_width(i), i.name))[:most]
    assumed = tuple(
        Row(
            (
                line(quoter.say(i.name, _input_name(i.name))),
                line(quoter.input(i.name)),
                line(quoter.say(i.name, _source(i.source, i.date, i.where))),
            )
        )
        for i in (sorted(ranges, key=lambda i: i.name) if most is None else least_known)
    )
    blocks: Blocks = (Bullets(tuple(items)),) if items else ()
    if assumed:
        columns = (Column("Fact"), Column("As stated", align="right"), Column("Source"))
        caption: Inlines = ()
        if len(assumed) < len(ranges):
            whole = quoter.count("facts-ranged", "Facts known as a range", len(ranges), "inputs of figures")
            system = subject.model.system
            caption = line(
                "Known least well of ", whole, f" facts, which the architecture of {system} lists."
            )
        blocks = (*blocks, subject.because(Table(columns, assumed, caption)))
    missing = sorted({fact for figure in quoter.ledger for fact in figure.missing})
    if missing:
        number = quoter.count(
            "facts-missing", "Facts that nobody has stated yet", len(missing), "what figures ask for"
        )
        hang = [figure.title for figure in quoter.ledger if figure.missing and figure.title]
        words = line(
            number, f" facts about {subject.model.system} are not stated yet",
            f"; not shown or only bounded is, for instance: {hang[0]}." if hang else ".",
        )  # fmt: skip
        named = [line(Code(fact)) for fact in missing[:most]]
        if len(named) < len(missing):
            named.append(line("and others, which the architecture lists"))
        listed = Bullets(tuple(named))
        blocks = (*blocks, subject.because(Details(words, (listed,))))
    return blocks


def _width(given: Input) -> float:
    """How wide a range is against what it is about."""
    low, high = given.low or 0.0, given.high or 0.0
    return (high - low) / max(abs(low + high) / 2, 1e-300)


def _input_name(name: str) -> str:
    return name.partition("/")[2].replace("_", " ")


def _source(source: str, date: str, where: str) -> str:
    return ", ".join(part for part in (source, date) if part) or where


def glossary(subject: Subject, *more: str, of: Collection[str] | None = None) -> Blocks:
    """The terms that figures use: all of the ledger, or those named `of`."""
    figures = [figure for figure in subject.quoter.ledger if of is None or figure.name in of]
    kinds = {figure.name.partition("/")[0] for figure in figures} | {"interval", *more}
    if "latency" in kinds:
        kinds.add("percentile")
    if any(figure.second is not None for figure in figures):
        kinds.add("second")
    entries = tuple((line(term), line(text)) for kind, (term, text) in TERMS.items() if kind in kinds)
    return (Definitions(entries),)
