"""The explicit form that workflow exports are made of: machines of states, and what each state does.

A `Machine` has one `State` for each leaf of a program (call, question, decision, head of a loop, ...). Choices, loops
and groups become edges where nothing but a fallback is around them, as fallbacks do; with other policies they are
machines inside a state. What undoes a step is remembered by a state of its own after it.

Not the machine of `groma.analyses.orchestration`, in which each attempt, limit and error is a way of its own so that
checks and pictures see them all: here policies stay with their state, as engines that carry them out want them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.model.position import Position

END = ""
"""The next of a state after which its machine ends."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Call `component.operation`; `needs_approval` is the impact that a person must have allowed."""

    component: str
    operation: str
    needs_approval: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Send work off to `component.operation`."""

    component: str
    operation: str
    delivery: str
    needs_approval: str | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    """Take one way out, event `1`, `2`, ...: (what is looked at, expected share)."""

    options: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """The head of a loop, events `again` and `done`. `chances[n]` is the expected chance of a round after n rounds,
    the last for all later ones; a fixed count has none."""

    at_most: int
    chances: tuple[float, ...] = ()


def asks(loop: Loop) -> bool:
    """Whether somebody decides on another round."""
    return bool(loop.chances) and set(loop.chances) != {1.0}


@dataclass(frozen=True, slots=True)
class Fork:
    """Machines side by side."""

    branches: tuple[Machine, ...]
    join: int
    run_on: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Hand over to somebody and wait for their verdict."""

    role: str
    approves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass (seconds)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Raise:
    """End in an error."""

    kind: str


@dataclass(frozen=True, slots=True)
class Halt:
    """End the run, ok."""


@dataclass(frozen=True, slots=True)
class Note:
    """A point that measures refer to."""

    name: str


@dataclass(frozen=True, slots=True)
class Inner:
    """A machine inside a state, with a place of a pool held around it where one is named."""

    machine: Machine
    pool: str | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Remember:
    """From here on, what was done can be undone by this machine."""

    undo: Machine


Does = Tool | Post | Decide | Loop | Fork | Person | Pause | Raise | Halt | Note | Inner | Remember


@dataclass(frozen=True, slots=True)
class Attempts:
    """A retry policy; times in seconds."""

    times: int
    backoff: float
    factor: float
    jitter: float
    on: tuple[str, ...]
    budget: float | None


@dataclass(frozen=True, slots=True)
class Breaks:
    """A circuit breaker; times in seconds."""

    opens_at: float
    window: float
    half_open_after: float
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keeps:
    """A cache."""

    lives: float | None
    holds: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """A guard: the machine of its own calls, then its verdict."""

    name: str
    machine: Machine | None


@dataclass(frozen=True, slots=True)
class Around:
    """Policies around what a state does, outermost first as `docs/programs.md` has them; seconds and rates a second."""

    cache: Keeps | None = None
    deadline: float | None = None
    retry: Attempts | None = None
    breaker: Breaks | None = None
    limit: tuple[float, int] | None = None
    hedge: tuple[float, int] | None = None
    timeout: float | None = None
    guards: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """`next` maps events to states of the same machine; event `error` is there where a fallback begins, and `leaves`
    are the heads of loops that it goes out of."""

    name: str
    """An identifier, unique in its flow."""
    path: str
    at: Position
    title: str
    does: Does
    next: tuple[tuple[str, str], ...]
    around: Around = Around()
    leaves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """States in the order in which they can be reached; `start` is END where there is nothing to do."""

    name: str
    path: str
    start: str
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A flow."""

    flow: str
    name: str
    """An identifier, unique among flows."""
    title: str
    machine: Machine


def inside(state: State) -> Iterator[Machine]:
    """The machines inside a state."""
    match state.does:
        case Fork(branches):
            yield from branches
        case Inner(machine) | Remember(machine):
            yield machine
        case _:
            pass
    for guard in state.around.guards:
        if guard.machine is not None:
            yield guard.machine


def machines(machine: Machine) -> Iterator[Machine]:
    """A machine and all inside it, inner ones first."""
    for state in machine.states:
        for inner in inside(state):
            yield from machines(inner)
    yield machine


def states(form: Form) -> Iterator[State]:
    """All states of a flow."""
    for machine in machines(form.machine):
        yield from machine.states
