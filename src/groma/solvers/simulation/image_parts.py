"""Rows of the kernel's arrays for laws, stations, sources, caches and agents."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Triangular, Uniform
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import AnyLaw, Capped, Program, Shifted, Source
from groma.solvers.simulation.settings import Settings

FOREVER = 1 << 62


def whole(values: Iterable[int]) -> array[int]:
    """Whole numbers; one at least, so that there is something to point to."""
    return array("q", values) or array("q", [0])


def real(values: Iterable[float]) -> array[float]:
    """Real numbers; one at least."""
    return array("d", values) or array("d", [0.0])


LawRow = tuple[int, tuple[float, float, float, float, float], Sequence[float], Sequence[float]]


def law_row(law: AnyLaw) -> LawRow:
    """Kind, parameters (the fourth is added to what is drawn, the fifth is the most), values and weights of a table."""
    if isinstance(law, Capped):
        kind, (a, b, c, shift, _), values, weights = law_row(law.law)
        if kind == at.L_CONSTANT:
            return kind, (min(a + shift, law.most), b, c, 0.0, 0.0), values, weights
        return kind + at.L_CAPPED, (a, b, c, shift, law.most), values, weights
    shift = 0.0
    if isinstance(law, Shifted):
        law, shift = law.law, law.least
    match law:
        case Constant(value):
            return at.L_CONSTANT, (value, 0.0, 0.0, shift, 0.0), (), ()
        case Gamma(mean, sd) if sd == 0.0:
            return at.L_CONSTANT, (mean, 0.0, 0.0, shift, 0.0), (), ()
        case Gamma(mean, sd) if math.isclose(mean, sd, rel_tol=1e-12):
            return at.L_EXPONENTIAL, (mean, 0.0, 0.0, shift, 0.0), (), ()
        case Gamma(mean, sd):
            return at.L_GAMMA, ((mean / sd) ** 2, sd * sd / mean, 0.0, shift, 0.0), (), ()
        case LogNormal(mean, sd) if sd == 0.0:
            return at.L_CONSTANT, (mean, 0.0, 0.0, shift, 0.0), (), ()
        case LogNormal():
            return at.L_LOGNORMAL, (law.mu, law.sigma, 0.0, shift, 0.0), (), ()
        case Uniform(low, high):
            return at.L_UNIFORM, (low, high, 0.0, shift, 0.0), (), ()
        case Triangular(low, mode, high):
            return at.L_TRIANGULAR, (low, mode, high, shift, 0.0), (), ()
        case Empirical(values, weights):
            return at.L_TABLE, (0.0, 0.0, 0.0, shift, 0.0), values, weights


def batch_laws(program: Program) -> list[AnyLaw]:
    """Laws of how long batches take, which stand behind those of the program."""
    return [law for station in program.stations for law in station.batch_laws]


def linear_rows(program: Program) -> list[tuple[int, int]]:
    """Where each linear form begins, and its length."""
    rows: list[tuple[int, int]] = []
    offset = 0
    for form in program.forms:
        rows.append((offset, len(form)))
        offset += len(form)
    return rows


def station_rows(program: Program) -> tuple[list[int], list[float], int]:
    """Rows of whole and real numbers of all stations, and how many queues they have."""
    rows: list[int] = []
    reals: list[float] = []
    queues = 0
    batch_law = len(program.laws)
    for number, s in enumerate(program.stations):
        kind = ("fifo", "lifo", "priority", "sharing", "batch").index(s.discipline)
        row = [0] * at.STATION
        row[at.X_DISCIPLINE] = kind
        row[at.X_THREADS] = at.UNLIMITED if s.threads is None else s.threads
        row[at.X_SERVERS] = at.UNLIMITED if s.threads is None else s.threads * s.units
        row[at.X_PLACES] = -1 if s.places is None else s.places
        row[at.X_UNITS_UP] = s.units
        row[at.X_ENOUGH] = s.enough
        row[at.X_ALLOWED] = at.UNLIMITED
        row[at.X_LEVELS] = s.levels
        row[at.X_QUEUES] = queues
        row[at.X_ROOT] = -1
        row[at.X_BATCH] = s.batch
        row[at.X_LAWS] = batch_law
        row[at.X_STREAM] = len(program.streams) + number
        rows += row
        real = [0.0] * at.STATION_REALS
        real[at.Y_SLOW] = 1.0
        real[at.Y_SLOPE] = s.slope
        real[at.Y_MAX_WAIT] = s.most_wait
        reals += real
        queues += s.levels
        batch_law += len(s.batch_laws)
    return rows, reals, queues


def source_rows(program: Program) -> dict[str, Any]:
    """The arrays of what starts runs."""
    lawful = {law: n for n, law in enumerate(program.laws)}
    rows: list[int] = []
    reals: list[float] = []
    ends: list[float] = []
    rates: list[float] = []
    table: list[float] = []
    first_stream = len(program.streams) + len(program.stations)
    for number, source in enumerate(program.sources):
        flow = program.flow(source.flow)
        row = [0] * at.SOURCE
        row[at.A_CLASS] = flow
        row[at.A_PC] = program.flows[flow].start
        row[at.A_STREAM] = first_stream + number
        row[at.A_LEVEL] = source.level
        row[at.A_COUNT] = source.customers
        row[at.A_CUSTOMERS] = number if source.customers else -1
        row[at.A_OFFSET] = len(table)
        row[at.A_SEGMENT_OFFSET] = len(ends)
        row[at.A_KIND], row[at.A_LENGTH] = _kind(source)
        if source.gaps is not None:
            row[at.A_LAW] = lawful[source.gaps]
        table += source.times
        table += [x for rate, into in source.states for x in (rate, *into)]
        if source.rates:
            row[at.A_SEGMENTS] = len(source.rates)
            last = math.inf if source.period is None else source.period
            ends += [*(start for start, _ in source.rates[1:]), last]
            rates += [rate for _, rate in source.rates]
        rows += row
        reals += (0.0 if source.period is None else source.period, 0.0, 0.0, 0.0)
    return {
        "source": whole(rows),
        "source_real": real(reals),
        "segment_end": real(ends),
        "segment_rate": real(rates),
        "source_table": real(table),
    }


def _kind(source: Source) -> tuple[int, int]:
    if source.customers:
        return at.CLOSED, 0
    if source.times:
        return at.TRACE, len(source.times)
    if source.states:
        return at.MODULATED, len(source.states)
    return at.RENEWAL, 0


def cache_rows(program: Program) -> dict[str, Any]:
    """The arrays of keyed caches."""
    rows: list[int] = []
    offset = 0
    for cache in program.caches:
        rows += (cache.size, cache.popularity, cache.stream, 0, -1, -1, offset, cache.keys, 0, 0)
        offset += cache.keys
    return {
        "cache": whole(rows),
        "cache_life": real(cache.life for cache in program.caches),
        "entry_link": array("q", [-1] * max(2 * offset, 1)),
        "entry_until": array("d", [-1.0] * max(offset, 1)),
    }


@dataclass(frozen=True, slots=True)
class Agents:
    """Rows of what changes by itself: parts that fail, what scales, what is planned."""

    rows: list[list[int]]
    reals: list[list[float]]


def agent_rows(program: Program, settings: Settings) -> Agents:
    """Of everything that changes by itself."""
    agents = Agents([], [])
    offset = 0

    def add(kind: int, every: float, station: int = 0) -> list[int]:
        row = [0] * at.AGENT
        row[at.N_KIND], row[at.N_STATION] = kind, station
        agents.rows.append(row)
        agents.reals.append([every, 0.0, 0.0, 0.0, 0.0])
        return row

    for calendar in program.calendars:
        row = add(at.N_CALENDAR, calendar.period, calendar.station)
        row[at.N_OFFSET], row[at.N_LENGTH] = offset, len(calendar.servers)
        offset += len(calendar.servers)
    for scaler in program.scalers:
        number = len(agents.rows)
        row = add(at.N_SCALER, scaler.every, scaler.station)
        row[at.N_LEAST], row[at.N_MOST], row[at.N_OFFSET] = scaler.least, scaler.most, number + 1
        agents.reals[-1][at.NR_TARGET], agents.reals[-1][at.NR_DELAY] = scaler.target, scaler.delay
        add(at.N_SCALED, 0.0, scaler.station)[at.N_OFFSET] = number
    if settings.buckets:
        add(at.N_TICK, settings.width)
    if settings.warm_up > 0.0:
        add(at.N_WARM, settings.warm_up)
    return agents
