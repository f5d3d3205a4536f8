"""Whether each effect of an impact is approved first: calls with `impact: X` dominated by an `ask` that `approves` X.

A must-analysis over the program (dominance on structured programs, as in Nielson, Nielson & Hankin, "Principles of
Program Analysis", 1999, chapter 2): along every path, has somebody who approves X said yes before? An approval holds
only where the ask ended ok, so a fallback, a cache hit or a branch around it starts without. A loop counts one approval
for all its rounds; an operation takes effect before its own nested steps. Where it doesn't hold, the path is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.model.figure import Figure, Line
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
    Stop,
    Wait,
    inner_steps,
    walk,
)
from groma.model.quantity import Quantity

ALWAYS = "always"
NOT_ALWAYS = "not always"


@dataclass(frozen=True, slots=True)
class State:
    """What holds at a point: approved on every path that leads here; `way` tells one path that isn't."""

    approved: bool
    way: tuple[str, ...] = ()


Reached = State | None
"""None: no run gets here."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A call that takes effect unapproved: flow, where it is written, and the way there in words."""

    flow: str
    call: str
    at: str
    way: tuple[str, ...]

    def __str__(self) -> str:
        way = "; ".join(self.way)
        return f"flow {self.flow}: {self.call} ({self.at}) is reached without approval" + (
            f": {way}" if way else ""
        )


@dataclass(slots=True)
class Reader:
    """Walks programs with the state; `best` takes the alternative that is approved where a choice is open."""

    context: Context
    impact: str
    best: bool
    flow: str = ""
    breaches: dict[tuple[str, str], Breach] = field(default_factory=dict[tuple[str, str], Breach])
    calls: int = 0
    stops: list[Reached] = field(default_factory=list["State | None"])
    """States at the `stop`s of the operation being read: there its caller goes on."""

    def steps(self, steps: tuple[Step, ...], state: Reached) -> Reached:
        for step in steps:
            if matters(self.context, step, self.impact):
                state = self.step(step, state)
        return state

    def step(self, step: Step, before: Reached) -> Reached:
        if before is None:
            return None
        policies = step.policies
        after = self._action(step, before)
        for guard in policies.guards:
            after = self.steps(guard.steps, after)
        if policies.compensate is not None:
            self.steps(policies.compensate, after)
        if policies.cache is not None:
            after = _meet([after, _by(before, f"{step.path}: a cache hit skips it")])
        if policies.fallback is not None:
            other = self.steps(policies.fallback, _by(before, f"{step.path} fails and its fallback runs"))
            after = _meet([after, other])
        return after

    def _action(self, step: Step, before: State) -> Reached:
        match step.action:
            case Call(component, operation):
                return self._call(step, component, operation, before)
            case Send(component, operation):
                self._call(step, component, operation, before)
                return before
            case Choose(branches):
                ends: list[Reached] = []
                for number, branch in enumerate(branches, 1):
                    if isinstance(branch.share, Quantity) and branch.share.high <= 0.0:
                        continue
                    when = branch.when or f"branch {number}"
                    ends.append(self.steps(branch.steps, _by(before, f"{step.path} takes `{when}`")))
                return _meet(ends)
            case Parallel(branches, join):
                ends = [self.steps(branch, before) for branch in branches]
                return _joined(ends, join, before)
            case Repeat():
                after = self.steps(step.action.steps, before)
                if _may_be_skipped(step.action):
                    return _meet([after, _by(before, f"{step.path} has no round")])
                return after
            case Ask(person=person, approves=approves):
                if self.impact in approves:
                    return State(True)
                return _by(before, f"{step.path} asks {person}, who doesn't approve {self.impact}")
            case Hold(steps=steps) | Group(steps=steps):
                return self.steps(steps, before)
            case Do(flow):
                return self.steps(self.context.model.flows[flow].steps, before)
            case Open():
                return self._open(step.action, before)
            case Stop():
                self.stops.append(before)
                return None
            case Fail():
                return None
            case Wait() | Mark():
                return before
            case _:
                assert_never(step.action)

    def _open(self, choice: Open, before: State) -> Reached:
        alternatives = self.context.branches(choice)
        if not self.best or len(alternatives) < 2:
            ends = [self.steps(steps, before) for steps in alternatives]
            return _meet(ends) if ends else before
        kept: list[tuple[int, Reached, dict[tuple[str, str], Breach]]] = []
        known, stops = self.breaches, len(self.stops)
        for steps in alternatives:
            self.breaches = dict(known)
            end = self.steps(steps, before)
            kept.append((len(self.breaches), end, self.breaches))
        fewest = min(count for count, _, _ in kept)
        self.breaches = next(found for count, _, found in kept if count == fewest)
        del self.stops[stops:]  # another may be taken that doesn't stop there
        ends = [end for _, end, _ in kept]
        return None if None in ends else _best(ends)

    def _call(self, step: Step, component: str, operation: str, before: State) -> Reached:
        offered = [c.offers[operation] for c in self.context.candidates(component) if operation in c.offers]
        with_impact = [o for o in offered if o.impact == self.impact]
        self.calls += bool(with_impact)
        effective = with_impact if not self.best or len(with_impact) == len(offered) else []
        if effective and not before.approved:
            call = f"{component}.{operation}"
            self.breaches.setdefault(
                (self.flow, step.path), Breach(self.flow, call, str(step.at), before.way)
            )
        ends: list[Reached] = []
        for each in offered:
            outer, self.stops = self.stops, []
            inner = _meet([self.steps(each.steps, before), *self.stops])
            self.stops = outer
            ends.append(before if each.answers == "at once" else inner)
        if not ends:
            return before
        return _best(ends) if self.best else _meet(ends)


def matters(context: Context, step: Step, impact: str) -> bool:
    """Whether anything inside a step can approve the impact, have it, or end the run; all else is passed by."""
    key = ("matters to approval", id(step), impact)
    known: bool | None = context.memo.get(key)
    if known is None:
        context.memo[key] = True  # an operation that calls itself is refused before this
        known = context.memo[key] = _matters(context, step, impact)
    return known


def _matters(context: Context, step: Step, impact: str) -> bool:
    inner = [other for _, steps in inner_steps(step) for other in steps]
    match step.action:
        case Ask(approves=approves) if impact in approves:
            return True
        case Stop() | Fail():
            return True
        case Call(component, operation) | Send(component, operation):
            offered = [
                c.offers[operation] for c in context.model.candidates(component) if operation in c.offers
            ]
            if any(o.impact == impact for o in offered):
                return True
            inner += [other for o in offered for other in o.steps]
        case Do(flow):
            inner += context.model.flows[flow].steps
        case _:
            pass
    return any(matters(context, other, impact) for other in inner)


def figure(context: Context, measure: str) -> Figure:
    """`approval/IMPACT`: `always`, or `not always` with the ways around it."""
    impact = measure.partition("/")[2]
    evidence = Evidence(context)
    reader = _read(context, impact, best=False)
    if not reader.calls:
        evidence.miss(f"components.*.offers.*.impact: no call of any flow has the impact `{impact}`")
        return Figure(
            measure,
            f"Approval of {impact}",
            "",
            method="dominance",
            missing=evidence.missing,
            reason=f"nothing to approve: no call of any flow has the impact `{impact}`",
        )
    breaches = tuple(reader.breaches.values())
    lines = [Line(f"{reader.calls} calls with the impact `{impact}` on all paths of all flows")]
    lines += [Line(str(breach)) for breach in breaches]
    evidence.assume("an approval counts once it was given in the same run, for all that follows it")
    return Figure(
        measure,
        f"Approval of {impact}",
        "",
        words=NOT_ALWAYS if breaches else ALWAYS,
        method="dominance on all paths",
        derivation=tuple(lines),
        valid=evidence.valid,
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Number of unapproved calls: the fewest over all ways of making the open choices (a lower bound), and the most."""
    impact = measure.partition("/")[2]
    return float(len(_read(context, impact, best=True).breaches)), float(len(breaches(context, impact)))


def breaches(context: Context, impact: str) -> tuple[Breach, ...]:
    """Every call with the impact that some path reaches unapproved."""
    return tuple(_read(context, impact, best=False).breaches.values())


def _read(context: Context, impact: str, *, best: bool) -> Reader:
    reader = Reader(context, impact, best)
    for name in started(context):
        reader.flow = name
        reader.steps(context.model.flows[name].steps, State(False))
    return reader


def started(context: Context) -> Iterator[str]:
    """Flows that start on their own: all but those that only run inside others."""
    inside = {
        step.action.flow
        for flow in context.model.flows.values()
        for step in walk(flow.steps)
        if isinstance(step.action, Do)
    }
    for name, flow in context.model.flows.items():
        if flow.starts is not None or name not in inside:
            yield name


def _by(state: State, words: str) -> State:
    return state if state.approved else State(False, (*state.way, words))


def _meet(ends: Iterable[Reached]) -> Reached:
    """What holds after any of several ways: approved only if all of them are; the first that isn't is told."""
    reached = [end for end in ends if end is not None]
    if not reached:
        return None
    return next((end for end in reached if not end.approved), reached[0])


def _best(ends: Iterable[Reached]) -> Reached:
    reached = [end for end in ends if end is not None]
    return next((end for end in reached if end.approved), reached[0]) if reached else None


def _joined(ends: list[Reached], join: int, before: State) -> Reached:
    """After `join` branches ended ok: approved if any of them had to be."""
    alive = [end for end in ends if end is not None]
    if len(alive) < join:
        return None
    unapproved = [end for end in alive if not end.approved]
    return before if before.approved else State(True) if len(unapproved) < join else unapproved[0]


def _may_be_skipped(loop: Repeat) -> bool:
    if loop.until is not None:
        return False
    times = loop.times
    if not isinstance(times, Quantity):
        return True
    least = times.low if times.constant else 0.0 if times.known is not None else times.law.least
    return least < 0.5
