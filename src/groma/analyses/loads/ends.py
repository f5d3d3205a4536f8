"""Ends of the load of each station in the busiest hour, over every completion of a model's choices.

The most that can come (`visits.most`) holds for all designs of a space at once and is worked out once for a model; the
least (`visits.least`) is that of the choices that are left. Both need no queues, so waits can be bounded by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.interval import ZERO, Interval, mean_of
from groma.analyses.outcome.call import service
from groma.analyses.outcome.late import NEVER, Late
from groma.analyses.outcome.law import FAST
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.visits.least import LeastVisits
from groma.analyses.visits.most import MostVisits, most, summed, times
from groma.analyses.visits.use import Use
from groma.model.elements import Flow
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that can come to each station: calls per second, from which flows, and what is asked of it."""

    rates: Mapping[str, float]
    late: Mapping[str, Late]
    """How much of it comes since something took too long."""
    flows: Mapping[str, frozenset[str]]
    uses: Mapping[str, tuple[Use, ...]]


def ceilings(context: Context) -> Ceilings:
    """The ceilings of a model with every choice open, worked out once."""
    known: Ceilings | None = context.memo.get("ceilings")
    if known is None:
        open_ = context.with_partial({})
        reader, others, tries = MostVisits(open_), MostVisits(open_, "calm"), MostVisits(open_, "tries")
        starting = {n: busiest(f).high for n, f in context.model.flows.items() if f.starts is not None}
        reached = {name: reader.flow(name) for name in starting}
        rates = summed(times(reached[name], often) for name, often in starting.items())
        calm = summed(times(others.flow(name), often) for name, often in starting.items())
        more = most(tries.flow(name) for name in starting)
        uses = {station: tuple(each.values()) for station, each in reader.uses.items()}
        stations = {s: frozenset(name for name in starting if s in reached[name]) for s in rates}
        late = {
            station: NEVER.among(rate, calm.get(station, 0.0), 0.0, more[station])
            for station, rate in rates.items()
            if calm.get(station, 0.0) < rate
        }
        known = context.memo["ceilings"] = Ceilings(rates, late, stations, uses)
    return known


def floors(outcomes: Outcomes) -> Mapping[str, float]:
    """The least number of servers of each station that calls keep busy: what runs use at the least, given the choices
    taken, each served as quickly as may be. `outcomes` give the chances; remembered for the choices that are left."""
    context = outcomes.context
    key = ("floors", outcomes.grid, context.narrowed(context.left))
    known: dict[str, float] | None = context.memo.get(key)
    if known is None:

        def quickest(use: Use) -> tuple[str, float] | None:
            if use.kind == "look up":
                return None
            return use.station, max(float(service(outcomes, use).law.moment[FAST]), 0.0)

        known = {}
        reader = LeastVisits(context, outcomes, "load", quickest)
        for name, flow in context.model.flows.items():
            if flow.starts is not None:
                for station, (load, _) in reader.flow(name).items():
                    known[station] = known.get(station, 0.0) + load * busiest(flow).low
        context.memo[key] = known
    return known


def closed(flow: Flow) -> bool:
    """Whether a fixed number of customers starts it again and again."""
    return flow.starts is not None and flow.starts.closed


def rate_at_most(flow: Flow) -> float:
    """Starts per second of customers who are served at once."""
    starts = flow.starts
    if starts is None or starts.population is None or starts.think is None:
        return 0.0
    return starts.population.high / starts.think.low


def busiest(flow: Flow) -> Interval:
    """Starts per second in the busiest hour: the mean unless stated; of customers who come again only the most."""
    if flow.starts is None:
        return ZERO
    if flow.starts.closed:
        return Interval(0.0, None, rate_at_most(flow))
    return mean_of(flow.starts.at_peak)


def started_by(flow: Flow) -> tuple[tuple[str, Quantity | Unknown | None], ...]:
    """The quantities that say how often a flow starts in the busiest hour, with their paths."""
    starts, path = flow.starts, f"flows.{flow.name}.starts"
    if starts is None:
        return ()
    if starts.closed:
        return (f"{path}.population", starts.population), (f"{path}.think", starts.think)
    key = "rate" if starts.at_peak is starts.rate else "busiest"
    return ((f"{path}.{key}", starts.at_peak),)


def rates(context: Context) -> Mapping[str, Interval]:
    """Starts per second of each flow that starts, in the busiest hour.

    Those of customers who come again follow from how they are served: bounded always, and with a nominal value where
    the model is a layered network (`layered`).
    """
    key = ("rates", context.narrowed(context.left))
    known: dict[str, Interval] | None = context.memo.get(key)
    if known is None:
        from groma.analyses.layered.estimate import closed_rate

        known = context.memo[key] = {
            name: closed_rate(context, flow) if closed(flow) else busiest(flow)
            for name, flow in context.model.flows.items()
            if flow.starts is not None
        }
    return known
