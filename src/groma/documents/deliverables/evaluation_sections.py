"""Chapters on evaluation: how many cases show each quality, and how slow changes are told from chance."""

from __future__ import annotations

from groma.analyses import Context
from groma.analyses.observability import sets
from groma.analyses.observability.evaluating import Drift, Evaluation
from groma.documents.content import Block, Blocks, Bullets, Column, Row, Table
from groma.documents.deliverables.alike import alike
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Strong, line
from groma.documents.quote import DESIGN, share_text
from groma.model.elements import Model
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity


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
                *((line(*_enough(subject, e)),) if any(each.sets for each in held) else ()),
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
            *((Column("Data set"),) if any(each.sets for each in held) else ()),
        )
        blocks.append(Table(columns, rows, caption if len(rows) > 1 else ()))
    refused = [e for e in held if e.refused]
    if refused:
        blocks.append(Bullets(tuple(line(Strong(line(e.title)), ": ", e.refused, ".") for e in refused)))
    return (subject.because(*blocks),) if blocks else ()


def _enough(subject: Subject, asked: Evaluation) -> list[Inlines]:
    """The stated sets that try it, each with whether its cases are enough."""
    needed, parts = asked.figures[0].value or 0.0, list[Inlines]()
    for each in asked.sets:
        words = f"{each.title or each.name}, "
        words += (
            "size not stated"
            if each.cases is None
            else f"{each.cases:,} cases: {'enough' if each.cases >= needed else 'too few'}"
        )
        parts.append(line("; " if parts else "", subject.quoter.say(asked.figure("cases"), words)))
    return parts or [line("none is stated")]


def sets_table(subject: Subject, context: Context) -> Blocks:
    """Each stated data set: what it tries, what its cases tell, how soon, their age, who labels and who owns them."""
    quoter, model, rows, keeping = subject.quoter, subject.model, list[Row](), list[Row]()
    for name, held in model.evaluations.items():
        names = {what: f"evaluated/{name}/{what}" for what in ("needed", "tells", "told_after", "age")}
        for measure in names.values():
            if measure not in quoter.ledger:
                quoter.ledger.write(sets.figure(context, measure))

        def shown(what: str, names: dict[str, str] = names) -> Inlines:
            measure = names[what]
            return line(quoter.figure(measure)) if quoter.shown(measure) else line("not shown")

        tells = quoter.ledger[names["tells"]].value
        drop = (
            line(quoter.say(names["tells"], f"{tells * 100:.2g} points"))
            if tells is not None
            else shown("tells")
        )
        least = f", at least {held.threshold.text}" if isinstance(held.threshold, Quantity) else ""
        people = ", ".join(model.people[each].title or each for each in held.labelled_by) or "not stated"
        agree = "" if held.agreement is None else f", agreeing {held.agreement.text} beyond chance"
        owner = "nobody" if held.owner is None else model.people[held.owner].title or held.owner
        tried = ", ".join(_spoken(model, each) for each in held.judges)
        title = line(Strong(line(quoter.say(DESIGN, held.title or name))))
        told = (
            title,
            line(quoter.say(DESIGN, f"{tried}: {held.metric}{least}")),
            line("not stated" if held.cases is None else quoter.say(DESIGN, f"{held.cases:,}")),
            shown("needed"),
            drop,
        )
        kept = (
            title,
            line(quoter.say(DESIGN, "not stated" if held.every is None else f"every {held.every.text}")),
            shown("told_after"),
            shown("age"),
            line(quoter.say(DESIGN, f"{people}{agree}")),
            line(quoter.say(DESIGN, owner)),
        )
        rows.append(Row(told, tuple(n for n in (names["needed"], names["tells"]) if quoter.shown(n))))
        keeping.append(Row(kept, tuple(n for n in (names["told_after"], names["age"]) if quoter.shown(n))))
    if not rows:
        return ()
    columns = (
        Column("Data set", share=1.2),
        Column("Tries, and for what", share=2.2),
        Column("Cases", align="right"),
        Column("Needed", align="right"),
        Column("Drop that is told", align="right"),
    )
    keepers = (
        Column("Data set", share=1.2),
        Column("Run"),
        Column("A drop is told after", align="right"),
        Column("Age of its cases", align="right"),
        Column("Labelled by", share=1.6),
        Column("Owner"),
    )
    return (subject.because(Table(columns, tuple(rows)), Table(keepers, tuple(keeping))),)


def _spoken(model: Model, path: str) -> str:
    """A component, operation or flow by what people call it."""
    section, _, rest = path.partition(".")
    name, _, operation = rest.partition(".")
    if section == "flows":
        return model.flows[name].title or name
    component = next(iter(model.candidates(name)), None)
    title = name if component is None else component.title or name
    return f"{title}: {operation}" if operation else title


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
