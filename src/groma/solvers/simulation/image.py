"""A program as the flat arrays that the kernel works on; fresh ones for each replication, since it writes to them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Triangular, Uniform
from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import AnyLaw, Capped, Program, Shifted, Source
from groma.solvers.simulation.streams import seeded
from groma.solvers.simulation.ziggurat import tables

FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Settings:
    """How one replication runs.

    Until a time (seconds) or a number of ended runs; what starts before `warm_up` isn't counted; `buckets` of `width`
    seconds make time series; `trace` lines and `samples` latencies are kept; more than `most_tasks` at once stop it.
    """

    until: float = math.inf
    runs: int | None = None
    warm_up: float = 0.0
    width: float = 0.0
    buckets: int = 0
    trace: int = 0
    samples: int = 0
    most_tasks: int = 1_000_000


def image(program: Program, settings: Settings, seed: int, replication: int) -> dict[str, Any]:
    """All arrays by name."""
    laws = [_law(law) for law in (*program.laws, *_batch_laws(program))]
    table: list[float] = []
    cumulative: list[float] = []
    law_rows: list[int] = []
    for kind, _, values, weights in laws:
        law_rows += (kind, len(table), len(values), 0)
        table += values
        total, sums = 0.0, list[float]()
        for weight in weights:
            total += weight
            sums.append(total)
        if sums:
            sums[-1] = 2.0
        cumulative += sums
    joint = [len(table)]
    for rows in program.tables:
        table += [x for row in rows for x in row]
    cumulative += [2.0] * (len(table) - len(cumulative))
    stations, station_reals, queues = _stations(program)
    sources = _sources(program)
    measures = [1 + 2 * len(flow.marks) for flow in program.flows]
    offsets = [sum(measures[:n]) for n in range(len(measures))]
    agents = _agents(program, settings)
    streams = [*program.streams, *(f"station/{s.name}" for s in program.stations)]
    streams += [f"source/{n}/{s.flow}" for n, s in enumerate(program.sources)]
    streams += [f"part/{p.name}" for p in program.parts]
    w, k, f = tables()
    first_part_stream = len(streams) - len(program.parts)
    lawful = {law: n for n, law in enumerate(program.laws)}
    return {
        "settings": {
            "until": settings.until,
            "warm_up": settings.warm_up,
            "most_tasks": min(settings.most_tasks, (1 << at.ID_BITS) // 4),
            "stop_after": FOREVER if settings.runs is None else settings.runs,
            "registers": program.registers,
            "depth": program.depth,
            "marks": len(program.marks),
            "series_width": settings.width if settings.buckets else 1.0,
            "series_count": settings.buckets,
            "trace_room": settings.trace,
            "sample_room": settings.samples,
            "stations": len(program.stations),
            "sources": len(program.sources),
            "actions": len(program.actions),
            "parts": len(program.parts),
            "agents": len(agents.rows),
            "classes": len(program.flows),
            "measures": sum(measures),
        },
        "code": _whole(
            x if not (line[0] == at.OP_ROW and n == 5) else x + joint[0]
            for line in program.code
            for n, x in enumerate(line)
        ),
        "reals": _real(program.reals),
        "table": _real(table),
        "cumulative": _real(cumulative),
        "linear": _whole(x for pair in _linear(program) for x in pair),
        "linear_reals": _real(x for form in program.forms for pair in form for x in pair),
        "targets": _whole(address for _, address in program.branches),
        "shares": _real(share for share, _ in program.branches),
        "law": _whole(law_rows),
        "law_reals": _real(x for _, reals, _, _ in laws for x in (*reals, 0.0, 0.0, 0.0)),
        "stream": seeded(streams, seed, replication) or array("Q", [0, 1]),
        "zig_w": array("d", w),
        "zig_k": array("d", k),
        "zig_f": array("d", f),
        "station": _whole(stations),
        "station_real": _real(station_reals),
        "queue": array("q", [-1] * max(2 * queues, 1)),
        **sources,
        "timer_queue": _whole(x for _ in program.durations for x in (-1, -1, 0)),
        "duration": _real(program.durations),
        "policy": _whole(x for r in program.retries for x in (r.times, r.mask, r.stream)),
        "policy_real": _real(
            x
            for r in program.retries
            for x in (
                r.backoff,
                r.factor,
                r.jitter,
                r.longest,
                -1.0 if r.budget is None else r.budget,
                r.reserve,
                r.reserve,
            )
        ),
        "breaker": _whole(
            x for b in program.breakers for x in (b.mask, 0, 0, 0, b.least, *([0] * (2 * at.SLOTS)))
        ),
        "breaker_real": _real(
            x for b in program.breakers for x in (b.share, b.window, b.half_open_after, 0.0)
        ),
        "governor": _real(x for g in program.limits for x in (g.rate, g.burst, g.burst, 0.0)),
        **_caches(program),
        "action": _whole(
            x
            for a in program.actions
            for x in (("slow", "down", "up", "flush", "servers").index(a.kind), a.target)
        ),
        "action_real": _real(x for a in program.actions for x in (a.at, min(a.value, 1e12))),
        "part": _whole(
            x
            for n, p in enumerate(program.parts)
            for x in (
                lawful[p.up],
                lawful[p.down],
                first_part_stream + n,
                0,
                sum(len(q.units) for q in program.parts[:n]),
                len(p.units),
            )
        ),
        "part_units": _whole(u for p in program.parts for u in p.units),
        "unit": _whole(x for s in program.units for x in (s, 0)),
        "agent": _whole(x for row in agents.rows for x in row),
        "agent_real": _real(x for row in agents.reals for x in row),
        "calendar_at": _real(start for c in program.calendars for start, _ in c.servers),
        "calendar_servers": _whole(n for c in program.calendars for _, n in c.servers),
        "arrived": array("q", [0] * len(program.flows)),
        "ended": array("q", [0] * (len(program.flows) * at.ENDS)),
        "measure": _real(x for _ in range(sum(measures)) for x in (0.0, 0.0, math.inf, -math.inf)),
        "histogram": array("q", bytes(8 * sum(measures) * at.HISTOGRAM)),
        "class_measure": _whole(offsets),
        "mark_place": _whole(
            flow.marks.index(mark) if mark in flow.marks else -1
            for flow in program.flows
            for mark in program.marks
        ),
        "tally": _real([0.0] * len(program.tallies)),
        "sample_time": array("d", bytes(8 * max(settings.samples, 1))),
        "sample": array("d", bytes(8 * max(settings.samples, 1))),
        "sample_measure": array("q", bytes(8 * max(settings.samples, 1))),
        "series": array("q", bytes(8 * max(3 * len(program.flows) * settings.buckets, 1))),
        "station_series": array("d", bytes(8 * max(2 * len(program.stations) * settings.buckets, 1))),
        "log_i": array("q", bytes(32 * max(settings.trace, 1))),
        "log_t": array("d", bytes(8 * max(settings.trace, 1))),
    }


def _whole(values: Iterable[int]) -> array[int]:
    return array("q", values) or array("q", [0])


def _real(values: Iterable[float]) -> array[float]:
    return array("d", values) or array("d", [0.0])


LawRow = tuple[int, tuple[float, float, float, float, float], Sequence[float], Sequence[float]]


def _law(law: AnyLaw) -> LawRow:
    """Kind, parameters (the fourth is added to what is drawn, the fifth is the most), values and weights of a table."""
    if isinstance(law, Capped):
        kind, (a, b, c, shift, _), values, weights = _law(law.law)
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


def _batch_laws(program: Program) -> list[AnyLaw]:
    return [law for station in program.stations for law in station.batch_laws]


def _linear(program: Program) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = []
    offset = 0
    for form in program.forms:
        rows.append((offset, len(form)))
        offset += len(form)
    return rows


def _stations(program: Program) -> tuple[list[int], list[float], int]:
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
        row[at.X_UNITS] = row[at.X_UNITS_UP] = s.units
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


def _sources(program: Program) -> dict[str, Any]:
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
        "source": _whole(rows),
        "source_real": _real(reals),
        "segment_end": _real(ends),
        "segment_rate": _real(rates),
        "source_table": _real(table),
    }


def _kind(source: Source) -> tuple[int, int]:
    if source.customers:
        return at.CLOSED, 0
    if source.times:
        return at.TRACE, len(source.times)
    if source.states:
        return at.MODULATED, len(source.states)
    return at.RENEWAL, 0


def _caches(program: Program) -> dict[str, Any]:
    rows: list[int] = []
    offset = 0
    for cache in program.caches:
        rows += (cache.size, cache.popularity, cache.stream, 0, -1, -1, offset, cache.keys, 0, 0)
        offset += cache.keys
    return {
        "cache": _whole(rows),
        "cache_life": _real(cache.life for cache in program.caches),
        "entry_link": array("q", [-1] * max(2 * offset, 1)),
        "entry_until": array("d", [-1.0] * max(offset, 1)),
    }


@dataclass(frozen=True, slots=True)
class _Agents:
    rows: list[list[int]]
    reals: list[list[float]]


def _agents(program: Program, settings: Settings) -> _Agents:
    agents = _Agents([], [])
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
