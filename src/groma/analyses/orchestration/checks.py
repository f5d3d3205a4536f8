"""What can go wrong in a program, found on its state machine; each flaw with a way that leads there.

Reachability and dominance on the machine (Clarke, Grumberg & Peled, Model Checking, 1999, chapter 4): a flaw's way is
a counterexample. Times aren't looked at, so that what is called impossible is impossible whatever things take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.approval import started
from groma.analyses.context import Context
from groma.analyses.orchestration.draft import TooLarge
from groma.analyses.orchestration.machine import DONE, FAILED, UNDO, Machine, State, Transition
from groma.analyses.orchestration.paths import name_of_state, reach, told
from groma.analyses.orchestration.reading import machine_of, operation_machine
from groma.model.elements import Operation
from groma.model.model_programs import programs
from groma.model.program import Call, Do, Hold, Parallel, Send, Step, inner_steps, walk

Path = tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place of a program where something can go wrong: the step's path, what, and the way there in words."""

    path: str
    what: str
    way: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """How many places were looked at, and the flaws among them by path."""

    looked_at: int
    flaws: tuple[Flaw, ...]


def machines(context: Context, *, nested: bool = False) -> Iterator[Machine]:
    """One machine for each program: flows that start by themselves, and operations with steps of their own."""
    names = list(started(context))
    for name in names:
        try:
            yield machine_of(context, name, nested=nested)
        except TooLarge:
            if nested:
                yield machine_of(context, name, nested=False)
    for component in context.model.components.values():
        for operation in component.offers.values():
            if operation.steps:
                yield operation_machine(context, component.name, operation.name, nested=nested)


def never_reached(context: Context) -> Found:
    """Steps that no run meets: the first of each stretch, with what bars the way."""
    met: set[str] = set()
    all_paths: dict[str, None] = {}
    barred: dict[str, Flaw] = {}
    for machine in machines(context):
        found = reach(machine, stated=False)
        for state in machine.states:
            if not state.path:
                continue
            all_paths[state.path] = None
            if state.id in found:
                met.add(state.path)
        for state in machine.states:
            if state.path and state.id not in found and state.path not in barred:
                flaw = _barred(machine, state, found.first)
                if flaw is not None:
                    barred[state.path] = flaw
    flaws = sorted((flaw for path, flaw in barred.items() if path not in met), key=lambda f: f.path)
    return Found(len(all_paths), tuple(flaws))


def _barred(machine: Machine, state: State, first: dict[str, Transition | None]) -> Flaw | None:
    """Why nothing leads into a state, where it is the first of what isn't met; nothing where another one is."""
    entering = [way for way in machine.entering[state.id] if way.source != state.id]
    outside = [way for way in entering if way.source in first]
    if entering and not outside:
        return None
    what = f"no run comes to this {state.kind}"
    for way in outside:
        source = machine.by_id[way.source]
        if not way.possible:
            why = f"`{way.label}` never happens" + (f" (its share is {way.share})" if way.share else "")
        else:
            why = f"`{way.label}` can't come about"
        return Flaw(state.path, what, f"at {name_of_state(source)}: {why}")
    return Flaw(state.path, what, "what stands before it always ends the run, or always ends in an error")


def never_ends(context: Context) -> Found:
    """States that runs come to and from which neither end can be reached."""
    flaws: dict[str, Flaw] = {}
    looked = 0
    for machine in machines(context):
        found = reach(machine, stated=False)
        ending = _can_end(machine, found.ways)
        looked += len(found.first)
        for name in found.first:
            state = machine.by_id[name]
            if name not in ending and state.path:
                before = [
                    w for w in found.path(name) if w.source not in ending and machine.by_id[w.source].path
                ]
                if not before:
                    what = "a run that comes here never ends: no way leads on to an end"
                    path = _round_of(machine, state)
                    flaws.setdefault(path, Flaw(path, what, told(machine, found.path(name))))
    return Found(looked, tuple(flaws[path] for path in sorted(flaws)))


def _round_of(machine: Machine, state: State) -> str:
    """The path of the innermost loop around a state, else its own."""
    loops = [loop.path for loop in machine.of_kind("loop") if f"{state.path}.".startswith(f"{loop.path}.")]
    return max(loops, key=len, default=state.path)


def _can_end(machine: Machine, ways: tuple[Transition, ...]) -> set[str]:
    into: dict[str, list[str]] = {}
    for way in ways:
        into.setdefault(way.target, []).append(way.source)
    ending: set[str] = set()
    todo = [DONE, FAILED, UNDO]
    while todo:
        name = todo.pop()
        if name not in ending:
            ending.add(name)
            todo += into.get(name, [])
    return ending


def joins_that_cannot_complete(context: Context) -> Found:
    """Joins that runs come to, of which fewer branches than are waited for can end ok."""
    flaws: dict[str, Flaw] = {}
    looked: dict[str, None] = {}
    for machine in machines(context):
        found = reach(machine, stated=False)
        taken = set(found.ways)
        forks = {state.path for state in machine.of_kind("fork") if state.id in found}
        for join in machine.of_kind("join"):
            if join.path not in forks:
                continue
            looked[join.path] = None
            good = {way.branch for way in machine.entering[join.id] if way in taken and way.well}
            if len(good) >= join.join:
                continue
            bad = [str(number) for number in range(1, join.branches + 1) if number not in good]
            what = f"waits for {join.join} of {join.branches} branches, of which {len(good)} can end ok"
            fork = next(state for state in machine.of_kind("fork") if state.path == join.path)
            way = f"{told(machine, found.path(fork.id))}; branch {', '.join(bad)} never ends ok"
            flaws.setdefault(join.path, Flaw(join.path, what, way))
    return Found(len(looked), tuple(flaws[path] for path in sorted(flaws)))


def lasting(operation: Operation) -> bool:
    """Whether what an operation does stays and matters: it has an impact, or must not be repeated blindly."""
    return operation.impact is not None or operation.effect in ("once", "keyed")


def failing_after(machine: Machine, effect: str) -> Path | None:
    """A way from an effect that was done to a run that ended failed, by what the model gives a chance; or none."""
    found = reach(machine, effect, lambda way: way.source == effect and way.outcome != "ok")
    for end in (UNDO, FAILED):
        if end in found:
            return found.path(end)
    return None


def effects_not_undone(context: Context) -> Found:
    """Lasting effects after which the run can still end failed, with nothing that undoes them."""
    flaws: dict[str, Flaw] = {}
    looked: dict[str, None] = {}
    for name in started(context):
        machine = _whole(context, name)
        met = reach(machine)
        for state in machine.of_kind("call"):
            offered = operations(context, state)
            if state.id not in met or "undo > " in state.id or not any(lasting(o) for o in offered):
                continue
            looked[state.path] = None
            path = None if state.undone_by else failing_after(machine, state.id)
            if path is None or state.path in flaws:
                continue
            impact = next((o.impact for o in offered if o.impact), "")
            done = f"`{impact}` is done" if impact else f"{state.component}.{state.operation} is done"
            last = machine.by_id[path[-1].source]
            what = f"{done}, then the run fails at {name_of_state(last)} ({path[-1].label}), and nothing undoes it"
            flaws[state.path] = Flaw(state.path, what, told(machine, path))
    return Found(len(looked), tuple(flaws[path] for path in sorted(flaws)))


def _whole(context: Context, flow: str) -> Machine:
    try:
        return machine_of(context, flow)
    except TooLarge:
        return machine_of(context, flow, nested=False)


def operations(context: Context, state: State) -> tuple[Operation, ...]:
    """The operations that a call may be of, while choices are open."""
    found = context.candidates(state.component)
    return tuple(c.offers[state.operation] for c in found if state.operation in c.offers)


def unapproved_way(context: Context, flow: str, path: str, impact: str) -> str:
    """A way to the call at `path` on which nobody said yes to `impact`, in words; empty where there is none."""
    machine = _whole(context, flow)
    asked = {state.id for state in machine.of_kind("ask") if impact in state.approves}
    found = reach(machine, without=lambda way: way.source in asked and way.outcome == "ok", stated=False)
    hit = next(
        (s for s in machine.states if s.path == path and s.kind in ("call", "send") and s.id in found), None
    )
    return "" if hit is None else told(machine, found.path(hit.id))


def racing_writes(context: Context) -> Found:
    """Branches that run at once and write through one operation, without a common lock or a key."""
    flaws: list[Flaw] = []
    looked = 0
    for _, program in programs(context.model):
        for step in walk(program):
            if not isinstance(step.action, Parallel):
                continue
            looked += 1
            writes = [dict(_writes(context, steps, ())) for steps in step.action.branches]
            for target in sorted({name for each in writes for name in each}):
                by = [(n, each[target]) for n, each in enumerate(writes, 1) if target in each]
                held = [frozenset(holds) for _, (_, holds) in by]
                common = frozenset[str]().union(*held).intersection(*held)
                if len(by) > 1 and not common:
                    where = "; ".join(f"branch {n}: {path}" for n, (path, _) in by)
                    what = f"{target} is written from {len(by)} branches at the same time"
                    flaws.append(Flaw(step.path, what, where, target))
    return Found(looked, tuple(sorted(flaws, key=lambda flaw: (flaw.path, flaw.key))))


def _writes(
    context: Context, steps: tuple[Step, ...], holds: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Operations that steps write through: (component.operation, (path, pools held)); keyed ones repeat safely."""
    for step in steps:
        inside = holds
        match step.action:
            case Call(component, operation) | Send(component, operation):
                target = f"{component}.{operation}"
                for each in context.candidates(component):
                    offered = each.offers.get(operation)
                    if offered is None:
                        continue
                    if offered.effect in ("once", "idempotent"):
                        yield target, (step.path, holds)
                    yield from _writes(context, offered.steps, holds)
            case Do(flow):
                yield from _writes(context, context.model.flows[flow].steps, holds)
            case Hold(component):
                inside = (*holds, component)
            case _:
                pass
        for word, inner in inner_steps(step):
            if word != "compensate":
                yield from _writes(context, inner, inside)


MODELS = ("llm", "model")


def models_without_a_person(context: Context) -> Found:
    """Calls of language models whose failure leads to no person, in flows where people answer for something.

    People answer where a need asks for approval, a step asks somebody, or an operation has an impact.
    """
    model = context.model
    needed = any(need.measure.startswith("approval/") for need in model.needs.values())
    flaws: dict[str, Flaw] = {}
    looked: dict[str, None] = {}
    for name in started(context):
        machine = _whole(context, name)
        people = {state.id for state in machine.states if _is_person(context, state)}
        impact = any(o.impact for s in machine.of_kind("call") for o in operations(context, s))
        if not (needed or people or impact):
            continue
        met = reach(machine)
        for state in machine.of_kind("call"):
            kinds = {c.kind for c in context.candidates(state.component)}
            if state.id not in met or not kinds.intersection(MODELS):
                continue
            looked[state.path] = None
            found = reach(
                machine,
                state.id,
                lambda way, s=state.id: way.source == s and way.outcome == "ok",
                stated=False,
            )
            if people.isdisjoint(found.first) and FAILED in found and state.path not in flaws:
                what = f"when {state.component} gives no answer here, no way leads to a person"
                whole = (*met.path(state.id), *found.path(FAILED))
                flaws[state.path] = Flaw(state.path, what, told(machine, whole))
    return Found(len(looked), tuple(flaws[path] for path in sorted(flaws)))


def _is_person(context: Context, state: State) -> bool:
    if state.kind == "ask":
        return True
    return state.kind in ("call", "send") and any(c.used_by for c in context.candidates(state.component))


__all__ = [
    "Flaw", "Found", "effects_not_undone", "failing_after", "joins_that_cannot_complete", "lasting",
    "machines", "models_without_a_person", "never_ends", "never_reached", "operations", "racing_writes",
    "unapproved_way",
]  # fmt: skip
