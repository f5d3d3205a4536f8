"""Why a design fails, said as shortly as can be proven: minimised no-goods.

A design that misses a limit is a reason against itself alone. Answers are dropped from it one after the other, the
least influential first, as long as the optimistic end of what is left still misses (the deletion filter of Chinneck &
Dravnieks 1991); then each answer left is widened to the other answers of its role with which it misses just as
well. What remains rules out a whole block of designs at once, and carries the proven value, so that it serves every
tighter limit along the front (combinatorial Benders cuts, Codato & Fischetti 2006).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from groma.design.estimate import Estimate
from groma.design.tables import Alone, spread
from groma.patterns import Space

MOST_WIDENED = 48
"""Combinations of answers that are looked at when a cut is widened."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Every design whose answers lie in these sets loses at least `at_least` of the measure."""

    measure: str
    answers: Mapping[str, frozenset[str]]
    at_least: float

    def combinations(self) -> list[dict[str, str]]:
        """The partial designs that it rules out, in name order."""
        roles = sorted(self.answers)
        return [
            dict(zip(roles, chosen, strict=True))
            for chosen in product(*(sorted(self.answers[role]) for role in roles))
        ]


def reason(
    space: Space,
    estimate: Estimate,
    measure: str,
    design: Mapping[str, str],
    above: float,
    alone: Alone,
) -> Reason | None:
    """The shortest reason found why the design loses more than `above`; None if its optimistic end doesn't."""
    at_best = estimate.at_best(measure, design)
    if not at_best > above:
        return None
    kept = dict(design)
    moved = {role: spread(alone.get(role, {})) for role in kept}
    order = sorted(kept, key=lambda role: (moved[role], role))
    idle = [role for role in order if moved[role] == 0.0]
    without = {role: answer for role, answer in kept.items() if role not in idle}
    if idle and estimate.at_best(measure, without) > above:
        kept = without
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
    """The reason with as many other answers as miss too; its value is the least among its combinations."""
    sets = {role: [answer] for role, answer in sorted(kept.items())}
    least = estimate.at_best(measure, kept)
    looked = 0
    for role in sorted(sets, key=lambda r: (-len(space.role(r).variants), r)):
        others = {name: answers for name, answers in sets.items() if name != role}
        block = math.prod(len(answers) for answers in others.values())
        for variant in space.role(role).variants:
            better = alone[role][variant.name] < alone[role][kept[role]]
            if variant.name in sets[role] or better:
                continue  # what is better by itself will hardly miss
            if looked + block > MOST_WIDENED:
                break
            looked += block
            names = list(others)
            worth = min(
                estimate.at_best(measure, {**dict(zip(names, chosen, strict=True)), role: variant.name})
                for chosen in product(*others.values())
            )
            if worth > above:
                sets[role].append(variant.name)
                least = min(least, worth)
    return Reason(measure, {role: frozenset(answers) for role, answers in sets.items()}, least)
