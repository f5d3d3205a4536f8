"""All scenarios of a model played, with what would have saved it where it doesn't come back, as figures of its ledger.

Names: `scenario/NAME/back/FLOW` (s, or words where it doesn't come back), `scenario/NAME/lost/FLOW` (runs),
`scenario/NAME/goodput/FLOW` (the least share of the undisturbed), in words `scenario/NAME/saved` (by what) and
`scenario/NAME/still` (how it comes to a standstill).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.held_within import circles
from groma.analyses.program_inputs import enter_inputs
from groma.analyses.simulation.built_in import built_in
from groma.analyses.simulation.saving import Saving, savings
from groma.analyses.simulation.watched import REPLICATIONS, Course, Watched, watch
from groma.model.elements import Model
from groma.model.figure import Figure
from groma.model.printed import format_quantity
from groma.model.scenario import Scenario
from groma.progress import UNHEARD, Progress
from groma.solvers.simulation import Outcome

METHOD = f"simulation, {REPLICATIONS} replications beside the undisturbed system"


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario, how it went, and which policies were tried where the system didn't come back."""

    scenario: Scenario
    watched: Watched
    tried: tuple[Saving, ...] = ()

    @property
    def saved_by(self) -> tuple[str, ...]:
        """Policies with which it comes back, the one that loses least first."""
        return tuple(s.policy for s in sorted(self.tried, key=lambda s: (s.lost, s.policy)) if s.comes_back)


def scenarios_of(model: Model) -> dict[str, Scenario]:
    """Those that the model states, then those that every model gets (a stated one of the same name stands)."""
    return {**model.scenarios, **{s.name: s for s in built_in(model) if s.name not in model.scenarios}}


def played(context: Context, progress: Progress = UNHEARD) -> tuple[Played, ...]:
    """Every scenario of a closed model, as far as it can be simulated; figures go into the ledger."""
    model = context.model
    if model.alternatives:
        return ()
    found: list[Played] = []
    undisturbed: dict[object, Outcome] = {}
    scenarios = scenarios_of(model)
    held = {circle.told: circle.components for circle in circles(context)}
    for number, scenario in enumerate(scenarios.values()):
        progress.step(f"scenario: {scenario.title or scenario.name}", number, len(scenarios))
        seen = watch(model, scenario, undisturbed=undisturbed, circles=held)
        if seen.missing:
            return ()
        tried = tuple(savings(model, scenario)) if seen.metastable or seen.still else ()
        found.append(Played(scenario, seen, tried))
    for each in found:
        for figure in figures(context, each):
            context.ledger.write(figure)
    return tuple(found)


def figures(context: Context, each: Played) -> Iterator[Figure]:
    """What a scenario showed, flow by flow."""
    seen = each.watched
    for course in seen.courses:
        evidence = Evidence(context)
        enter_inputs(evidence, course.flow)
        evidence.line("what happens", told(each.scenario))
        evidence.line("watched for", format_quantity(seen.lasts, "s"))
        yield from _of_course(each, course, evidence)
    if seen.still:
        yield Figure(
            f"scenario/{seen.name}/still", f"{seen.title}: how it comes to a standstill", "",
            words="; ".join(seen.still), method=METHOD,
        )  # fmt: skip
    if each.tried:
        words = "; ".join(each.saved_by) or "nothing that was tried"
        yield Figure(
            f"scenario/{seen.name}/saved", f"{seen.title}: what would have saved it", "", words=words, method=METHOD,
            valid=tuple(f"{s.policy}: {'comes back' if s.comes_back else 'does not'}" for s in each.tried),
        )  # fmt: skip


def _of_course(each: Played, course: Course, evidence: Evidence) -> Iterator[Figure]:
    seen, flow = each.watched, course.flow
    base = f"scenario/{seen.name}"
    common = {"method": METHOD, "inputs": evidence.inputs, "derivation": tuple(evidence.lines)}
    title = f"{seen.title}: {flow}"
    if seen.still:
        words = "stands still, even undisturbed" if seen.still_undisturbed else "stands still"
        yield Figure(f"{base}/back/{flow}", f"{title} is back after", "", words=words, **common)  # pyright: ignore
    elif not seen.holds:
        words = "falls over undisturbed"
        yield Figure(f"{base}/back/{flow}", f"{title} is back after", "", words=words, **common)  # pyright: ignore
    elif course.back_after is None:
        words = "doesn't come back" if math.isfinite(seen.ends) else "not while it lasts"
        yield Figure(f"{base}/back/{flow}", f"{title} is back after", "", words=words, **common)  # pyright: ignore
    elif course.back_after <= 0.0:
        words = "at once" if math.isfinite(seen.ends) else "stands it"
        yield Figure(f"{base}/back/{flow}", f"{title} is back after", "", words=words, **common)  # pyright: ignore
    else:
        low, high = max(course.back_after - seen.width, 0.0), course.back_after
        yield Figure(f"{base}/back/{flow}", f"{title} is back after", "s", high, low, high, **common)  # pyright: ignore
    yield Figure(
        f"{base}/lost/{flow}", f"{title}, runs lost", "1", max(course.lost, 0.0), max(course.lost_low, 0.0),
        max(course.lost_high, 0.0), **common,  # pyright: ignore
    )  # fmt: skip
    yield Figure(
        f"{base}/goodput/{flow}", f"{title}, least goodput as a share of the undisturbed", "1", course.worst,
        course.worst, course.worst, **common,  # pyright: ignore
    )  # fmt: skip


def told(scenario: Scenario) -> str:
    """The events of a scenario in words."""
    parts: list[str] = []
    for event in scenario.events:
        what = [f"{', '.join(event.down)} down"] if event.down else []
        what += [f"{', '.join(event.stalled)} without an answer"] if event.stalled else []
        what += [f"{', '.join(event.slow)} {event.times:g} times as slow"] if event.slow else []
        what += [f"{event.times:g} times as many starts of {', '.join(event.load)}"] if event.load else []
        what += ["all caches empty"] if event.cold else []
        lasting = "" if event.for_ is None else f" for {event.for_.text}"
        parts.append(f"{' and '.join(what)} from {event.from_.text}{lasting}")
    return "; ".join(parts)
