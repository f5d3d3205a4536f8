"""Which states runs can be in, and how they get there: shortest paths over the ways that the model gives a chance.

A fixed point, because a join goes on only when enough of its branches end ok, and an error leaves a retry or a join
only as a kind that came in. Reachability over-approximates: times are not looked at, so a limit may always be hit.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from groma.analyses.orchestration.machine import Machine, State, Transition

Passes = Callable[[Transition], bool]


@dataclass(frozen=True, slots=True)
class Reached:
    """The states reached and the transition by which each was met first (none for where one began)."""

    machine: Machine
    first: dict[str, Transition | None]
    ways: tuple[Transition, ...]

    def __contains__(self, state: str) -> bool:
        return state in self.first

    def path(self, state: str) -> tuple[Transition, ...]:
        """The transitions that lead to a reached state, from where one began."""
        found: list[Transition] = []
        met: set[str] = set()
        at = self.first[state]
        while at is not None and at not in found:
            found.append(at)
            at = self.first[at.source] if at.source in met else self._before(at)
            met.add(found[-1].source)
        return tuple(reversed(found))

    def _before(self, way: Transition) -> Transition | None:
        """How a run came to the source of a way: into a join or retry as that way on asks for it."""
        state = self.machine.by_id[way.source]
        if state.kind in ("join", "retry") and not way.after:
            for each in self.ways:
                if each.target == state.id and (
                    each.well if way.outcome == "ok" else each.outcome == way.outcome
                ):
                    return each
        return self.first[way.source]


def reach(
    machine: Machine, begin: str = "start", without: Passes | None = None, *, stated: bool = True
) -> Reached:
    """All states that a run reaches from `begin` without the ways that `without` names, nearest first.

    From a state inside a branch, what other branches can come to is taken from a reading from the start.
    """
    beside = () if begin == "start" else reach(machine, stated=stated).ways
    first: dict[str, Transition | None] = {begin: None}
    taken: dict[Transition, None] = {}
    before = -1
    while before < len(taken):
        before = len(taken)
        order = list(first)
        for name in order:
            for way in machine.leaving[name]:
                if (
                    way in taken
                    or not (way.stated if stated else way.possible)
                    or (without is not None and without(way))
                ):
                    continue
                if name != begin and not _open(machine, machine.by_id[name], way, taken, beside):
                    continue
                taken[way] = None
                if way.target not in first:
                    first[way.target] = way
                    order.append(way.target)
    return Reached(machine, first, tuple(taken))


def _open(
    machine: Machine,
    state: State,
    way: Transition,
    taken: Container[Transition],
    beside: Container[Transition],
) -> bool:
    """Whether what came into a join or retry lets it go on this way."""
    if state.kind not in ("join", "retry") or way.after:
        return True
    came = [each for each in machine.entering[state.id] if each in taken]
    if state.kind == "retry":
        return any(each.outcome == way.outcome for each in came)
    came += [each for each in machine.entering[state.id] if each in beside]
    if way.outcome == "ok":
        return len({each.branch for each in came if each.well}) >= state.join
    bad = [each for each in came if not each.well]
    spare = state.branches - state.join
    return len({each.branch for each in bad}) > spare and any(each.outcome == way.outcome for each in bad)


def reached_ways(machine: Machine) -> tuple[Transition, ...]:
    """The transitions that some run takes."""
    return reach(machine).ways


def told(machine: Machine, path: tuple[Transition, ...], most: int = 6) -> str:
    """A path in words, where it isn't simply the next step: `call model.generate: down; fallback at ...`."""
    parts: list[str] = []
    for way in path:
        state = machine.by_id[way.source]
        if state.kind in ("start", "mark", "fork", "send") or (way.outcome == "ok" and state.kind == "call"):
            continue
        by = f", then {way.by}" if way.by else ""
        parts.append(f"{name_of_state(state)}: {way.label}{by}")
    if len(parts) > most:
        parts = [*parts[: most - 2], "...", *parts[-2:]]
    return "; ".join(parts) or "straight on from the start"


def name_of_state(state: State) -> str:
    """A state for a sentence: what it does and where it is written."""
    what = f"{state.component}.{state.operation}" if state.operation else state.person or state.component
    words = f"{state.kind} {what}".strip() if what else state.kind
    return f"{words} ({state.at or state.path})"
