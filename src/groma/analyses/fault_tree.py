"""The fault tree of a flow as formulas over parts, for whoever wants to look at it or take it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.availability.figures import read
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.structure.every import Every
from groma.analyses.structure.parts import Parts
from groma.solvers.faulttrees import Formula, structure


@dataclass(frozen=True, slots=True)
class FaultTree:
    """When a run of a flow is lost, over events "this part is down" and the draws of a run.

    `any_run` is the coherent companion, without draws: when some runs are lost; cut sets are those of it. Chances that
    nobody states are left out of `probabilities`.
    """

    lost: Formula
    any_run: Formula
    probabilities: Mapping[str, float]


def fault_tree(context: Context, subject: str) -> FaultTree:
    """The fault tree of `FLOW[@MARK]` at nominal facts."""
    flow, _, mark = subject.partition("@")
    reading = read(context, subject, True, Evidence(context))
    parts = Parts(context, Evidence(context))
    any_run = structure(Every(context, parts, mark or None).flow(flow))
    chances = {**parts.chances, **reading.chances}
    down = {name: 1.0 - chance.value for name, chance in chances.items() if chance.value is not None}
    return FaultTree(structure(reading.formula), any_run, down)
