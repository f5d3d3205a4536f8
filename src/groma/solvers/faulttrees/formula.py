"""Boolean formulas over named events: what every fault-tree method of this room reads.

A formula is a directed acyclic graph of frozen parts. Sharing is by identity: the same object used
under two gates is the same gate (Open-PSA Model Exchange Format 2.0d, chapter on fault trees, has the
same connectives). Nothing here walks recursively, so chains of 10^5 gates are as good as flat ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Event:
    """A basic event, true with a probability given elsewhere; equal names are the same event."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A house event: surely true or surely false. Use `ALWAYS` and `NEVER`."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Not:
    """True when its part is false."""

    part: Formula


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class And:
    """True when all parts are; with no parts, always true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Or:
    """True when any part is; with no parts, never true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AtLeast:
    """True when at least `k` of the parts are (a part listed twice counts twice)."""

    k: int
    parts: tuple[Formula, ...]


Formula: TypeAlias = Event | Constant | Not | And | Or | AtLeast

ALWAYS: Final = Constant(True)
NEVER: Final = Constant(False)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The immediate parts of a formula; none for events and constants."""
    match formula:
        case Event() | Constant():
            return ()
        case Not(part):
            return (part,)
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return parts


def bottom_up(formula: Formula) -> Iterator[Formula]:
    """Every distinct object of the formula once, parts before what they are parts of."""
    done: set[int] = set()
    stack: list[tuple[Formula, Iterator[Formula]]] = [(formula, iter(parts_of(formula)))]
    while stack:
        here, rest = stack[-1]
        below = next(rest, None)
        if below is None:
            stack.pop()
            done.add(id(here))
            yield here
        elif id(below) not in done:
            stack.append((below, iter(parts_of(below))))


def events_of(formula: Formula) -> tuple[str, ...]:
    """Names of the events of a formula, sorted."""
    return tuple(sorted({f.name for f in bottom_up(formula) if isinstance(f, Event)}))


def xor(parts: Iterable[Formula]) -> Formula:
    """True when an odd number of parts are; written with the other connectives."""
    result: Formula = NEVER
    for part in parts:
        result = Or((And((result, Not(part))), And((Not(result), part))))
    return result


def structure(success: Formula) -> Formula:
    """The failure formula of a success formula.

    `success` says when the system works, over events meaning "this part is up". The result says when it
    is down, over events of the same names meaning "this part is down" (the dual of the structure
    function, Barlow & Proschan 1975, section 1.2). Its probability at unavailabilities is the system's
    unavailability, without subtracting from one.
    """
    dual: dict[int, Formula] = {}
    for f in bottom_up(success):
        match f:
            case Event():
                dual[id(f)] = f
            case Constant(value):
                dual[id(f)] = NEVER if value else ALWAYS
            case Not(part):
                dual[id(f)] = Not(dual[id(part)])
            case And(parts):
                dual[id(f)] = Or(tuple(dual[id(p)] for p in parts))
            case Or(parts):
                dual[id(f)] = And(tuple(dual[id(p)] for p in parts))
            case AtLeast(k, parts):
                dual[id(f)] = AtLeast(len(parts) - k + 1, tuple(dual[id(p)] for p in parts))
    return dual[id(success)]
