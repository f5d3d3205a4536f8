"""The load up to which a system comes back from a scenario, found by search.

Coming back gets harder as the load grows (abandoned work, retries and backlog all do), so the edge is bisected; an
edge is told as the interval between the highest load seen to come back and the lowest seen not to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groma.analyses.simulation.watched import watch
from groma.model.elements import Model
from groma.model.scenario import Scenario

TOLERANCE = 0.01
MOST = 64.0
"""Times the stated load beyond which is not searched."""
LEAST = 1.0 / 64.0


@dataclass(frozen=True, slots=True)
class Edge:
    """Multiples of the stated load: it comes back up to `safe`, and doesn't from `lost` on. None: not within what was
    searched."""

    safe: float | None
    lost: float | None


def edge(
    model: Model,
    scenario: Scenario,
    *,
    tolerance: float = TOLERANCE,
    replications: int = 2,
    told: Callable[[float, bool], None] | None = None,
) -> Edge:
    """The edge of coming back, to a relative `tolerance`. `told` hears of each load tried and whether it came back."""

    def comes_back(times: float) -> bool:
        seen = watch(model, scenario, times=times, replications=replications).comes_back
        if told is not None:
            told(times, seen)
        return seen

    safe = lost = None
    times = 1.0
    if comes_back(times):
        safe = times
        while lost is None and times < MOST:
            times *= 2
            if comes_back(times):
                safe = times
            else:
                lost = times
    else:
        lost = times
        while safe is None and times > LEAST:
            times /= 2
            if comes_back(times):
                safe = times
            else:
                lost = times
    while safe is not None and lost is not None and lost - safe > tolerance * safe:
        middle = (safe + lost) / 2
        if comes_back(middle):
            safe = middle
        else:
            lost = middle
    return Edge(safe, lost)
