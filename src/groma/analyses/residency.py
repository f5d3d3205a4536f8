"""Where data of a class come to be: every component and person that holds or is handed them, and where those are.

An over-approximation, as information flow has to be (Denning 1976): data are where they are held and backed up, on
both ends of every connection that carries them, and at everything that a call handing them over reaches: a nested call
passes on what the operation was handed unless it says itself what it carries. A component is at its own places, else
where its carrier is, else in the jurisdiction that the catalog states for its product. A place nobody knows is missing,
never assumed to be allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.jurisdictions import jurisdiction_of, lies_in
from groma.analyses.standing import settled
from groma.catalog import UnknownEntryError
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.program import Ask, Call, Do, Open, Send, Step, inner_steps


@dataclass(frozen=True, slots=True)
class Stay:
    """One place that data come to: who has them there, how they got there; `place` None when it isn't known."""

    holder: str
    place: str | None
    jurisdiction: str | None
    how: str
    certain: bool = True
    """Whether they come to this place whatever is chosen (False: only with some alternatives of an open choice)."""
    comes: bool = True
    """Whether they come to this holder whatever is chosen, wherever it will stand."""


@dataclass(slots=True)
class Spread:
    """Follows data of one class; `reached` are components and people with how they came to have them."""

    context: Context
    data: frozenset[str]
    reached: dict[tuple[str, str], tuple[str, bool]] = field(
        default_factory=dict[tuple[str, str], tuple[str, bool]]
    )
    _seen: set[tuple[int, bool, bool]] = field(default_factory=set[tuple[int, bool, bool]])

    def all(self) -> None:
        """Everything the data reach in the model."""
        model = self.context.model
        for name in sorted(self.data):
            kind = model.data[name]
            for holder in kind.held_by:
                self.reach("components", holder, f"holds {name}", True)
            if kind.backup is not None and kind.backup.to is not None:
                self.reach("components", kind.backup.to, f"keeps the backup of {name}", True)
        for name in [*model.components, *model.alternatives]:
            for component in self.context.candidates(name):
                for saved in sorted(self.data & component.copies.keys()):
                    sure = settled(self.context, name)
                    self.reach(
                        "components", component.copies[saved].to or name, f"keeps a copy of {saved}", sure
                    )
        for connection in model.connections.values():
            if self.data.intersection(connection.carries):
                for end in (connection.from_, connection.to):
                    section = "people" if end in model.people else "components"
                    self.reach(section, end, f"connection {connection.name} carries them", True)
        for flow in model.flows.values():
            handed = bool(self.data.intersection(flow.carries))
            if handed and flow.by is not None and flow.by not in model.people:
                self.reach("components", flow.by, f"starts flow {flow.name}", True)
            self.steps(flow.steps, handed, True)

    def steps(self, steps: tuple[Step, ...], handed: bool, certain: bool) -> None:
        for step in steps:
            self.step(step, handed, certain)

    def step(self, step: Step, handed: bool, certain: bool) -> None:
        """`handed`: whether the data are handed over by whoever calls here, where the step doesn't say itself."""
        carries = bool(self.data.intersection(step.carries)) if step.carries else handed
        if (id(step), carries, certain) in self._seen:
            return
        self._seen.add((id(step), carries, certain))
        cache = step.policies.cache
        if carries and cache is not None and cache.component is not None:
            self.reach("components", cache.component, f"caches {step.path}", certain)
        match step.action:
            case Call(component, operation) | Send(component, operation):
                if carries:
                    self.reach("components", component, f"called in {step.path}", certain)
                stands = certain and settled(self.context, component)
                for candidate in self.context.candidates(component):
                    offered = candidate.offers.get(operation)
                    if offered is not None:
                        self.steps(offered.steps, carries, stands)
            case Ask(person=person):
                if carries:
                    self.reach("people", person, f"asked in {step.path}", certain)
            case Do(flow):
                there = self.context.model.flows[flow]
                self.steps(there.steps, carries or bool(self.data.intersection(there.carries)), certain)
            case _:
                pass
        if isinstance(step.action, Open):
            branches = self.context.branches(step.action)
            for steps in branches:
                self.steps(steps, carries, certain and step.action.role in self.context.taken)
            outer = {id(steps) for _, steps in step.action.alternatives}
            rest = [steps for _, steps in inner_steps(step) if id(steps) not in outer]
        else:
            rest = [steps for _, steps in inner_steps(step)]
        for steps in rest:
            self.steps(steps, carries, certain)

    def reach(self, section: str, name: str, how: str, certain: bool) -> None:
        known = self.reached.get((section, name))
        if known is None or (certain and not known[1]):
            self.reached[section, name] = (how, certain)

    def stays(self) -> Iterator[Stay]:
        """Everything reached with its places."""
        for (section, name), (how, certain) in sorted(self.reached.items()):
            if section == "people":
                person = self.context.model.people.get(name)
                place = None if person is None else person.place
                yield self._stay(f"people.{name}", place, how, certain, certain)
                continue
            stands = certain and settled(self.context, name)
            for candidate in self.context.candidates(name):
                there = stands and (bool(candidate.place) or _carriers_settled(self.context, candidate))
                for place in places_of(self.context, candidate):
                    yield self._stay(f"components.{name}", place, how, there, certain)

    def _stay(self, holder: str, place: str | None, how: str, certain: bool, comes: bool) -> Stay:
        where = None if place is None else jurisdiction_of(self.context.model, place)
        return Stay(holder, place, where, how, certain, comes)


def _carriers_settled(context: Context, component: Component) -> bool:
    carrier = component.runs_on
    if carrier is None:
        return True
    return settled(context, carrier) and all(
        _carriers_settled(context, c) for c in context.candidates(carrier)
    )


def places_of(context: Context, component: Component) -> tuple[str | None, ...]:
    """Where a component is; (None,) when nobody says."""
    if component.place:
        return component.place
    if component.runs_on is not None:
        found = [p for carrier in context.candidates(component.runs_on) for p in places_of(context, carrier)]
        if found:
            return tuple(dict.fromkeys(found))
    if component.product is not None:
        try:
            return (context.catalog.product(component.product).jurisdiction,)
        except UnknownEntryError:
            return (None,)
    return (None,)


def stays(context: Context, data_class: str) -> tuple[Stay, ...]:
    """Every place that data of a class come to, by holder."""
    names = frozenset(name for name, data in context.model.data.items() if data.class_ == data_class)
    spread = Spread(context, names)
    spread.all()
    return tuple(dict.fromkeys(spread.stays()))


def figure(context: Context, measure: str) -> Figure:
    """`residency/CLASS`: the jurisdictions that data of the class reach, in words."""
    data_class = measure.partition("/")[2]
    evidence = Evidence(context)
    found = stays(context, data_class)
    title = f"Where {data_class} data are"
    if not any(data.class_ == data_class for data in context.model.data.values()):
        reason = f"no data of class `{data_class}` are described"
        return Figure(
            measure, title, "", method="reachability", missing=(f"data.*.class: {reason}",), reason=reason
        )
    for stay in found:
        if stay.jurisdiction is None:
            if stay.place is None:
                evidence.miss(f"{stay.holder}.place", "state where it is")
            else:
                evidence.miss(f"places.{stay.place}.in", "state the jurisdiction around it")
        chain = "not known" if stay.place is None else " in ".join(lies_in(context.model, stay.place))
        evidence.line(f"{stay.holder} ({stay.how})", chain)
    known = sorted({stay.jurisdiction for stay in found if stay.jurisdiction is not None})
    evidence.assume(
        "what is called with the data keeps them where it is; nested calls pass them on unless they say less"
    )
    words = None if evidence.missing else ", ".join(known) if known else "nowhere"
    return Figure(
        measure,
        title,
        "",
        words=words,
        method="reachability",
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason=""
        if words is not None
        else f"known: {', '.join(known) or 'none'}; not known where the rest is",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """How many jurisdictions the data reach: surely, and at most."""
    found = stays(context, measure.partition("/")[2])
    unknown = any(stay.jurisdiction is None for stay in found)
    surely = {stay.jurisdiction for stay in found if stay.certain and stay.jurisdiction is not None}
    reached = {stay.jurisdiction for stay in found if stay.jurisdiction is not None}
    return float(len(surely)), float("inf") if unknown else float(len(reached))


def allowed(context: Context, stay: Stay, within: tuple[str, ...]) -> bool | None:
    """Whether a stay lies within these places; None when it isn't known where it is."""
    if stay.place is None:
        return None
    chain = lies_in(context.model, stay.place)
    if set(chain) & set(within) or "world" in within:
        return True
    return None if stay.jurisdiction is None else False


def outside(
    context: Context, data_class: str, within: tuple[str, ...]
) -> tuple[tuple[Stay, ...], tuple[Stay, ...]]:
    """The stays that break a target whatever is chosen, and those that may: allowed by no word of the model."""
    groups: dict[str, list[Stay]] = {}
    for stay in stays(context, data_class):
        groups.setdefault(stay.holder, []).append(stay)
    surely: list[Stay] = []
    maybe: list[Stay] = []
    for group in groups.values():
        verdicts = [allowed(context, stay, within) for stay in group]
        everywhere = all(verdict is False for verdict in verdicts) and group[0].comes
        for stay, verdict in zip(group, verdicts, strict=True):
            if verdict is False and (stay.certain or everywhere):
                surely.append(stay)
            elif verdict is not True:
                maybe.append(stay)
    return tuple(surely), tuple(maybe)
