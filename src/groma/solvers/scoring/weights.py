"""For which weights another bid comes first: exact, since totals are linear in the weights.

`spans` moves one weight from 0 to 1 while the others keep their proportions: each total is a straight line, so the
winners are the upper envelope of lines. `least_shift` asks for the least weight that has to move from one criterion to
others until a rival draws level: with d the rival's lead in points by criterion, the total lead is the sum of w d, and
moving an amount from criterion a to b changes it by d_b - d_a; so weight goes to the criterion with the largest d, and
comes from those with the smallest first (a linear programme that this greedy order solves exactly).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from groma.solvers.scoring.points import ONE, ZERO, total


@dataclass(frozen=True, slots=True)
class Span:
    """Between these values of one weight these bids come first (several where they are level throughout)."""

    low: Fraction
    high: Fraction
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """What it takes until `rival` draws level: `moved` weight in all, taken from criteria (number, amount), to one."""

    rival: str
    moved: Fraction
    taken: tuple[tuple[int, Fraction], ...]
    to: int


def spans(
    weights: Sequence[Fraction], points: Mapping[str, Sequence[Fraction]], nth: int
) -> tuple[Span, ...]:
    """Who comes first while weight `nth` goes from 0 to 1 and the others share the rest in proportion.

    Where the others weigh nothing, the rest is shared evenly.
    """
    rest = sum((w for n, w in enumerate(weights) if n != nth), ZERO)
    count = len(weights) - 1
    shares = [ZERO if n == nth else (w / rest if rest else Fraction(1, count)) for n, w in enumerate(weights)]
    lines = {name: (total(shares, own), own[nth]) for name, own in points.items()}  # at 0 and at 1
    cuts = {ZERO, ONE}
    for (a_zero, a_one), (b_zero, b_one) in combinations(lines.values(), 2):
        at_zero, at_one = a_zero - b_zero, a_one - b_one
        if at_zero != at_one and ZERO < at_zero / (at_zero - at_one) < ONE:
            cuts.add(at_zero / (at_zero - at_one))
    ordered = sorted(cuts)
    found: list[Span] = []
    for low, high in pairwise(ordered):
        first = _first_at(lines, (low + high) / 2)
        if found and found[-1].first == first:
            found[-1] = Span(found[-1].low, high, first)
        else:
            found.append(Span(low, high, first))
    return tuple(found)


def _first_at(lines: Mapping[str, tuple[Fraction, Fraction]], t: Fraction) -> tuple[str, ...]:
    values = {name: (1 - t) * zero + t * one for name, (zero, one) in lines.items()}
    best = max(values.values())
    return tuple(sorted(name for name, value in values.items() if value == best))


def least_shift(
    weights: Sequence[Fraction], first: Sequence[Fraction], rival: Sequence[Fraction], name: str = ""
) -> Lead | None:
    """The least weight to move until the rival is level with the first; None where no weights do that."""
    ahead = [r - f for f, r in zip(first, rival, strict=True)]
    gap = -total(weights, ahead)
    to = max(range(len(weights)), key=lambda n: (ahead[n], -n))
    if gap <= 0:
        return Lead(name, ZERO, (), to)
    if ahead[to] < 0:
        return None
    taken: list[tuple[int, Fraction]] = []
    for n in sorted(range(len(weights)), key=lambda n: (ahead[n], n)):
        if gap <= 0:  # at the latest where all weight is moved, since the rival isn't behind there
            break
        gain = ahead[to] - ahead[n]
        amount = min(weights[n], gap / gain)
        if amount > 0:
            taken.append((n, amount))
            gap -= amount * gain
    return Lead(name, sum((a for _, a in taken), ZERO), tuple(taken), to)
