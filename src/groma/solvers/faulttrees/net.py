"""A formula as an indexed net of gates: folded, shared, ready for the algorithms.

Node 0 is the constant true, then the events, then the gates, parts before wholes. A reference is
`2 * node + complement`, so a negation costs nothing (the and-inverter convention of Biere's AIGER).
Constants are folded, equal gates merged, and gates of the same kind with one parent flattened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groma.solvers.faulttrees.formula import (
    And,
    AtLeast,
    Constant,
    Event,
    Formula,
    Not,
    Or,
    bottom_up,
    parts_of,
)

TRUE, FALSE = 0, 1
ALL, ANY, ATLEAST = "all", "any", "at least"


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate over references; `k` is the number of parts needed (all of them, one, or k)."""

    kind: str
    k: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Net:
    """Events are nodes 1..len(events); gates follow, parts first. `unate`: no event occurs both plain and
    negated. `coherent`: no event occurs negated, so the formula can only become true by an event coming true.
    In a unate net only events are ever complemented."""

    events: tuple[str, ...]
    gates: tuple[Gate, ...]
    root: int
    unate: bool
    coherent: bool

    def gate(self, node: int) -> Gate | None:
        """The gate at a node, or None for an event or the constant."""
        at = node - len(self.events) - 1
        return self.gates[at] if at >= 0 else None


class _Builder:
    def __init__(self, events: tuple[str, ...]) -> None:
        self.events = events
        self.first_gate = len(events) + 1
        self.gates: list[Gate] = []
        self.known: dict[tuple[str, int, tuple[int, ...]], int] = {}

    def add(self, kind: str, k: int, refs: Iterable[int]) -> int:
        """The reference of a gate after folding."""
        if kind == ATLEAST:
            given = list(refs)
            kept = [r for r in given if r > FALSE]
            k -= given.count(TRUE)
            if k <= 0:
                return TRUE
            if k > len(kept):
                return FALSE
            if 1 < k < len(kept):
                return self._shared(ATLEAST, k, kept)
            kind, refs = (ANY, kept) if k == 1 else (ALL, kept)
        absorbing, neutral = (FALSE, TRUE) if kind == ALL else (TRUE, FALSE)
        seen: dict[int, None] = {}
        for r in refs:
            if r == absorbing or (r ^ 1) in seen:
                return absorbing
            if r != neutral:
                seen[r] = None
        parts = list(seen)
        if not parts:
            return neutral
        if len(parts) == 1:
            return parts[0]
        return self._shared(kind, len(parts) if kind == ALL else 1, parts)

    def _shared(self, kind: str, k: int, parts: list[int]) -> int:
        key = (kind, k, tuple(sorted(parts)))
        ref = self.known.get(key)
        if ref is None:
            ref = 2 * (self.first_gate + len(self.gates))
            self.known[key] = ref
            self.gates.append(Gate(kind, k, tuple(parts)))
        return ref


def compile_net(formula: Formula) -> Net:
    """The net of a formula. Linear in its size."""
    order = list(bottom_up(formula))
    sole_parent: dict[int, type[Formula] | None] = {}
    names: dict[str, int] = {}
    for f in order:
        if isinstance(f, Event):
            names.setdefault(f.name, len(names) + 1)
        for part in parts_of(f):
            sole_parent[id(part)] = None if id(part) in sole_parent else type(f)
    build = _Builder(tuple(names))
    ref: dict[int, int] = {}
    inlined: dict[
        int, list[int]
    ] = {}  # parts of the gates that their only parent, of their own kind, takes in

    def collected(parts: tuple[Formula, ...]) -> list[int]:
        lists = [inlined.pop(id(p)) for p in parts if id(p) in inlined]
        refs = max(lists, key=len) if lists else []
        for taken in lists:
            if taken is not refs:
                refs.extend(taken)
        refs.extend(ref[id(p)] for p in parts if id(p) in ref)
        return refs

    for f in order:
        match f:
            case Event(name):
                ref[id(f)] = 2 * names[name]
            case Constant(value):
                ref[id(f)] = TRUE if value else FALSE
            case Not(part):
                ref[id(f)] = ref[id(part)] ^ 1
            case And(parts) | Or(parts):
                refs = collected(parts)
                if sole_parent.get(id(f)) is type(f):
                    inlined[id(f)] = refs
                else:
                    ref[id(f)] = build.add(ALL if isinstance(f, And) else ANY, 0, refs)
            case AtLeast(k, parts):
                ref[id(f)] = build.add(ATLEAST, k, [ref[id(p)] for p in parts])
    return _settled(build, ref[id(formula)])


def _settled(build: _Builder, root: int) -> Net:
    """Find the polarities; where every event has one, push the negations down to the events."""
    n = build.first_gate
    polarity = [0] * (n + len(build.gates))  # 1: reached plain, 2: reached negated, 3: both
    polarity[root >> 1] = 2 if root & 1 else 1
    for at in reversed(range(len(build.gates))):
        here = polarity[n + at]
        if here:
            swapped = (here & 1) << 1 | here >> 1
            for r in build.gates[at].parts:
                polarity[r >> 1] |= swapped if r & 1 else here
    of_events = polarity[1:n]
    if 3 in of_events:
        return Net(build.events, tuple(build.gates), root, unate=False, coherent=False)
    gates, root = _negations_at_events(build, root)
    return Net(build.events, gates, root, unate=True, coherent=2 not in of_events)


def _negations_at_events(build: _Builder, root: int) -> tuple[tuple[Gate, ...], int]:
    """Negation normal form of a unate net (De Morgan), each gate copied once per polarity it is used in."""
    n = build.first_gate
    fresh = _Builder(build.events)
    place: dict[int, int] = {TRUE: TRUE, FALSE: FALSE}
    for event in range(1, n):
        place[2 * event], place[2 * event + 1] = 2 * event, 2 * event + 1
    wanted = {root}
    for at in reversed(range(len(build.gates))):
        for c in (0, 1):
            if 2 * (n + at) + c in wanted:
                wanted.update(r ^ c for r in build.gates[at].parts)
    for at, gate in enumerate(build.gates):
        plain = 2 * (n + at)
        if plain in wanted:
            place[plain] = fresh.add(gate.kind, gate.k, [place[r] for r in gate.parts])
        if plain + 1 in wanted:
            dual = {ALL: ANY, ANY: ALL, ATLEAST: ATLEAST}[gate.kind]
            k = len(gate.parts) - gate.k + 1
            place[plain + 1] = fresh.add(dual, k, [place[r ^ 1] for r in gate.parts])
    return tuple(fresh.gates), place[root]
