"""A state machine while it is drawn: states and transitions are added, then all are put in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groma.analyses.orchestration.machine import (
    DONE,
    FAILED,
    START,
    UNDO,
    Machine,
    Outcome,
    State,
    Transition,
)
from groma.model.program import ErrorKind

MOST_STATES = 20_000
"""Nested programs multiply; a machine larger than this is of no use to anybody and is refused."""


class TooLarge(ValueError):
    """A program whose machine has more states than can be read."""


@dataclass(frozen=True, slots=True)
class To:
    """Where an outcome leads, and by which policy (`retry at flows.a.steps.1`)."""

    target: str
    by: str = ""
    branch: int = 0
    well: bool = True
    """At a join: whether its branch ends ok there."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where each outcome of a step leads; `limits` are the times running around it: (as written, whose, to where)."""

    ok: To
    errors: Mapping[ErrorKind, To]
    stop: To
    limits: tuple[tuple[str, str, To], ...] = ()
    undone_by: str = ""
    holds: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The machine so far."""

    states: dict[str, State] = field(default_factory=dict[str, State])
    ways: list[Transition] = field(default_factory=list[Transition])
    compensations: dict[str, str] = field(default_factory=dict[str, str])
    apart: dict[str, None] = field(default_factory=dict[str, None])

    def add(self, state: State) -> str:
        """The name of a state that is added. Raises TooLarge."""
        if len(self.states) >= MOST_STATES:
            raise TooLarge(f"more than {MOST_STATES} states: {state.path} is reached in too many ways")
        self.states[state.id] = state
        return state.id

    def way(
        self,
        source: str,
        to: To,
        label: str,
        outcome: Outcome = "ok",
        *,
        stated: bool = True,
        possible: bool = True,
        after: str = "",
        share: str = "",
    ) -> None:
        """A transition out of a state; what can't happen isn't stated either."""
        stated = stated and possible
        made = Transition(
            source, to.target, label, outcome, stated, to.by, after, to.branch, to.well, share, possible
        )
        self.ways.append(made)

    def limited(self, source: str, ways: Ways) -> None:
        """Out of a state in which time passes: one way for each limit that runs around it."""
        for text, whose, to in ways.limits:
            self.way(source, to, f"no answer after {text} ({whose})", "timeout", after=text)

    def finish(self, name: str, entry: To) -> Machine:
        """States in the order they are met, the ends last; undoing is left out where nothing says how."""
        start = self.add(State(START, "start", does="a run begins"))
        self.way(start, entry, "begins")
        self.add(State(DONE, "done", does="ended ok"))
        self.add(State(FAILED, "failed", does="ended failed"))
        ways = self.ways
        if self.compensations:
            self.add(State(UNDO, "undo", does="undo what was done, the last first"))
            for path, first in self.compensations.items():
                if first != UNDO:
                    self.way(UNDO, To(first), f"{path} was done")
            self.way(UNDO, To(FAILED), "nothing is left to undo", "failed")
        else:
            ways = [replace(w, target=FAILED) if w.target == UNDO else w for w in ways]
        states = _in_order(self.states, ways)
        place = {state.id: number for number, state in enumerate(states)}
        ways = sorted(dict.fromkeys(ways), key=lambda way: place[way.source])
        return Machine(name, states, tuple(ways), self.compensations, tuple(self.apart))


def _in_order(states: dict[str, State], ways: list[Transition]) -> tuple[State, ...]:
    after: dict[str, list[str]] = {}
    for way in ways:
        after.setdefault(way.source, []).append(way.target)
    order: dict[str, None] = {}
    todo = [START]
    while todo:
        name = todo.pop()
        if name not in order:
            order[name] = None
            todo.extend(reversed(after.get(name, [])))
    last = (UNDO, DONE, FAILED)
    met = [n for n in order if n not in last]
    unmet = sorted(n for n in states if n not in order and n not in last)
    return tuple(states[n] for n in (*met, *unmet, *(n for n in last if n in states)))
