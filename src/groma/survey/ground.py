"""What causes stand on: the model with its figures, people's work, prices, and what is at stake, as money a month.

Every amount is taken from facts that the model states. Where one is missing the part says which, and isn't counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.analyses.cost.lines import FixedPrice, fixed_price, runs
from groma.analyses.dependence import Absence, absences, worth_of
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, total
from groma.analyses.people import Work, rate_of, work
from groma.analyses.reach import heads
from groma.analyses.single_points import SinglePoint, single_points
from groma.model.elements import Component, Model
from groma.model.model_programs import programs
from groma.model.program import Ask, Step, walk
from groma.model.quantity import Quantity
from groma.model.validate_names import SECTIONS as REFERRED_TO
from groma.rules import Subject
from groma.survey.assumptions import ABSENCE, assumed
from groma.survey.cause import Part

SECTIONS = frozenset(REFERRED_TO) - {"controls", "evaluations", "stages"} | {"facts"}
"""Sections whose elements can be what a cause hangs on."""


@dataclass(frozen=True)
class Ground:
    """A rules' subject, and money read off it."""

    subject: Subject

    @property
    def model(self) -> Model:
        return self.subject.model

    @property
    def context(self) -> Context:
        return self.subject.context

    @cached_property
    def work(self) -> Mapping[str, tuple[Work, ...]]:
        """Work of a month by the path of what asks for it: a step, or a component that is kept."""
        found: dict[str, list[Work]] = {}
        for each in work(self.context):
            found.setdefault(each.path.removesuffix(".takes").removesuffix(".effort"), []).append(each)
        return {path: tuple(works) for path, works in found.items()}

    @cached_property
    def asks(self) -> Mapping[str, Step]:
        """Steps that ask a person, by path."""
        return {
            step.path: step
            for _, steps in programs(self.model)
            for step in walk(steps)
            if isinstance(step.action, Ask)
        }

    @cached_property
    def absences(self) -> tuple[Absence, ...]:
        """Minimal sets of people and suppliers whose absence stops flows."""
        return absences(self.context)

    @cached_property
    def alone(self) -> tuple[SinglePoint, ...]:
        """What stands alone."""
        return single_points(self.context)

    def element(self, path: str) -> str:
        """The element that a path lies in: `flows.quote.steps.1` -> `flows.quote`."""
        return ".".join(path.split(".")[:2])

    def name_of(self, path: str) -> str:
        """How people call an element: its title, else its name in words."""
        section, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        if section == "connections" and name in self.model.connections:
            link = self.model.connections[name]
            sides = [
                f"people.{s}" if s in self.model.people else f"components.{s}" for s in (link.from_, link.to)
            ]
            return f"{self.name_of(sides[0])} to {self.name_of(sides[1])}"
        known = getattr(self.model, section, {}).get(name) if section in SECTIONS else None
        return (getattr(known, "title", "") or name).replace("_", " ")

    def there(self, path: str) -> bool:
        """Whether the model has the element."""
        section, _, rest = path.partition(".")
        return section in SECTIONS and rest.partition(".")[0] in getattr(self.model, section, {})

    # Money of a month

    def worked(self, path: str) -> tuple[Part, ...]:
        """What people's time for a step, or for keeping a component alive, costs: hours times what an hour costs."""
        return tuple(self._worked(path, nth, each) for nth, each in enumerate(self.work.get(path, ())))

    def _worked(self, path: str, nth: int, each: Work) -> Part:
        evidence = Evidence(self.context)
        evidence.note(each.path, each.each, "state how long it takes")
        if isinstance(each.each, Quantity) and not math.isfinite(each.hours.high):
            evidence.miss(f"flows.{each.what.partition(':')[0]}.starts.rate", "state how often it happens")
        if each.person is None:
            evidence.miss(f"{path}.owner", "state who does it")
            rate = ZERO
        else:
            missing: list[str] = []
            rate = rate_of(self.context, each.person, missing)
            for line in missing:
                evidence.miss(line)
            stated = self.model.people[each.person].rate
            if isinstance(stated, Quantity):
                evidence.note(f"people.{each.person}.rate", stated)
        hours = "" if each.hours.value is None else f", {each.hours.value:.4g} h/month"
        who = self.name_of(f"people.{each.person}") if each.person else "nobody in particular"
        text = f"{who}: {each.what}{hours}"
        return Part(f"work/{path}#{nth}", text, each.hours * rate, "paid", evidence.inputs, evidence.missing)

    def priced(self, component: Component, share: Interval | None = None, of: str = "") -> Part:
        """What a component costs by standing there, or a share of it; `of` says which share in words."""
        price: FixedPrice = fixed_price(self.context, component)
        evidence = Evidence(self.context)
        for name, amount in sorted(component.price.items()):
            evidence.note(f"components.{component.name}.price.{name}", amount, "state what it costs")
        for line in price.missing:
            evidence.miss(line)
        amount = price.amount if share is None else price.amount * share
        title = self.name_of(f"components.{component.name}")
        key = f"price/components.{component.name}" + (f"#{of}" if of else "")
        return Part(key, f"{title}: {of or 'its price'}", amount, "paid", evidence.inputs, evidence.missing)

    def stopped(
        self, flow: str, share: float, away: Interval, because: str, refs: Iterable[str] = ()
    ) -> Part:
        """What runs of a flow bring that fall into the time something is away: nothing of it if all is caught up."""
        evidence = Evidence(self.context)
        evidence.note(f"flows.{flow}.worth", self.model.flows[flow].worth, "state what one run is worth")
        start = self.model.flows[flow].starts
        evidence.note(
            f"flows.{flow}.starts.rate", None if start is None else start.rate, "state how often it happens"
        )
        for ref in refs:
            evidence.use(ref)
        most = worth_of(self.context, self.model.flows[flow]).scaled(share) * away
        lost = Interval(0.0, None, most.high)
        title = self.name_of(f"flows.{flow}")
        return Part(
            f"stopped/{flow}/{because}",
            f"{title}: runs that fall into the time {because}, if they are lost",
            lost,
            "lost",
            evidence.inputs,
            evidence.missing,
        )

    def away(self, person: str) -> tuple[Part, ...]:
        """What may be lost while one person is away and nobody else is able."""
        share, ref = assumed(self.context, ABSENCE)
        title = self.name_of(f"people.{person}")
        return tuple(
            self.stopped(stop.flow, stop.share, share, f"{title} is away", (ref,))
            for absence in self.absences
            if absence.parts == (f"people.{person}",)
            for stop in absence.stops
        )

    def down(self, element: str) -> tuple[Part, ...]:
        """What is lost while an element that stands alone is down, as often as the model says that it fails."""
        found: list[Part] = []
        for point in self.alone:
            if point.element != element:
                continue
            for stop in point.stops:
                if not stop.at_once:
                    continue
                evidence = Evidence(self.context)
                evidence.note(
                    f"flows.{stop.flow}.worth",
                    self.model.flows[stop.flow].worth,
                    "state what one run is worth",
                )
                if stop.downtime.value is None:
                    evidence.miss(f"{element}.fails", "state how often it fails, and for how long")
                evidence.use(self.subject.figure(f"alone/{element}/{stop.flow}").name)
                title = self.name_of(f"flows.{stop.flow}")
                found.append(
                    Part(
                        f"down/{stop.flow}/{element}",
                        f"{title}: runs that fail while {self.name_of(element)} is down",
                        stop.money,
                        "failed",
                        evidence.inputs,
                        evidence.missing,
                    )
                )
        return tuple(found)

    def stake(self, flows: Iterable[str]) -> tuple[Interval, tuple[str, ...], tuple[str, ...]]:
        """Worth of a month's runs of flows that start: the sum, ledger ids, and what isn't stated."""
        evidence = Evidence(self.context)
        amounts: list[Interval] = []
        for flow in dict.fromkeys(flows):
            if self.model.flows[flow].starts is None:
                continue
            worth = self.model.flows[flow].worth
            evidence.note(f"flows.{flow}.worth", worth, "state what one run is worth")
            start = self.model.flows[flow].starts
            if isinstance(worth, Quantity) and start is not None:
                evidence.note(f"flows.{flow}.starts.rate", start.rate, "state how often it happens")
                amounts.append(worth_of(self.context, self.model.flows[flow]))
        return total(amounts), evidence.inputs, evidence.missing

    # Who and what belongs together

    def flows_of(self, component: str) -> tuple[str, ...]:
        """Flows that start and call a component, or what stands on it."""
        from groma.analyses.reach import reach_of

        name = f"components.{component}"
        return tuple(
            flow
            for flow in self.subject.started
            if name in reach_of(self.context, self.model.flows[flow].steps).stations
        )

    def hand_work(self, caller: str, called: str) -> tuple[str, ...]:
        """Steps that ask a person to carry something from one component to the other: in a flow that works with these
        two alone, all of them; in one that calls both among others, those between the calls; in one that calls the
        second without the first, the one right before that call."""
        found: list[str] = []
        for flow in self.subject.started:
            waiting: list[str] = []
            since = False
            steps = tuple(walk(self.model.flows[flow].steps))
            if {getattr(step.action, "component", None) for step in steps} - {None} == {caller, called}:
                found += [step.path for step in steps if isinstance(step.action, Ask)]
                continue
            for step in steps:
                target = getattr(step.action, "component", None)
                if isinstance(step.action, Ask):
                    waiting.append(step.path)
                elif target == caller:
                    waiting, since = [], True
                elif target == called:
                    found += waiting if since else waiting[-1:]
                    waiting, since = [], False
        return tuple(dict.fromkeys(found))

    @cached_property
    def carried(self) -> Mapping[str, str]:
        """Steps that carry data over a connection by hand, with the connection's name."""
        return {
            path: link.name
            for link in self.model.connections.values()
            if link.by_hand
            for path in self.hand_work(link.from_, link.to)
        }

    def seats_used(self, component: Component) -> Interval:
        """How many people work with it."""
        return total(Interval(n, n, n) for n in (heads(self.model.people[p]) for p in component.used_by))

    def many(self, person: str) -> bool:
        """Whether several people stand under a name."""
        return person in self.model.people and heads(self.model.people[person]) > 1

    def runs(self, flow: str) -> Interval:
        """Runs a month."""
        return runs(self.context, flow)

    def hours(self, path: str) -> Interval:
        """Hours a month of the work at a path."""
        return total(each.hours for each in self.work.get(path, ()))
