"""Checks of instructions: every operand names something that is there, so that no code can read or write elsewhere.

What is written by `Assembler` passes anyway. Scopes are followed in `checks_stack.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groma.model.law import Empirical
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import Program

MOST_LEVELS = 64
ENDS_CODE = {
    at.OP_END,
    at.OP_RETURN,
    at.OP_JUMP,
    at.OP_LEAVE,
    at.OP_RAISE,
    at.OP_HANG,
    at.OP_NEXT_COMPENSATION,
}
"""What code may end with: nothing falls out of it."""

# What operands are, by operation; `-` is anything, a `?` after it allows -1 for none.
OPERANDS: Mapping[int, str] = {
    at.OP_SEIZE: "station level?",
    at.OP_WORK: "station law stream form?",
    at.OP_BATCH: "station level?",
    at.OP_GATE: "station",
    at.OP_DELAY: "law stream form?",
    at.OP_LEAVE: "address",
    at.OP_CHOOSE: "stream branch",
    at.OP_JUMP: "address",
    at.OP_CALL: "address - label",
    at.OP_RAISE: "end",
    at.OP_TRY: "address",
    at.OP_RETRY: "retry",
    at.OP_LIMIT: "duration error",
    at.OP_FORK: "- - - branch address",
    at.OP_HEDGE: "duration - address",
    at.OP_LOOP: "law stream address",
    at.OP_AGAIN: "real? stream",
    at.OP_BREAKER: "breaker",
    at.OP_ADMIT: "limit",
    at.OP_CACHE: "cache address",
    at.OP_SPAWN: "address flow?",
    at.OP_COMPENSATE: "address",
    at.OP_MARK: "mark",
    at.OP_TALLY: "tally real form?",
    at.OP_DRAW: "register law stream",
    at.OP_ROW: "register law stream?",
    at.OP_PRIORITY: "level",
}


def wrong_code(program: Program) -> list[str]:
    """All that is wrong with the instructions and what they refer to; empty when they are right."""
    fits = _kinds(program)
    wrong: list[str] = []
    for number, line in enumerate(program.code):
        if len(line) != at.WIDTH or not 0 <= line[0] < at.OPERATIONS:
            wrong.append(f"instruction {number} is none: an operation and seven operands")
            continue
        for place, kind in enumerate(OPERANDS.get(line[0], "").split(), 1):
            value = line[place]
            name = kind.rstrip("?")
            if name != "-" and not (value == -1 and kind != name) and not fits[name](value):
                wrong.append(f"instruction {number}: there is no {name} {value}")
        wrong += [f"instruction {number}: {problem}" for problem in _more(line, program)]
    if not program.code or program.code[-1][:1] not in {(op,) for op in ENDS_CODE}:
        wrong.append("the last instruction must not go on behind itself")
    return wrong + _tables(program, fits)


def _kinds(program: Program) -> dict[str, Callable[[int], bool]]:
    """Whether a number is one of a kind."""

    def below(count: int) -> Callable[[int], bool]:
        return lambda value: 0 <= value < count

    size = len(program.code) * at.WIDTH
    return {
        "address": lambda value: 0 <= value < size and value % at.WIDTH == 0,
        "station": below(len(program.stations)),
        "law": below(len(program.laws)),
        "stream": below(len(program.streams)),
        "form": below(len(program.forms)),
        "level": below(MOST_LEVELS),
        "branch": below(len(program.branches)),
        "label": below(max(len(program.labels), 1)),
        "end": lambda value: 0 < value < at.ENDS or value in (at.STOP, at.RERAISE),
        "error": lambda value: 0 < value < at.ENDS,
        "retry": below(len(program.retries)),
        "duration": below(len(program.durations)),
        "real": below(len(program.reals)),
        "breaker": below(len(program.breakers)),
        "limit": below(len(program.limits)),
        "cache": below(len(program.caches)),
        "flow": below(len(program.flows)),
        "mark": below(len(program.marks)),
        "tally": below(len(program.tallies)),
        "register": below(program.registers),
    }


def _more(line: tuple[int, ...], program: Program) -> list[str]:
    """What can be wrong with several operands together."""
    operation, a, b, c, d, e = line[:6]
    wrong: list[str] = []
    if operation in (at.OP_SEIZE, at.OP_WORK, at.OP_BATCH) and 0 <= a < len(program.stations):
        station = program.stations[a]
        if (station.discipline == "batch") != (operation == at.OP_BATCH):
            wrong.append(f"station `{station.name}` is served in batches, or isn't: use the other")
    if operation == at.OP_CHOOSE and not (
        c >= 1 and b + c <= len(program.branches) and program.branches[b + c - 1][0] >= 1.0
    ):
        wrong.append("a choice needs branches that are there, the last with all that is left")
    if operation == at.OP_FORK and not (1 <= b <= a and d + a <= len(program.branches)):
        wrong.append("a fork needs branches that are there, and waits for one of them at least")
    if operation == at.OP_ROW:
        size = sum(len(row) for rows in program.tables for row in rows)
        rows = _values(program, b)
        if not (d >= 1 and a + d <= program.registers and e >= 0 and e + rows * d <= size and rows >= 1):
            wrong.append("a row needs a table that is there, and a register for each of its columns")
    return wrong


def _tables(program: Program, fits: Mapping[str, Callable[[int], bool]]) -> list[str]:
    """What instructions refer to, which refers to more."""
    wrong = [
        f"a form has no register {register}"
        for form in program.forms
        for register, _ in form
        if not fits["register"](register)
    ]
    wrong += [f"a branch goes nowhere: {to}" for _, to in program.branches if not fits["address"](to)]
    wrong += [f"flow `{f.name}` starts nowhere" for f in program.flows if not fits["address"](f.start)]
    wrong += ["a retry has no stream" for r in program.retries if not fits["stream"](r.stream)]
    wrong += [
        "a cache needs a stream, and a law of its keys"
        for cache in program.caches
        if not (fits["stream"](cache.stream) and 1 <= _values(program, cache.popularity) <= cache.keys)
    ]
    watched = [*program.units, *(c.station for c in program.calendars), *(s.station for s in program.scalers)]
    wrong += [f"there is no station {station}" for station in watched if not fits["station"](station)]
    wrong += [
        f"a source of `{source.flow}` has no level {source.level}"
        for source in program.sources
        if not fits["level"](source.level)
    ]
    return wrong


def _values(program: Program, law: int) -> int:
    """How many values the law of this number chooses from; 0 if it is none that chooses."""
    found = program.laws[law] if 0 <= law < len(program.laws) else None
    return (
        len(found.values) if isinstance(found, Empirical) and len(found.weights) == len(found.values) else 0
    )
