"""Load and capacity in the busiest hour: how busy stations are, what reaches them, and what they can stand.

Utilisation law and operational bounds (Denning and Buzen 1978): a station of c servers that each run asks for D
seconds of has no steady state above c / D runs per second. D rises as calls that time out are tried again; its upper
end lets every retry happen, which is where a system that is disturbed need not come back (Bronson et al., Metastable
Failures in Distributed Systems, HotOS 2021). So the saturation of a flow is an interval: below its low end even a
storm of retries is stood, above its high end nothing helps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.held_within import standing_still
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, total
from groma.analyses.layered import estimate as layered
from groma.analyses.loads.arrivals import Arrivals, Loads, time_grid
from groma.analyses.loads.ends import busiest, closed, started_by
from groma.analyses.loads.queues import Queues, component_at
from groma.analyses.loads.rounds import loads_of, most_loads, queues_on
from groma.analyses.outcome.call import service
from groma.analyses.outcome.read_off import point
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.program_inputs import enter_counts, enter_held, enter_inputs
from groma.analyses.reach import servers, servers_at_most
from groma.analyses.runs import parsed
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.printed import format_quantity

METHOD = "utilisation law"
SATURATION = "operational bounds"


@dataclass(frozen=True, slots=True)
class Saturation:
    """The rate at which a flow saturates its first station, others held; `station` None: nothing limits it."""

    rate: Interval
    station: str | None
    missing: frozenset[str] = frozenset()


def figure(context: Context, measure: str) -> Figure:
    """`utilisation/COMPONENT` (share), `throughput/COMPONENT` (1/s) or `saturation/FLOW` (1/s)."""
    asked = parsed(measure)
    if asked.kind == "saturation":
        return _saturation_figure(context, measure, asked.subject)
    evidence = Evidence(context)
    name, station = asked.subject, f"components.{asked.subject}"
    queues = queues_on(context, time_grid(context))
    title = f"{'Utilisation of' if asked.kind == 'utilisation' else 'Calls to'} {name} in the busiest hour"
    unit = "1" if asked.kind == "utilisation" else "1/s"
    if queues.loads is None:
        return Figure(measure, title, unit, method=METHOD, reason="choices of the design are open")
    if (still := standing_still(context).get(station)) is not None:
        return Figure(measure, title, unit, method=METHOD, reason=still.told)
    arrivals = queues.loads.arrivals.get(station, ())
    missing = queues.loads.missing.get(station, frozenset[str]())
    for one in arrivals:
        text = f"calls of {one.use.operation or one.use.kind} from {one.flow}"
        evidence.line(
            text, format_quantity(one.rate.value, "1/s") if one.rate.value is not None else "bounded"
        )
    for flow in sorted({one.flow for one in arrivals}):
        for path, quantity in started_by(context.model.flows[flow]):
            evidence.note(path, quantity)
        enter_counts(evidence, flow)
    choked = _choked(queues, station, frozenset(one.flow for one in arrivals))
    if asked.kind == "throughput":
        again = any(closed(context.model.flows[one.flow]) for one in arrivals)
        guess = layered.calls(context, station) if again else None
        return _shown(measure, title, unit, queues.loads.rate(station), evidence, missing, choked, guess)
    component = component_at(context, station)
    count = None if component is None else servers(component)
    if count is None:
        reason = "it has no stated limit of servers (`threads`), so nothing can be a share of it"
        return Figure(measure, title, unit, method=METHOD, missing=(f"{station}.threads",), reason=reason)
    for one in arrivals:
        enter_held(evidence, one.use)
    demand = [_busy(queues, one) for one in arrivals]
    missing = missing.union(*(lacks for _, lacks in demand))
    assert component is not None
    used = _of_servers(total(busy for busy, _ in demand), component)
    again = any(closed(context.model.flows[one.flow]) for one in arrivals)
    guess = layered.busy(context, station) if again or used.value is None else None
    most = servers_at_most(component) or count
    many = str(count) if most == count else f"{count} .. {most}"
    evidence.line(f"servers: replicas x threads of {name}", many)
    guess = None if guess is None else guess.scaled(1 / count)
    return _shown(measure, title, unit, used, evidence, missing, choked, guess)


def _choked(queues: Queues, station: str, flows: frozenset[str]) -> tuple[str, ...]:
    """Of other stations of these flows, which are asked for more than they can do: less comes past them."""
    key = ("choked", queues.context.narrowed(queues.context.left))
    known: dict[str, tuple[str, frozenset[str]]] | None = queues.context.memo.get(key)
    if known is None:
        known = queues.context.memo[key] = {}
        for name, arrivals in sorted(queues.loads.arrivals.items() if queues.loads is not None else ()):
            component = component_at(queues.context, name)
            if component is None or servers(component) is None:
                continue
            least = _of_servers(total(_busy(queues, one)[0] for one in arrivals), component).low
            if least > 1.0 and not any(closed(queues.context.model.flows[one.flow]) for one in arrivals):
                note = f"{name} is asked for {least:.4g} times what it can do: less comes past it"
                known[name] = (note, frozenset(one.flow for one in arrivals))
    return tuple(note for name, (note, through) in known.items() if name != station and through & flows)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """(optimistic, pessimistic): for utilisation and throughput (low, high), for saturation (high, low)."""
    asked = parsed(measure)
    if asked.kind == "saturation":
        if loads_of(context) is None:
            return math.inf, 0.0
        rate = saturation(context, asked.subject).rate
        return rate.high, rate.low
    queues = queues_on(context, time_grid(context))
    if queues.loads is None:
        return 0.0, math.inf
    station = f"components.{asked.subject}"
    if asked.kind == "throughput":
        rate = queues.loads.rate(station)
        return rate.low, rate.high
    component = component_at(context, station)
    count = None if component is None else servers(component)
    if count is None:
        return 0.0, 0.0
    assert component is not None
    busy = total(_busy(queues, one)[0] for one in queues.loads.arrivals.get(station, ()))
    used = _of_servers(busy, component)
    return used.low, used.high


def _shown(
    measure: str,
    title: str,
    unit: str,
    value: Interval,
    evidence: Evidence,
    missing: frozenset[str],
    choked: tuple[str, ...],
    guess: layered.Estimate | None = None,
) -> Figure:
    """A figure of an interval; where a layered network gives a value, that within the interval; where less may come
    than is asked for, no more than that is said."""
    known = not missing
    if choked:
        value = Interval(0.0, None, value.high)
    if guess is not None:  # of a network there is none where anything is missing
        value = guess.within(value.low, min(value.high, 1.0) if unit == "1" else value.high)
    return Figure(
        measure, title, unit, value=value.value if known else None, low=value.low if known or value.low > 0 else None,
        high=value.high if known and math.isfinite(value.high) else None,
        method=METHOD if guess is None else layered.METHOD, error=None if guess is None else guess.error,
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=(() if guess is None else guess.valid) + choked,
        missing=tuple(sorted(missing)), reason="" if known else "facts are not stated",
    )  # fmt: skip


def held(queues: Queues, arrivals: Arrivals) -> tuple[Interval, frozenset[str]]:
    """Seconds for which one call keeps a server, and what is missing to say it.

    While a server is held, calls further in may wait; how long depends on how many servers are there to hold it, so
    between no wait and that of a stream without such a limit there are only bounds.
    """
    made = service(queues.outcomes, arrivals.use)
    low, high = float(made.law.moment[0]), float(made.law.moment[1])
    nominal = point(made.law.moment[2])
    unhindered = service(Outcomes(queues.context, queues.grid, None), arrivals.use)
    least = min(low, float(unhindered.law.moment[0]))
    if least < low * (1 - 1e-9):
        nominal = None
    return Interval(least, nominal, high), made.missing


def _of_servers(busy: Interval, component: Component) -> Interval:
    """Servers kept busy as a share of those there are; of one that scales, between the least and the most of them."""
    least, most = servers(component) or 1, servers_at_most(component) or 1
    if most == least:
        return busy.scaled(1 / least)
    return Interval(busy.low / most, None, min(busy.high / least, max(1.0, busy.high / most)))


def _busy(queues: Queues, arrivals: Arrivals) -> tuple[Interval, frozenset[str]]:
    time, missing = held(queues, arrivals)
    return time * arrivals.served, missing


def saturation(context: Context, flow: str) -> Saturation:
    """The flow's rate at which the first station on its way has no steady state any more."""
    loads, most = loads_of(context), most_loads(context)
    if loads is None or most is None:
        return Saturation(NOTHING_KNOWN, None)
    now = busiest(context.model.flows[flow])
    if not closed(context.model.flows[flow]) and now.value is None:
        return Saturation(NOTHING_KNOWN, None, frozenset({f"flows.{flow}.starts.rate"}))
    found: list[tuple[Interval, str]] = []
    missing: set[str] = set()
    for station in sorted(loads.arrivals):
        component = component_at(context, station)
        count = None if component is None else servers(component)
        if component is None or count is None or all(a.flow != flow for a in loads.arrivals[station]):
            continue
        calm, lacks = _demand(context, loads, station, flow, now)
        storm, _ = _demand(context, most, station, flow, now)
        missing |= lacks
        highest = _rate(servers_at_most(component) or count, calm[1].low, calm[0].low)
        lowest = _rate(count, storm[1].high, storm[0].high)
        own, others = calm[0].value, calm[1].value
        value = None if own is None or others is None else _rate(count, others, own)
        steady = component.scales is None and storm[0].high <= calm[0].high * (1 + 1e-6)
        found.append((Interval(lowest, value if steady else None, highest), station))
    if not found:
        return Saturation(Interval(math.inf, math.inf, math.inf), None, frozenset(missing))
    first = min(found, key=lambda f: (f[0].high, f[1]))
    values = [f[0].value for f in found]
    value = None if any(v is None for v in values) else min(v for v in values if v is not None)
    return Saturation(
        Interval(min(f[0].low for f in found), value, first[0].high), first[1], frozenset(missing)
    )


def _rate(count: int, others: float, demand: float) -> float:
    if demand <= 0:
        return math.inf
    return max((count - others) / demand, 0.0) if math.isfinite(others) and math.isfinite(demand) else 0.0


def _demand(
    context: Context, loads: Loads, station: str, flow: str, now: Interval
) -> tuple[tuple[Interval, Interval], frozenset[str]]:
    """(seconds of a server per run of the flow, servers that other flows keep busy) at a station."""
    queues = Queues(context, time_grid(context), loads)
    own, others, missing = [ZERO], [ZERO], frozenset[str]()
    for arrivals in loads.arrivals[station]:
        time, lacks = held(queues, arrivals)
        missing |= lacks
        if arrivals.flow == flow:
            own.append(time * arrivals.use.offered)
        else:
            others.append(time * arrivals.rate)
    return (total(own), total(others)), missing


def growth(context: Context, flow: str) -> Interval | None:
    """How many times the busiest rate the flow can stand; None where its rate isn't stated or nothing limits it."""
    now, found = busiest(context.model.flows[flow]), saturation(context, flow)
    if now.value is None or now.low <= 0 or not math.isfinite(found.rate.high):
        return None
    value = None if found.rate.value is None else found.rate.value / now.value
    return Interval(found.rate.low / now.high, value, found.rate.high / now.low)


def _saturation_figure(context: Context, measure: str, flow: str) -> Figure:
    title = f"Rate of {flow} at which its first part saturates"
    if loads_of(context) is None:
        return Figure(measure, title, "1/s", method=SATURATION, reason="choices of the design are open")
    found, evidence = saturation(context, flow), Evidence(context)
    if found.missing:
        reason = "facts are not stated"
        return Figure(
            measure, title, "1/s", method=SATURATION, missing=tuple(sorted(found.missing)), reason=reason
        )
    if found.station is None:
        reason = "no part on its way has a stated limit of servers (`threads`)"
        return Figure(measure, title, "1/s", method=SATURATION, reason=reason)
    for path, quantity in started_by(context.model.flows[flow]):
        evidence.note(path, quantity)
    enter_inputs(evidence, flow)
    for one in (loads_of(context) or Loads({})).arrivals.get(found.station, ()):
        enter_counts(evidence, one.flow)
        enter_held(evidence, one.use)
    name = found.station.partition(".")[2]
    loaded = (loads_of(context) or Loads({})).arrivals
    for station, still in standing_still(context).items():
        if any(one.flow == flow for one in loaded.get(station, ())):
            return Figure(measure, title, "1/s", method=SATURATION, reason=still.told)
    evidence.line(f"the first part to saturate is {name}")
    factor = growth(context, flow)
    if factor is not None:
        evidence.line("times the busiest hour's rate", f"{factor.low:.4g} .. {factor.high:.4g}")
    rate = found.rate
    storm = ("below the low end even a storm of retries is stood, above the high end nothing helps",)
    return Figure(
        measure, title, "1/s", value=rate.value, low=rate.low, high=rate.high, method=SATURATION,
        inputs=evidence.inputs, derivation=tuple(evidence.lines),
        valid=("other flows keep the rates of the busiest hour", *(storm if rate.low < rate.high else ())),
    )  # fmt: skip
