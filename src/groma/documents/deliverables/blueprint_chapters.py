"""The chapters behind the front page: trade-offs, prices of needs, growth, risks, conflicts, how far it is proven."""

from __future__ import annotations

import math

from groma.design import Blueprint, Proposal, RiskHeld, Tradeoff
from groma.documents.content import (
    Block,
    Blocks,
    Bullets,
    Callout,
    Column,
    Numbered,
    Paragraph,
    Row,
    Table,
)
from groma.documents.deliverables.subject import Subject
from groma.documents.inlines import Inlines, Link, Strong, line
from groma.documents.measures_in_words import measure_title
from groma.documents.plots import growth_chart, need_title

ID = "blueprint"
MOST = 8
"""Risks on the front page."""


def tradeoffs(subject: Subject, blueprint: Blueprint) -> Blocks:
    """The proposals side by side, and what going from one to another buys."""
    if not blueprint.proposals:
        return ()
    quoter = subject.quoter
    rows = tuple(
        Row(
            (
                _name(subject, p, blueprint),
                *(line(quoter.figure(f"proposal/{p.name}/{wish}")) for wish in blueprint.wishes),
            ),
            (f"proposal/{p.name}/{blueprint.wishes[0]}",),
        )
        for p in blueprint.proposals
    )
    columns = (Column("Design"), *(Column(measure_title(wish), align="right") for wish in blueprint.wishes))
    blocks: Blocks = (subject.because(Table(columns, rows)),)
    told = tuple(line(*traded(subject, blueprint, t)) for t in blueprint.tradeoffs)
    if told:
        blocks = (*blocks, subject.because(Bullets(told)))
    return (*blocks, *_difference(subject, blueprint))


def _name(subject: Subject, proposal: Proposal, blueprint: Blueprint) -> Inlines:
    words = subject.quoter.say(f"proposal/{proposal.name}/{blueprint.wishes[0]}", proposal.title)
    return line(Strong(line(words)), " (proposed)") if proposal.name == blueprint.recommended else line(words)


def traded(subject: Subject, blueprint: Blueprint, trade: Tradeoff) -> Inlines:
    """`The quickest: for 310 EUR a month more than the cheapest, time until replied is 2.9 s instead of 5.1 s.`"""
    quoter = subject.quoter
    first, *others = trade.moves
    base, other = f"proposal/{trade.before}/{first.measure}", f"proposal/{trade.after}/{first.measure}"
    a, b = quoter.ledger.figures.get(base), quoter.ledger.figures.get(other)
    moved = [m for m in others if _matters(m.before, m.after)]
    if a is None or b is None or a.value is None or b.value is None:
        words = line(quoter.figure(other), " instead of ", quoter.figure(base))
    else:
        from groma.documents.quote import spoken
        from groma.model.printed import format_quantity

        gap = b.value - a.value
        extra = quoter.say(other, spoken(format_quantity(abs(gap), b.unit)))
        than = f" {'more' if gap >= 0 else 'less'} than {_lower(_title(blueprint, trade.before))}"
        words = line("for ", extra, than)
    parts: list[Inlines] = []
    for move in moved:
        before, after = f"proposal/{trade.before}/{move.measure}", f"proposal/{trade.after}/{move.measure}"
        parts.append(
            line(
                ", " if parts else "",
                f"{_lower(measure_title(move.measure))} is ",
                quoter.figure(after),
                " instead of ",
                quoter.figure(before),
            )
        )
    told = line(words, ", ", *parts) if parts else line(words, ", nothing else moves beyond what isn't known")
    return line(f"{_title(blueprint, trade.after)}: ", told, ".")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _matters(before: float, after: float) -> bool:
    return (
        math.isfinite(before)
        and math.isfinite(after)
        and abs(after - before) > 1e-6 * max(abs(before), abs(after), 1e-12)
    )


def _title(blueprint: Blueprint, name: str) -> str:
    return next((p.title for p in blueprint.proposals if p.name == name), name)


def _difference(subject: Subject, blueprint: Blueprint) -> Blocks:
    """Where the proposals answer differently."""
    quoter, proposals = subject.quoter, blueprint.proposals
    differing = [
        role for role in blueprint.space.roles if len({p.answers.get(role.name) for p in proposals}) > 1
    ]
    if not differing:
        return ()
    rows = tuple(
        Row(
            (
                line(role.title),
                *(line(quoter.figure(f"proposal/{p.name}/choice/{role.name}")) for p in proposals),
            )
        )
        for role in differing
    )
    columns = (Column("They differ in"), *(Column(p.title) for p in proposals))
    return (subject.because(Table(columns, rows)),)


def prices(subject: Subject, blueprint: Blueprint) -> Blocks:
    """The change of the bill when a need is a step looser, tighter, or dropped."""
    quoter = subject.quoter
    rows: list[Row] = []
    names = dict.fromkeys(price.need for price in blueprint.prices)
    for need in names:
        cells: list[Inlines] = [
            line(Strong(line(quoter.say(f"need/{need}/target", need_title(subject.model, f"need/{need}")))))
        ]
        for side in ("looser", "tighter", "dropped"):
            found = next((p for p in blueprint.prices if p.need == need and p.side == side), None)
            cells.append(() if found is None else _price(subject, need, side, found.extra, found.target))
        rows.append(Row(tuple(cells)))
    if not rows:
        return ()
    free = [
        need
        for need in names
        if all(
            p.extra is not None and abs(p.extra) < 1e-9
            for p in blueprint.prices
            if p.need == need and p.side != "tighter"
        )
    ]
    words: Inlines = line(
        "The brief is solved again with each need a step looser and tighter; "
        "what the bill then changes by is the price of the need."
    )
    if free:
        listed = ", ".join(_named(subject, need) for need in free)
        words = line(
            words,
            " These cost nothing as they are: ",
            quoter.say(f"price/need/{free[0]}/dropped", listed),
            ".",
        )
    columns = (
        Column("Need"),
        Column("A step looser", align="right"),
        Column("A step tighter", align="right"),
        Column("Without it", align="right"),
    )
    return (subject.because(Paragraph(words), Table(columns, tuple(rows))),)


def _price(subject: Subject, need: str, side: str, extra: float | None, target: float | None) -> Inlines:
    quoter = subject.quoter
    name = f"price/need/{need}/{side}"
    at = (
        line(" (", quoter.figure(f"{name}/target", measure_of(subject, need)), ")")
        if target is not None
        else ()
    )
    if extra is None:
        return line(quoter.say(name, "no design"), at)
    if abs(extra) < 1e-9:
        return line(quoter.say(name, "free"), at)
    figure = quoter.ledger.figures.get(name)
    sign = "−" if figure is not None and (figure.value or 0) < 0 else "+"
    return line(quoter.say(name, sign), quoter.difference(name), at)


def measure_of(subject: Subject, need: str) -> str:
    """The measure that a need asks about."""
    result = subject.quoter.needs.get(need)
    return "" if result is None else result.figure


def growth(subject: Subject, blueprint: Blueprint) -> Blocks:
    """The bill over demand, and the load at which the answer changes."""
    quoter = subject.quoter
    blocks: Blocks = ()
    names = [(p.name, p.short) for p in blueprint.proposals]
    chart = growth_chart(quoter, names, f"{ID}-growth-chart")
    if chart is not None:
        blocks += (subject.because(chart),)
    if blueprint.robustness is None:
        return blocks
    turns = tuple(
        line(
            "At ",
            quoter.figure(f"demand/turn/{number}"),
            " times the demand ",
            quoter.say(f"demand/turn/{number}", _turn(subject, blueprint, turn.what, turn.proposal)),
            ".",
        )
        for number, turn in enumerate(blueprint.robustness.turns, 1)
    )
    if turns:
        blocks += (subject.because(Bullets(turns)),)
    facts = [f.fact for f in blueprint.robustness.facts]
    if facts:
        names = ", ".join(dict.fromkeys(f.removeprefix("fact/").replace("_", " ") for f in facts))
        blocks += (
            subject.because(
                Callout(
                    "open",
                    line(
                        "Another design would be better if these facts lie at an end of their range: ",
                        quoter.say("design", names),
                        ".",
                    ),
                )
            ),
        )
    elif blueprint.robustness.facts_tried:
        blocks += (
            subject.because(
                Paragraph(
                    line(
                        "No stated fact, anywhere within its range, makes another of these designs the better one."
                    )
                )
            ),
        )
    return blocks


def _turn(subject: Subject, blueprint: Blueprint, what: str, proposal: str) -> str:
    if proposal:
        return f"{_title(blueprint, proposal).lower()} becomes the better design"
    return f"the proposed design no longer keeps {_named(subject, what)}"


def _named(subject: Subject, need: str) -> str:
    return f"“{need_title(subject.model, f'need/{need}')}”"


def risks(subject: Subject, blueprint: Blueprint) -> Blocks:
    """The failure modes that weigh most, with what is left after the answer taken."""
    shown = weighty(blueprint)[:MOST]
    if not shown:
        return ()
    rows = tuple(
        Row(
            (
                line(Strong(line(r.cause))),
                line(r.effect),
                line(r.response if not r.open else "an answer is on offer and isn't taken"),
                line(r.remains or "nothing known"),
            )
        )
        for r in shown
    )
    columns = (Column("What happens"), Column("Effect"), Column("Answer"), Column("What is left"))
    return (subject.because(Table(columns, rows)),)


def weighty(blueprint: Blueprint) -> list[RiskHeld]:
    """Failure modes that are grave, or have an answer on offer that isn't taken."""
    return [risk for risk in blueprint.risks if risk.open or risk.severity == "high"]


def conflicts(subject: Subject, blueprint: Blueprint) -> Blocks:
    """Needs that no design meets together, and the least each would have to give way."""
    found = blueprint.conflicts
    if found is None:
        return ()
    blocks: list[Block] = []
    sets = tuple(line(" and ".join(_named(subject, n) for n in several)) for several in found.sets)
    if sets:
        blocks += [Paragraph(line("These can't be met together:")), Bullets(sets)]
    if found.questions:
        blocks += [Paragraph(line("Questions to you:")), Numbered(tuple(line(q) for q in found.questions))]
    return (subject.because(*blocks),) if blocks else ()


def proof(subject: Subject, blueprint: Blueprint) -> Blocks:
    """What was tried and what is certain."""
    quoter, certificate = subject.quoter, blueprint.certificate
    words = line(
        "There were ",
        quoter.figure("design/combinations"),
        " combinations of answers to choose from. ",
        quoter.figure("design/proofs"),
        " designs were built and proven, ",
        quoter.figure("design/cuts"),
        " reasons rule out the rest.",
    )
    end = (
        "No design in this space meets all needs at a lower bill: that is proven, not sampled."
        if certificate.complete
        else "The search was interrupted: what is shown is valid, a better design may exist."
    )
    return (
        subject.because(
            Paragraph(words), Paragraph(line(end, " ", Link("#ledger", line("All derivations")), "."))
        ),
    )
