"""The one verdict a survey ends in, by a rule that is written down here and shown with its thresholds.

1. *Too little was told*: no work is described, or hardly any rule had anything to look at.
2. *Nothing to do*: no cause matters. A cause matters when one of its symptoms is an error, or a warning and it isn't
   sure that it costs less than a working day of one person a month, or when it surely costs more.
3. *A project*: the remedies of all causes take at least a quarter of a year of one person's work.
4. *An architecture*: three or more kinds of cause whose remedies change how parts are joined touch the same parts, so
   that one answer decides the others; parts that others stand on and that aren't chosen yet count like such causes.
5. *A developer or a consultant will do*: everything else. Each remedy can be done by itself.

Thresholds are judgements, entered as figures so that everybody sees them and may disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from groma.model.figure import Figure, Input, Ledger, Line
from groma.survey.cause import OWN_PEOPLE
from groma.survey.ground import Ground
from groma.survey.rates import hourly

if TYPE_CHECKING:
    from groma.survey.diagnose import Found

Word = Literal[
    "too little told", "nothing to do", "a developer or a consultant", "an architecture", "a project"
]

DAY = 8.0
"""Hours of a working day: what a cause has to cost a month to be worth more than a look."""
QUARTER = 480.0
"""Hours of one person in a quarter of a year (12 weeks of 40 h): from there on it is a project."""
JOINED = 3
"""So many causes that change the same parts have to be answered together."""
LEAST_LOOKED = 3
"""Rules that must have had something to look at before anything is said."""

JUDGEMENT = "a judgement of Groma's authors, written down in groma/survey/verdict.py"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict and, for each step of the rule that was taken, what decided it: words and ledger ids."""

    word: Word
    why: tuple[tuple[str, tuple[str, ...]], ...]
    joined: tuple[str, ...] = ()
    """Ids of the causes that have to be answered together, where that decided."""


def verdict(ground: Ground, found: Sequence[Found], looked: int, undecided: int = 0) -> Verdict:
    """By the rule above. `looked`: rules that had something to look at; `undecided`: parts that aren't chosen yet."""
    few = _threshold(ground, "looked", "Rules that must have had something to look at", LEAST_LOOKED, "1")
    seen = _counted(ground, "looked", "Rules that had something to look at", looked)
    work = _counted(ground, "work", "Kinds of work that are described", len(ground.subject.started))
    if looked < LEAST_LOOKED or not ground.subject.started:
        return Verdict(
            "too little told", (("Hardly anything was told of how work is done today.", (work, seen, few)),)
        )
    day = _day(ground, _threshold(ground, "day", "Hours a month that a cause has to cost", DAY, "h"))
    serious = [each for each in found if matters(each, ground.context.ledger, day)]
    many = _counted(ground, "matters", "Causes that matter", len(serious))
    if not serious:
        why = "No cause matters: none has an error among its symptoms, and none costs as much as a working day a month."
        return Verdict("nothing to do", ((why, (many, day)),))
    needed = _whole_hours(ground, serious)
    quarter = _threshold(ground, "quarter", "Hours from which on the remedies are a project", QUARTER, "h")
    if (ground.context.ledger[needed].low or 0.0) >= QUARTER:
        why = "The remedies together take at least a quarter of a year of one person's work."
        return Verdict("a project", ((why, (needed, quarter)),))
    group = together((each.id, frozenset(each.case.touches)) for each in serious if each.cause.structural)
    kinds = len({each.partition(":")[0] for each in group})
    joined = _counted(
        ground,
        "joined",
        "Kinds of cause that change the same parts, and parts not chosen yet",
        kinds + undecided,
    )
    three = _threshold(ground, "joined", "From so many on an architecture is needed first", JOINED, "1")
    most = ground.context.ledger[needed].high
    whole = "All remedies together are less than a project."
    if most is None or most >= QUARTER:
        whole = (
            "All remedies together may be less than a project, and may be more: that isn't known well enough."
        )
    fits = (whole, (needed, quarter))
    if kinds + undecided >= JOINED:
        why = "Several remedies change the same parts, so that one answer decides the others."
        if undecided:
            why = "Parts that others stand on aren't chosen yet, and one answer decides the others."
        return Verdict("an architecture", ((why, (joined, three)), fits), group)
    why = "The remedies hardly depend on one another: each can be done by itself."
    return Verdict("a developer or a consultant", ((why, (joined, three)), fits))


def serious(ground: Ground, found: Sequence[Found]) -> tuple[Found, ...]:
    """The causes that matter, of a survey whose verdict was given; none where too little was told."""
    day = "survey/threshold/day/money"
    ledger = ground.context.ledger
    return tuple(each for each in found if matters(each, ledger, day)) if day in ledger else ()


def matters(each: Found, ledger: Ledger, day: str) -> bool:
    """Whether a cause is worth doing something about: see the rule."""
    worst = {symptom.severity for symptom in each.symptoms}
    cost, most = ledger[each.cost], ledger[day].high
    if "error" in worst or (cost.low or 0.0) > (math.inf if most is None else most):
        return True
    surely_little = cost.high is not None and most is not None and cost.high <= most and not cost.missing
    return "warning" in worst and not surely_little


def together(touched: Iterable[tuple[str, frozenset[str]]]) -> tuple[str, ...]:
    """Of causes with the elements that they touch, the group joined by shared elements with most kinds of cause."""
    groups: list[tuple[list[str], set[str]]] = []
    for ident, elements in touched:
        mine: tuple[list[str], set[str]] = ([ident], set(elements))
        rest: list[tuple[list[str], set[str]]] = []
        for ids, known in groups:
            if known & elements:
                mine[0].extend(ids)
                mine[1].update(known)
            else:
                rest.append((ids, known))
        groups = [*rest, mine]
    found = [sorted(ids) for ids, _ in groups]
    if not found:
        return ()
    return tuple(max(found, key=lambda ids: (len({each.partition(":")[0] for each in ids}), ids)))


def _day(ground: Ground, hours: str) -> str:
    """What a working day of the dearest of one's own people costs; nothing where nobody's hour is stated."""
    rate, refs, missing = hourly(ground, OWN_PEOPLE)
    name, unit = "survey/threshold/day/money", ground.model.currency
    if name in ground.context.ledger:
        return name
    if rate is None:
        figure = Figure(
            name,
            "What a working day costs",
            unit,
            method="hours times rate",
            missing=missing,
            reason="nobody's rate is stated",
        )
    else:
        line = Line("hours times what an hour costs", "", (hours, *refs))
        figure = Figure(
            name,
            "What a working day costs",
            unit,
            None if rate.low < rate.high else rate.low * DAY,
            rate.low * DAY,
            rate.high * DAY,
            method="hours times rate",
            inputs=(hours, *refs),
            derivation=(line,),
        )
    return ground.context.ledger.write(figure).name


def _whole_hours(ground: Ground, found: Sequence[Found]) -> str:
    """Hours of the remedies of all causes."""
    ledger = ground.context.ledger
    each = [ledger[one.hours] for one in found]
    low, high = sum(one.low or 0.0 for one in each), sum(one.high or 0.0 for one in each)
    refs = tuple(one.name for one in each)
    figure = Figure(
        "survey/hours",
        "Work that all remedies take",
        "h",
        low if low == high else None,
        low,
        high,
        method="added up",
        inputs=refs,
        derivation=(Line("the remedies of all causes", "", refs),),
    )
    return ledger.write(figure).name


def _threshold(ground: Ground, name: str, title: str, value: float, unit: str) -> str:
    ref = ground.context.ledger.enter(
        Input(
            f"assumption/threshold/{name}",
            f"{value:g}{'' if unit == '1' else ' ' + unit}",
            "a threshold of the verdict",
            JUDGEMENT,
            "2026",
            value,
            value,
        )
    )
    return ground.context.ledger.write(
        Figure(f"survey/threshold/{name}", title, unit, value, value, value, method="stated", inputs=(ref,))
    ).name


def _counted(ground: Ground, name: str, title: str, number: int) -> str:
    value = float(number)
    return ground.context.ledger.write(
        Figure(f"survey/count/{name}", title, "1", value, value, value, method="counted")
    ).name
