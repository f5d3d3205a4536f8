"""Threats held against controls: at every place of a threat, which control stands there; where none does, a gap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.analyses.threats.controls import found_in, meant_for, stated
from groma.analyses.threats.found import Found
from groma.analyses.threats.seen import Place, Seen
from groma.analyses.threats.threat import THREATS, Threat


@dataclass(frozen=True, slots=True)
class Answer:
    """One place of a threat with the controls that stand there."""

    threat: Threat
    place: Place
    controls: tuple[Found, ...]

    @property
    def gap(self) -> bool:
        """Whether nothing stands there."""
        return not self.controls


@dataclass(frozen=True)
class Safety:
    """What can go wrong in a model, and what stands against it; empty where no model writes freely."""

    seen: Seen
    answers: tuple[Answer, ...]

    @cached_property
    def threats(self) -> tuple[Threat, ...]:
        """The threats that apply, in the order of the table."""
        return tuple({answer.threat.id: answer.threat for answer in self.answers}.values())

    def of(self, threat: Threat) -> tuple[Answer, ...]:
        """The places of one threat."""
        return tuple(answer for answer in self.answers if answer.threat.id == threat.id)

    @cached_property
    def controls(self) -> tuple[Found, ...]:
        """Every control that stands somewhere, and every stated one, each once."""
        found = {each.id: each for answer in self.answers for each in answer.controls}
        for name, control in self.seen.context.model.controls.items():
            found.setdefault(f"controls.{name}", stated(self.seen, name, control))
        return tuple(found.values())

    @cached_property
    def gaps(self) -> tuple[Answer, ...]:
        """Places where nothing stands."""
        return tuple(answer for answer in self.answers if answer.gap)

    def against(self, control: Found) -> tuple[Threat, ...]:
        """The threats that a control stands against."""
        return tuple(
            {a.threat.id: a.threat for a in self.answers if control.id in {c.id for c in a.controls}}.values()
        )

    def owner(self, place: Place) -> str:
        """Who owns a gap at a place: of the component used there, of the flow's data; empty where nobody is named."""
        model = self.seen.context.model
        names = [use.component for use in self.seen.uses if use.path == place.element]
        names += [place.element.removeprefix("components.")]
        for name in names:
            part = self.seen.component(name)
            if part is not None and part.owner:
                return part.owner
        flow = model.flows.get(place.flow)
        for data in flow.carries if flow is not None else ():
            if model.data[data].owner:
                return model.data[data].owner or ""
        return ""


def safety_of(context: Context) -> Safety:
    """Threats and controls of a model, once for a context."""
    key = ("safety", tuple(sorted((role, tuple(sorted(v))) for role, v in context.left.items())))
    if key not in context.memo:
        context.memo[key] = _worked_out(Seen(context))
    return context.memo[key]


def _worked_out(seen: Seen) -> Safety:
    answers: list[Answer] = []
    if not seen.writers:
        return Safety(seen, ())
    for threat in THREATS:
        told: dict[tuple[str, str], Place] = {}
        for place in threat.places(seen):
            told.setdefault((place.element, place.flow), place)
        for place in told.values():
            own = found_in(seen, place, threat.controls)
            more = tuple(
                stated(seen, name, control)
                for name, control in seen.context.model.controls.items()
                if meant_for(control, (threat.id, *threat.ids), place)
            )
            known = {each.id for each in own}
            answers.append(Answer(threat, place, (*own, *(each for each in more if each.id not in known))))
    return Safety(seen, tuple(answers))
