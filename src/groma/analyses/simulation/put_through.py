"""One scenario of a model as a piece of work: what a worker is given and what it answers, in what JSON can say."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from groma.analyses.simulation.saving import Saving, savings
from groma.analyses.simulation.stuck import Circles
from groma.analyses.simulation.threshold import Edge, edge
from groma.analyses.simulation.watched import Course, Watched, watch
from groma.model.elements import Model
from groma.model.scenario import Scenario
from groma.solvers.simulation import Outcome


@dataclass(frozen=True, slots=True)
class Plan:
    """How scenarios are put through: load, replications, seed; whether policies are tried and the edge is searched."""

    times: float = 1.0
    replications: int = 8
    seed: int = 1
    saved_by: bool = False
    threshold: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scenario showed, what was tried where the system doesn't come back, and the edge if it was asked for."""

    seen: Watched
    tried: tuple[Saving, ...] = ()
    edge: Edge | None = None


class PutThrough:
    """Puts a model through scenarios by name; a pure function of the name."""

    def __init__(
        self, model: Model, scenarios: Mapping[str, Scenario], plan: Plan, circles: Circles | None = None
    ) -> None:
        self._given = (model, dict(scenarios), plan, dict(circles or {}))
        self._undisturbed: dict[object, Outcome] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"_given": self._given, "_undisturbed": {}}

    def __call__(self, name: str) -> dict[str, Any]:
        """The answer about a scenario, plain."""
        model, scenarios, plan, circles = self._given
        scenario = scenarios[name]
        seen = watch(
            model, scenario, times=plan.times, replications=plan.replications, seed=plan.seed,
            undisturbed=self._undisturbed, circles=circles,
        )  # fmt: skip
        trying = plan.saved_by and (seen.metastable or seen.still) and not seen.missing
        tried = tuple(savings(model, scenario, times=plan.times)) if trying else ()
        return plain(
            Answer(seen, tried, edge(model, scenario) if plan.threshold and not seen.missing else None)
        )

    def named(self, name: str, scope: str) -> str:
        """The work on a scenario by its content, within a scope that says which version of Groma and of the model."""
        model, scenarios, plan, _ = self._given
        said = json.dumps(
            [scope, model.digest, repr(scenarios[name].events), repr(scenarios[name].lasts), asdict(plan)]
        )
        return hashlib.sha256(said.encode()).hexdigest()


def plain(answer: Answer) -> dict[str, Any]:
    """An answer in what JSON can say: what lasts for ever ends at None."""
    data = asdict(answer)
    if math.isinf(answer.seen.ends):
        data["seen"]["ends"] = None
    return data


def answer_of(data: Mapping[str, Any]) -> Answer:
    """The answer that `plain` wrote."""
    seen = dict(data["seen"])
    courses = tuple(
        Course(**{key: tuple(value) if isinstance(value, list) else value for key, value in course.items()})  # pyright: ignore
        for course in seen.pop("courses")
    )
    seen["ends"] = math.inf if seen["ends"] is None else seen["ends"]
    seen["missing"], seen["still"] = tuple(seen["missing"]), tuple(seen["still"])
    return Answer(
        Watched(courses=courses, **seen),
        tuple(Saving(**each) for each in data["tried"]),
        None if data["edge"] is None else Edge(**data["edge"]),
    )
