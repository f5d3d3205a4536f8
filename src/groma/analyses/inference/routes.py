"""Cheap model first: which routes through the models of a flow are worth it, and what the best of them saves.

A model takes part when its `qualities` state `accuracy` (share of the flow's questions it answers right); where
they state `unsure`, too (share that it hands on), it can stand before others. Every route of up to three models is
priced with the
sizes of the flow's own call. `inference/FLOW/cascade` is what the cheapest route saves a month that is right at
least as often (nominally) as the best of the models that the flow asks now, against asking that one always.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.use import price_of_use, size_of
from groma.analyses.evidence import Evidence
from groma.analyses.inference.left_on_table import model_uses
from groma.analyses.interval import Interval, mean_of
from groma.analyses.visits.counts import Use
from groma.model.elements import Component
from groma.model.quantity import Quantity
from groma.solvers.inference import Policy, Stage, frontier, policies


@dataclass(frozen=True, slots=True)
class Routes:
    """Every route of a flow's question, those that are worth it, the best model asked now, and questions a month."""

    all: tuple[Policy, ...]
    frontier: tuple[Policy, ...]
    now: Policy
    questions: Interval

    @property
    def best(self) -> Policy:
        """The cheapest that is right at least as often as now."""
        return next((p for p in self.frontier if p.quality >= self.now.quality - 1e-12), self.now)


def routes(context: Context, flow: str, evidence: Evidence) -> Routes | None:
    """The routes of a flow; None with what is missing noted."""
    asked = [use for other, use in model_uses(context) if other == flow]
    used = {use.name for use in asked}
    rated = [c for c in context.model.components.values() if c.kind == "llm" and "accuracy" in c.qualities]
    if not asked or not used & {c.name for c in rated} or len(rated) < 2:
        evidence.miss(
            "components.*.qualities.accuracy",
            f"state how often at least two models are right on the questions of {flow}, one of them asked now",
        )
        return None
    first = next(use for use in asked if use.name in {c.name for c in rated})
    stages = [stage for c in rated if (stage := _stage(context, c, first, evidence)) is not None]
    if evidence.missing or len(stages) < 2:
        return None
    found = policies(stages)
    alone = [p for p in found if len(p.names) == 1 and p.names[0] in used]
    if not alone:
        return None
    now = max(alone, key=lambda p: (p.quality, -p.cost, p.names))
    questions = runs(context, flow) * first.weight
    return Routes(found, frontier(found), now, questions)


def _stage(context: Context, component: Component, like: Use, evidence: Evidence) -> Stage | None:
    path = f"components.{component.name}"
    accuracy, unsure = component.qualities.get("accuracy"), component.qualities.get("unsure")
    evidence.note(f"{path}.qualities.accuracy", accuracy, "state it with its source")
    if isinstance(unsure, Quantity):
        evidence.note(f"{path}.qualities.unsure", unsure)
    operation = like.operation if like.operation in component.offers else next(iter(component.offers), "")
    price = price_of_use(
        context, replace(like, name=component.name, operation=operation, component=component)
    )
    for lacking in price.missing:
        evidence.miss(lacking)
    if not price.pieces:
        evidence.miss(f"{path}.price", "state what a call costs by the token")
    if price.amount.value is None or not isinstance(accuracy, Quantity):
        return None
    return Stage(
        component.name,
        price.amount.value,
        _seconds(component, operation, like),
        min(1.0, accuracy.mean),
        min(1.0, unsure.mean) if isinstance(unsure, Quantity) else 0.0,
    )


def _seconds(component: Component, name: str, like: Use) -> float:
    operation = component.offers.get(name)
    if operation is None:
        return 0.0
    time = mean_of(operation.work).value or 0.0
    for size, each in operation.per.items():
        carried = size_of(like.sizes, size)
        time += (mean_of(each).value or 0.0) * ((carried.mean.value or 0.0) if carried is not None else 0.0)
    return time


def cascade(context: Context, flow: str, evidence: Evidence) -> Interval | None:
    """Money a month saved by the cheapest route that is nominally right as often as the best model asked now."""
    found = routes(context, flow, evidence)
    if found is None:
        return None
    for policy in found.frontier:
        evidence.line(
            " then ".join(policy.names),
            f"{policy.cost:.4g} a question, right {policy.quality:.1%} ({policy.low:.1%} to {policy.high:.1%}), "
            f"{policy.seconds:.3g} s",
        )
    evidence.line(
        "asked now, at its best", f"{found.now.names[0]}, {found.now.cost:.4g}, {found.now.quality:.1%}"
    )
    evidence.assume("a model is unsure of what it gets wrong no less than of what it gets right")
    return found.questions.scaled(found.now.cost - found.best.cost)
