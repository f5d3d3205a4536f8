"""Discrete-event simulation: programs of a small instruction set, run by an event-driven kernel.

Write a program with `Assembler` (the set is told in `instructions.py`), run one replication with `run`. The kernel is
one source: compiled where it was built (`compiled()` says so), else interpreted, with results equal to the bit.
Streams of random numbers are independent for each element and depend on its name, the seed and the replication.
"""

from groma.solvers.simulation.assembler import Assembler, Routine, zipf
from groma.solvers.simulation.engine import compiled
from groma.solvers.simulation.image import Settings
from groma.solvers.simulation.instructions import listing
from groma.solvers.simulation.outcome import FlowOutcome, Latencies, Outcome, StationOutcome, TraceLine
from groma.solvers.simulation.program import ENDINGS, Ending, Program, Shifted, Source, Station
from groma.solvers.simulation.running import run

__all__ = [
    "ENDINGS",
    "Assembler",
    "Ending",
    "FlowOutcome",
    "Latencies",
    "Outcome",
    "Program",
    "Routine",
    "Settings",
    "Shifted",
    "Source",
    "Station",
    "StationOutcome",
    "TraceLine",
    "compiled",
    "listing",
    "run",
    "zipf",
]
