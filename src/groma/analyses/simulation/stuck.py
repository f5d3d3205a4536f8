"""Whether runs that were simulated wait for each other for ever, where the model is such that they may.

Of stations that can be held in a circle (`held_within`) all are held in full for the last quarter of the time, with
somebody waiting, and not one unit is given back in it, by a run of the same random numbers that is stopped before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groma.solvers.simulation import Outcome

Circles = Mapping[str, tuple[str, ...]]
"""What may happen, in a sentence -> the components that runs then hold and wait for."""
LAST = 0.25
"""Share of the time, at its end, in which nothing may be given back."""


def stuck(circles: Circles, shown: Outcome, until: Callable[[float], Outcome]) -> tuple[str, ...]:
    """The circles that came about in a replication; `until` runs it again up to a time."""
    suspects = {told: parts for told, parts in circles.items() if all(_held(shown, part) for part in parts)}
    if not suspects:
        return ()
    before = until((1.0 - LAST) * shown.now)
    return tuple(
        told
        for told, parts in suspects.items()
        if all(_given_back(before, part) == _given_back(shown, part) for part in parts)
    )


def _held(shown: Outcome, part: str) -> bool:
    """Whether somebody waits all the time at the end."""
    if f"components.{part}" not in {station.name for station in shown.stations}:
        return False
    waiting = shown.station(f"components.{part}").waiting_series
    last = waiting[int((1.0 - LAST) * len(waiting)) :]
    return bool(last) and min(last) > 0.0


def _given_back(shown: Outcome, part: str) -> int:
    return shown.station(f"components.{part}").done
