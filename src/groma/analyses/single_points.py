"""One list of what stands alone, of every kind: parts, places, suppliers, connections, credentials, people, data.

A flow is read with everything that it needs as a part that may be away, also what nobody says fails (a supplier, a
zone, a line, a person who is asked); minimal cut sets of order one are its single points of failure. To these come
people who alone can keep alive what a flow needs, or alone hold a credential (they stop it when it fails next), and
data of which no copy is described (what is lost is lost). What a row costs is known where it is stated how often the
thing fails.
The figures of the list are in `alone`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.dependence import able, worth_of
from groma.analyses.dependence_hours import needed, only_one
from groma.analyses.interval import ANY_SHARE, NOTHING_KNOWN, ZERO, Interval
from groma.analyses.reach import heads, reach_of
from groma.analyses.recovery.copies import copies_of
from groma.analyses.structure.parts import Parts, either
from groma.analyses.structure.redundancy import beneath, shared, up_share
from groma.analyses.structure.weakness import weak_sets
from groma.model.elements import Connection, Failure, Place
from groma.model.month import SECONDS_PER_MONTH
from groma.model.position import Position
from groma.model.program import Ask
from groma.model.quantity import Quantity
from groma.solvers.faulttrees import ALWAYS, Formula

KINDS = ("part", "place", "supplier", "connection", "credential", "person", "data")
CREDENTIALS = frozenset(
    {
        "credential",
        "credentials",
        "certificate",
        "key",
        "secret",
        "token",
        "licence",
        "license",
        "account",
        "domain",
    }
)
"""Kinds of component that are something one must have or know, rather than something that runs."""
NOT_STATED = "nobody says how often it fails"
TAKEOVER = "#takeover"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A flow that a single point stops: the share of runs `lost` while it is away, and for how long in a month."""

    flow: str
    lost: float | None
    downtime: Interval
    money: Interval
    at_once: bool = True
    """False where it stops the flow only when something it keeps alive fails next."""


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """An element that stands alone. `element` is its path, `outage` how long one loss lasts (path and quantity)."""

    element: str
    kind: str
    why: str
    at: Position | None
    stops: tuple[Stopped, ...]
    outage: tuple[str, Quantity] | None = None

    @property
    def money(self) -> Interval:
        """Worth of the runs it costs in a month."""
        whole = ZERO
        for stopped in self.stops:
            whole = whole + stopped.money
        return whole


class Everything(Parts):
    """Parts as `availability` reads them, and beside them all that nobody says fails."""

    def connected(self, connection: Connection) -> Formula:
        return self._away(f"connections.{connection.name}", connection.fails)

    def asked(self, ask: Ask) -> Formula:
        people = self.context.model.people
        names = able(self.context.model, ask)
        if sum(heads(people[name]) for name in names) > 1:
            return ALWAYS
        return either(*(self._away(f"people.{name}", None) for name in names))

    def _stands(self, place: Place) -> Formula:
        return ALWAYS if place.kind == "jurisdiction" else self._away(f"places.{place.name}", place.fails)

    def _supplier(self, name: str) -> Formula:
        supplier = self.context.model.suppliers.get(name)
        return self._away(f"suppliers.{name}", None if supplier is None else supplier.fails)

    def _away(self, path: str, fails: Failure | None) -> Formula:
        return self._event(path, ANY_SHARE if fails is None else up_share(self.evidence, path, fails))


def single_points(context: Context) -> tuple[SinglePoint, ...]:
    """Every single point of failure of the flows that start: what costs most first, then by kind and name."""
    key = ("single points", context.narrowed(context.left))
    known: tuple[SinglePoint, ...] | None = context.memo.get(key)
    if known is None:
        found: dict[str, SinglePoint] = {}
        for point in (*_cut_sets_of_one(context), *_keepers(context), *_data(context)):
            before = found.get(point.element)
            found[point.element] = point if before is None else _joined(before, point)
        known = context.memo[key] = tuple(sorted(found.values(), key=_rank))
    return known


def _joined(a: SinglePoint, b: SinglePoint) -> SinglePoint:
    """One row of two reasons; where both stop a flow, what stops it at once counts."""
    stops = {s.flow: s for s in (*b.stops, *a.stops)}
    return replace(a, why="; ".join(why for why in (a.why, b.why) if why), stops=tuple(stops.values()))


def _rank(point: SinglePoint) -> tuple[float, float, int, str]:
    downtime = max((s.downtime.value or 0.0 for s in point.stops), default=0.0)
    return (-(point.money.value or 0.0), -downtime, KINDS.index(point.kind), point.element)


def _cut_sets_of_one(context: Context) -> Iterator[SinglePoint]:
    """What no flow goes on without; replicas of one component are one."""
    found: dict[str, dict[str, Stopped]] = {}
    parts: dict[str, set[str]] = {}
    for name, flow in context.model.flows.items():
        if flow.starts is None:
            continue
        worth = worth_of(context, flow)
        for weak in weak_sets(context, name, 1, Everything):
            part = weak.parts[0]
            if part.endswith(TAKEOVER):
                continue
            element = part.partition("#")[0]
            parts.setdefault(element, set()).add(part)
            stopped = _stopped(name, weak.lost, weak.down, worth)
            before = found.setdefault(element, {}).get(name)
            found[element][name] = stopped if before is None else _added(before, stopped)
    for element, flows in found.items():
        outage, fails = _outage(context, element)
        why = "" if fails else "nobody else is able" if element.startswith("people.") else NOT_STATED
        yield SinglePoint(
            element, _kind(context, element), _shared(parts[element]) or why, _at(context, element),
            tuple(flows.values()), outage,
        )  # fmt: skip


def _stopped(flow: str, lost: float | None, down: float | None, worth: Interval) -> Stopped:
    if lost is None or down is None:
        return Stopped(flow, lost, NOTHING_KNOWN, NOTHING_KNOWN)
    share = lost * down
    seconds = share * SECONDS_PER_MONTH
    return Stopped(flow, lost, Interval(seconds, seconds, seconds), worth.scaled(share))


def _added(a: Stopped, b: Stopped) -> Stopped:
    """Two parts of one element: while either is away the larger share of runs is lost; their times add up."""
    lost = None if a.lost is None or b.lost is None else max(a.lost, b.lost)
    return Stopped(a.flow, lost, a.downtime + b.downtime, a.money + b.money)


def _shared(parts: set[str]) -> str:
    """What is said of replicas: that a cause takes them all, or that each is needed."""
    if all(shared(part) for part in parts):
        return "a common cause takes all replicas"
    return f"each of its {len(parts)} replicas is needed" if len(parts) > 1 else ""


def _keepers(context: Context) -> Iterator[SinglePoint]:
    """People who alone can keep alive a component that a flow needs, or alone hold a credential."""
    model = context.model
    kept: dict[str, dict[str, str]] = {}
    for need in needed(model):
        who = None if need.asked is not None else only_one(model, need)
        if who is not None:
            component = need.element.removeprefix("components.")
            kept.setdefault(who, {})[component] = f"alone knows {', '.join(need.topics)}"
    for component in model.components.values():
        held = component.kind.lower() in CREDENTIALS and component.owner in model.people
        if held and not component.needs_knowledge and heads(model.people[component.owner or ""]) == 1:
            kept.setdefault(component.owner or "", {})[component.name] = (
                f"alone holds {component.title or component.name}"
            )
    for who, components in kept.items():
        flows = [flow for flow in started(context) if components.keys() & _used(context, flow)]
        if flows:
            stops = tuple(Stopped(flow, None, NOTHING_KNOWN, NOTHING_KNOWN, at_once=False) for flow in flows)
            why = "; ".join(dict.fromkeys(components.values()))
            yield SinglePoint(f"people.{who}", "person", why, model.people[who].at, stops)


def _data(context: Context) -> Iterator[SinglePoint]:
    """Data held in one place of which no copy is described, where a flow needs what holds them."""
    for data in context.model.data.values():
        if data.class_ == "public" or len(data.held_by) != 1 or copies_of(context, data):
            continue
        flows = [flow for flow in started(context) if data.held_by[0] in _used(context, flow)]
        if flows:
            stops = tuple(Stopped(flow, None, NOTHING_KNOWN, NOTHING_KNOWN, at_once=False) for flow in flows)
            why = "no copy is described: what is lost is lost"
            yield SinglePoint(f"data.{data.name}", "data", why, data.at, stops)


def _used(context: Context, flow: str) -> set[str]:
    """Components that a flow calls or holds, and all that these stand on and depend on."""
    stations = reach_of(context, context.model.flows[flow].steps).stations
    todo = [name.removeprefix("components.") for name in stations if name.startswith("components.")]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [under for c in context.candidates(name) for under in beneath(context, c)]
    return found


def started(context: Context) -> Iterator[str]:
    """Names of the flows that start by themselves."""
    yield from (name for name, flow in context.model.flows.items() if flow.starts is not None)


def _kind(context: Context, element: str) -> str:
    section, _, name = element.partition(".")
    if section == "components":
        kinds = {c.kind.lower() for c in context.candidates(name)}
        return "credential" if kinds and kinds <= CREDENTIALS else "part"
    return {"places": "place", "suppliers": "supplier", "connections": "connection", "people": "person"}[
        section
    ]


def _at(context: Context, element: str) -> Position | None:
    section, _, name = element.partition(".")
    return getattr(getattr(context.model, section).get(name), "at", None)


def _outage(context: Context, element: str) -> tuple[tuple[str, Quantity] | None, bool]:
    """How long one loss lasts, where it is stated, and whether anything is said of how it fails."""
    section, _, name = element.partition(".")
    fails: Failure | None = getattr(getattr(context.model, section).get(name), "fails", None)
    if fails is None:
        return None, False
    stated = isinstance(fails.repaired_in, Quantity)
    return (
        (f"{element}.fails.repaired_in", fails.repaired_in) if stated and fails.repaired_in else None
    ), True
