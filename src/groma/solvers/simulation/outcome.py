"""What one replication showed."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import ENDINGS, Program


@dataclass(frozen=True, slots=True)
class Latencies:
    """Times of one measure: count, moments, extremes (seconds) and a histogram with 256 steps an octave."""

    count: int
    total: float
    squares: float
    least: float
    most: float
    bins: tuple[tuple[int, int], ...] = field(repr=False)
    """(bin, count) of the bins that hold any."""

    @property
    def mean(self) -> float:
        """NaN of none."""
        return self.total / self.count if self.count else math.nan

    @property
    def variance(self) -> float:
        """Of the times themselves; NaN of fewer than two."""
        if self.count < 2:
            return math.nan
        return max(self.squares - self.total * self.total / self.count, 0.0) / (self.count - 1)

    def quantile(self, share: float) -> float:
        """The time within which this share lies, to 1/512 of it (half a step); NaN of none."""
        if not self.count:
            return math.nan
        rank, seen = share * self.count, 0
        for number, count in self.bins:
            seen += count
            if seen >= rank:
                return min(max(middle(number), self.least), self.most)
        return self.most

    def above(self, time: float) -> float:
        """Share of times above this one (exact to the step it lies in); NaN of none."""
        if not self.count:
            return math.nan
        return sum(count for number, count in self.bins if middle(number) > time) / self.count

    def __add__(self, other: Latencies) -> Latencies:
        bins = dict(self.bins)
        for number, count in other.bins:
            bins[number] = bins.get(number, 0) + count
        return Latencies(
            self.count + other.count,
            self.total + other.total,
            self.squares + other.squares,
            min(self.least, other.least),
            max(self.most, other.most),
            tuple(sorted(bins.items())),
        )


def middle(number: int) -> float:
    """The middle of a bin of the histogram, in seconds."""
    exponent = number // at.HISTOGRAM_STEPS - at.HISTOGRAM_LOWEST
    return math.ldexp(0.5 + (number % at.HISTOGRAM_STEPS + 0.5) / (2 * at.HISTOGRAM_STEPS), exponent)


@dataclass(frozen=True, slots=True)
class FlowOutcome:
    """Runs of a flow: those that started (after the warm-up), how they ended, how long the ok ones took.

    `marks`: to each mark, of runs that ended ok; `passed`: of all that passed it, however they ended.
    """

    name: str
    arrived: int
    ended: dict[str, int]
    latency: Latencies
    marks: dict[str, Latencies]
    passed: dict[str, Latencies]
    arrivals: tuple[int, ...] = ()
    ok: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    """By bucket of time."""

    @property
    def in_progress(self) -> int:
        """Runs that had not ended."""
        return self.arrived - sum(self.ended.values())

    @property
    def success(self) -> float:
        """Share of ended runs that ended ok; NaN of none."""
        total = sum(self.ended.values())
        return self.ended["ok"] / total if total else math.nan


@dataclass(frozen=True, slots=True)
class StationOutcome:
    """A station: means over the time observed, and counts of jobs."""

    name: str
    busy: float
    """Mean number of busy servers."""
    waiting: float
    """Mean number waiting (at a sharing station: present and not served, as it were)."""
    servers: float
    """Mean number of servers (infinite for a delay)."""
    arrived: int
    shed: int
    refused: int
    lost: int
    done: int
    busy_series: tuple[float, ...] = ()
    waiting_series: tuple[float, ...] = ()
    """Means in each bucket of time."""

    @property
    def utilisation(self) -> float:
        """Busy servers as a share of those there were; NaN where there were none, 0 for a delay."""
        return self.busy / self.servers if self.servers > 0 else math.nan


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of a trace: `run` (run, flow number, its number), `end` (run, end, flow number), `open` (span, parent
    span, label), `close` (span, end), `of` (span, run)."""

    time: float
    what: str
    a: int
    b: int
    c: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One replication. `observed`: seconds after the warm-up; `too_many`: it was stopped with too many tasks."""

    now: float
    observed: float
    events: int
    too_many: bool
    tasks: int
    flows: tuple[FlowOutcome, ...]
    stations: tuple[StationOutcome, ...]
    tallies: dict[str, float]
    caches: tuple[tuple[int, int], ...]
    """(hits, misses) of each keyed cache."""
    samples: tuple[tuple[float, int, float], ...] = field(default=(), repr=False)
    """(when, measure, time) of the first latencies."""
    trace: tuple[TraceLine, ...] = field(default=(), repr=False)

    def flow(self, name: str) -> FlowOutcome:
        """The runs of a flow; KeyError if there is none."""
        return {flow.name: flow for flow in self.flows}[name]

    def station(self, name: str) -> StationOutcome:
        """A station; KeyError if there is none."""
        return {station.name: station for station in self.stations}[name]


def read(program: Program, kernel: Any, image: dict[str, Any], too_many: bool) -> Outcome:
    """What the arrays of a kernel hold after a replication."""
    counts: dict[str, Any] = kernel.counts()
    settings = image["settings"]
    observed = max(counts["now"] - settings["warm_up"], 0.0)
    flows: list[FlowOutcome] = []
    buckets: int = settings["series_count"]
    series: Sequence[int] = image["series"]
    for number, flow in enumerate(program.flows):
        first: int = image["class_measure"][number]
        ended = image["ended"][number * at.ENDS : (number + 1) * at.ENDS]
        columns = [
            tuple(series[(number * 3 + c) * buckets : (number * 3 + c + 1) * buckets]) for c in range(3)
        ]
        flows.append(
            FlowOutcome(
                flow.name,
                image["arrived"][number],
                dict(zip(ENDINGS, ended, strict=True)),
                _latencies(image, first),
                {mark: _latencies(image, first + 1 + 2 * n) for n, mark in enumerate(flow.marks)},
                {mark: _latencies(image, first + 2 + 2 * n) for n, mark in enumerate(flow.marks)},
                *columns,
            )
        )
    lines: list[Sequence[int]] = [image["log_i"][4 * n : 4 * n + 4] for n in range(counts["log"])]
    words = ("", "run", "end", "open", "close", "of")
    return Outcome(
        counts["now"],
        observed,
        counts["events"],
        too_many,
        counts["tasks"],
        tuple(flows),
        tuple(
            _station(program, image, n, observed, min(counts["ticks"], buckets))
            for n in range(len(program.stations))
        ),
        dict(zip(program.tallies, image["tally"], strict=False)),
        tuple(
            (image["cache"][n * at.CACHE + at.C_HITS], image["cache"][n * at.CACHE + at.C_MISSES])
            for n in range(len(program.caches))
        ),
        tuple(
            (image["sample_time"][n], image["sample_measure"][n], image["sample"][n])
            for n in range(counts["samples"])
        ),
        tuple(TraceLine(image["log_t"][n], words[kind], a, b, c) for n, (kind, a, b, c) in enumerate(lines)),
    )


def _latencies(image: dict[str, Any], measure: int) -> Latencies:
    import numpy as np

    total, squares, least, most = image["measure"][measure * at.MEASURE : (measure + 1) * at.MEASURE]
    bins = np.asarray(
        image["histogram"][measure * at.HISTOGRAM : (measure + 1) * at.HISTOGRAM], dtype=np.int64
    )
    filled = np.flatnonzero(bins)
    return Latencies(
        int(bins.sum()),
        total,
        squares,
        least,
        most,
        tuple(zip(filled.tolist(), bins[filled].tolist(), strict=True)),
    )


def _station(
    program: Program, image: dict[str, Any], number: int, observed: float, ticks: int
) -> StationOutcome:
    row = image["station"][number * at.STATION : (number + 1) * at.STATION]
    real = image["station_real"][number * at.STATION_REALS : (number + 1) * at.STATION_REALS]
    buckets: int = image["settings"]["series_count"]
    width: float = image["settings"]["series_width"]
    series = image["station_series"][2 * number * buckets : 2 * (number * buckets + ticks)]
    station = program.stations[number]
    over = observed if observed > 0 else math.nan
    return StationOutcome(
        station.name,
        real[at.Y_BUSY] / over,
        real[at.Y_WAITING] / over,
        math.inf if station.threads is None else real[at.Y_SERVERS] / over,
        row[at.X_ARRIVED],
        row[at.X_SHED],
        row[at.X_REFUSED],
        row[at.X_LOST],
        row[at.X_DONE],
        _means(series[0::2], width),
        _means(series[1::2], width),
    )


def _means(integrals: array[float], width: float) -> tuple[float, ...]:
    before = array("d", [0.0, *integrals[:-1]])
    # At the end of a warm-up integrals start anew: then the bucket holds what came after.
    return tuple((b - a if b >= a else b) / width for a, b in zip(before, integrals, strict=False))
