"""The wait at one station of the model, from the mathematics of `groma.solvers.queueing`, as a bracket.

The fast row takes the lowest load and the fastest service, the slow row the highest load and the slowest; the nominal
row is there only where the method is exact. Saturated at the lowest load: no steady state, and the slow row knows
nothing; saturated only at the highest: the slow row knows nothing and it is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from groma.analyses.interval import Interval, total
from groma.analyses.outcome.crowded import (
    Again,
    Demand,
    crowded_room,
    exponential,
    forgotten,
    room_beside_late,
)
from groma.analyses.outcome.late import behind, blocked, described
from groma.analyses.outcome.law import (
    FAST,
    NAN,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    enveloped,
    scaled,
    unbounded,
)
from groma.analyses.outcome.reading import POISSON, Waiting
from groma.model.elements import Component
from groma.model.law import Gamma, Law
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.distributions.law_functions import is_exponential, raw_moments
from groma.solvers.queueing import (
    Saturated,
    crowding,
    mmck,
    pollaczek_khinchine_mean,
    waiting,
)

Effort = Literal["proof", "bound", "rough"]
"""`proof`: both ends as well as they can be proven; `bound`: the fast end only, from closed forms (for thousands of
designs); `rough`: no proof at all, only to find a grid that fits."""


def anything(grid: Grid) -> Defective:
    """A wait of which nothing is known but that it ends."""
    return unbounded(grid)


def slowest(grid: Grid, demands: Sequence[Demand], rate: float) -> tuple[Demand, ...]:
    """One demand that stands for calls of unknown kinds, at most `rate` a second: each takes as long as the slowest
    kind may take (waits rise with both; Kiefer and Wolfowitz 1955)."""
    if not demands:
        return ()
    missing = frozenset[str]().union(*(d.missing for d in demands))
    most = Interval(0.0, None, rate)
    exact = {d.exact for d in demands}
    only = next(iter(exact)) if len(exact) == 1 else None
    law = demands[0].law if only is not None else enveloped(grid, [d.law for d in demands])
    return (Demand(law, only, most, None, missing),)


def between(grid: Grid, least: Waiting, most: Waiting) -> Waiting:
    """The wait at a station whose servers change, from that with the least and that with the most of them: with fewer
    servers nobody waits less."""
    if least.law is None or most.law is None or most.saturated:
        return most
    law = unbounded(grid)
    cells, mass, moment = law.cells.copy(), law.mass.copy(), law.moment.copy()
    cells[FAST], mass[FAST], moment[FAST] = most.law.cells[FAST], most.law.mass[FAST], most.law.moment[FAST]
    if not least.saturated:
        cells[SLOW], mass[SLOW], moment[SLOW] = (
            least.law.cells[SLOW],
            least.law.mass[SLOW],
            least.law.moment[SLOW],
        )
    full = most.full
    if full is not None:
        upper = 1.0 if least.full is None else float(least.full[0])
        full = grid.triple(upper, float(full[1]), NAN)
    note = "it scales: waits lie between those with the least and with the most replicas"
    made, crowd, lost = (
        Defective(cells, mass, moment),
        least.crowded or most.crowded,
        max(least.lost, most.lost),
    )
    return Waiting(made, None, full, most.missing, most.notes | {note}, crowded=crowd, lost=lost)


def fast_end_of(law: Defective, grid: Grid, rate: float, service: Law, count: int) -> Defective:
    """A wait whose fast end is that of `rate` exponential calls a second at `count` servers."""
    found = _waiting(rate, service, count, Axis(grid.step, grid.cells)) if rate > 0 else None
    if found is None or isinstance(found, Saturated):
        return law
    cells, moment = law.cells.copy(), law.moment.copy()
    cells[FAST], moment[FAST] = np.asarray(found.law.fast.mass), found.mean[0]
    return Defective(cells, law.mass, moment)


def waits_at(
    grid: Grid,
    station: str,
    count: int,
    demands: tuple[Demand, ...],
    stream: str,
    room: Component | None,
    effort: Effort = "proof",
    again: Again | None = None,
) -> Waiting:
    """The wait of a call at a station of `count` servers; `again`: calls that it turns away come again."""
    rate = total(d.rate for d in demands)
    missing = frozenset[str]().union(*(d.missing for d in demands))
    if rate.high <= 0:
        return Waiting(None, ("idle", station))
    refuse = None
    if stream != "poisson":
        refuse = f"{stream}: the wait at {station} isn't bounded"
    elif room is not None and room.discipline in ("lifo", "priority", "sharing"):
        refuse = f"{station} serves by `{room.discipline}`: its wait isn't bounded"
    notes = {POISSON.format(station)}
    bounded = room is not None and room.queue is not None
    least = math.fsum(d.rate.low * float(d.law.moment[FAST]) for d in demands)
    if least >= count and not bounded:
        notes.add(f"{station} is saturated: {rate.low:.4g} calls/s ask for {least:.4g} of {count} servers")
        return Waiting(anything(grid), None, missing=missing, notes=frozenset(notes), saturated=True)
    if refuse is not None or missing:
        said = frozenset(notes if refuse is None else {refuse})
        return Waiting(anything(grid), None, grid.triple(1.0, 0.0) if bounded else None, missing, said)
    axis = Axis(grid.step, grid.cells)
    rows = [_row(grid, axis, count, demands, row, effort) for row in range(grid.rows)]
    law = unbounded(grid)
    for row, found in enumerate(rows):
        if found is not None:
            law.cells[row], law.moment[row] = found.mass, found.mean
            notes.update(f"{station}: {note}" for note in found.notes)
    meets, unsure = 1.0, rows[SLOW] is None
    if late := any(d.late.share > 0.0 for d in demands):
        first = _load(demands, SLOW)
        law = _beside_late(grid, law, count, demands, first)
        meets = _met(grid, count, demands, first, effort)
        notes.add(described(station, count > 1 and exponential(demands) is None))
        unsure = not law.cells[SLOW, 0] > 0.0
    if unsure and not bounded and effort != "bound":
        notes.add(f"{station} may saturate: {rate.high:.4g} calls/s can't be excluded")
    if room is None or room.queue is None:
        return Waiting(law, None, None, missing, frozenset(notes), meets=meets)
    if again is None or forgotten(count, room.queue, demands, rate, again):
        law, full = _bounded_room(grid, law, count, room.queue, demands, rate)
        if late:
            law, full = room_beside_late(grid, law, full, count, room.queue, demands)
        return Waiting(law, None, full, missing, frozenset(notes))
    return crowded_room(grid, count, room.queue, demands, rate, again, frozenset(notes))


@dataclass(frozen=True, slots=True)
class _Found:
    mass: Array
    mean: float
    notes: tuple[str, ...]


def _rates(demands: tuple[Demand, ...], row: int) -> list[float]:
    """Calls per second of each kind, at the ends without those that come late: they are allowed for by `late`."""
    ends = [
        (d.rate.low * d.late.calm, d.rate.high * (1.0 - d.late.share), d.rate.value)[row] for d in demands
    ]
    return [NAN if end is None else end for end in ends]


def _beside_late(
    grid: Grid, law: Defective, count: int, demands: tuple[Demand, ...], first: float
) -> Defective:
    """The wait beside calls that come late (`outcome.late`). In the mean it is no longer than if all of them came
    together with the first, one after the other: the work of each as many times as long, as long as there is an end."""
    mean = _mean_wait(count, demands, _rates(demands, SLOW), SLOW, tuple(d.late.tries for d in demands))
    return behind(grid, law, count, first, _more(demands), mean)


def _more(demands: tuple[Demand, ...]) -> float:
    """Servers that calls which come late keep busy, at most."""
    return math.fsum(
        d.rate.high * d.late.share * float(d.law.moment[SLOW]) if d.late.share > 0.0 else 0.0 for d in demands
    )


def _met(grid: Grid, count: int, demands: tuple[Demand, ...], first: float, effort: Effort) -> float:
    """The greatest share of attempts that wait, all attempts before them still being worked on."""
    left = count - math.ceil(max(d.late.tries for d in demands) - 1.0)
    free = _finding_one_free(grid, left, demands, effort)
    return 1.0 if free == 0.0 else 1.0 - (1.0 - blocked(left, first, _more(demands))) * free


def _finding_one_free(grid: Grid, count: int, demands: tuple[Demand, ...], effort: Effort) -> float:
    """The least share of calls that find one of so many servers free, without those that come late. Of several servers
    of other work no law of the wait is needed for it."""
    rates, load = _rates(demands, SLOW), _load(demands, SLOW)
    rate = math.fsum(rates)
    if effort == "proof" and count > 1 and load < count and rate > 0.0:
        service = _service(grid, demands, rates, SLOW)
        if isinstance(service, Bracket):
            return 1.0 - crowding(_rounded_up(rate, load, count), service, count)
    found = _row(grid, Axis(grid.step, grid.cells), count, demands, SLOW, effort)
    return 0.0 if found is None else float(found.mass[0])


def _load(demands: tuple[Demand, ...], row: int) -> float:
    """Servers asked for at one end of the bracket; infinite for the slow end of an unknown one."""
    rates = _rates(demands, row)
    with np.errstate(invalid="ignore"):
        return sum(r * float(d.law.moment[row]) if r else 0.0 for r, d in zip(rates, demands, strict=True))


def _row(
    grid: Grid, axis: Axis, count: int, demands: tuple[Demand, ...], row: int, effort: Effort
) -> _Found | None:
    """The wait at one end of the bracket; None where there is no steady state or nothing is known."""
    rates, load = _rates(demands, row), _load(demands, row)
    rate = math.fsum(rates)
    if not load < count or (effort == "bound" and row == SLOW):
        return None
    if rate == 0:
        at_once = np.zeros(grid.cells)
        at_once[0] = 1.0
        return _Found(at_once, 0.0, ())
    service = _service(grid, demands, rates, row)
    if service is None:
        return None
    closed = not isinstance(service, Bracket) and is_exponential(service)
    sharp = closed or count == 1 or (not isinstance(service, Bracket) and service.sd == 0)
    if not closed and (effort != "proof" or not sharp) and row != SLOW:
        return None
    if not closed and effort == "rough":
        return _rough(axis, rate, load, count)
    if effort == "bound":
        rate = rounded_down(rate)
    elif not sharp:
        rate = _rounded_up(rate, load, count)
    found = (
        waiting(rate, service, count, axis)
        if isinstance(service, Bracket)
        else _waiting(rate, service, count, axis)
    )
    if isinstance(found, Saturated):
        return None
    mean = _mean_wait(count, demands, rates, row)
    if row == NOMINAL:  # met only where the law is exact
        mass = (np.asarray(found.law.fast.mass) + np.asarray(found.law.slow.mass)) / 2
        return _Found(mass, mean if count == 1 and mean == mean else sum(found.mean) / 2, ())
    lattice = found.law.fast if row == FAST else found.law.slow
    notes = () if found.exact else (f"the wait is bounded ({found.method})",)
    least, most = found.mean
    if mean == mean:
        least, most = (max(least, mean) if count == 1 else least), min(most, mean)
    return _Found(np.asarray(lattice.mass), least if row == FAST else most, notes)


_waiting = lru_cache(maxsize=2048)(waiting)
"""Stations of equal law, rate and servers are worked out once."""


def rounded_down(rate: float) -> float:
    """A slightly lower rate: two digits, so that many designs share one wait."""
    digits = 1 - math.floor(math.log10(rate))
    return math.floor(rate * 10**digits) / 10**digits


def _rounded_up(rate: float, load: float, count: int) -> float:
    """A slightly higher rate (a bound stays one), so that nearly equal loads are worked out once."""
    digits = 2 - math.floor(math.log10(rate))
    higher = math.ceil(rate * 10**digits) / 10**digits
    return higher if load * (higher / rate) < (load + count) / 2 else rate


def _rough(axis: Axis, rate: float, load: float, count: int) -> _Found | None:
    """A wait of about the right size, to find a grid with: as if service were exponential, twice as variable."""
    found = waiting(rate, Gamma(2 * load / rate, 2 * load / rate), 2 * count, axis)
    return (
        None if isinstance(found, Saturated) else _Found(np.asarray(found.law.slow.mass), found.mean[1], ())
    )


def _service(grid: Grid, demands: tuple[Demand, ...], rates: list[float], row: int) -> Law | Bracket | None:
    """One service law for all calls at one end of the bracket."""
    busy = [(d, r) for d, r in zip(demands, rates, strict=True) if r > 0]
    laws = {d.exact[row] for d, _ in busy if d.exact is not None}
    if len(laws) == 1 and all(d.exact is not None for d, _ in busy):
        return next(iter(laws))
    whole = math.fsum(r for _, r in busy)
    mixed = added([scaled(grid, d.law, np.full(grid.rows, r / whole)) for d, r in busy])
    if not abs(float(mixed.mass[row]) - 1) <= 1e-9 or bool(np.isnan(mixed.cells[row]).any()):
        return None
    lattice = _lattice(grid, mixed, row)
    return Bracket(lattice, lattice)


def _mean_wait(
    count: int,
    demands: tuple[Demand, ...],
    rates: list[float],
    row: int,
    times: Sequence[float] | None = None,
) -> float:
    """Mean wait where all laws are known: Pollaczek-Khinchine for one server (exact); for several the same with calls
    assigned to servers at random, which is never shorter (Wolff 1987). NaN where a law isn't known. `times`: by how
    much the work of each is longer."""
    longer = times or [1.0] * len(demands)
    busy = [(d.exact, r, n) for d, r, n in zip(demands, rates, longer, strict=True) if r > 0]
    known = [(raw_moments(exact[row], 2), r, n) for exact, r, n in busy if exact is not None]
    if not known or len(known) < len(busy):
        return NAN
    whole = math.fsum(r for _, r, _ in known)
    first = math.fsum(r / whole * n * m[0] for m, r, n in known)
    second = math.fsum(r / whole * n**2 * m[1] for m, r, n in known)
    return pollaczek_khinchine_mean(whole / count, first, second)


def _lattice(grid: Grid, law: Defective, row: int) -> Lattice:
    cells = law.cells[row].copy()
    inside = float(cells.sum())
    beyond = max(float(law.mass[row]) - inside, 0.0)
    beyond = 0.0 if beyond < 1e-13 else beyond
    own = float(cells @ np.arange(grid.cells)) * grid.step
    tail = max(float(law.moment[SLOW]) - own, beyond * grid.horizon)
    return Lattice(grid.step, cells, beyond, tail)


def _bounded_room(
    grid: Grid, law: Defective, count: int, queue: int, demands: tuple[Demand, ...], rate: Interval
) -> tuple[Defective, Array]:
    """A queue with a last place: calls that find it full are throttled; those let in wait no longer than without it."""
    fast = law.cells.copy()
    fast[FAST] = 0.0
    fast[FAST, 0] = 1.0
    if grid.rows > NOMINAL:
        fast[NOMINAL] = NAN
    moment = grid.triple(0.0, float(law.moment[SLOW]))
    only = exponential(demands)
    if only is not None and math.isfinite(rate.high):
        ends = ((rate.low, only[FAST]), (rate.high, only[SLOW]), (rate.value, only[NOMINAL]))
        low, high, nominal = (
            NAN if r is None else mmck(r, one.mean, count, count + queue).lost for r, one in ends
        )
        return Defective(fast, law.mass, moment), grid.triple(high, low, nominal)
    waits = max(1.0 - float(law.cells[SLOW, 0]), 0.0)
    return Defective(fast, law.mass, moment), grid.triple(waits, 0.0, NAN if waits > 0 else 0.0)
