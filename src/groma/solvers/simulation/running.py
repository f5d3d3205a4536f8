"""One replication of a program."""

from __future__ import annotations

import math

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.engine import kernel
from groma.solvers.simulation.image import image
from groma.solvers.simulation.outcome import Outcome, read
from groma.solvers.simulation.program import Program
from groma.solvers.simulation.settings import Settings

EVENTS_AT_ONCE = 2_000_000
"""So many events between looks at whether somebody wants to interrupt."""


def run(
    program: Program, settings: Settings, *, seed: int = 1, replication: int = 0, interpreted: bool = False
) -> Outcome:
    """One replication: a pure function of the program, the settings, the seed and the replication's number.

    `interpreted` uses the plain-Python kernel; results are the same to the bit. ValueError where nothing says when to
    stop, or where time stands still.
    """
    if math.isinf(settings.until) and settings.runs is None:
        raise ValueError("A replication needs a time or a number of runs at which it stops.")
    if not settings.until > 0.0 or settings.warm_up < 0.0 or settings.warm_up >= settings.until:
        raise ValueError("A replication needs a time to stop that is positive and after its warm-up.")
    if settings.buckets and not settings.width > 0.0:
        raise ValueError("Buckets of time need a width.")
    arrays = image(program, settings, seed, replication)
    engine = kernel(interpreted)(arrays)
    status = at.GOING_ON
    before = -1.0
    while status == at.GOING_ON:
        status = engine.run(EVENTS_AT_ONCE)
        now = engine.counts()["now"]
        if status == at.GOING_ON and now == before:
            raise ValueError(f"At {now:.6g} s time stands still: something goes round without taking any.")
        before = now
    engine.close()
    return read(program, engine, arrays, status == at.TOO_MANY)
