"""Up to three designs to choose from: the cheapest that meets all needs, the knee of the front, the strongest.

The knee is the point of the front farthest below the line between its ends, each wish counted as a share of its range
(Das 1999, normal-boundary intersection): where a little more of the first wish buys the most of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groma.design.front import Point
from groma.design.problem import parsed

KNEE = 0.05
"""How far below the line, as a share of the range, a point must lie to be called a knee."""

STRONGEST = {
    "latency": "The quickest", "availability": "The most dependable", "success": "The surest",
    "effort": "The least to look after", "people": "The least work", "quality": "The best answers",
    "saturation": "The most room to grow", "headroom": "The most in reserve", "recovery": "The quickest to recover",
    "cost": "The cheapest to run",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A point of the front under the name it is proposed by; `short` is its title where there is little room."""

    name: str
    title: str
    short: str
    point: Point


def proposals(points: Sequence[Point], wishes: Sequence[str]) -> tuple[Chosen, ...]:
    """The designs to propose out of a front, in the front's order; the first is the best in the first wish."""
    if not points:
        return ()
    if wishes[0] == "cost/month":
        chosen = [Chosen("cheapest", "The cheapest that meets all needs", "The cheapest", points[0])]
    else:
        least = f"The least {wishes[0]}"
        chosen = [Chosen("least", least, least, points[0])]
    if len(points) == 1 or len(wishes) == 1:
        return tuple(chosen)
    scaled = _scaled(points, wishes)
    last = min(range(len(points)), key=lambda i: (sum(scaled[i][1:]), i))
    middle = _knee(scaled, last)
    if middle is not None:
        chosen.append(Chosen("knee", "The best balance", "The best balance", points[middle]))
    if last != 0:
        others = {parsed(w).kind for w in wishes[1:]}
        title = STRONGEST.get(next(iter(others)), "The strongest") if len(others) == 1 else "The strongest"
        chosen.append(Chosen("strongest", title, title, points[last]))
    return tuple(chosen)


def _scaled(points: Sequence[Point], wishes: Sequence[str]) -> list[list[float]]:
    """Losses as shares of their range over the front, 0 best."""
    columns: list[list[float]] = []
    for wish in wishes:
        losses = [p.lost(wish) for p in points]
        least, width = min(losses), max(losses) - min(losses)
        columns.append([(value - least) / width if width > 0 else 0.0 for value in losses])
    return [list(row) for row in zip(*columns, strict=True)]


def _knee(scaled: Sequence[Sequence[float]], last: int) -> int | None:
    """The inner point that saves most against paying evenly for what the others gain."""
    start, end = scaled[0], scaled[last]

    def below(i: int) -> float:
        gained = sum(start[1:]) - sum(scaled[i][1:])
        whole = sum(start[1:]) - sum(end[1:])
        paid = scaled[i][0] - start[0]
        price = end[0] - start[0]
        return gained / whole - paid / price if whole > 0 and price > 0 else 0.0

    inner = [i for i in range(len(scaled)) if i not in (0, last)]
    found = max(inner, key=lambda i: (below(i), -i), default=None)
    return found if found is not None and below(found) > KNEE else None


def differing(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[str, ...]:
    """Roles that two designs answer differently, in name order."""
    return tuple(role for role in sorted(a) if a[role] != b.get(role))
