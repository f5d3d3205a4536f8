"""A program of the simulator: code, stations, sources, faults, as frozen data. `Assembler` writes one.

Times are seconds, rates per second. Names are for streams of random numbers and for reading results: a stream is
seeded by its name, so that changing one part leaves the draws of all others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from groma.model.law import Law

Happening = Literal["slow", "down", "up", "flush", "servers"]
Discipline = Literal["fifo", "lifo", "priority", "sharing", "batch"]
Ending = Literal["ok", "timeout", "unavailable", "throttled", "rejected", "failed"]
ENDINGS: tuple[Ending, ...] = ("ok", "timeout", "unavailable", "throttled", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class Shifted:
    """`least` plus a law."""

    law: Law
    least: float


@dataclass(frozen=True, slots=True)
class Capped:
    """A law whose values above `most` are `most`."""

    law: Law | Shifted
    most: float


AnyLaw: TypeAlias = Law | Shifted | Capped


@dataclass(frozen=True, slots=True)
class Station:
    """Servers with a queue.

    `units` (replicas) of `threads` servers each (None: no limit, a delay); `places` to wait (None: no limit);
    `enough` units must be up, else all who come or are there get `unavailable`. `slope`: seconds that each job held
    adds to a job's work. Batch stations take up to `batch` jobs at once, after `most_wait` at the latest;
    `batch_laws[n - 1]` is the service time of n jobs.
    """

    name: str
    threads: int | None = 1
    units: int = 1
    discipline: Discipline = "fifo"
    places: int | None = None
    enough: int = 1
    levels: int = 1
    slope: float = 0.0
    batch: int = 1
    most_wait: float = 0.0
    batch_laws: tuple[AnyLaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What starts the runs of a flow.

    One of: `gaps` (a renewal process; exponential gaps are a Poisson process); `states` (MMPP: for each hidden state
    its arrival rate and its rates into all states); `times` (a trace); `customers` (a closed population that thinks
    for `gaps` before each run). `rates` are (from, multiplier) pieces of a gap's own clock, repeated every `period`
    (which thinking knows none of).
    """

    flow: str
    gaps: AnyLaw | None = None
    states: tuple[tuple[float, tuple[float, ...]], ...] = ()
    times: tuple[float, ...] = ()
    customers: int = 0
    rates: tuple[tuple[float, float], ...] = ()
    period: float | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Something that fails after `up` and is back after `down`; its `units` (see `Assembler.unit`) go with it."""

    name: str
    up: AnyLaw
    down: AnyLaw
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something planned `at` a time: `slow` (a station, by a factor), `down` or `up` (a unit), `flush` (a cache),
    `servers` (a station's servers from now on; infinite: as many as its units give)."""

    at: float
    kind: Happening
    target: int
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Calendar:
    """How many servers of a station are there: (from, servers) within each `period`; the first is from 0."""

    station: int
    period: float
    servers: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Scaler:
    """Looks `every` so often at a station and sets its units to those that bring its utilisation to `target`;
    more units come after `delay`, fewer at once."""

    station: int
    least: int
    most: int
    target: float
    every: float
    delay: float


@dataclass(frozen=True, slots=True)
class Retry:
    """`times` attempts more on errors of `mask`; `budget`: tokens for each call, one is spent for each retry."""

    times: int
    mask: int
    backoff: float
    factor: float
    jitter: float
    longest: float
    budget: float | None
    reserve: float
    stream: int


@dataclass(frozen=True, slots=True)
class Breaker:
    """Opens at a `share` of bad ends (of `mask`) among at least `least` calls in a `window` of ten slots."""

    share: float
    window: float
    half_open_after: float
    mask: int
    least: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A token bucket."""

    rate: float
    burst: float


@dataclass(frozen=True, slots=True)
class Cache:
    """`size` keys, the one used longest ago goes first; fresh for `life` seconds. Keys have a `popularity` law."""

    size: int
    popularity: int
    keys: int
    life: float
    stream: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A class of runs: where its code starts, and the marks that they can pass."""

    name: str
    start: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """All of it. `code` holds instructions of eight integers; see `instructions.py`."""

    code: tuple[tuple[int, ...], ...]
    flows: tuple[Flow, ...]
    stations: tuple[Station, ...]
    sources: tuple[Source, ...]
    laws: tuple[AnyLaw, ...]
    streams: tuple[str, ...]
    depth: int
    """Most scopes that a task can have on its stack."""
    registers: int = 0
    marks: tuple[str, ...] = ()
    """Names of all marks, as MARK numbers them."""
    reals: tuple[float, ...] = ()
    durations: tuple[float, ...] = ()
    branches: tuple[tuple[float, int], ...] = ()
    """(cumulative share, address) of choices, and (0, address) of branches that start together."""
    forms: tuple[tuple[tuple[int, float], ...], ...] = ()
    """Linear forms of registers: (register, coefficient)."""
    tables: tuple[tuple[tuple[float, ...], ...], ...] = ()
    table_laws: tuple[int, ...] = ()
    retries: tuple[Retry, ...] = ()
    breakers: tuple[Breaker, ...] = ()
    limits: tuple[Limit, ...] = ()
    caches: tuple[Cache, ...] = ()
    tallies: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Names of routines, as spans of a trace give them."""
    units: tuple[int, ...] = ()
    """The station of each unit that a part or an action can take down."""
    parts: tuple[Part, ...] = ()
    actions: tuple[Action, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    scalers: tuple[Scaler, ...] = ()

    def flow(self, name: str) -> int:
        """The number of a flow; ValueError if there is none of this name."""
        return _named(self.flows, name, "flow")

    def station(self, name: str) -> int:
        """The number of a station; ValueError if there is none of this name."""
        return _named(self.stations, name, "station")


def _named(things: Sequence[Flow | Station], name: str, kind: str) -> int:
    for number, thing in enumerate(things):
        if thing.name == name:
            return number
    raise ValueError(f"There is no {kind} `{name}`; there are: {', '.join(t.name for t in things)}")
