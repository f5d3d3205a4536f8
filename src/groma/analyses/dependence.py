"""What a business hangs on beside machines: people, what only they know, and suppliers.

Read with the structure functions of outages: a person who is asked, or a supplier of what is called, is a part that
may be away, and everything else works. A question that states what must be known can be answered by anybody who knows
it; a team of alike people is away only when all of them are. The minimal sets of absences come with the share of each
flow's runs that they stop and with what these runs are worth in a month.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.prices import exchange
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, mean_of, point
from groma.analyses.reach import heads
from groma.analyses.structure.parts import Parts, both, either
from groma.analyses.structure.redundancy import beneath
from groma.analyses.structure.weakness import weak_sets
from groma.model.elements import Connection, Flow, Model, Person
from groma.model.model_programs import programs
from groma.model.program import Ask, walk
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import ALWAYS, Event, Formula

LARGEST_SET = 2


@dataclass(frozen=True, slots=True)
class Stopped:
    """A flow that an absence stops: `share` of its runs, worth `money` a month (ends infinite where it isn't known)."""

    flow: str
    share: float
    money: Interval


@dataclass(frozen=True, slots=True)
class Absence:
    """People and suppliers (`people.ana`, `suppliers.x`) whose joint absence stops flows, with all that is at stake."""

    parts: tuple[str, ...]
    stops: tuple[Stopped, ...]

    @property
    def money(self) -> Interval:
        """Worth of the stopped runs a month."""
        result = ZERO
        for stopped in self.stops:
            result = result + stopped.money
        return result


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Something that must be known: who knows it, how many people that is, and where it is needed."""

    topic: str
    known_by: tuple[str, ...]
    people: int
    needed_for: tuple[str, ...]


class People(Parts):
    """People and suppliers as the parts that may be away."""

    def up(self, name: str) -> Formula:
        suppliers: set[str] = set()
        seen: set[str] = set()
        todo = [name]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                for component in self._candidates(here):
                    suppliers.update(() if component.supplier is None else (component.supplier,))
                    todo += beneath(self.context, component)
        return both(*(self._away(f"suppliers.{supplier}") for supplier in sorted(suppliers)))

    def connected(self, connection: Connection) -> Formula:
        del connection
        return ALWAYS

    def asked(self, ask: Ask) -> Formula:
        return either(
            *(self._anybody(self.context.model.people[name]) for name in able(self.context.model, ask))
        )

    def _anybody(self, person: Person) -> Formula:
        count = heads(person)
        if count == 1:
            return self._away(f"people.{person.name}")
        if count > LARGEST_SET + 1:
            return ALWAYS
        return either(*(self._away(f"people.{person.name}#{n + 1}") for n in range(count)))

    def _away(self, name: str) -> Formula:
        self.chances[name] = point(0.5)
        return Event(name)


def able(model: Model, ask: Ask) -> list[str]:
    """Who can do what is asked: whom it asks, and where knowledge is stated everybody who has all of it."""
    wanted = set(ask.needs_knowledge)
    others = [n for n, p in model.people.items() if wanted and n != ask.person and wanted <= set(p.knows)]
    return [ask.person, *others]


def absences(context: Context, largest: int = LARGEST_SET) -> tuple[Absence, ...]:
    """Minimal sets of people and suppliers whose absence stops runs of a flow that starts, what is worth most first."""
    found: dict[tuple[str, ...], list[Stopped]] = {}
    for name, flow in context.model.flows.items():
        if flow.starts is None:
            continue
        worth = worth_of(context, flow)
        for weak in weak_sets(context, name, largest, People):
            share = 1.0 if weak.lost is None else weak.lost
            found.setdefault(weak.parts, []).append(Stopped(name, share, worth.scaled(share)))
    result = [Absence(parts, tuple(stops)) for parts, stops in found.items()]
    return tuple(sorted(result, key=lambda each: (len(each.parts), -each.money.low, each.parts)))


def worth_of(context: Context, flow: Flow) -> Interval:
    """What the runs of a flow are worth in a month, in the model's currency; nothing is known where it isn't stated."""
    if not isinstance(flow.worth, Quantity):
        return NOTHING_KNOWN
    change, _ = exchange(context, flow.worth.unit.currency, [])
    return runs(context, flow.name) * mean_of(flow.worth) * change


def knowledge(context: Context) -> tuple[Knowledge, ...]:
    """Every topic that an ask or a component needs, with who knows it, by how few know it."""
    needed: dict[str, dict[str, None]] = {}
    for _, steps in programs(context.model):
        for step in walk(steps):
            if isinstance(step.action, Ask):
                for topic in step.action.needs_knowledge:
                    needed.setdefault(topic, {})[step.path] = None
    for name in [*context.model.components, *context.model.alternatives]:
        for component in context.candidates(name):
            for topic in component.needs_knowledge:
                needed.setdefault(topic, {})[f"components.{name}"] = None
    result: list[Knowledge] = []
    for topic, places in needed.items():
        known_by = tuple(sorted(n for n, p in context.model.people.items() if topic in p.knows))
        people = sum(heads(context.model.people[name]) for name in known_by)
        result.append(Knowledge(topic, known_by, people, tuple(places)))
    return tuple(sorted(result, key=lambda each: (each.people, each.topic)))
