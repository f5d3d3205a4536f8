"""A closed model's flow programs read as a layered queueing network: who holds whose threads while they wait below.

Components with `threads`, people and pools are tasks; what takes time without a queue is a delay; a branch, a loop or a
stretch up to a mark is a task without a limit of threads. What such a network can't say is refused with its reason:
errors and what follows from them, time limits, branches at the same time, queues that end, what scales, services at
queues that aren't exponential.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.layered.tasks import TIME, Body, Refused, Tasks
from groma.analyses.loads.ends import closed
from groma.analyses.reach import connection_of, servers
from groma.model.elements import Component, Flow, Operation
from groma.model.law import Empirical
from groma.model.program import (
    Ask,
    Choose,
    Do,
    Fail,
    Group,
    Hold,
    Mark,
    Open,
    Parallel,
    Policies,
    Repeat,
    Send,
    Sizes,
    Step,
    Stop,
    Wait,
)
from groma.model.program import Call as CallStep
from groma.model.quantity import Quantity, Unknown
from groma.solvers.distributions.law_functions import is_exponential
from groma.solvers.queueing import Call, Entry, LayeredNetwork, Processor, Task

NEVER = 1e-9
"""Chance below which a loop is taken not to come to its bound."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The network; `roots`: flow -> its entry, `upto`: (flow, mark) -> entries whose responses add up to the mark.

    `sharp`: no quantity in it is only known to a range. Stations are tasks named as in `queues` (`components.x`).
    """

    network: LayeredNetwork
    roots: dict[str, str]
    upto: dict[tuple[str, str], tuple[str, ...]]
    sharp: bool


def reading(context: Context) -> Reading:
    """The network of a model; raises `Refused` with the reason where there is none."""
    if context.model.alternatives:
        raise Refused("choices of the design are open")
    return _Reader(context, Tasks(context)).read()


@dataclass(slots=True)
class _Reader:
    context: Context
    tasks: Tasks

    def read(self) -> Reading:
        roots: dict[str, str] = {}
        upto: dict[tuple[str, str], tuple[str, ...]] = {}
        tasks: list[Task] = []
        for name, flow in self.context.model.flows.items():
            if flow.starts is None:
                continue
            whole, parts = self.flow(flow)
            upto |= {(name, mark): entries for mark, entries in parts.items()}
            tasks.append(self.root(flow, whole))
            roots[name] = tasks[-1].entries[0].name
        tasks += self.tasks.all()
        if not roots:
            raise Refused("nothing says how often a flow starts")
        try:
            network = LayeredNetwork((Processor(TIME, None),), tuple(tasks))
        except ValueError as error:
            raise Refused(str(error)) from error
        return Reading(network, roots, upto, self.tasks.sharp)

    def root(self, flow: Flow, body: Body) -> Task:
        """What starts a flow: customers who think, or a Poisson stream."""
        starts, name = flow.starts, f"flow {flow.name}"
        assert starts is not None
        calls, sends = tuple(body.calls), tuple(body.sends)
        if closed(flow):
            think = self.tasks.mean(f"flows.{flow.name}.starts.think", starts.think)
            self.tasks.mean(f"flows.{flow.name}.starts.population", starts.population)
            return Task(name, TIME, (Entry(name, 0.0, calls, sends),), starts.customers, True, think)
        if starts.bursts is not None or starts.replays is not None:
            raise Refused(f"arrivals of `{flow.name}` aren't Poisson")
        if starts.arrivals is not None and not is_exponential(starts.arrivals.law):
            raise Refused(f"arrivals of `{flow.name}` aren't Poisson")
        rate = self.tasks.mean(f"flows.{flow.name}.starts.rate", starts.at_peak)
        return Task(name, TIME, (Entry(name, 0.0, calls, sends, arrival_rate=rate),), None)

    def flow(self, flow: Flow) -> tuple[Body, dict[str, tuple[str, ...]]]:
        """A flow cut at the marks that stand between its own steps: all of it, and what leads to each mark."""
        whole, piece, passed = Body(), Body(), list[str]()
        found: dict[str, tuple[str, ...]] = {}
        marked = any(isinstance(step.action, Mark) for step in flow.steps)
        last = len(flow.steps) - 1

        def cut(name: str) -> None:
            nonlocal piece
            if piece.calls or piece.sends:
                entry = self.tasks.delayed(f"{flow.name} up to {name}", piece)
                whole.calls.append(Call(entry))
                passed.append(entry)
            piece = Body()

        for number, step in enumerate(flow.steps):
            if isinstance(step.action, Mark):
                cut(step.action.name)
                found[step.action.name] = tuple(passed)
            elif not (isinstance(step.action, Stop) and number == last):
                piece.extend(self.step(step, flow.by))
        if marked:
            cut("its end")
        else:
            whole = piece
        return whole, found

    # Steps

    def steps(self, steps: Sequence[Step], caller: str | None) -> Body:
        body = Body()
        for step in steps:
            body.extend(self.step(step, caller))
        return body

    def step(self, step: Step, caller: str | None) -> Body:
        """An action with its policies; those that only errors set off are nothing, as there are none."""
        policies = step.policies
        refused = next(iter(_refused(policies)), None)
        if refused is not None:
            raise Refused(f"{step.path}: {refused}")
        body = self.action(step, caller)
        for guard in policies.guards:
            self.tasks.none(f"{step.path}.guard {guard.name}.rejects", guard.rejects)
            body.calls += self.tasks.delay(f"{step.path}.guard {guard.name}.takes", guard.takes)
            body.extend(self.steps(guard.steps, caller))
        cache = policies.cache
        if cache is None:
            return body
        found = self.tasks.mean(f"{step.path}.cache.hits", hits_of(self.context.model, step))
        inside = self.sometimes(step.path, body, 1.0 - min(max(found, 0.0), 1.0))
        return Body(self.tasks.delay(f"{step.path}.cache.takes", cache.takes) + inside, [])

    def action(self, step: Step, caller: str | None) -> Body:
        """What a step does, without its policies."""
        action = step.action
        match action:
            case CallStep(component, operation, sizes):
                return self.call(step, component, operation, sizes, caller)
            case Send(component, operation, sizes):
                self.way(component, caller)
                return Body([], [Call(self.operation(step, component, operation, sizes))])
            case Choose(branches):
                shares = [self.tasks.mean(f"{step.path}.share", branch.share) for branch in branches]
                ways = [self.steps(branch.steps, caller) for branch in branches]
                return self.one_of(step.path, shares, ways)
            case Repeat():
                return self.repeat(step, action, caller)
            case Ask():
                return Body([Call(self.asked(step, action))])
            case Wait(time):
                return Body(self.tasks.delay(f"{step.path}.wait", time))
            case Hold(component, steps):
                inside = self.steps(steps, caller)
                return Body(
                    [Call(self.tasks.entry(f"components.{component}", ("hold", id(step)), step.path, inside))]
                )
            case Do(flow):
                there = self.context.model.flows[flow]
                return self.steps(there.steps, there.by or caller)
            case Group(steps):
                return self.steps(steps, caller)
            case Mark():
                return Body()
            case Parallel():
                raise Refused(f"{step.path}: branches run at the same time")
            case Fail() | Stop():
                raise Refused(f"{step.path}: runs end before their last step")
            case Open():
                raise Refused(f"{step.path}: a choice of the design is open")
            case _:
                assert_never(action)

    def one_of(self, path: str, shares: Sequence[float], ways: Sequence[Body]) -> Body:
        """One of several ways; shares sum to one."""
        calls = [
            Call(self.tasks.delayed(f"{path} branch {n}", way), share)
            for n, (share, way) in enumerate(zip(shares, ways, strict=True), 1)
            if (way.calls or way.sends) and share > 0.0
        ]
        if not calls:
            return Body()
        return Body([Call(self.tasks.choice(path, calls))])

    def sometimes(self, path: str, body: Body, share: float) -> list[Call]:
        """What happens with this chance."""
        if share <= 0.0 or not (body.calls or body.sends):
            return []
        return [Call(self.tasks.delayed(path, body), share)]

    def repeat(self, step: Step, loop: Repeat, caller: str | None) -> Body:
        """Rounds: a fixed number of them, or until a chance says so."""
        body = self.steps(loop.steps, caller)
        if not (body.calls or body.sends):
            return body
        name = self.tasks.delayed(step.path, body)
        if loop.until is None:
            times = loop.times
            count = self.tasks.mean(f"{step.path}.times", times)
            if isinstance(times, Quantity) and not (times.constant and count == round(count)):
                raise Refused(f"{step.path}: how often it is repeated varies")
            if loop.at_most is not None:
                count = min(count, float(loop.at_most))
            return Body([Call(name, count)] if count > 0.0 else [])
        until = self.tasks.mean(f"{step.path}.until", loop.until)
        if until <= 0.0 or (loop.at_most is not None and (1.0 - until) ** loop.at_most > NEVER):
            raise Refused(f"{step.path}: it may come to its bound")
        more = (1.0 - until) / until
        return Body([Call(name), *([Call(name, more, "geometric")] if more > 0.0 else [])])

    # What is asked

    def call(self, step: Step, name: str, operation: str, sizes: Sizes, caller: str | None) -> Body:
        """The way there, and the operation."""
        return Body([*self.way(name, caller), Call(self.operation(step, name, operation, sizes))])

    def way(self, name: str, caller: str | None) -> list[Call]:
        connection = connection_of(self.context.model, caller, name)
        if connection is None:
            return []
        path = f"connections.{connection.name}"
        self.tasks.none(f"{path}.loss", connection.loss)
        return self.tasks.delay(f"{path}.latency", connection.latency)

    def operation(self, step: Step, name: str, operation: str, sizes: Sizes) -> str:
        """The entry of an operation: its work, then its own steps while the thread is held."""
        component = self.context.model.components[name]
        offered = component.offers[operation]
        path = f"components.{name}.offers.{operation}"
        sized = bool(offered.per)
        key = (path, step.path if sized else None)
        if key in self.tasks.known:
            return self.tasks.known[key]
        self.tasks.none(f"{path}.fails", offered.fails)
        self.tasks.none(f"{path}.throttled", offered.throttled)
        work = self.work(step, component, offered, sizes)
        inside = self.steps(offered.steps, name)
        if offered.answers == "at once":
            later = self.tasks.delayed(f"{path} afterwards", inside) if inside.calls or inside.sends else None
            return self.tasks.entry(
                f"components.{name}", key, path, Body([], [] if later is None else [Call(later)]), work
            )
        if not inside.calls:
            return self.tasks.entry(f"components.{name}", key, path, inside, work)
        own = [Call(self.tasks.pause(work))] if work > 0.0 else []
        return self.tasks.entry(f"components.{name}", key, path, Body([*own, *inside.calls], inside.sends))

    def work(self, step: Step, component: Component, offered: Operation, sizes: Sizes) -> float:
        """Mean work; at a queue it must be exponential."""
        path = f"components.{component.name}.offers.{offered.name}"
        work = offered.work if offered.work is not None or offered.per else Unknown(offered.at, "unknown")
        mean = self.tasks.mean(f"{path}.work", work, absent=0.0)
        if servers(component) is not None:
            lawful = work is None or (
                isinstance(work, Quantity)
                and work.most is None
                and (mean == 0.0 or (is_exponential(work.law) and not isinstance(work.law, Empirical)))
            )
            if not lawful or offered.per:
                raise Refused(f"{path}: its work isn't exponential, and calls can queue for it")
        if offered.per:
            if sizes.table is not None:
                raise Refused(f"{step.path}: sizes are drawn together")
            amounts = dict(sizes.amounts)
            for size, each in offered.per.items():
                many = self.tasks.mean(
                    f"{step.path}.sizes.{size}", amounts.get(size, Unknown(step.at, "unknown"))
                )
                mean += many * self.tasks.mean(f"{path}.per.{size}", each)
        return mean

    def asked(self, step: Step, ask: Ask) -> str:
        """The entry of a question to a person."""
        self.tasks.none(f"{step.path}.rejects", ask.rejects)
        takes = Unknown(step.at, "unknown") if ask.takes is None else ask.takes
        mean = self.tasks.mean(f"{step.path}.takes", takes)
        if isinstance(takes, Quantity) and not (takes.most is None and is_exponential(takes.law)):
            raise Refused(f"{step.path}: the time it takes isn't exponential, and questions can queue for it")
        return self.tasks.entry(f"people.{ask.person}", ("ask", id(step)), step.path, Body(), mean)


def _refused(policies: Policies) -> Iterator[str]:
    """What of a step's policies acts without an error, and isn't in a layered network."""
    for name in ("timeout", "deadline", "limit", "hedge"):
        if getattr(policies, name) is not None:
            yield f"it has a `{name}`"
