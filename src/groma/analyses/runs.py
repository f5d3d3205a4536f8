"""Runs of a flow read once for all its figures: the bracket of when they end well, on a grid that fits them.

Ending well is ending ok (or at a `stop`), or passing the mark that is asked for. The grid is found by looking: coarse
first, until it holds nearly all runs of the slow end (of the fast one where the slow end knows nothing), then fine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.queues import Queues
from groma.analyses.loads.rounds import queues_on
from groma.analyses.outcome.algebra import OK, REACHED, STOPPED, Outcome, together
from groma.analyses.outcome.law import FAST, NEGLIGIBLE, NOMINAL, SLACK, SLOW, Defective, Grid
from groma.analyses.outcome.read_off import quantile
from groma.analyses.outcome.wait import Effort
from groma.analyses.reach import stations_until
from groma.model.measure import ParsedMeasure, parse_measure

PROOF_CELLS, SEARCH_CELLS = 4096, 256
NEARLY_ALL = 0.9995
LONGEST, WIDER = 1e10, 3
Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Runs:
    """One flow up to its end or a mark, on one grid: how runs end, and when those that end well do."""

    flow: str
    mark: str | None
    queues: Queues
    outcome: Outcome
    well: Defective

    @property
    def grid(self) -> Grid:
        return self.queues.grid

    @property
    def success(self) -> tuple[float, float, float]:
        """(low, high, nominal) share of runs that end well."""
        mass = self.well.mass
        nominal = float(mass[2]) if self.grid.rows > 2 else math.nan
        return max(float(mass[SLOW]), 0.0), min(float(mass[FAST]), 1.0), nominal


def read_runs(context: Context, flow: str, mark: str | None, grid: Grid, effort: Effort = "proof") -> Runs:
    """The runs of a flow on a grid."""
    queues = queues_on(context, grid, effort)
    outcomes = queues.reading(mark)
    outcome = outcomes.well(flow) if effort == "bound" else outcomes.flow(flow)
    kinds = frozenset({REACHED}) if mark is not None else frozenset({OK, STOPPED})
    return Runs(flow, mark, queues, outcome, together(grid, outcome, kinds))


def fitted(context: Context, flow: str, mark: str | None, share: float = NEARLY_ALL) -> Runs:
    """The runs on a fine grid that reaches a little beyond this share of them; remembered."""
    key = ("fitted", flow, mark, max(share, NEARLY_ALL), context.narrowed(context.left))
    known: Runs | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _fitted(context, flow, mark, max(share, NEARLY_ALL))
    return known


def _fitted(context: Context, flow: str, mark: str | None, share: float) -> Runs:
    runs = _finely(context, flow, mark, _holding(context, flow, mark, share))
    limits = _deciding(context, runs)
    if limits > runs.grid.horizon:
        runs = _finely(context, flow, mark, limits)
    for _ in range(WIDER - 1):
        reached = math.isfinite(_reach(runs, share)) and not _open_beyond(runs, share)
        if reached or math.isinf(runs.well.moment[SLOW]):
            break
        runs = _finely(context, flow, mark, 2 * runs.grid.horizon)
    return runs


def _finely(context: Context, flow: str, mark: str | None, horizon: float) -> Runs:
    return read_runs(context, flow, mark, Grid(horizon / PROOF_CELLS, PROOF_CELLS))


def searching_grid(context: Context, flow: str, mark: str | None, target: float | None, cells: int) -> Grid:
    """A coarse two-row grid for bounds on many designs: twice the target, or what the undecided model needs."""
    if target is not None and target > 0:
        return Grid(2 * target / cells, cells, 2)
    key = ("search horizon", flow, mark)
    known: float | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _horizon(context.with_partial({}), flow, mark, NEARLY_ALL)
    return Grid(known / cells, cells, 2)


def _horizon(context: Context, flow: str, mark: str | None, share: float) -> float:
    """Where a grid for bounds may end."""
    return _deciding(context, _roughly(context, flow, mark, _holding(context, flow, mark, share)))


def _roughly(context: Context, flow: str, mark: str | None, horizon: float) -> Runs:
    return read_runs(context, flow, mark, Grid(horizon / PROOF_CELLS, PROOF_CELLS, 2), "rough")


def _deciding(context: Context, runs: Runs) -> float:
    """Where the grid of runs may end: not before a limit of time that decides how many of them end well."""
    limits, open_still = _rung(time_grid(context).horizon), _open(runs)
    if runs.grid.horizon >= limits or open_still <= NEGLIGIBLE:
        return runs.grid.horizon
    told = _open(_roughly(context, runs.flow, runs.mark, limits)) < open_still / 2
    return limits if told else runs.grid.horizon


def _open(runs: Runs) -> float:
    """How wide the range is of the share that ends well."""
    low, high, _ = runs.success
    return high - low


def _holding(context: Context, flow: str, mark: str | None, share: float) -> float:
    """Where a grid may end that holds this share of the runs; where more of the slow end doesn't come however long it
    is, this share of what does come."""
    horizon, before = _rung(max(time_grid(context).horizon, 1.0)), math.nan
    comes: float | None = None
    for _ in range(60):
        runs = read_runs(context, flow, mark, Grid(horizon / SEARCH_CELLS, SEARCH_CELLS, 2), "rough")
        if runs.well.mass[FAST] <= SLACK:
            return horizon
        high, within = _reach(runs, share), float(runs.well.cdf[SLOW, -1])
        if math.isinf(high) and 2.0 * within > runs.well.mass[SLOW] and within - before <= SLACK:
            comes = within if comes is None else comes
        before = within
        if comes is not None:
            high = max(_time_of(runs, SLOW, share * comes), _reach(runs, share, FAST))
        if math.isinf(high) and horizon < LONGEST:
            horizon *= 8
        elif high < horizon / 8 and horizon > 1e-9:
            horizon = _rung(max(3 * high, horizon / SEARCH_CELLS))
        else:
            return min(_rung(1.05 * high), horizon) if math.isfinite(high) and high > 0 else horizon
    return horizon


def _open_beyond(runs: Runs, share: float) -> bool:
    """Whether the share that ends well is a range, and runs that may end well come past the grid."""
    return _open(runs) > NEGLIGIBLE and not math.isfinite(statistic(runs, share)[1])


def _rung(horizon: float) -> float:
    """The next power of the fourth root of two: models that are much alike share their grids, and what is on them."""
    return 2.0 ** (math.ceil(4 * math.log2(horizon) - 1e-9) / 4)


def _reach(runs: Runs, share: float, end: int = SLOW) -> float:
    """When this share of the slow end's runs has ended well (of the fast end's where no time bounds the slow ones)."""
    slow = math.isfinite(runs.well.moment[SLOW]) and runs.well.mass[SLOW] > SLACK
    row = end if slow else FAST
    return _time_of(runs, row, share * float(runs.well.mass[row]))


def _time_of(runs: Runs, row: int, level: float) -> float:
    """When so many runs have ended well, at one end."""
    place = int(runs.well.cdf[row].searchsorted(level - SLACK))
    return math.inf if place >= runs.grid.cells else place * runs.grid.step


def statistic(runs: Runs, share: float | None, needed: float = 0.0) -> Ends:
    """(low, high, nominal) of the mean (share None) or a percentile of runs that end well.

    With `needed`, only systems with at least this success count (for the low end).
    """
    least, most, nominal = runs.success
    if most <= 0:
        return 0.0, math.inf, math.nan
    if share is None:
        moment = runs.well.moment
        low = float(moment[FAST]) / most
        high = float(moment[SLOW]) / least if least > 0 else math.inf
        return low, high, float(moment[NOMINAL]) / nominal if runs.grid.rows > 2 and nominal > 0 else math.nan
    low, high, middle = quantile(runs.grid, runs.well, share)
    if needed > least:
        cdf = runs.well.cdf[FAST]
        level = share * needed - SLACK
        place = int(cdf.searchsorted(level))
        low = runs.grid.horizon if place >= runs.grid.cells else place * runs.grid.step
    return low, high, middle


def saturated(context: Context, runs: Runs) -> tuple[str, ...]:
    """Stations on the way to the flow's end or mark that have no steady state even at the lowest load."""
    stations, _ = stations_until(context, context.model.flows[runs.flow].steps, runs.mark)
    return tuple(s for s in sorted(stations) if runs.queues.waiting(s).saturated)


def parsed(measure: str) -> ParsedMeasure:
    """A measure taken apart; raises ValueError with what is wrong with it."""
    found = parse_measure(measure)
    if isinstance(found, str):
        raise ValueError(found)
    return found


def success_asked(context: Context, flow: str, mark: str | None, unless_stated: float = 0.99) -> float:
    """The success that goes with a latency need: a stated need on the same runs, else 99 %."""
    name = f"success/{flow}" + (f"@{mark}" if mark else "")
    stated = [
        n.at_least.mean for n in context.model.needs.values() if n.measure == name and n.at_least is not None
    ]
    return max(stated, default=unless_stated)


def target_of(context: Context, measure: str) -> float | None:
    """The tightest target that a need states for a measure."""
    stated = [
        n.at_most.mean for n in context.model.needs.values() if n.measure == measure and n.at_most is not None
    ]
    return min(stated, default=None)
