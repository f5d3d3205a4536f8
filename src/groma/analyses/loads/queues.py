"""The queues of the busiest hour: how long calls wait at each station under given loads.

A station is a component's servers (replicas x threads), a pool that is held, or a person. Its service time is work and
nested steps together, while the server is held. Calls from outside arrive in a Poisson stream, and service times are
taken to be independent; for exponential work without nested calls so do calls out of other queues (Jackson's theorem),
else their waits are bounded (`departures`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from groma.analyses.context import Context
from groma.analyses.held_within import standing_still
from groma.analyses.interval import ZERO, Interval
from groma.analyses.loads.again import spreads
from groma.analyses.loads.arrivals import Arrivals, Loads, time_grid
from groma.analyses.loads.departures import Leaving, stirred
from groma.analyses.loads.ends import ceilings, floors
from groma.analyses.loads.held_for import few, held_for
from groma.analyses.loads.passed import passed_before
from groma.analyses.loads.revisits import Revisits, revisits
from groma.analyses.outcome.call import service
from groma.analyses.outcome.crowded import Again, Demand, exponential
from groma.analyses.outcome.late import NEVER
from groma.analyses.outcome.law import FAST, SLOW, Array, Grid, anytime, enveloped, instant
from groma.analyses.outcome.reading import CIRCLE, Keys, Outcomes, Waiting
from groma.analyses.outcome.revisited import IN_TURN, Company, none_free, revisited
from groma.analyses.outcome.wait import (
    Effort,
    anything,
    between,
    fast_end_of,
    rounded_down,
    slowest,
    waits_at,
)
from groma.analyses.reach import heads, servers, servers_at_most
from groma.analyses.visits.use import Use
from groma.model.elements import Component
from groma.solvers.distributions.law_functions import is_exponential

BUSY = 0.3
"""Share of its servers that a station must be able to keep busy for its load to be bounded from below."""


@dataclass(slots=True)
class Queues:
    """Waits on one grid under given loads; asked for by station, worked out when first asked for."""

    context: Context
    grid: Grid
    loads: Loads | None
    effort: Effort = "proof"
    _found: dict[str, Waiting] = field(default_factory=dict[str, Waiting])
    _asked: set[str] = field(default_factory=set[str])
    _keys: dict[frozenset[str], Keys] = field(default_factory=dict[frozenset[str], Keys])
    _narrow: dict[str, bool] = field(default_factory=dict[str, bool])
    _leaving: Leaving = field(default_factory=dict[str, tuple[float, float]])

    @property
    def outcomes(self) -> Outcomes:
        return self.reading(None)

    def reading(self, mark: str | None) -> Outcomes:
        """Outcomes that wait in these queues."""
        offered = None if self.loads is None else self.loads.offered
        return Outcomes(self.context, self.grid, mark, self.waiting, offered, self._keys)

    def waiting(self, station: str) -> Waiting:
        """The queue of a station."""
        known = self._found.get(station)
        if known is not None:
            return known
        if station in self._asked:
            note = f"{station} is held while it is waited for: its wait isn't bounded"
            return Waiting(anything(self.grid), (CIRCLE, station), notes=frozenset({note}))
        self._asked.add(station)
        found = self._waiting(station)
        self._asked.discard(station)
        self._found[station] = found
        return found

    def _waiting(self, station: str) -> Waiting:
        kind, _, name = station.partition(".")
        candidates = self.context.candidates(name) if kind == "components" else ()
        if kind == "components" and all(servers(c) is None for c in candidates):
            return Waiting(None)
        if (still := standing_still(self.context).get(station)) is not None:
            full, notes = self._maybe_full(candidates), frozenset({still.told})
            return Waiting(anytime(self.grid), ("still", station), full, notes=notes, saturated=True)
        if self.effort == "bound":
            return self._between(station, candidates)
        if self.loads is None:  # choices are open
            return self._at_most(station, candidates)
        count = servers(candidates[0]) if candidates else heads(self.context.model.people[name])
        arrivals = self.loads.arrivals.get(station, ())
        missing = self.loads.missing.get(station, frozenset())
        if missing:
            full = self._maybe_full(candidates)
            return Waiting(anything(self.grid), ("unknown", station), full, missing)
        demands = tuple(self.demand(a.use, a.noticed) for a in arrivals)
        room = candidates[0] if candidates else None
        again = self._again(station, arrivals)
        told = tuple((d.key, d.rate, d.late) for d in demands)
        held_back = self._held_back(station)
        together = self._stirred(station)
        key = (station, id(room), count, self.effort, self.loads.settled, told, again, held_back, together)
        memo = ("wait", self.grid, key)
        known: Waiting | None = self.context.memo.get(memo)
        if known is None:
            assert count is not None
            law = self._arrival_law({a.flow for a in arrivals})
            known = waits_at(self.grid, station, count, demands, law, room, self.effort, again)
            if room is not None and room.scales is not None:
                most = servers_at_most(room) or count
                other = waits_at(self.grid, station, most, demands, law, room, self.effort, again)
                known = between(self.grid, known, other)
            known = self._revisited(station, known, count, demands, room)
            if kind == "people" and self.context.model.people[name].works:
                known = replace(known, notes=known.notes | {f"{name} is at work in the busiest hour"})
            if held_back and known.law is not None:
                full = None if known.full is None else self.grid.triple(float(known.full[FAST]), 0.0)
                known = replace(known, law=enveloped(self.grid, [instant(self.grid), known.law]), full=full)
            known = self.context.memo[memo] = replace(known, key=key)
        return known

    def _between(self, station: str, candidates: tuple[Component, ...]) -> Waiting:
        """The wait between the least and the most load that any completion of the choices brings. Where the most keeps
        few servers busy, and where only shares are asked for, the least isn't looked at: there is no wait at the fast
        end."""
        most = self._at_most(station, candidates)
        if self.grid == time_grid(self.context, rows=2):
            return most
        highest = ceilings(self.context)
        counts = [n for c in candidates if (n := servers_at_most(c)) is not None] or [
            heads(self.context.model.people[station.partition(".")[2]])
        ]
        services = self._services(station)
        longest = max((float(d.law.moment[SLOW]) for d in services), default=0.0)
        if not services or highest.rates.get(station, 0.0) * longest < BUSY * min(counts):
            return most
        shares = Queues(self.context, time_grid(self.context, rows=2), None).outcomes
        load = floors(shares).get(station, 0.0)
        if load >= max(counts):
            note = f"{station} is saturated: at least {load:.4g} of {max(counts)} servers are asked for"
            return Waiting(
                anything(self.grid), ("saturated", station), notes=frozenset({note}), saturated=True
            )
        laws = {d.exact[FAST] for d in services if d.exact is not None}
        if most.law is None or len(laws) != 1 or not all(d.exact is not None for d in services):
            return most
        quickest = next(iter(laws))
        if (
            not is_exponential(quickest)
            or quickest.mean <= 0
            or load <= 0
            or not self._in_turn(station, candidates)
        ):
            return most
        rate = rounded_down(load / quickest.mean)
        key = ("between", self.grid, station, max(counts), quickest, rate, most.key)
        known: Waiting | None = self.context.memo.get(key)
        if known is None:
            law = fast_end_of(most.law, self.grid, rate, quickest, max(counts))
            known = self.context.memo[key] = replace(most, law=law, key=key)
        return known

    def _in_turn(self, station: str, candidates: tuple[Component, ...]) -> bool:
        """Whether calls surely come as a Poisson stream, and are served in turn, all of them and to their end."""
        if len(candidates) > 1 or any(c.queue is not None or c.discipline != "fifo" for c in candidates):
            return False
        if any(offered.cancels for c in candidates for offered in c.offers.values()):
            return False
        flows = ceilings(self.context).flows.get(station, frozenset[str]())
        return self._arrival_law(flows) == "poisson" and not (
            station in revisits(self.context) or station in passed_before(self.context)
        )

    def _at_most(self, station: str, candidates: tuple[Component, ...]) -> Waiting:
        """The wait while choices are open: none at the fast end, at the slow end that of the highest load that any
        completion can bring, served by the slowest of what may stand there."""
        kind, _, name = station.partition(".")
        room: Component | None = None
        if kind == "people":
            count = heads(self.context.model.people[name])
        else:
            count = min((n for c in candidates if (n := servers(c)) is not None), default=0)
            rooms = [c for c in candidates if c.queue is not None or c.discipline != "fifo"]
            if rooms and len(candidates) > 1:
                return Waiting(anything(self.grid), ("open", station), self._maybe_full(candidates))
            room = rooms[0] if rooms else None
        memo = ("most wait", self.grid, station, count, id(room))
        known: Waiting | None = self.context.memo.get(memo)
        if known is None:
            highest = ceilings(self.context)
            demands = self._services(station)
            rate = highest.rates.get(station, 0.0)
            law = self._arrival_law(highest.flows.get(station, frozenset()))
            late = highest.late.get(station, NEVER)
            one = tuple(replace(each, late=late) for each in slowest(self.grid, demands, rate))
            again = self._again(station, (), (rate,))
            known = waits_at(self.grid, station, count, one, law, room, again=again)
            known = self._revisited(station, known, count, one, room)
            if known.saturated or known.law is None:
                known = replace(known, saturated=False, law=anything(self.grid) if rate > 0 else None)
            known = self.context.memo[memo] = replace(known, key=memo)
        return known

    def _revisited(
        self, station: str, waiting: Waiting, count: int, demands: tuple[Demand, ...], room: Component | None
    ) -> Waiting:
        """The wait where one run comes to the station more than once, or after queues from which no Poisson stream
        comes; `waiting` is that of a Poisson stream."""
        own, together = revisits(self.context).get(station), self._stirred(station)
        if (own is None and together is None) or waiting.law is None or waiting.saturated or waiting.missing:
            return waiting
        if not 0.0 < math.fsum(demand.rate.high for demand in demands) < math.inf:
            return waiting
        own = own or Revisits(1.0, 1.0)
        own = Revisits(own.visits * (together or 1), own.at_once * (together or 1))
        grid, blocked, refused = self.grid, 0.0, 0.0
        if own.at_once > 1.0:
            busy = math.fsum(d.rate.high * float(d.law.moment[SLOW]) for d in demands)
            blocked = none_free(count, own.at_once, busy)
            if room is not None and room.queue is not None:
                refused = none_free(count + room.queue, own.at_once, busy)
        work = enveloped(grid, [demand.law for demand in demands])
        in_order = room is None or (room.queue is None and room.discipline == "fifo")
        product = in_order and own.at_once == 1.0 and together is None and exponential(demands) is not None
        company = Company(own.visits, own.at_once, work, blocked, product, refused, together is not None)
        return revisited(grid, station, waiting, waiting.law, company)

    def _stirred(self, station: str) -> int | None:
        """How many calls may come together out of other queues; None where these change little of a stream."""
        # while choices are open, so is what leaves the others: as many as for calls in turn
        if self.loads is None:
            return IN_TURN if station in passed_before(self.context) else None
        return stirred(self.context, self.grid, self.loads, station, self._leaving)

    def _again(
        self, station: str, arrivals: tuple[Arrivals, ...], let_in: tuple[float, ...] = ()
    ) -> Again | None:
        """That calls which the station turns away come again; None where they don't."""
        narrowest = spreads(self.context).get(station)
        if narrowest is None:
            return None
        fresh = math.inf
        if len(arrivals) == 1 and arrivals[0].use.once and arrivals[0].first is not None:
            fresh = arrivals[0].first.high
        return Again(narrowest, let_in or tuple(a.served.high for a in arrivals), fresh)

    def _maybe_full(self, candidates: Iterable[Component]) -> Array | None:
        """Any share of calls may find a queue full that has a last place."""
        return self.grid.triple(1.0, 0.0) if any(c.queue is not None for c in candidates) else None

    def _services(self, station: str) -> tuple[Demand, ...]:
        """Everything that may be asked of a station, with how long it may take there while every choice is open."""
        key = ("services", self.grid, station)
        known: tuple[Demand, ...] | None = self.context.memo.get(key)
        if known is None:
            whole = Queues(self.context.with_partial({}), self.grid, None, "bound", _asked=self._asked)
            uses = ceilings(self.context).uses.get(station, ())
            known = self.context.memo[key] = tuple(whole.demand(use, ZERO) for use in uses)
        return known

    def demand(self, use: Use, rate: Interval) -> Demand:
        """How long one call holds a server, and how often.

        Of servers that are held while others are waited for, and of which there are few, between no wait there and that
        of a stream that nobody holds back.
        """
        made = service(self.outcomes, use)
        law, key = made.law, made.key
        name = "" if use.component is None else use.component.name
        if name in held_for(self.context) and self._few(name):
            free = service(Outcomes(self.context, self.grid, None), use)
            law, key = enveloped(self.grid, [free.law, law]), ("few", made.key)
        late = use.late if use.late.matters else NEVER
        return Demand(law, made.exact, rate, key, made.missing, late)

    def _held_back(self, station: str) -> bool:
        """Whether fewer may come to a station at a time than of a stream: few servers or units are held for it."""
        return any(station in inside and self._few(name) for name, inside in held_for(self.context).items())

    def _few(self, name: str) -> bool:
        """Whether a component has so few servers or units that holding them may hold calls back."""
        known = self._narrow.get(name)
        if known is None:
            count = min(
                (n for c in self.context.candidates(name) if (n := servers(c)) is not None), default=None
            )
            known = self._narrow[name] = count is not None and few(count, self._wanted(name))
        return known

    def _wanted(self, name: str) -> float:
        """Servers or units that would be held at a time, at the most, if nothing were waited for."""
        if self.loads is None:
            return 0.0
        free = Outcomes(self.context, self.grid, None)
        arrivals = self.loads.arrivals.get(f"components.{name}", ())
        return math.fsum(float(service(free, a.use).law.moment[SLOW]) * a.rate.high for a in arrivals)

    def _arrival_law(self, flows: Iterable[str]) -> str:
        """`poisson`, or why the stream isn't known."""
        for name in sorted(flows):
            starts = self.context.model.flows[name].starts
            if starts is not None and starts.closed:
                return f"customers of `{name}` come again when they are served"
            if starts is not None and starts.bursts is not None:
                return f"arrivals of `{name}` come in bursts"
            if starts is not None and starts.replays is not None:
                return f"arrivals of `{name}` are replayed"
            if starts is not None and starts.arrivals is not None and not is_exponential(starts.arrivals.law):
                return f"arrivals of `{name}` aren't Poisson"
        return "poisson"


def component_at(context: Context, station: str) -> Component | None:
    """The component of a station; None for a person or while the choice is open."""
    kind, _, name = station.partition(".")
    candidates = context.candidates(name) if kind == "components" else ()
    return candidates[0] if len(candidates) == 1 else None
