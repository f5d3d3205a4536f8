"""What a run holds when it asks for one unit more: of pools and of threads, on every way through a model.

Kept are the steps at which nothing ends the wait. A time limit ends it: one between taking the first and waiting for
the next, or one around the first in the same program. Work whose caller gave up goes on and keeps its thread, so that
limits around a call don't end what it came to, unless its operation cancels.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile

from groma.analyses.context import Context
from groma.analyses.outcome.call import holds_on
from groma.analyses.reach import servers
from groma.model.model_programs import programs
from groma.model.program import Call, Do, Hold, Open, Parallel, Send, Step, inner_steps
from groma.model.program import walk as inside
from groma.model.quantity import Quantity

MANY = float("inf")


@dataclass(frozen=True, slots=True)
class Held:
    """A unit that a run holds. Without a component it is a customer, of whom there are so many, or a fork."""

    component: str
    units: float
    """How many there are of it."""
    step: Step
    depth: int
    """Calls and flows that the way had when it was taken."""
    limited: bool = False
    """Whether something gives it back after a time, whatever happens inside."""
    branch: int | None = 0
    """Of a fork: which branch follows; None: one of any number, which may go on when what is around them has ended."""

    @property
    def fork(self) -> bool:
        """Whether several may be at once at what follows."""
        return self.units == MANY


@dataclass(frozen=True, slots=True)
class Asking:
    """A step at which a run waits for a unit, and what it keeps meanwhile, outermost first."""

    component: str
    units: int
    places: float
    """How many can wait at once; others are turned away."""
    step: Step
    way: tuple[str, ...]
    held: tuple[Held, ...]

    @property
    def runs(self) -> float:
        """The most runs that may be here at once, since what they hold lets in no more."""
        since = list(takewhile(lambda unit: not unit.fork, reversed(self.held)))
        return min((unit.units for unit in since), default=MANY)

    def way_since(self, unit: Held) -> tuple[str, ...]:
        """Operations and flows between taking a unit and asking here, outermost first."""
        return self.way[unit.depth :]


def askings(context: Context) -> tuple[Asking, ...]:
    """Every step that asks for a unit with nothing that ends its wait; worked out once."""
    key = ("askings", context.narrowed(context.left))
    known: tuple[Asking, ...] | None = context.memo.get(key)
    if known is None:
        walk = _Walk(context)
        flows = context.model.flows
        done = {
            s.action.flow for _, p in programs(context.model) for s in inside(p) if isinstance(s.action, Do)
        }
        for name, flow in flows.items():
            if flow.starts is not None or name not in done:
                walk.sequence(flow.steps, _customer(context, name), (), False)
        known = context.memo[key] = tuple(walk.found)
    return known


def _customer(context: Context, flow: str) -> tuple[Held, ...]:
    """What bounds the runs of a flow at once: customers of a fixed number, where it alone comes to be."""
    own = context.model.flows[flow]
    starts = own.starts
    others = [f for f in context.model.flows.values() if f.starts is not None and f.name != flow]
    if starts is None or not starts.closed or others or not isinstance(starts.population, Quantity):
        return ()
    return (Held("", int(starts.population.high), own.steps[0], 0),) if own.steps else ()


@dataclass(slots=True)
class _Walk:
    context: Context
    found: list[Asking] = field(default_factory=list[Asking])
    seen: set[object] = field(default_factory=set[object])

    def sequence(
        self, steps: tuple[Step, ...], held: tuple[Held, ...], way: tuple[str, ...], limited: bool
    ) -> None:
        """Some steps, begun while these units are held; `limited`: something around them, in the same program, has a
        time limit."""
        forks = tuple((u.step.path, u.branch) for u in held if u.fork)
        key = (id(steps), tuple((u.component, u.limited) for u in held), forks, limited)
        if not steps or key in self.seen:
            return
        self.seen.add(key)
        for step in steps:
            self.step(step, held, way, limited)

    def step(self, step: Step, held: tuple[Held, ...], way: tuple[str, ...], limited: bool) -> None:
        policies, action = step.policies, step.action
        outside = (held, way, limited)
        if policies.timeout is not None or policies.deadline is not None:
            limited, held = True, tuple(replace(unit, limited=True) for unit in held)
        if policies.hedge is not None:
            held = (*held, Held("", MANY, step, len(way), limited, None))
        own, apart = held, tuple[tuple[Step, ...], ...]()
        match action:
            case Hold(component):
                own = self.taken(component, step, held, way, limited)
            case Call(component, operation) | Send(component, operation):
                self.called(step, component, operation, isinstance(action, Call), held, way, limited)
            case Do(flow):
                self.sequence(self.context.model.flows[flow].steps, held, (*way, flow), limited)
            case Open():
                apart = tuple(steps for _, steps in action.alternatives)
                for steps in self.context.branches(action):
                    self.sequence(steps, held, way, limited)
            case Parallel(branches, join, left_over):
                apart, goes_on = branches, join < len(branches) and left_over != "cancel"
                for number, steps in enumerate(branches):
                    fork = Held("", MANY, step, len(way), limited, None if goes_on else number)
                    self.sequence(steps, (*held, fork), way, limited)
            case _:
                pass
        for word, steps in inner_steps(step):
            if word in ("fallback", "compensate"):
                self.sequence(steps, *outside)
            elif isinstance(action, Hold) and steps is action.steps:
                self.sequence(steps, own, way, limited)
            elif not any(steps is each for each in apart):
                self.sequence(steps, held, way, limited)

    def called(
        self, step: Step, name: str, operation: str, waits: bool, held: tuple[Held, ...], way: tuple[str, ...],
        limited: bool,
    ) -> None:  # fmt: skip
        """What an operation does, while its thread is held; whoever only sends holds nothing meanwhile."""
        for component in self.context.candidates(name):
            offered = component.offers.get(operation)
            if offered is None:
                continue
            before = held if waits else ()
            there = limited and offered.cancels and waits
            own = self.taken(name, step, before, way, there)
            inside = (
                own if holds_on(component, offered) else (before if offered.answers == "when done" else ())
            )
            self.sequence(offered.steps, inside, (*way, f"{name}.{operation}"), there)

    def taken(
        self, name: str, step: Step, held: tuple[Held, ...], way: tuple[str, ...], limited: bool
    ) -> tuple[Held, ...]:
        """The units that are held once one more is taken."""
        candidates = self.context.candidates(name)
        counts = [n for c in candidates if (n := servers(c)) is not None]
        if not counts:
            return held
        units, keeps = min(counts), tuple(unit for unit in held if not unit.limited)
        if not limited and any(unit.component for unit in keeps):
            places = max(MANY if c.queue is None else c.queue for c in candidates)
            self.found.append(Asking(name, units, places, step, way, keeps))
        return (*held, Held(name, units, step, len(way), limited))
