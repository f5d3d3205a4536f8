"""On how few people, suppliers and accounts more than half of the value hangs: the minimal sets that stop it.

The truck factor of software teams (Avelino et al., ICPC 2016) asked of a business, in money. A set is taken to be gone
for good: a person with what only they know, a supplier with all that it supplies, an account with what is behind it.
What is left of each flow's runs follows exactly from its program (`structure`, draws weighed by their shares), and is
weighed by what the runs are worth in a month (`Flow.worth` times its rate; people's time is a cost, no value). Every
set of up to three heads, suppliers and accounts is tried, small ones first, so that the list is complete that far.

- a question is answered by whom it asks, or by anybody who knows what it needs; one that needs no stated knowledge and
  approves nothing by anybody
- a component goes on while its supplier and whoever it is registered to are there, its one administrator where it has
  but one, and somebody who knows what it needs

The figures: `hangs/SET/share` is the share of the value that a set stops, `hangs/SET/month` what that is worth,
`hangs/sets` how many minimal sets there are, `hangs/fewest` the size of the smallest. A set is written
`people.ana+suppliers.x`.
Where no flow says what a run is worth, flows can be counted alike: `hangs/alike/SET/share`, `hangs/alike/sets`, ...
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from groma.analyses.availability.figures import DRAW, read
from groma.analyses.context import Context
from groma.analyses.dependence import able, worth_of
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, point
from groma.analyses.reach import heads
from groma.analyses.single_points import CREDENTIALS
from groma.analyses.structure.parts import Parts, both, either
from groma.analyses.structure.redundancy import beneath
from groma.analyses.structure.weakness import Losses
from groma.model.elements import Component, Connection
from groma.model.figure import Figure
from groma.model.printed import format_quantity
from groma.model.program import Ask
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import ALWAYS, Event, Formula

METHOD = "every set of up to three tried on the programs"
HALF = 0.5
ALIKE = "alike/"
LARGEST_SET = 3
MOST_TRIED = 50_000
"""Sets that are tried at the most: beyond, larger ones aren't looked for, and the figures say so."""


class Left(Parts):
    """What is left when people, suppliers and accounts are gone for good; machines and places stay as they are."""

    def up(self, name: str) -> Formula:
        needed: dict[str, Formula] = {}
        seen: set[str] = set()
        todo = [name]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                for component in self._candidates(here):
                    needed.update(self._needs(component))
                    todo += beneath(self.context, component)
        return both(*(needed[key] for key in sorted(needed)))

    def connected(self, connection: Connection) -> Formula:
        del connection
        return ALWAYS

    def asked(self, ask: Ask) -> Formula:
        model = self.context.model
        if not ask.needs_knowledge and not ask.approves:
            return ALWAYS
        return either(*(self._person(name) for name in able(model, ask)))

    def _needs(self, component: Component) -> Iterator[tuple[str, Formula]]:
        """What a component can't go on without, by a key for each."""
        model, name = self.context.model, component.name
        if component.kind.lower() in CREDENTIALS:
            yield f"account {name}", self._there(f"components.{name}")
        if component.supplier is not None:
            yield f"supplier {component.supplier}", self._there(f"suppliers.{component.supplier}")
        if component.registered_to in model.suppliers:
            yield f"supplier {component.registered_to}", self._there(f"suppliers.{component.registered_to}")
        if component.registered_to in model.people:
            yield f"name {component.registered_to}", self._person(component.registered_to)
        if sum(heads(model.people[holder]) for holder in component.holders) == 1:
            yield f"holder {name}", self._person(component.holders[0])
        wanted = set(component.needs_knowledge)
        knowing = [n for n, person in model.people.items() if wanted and wanted <= set(person.knows)]
        if knowing:
            yield f"knowledge {name}", either(*(self._person(n) for n in knowing))

    def _person(self, name: str) -> Formula:
        person = self.context.model.people[name]
        if heads(person) > LARGEST_SET:
            return ALWAYS
        there = self._there(f"people.{name}")
        return (
            there if person.works_for is None else both(there, self._there(f"suppliers.{person.works_for}"))
        )

    def _there(self, path: str) -> Formula:
        self.chances[path] = point(0.5)  # only whether it is there is ever asked
        return Event(path)


@dataclass(frozen=True, slots=True)
class Stake:
    """A flow with the worth of its runs in a month and the elements that can stop some of them."""

    flow: str
    worth: Interval
    stopped_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Set:
    """Elements that stop more than half of the value: which share of it, and of each flow's runs."""

    elements: tuple[str, ...]
    share: Interval
    lost: Mapping[str, float]

    @property
    def name(self) -> str:
        return "+".join(self.elements)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Every minimal set of up to `searched` heads; `unvalued` are flows whose worth or rate isn't known."""

    sets: tuple[Set, ...]
    searched: int
    stakes: tuple[Stake, ...]
    unvalued: tuple[str, ...]
    reason: str = ""


def hanging(context: Context, alike: bool = False) -> Hanging:
    """The minimal sets of a closed model, small ones first, then by name. Worked out once for a context.

    With `alike` every flow that starts by itself counts as much as any other, whatever its runs are worth.
    """
    memo = f"hanging {alike}"
    known: Hanging | None = context.memo.get(memo)
    if known is None:
        known = context.memo[memo] = _hanging(context, alike)
    return known


def share_stopped(lost: Sequence[float], worth: Sequence[Interval]) -> Interval:
    """The share of the whole worth that is lost, each flow losing `lost` of its own worth.

    A weighted mean of the losses whose weights lie between known ends is least when the flows that lose least weigh
    most and the others least, for one of the n ways to cut the sorted list before its last; the greatest likewise.
    """
    order = sorted(range(len(lost)), key=lambda i: (lost[i], i))

    def mean(heavy: set[int]) -> float:
        weights = [worth[i].high if i in heavy else worth[i].low for i in order]
        whole = math.fsum(weights)
        return (
            math.fsum(w * lost[i] for w, i in zip(weights, order, strict=True)) / whole if whole > 0 else 0.0
        )

    cuts = range(len(order))
    nominal = [w.value or 0.0 for w in worth]
    whole = math.fsum(nominal)
    value = math.fsum(w * each for w, each in zip(nominal, lost, strict=True)) / whole if whole > 0 else None
    least = min(mean(set(order[:cut])) for cut in cuts)
    most = max(mean(set(order[cut:])) for cut in cuts)
    return (
        Interval(least, value, most)
        if value is None
        else Interval(min(least, value), value, max(most, value))
    )


def _hanging(context: Context, alike: bool) -> Hanging:
    stakes: list[Stake] = []
    losses: dict[str, Losses] = {}
    unvalued: list[str] = []
    for name, flow in context.model.flows.items():
        if flow.starts is None:
            continue
        worth = point(1.0) if alike else worth_of(context, flow)
        if not worth.known:
            unvalued.append(name)
            continue
        reading = read(context, name, True, Evidence(context), Left)
        if not reading.exact:
            return Hanging((), 0, (), (), f"the program of {name} isn't read exactly (draws inside a loop)")
        losses[name] = Losses(reading)
        if losses[name].share(()) is None:
            return Hanging((), 0, (), (), f"{name}: the share of a branch isn't known, or there are too many")
        stakes.append(Stake(name, worth, frozenset(e for e in reading.chances if not e.startswith(DRAW))))
    if math.fsum(stake.worth.value or 0.0 for stake in stakes) <= 0.0:
        return Hanging((), 0, tuple(stakes), tuple(unvalued), "no flow says what one run is worth")
    return _searched(context, stakes, losses, tuple(unvalued))


def _searched(
    context: Context, stakes: list[Stake], losses: Mapping[str, Losses], unvalued: tuple[str, ...]
) -> Hanging:
    elements = sorted(frozenset[str]().union(*(stake.stopped_by for stake in stakes)))
    sizes = {element: _size(context, element) for element in elements}
    memo: dict[tuple[str, frozenset[str]], float] = {}

    def lost(stake: Stake, gone: frozenset[str]) -> float:
        key = (stake.flow, gone & stake.stopped_by)
        if key not in memo:
            memo[key] = losses[stake.flow].share(tuple(sorted(key[1]))) or 0.0
        return memo[key]

    found: list[Set] = []
    tried = 0
    for size in range(1, LARGEST_SET + 1):
        tried += math.comb(len(elements), size)
        if tried > MOST_TRIED:
            return Hanging(tuple(found), size - 1, tuple(stakes), unvalued)
        for some in combinations(elements, size):
            gone = frozenset(some)
            if sum(sizes[e] for e in some) > LARGEST_SET or any(gone >= set(s.elements) for s in found):
                continue
            each = {stake.flow: lost(stake, gone) for stake in stakes}
            share = share_stopped(list(each.values()), [stake.worth for stake in stakes])
            if share.value is not None and share.value > HALF:
                found.append(Set(some, share, each))
    found.sort(key=lambda s: (sum(sizes[e] for e in s.elements), s.elements))
    return Hanging(tuple(found), LARGEST_SET, tuple(stakes), unvalued)


def _size(context: Context, element: str) -> int:
    """How many heads it is: a team is gone only when all of them are."""
    section, _, name = element.partition(".")
    return heads(context.model.people[name]) if section == "people" else 1


def size_of(context: Context, some: Set) -> int:
    """Heads, suppliers and accounts in a set."""
    return sum(_size(context, element) for element in some.elements)


def figure(context: Context, measure: str) -> Figure:
    """One of the figures above. Raises ValueError for a set that doesn't stop more than half of the value."""
    what = measure.removeprefix("hangs/")
    alike = what.startswith(ALIKE)
    what = what.removeprefix(ALIKE)
    found = hanging(context, alike)
    if not context.closed:
        return Figure(measure, "On how few the value hangs", "1", reason="choices of the design are open")
    if what in ("sets", "fewest"):
        return _count(context, measure, found)
    name, _, of = what.partition("/")
    for some in found.sets:
        if some.name == name and (of == "share" or (of == "month" and not alike)):
            return _of_set(context, measure, found, some, of == "month")
    raise ValueError(f"`{measure}` isn't known: nothing of that name stops more than half of the value")


def _count(context: Context, measure: str, found: Hanging) -> Figure:
    evidence = _evidence(context, found, measure)
    of = "flows, counted alike" if _alike(measure) else "value"
    if measure.endswith("sets"):
        title, value = f"Minimal sets that stop more than half of the {of}", float(len(found.sets))
    else:
        title = f"Fewest people, suppliers and accounts that stop more than half of the {of}"
        value = float(min((size_of(context, s) for s in found.sets), default=0))
    for some in found.sets:
        evidence.line(
            some.name,
            format_quantity((some.share.value or 0.0) * 100, "%"),
            f"hangs/{ALIKE * _alike(measure)}{some.name}",
        )
    if found.reason:
        return Figure(measure, title, "1", method=METHOD, missing=evidence.missing, reason=found.reason)
    if not found.sets and measure.endswith("fewest"):
        words = f"more than {found.searched}"
        return Figure(
            measure, title, "1", words=words, method=METHOD, inputs=evidence.inputs, valid=evidence.valid,
            derivation=tuple(evidence.lines), missing=evidence.missing,
        )  # fmt: skip
    return Figure(
        measure, title, "1", value, value, value, method=METHOD, inputs=evidence.inputs, valid=evidence.valid,
        derivation=tuple(evidence.lines), missing=evidence.missing,
    )  # fmt: skip


def _of_set(context: Context, measure: str, found: Hanging, some: Set, month: bool) -> Figure:
    evidence = _evidence(context, found, measure)
    alike = _alike(measure)
    for stake in found.stakes:
        percent = format_quantity(some.lost[stake.flow] * 100, "%")
        if alike:
            evidence.line(f"{stake.flow}: of its runs stop", percent)
        else:
            evidence.line(
                f"{stake.flow}: {percent} of its runs stop, worth a month", _told(context, stake.worth)
            )
    whole = some.share
    what = "flows, counted alike," if alike else "value"
    title, unit = f"Share of the {what} that stops without {' and '.join(some.elements)}", "1"
    if month:
        whole = point(0.0)
        for stake in found.stakes:
            whole = whole + stake.worth.scaled(some.lost[stake.flow])
        title = f"Worth a month of the runs that stop without {' and '.join(some.elements)}"
        unit = f"{context.model.currency}/month"
    return Figure(
        measure, title, unit, whole.value, whole.low, whole.high, method=METHOD, inputs=evidence.inputs,
        derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
    )  # fmt: skip


def _told(context: Context, worth: Interval) -> str:
    return format_quantity(worth.value or 0.0, f"{context.model.currency}/month")


def _alike(measure: str) -> bool:
    return measure.startswith(f"hangs/{ALIKE}")


def _evidence(context: Context, found: Hanging, measure: str) -> Evidence:
    evidence = Evidence(context)
    if _alike(measure):
        evidence.assume("who or what is gone is gone for good; people know what `knows` says and no more")
        evidence.assume("every flow counts as much as any other")
        return evidence
    for stake in found.stakes:
        flow = context.model.flows[stake.flow]
        evidence.note(f"flows.{stake.flow}.worth", flow.worth)
        evidence.note(f"flows.{stake.flow}.starts.rate", None if flow.starts is None else flow.starts.rate)
    for name in found.unvalued:
        flow = context.model.flows[name]
        if not isinstance(flow.worth, Quantity):
            evidence.miss(f"flows.{name}.worth", "state what one run is worth (0 if nothing)")
        else:
            evidence.miss(f"flows.{name}.starts.rate", "state how often it starts")
    evidence.assume("who or what is gone is gone for good; people know what `knows` says and no more")
    if found.unvalued:
        evidence.assume(f"of {len(found.stakes)} flows of {len(found.stakes) + len(found.unvalued)}: the others "
                        "don't say what a run is worth")  # fmt: skip
    if not found.reason:
        evidence.assume(f"sets of at most {found.searched} are listed")
    return evidence


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()
