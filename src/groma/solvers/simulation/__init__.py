"""Discrete-event simulation: programs of a small instruction set, run by an event-driven kernel.

Write a program with `Assembler` (the set is told in `instructions.py`), run one replication with `run`, as many as an
interval needs with `replicate`, with the warm-up found by `steady_state`. The kernel is
one source: compiled where it was built (`compiled()` says so), else interpreted, with results equal to the bit.
Streams of random numbers are independent for each element and depend on its name, the seed and the replication.
"""

from groma.solvers.simulation.assembler import Assembler, Routine, zipf
from groma.solvers.simulation.engine import compiled
from groma.solvers.simulation.instructions import listing
from groma.solvers.simulation.outcome import FlowOutcome, Latencies, Outcome, StationOutcome, TraceLine
from groma.solvers.simulation.program import (
    ENDINGS,
    AnyLaw,
    Capped,
    Ending,
    Program,
    Shifted,
    Source,
    Station,
)
from groma.solvers.simulation.replications import (
    Estimate,
    Replicated,
    batch,
    batch_means,
    estimate,
    replicate,
)
from groma.solvers.simulation.running import run
from groma.solvers.simulation.settings import Settings
from groma.solvers.simulation.steadiness import NotSteady, Steady, growth, mser5, steady_state

__all__ = [
    "ENDINGS",
    "AnyLaw",
    "Assembler",
    "Capped",
    "Ending",
    "Estimate",
    "FlowOutcome",
    "Latencies",
    "NotSteady",
    "Outcome",
    "Program",
    "Replicated",
    "Routine",
    "Settings",
    "Shifted",
    "Source",
    "Station",
    "StationOutcome",
    "Steady",
    "TraceLine",
    "batch",
    "batch_means",
    "compiled",
    "estimate",
    "growth",
    "listing",
    "mser5",
    "replicate",
    "run",
    "steady_state",
    "zipf",
]
