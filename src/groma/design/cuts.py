"""Why a design fails, said as shortly as can be proven: minimised no-goods.

A design that misses a limit is a reason against itself alone. Roles that were enough before are tried at once; then
answers are dropped one after the other, the least influential first, as long as the optimistic end of what is left
still misses (the deletion filter of Chinneck & Dravnieks 1991); then each answer left is widened to the other answers
of its role with which it misses just as well. What remains rules out a whole block of designs at once, and carries the
proven value, so that it serves every tighter limit along the front (combinatorial Benders cuts, Codato & Fischetti
2006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.design.estimate import Estimate
from groma.design.tables import Alone, spread
from groma.patterns import Space


@dataclass(frozen=True, slots=True)
class Reason:
    """Every design whose answers lie in these sets loses at least `at_least` of the measure."""

    measure: str
    answers: Mapping[str, frozenset[str]]
    at_least: float


def reason(
    space: Space,
    estimate: Estimate,
    measure: str,
    design: Mapping[str, str],
    above: float,
    alone: Alone,
    seen: Iterable[frozenset[str]] = (),
) -> Reason | None:
    """The shortest reason found why the design loses more than `above`; None if its optimistic end doesn't. `seen`: the
    roles of earlier reasons, which are tried first."""
    at_best = estimate.at_best(measure, design)
    if not at_best > above:
        return None
    kept = dict(design)
    moved = {role: spread(alone.get(role, {})) for role in kept}
    order = sorted(kept, key=lambda role: (moved[role], role))
    for roles in (*seen, frozenset(role for role in order if moved[role] > 0.0)):
        fewer = {role: answer for role, answer in kept.items() if role in roles}
        if len(fewer) < len(kept) and estimate.at_best(measure, fewer) > above:
            kept = fewer
            break
    for role in order:
        if role in kept:
            without = {other: answer for other, answer in kept.items() if other != role}
            if estimate.at_best(measure, without) > above:
                kept = without
    if len(kept) == len(design):
        return Reason(measure, {role: frozenset({answer}) for role, answer in kept.items()}, at_best)
    return _widened(space, estimate, measure, kept, above, alone)


def _widened(
    space: Space, estimate: Estimate, measure: str, kept: Mapping[str, str], above: float, alone: Alone
) -> Reason:
    """The reason with as many other answers as miss too. A role is first widened to all answers that are no better by
    themselves, then to half of these, the worst first, until the whole block misses."""
    sets: dict[str, frozenset[str]] = {role: frozenset({answer}) for role, answer in sorted(kept.items())}
    least = estimate.at_best(measure, kept)
    for role in sorted(sets, key=lambda r: (-len(space.role(r).variants), r)):
        mine = alone[role][kept[role]]
        others = [
            v.name for v in space.role(role).variants if alone[role][v.name] >= mine and v.name != kept[role]
        ]
        others.sort(key=lambda v: (-alone[role][v], v))
        while others:
            wider = sets | {role: sets[role] | frozenset(others)}
            worth = estimate.at_best(measure, wider)
            if worth > above:
                sets, least = wider, worth
                break
            others = others[: len(others) // 2]
    return Reason(measure, sets, least)
