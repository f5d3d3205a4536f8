"""Data that come back later, or older, than their strictest dependant asks."""

from __future__ import annotations

import math

from groma.analyses.recovery.demands import Demand, demands
from groma.model.figure import Figure
from groma.model.printed import format_quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

WORDS = {"rpo": "lose more", "rto": "come back later"}


def check(subject: Subject) -> Look:
    """What needs ask of data, of themselves or through flows; for each data set the strictest that isn't kept."""
    looked_at = 0
    hits: list[Hit] = []
    for data in subject.model.data.values():
        for what in ("rpo", "rto"):
            asked = demands(subject.context, data.name, what)
            looked_at += len(asked)
            missed = [(demand, figure) for demand in asked if _misses(demand, figure := _of(subject, demand))]
            if missed:
                hits.append(_hit(subject, *missed[0], len(missed)))
    return Look(looked_at, tuple(hits))


def _of(subject: Subject, demand: Demand) -> Figure:
    event = f"@{demand.event}" if demand.event else ""
    return subject.figure(f"recovery/{demand.data}{event}/{demand.what}")


def _least(figure: Figure) -> float:
    """Seconds that it surely takes; without end where nothing comes back."""
    if figure.words is not None:
        return math.inf
    return -math.inf if figure.low is None else figure.low


def _misses(demand: Demand, figure: Figure) -> bool:
    return _least(figure) > demand.seconds * (1 + 1e-12)


def _hit(subject: Subject, demand: Demand, figure: Figure, number: int) -> Hit:
    data = subject.model.data[demand.data]
    least = figure.words or f"at least {format_quantity(_least(figure), 's')}"
    through = f" through {demand.through}" if demand.through else ""
    more = f" (and {number - 1} more ask for less than that)" if number > 1 else ""
    return Hit(
        f"data.{data.name}",
        f"{data.title or data.name} {WORDS[demand.what]} than what depends on them allows",
        f"{least}; need `{demand.need}`{through} asks {format_quantity(demand.seconds, 's')}{more}",
        data.at,
        figures=(figure.name, subject.figure(f"recovery/{data.name}/{demand.what}_required").name),
        key=demand.what,
    )


RULE = Rule(
    id="recovery-asked-missed",
    title="Recovery slower than what depends on it asks",
    looks_for="Data whose RPO or RTO is surely longer than a need on them, or on a flow that uses them, asks.",
    why="The strictest dependant wins: data that many share have to be back as soon as the most urgent needs them.",
    source="ISO 22301:2019, 8.2.2 (impact analysis: dependencies, prioritised time frames); NIST SP 800-34 rev. 1, 3.2",
    severity="error",
    tags=("data", "recovery"),
    consequence="After a loss, what depends on them stands still longer than was agreed.",
    remedy="Copy more often, shorten the longest stage, or agree on more time.",
    check=check,
    good="""\
needs: {soon: {measure: recovery/sell/rto, at_most: 4 h}}
components: {db: {kind: database, ready_in: 1 h, offers: {q: {}}}, vault: {kind: backup}}
flows: {sell: {starts: {rate: 1/min}, steps: [{call: db.q}]}}
data:
  orders:
    held_by: db
    size: 360 GB
    backup: {every: 1 h, to: vault, rate: 100 MB/s, detect: 5 min, decide: 5 min, verify: 20 min, tested: 2026-05}
""",
    bad="""\
needs: {soon: {measure: recovery/sell/rto, at_most: 4 h}}
components: {db: {kind: database, ready_in: 1 h, offers: {q: {}}}, vault: {kind: backup}}
flows: {sell: {starts: {rate: 1/min}, steps: [{call: db.q}]}}
data:
  orders:
    held_by: db
    size: 3.6 TB
    backup: {every: 1 h, to: vault, rate: 100 MB/s, detect: 5 min, decide: 5 min, verify: 20 min, tested: 2026-05}
""",
    expected=("recovery-asked-missed:data.orders/rto",),
)
