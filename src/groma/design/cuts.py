"""Why a design fails, said as shortly as can be proven: minimised no-goods.

A design that misses a limit is a reason against itself alone. Roles that were enough before are tried at once; then
answers are dropped one after the other, the least influential first, as long as the optimistic end of what is left
still misses (the deletion filter of Chinneck & Dravnieks 1991); then each answer left is widened to the other answers
of its role with which it misses just as well. What remains rules out a whole block of designs at once, and carries the
proven value, so that it serves every tighter limit along the front (combinatorial Benders cuts, Codato & Fischetti
2006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groma.design.estimate import Alone, Estimate
from groma.design.tables import spread
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
    """The reason with as many other answers as miss too: the other answers of a role, the worst by themselves first,
    in halves, and the halves of a half that doesn't miss. (All of them together don't: the role would have gone.)"""
    own = {role: frozenset({answer}) for role, answer in sorted(kept.items())}
    found = Reason(measure, own, estimate.at_best(measure, kept))
    for role in sorted(kept, key=lambda r: (-len(space.role(r).variants), r)):
        worst_first = sorted(alone[role], key=lambda v: (-alone[role][v], v))
        others = [answer for answer in worst_first if answer != kept[role]]
        parts = halves(others)
        while parts:
            part = parts.pop()
            wider = {**found.answers, role: found.answers[role] | frozenset(part)}
            worth = estimate.at_best(measure, wider)
            if worth > above:
                found = Reason(measure, wider, worth)
            else:
                parts.extend(halves(part))
    return found


def halves(answers: Sequence[str]) -> list[Sequence[str]]:
    """The second half of some answers and the first, on top; none of a single one."""
    middle = len(answers) // 2
    return [answers[middle:], answers[:middle]] if middle else []
