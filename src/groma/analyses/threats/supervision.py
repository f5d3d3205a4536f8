"""Controls by which people keep a hand on what a system does: records of effects, and switches that stop them."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.information import Use
from groma.analyses.records import always_written, recorded_steps, records_of
from groma.analyses.stopping import Switch, covers, stopped_by, switches, then
from groma.analyses.threats.found import Found
from groma.analyses.threats.seen import Place, Seen
from groma.model.elements import Control, Data
from groma.model.program import Ask, walk
from groma.model.quantity import Quantity


def recorded(seen: Seen, use: Use) -> tuple[Data, ...]:
    """The records that every run writes in which the effect of a use takes place."""
    model = seen.context.model
    flow = model.flows[use.flow]
    return tuple(
        data
        for data in records_of(model, use.component, use.operation, use.flow)
        if always_written(model, flow.steps, use.path, frozenset({data.name}))
    )


def switched(seen: Seen, use: Use) -> tuple[Switch, ...]:
    """The switches that stop what a use does."""
    return tuple(each for each in switches(seen.context.model) if stopped_by(seen.context, use, each.control))


def records(seen: Seen, place: Place) -> Iterator[Found]:
    """Records that are always written where the effect of a place takes place."""
    model = seen.context.model
    for use in _at(seen, place):
        for data in recorded(seen, use):
            step = recorded_steps(model, data.name)[0]
            shown = data.title or data.name
            where = ", ".join(data.held_by)
            kept = f", kept for {data.kept_for.text}" if isinstance(data.kept_for, Quantity) else ""
            yield Found(
                f"record/{data.name}@{step.path}", "record", f"recorded in {shown}", f"data.{data.name}", data.at,
                f"each {use.component}.{use.operation} leaves a row of {shown} in {where}{kept}",
                f"Bring about {use.component}.{use.operation} ten times, once with {where} down: ten rows of {shown} "
                f"say what was done, when and on whose word, or it wasn't done; none can be changed afterwards.",
                f"record.missing{{data=\"{data.name}\"}}", data.owner or "", "AML.M0024", "AU-12",
            )  # fmt: skip


def stops(seen: Seen, place: Place) -> Iterator[Found]:
    """Switches that stop the effect of a place, or the loop there."""
    uses = _at(seen, place) or tuple(
        use for use in seen.acting if use.flow == place.flow and use.path.startswith(f"{place.element}.")
    )
    for use in uses:
        for each in switched(seen, use):
            control = each.control
            who = ", ".join(seen.called(name) for name in control.by) or "nobody named"
            within = f" within {control.within.text}" if isinstance(control.within, Quantity) else ""
            yield Found(
                f"controls.{each.name}", "switch", control.title or each.name.replace("_", " "),
                f"controls.{each.name}", control.at, f"{who} stop it{within}; {instead(seen, use, control)}",
                control.test, control.signal, control.owner or "", "", "IR-4", stated=True, evidence=control.evidence,
            )  # fmt: skip


def instead(seen: Seen, use: Use, control: Control) -> str:
    """What a run does when a switch is used that stops an effect, in words."""
    if f"flows.{use.flow}" in control.stops:
        return "no run goes on"
    if covers(control, use.flow, use.component, use.operation):
        stopped = [use]
    else:  # the model whose words it takes
        stopped = [
            w for w in seen.written_by if w.flow == use.flow and f"components.{w.component}" in control.stops
        ]
    told = [_after(seen, each) for each in stopped]
    return "; ".join(dict.fromkeys(told)) or "a run that comes there fails"


def _after(seen: Seen, use: Use) -> str:
    steps = then(seen.around.get(use.path, ()))
    if steps is None:
        return "a run that comes there fails"
    asked = dict.fromkeys(s.action.person for s in walk(steps) if isinstance(s.action, Ask))
    people = ", ".join(seen.called(name) for name in asked)
    return f"{people} get the case instead" if people else "the run goes on by its fallback"


def _at(seen: Seen, place: Place) -> tuple[Use, ...]:
    return tuple(use for use in seen.uses if use.path == place.element and use.flow == place.flow)
