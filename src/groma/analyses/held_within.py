"""Pools, and threads of components, that are asked for while a run already holds one of them.

Each run that holds a unit and waits for one more keeps what it has. Once every unit is held by somebody who waits, no
one goes on, and nobody ever will (hold and wait, with a circle of one: Coffman, Elphick and Shoshani, System Deadlocks,
ACM Computing Surveys 1971). With c units of which each run wants d at once, c / (d - 1) runs, rounded up, are enough,
and no more than (c - 1) / (d - 1), rounded down, are safe (Habermann, Prevention of System Deadlocks, CACM 1969).

A time limit ends it: one between taking the first and waiting for the next, or one around the first in the same
program. Work whose caller gave up goes on and keeps its thread, so that limits around a call don't end what it came to,
unless its operation cancels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groma.analyses.context import Context
from groma.analyses.outcome.call import holds_on
from groma.analyses.reach import decided, servers
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.model_programs import programs
from groma.model.program import Call, Do, Hold, Open, Parallel, Send, Step, inner_steps
from groma.model.program import walk as inside
from groma.model.quantity import Quantity

MANY = float("inf")


@dataclass(frozen=True, slots=True)
class Within:
    """A station that a run asks for at one step while it holds `depth` - 1 of its `units`, taken at other steps."""

    component: str
    units: int
    depth: int
    """Units that one run then wants at once."""
    first: Step
    step: Step
    way: tuple[str, ...] = ()
    """Operations and flows between the two, outermost first."""
    runs: float = MANY
    """The most runs that may be at it at once."""

    @property
    def told(self) -> str:
        """What may happen, in a sentence without its end."""
        runs = (
            "one run waits for itself"
            if self.enough == 1
            else f"{self.enough} runs at once wait for each other"
        )
        return (
            f"{self.component} is asked for at {self.step.path} while {self.first.path} holds it: with"
            f" {self.units} of it, {runs} for ever"
        )

    @property
    def enough(self) -> int:
        """Runs at once that may bring each other to a standstill."""
        return -(-self.units // (self.depth - 1))


@dataclass(frozen=True, slots=True)
class _Unit:
    component: str
    units: int
    step: Step
    limited: bool
    depth: int
    """Calls and flows that the way had when it was taken."""


@dataclass(slots=True)
class _Walk:
    context: Context
    found: dict[tuple[str, str], Within] = field(default_factory=dict[tuple[str, str], Within])
    seen: set[object] = field(default_factory=set[object])

    def sequence(
        self,
        steps: tuple[Step, ...],
        held: tuple[_Unit, ...],
        way: tuple[str, ...],
        limited: bool,
        runs: float,
    ) -> None:
        """Some steps, begun while these units are held; `limited`: something around them, in the same program, has a
        time limit."""
        key = (id(steps), tuple((u.component, u.limited) for u in held), limited, runs)
        if not steps or key in self.seen:
            return
        self.seen.add(key)
        for step in steps:
            self.step(step, held, way, limited, runs)

    def step(
        self, step: Step, held: tuple[_Unit, ...], way: tuple[str, ...], limited: bool, runs: float
    ) -> None:
        policies, action = step.policies, step.action
        outside = (held, way, limited, runs)
        if policies.timeout is not None or policies.deadline is not None:
            limited, held = True, tuple(replace(unit, limited=True) for unit in held)
        if (
            limited
            or policies.hedge is not None
            or policies.retry is not None
            or isinstance(action, Parallel)
        ):
            runs = MANY  # attempts that were given up, or branches, may be at it beside
        own = held
        match action:
            case Hold(component):
                own = self.taken(component, step, held, way, limited, runs)
            case Call(component, operation) | Send(component, operation):
                self.called(step, component, operation, isinstance(action, Call), held, way, limited, runs)
            case Do(flow):
                steps = self.context.model.flows[flow].steps
                self.sequence(steps, held, (*way, flow), limited, runs)
            case Open():
                for steps in self.context.branches(action):
                    self.sequence(steps, held, way, limited, runs)
            case _:
                pass
        for word, steps in inner_steps(step):
            if word in ("fallback", "compensate"):
                self.sequence(steps, *outside)
            elif isinstance(action, Hold) and steps is action.steps:
                self.sequence(steps, own, way, limited, _fewest(runs, own[len(held) :]))
            elif not isinstance(action, Open):
                self.sequence(steps, held, way, limited, runs)

    def called(
        self, step: Step, name: str, operation: str, waits: bool, held: tuple[_Unit, ...], way: tuple[str, ...],
        limited: bool, runs: float,
    ) -> None:  # fmt: skip
        """What an operation does, while its thread is held; whoever only sends holds nothing meanwhile."""
        for component in self.context.candidates(name):
            offered = component.offers.get(operation)
            if offered is None:
                continue
            before = held if waits else ()
            there = limited and offered.cancels and waits
            own = self.taken(name, step, before, way, there, runs)
            inside = (
                own if holds_on(component, offered) else (before if offered.answers == "when done" else ())
            )
            now = _fewest(runs if waits and not limited else MANY, inside[len(before) :])
            self.sequence(offered.steps, inside, (*way, f"{name}.{operation}"), there, now)

    def taken(
        self, name: str, step: Step, held: tuple[_Unit, ...], way: tuple[str, ...], limited: bool, runs: float
    ) -> tuple[_Unit, ...]:
        """The units that are held once one more is taken; a hit where some of the same are."""
        mine = [unit for unit in held if unit.component == name and not unit.limited]
        counts = [n for c in self.context.candidates(name) if (n := servers(c)) is not None]
        if not counts:
            return held
        units = min(counts)
        if mine and not limited:
            hit = Within(name, units, len(mine) + 1, mine[0].step, step, way[mine[0].depth :], runs)
            key = (name, hit.first.path)
            known = self.found.get(key)
            if (known is None or known.depth < hit.depth) and hit.runs >= hit.enough:
                self.found[key] = hit
        return (*held, _Unit(name, units, step, limited, len(way)))


def held_within(context: Context) -> tuple[Within, ...]:
    """Every step at which a run asks for what it holds already, with nothing that ends its wait; worked out once."""
    key = ("held within", context.narrowed(context.left))
    known: tuple[Within, ...] | None = context.memo.get(key)
    if known is None:
        walk = _Walk(context)
        flows = context.model.flows
        done = {
            s.action.flow for _, p in programs(context.model) for s in inside(p) if isinstance(s.action, Do)
        }
        for name, flow in flows.items():
            if flow.starts is not None or name not in done:
                walk.sequence(flow.steps, (), (), False, _at_once(context, name))
        known = tuple(found for _, found in sorted(walk.found.items()))
        context.memo[key] = known
    return known


def standing_still(context: Context) -> Mapping[str, Within]:
    """Stations of which all units may come to be held by those who wait for one more; none while choices are open that
    may keep it from happening."""
    found: dict[str, Within] = {}
    if not decided(context):
        return found
    for within in held_within(context):
        found.setdefault(f"components.{within.component}", within)
    return found


def may_stand_still(model: Model, catalog: Catalog) -> tuple[str, ...]:
    """How runs of a model may come to wait for each other for ever, a sentence each without its end."""
    context = Context(model, catalog, Ledger(model.digest), served_times=False)
    return tuple(within.told for within in held_within(context))


def _at_once(context: Context, flow: str) -> float:
    """The most runs of a flow at once: only customers of a fixed number limit them, where it alone comes to be."""
    own = context.model.flows[flow].starts
    others = [f for f in context.model.flows.values() if f.starts is not None and f.name != flow]
    if own is None or not own.closed or others or not isinstance(own.population, Quantity):
        return MANY
    return own.population.high


def _fewest(runs: float, taken: tuple[_Unit, ...]) -> float:
    """The most runs at once inside what they have just taken, as long as it isn't given up before."""
    return min([runs, *(unit.units for unit in taken if not unit.limited)])
