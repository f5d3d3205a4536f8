"""Genetic search as a peer of the designer: NSGA-II (Deb et al. 2002) of pymoo over the same designs and proofs."""
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groma.design.enumerate import meeting_needs, nondominated
from groma.design.prove import Prover

Points = Sequence[Sequence[float]]


def genetic_front(prover: Prover, proven: int, seed: int = 1) -> Points:
    """The nondominated ones of the designs that meet all needs among those NSGA-II proves."""
    import numpy as np
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    space, task = prover.space, prover.task
    domains = [[v.name for v in role.variants] for role in space.roles]
    worst = 1e9

    class Designs(ElementwiseProblem):  # pyright: ignore[reportUntypedBaseClass]
        def __init__(self) -> None:
            super().__init__(
                n_var=len(domains), n_obj=len(task.wishes), n_ieq_constr=len(task.held),
                xl=np.zeros(len(domains)), xu=np.array([len(d) - 1 for d in domains]), vtype=int,
            )  # fmt: skip

        def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            answers = {r.name: d[int(i)] for r, d, i in zip(space.roles, domains, x, strict=True)}
            if not space.allowed(answers):
                out["F"], out["G"] = [worst] * len(task.wishes), [worst] * len(task.held)
                return
            losses = prover.proof(answers).losses
            out["F"] = [min(losses[w], worst) for w in task.wishes]
            out["G"] = [min(losses[h.name] - h.limit, worst) for h in task.held]

    whole = RoundingRepair()
    algorithm = NSGA2(
        pop_size=24,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=0.9, eta=10, vtype=float, repair=whole),
        mutation=PM(eta=10, vtype=float, repair=whole),
        eliminate_duplicates=True,
    )
    minimize(Designs(), algorithm, ("n_eval", proven), seed=seed, verbose=False)
    found = nondominated(meeting_needs(prover.proofs, task), task)
    return [[p.losses[w] for w in task.wishes] for p in found]
