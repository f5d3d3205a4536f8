"""What an assembler keeps while it writes: instructions, names, numbers of laws and streams, depths of scopes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import (
    ENDINGS,
    Action,
    AnyLaw,
    Breaker,
    Cache,
    Calendar,
    Ending,
    Flow,
    Limit,
    Part,
    Retry,
    Scaler,
    Source,
    Station,
)

ERRORS: tuple[Ending, ...] = ENDINGS[1:]


def mask(kinds: Sequence[Ending]) -> int:
    """The kinds of end as bits."""
    return sum(1 << ENDINGS.index(kind) for kind in set(kinds))


def error_number(kind: Ending) -> int:
    """The number of a kind of error; ValueError if it is none."""
    if kind not in ERRORS:
        raise ValueError(f"`{kind}` is no kind of error; there are: {', '.join(ERRORS)}")
    return ENDINGS.index(kind)


class Writing:
    """The state of an assembler, and the writing of one instruction."""

    def __init__(self) -> None:
        self._code: list[list[int]] = []
        self._where = ""
        self._depth = 0
        self._deepest: dict[str, int] = {}
        self._calls: dict[str, list[tuple[int, str]]] = {}
        self._undoing: dict[str, list[str]] = {}
        self._routines: dict[str, int | None] = {}
        self._names: list[str] = []
        self._patches: list[tuple[int, int, int]] = []
        self._laws: dict[AnyLaw, int] = {}
        self._streams: dict[str, int] = {}
        self._draws: dict[str, int] = {}
        self._stations: list[Station] = []
        self._sources: list[Source] = []
        self._flows: list[Flow] = []
        self._marks: dict[str, int] = {}
        self._marked: dict[str, set[str]] = {}
        self._flow_names: list[str] = []
        self._reals: dict[float, int] = {}
        self._durations: dict[float, int] = {}
        self._branches: list[tuple[float, int]] = []
        self._forms: list[tuple[tuple[int, float], ...]] = []
        self._tables: list[tuple[tuple[float, ...], ...]] = []
        self._table_laws: list[int] = []
        self._registers: int = 0
        self._retries: list[Retry] = []
        self._breakers: list[Breaker] = []
        self._limits: list[Limit] = []
        self._caches: list[Cache] = []
        self._tallies: dict[str, int] = {}
        self._units: list[int] = []
        self._parts: list[Part] = []
        self._actions: list[Action] = []
        self._calendars: list[Calendar] = []
        self._scalers: list[Scaler] = []
        self._emit(at.OP_NEXT_COMPENSATION)
        self._emit(at.OP_LEAVE, 0)

    def _here(self) -> int:
        return len(self._code) * at.WIDTH

    def _emit(self, operation: int, *operands: int) -> int:
        self._code.append([operation, *operands, *([0] * (at.WIDTH - 1 - len(operands)))])
        return len(self._code) - 1

    def _deep(self, depth: int) -> None:
        self._deepest[self._where] = max(self._deepest.get(self._where, 0), depth)

    @contextmanager
    def _separate(self, where: str) -> Generator[None]:
        if self._where:
            raise ValueError(f"`{where}` stands inside `{self._where}`: routines and flows aren't nested.")
        self._where, self._depth = where, 0
        yield
        self._where = ""

    @contextmanager
    def _scope(self) -> Generator[None]:
        self._depth += 1
        self._deep(self._depth)
        yield
        self._depth -= 1
        self._emit(at.OP_LEAVE, self._here() + at.WIDTH)

    def _law(self, law: AnyLaw) -> int:
        return self._laws.setdefault(law, len(self._laws))

    def _stream(self, name: str) -> int:
        return self._streams.setdefault(name, len(self._streams))

    def _site(self, name: str, given: str | None) -> int:
        """The stream of a place: as given, or numbered within its routine."""
        if given is not None:
            return self._stream(given)
        number = self._draws[name] = self._draws.get(name, 0) + 1
        return self._stream(name if number == 1 else f"{name}/{number}")

    def _form(self, per: Sequence[tuple[int, float]]) -> int:
        if not per:
            return -1
        self._forms.append(tuple((int(r), float(c)) for r, c in per))
        return len(self._forms) - 1
