"""Who is needed for what a survey found: nobody yet, an engineer, an architect for a project, fractional or full-time.

It follows the verdict, and adds how much: hours of the remedies that change how parts are joined, of which a share is
the architect's (to decide, write down and watch; the rest is building), spread over a quarter of a year.

1. The verdict is *nothing to do* or *too little told*: nobody yet.
2. *A developer or a consultant*: an engineer, for the hours of the remedies.
3. *An architecture* or *a project*: an architect. Up to `PROJECT` hours it is a project with an end; up to `FULL` hours
   in a quarter a fraction of a person; from there on a full-time one. Where the hours' interval spans several of these,
   all of them are named: what decides is not known better.

What it costs is the dated band of an hour of a solution architect (the catalog has none of an AI systems architect)
times the hours; beside it what all causes cost a month, so that months until it has come back can be seen.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.analyses.interval import Interval
from groma.model.figure import Figure, Input, Line
from groma.survey.ground import Ground
from groma.survey.rates import hourly
from groma.survey.verdict import JUDGEMENT, QUARTER, Verdict

if TYPE_CHECKING:
    from groma.survey.diagnose import Found

SHARE = (0.15, 0.35)
"""Of the hours of a remedy that changes how parts are joined, what deciding, writing and watching takes."""
PROJECT = 160.0
"""Hours of a month: an architect's work of up to these ends with a project."""
FULL = 0.6 * QUARTER
"""From three fifths of a person's quarter on, one person for it is steadier than parts of one."""
ARCHITECT = "solution architect"


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who is needed, in words; why, as words with ledger ids; hours by role, as ledger ids of their figures."""

    word: str
    why: tuple[tuple[str, tuple[str, ...]], ...]
    roles: tuple[tuple[str, str], ...] = ()
    cost: str | None = None


def staffing(ground: Ground, ended: Verdict, serious: Sequence[Found]) -> Staffing:
    """Who is needed. `serious` are the causes that matter. Figures go into the ledger under `survey/staffing/`."""
    if ended.word in ("nothing to do", "too little told") or not serious:
        return Staffing("nobody yet", ((f"The verdict is: {ended.word}.", ("survey/verdict",)),))
    ledger = ground.context.ledger
    by_role: dict[str, list[str]] = defaultdict(list)
    for each in serious:
        by_role[each.cause.remedy.by].append(each.hours)
    roles = tuple(
        (role, _sum(ground, f"role/{role}", f"Hours of {role}, once", refs))
        for role, refs in sorted(by_role.items())
    )
    if ended.word == "a developer or a consultant":
        why = "Each remedy can be done by itself; the hours by role are those of the remedies."
        return Staffing("an engineer", ((why, tuple(ref for _, ref in roles)),), roles)
    joined = [each.hours for each in serious if each.cause.structural]
    hours = _architect(ground, joined)
    figure = ledger[hours]
    words = kinds_of(figure.low or 0.0, figure.high or 0.0)
    why = (
        f"Remedies that change how parts are joined need one who decides: up to {PROJECT:g} h it is a project, from "
        f"{FULL:g} h in a quarter a full-time post, between them a fraction of one."
    )
    return Staffing(
        f"an architect, {' or '.join(words)}",
        ((why, (hours, _limit(ground, "project", PROJECT), _limit(ground, "full", FULL))),),
        roles,
        _paid(ground, hours),
    )


def kinds_of(low: float, high: float) -> tuple[str, ...]:
    """The engagements that an interval of hours in a quarter spans."""
    bands = (("for a project", 0.0, PROJECT), ("fractional", PROJECT, FULL), ("full-time", FULL, math.inf))
    if high <= 0:
        return ("for a project",)
    return tuple(word for word, least, most in bands if low < most and high > least)


def _architect(ground: Ground, refs: Sequence[str]) -> str:
    ledger = ground.context.ledger
    share = ledger.enter(
        Input(
            "assumption/staffing/share",
            f"{SHARE[0]:.0%} to {SHARE[1]:.0%}",
            "the architect's share of remedies that change how parts are joined",
            JUDGEMENT.replace("verdict.py", "staffing.py"),
            "2026",
            *SHARE,
        )
    )
    each = [ledger[ref] for ref in refs]
    low, high = sum(f.low or 0.0 for f in each) * SHARE[0], sum(f.high or 0.0 for f in each) * SHARE[1]
    figure = Figure(
        "survey/staffing/architect",
        "Hours of an architect",
        "h",
        None if low < high else low,
        low,
        high,
        method="hours times share",
        inputs=(share, *refs),
        derivation=(
            Line("share of the hours of remedies that change how parts are joined", "", (share, *refs)),
        ),
    )
    return ledger.write(figure).name


def _sum(ground: Ground, name: str, title: str, refs: Sequence[str]) -> str:
    each = [ground.context.ledger[ref] for ref in refs]
    low, high = sum(f.low or 0.0 for f in each), sum(f.high or 0.0 for f in each)
    figure = Figure(
        f"survey/staffing/{name}",
        title,
        "h",
        None if low < high else low,
        low,
        high,
        method="added up",
        inputs=tuple(refs),
        derivation=(Line("hours of the remedies", "", tuple(refs)),),
    )
    return ground.context.ledger.write(figure).name


def _paid(ground: Ground, hours: str) -> str:
    rate, refs, missing = hourly(ground, ARCHITECT)
    ledger = ground.context.ledger
    name, title, unit = "survey/staffing/cost", "What the architect costs, once", ground.model.currency
    if rate is None or missing:
        figure = Figure(
            name,
            title,
            unit,
            method="hours times rate",
            inputs=(hours,),
            missing=missing,
            reason="what an hour costs isn't known",
        )
        return ledger.write(figure).name
    work = Interval(ledger[hours].low or 0.0, None, ledger[hours].high or 0.0)
    paid = Interval(work.low * rate.low, None, work.high * rate.high)
    figure = Figure(
        name,
        title,
        unit,
        None if paid.low < paid.high else paid.low,
        paid.low,
        paid.high,
        method="hours times rate",
        inputs=(hours, *refs),
        derivation=(Line("hours times what an hour costs", "", (hours, *refs)),),
    )
    return ledger.write(figure).name


def _limit(ground: Ground, name: str, value: float) -> str:
    ref = ground.context.ledger.enter(
        Input(
            f"assumption/staffing/{name}",
            f"{value:g} h",
            "a threshold of who is needed",
            JUDGEMENT.replace("verdict.py", "staffing.py"),
            "2026",
            value,
            value,
        )
    )
    title = (
        "Hours up to which it is a project"
        if name == "project"
        else "Hours in a quarter from which on it is full-time"
    )
    figure = Figure(
        f"survey/staffing/{name}", title, "h", value, value, value, method="stated", inputs=(ref,)
    )
    return ground.context.ledger.write(figure).name
