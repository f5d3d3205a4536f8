"""The envelope of load of a figure: times the load of the busiest hour, all flows alike, up to which it holds.

A figure that load acts on is of a steady state. It has one as long as every station on its way is asked for less than
its servers. What is asked for grows with the load: of a station whose servers are held for work alone, the calls of the
worst storm of retries times that work, whatever the waits, so its share of servers left says up to which load it
surely has a steady state (`low`); of one whose servers are held while calls wait further in, that is shown for the
stated load only. At the other end, without any wait and any retry, it surely has none (`high`). Customers who come
again ask for no more than they are, at any number of them; a figure of theirs has no such envelope.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from groma.analyses.capacity import held
from groma.analyses.context import Context
from groma.analyses.interval import total
from groma.analyses.layered.held import held_across_calls
from groma.analyses.loads.arrivals import Loads, time_grid
from groma.analyses.loads.ends import closed
from groma.analyses.loads.queues import Queues, component_at
from groma.analyses.loads.rounds import loads_of, most_loads
from groma.analyses.reach import heads, servers, servers_at_most, stations_until
from groma.analyses.runs import parsed
from groma.model.figure import Envelope, Figure

LOADED = frozenset({"latency", "success", "throughput", "utilisation"})


def envelope_of(context: Context, figure: Figure) -> Envelope | None:
    """The envelope of a figure; None where load doesn't act on it, or what it is of isn't known."""
    kind = figure.name.partition("/")[0]
    if kind not in LOADED or not context.closed or figure.status == "not shown":
        return None
    asked = parsed(figure.name)
    if asked.kind in ("latency", "success"):
        steps = context.model.flows[asked.subject].steps
        stations: Iterable[str] = stations_until(context, steps, asked.mark)[0]
    else:
        stations = (f"components.{asked.subject}",)
    found = [ends for station in sorted(stations) if (ends := _ends(context, station)) is not None]
    if any(ends.low is None for ends in found):
        return None
    low = min(found, key=lambda ends: (ends.low or 0.0, ends.limit), default=None)
    high = min(
        found, key=lambda ends: (math.inf if ends.high is None else ends.high, ends.limit), default=None
    )
    if low is None or high is None:
        return None
    return Envelope(low.low, high.high, low.limit)


def _ends(context: Context, station: str) -> Envelope | None:
    """The envelope of one station; None where it never queues. Its `low` is None where that isn't known."""
    key = ("load envelope", station)
    if key not in context.memo:
        context.memo[key] = _of_station(context, station)
    return context.memo[key]


def _of_station(context: Context, station: str) -> Envelope | None:
    name = station.partition(".")[2]
    component = component_at(context, station)
    if station.startswith("people."):
        least = most = heads(context.model.people[name])
    elif component is None or servers(component) is None:
        return None
    else:
        least, most = servers(component) or 1, servers_at_most(component) or 1
    loads, storm = loads_of(context), most_loads(context)
    if loads is None or storm is None or station in storm.missing:
        return Envelope(None, None, name)
    if any(closed(context.model.flows[a.flow]) for a in storm.arrivals.get(station, ())):
        return Envelope(None, None, name)
    calm, worst = _asked(context, loads, station)[0], _asked(context, storm, station)[1]
    if worst == 0.0:
        return None
    low = least / worst if math.isfinite(worst) else 0.0
    if name in held_across_calls(context) and station.startswith("components."):
        now = _asked(context, loads, station)[1]
        low = 1.0 if now < least else 0.0
    high = most / calm if calm > 0.0 else None
    return Envelope(low if high is None else min(low, high), high, name)


def _asked(context: Context, loads: Loads, station: str) -> tuple[float, float]:
    """(least, most) servers that calls ask for."""
    queues = Queues(context, time_grid(context), loads)
    found = total(held(queues, arrivals)[0] * arrivals.rate for arrivals in loads.arrivals.get(station, ()))
    return found.low, found.high
