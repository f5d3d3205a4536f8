"""The least that has to be gone for more than half of the value to stop, as a survey tells it.

The sets are those of `analyses/hanging`: of value in money where flows say what their runs are worth, of flows counted
alike where none does.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses import hanging
from groma.survey.ground import Ground


@dataclass(frozen=True, slots=True)
class StopSet:
    """Elements without which together `share` of the value stops (a ledger figure); `flows` are those that stop."""

    parts: tuple[str, ...]
    flows: tuple[str, ...]
    figure: str


def stop_sets(ground: Ground) -> tuple[StopSet, ...]:
    """All smallest sets that stop more than half of the value, what stops most first; empty where none does."""
    found, name = hanging.hanging(ground.context), "hangs/"
    alike = not any(stake.worth.value for stake in found.stakes)
    if alike:
        found, name = hanging.hanging(ground.context, alike=True), f"hangs/{hanging.ALIKE}"
    sizes = [hanging.size_of(ground.context, some) for some in found.sets]
    smallest = [some for some, size in zip(found.sets, sizes, strict=True) if size == min(sizes)]
    smallest.sort(key=lambda some: (-(some.share.value or 0.0), some.elements))
    for some in smallest:
        ground.context.ledger.write(hanging.figure(ground.context, f"{name}{some.name}/share"))
    return tuple(
        StopSet(
            some.elements,
            tuple(flow for flow, lost in some.lost.items() if lost > 0.0),
            f"{name}{some.name}/share",
        )
        for some in smallest
    )
