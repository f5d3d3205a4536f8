"""Pools, and threads of components, that are held in turns: by runs that wait for the next one while others hold that.

One flow holds a line and asks for a lock inside it, another holds the lock and asks for a line: once every unit of both
is held by those who wait, nobody ever goes on (circular wait: Coffman, Elphick and Shoshani, System Deadlocks, ACM
Computing Surveys 1971). With several units of each, it needs a knot (Holt, Some Deadlock Properties of Computer
Systems, ACM Computing Surveys 1972): stations of which each is held in full by runs that all wait for stations of the
knot. How many runs are enough is worked out exactly: the fewest that fill a knot, with what they hold besides, by an
integer program over what runs hold where they ask. Where all ask in the same order there is no circle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.holding import MANY, Asking, askings
from groma.model.program import Step

Chain = tuple[tuple[str, int | None], ...]
"""What is held, outermost first: a component (or the step of a fork), and in which branch of the one before."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A step at which a component is asked for while a unit of another is held, which was taken at `first`."""

    held: str
    component: str
    first: Step
    step: Step
    way: tuple[str, ...]
    """Operations and flows between the two, outermost first."""

    @property
    def told(self) -> str:
        """Where it is asked for, and what is held there."""
        return f"{self.component} at {self.step.path} while {self.first.path} holds {self.held}"


@dataclass(frozen=True, slots=True)
class InTurns:
    """Stations each of which is asked for while the one before it is held, and the first while the last is."""

    turns: tuple[Turn, ...]
    units: tuple[int, ...]
    """Of each station, in the order of `components`."""
    enough: int
    """Runs at once that may bring each other to a standstill."""

    @property
    def components(self) -> tuple[str, ...]:
        """The stations, in the order in which they are held."""
        return tuple(turn.held for turn in self.turns)

    @property
    def told(self) -> str:
        """What may happen, in a sentence without its end."""
        asked = ", ".join(turn.told for turn in self.turns)
        there = ", ".join(f"{n} of {name}" for n, name in zip(self.units, self.components, strict=True))
        ever = waiting_for_ever(self.enough)
        return f"{' and '.join(self.components)} are held in turns ({asked}): with {there}, {ever}"


def waiting_for_ever(enough: int) -> str:
    """What so many runs come to."""
    runs = "one run waits for itself" if enough == 1 else f"{enough} runs at once wait for each other"
    return f"{runs} for ever"


def held_in_turns(context: Context, alone: Mapping[str, int]) -> tuple[InTurns, ...]:
    """The circles of two or more stations that enough runs can fill at once, the smallest first; without those of which
    a part is a circle already, be it one `alone` (with the runs that are enough there), unless fewer runs fill it."""
    asked = askings(context)
    turns: dict[tuple[str, str], Turn] = {}
    for asking in asked:
        for unit in asking.held:
            if unit.component and unit.component != asking.component:
                turn = Turn(unit.component, asking.component, unit.step, asking.step, asking.way_since(unit))
                turns.setdefault((unit.component, asking.component), turn)
    if not turns:
        return ()
    found: list[InTurns] = []
    known = [(frozenset({name}), enough) for name, enough in alone.items()]
    twice = frozenset(name for asking in asked for name in _held_twice(asking))

    def more_than_known(way: tuple[str, ...]) -> bool:
        """Whether a part is a circle already. To fill more takes more runs, unless fewer hold several of the same."""
        return any(part <= set(way) and not part & twice for part, _ in known)

    for circle in _circles(turns, more_than_known):
        enough = _fewest(asked, circle)
        if enough is not None and all(enough < n for part, n in known if part <= set(circle)):
            known.append((frozenset(circle), enough))
            units = {asking.component: asking.units for asking in asked}
            pairs = zip(circle, (*circle[1:], circle[0]), strict=True)
            found.append(
                InTurns(tuple(turns[pair] for pair in pairs), tuple(units[c] for c in circle), enough)
            )
    return tuple(found)


def _held_twice(asking: Asking) -> Iterator[str]:
    names = [unit.component for unit in asking.held]
    return (name for name in names if name and names.count(name) > 1)


def _circles(
    turns: Collection[tuple[str, str]], passed_over: Callable[[tuple[str, ...]], bool]
) -> Iterator[tuple[str, ...]]:
    """Every way round that comes to no station twice, from its first station by name; shorter ones first."""
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for one, other in sorted(turns):
        if not passed_over((one,)) and not passed_over((other,)):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    back = {name: _back_to(before, name) for name in after}
    ways: list[tuple[str, ...]] = [(name,) for name in sorted(after)]
    while ways:
        longer: list[tuple[str, ...]] = []
        for way in ways:
            if passed_over(way):
                continue
            for name in after.get(way[-1], ()):
                if name == way[0]:
                    yield way
                elif name in back[way[0]] and name not in way:
                    longer.append((*way, name))
        ways = longer


def _back_to(before: Mapping[str, Sequence[str]], first: str) -> set[str]:
    """Later stations by name from which the first is come to by such alone: no other way leads round."""
    found, todo = set[str](), [first]
    while todo:
        for name in before.get(todo.pop(), ()):
            if name > first and name not in found:
                found.add(name)
                todo.append(name)
    return found


@dataclass(slots=True)
class _Fill:
    """An integer program: how many runs hold what, and wait for what.

    `taken` counts what is held by the same runs in the same order (a chain); all who hold it wait, there or further in.
    `waiting` counts waits at the end of a chain.
    """

    most: int
    taken: dict[Chain, int] = field(default_factory=dict[Chain, int])
    waiting: dict[tuple[Chain, int | None, str], int] = field(
        default_factory=dict[tuple[Chain, int | None, str], int]
    )
    inside: dict[Chain, list[tuple[int, int | None]]] = field(
        default_factory=dict[Chain, list[tuple[int, int | None]]]
    )
    """Columns of what runs hold or ask for next, each with its branch."""
    upper: list[float] = field(default_factory=list[float])

    def column(self, upper: float) -> int:
        self.upper.append(min(upper, self.most))
        return len(self.upper) - 1

    def add(self, asking: Asking) -> None:
        """What is held where a step asks, and the wait there."""
        chain, branch = (), 0
        for unit in asking.held:
            longer: Chain = (*chain, (unit.component or unit.step.path, branch))
            if longer not in self.taken:
                self.taken[longer] = self.column(unit.units)
                self.inside.setdefault(chain, []).append((self.taken[longer], branch))
            chain, branch = longer, unit.branch
        key = (chain, branch, asking.component)
        if key not in self.waiting:
            self.waiting[key] = self.column(asking.places)
            self.inside.setdefault(chain, []).append((self.waiting[key], branch))


def _fewest(asked: Sequence[Asking], circle: tuple[str, ...]) -> int | None:
    """The fewest runs that hold all of a circle's stations and wait for them or for others held so; None if so many
    can't be at it at once."""
    import numpy as np

    from groma.solvers.optimisation import Rows, minimise

    units = {unit.component: int(unit.units) for asking in asked for unit in asking.held if unit.component}
    units |= {asking.component: asking.units for asking in asked}
    places = dict.fromkeys(units, MANY) | {asking.component: asking.places for asking in asked}
    fill = _Fill(sum(units.values()))
    for asking in asked:
        fill.add(asking)
    full = {name: fill.column(1) for name in units}
    rows = Rows.none()
    for name, column in full.items():
        own = {at: 1.0 for chain, at in fill.taken.items() if chain[-1][0] == name}
        rows.add({**own, column: -float(units[name])}, 0.0, MANY)  # full: all are held by those who wait
        rows.add(own, 0.0, float(units[name]))
        if places[name] < MANY:
            there = {at: 1.0 for (_, _, wanted), at in fill.waiting.items() if wanted == name}
            rows.add(there, 0.0, float(places[name]))
    for chain, at in fill.taken.items():
        further = fill.inside[chain]
        rows.add({at: -1.0, **{column: 1.0 for column, _ in further}}, 0.0, MANY)  # whoever holds it is stuck
        for branch in {branch for _, branch in further}:
            often = 1.0 if branch is not None else float(fill.most)
            rows.add({at: often, **{column: -1.0 for column, other in further if other == branch}}, 0.0, MANY)
    for (_, _, wanted), at in fill.waiting.items():
        rows.add({at: -1.0, full[wanted]: float(fill.most)}, 0.0, MANY)
    for held, wanted in zip(circle, (*circle[1:], circle[0]), strict=True):
        pair = [at for (c, _, w), at in fill.waiting.items() if w == wanted and any(u[0] == held for u in c)]
        rows.add(dict.fromkeys(pair, 1.0), 1.0, MANY)
    cost, upper = np.zeros(len(fill.upper)), np.array(fill.upper)
    for chain, further in fill.inside.items():
        cost[[at for at, branch in further if not chain or branch is None]] = 1.0
    found = minimise(cost, upper, [(rows.matrix(len(upper)), rows.lower, rows.upper)])
    return None if found is None else round(float(cost @ found))
