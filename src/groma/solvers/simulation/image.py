"""A program as the flat arrays that the kernel works on; fresh ones for each replication, since it writes to them."""

from __future__ import annotations

import math
from array import array
from typing import Any

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.image_parts import (
    FOREVER,
    agent_rows,
    batch_laws,
    cache_rows,
    law_row,
    linear_rows,
    real,
    source_rows,
    station_rows,
    whole,
)
from groma.solvers.simulation.program import Program
from groma.solvers.simulation.settings import Settings
from groma.solvers.simulation.streams import seeded
from groma.solvers.simulation.ziggurat import tables


def image(program: Program, settings: Settings, seed: int, replication: int) -> dict[str, Any]:
    """All arrays by name."""
    laws = [law_row(law) for law in (*program.laws, *batch_laws(program))]
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
    stations, station_reals, queues = station_rows(program)
    sources = source_rows(program)
    measures = [1 + 2 * len(flow.marks) for flow in program.flows]
    offsets = [sum(measures[:n]) for n in range(len(measures))]
    agents = agent_rows(program, settings)
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
        "code": whole(
            x if not (line[0] == at.OP_ROW and n == 5) else x + joint[0]
            for line in program.code
            for n, x in enumerate(line)
        ),
        "reals": real(program.reals),
        "table": real(table),
        "cumulative": real(cumulative),
        "linear": whole(x for pair in linear_rows(program) for x in pair),
        "linear_reals": real(x for form in program.forms for pair in form for x in pair),
        "targets": whole(address for _, address in program.branches),
        "shares": real(share for share, _ in program.branches),
        "law": whole(law_rows),
        "law_reals": real(x for _, reals, _, _ in laws for x in (*reals, 0.0, 0.0, 0.0)),
        "stream": seeded(streams, seed, replication) or array("Q", [0, 1]),
        "zig_w": array("d", w),
        "zig_k": array("d", k),
        "zig_f": array("d", f),
        "station": whole(stations),
        "station_real": real(station_reals),
        "queue": array("q", [-1] * max(2 * queues, 1)),
        **sources,
        "timer_queue": whole(x for _ in program.durations for x in (-1, -1, 0)),
        "duration": real(program.durations),
        "policy": whole(x for r in program.retries for x in (r.times, r.mask, r.stream)),
        "policy_real": real(
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
        "breaker": whole(
            x for b in program.breakers for x in (b.mask, 0, 0, 0, b.least, *([0] * (2 * at.SLOTS)))
        ),
        "breaker_real": real(
            x for b in program.breakers for x in (b.share, b.window, b.half_open_after, 0.0)
        ),
        "governor": real(x for g in program.limits for x in (g.rate, g.burst, g.burst, 0.0)),
        **cache_rows(program),
        "action": whole(
            x
            for a in program.actions
            for x in (("slow", "down", "up", "flush", "servers").index(a.kind), a.target)
        ),
        "action_real": real(x for a in program.actions for x in (a.at, min(a.value, 1e12))),
        "part": whole(
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
        "part_units": whole(u for p in program.parts for u in p.units),
        "unit": whole(x for s in program.units for x in (s, 0)),
        "agent": whole(x for row in agents.rows for x in row),
        "agent_real": real(x for row in agents.reals for x in row),
        "calendar_at": real(start for c in program.calendars for start, _ in c.servers),
        "calendar_servers": whole(n for c in program.calendars for _, n in c.servers),
        "arrived": array("q", [0] * len(program.flows)),
        "ended": array("q", [0] * (len(program.flows) * at.ENDS)),
        "measure": real(x for _ in range(sum(measures)) for x in (0.0, 0.0, math.inf, -math.inf)),
        "histogram": array("q", bytes(8 * sum(measures) * at.HISTOGRAM)),
        "class_measure": whole(offsets),
        "mark_place": whole(
            flow.marks.index(mark) if mark in flow.marks else -1
            for flow in program.flows
            for mark in program.marks
        ),
        "tally": real([0.0] * len(program.tallies)),
        "sample_time": array("d", bytes(8 * max(settings.samples, 1))),
        "sample": array("d", bytes(8 * max(settings.samples, 1))),
        "sample_measure": array("q", bytes(8 * max(settings.samples, 1))),
        "series": array("q", bytes(8 * max(3 * len(program.flows) * settings.buckets, 1))),
        "station_series": array("d", bytes(8 * max(2 * len(program.stations) * settings.buckets, 1))),
        "log_i": array("q", bytes(32 * max(settings.trace, 1))),
        "log_t": array("d", bytes(8 * max(settings.trace, 1))),
    }
