"""Availability of a flow: the chance that the parts that are up can carry a run to its end, or to a mark.

The structure function of the program (`structure`) over parts that fail independently, each with its steady-state
availability, solved exactly by binary decision diagrams (`groma.solvers.faulttrees`). Known ranges of the facts give an
interval with attained ends; open choices of the design are bounded from both sides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.structure.function import Structure
from groma.analyses.structure.parts import Parts
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_MONTH
from groma.solvers.faulttrees import Formula, Probability, Refusal, compile_formula, probability

METHOD = "fault tree (binary decision diagram)"
BOUNDED = "fault tree (bounds)"
DRAW = "draw "


@dataclass(frozen=True, slots=True)
class Solved:
    """Availability and unavailability of a flow, each to its own full precision, and what they rest on."""

    up: Interval
    down: Interval
    formula: Formula
    chances: Mapping[str, Interval]
    roles: frozenset[str]
    reason: str = ""


def figure(context: Context, measure: str) -> Figure:
    """`availability/FLOW[@MARK]` (share) or `downtime/FLOW[@MARK]` (seconds a month)."""
    kind, _, subject = measure.partition("/")
    evidence = Evidence(context)
    solved = solve(context, subject, evidence)
    flow, _, mark = subject.partition("@")
    whole = solved.up if kind == "availability" else solved.down.scaled(SECONDS_PER_MONTH)
    unit = "1" if kind == "availability" else "s"
    to = f" up to {mark}" if mark else ""
    title = f"Availability of {flow}{to}" if kind == "availability" else f"Downtime of {flow}{to} in a month"
    _explain(solved, evidence)
    low, high = whole.low, whole.high
    missing = evidence.missing
    reason = solved.reason
    if missing:
        several = f"{len(missing)} facts that it needs are missing"
        reason = reason or (several if len(missing) > 1 else "a fact that it needs is missing")
    uninformative = (0.0, 1.0 if kind == "availability" else SECONDS_PER_MONTH)
    return Figure(
        measure,
        title,
        unit,
        value=None if missing else whole.value,
        low=None if low <= uninformative[0] and missing else low,
        high=None if high >= uninformative[1] and missing else high,
        method=BOUNDED if solved.reason else METHOD,
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=missing,
        reason=reason,
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Optimistic and pessimistic end: (high, low) availability, or (low, high) downtime in seconds a month.

    While a choice that matters is open only the optimistic end is worked out, and the pessimistic one is the trivial.
    """
    kind, _, subject = measure.partition("/")
    solved = solve(context, subject, worst=False)
    if kind == "availability":
        return solved.up.high, solved.up.low
    return solved.down.low * SECONDS_PER_MONTH, solved.down.high * SECONDS_PER_MONTH


def roles(context: Context, subject: str) -> frozenset[str]:
    """The open choices that the availability of a flow depends on, whatever was chosen elsewhere."""
    key = ("availability roles", subject)
    known: frozenset[str] | None = context.memo.get(key)
    if known is None:
        anywhere = context.with_partial({})
        known = context.memo[key] = read(anywhere, subject, True, Evidence(anywhere)).roles
    return known


def solve(context: Context, subject: str, evidence: Evidence | None = None, *, worst: bool = True) -> Solved:
    """The availability of `FLOW[@MARK]`; remembered for the choices that matter to it, unless evidence is gathered.

    Without `worst` the pessimistic end is left trivial while choices are open.
    """
    if evidence is not None:
        return _solve(context, subject, evidence, worst)
    mine = roles(context, subject)
    key = (
        "availability",
        subject,
        worst,
        context.narrowed(mine),
    )
    known: Solved | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _solve(context, subject, Evidence(context), worst)
    return known


@dataclass(frozen=True, slots=True)
class Reading:
    """The success formula of a flow read on one side, the chances of its events, and the open choices it met."""

    formula: Formula
    chances: Mapping[str, Interval]
    roles: frozenset[str]
    exact: bool
    lasts: Mapping[str, float]
    """How long one outage of a part lasts on average (s), where it is stated."""


def read(
    context: Context, subject: str, best: bool, evidence: Evidence, kind: type[Parts] = Parts
) -> Reading:
    """Read `FLOW[@MARK]` into a success formula over parts of a kind.

    `best` takes the optimistic side where the formula is only a bound.
    """
    flow, _, mark = subject.partition("@")
    parts = kind(context, evidence, best)
    structure = Structure(context, parts, best, mark or None)
    formula = structure.flow(flow)
    chances = {**parts.chances, **structure.draws}
    return Reading(formula, chances, frozenset(parts.roles), structure.exact, parts.lasts)


def _solve(context: Context, subject: str, evidence: Evidence, worst: bool) -> Solved:
    best = read(context, subject, True, evidence)
    up, down, reason = chance_of(best.formula, best.chances)
    undecided = bool(best.roles - context.taken)
    if undecided and not worst:
        up, down = Interval(0.0, None, up.high), Interval(down.low, None, 1.0)
    elif undecided or not best.exact:
        least = read(context, subject, False, Evidence(context))
        low_up, high_down, other = chance_of(least.formula, least.chances)
        same = (
            up.value is not None
            and low_up.value is not None
            and math.isclose(up.value, low_up.value, rel_tol=1e-12)
        )
        up = Interval(low_up.low, up.value if same else None, up.high)
        down = Interval(down.low, down.value if same else None, high_down.high)
        reason = reason or other
    return Solved(up, down, best.formula, best.chances, best.roles, reason)


def chance_of(formula: Formula, chances: Mapping[str, Interval]) -> tuple[Interval, Interval, str]:
    """P and 1 - P of a formula with the ends that the chances of its events allow; a reason when only bounded."""
    compiled = compile_formula(formula)
    used = {name: chances[name] for name in compiled.net.events}
    ends = probability(compiled, {name: (chance.low, chance.high) for name, chance in used.items()})
    if isinstance(ends, Refusal):
        low, high = ends.lower or 0.0, 1.0 if ends.upper is None else ends.upper
        return Interval(low, None, high), Interval(1.0 - high, None, 1.0 - low), ends.reason
    value = complement = None
    points = {name: chance.value for name, chance in used.items() if chance.value is not None}
    if len(points) == len(used):
        nominal = probability(compiled, points)
        if isinstance(nominal, Probability):
            value, complement = nominal.value, nominal.complement
    return (
        Interval(ends.lower, value, ends.upper),
        Interval(ends.complement_lower, complement, ends.complement_upper),
        "",
    )


def _explain(solved: Solved, evidence: Evidence) -> None:
    parts = sorted(name for name in solved.chances if not name.startswith(DRAW))
    draws = len(solved.chances) - len(parts)
    evidence.line(
        f"{len(parts)} parts that can fail, read from the flow and from what its calls run on and depend on"
        + (f"; {draws} draws of a run (branches, cache hits) weighed by their shares" if draws else "")
    )
    for name in parts:
        chance = solved.chances[name]
        text = "not known" if chance.value is None else f"{chance.value * 100:.6g} % up"
        evidence.line(name, text)
    evidence.assume(
        "parts fail independently of one another, beside the places, suppliers and carriers they share and what "
        "`together` states"
    )
    evidence.assume(
        "places, suppliers and connections without `fails` of their own aren't counted; people don't fail"
    )
    evidence.assume("a part's state doesn't change during a run")
