"""The quantities that a flow's time, its success, and how often it uses what, are worked out from, with their paths."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.caching import hits_of
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.loads.arrivals import hurried
from groma.analyses.loads.ends import started_by
from groma.analyses.reach import connection_of
from groma.analyses.visits.use import Use
from groma.model.elements import Operation
from groma.model.program import Ask, Call, Choose, Do, Hold, Open, Repeat, Send, Step, Wait, inner_steps
from groma.model.quantity import Quantity, Unknown

Stated = tuple[str, Quantity | Unknown | None]


def enter_inputs(evidence: Evidence, flow: str) -> None:
    """Enter every quantity that a flow's time depends on, and the rates of the flows that load the same stations."""
    for path, quantity in _of_time(evidence.context, flow):
        if isinstance(quantity, Quantity):
            evidence.note(path, quantity)


def _of_time(context: Context, flow: str) -> Iterator[Stated]:
    """Every quantity that a flow's time depends on, and the rates of the flows that load the same stations."""
    model = context.model
    yield from _of_steps(context, model.flows[flow].steps, model.flows[flow].by, set())
    for name, other in model.flows.items():
        if other.starts is not None:
            yield f"flows.{name}.starts.rate", other.starts.rate
            if other.starts.at_peak is not other.starts.rate:
                yield from started_by(other)


def enter_rate(evidence: Evidence, flow: str) -> None:
    """Enter how often a flow starts in the mean over a month; one that only others run doesn't start of itself."""
    starts = evidence.context.model.flows[flow].starts
    if starts is not None:
        evidence.note(f"flows.{flow}.starts.rate", starts.rate, "state the mean rate over a month")


COUNTING = frozenset({"share", "times", "until", "rejects", "fails", "throttled", "loss", "hits"})
"""Last words of the paths of what decides how often a step is gone through, however long anything takes."""


def enter_counts(evidence: Evidence, flow: str) -> None:
    """Enter every quantity that decides how often a run of a flow uses anything; where something is given up after a
    time, turned away by a full queue or by a limit, that is all its time depends on, too."""
    context = evidence.context
    if hurried(context):
        enter_inputs(evidence, flow)
        return
    there = context.model.flows[flow]
    for path, quantity in _of_steps(context, there.steps, there.by, set()):
        if isinstance(quantity, Quantity) and path.rpartition(".")[2] in COUNTING:
            evidence.note(path, quantity)


def unstated_counts(context: Context, flow: str) -> tuple[str, ...]:
    """Paths of what decides how often a run of a flow uses anything, and that nobody states: see `enter_counts`."""
    timed = hurried(context)
    found = (
        path
        for path, quantity in _of_time(context, flow)
        if isinstance(quantity, Unknown) and (timed or path.rpartition(".")[2] in COUNTING)
    )
    return tuple(dict.fromkeys(found))


def enter_held(evidence: Evidence, use: Use) -> None:
    """Enter every quantity that decides how long one use holds what it uses."""
    context, seen = evidence.context, set[object]()
    found = [*_of_step(context, use.step, use.caller, seen)]
    if isinstance(use.step.action, Hold):
        found += _of_steps(context, use.step.action.steps, use.caller, seen)
    for path, quantity in found:
        if isinstance(quantity, Quantity):
            evidence.note(path, quantity)


def _of_steps(
    context: Context, steps: tuple[Step, ...], caller: str | None, seen: set[object]
) -> Iterator[Stated]:
    for step in steps:
        if (id(step), caller) in seen:
            continue
        seen.add((id(step), caller))
        yield from _of_step(context, step, caller, seen)
        yield from _of_policies(context, step)
        for _, inner in inner_steps(step):
            if not isinstance(step.action, Open):
                yield from _of_steps(context, inner, caller, seen)


def _of_step(context: Context, step: Step, caller: str | None, seen: set[object]) -> Iterator[Stated]:
    match step.action:
        case Call(component, name, sizes) | Send(component, name, sizes):
            for size, amount in sizes.amounts:
                yield f"{step.path}.sizes.{size}", amount
            for candidate in context.candidates(component):
                path = f"components.{candidate.name}.offers.{name}"
                connection = connection_of(context.model, caller, candidate.name)
                if connection is not None:
                    yield f"connections.{connection.name}.latency", connection.latency
                    yield f"connections.{connection.name}.loss", connection.loss
                    yield f"connections.{connection.name}.gives_up_after", connection.gives_up_after
                operation = candidate.offers.get(name)
                if operation is not None and (id(operation)) not in seen:
                    seen.add(id(operation))
                    yield from _of_operation(path, operation)
                    yield from _of_steps(context, operation.steps, candidate.name, seen)
        case Choose(branches):
            for number, branch in enumerate(branches, 1):
                yield f"{step.path}.branch {number}.share", branch.share
        case Repeat(times=times, until=until):
            yield f"{step.path}.times", times
            yield f"{step.path}.until", until
        case Ask(_, takes, rejects):
            yield f"{step.path}.takes", takes
            yield f"{step.path}.rejects", rejects
        case Wait(time):
            yield f"{step.path}.wait", time
        case Do(flow):
            there = context.model.flows[flow]
            yield from _of_steps(context, there.steps, there.by or caller, seen)
        case Open():
            for steps in context.branches(step.action):
                yield from _of_steps(context, steps, caller, seen)
        case _:
            pass


def _of_operation(path: str, operation: Operation) -> Iterator[Stated]:
    yield f"{path}.work", operation.work
    for size, time in operation.per.items():
        yield f"{path}.per.{size}", time
    yield f"{path}.fails", operation.fails
    yield f"{path}.throttled", operation.throttled


def _of_policies(context: Context, step: Step) -> Iterator[Stated]:
    path, policies = step.path, step.policies
    yield f"{path}.timeout", policies.timeout
    yield f"{path}.deadline", policies.deadline
    if policies.cache is not None:
        yield f"{path}.cache.hits", hits_of(context.model, step)
        yield f"{path}.cache.takes", policies.cache.takes
    if policies.retry is not None:
        yield f"{path}.retry.backoff", policies.retry.backoff
    if policies.hedge is not None:
        yield f"{path}.hedge.after", policies.hedge.after
    if policies.limit is not None:
        yield f"{path}.limit.rate", policies.limit.rate
    for guard in policies.guards:
        yield f"{path}.guard {guard.name}.takes", guard.takes
        yield f"{path}.guard {guard.name}.rejects", guard.rejects
