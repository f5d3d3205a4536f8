"""Stations to which one run comes more than once, and whether it may be there twice at the same time.

A run that comes again finds those who queued up behind it; one that comes twice at once stands in its own way. Its
calls make no Poisson stream together, and its waits hang on one another (see `outcome.revisited`). Attempts that come
since something took too long are none of this (see `outcome.late`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.outcome.call import holds_on
from groma.analyses.reach import comes_late
from groma.analyses.visits.most import MostVisits, most
from groma.model.program import (
    Ask,
    Call,
    Choose,
    Do,
    Group,
    Hold,
    Open,
    Parallel,
    Repeat,
    Send,
    Step,
)

Stations = frozenset[str]
NONE: Stations = frozenset()


@dataclass(frozen=True, slots=True)
class Revisits:
    """The most often that a run comes to a station, and whether it may be there more than once `at_once`."""

    visits: float
    at_once: bool


@dataclass(frozen=True, slots=True)
class Going:
    """Stations that steps come to; where something may `go_on` once they are over, or (`after_error`) once they ended
    in an error; and those to which something comes while the same run may be there (`met`)."""

    stations: Stations = NONE
    go_on: Stations = NONE
    after_error: Stations = NONE
    met: Stations = NONE

    def then(self, after: Going) -> Going:
        """One after the other."""
        return Going(
            self.stations | after.stations,
            self.go_on | after.go_on,
            self.after_error | self.go_on | after.after_error,
            self.met | after.met | (self.go_on & after.stations),
        )

    def beside(self, other: Going) -> Going:
        """Both at the same time."""
        met = self.met | other.met | (self.stations & other.stations)
        return Going(
            self.stations | other.stations,
            self.go_on | other.go_on,
            self.after_error | other.after_error,
            met,
        )


NOWHERE = Going()


def revisits(context: Context) -> Mapping[str, Revisits]:
    """By station, where a run comes more than once: over every way of making the choices that are open."""
    known: dict[str, Revisits] | None = context.memo.get("revisits")
    if known is None:
        whole = context.with_partial({})
        starting = [name for name, flow in context.model.flows.items() if flow.starts is not None]
        often, reader = most(MostVisits(whole, "calm").flow(name) for name in starting), _Reader(whole)
        met = NONE.union(*(reader.flow(name).met for name in starting))
        known = context.memo["revisits"] = {
            station: Revisits(visits, station in met) for station, visits in often.items() if visits > 1.0
        }
    return known


class _Reader:
    """Reads programs with every alternative of the choices that are open."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[int, tuple[tuple[Step, ...], Going]] = {}

    def flow(self, name: str) -> Going:
        return self.sequence(self.context.model.flows[name].steps)

    def sequence(self, steps: tuple[Step, ...]) -> Going:
        known = self._known.get(id(steps))
        if known is None:
            found = NOWHERE
            for step in steps:
                found = found.then(self.step(step))
            known = self._known[id(steps)] = (steps, found)
        return known[1]

    def step(self, step: Step) -> Going:
        policies, found = step.policies, self.action(step)
        for guard in policies.guards:
            found = found.then(self.sequence(guard.steps))
        if policies.timeout is not None or policies.deadline is not None:
            found = _left(found, found.go_on, found.stations)
        if policies.hedge is not None:
            found = _left(found, found.stations, found.stations)
        if policies.retry is not None:
            met = NONE if comes_late(self.context, step) else found.after_error & found.stations
            found = Going(found.stations, found.go_on | found.after_error, found.after_error, found.met | met)
        if policies.fallback is not None:
            back = self.sequence(policies.fallback)
            tried = Going(found.stations, found.go_on | found.after_error, NONE, found.met)
            found = tried.then(back)
        return found

    def action(self, step: Step) -> Going:
        match step.action:
            case Call(component, operation):
                return _either(self.operations(component, operation, sent=False))
            case Send(component, operation):
                return _either(self.operations(component, operation, sent=True))
            case Ask(person):
                return Going(frozenset({f"people.{person}"}))
            case Hold(component, steps):
                own, inside = frozenset({f"components.{component}"}), self.sequence(steps)
                return Going(
                    own | inside.stations,
                    inside.go_on,
                    inside.after_error,
                    inside.met | (own & inside.stations),
                )
            case Choose(branches):
                return _either(self.sequence(branch.steps) for branch in branches)
            case Open():
                return _either(self.sequence(steps) for steps in self.context.branches(step.action))
            case Parallel(branches, join):
                found = NOWHERE
                for steps in branches:
                    found = found.beside(self.sequence(steps))
                left = found.stations if join < len(branches) else found.go_on
                return _left(found, left, found.stations)
            case Repeat(steps):
                once = self.sequence(steps)
                return once.then(once)
            case Group(steps):
                return self.sequence(steps)
            case Do(flow):
                return self.flow(flow)
            case _:
                return NOWHERE

    def operations(self, component: str, operation: str, *, sent: bool) -> Iterable[Going]:
        """A call of whatever may stand under a name, or a message to it."""
        own = frozenset({f"components.{component}"})
        for candidate in self.context.candidates(component):
            offered = candidate.offers.get(operation)
            inside = NOWHERE if offered is None else self.sequence(offered.steps)
            met, stations = inside.met, own | inside.stations
            if offered is not None and holds_on(candidate, offered):
                met |= own & inside.stations
            alone = sent or (offered is not None and offered.answers != "when done")
            left = (stations if sent else inside.stations) if alone else NONE
            yield Going(stations, inside.go_on | left, inside.after_error | left, met)


def _left(found: Going, go_on: Stations, after_error: Stations) -> Going:
    return Going(found.stations, go_on, found.after_error | after_error, found.met)


def _either(ways: Iterable[Going]) -> Going:
    """One of them."""
    found = tuple(ways)
    return Going(
        NONE.union(*(way.stations for way in found)),
        NONE.union(*(way.go_on for way in found)),
        NONE.union(*(way.after_error for way in found)),
        NONE.union(*(way.met for way in found)),
    )
