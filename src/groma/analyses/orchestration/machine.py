"""What a flow is as a state machine: every state with a transition for each outcome that its step can have.

After the statecharts of Harel (Science of Computer Programming 8, 1987), flattened: a run is in exactly one state, or
in one of each branch between a fork and its join. Counters (attempts, rounds) are told by the labels of transitions
and not unfolded, so that the machine stays as small as the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from groma.model.position import Position

StateKind = Literal[
    "start", "call", "send", "ask", "wait", "hold", "choose", "fork", "join", "loop", "mark", "open",
    "cache", "retry", "breaker", "limit", "hedge", "guard", "fail", "stop", "undo", "done", "failed",
]  # fmt: skip
Outcome = Literal["ok", "timeout", "unavailable", "throttled", "rejected", "failed", "stop"]

START, DONE, FAILED, UNDO = "start", "done", "failed", "undo"


@dataclass(frozen=True, slots=True)
class State:
    """Where a run can be. `id` is the path of its step, with a word for the policy it stands for, and the call or flow
    it was reached through where that is another program (`flows.a.steps.1 > components.b.offers.c.steps.1`)."""

    id: str
    kind: StateKind
    path: str = ""
    does: str = ""
    component: str = ""
    operation: str = ""
    person: str = ""
    at: Position | None = None
    join: int = 0
    """Of a join: how many branches must end ok; `branches` is how many there are."""
    branches: int = 0
    undone_by: str = ""
    """Path of the innermost step around it that says how it is undone."""
    approves: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    """Pools and locks that are held meanwhile."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One way on: in which case (`label`, in words), with which outcome of the step, by which policy.

    `stated` says that the model gives it a chance (a share, a limit, a part that fails); the others are outcomes that
    a step of its kind can have although the model says nothing of them. `branch` is the branch that it ends at a join.
    """

    source: str
    target: str
    label: str
    outcome: Outcome = "ok"
    stated: bool = True
    by: str = ""
    after: str = ""
    """After how long, as it is written (`4 s`), where that is stated."""
    branch: int = 0
    well: bool = True
    """Whether that branch ended ok there."""
    share: str = ""
    possible: bool = True
    """False where the model says that it never happens (a share of 0 %); what it doesn't speak of is possible."""

    def __str__(self) -> str:
        return f"{self.source} -- {self.label} --> {self.target}"


@dataclass(frozen=True)
class Machine:
    """The states of one program, in the order they are met from its start; those that no run meets come last."""

    name: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    compensations: Mapping[str, str] = field(default_factory=dict[str, str])
    """Path of a step -> id of the state in which undoing it begins."""
    apart: tuple[str, ...] = ()
    """Operations begun as runs of their own (`component.operation`): each has its own machine."""

    @cached_property
    def by_id(self) -> Mapping[str, State]:
        return {state.id: state for state in self.states}

    @cached_property
    def leaving(self) -> Mapping[str, tuple[Transition, ...]]:
        """Transitions out of each state."""
        found: dict[str, list[Transition]] = {state.id: [] for state in self.states}
        for each in self.transitions:
            found[each.source].append(each)
        return {name: tuple(ways) for name, ways in found.items()}

    @cached_property
    def entering(self) -> Mapping[str, tuple[Transition, ...]]:
        """Transitions into each state."""
        found: dict[str, list[Transition]] = {state.id: [] for state in self.states}
        for each in self.transitions:
            found[each.target].append(each)
        return {name: tuple(ways) for name, ways in found.items()}

    def of_kind(self, *kinds: StateKind) -> Iterator[State]:
        return (state for state in self.states if state.kind in kinds)


def problems(machine: Machine) -> tuple[str, ...]:
    """What makes a machine incomplete, in words: states without a way on, ways that lead nowhere, doubled names."""
    found: list[str] = []
    names = [state.id for state in machine.states]
    found += [f"{name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    known = set(names)
    for each in machine.transitions:
        found += [
            f"{each} ends at {e}, which isn't there" for e in (each.source, each.target) if e not in known
        ]
    if not found:
        for state in machine.states:
            if state.kind in ("done", "failed"):
                found += [f"{state.id} is an end and goes on" for _ in machine.leaving[state.id][:1]]
            elif not machine.leaving[state.id]:
                found.append(f"{state.id} has no way on")
            elif state.kind in ("call", "send", "ask"):
                outcomes = {t.outcome for t in machine.leaving[state.id]}
                missing = {"ok", *NEEDED[state.kind]} - outcomes
                found += [f"{state.id} has no answer to {outcome}" for outcome in sorted(missing)]
    return tuple(found)


NEEDED: Mapping[str, frozenset[str]] = {
    "call": frozenset({"unavailable", "throttled", "failed"}),
    "send": frozenset(),
    "ask": frozenset({"rejected"}),
}
"""Errors that every step of a kind must have an answer to, whether or not the model gives them a chance."""
