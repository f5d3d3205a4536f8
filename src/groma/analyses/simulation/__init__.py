"""Models simulated: flow programs compiled for `groma.solvers.simulation`, and the figures that it gives."""

from groma.analyses.simulation.compiled import Compiled, compiled

__all__ = ["Compiled", "compiled"]
