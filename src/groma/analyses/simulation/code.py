"""A model's flow programs as code of the simulator: one instruction after the other, policy around policy.

The meaning is that of `docs/programs.md` and the same as in `analyses.outcome.reading`. What a call sets off (its way
there, the wait for a server, the work, the operation's own steps) is a routine, so that it goes on when its caller
gives up unless the operation cancels. A lost message isn't part of it: nobody works on it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import assert_never

from groma.analyses.outcome.repeat import count_bound
from groma.analyses.reach import connection_of
from groma.analyses.simulation.plant import Plant
from groma.model.elements import Component, Connection, Operation
from groma.model.law import Constant, Empirical
from groma.model.program import (
    Ask,
    Cache,
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
    Sizes,
    Step,
    Stop,
    Wait,
)
from groma.model.quantity import Quantity, Unknown
from groma.solvers.simulation import Routine

SHARE_OVER, SECONDS_OVER = 1e-9, 1e-7
"""What ends exactly when its time is over has ended in time, however its times were added up: limits are longer by more
than the rounding of sums, and by more than that of a clock that has gone for years."""
MOMENT = Constant(1e-12)
"""So little time (s) that nothing else changes, but what starts at the same instant has started."""


@dataclass(slots=True)
class Coder(Plant):
    """Writes the programs of a closed model; stations and routines are made when they are first needed."""

    # The whole

    def flows(self) -> None:
        """Every flow that starts by itself, then the routines that they need, and what these need."""
        for name, flow in self.model.flows.items():
            if flow.starts is not None:
                with self.a.flow(name):
                    self.sequence(flow.steps, flow.by)
        while self.todo:
            routine, body = self.todo.pop()
            with self.a.define(routine):
                body()

    # Steps

    def sequence(self, steps: Sequence[Step], caller: str | None, marks: bool = True) -> None:
        """Steps one after the other; with `marks` off they are an operation's own."""
        for step in steps:
            self.step(step, caller, marks)

    def step(self, step: Step, caller: str | None, marks: bool) -> None:
        """An action with its policies, outermost first; once it is done, what undoes it is remembered."""
        fallback = step.policies.fallback
        if fallback is None:
            self._cached(step, caller, marks)
        else:
            with self.a.catching() as caught:
                self._cached(step, caller, marks)
                with caught():
                    self.sequence(fallback, caller, marks)
        undo = step.policies.compensate
        if undo is not None:
            key = ("undo", id(step), caller)
            self.a.compensate(
                self.routine(key, f"{step.path}.compensate", lambda: self.sequence(undo, caller, False))
            )

    def _cached(self, step: Step, caller: str | None, marks: bool) -> None:
        cache, a, at = step.policies.cache, self.a, f"{step.path}.cache"
        if cache is None:
            self._guarded(step, caller, marks)
            return
        if cache.component is not None:
            a.tally(f"look up/{step.path}")
        if cache.keyed:
            self._looked_up(step, cache, caller, marks)
            return
        hits = self.values.share(f"{at}.hits", cache.hits)
        with a.catching(("unavailable",)) as missed:
            if cache.component is not None:
                a.gate(self.station(f"components.{cache.component}"))
            if cache.takes is not None:
                a.delay(self.values.law(f"{at}.takes", cache.takes))
            if self.cold is not None:
                a.gate(self.cold)
            a.fails(1.0 - hits, "unavailable")
            with missed():
                self._guarded(step, caller, marks)

    def _looked_up(self, step: Step, cache: Cache, caller: str | None, marks: bool) -> None:
        """A cache with keys; while where it is kept is down, nothing is found and nothing is put in."""
        a = self.a

        def asked() -> None:
            if cache.takes is not None:
                a.delay(self.values.law(f"{step.path}.cache.takes", cache.takes))
            with a.cached(self.keyed(step, cache)):
                self._guarded(step, caller, marks)

        if cache.component is None:
            asked()
            return
        with a.if_up(self.station(f"components.{cache.component}")) as down:
            asked()
            with down():
                self._guarded(step, caller, marks)

    def _guarded(self, step: Step, caller: str | None, marks: bool) -> None:
        """From the deadline inwards."""
        policies, a = step.policies, self.a
        with ExitStack() as scopes:
            if policies.deadline is not None:
                scopes.enter_context(a.timeout(_in_time(policies.deadline)))
            if policies.retry is not None:
                retry = policies.retry
                scopes.enter_context(
                    a.retry(
                        retry.times,
                        0.0 if retry.backoff is None else retry.backoff.mean,
                        retry.factor,
                        retry.jitter,
                        retry.on,
                        None if retry.budget is None else retry.budget.mean,
                    )
                )
            if policies.breaker is not None:
                opened = policies.breaker
                scopes.enter_context(
                    a.through(
                        a.breaker(
                            opened.opens_at.mean, opened.window.mean, opened.half_open_after.mean, opened.on
                        )
                    )
                )
            if policies.limit is not None:
                a.admit(a.limit(policies.limit.rate.mean, float(policies.limit.burst)))
            if policies.hedge is not None:
                scopes.enter_context(a.hedge(_in_time(policies.hedge.after), policies.hedge.at_most))
            if policies.timeout is not None:
                scopes.enter_context(a.timeout(_in_time(policies.timeout)))
            self.action(step, caller, marks)
            for guard in policies.guards:
                at = f"{step.path}.guard {guard.name}"
                if guard.takes is not None:
                    a.delay(self.values.law(f"{at}.takes", guard.takes))
                self.sequence(guard.steps, caller, marks)
                a.fails(self.values.share(f"{at}.rejects", guard.rejects), "rejected")

    def action(self, step: Step, caller: str | None, marks: bool) -> None:
        """What a step does, without its policies."""
        action, a = step.action, self.a
        match action:
            case Call(component, operation, sizes):
                self.call(step, component, operation, sizes, caller)
            case Send(component, operation, sizes):
                self.send(step, component, operation, sizes, caller)
            case Choose(branches):
                shares = [
                    self.values.share(f"{step.path}.branch {n}.share", branch.share)
                    for n, branch in enumerate(branches, 1)
                ]
                with a.choose(normalised(shares)) as way:
                    for n, branch in enumerate(branches):
                        with way(n):
                            self.sequence(branch.steps, caller, marks)
            case Parallel(branches, join, left_over):
                with a.parallel(len(branches), join, left_over == "run on") as branch:
                    for n, steps in enumerate(branches):
                        with branch(n):
                            self.branch(steps, caller, marks)
            case Repeat():
                self.repeat(step, action, caller, marks)
            case Ask():
                routine = self.routine(("ask", id(step)), step.path, lambda: self.asked(step, action))
                a.call(routine)
            case Wait(time):
                a.delay(self.values.law(f"{step.path}.wait", time))
            case Hold(component, steps):
                a.tally(f"use/{step.path}/hold/{component}/")
                with a.hold(self.station(f"components.{component}")):
                    self.sequence(steps, caller, marks)
            case Fail(error):
                a.fail(error)
            case Stop():
                a.delay(MOMENT)  # what starts at this instant has started
                a.stop()
            case Do(flow):
                there = self.model.flows[flow]
                self.sequence(there.steps, there.by or caller, marks)
            case Mark(name):
                if marks:
                    a.mark(name)
            case Group(steps):
                self.sequence(steps, caller, marks)
            case Open(role):
                raise ValueError(
                    f"{step.path}: the choice `{role}` is open; only a finished design can be simulated"
                )
            case _:
                assert_never(action)

    def branch(self, steps: Sequence[Step], caller: str | None, marks: bool) -> None:
        """A branch beside others. All of them start, so one that ends in no time ends when they have."""
        a = self.a
        if steps and self._takes_time(steps[0]):
            self.sequence(steps, caller, marks)
            return
        with a.catching() as caught:
            self.sequence(steps, caller, marks)
            a.delay(MOMENT)
            with caught():
                a.delay(MOMENT)
                a.fail_again()

    def _takes_time(self, step: Step) -> bool:
        """Whether a step is a call that can't end at the instant at which it starts, as long as nothing is down."""
        action, policies = step.action, step.policies
        if not isinstance(action, Call) or not policies.none:
            return False
        offered = self.model.components[action.component].offers[action.operation]
        work = offered.work
        lossy = any(c.loss is not None for c in self.model.connections.values() if c.to == action.component)
        full = self.model.components[action.component].queue is not None
        sure = isinstance(work, Quantity) and work.law.mean > 0.0 and not isinstance(work.law, Empirical)
        return sure and offered.throttled is None and not lossy and not full

    def repeat(self, step: Step, loop: Repeat, caller: str | None, marks: bool) -> None:
        """Rounds."""
        if loop.until is not None:
            until = self.values.share(f"{step.path}.until", loop.until)
            with self.a.loop(until=until, at_most=loop.at_most):
                self.sequence(loop.steps, caller, marks)
            return
        law = self.values.law(f"{step.path}.times", loop.times)
        with self.a.loop(times=law, at_most=count_bound(loop)):
            self.sequence(loop.steps, caller, marks)

    def asked(self, step: Step, ask: Ask) -> None:
        """A person's work on a question."""
        a, station = self.a, self.station(f"people.{ask.person}")
        takes = Unknown(step.at, "unknown") if ask.takes is None else ask.takes
        law = self.values.law(f"{step.path}.takes", takes)
        a.tally(f"use/{step.path}/ask/{ask.person}/")
        with a.hold(station):
            a.work(station, law)
        a.fails(self.values.share(f"{step.path}.rejects", ask.rejects), "rejected")

    # Calls

    def call(self, step: Step, name: str, operation: str, sizes: Sizes, caller: str | None) -> None:
        """A call: perhaps lost on its way, else a routine of its own."""
        component = self.model.components[name]
        connection = connection_of(self.model, caller, name)
        with self._not_lost(connection):
            self.a.call(
                self.served(step, component, operation, sizes, connection),
                component.offers[operation].cancels,
            )

    def send(self, step: Step, name: str, operation: str, sizes: Sizes, caller: str | None) -> None:
        """The same as a run of its own; what is lost is noticed by nobody."""
        component = self.model.components[name]
        connection = connection_of(self.model, caller, name)
        lost = (
            0.0
            if connection is None
            else self.values.share(f"connections.{connection.name}.loss", connection.loss)
        )
        with self.a.choose((1.0 - lost, lost)) as way, way(0):
            self.a.send(self.served(step, component, operation, sizes, connection))

    @contextmanager
    def _not_lost(self, connection: Connection | None) -> Generator[None]:
        """Steps that happen unless the message is lost: then it is `unavailable` after the connection's own limit, or
        nothing comes back at all."""
        a = self.a
        path = "" if connection is None else f"connections.{connection.name}"
        lost = 0.0 if connection is None else self.values.share(f"{path}.loss", connection.loss)
        if connection is not None and connection.name in self.lines:
            a.gate(self.line(connection.name))
        if connection is None or lost <= 0.0:
            yield
            return
        with a.choose((lost, 1.0 - lost)) as way:
            with way(0):
                if connection.gives_up_after is None:
                    a.hang()
                else:
                    a.delay(connection.gives_up_after.law)
                    a.fail("unavailable")
            with way(1):
                yield

    def served(
        self, step: Step, component: Component, operation: str, sizes: Sizes, connection: Connection | None
    ) -> Routine:
        """The routine of what a call sets off. Calls that carry no sizes share it."""
        offered = component.offers[operation]
        sized = bool(sizes.amounts or sizes.table) and bool(offered.per)
        name = f"{component.name}.{operation}"
        key = (name, None if connection is None else connection.name, step.path if sized else None)
        given = sizes if sized else Sizes()
        return self.routine(key, name, lambda: self.operation(step, component, offered, given, connection))

    def operation(
        self,
        step: Step,
        component: Component,
        offered: Operation,
        sizes: Sizes,
        connection: Connection | None,
    ) -> None:
        """The way there, the wait, the work and the operation's own steps."""
        a, values = self.a, self.values
        path = f"components.{component.name}.offers.{offered.name}"
        station = self.station(f"components.{component.name}")
        if connection is not None and connection.latency is not None:
            a.delay(values.law(f"connections.{connection.name}.latency", connection.latency))
        if component.name in self.gates:
            a.gate(self.gates[component.name])
        a.fails(values.share(f"{path}.throttled", offered.throttled), "throttled")
        registers = self.drawn(step, sizes)
        per = [
            (registers[size], values.mean(f"{path}.per.{size}", each))
            for size, each in offered.per.items()
            if size in registers
        ]
        for size in sorted(offered.per.keys() - registers.keys()):
            values.missing[f"{step.path}.sizes.{size}"] = None
        work = offered.work if offered.work is not None or offered.per else Unknown(offered.at, "unknown")
        law = values.law(f"{path}.work", work)
        a.tally(f"calls/{component.name}.{offered.name}")
        later = bool(offered.steps) and offered.answers == "at once"
        with a.hold(station):
            a.work(station, law, per)
            if offered.steps and not later:
                with a.ending_at_stop() if offered.fails is not None else nullcontext():
                    self.sequence(offered.steps, component.name, marks=False)
        a.fails(values.share(f"{path}.fails", offered.fails), "failed")
        if later:
            with a.by_itself():
                self.sequence(offered.steps, component.name, marks=False)


def _in_time(limit: Quantity) -> float:
    """How long (s) it takes until a limit has passed."""
    return limit.mean * (1.0 + SHARE_OVER) + SECONDS_OVER


def normalised(shares: Sequence[float]) -> tuple[float, ...]:
    """Shares that sum to one."""
    total = sum(shares)
    return (
        tuple(share / total for share in shares) if total > 0.0 else tuple(1.0 / len(shares) for _ in shares)
    )
