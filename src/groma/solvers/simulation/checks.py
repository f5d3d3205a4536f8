"""What a program must be before the kernel sees it: the kernel itself checks nothing."""

from __future__ import annotations

import math

from groma.solvers.simulation.checks_code import MOST_LEVELS, wrong_code
from groma.solvers.simulation.checks_stack import wrong_scopes
from groma.solvers.simulation.program import AnyLaw, Capped, Program, Shifted, Source, Station

MOST_CODE = 1_000_000
MOST_CUSTOMERS = 1_000_000


def checked(program: Program) -> Program:
    """The program itself; ValueError lists all that is wrong with it."""
    wrong = [
        *_names(program),
        *(problem for station in program.stations for problem in _station(station)),
        *(problem for source in program.sources for problem in _source(source, program)),
        *wrong_code(program),
    ]
    # What follows reads what the code and the tables refer to.
    wrong = wrong or [*wrong_scopes(program), *_rest(program)]
    if wrong:
        raise ValueError("; ".join(wrong))
    return program


def _names(program: Program) -> list[str]:
    wrong: list[str] = []
    for kind, names in (
        ("flow", [f.name for f in program.flows]),
        ("station", [s.name for s in program.stations]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        wrong += [f"there are two {kind}s `{name}`" for name in twice]
    if not program.flows:
        wrong.append("a program needs a flow")
    if len(program.code) > MOST_CODE:
        wrong.append(f"{len(program.code)} instructions are more than {MOST_CODE}")
    return wrong


def _station(station: Station) -> list[str]:
    wrong: list[str] = []
    if station.threads is not None and station.threads < 1:
        wrong.append("needs a thread")
    if station.units < 1 or not 0 <= station.enough <= station.units:
        wrong.append("needs a unit, and `enough` of no more than there are")
    if station.places is not None and station.places < 0:
        wrong.append("can't have fewer than no places")
    if not 1 <= station.levels <= MOST_LEVELS:
        wrong.append(f"has 1 to {MOST_LEVELS} levels")
    if station.discipline not in ("fifo", "lifo", "priority", "sharing", "batch"):
        wrong.append(f"has an unknown discipline `{station.discipline}`")
    if station.discipline == "batch" and len(station.batch_laws) != station.batch:
        wrong.append(f"needs a law for each size of batch from 1 to {station.batch}")
    if not (station.slope >= 0.0 and station.most_wait >= 0.0):
        wrong.append("has a negative time")
    return [f"station `{station.name}` {problem}" for problem in wrong]


def _source(source: Source, program: Program) -> list[str]:
    wrong: list[str] = []
    if source.flow not in {flow.name for flow in program.flows}:
        wrong.append("has no flow of this name")
    kinds = [source.gaps is not None and not source.customers, bool(source.states), bool(source.times)]
    if sum(kinds) + bool(source.customers) != 1:
        wrong.append("is one of: gaps, states, times, customers with gaps to think")
    if source.customers and source.gaps is None:
        wrong.append("needs a law of thinking")
    if source.customers and source.period is not None:
        wrong.append("has customers, whose thinking goes through no period")
    if not 0 <= source.customers <= MOST_CUSTOMERS:
        wrong.append(f"has up to {MOST_CUSTOMERS} customers")
    if list(source.times) != sorted(source.times) or any(not 0 <= t < math.inf for t in source.times):
        wrong.append("needs times in order, from 0 on")
    if any(len(row) != len(source.states) or min((rate, *row)) < 0 for rate, row in source.states):
        wrong.append("needs for each state a rate into each state, none negative")
    starts = [start for start, _ in source.rates]
    if starts != sorted(set(starts)) or (starts and starts[0] != 0.0) or any(r < 0 for _, r in source.rates):
        wrong.append("needs pieces from 0 on, in order, with rates not negative")
    if source.period is not None and (not starts or source.period <= starts[-1]):
        wrong.append("needs a period longer than its pieces")
    if source.period is not None and starts and not any(rate > 0 for _, rate in source.rates):
        wrong.append("never starts a run")
    if _never_positive(source):
        wrong.append("needs gaps that are positive at times")
    return [f"source of `{source.flow}` {problem}" for problem in wrong]


def _never_positive(source: Source) -> bool:
    law = source.gaps
    if law is None or source.customers:
        return False
    return not _positive(law)


def _positive(law: AnyLaw) -> bool:
    """Whether a law's values can be positive."""
    match law:
        case Capped(inner, most):
            return most > 0.0 and _positive(inner)
        case Shifted(inner, least):
            return least + inner.mean > 0.0
        case _:
            return law.mean > 0.0


def _rest(program: Program) -> list[str]:
    wrong: list[str] = []
    if any(not 0 <= d < math.inf for d in program.durations):
        wrong.append("a timeout is a finite time, not negative")
    for retry in program.retries:
        if retry.times < 0 or retry.backoff < 0 or retry.factor < 0 or not 0 <= retry.jitter <= 1:
            wrong.append("a retry has times, backoff and factor that aren't negative, and a jitter in 0 .. 1")
    for breaker in program.breakers:
        if not (0 < breaker.share <= 1 and breaker.window > 0 and breaker.half_open_after >= 0):
            wrong.append("a breaker has a share in 0 .. 1 and a window")
    for limit in program.limits:
        if not (limit.rate > 0 and limit.burst >= 1):
            wrong.append("a limit has a rate and a burst of at least one")
    for cache in program.caches:
        if cache.size < 0 or cache.life <= 0:
            wrong.append("a cache has a size and a life")
    counted = {s: program.units.count(s) for s in set(program.units)}
    for station, count in sorted(counted.items()):
        if count > program.stations[station].units:
            wrong.append(f"station `{program.stations[station].name}` has fewer units than are named")
    for calendar in program.calendars:
        starts = [start for start, _ in calendar.servers]
        if not starts or starts[0] != 0.0 or starts != sorted(set(starts)) or calendar.period <= starts[-1]:
            wrong.append("a calendar has entries from 0 on, in order, within its period")
        if any(servers < 0 for _, servers in calendar.servers):
            wrong.append("a calendar has servers that aren't negative")
    for scaler in program.scalers:
        threads = program.stations[scaler.station].threads
        if threads is None or not (
            1 <= scaler.least <= scaler.most
            and 0 < scaler.target <= 1
            and scaler.every > 0
            and scaler.delay >= 0
        ):
            wrong.append(
                "a scaler has a station with threads, 1 <= least <= most, a target in 0 .. 1, and times"
            )
    for action in program.actions:
        most = {"flush": len(program.caches), "down": len(program.units), "up": len(program.units)}
        if (
            not 0 <= action.target < most.get(action.kind, len(program.stations))
            or not 0 <= action.at < math.inf
        ):
            wrong.append(f"an action `{action.kind}` has a target that is there, and a time")
        if action.kind == "slow" and not 0 <= action.value < math.inf:
            wrong.append("a slowness is a factor that isn't negative")
    wrong += [
        f"part `{part.name}` has units that are not there"
        for part in program.parts
        if any(not 0 <= u < len(program.units) for u in part.units)
    ]
    return wrong
