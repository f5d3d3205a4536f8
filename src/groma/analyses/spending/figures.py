"""Figures of what runs spend: percentiles of money, mean and percentiles of calls, over all runs however they end.

A percentile lies between the first amounts at which the upper and the lower distribution function reach it (as in
`latency`), and never above what a run can spend at most (`bound`). Means are those of `visits`: sums over uses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.bound import bound_of
from groma.analyses.context import Context
from groma.analyses.cost.lines import spent
from groma.analyses.evidence import Evidence
from groma.analyses.growing import growth_of
from groma.analyses.interval import Interval, total
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.outcome.algebra import Outcome, any_end
from groma.analyses.outcome.law import FAST, SLOW, Defective, Grid, convolved, enveloped, instant, unbounded
from groma.analyses.outcome.read_off import quantile
from groma.analyses.program_inputs import unstated_counts
from groma.analyses.runs import parsed
from groma.analyses.spending.reader import LEAK, Of, Spending
from groma.analyses.visits.counts import uses
from groma.analyses.visits.most import most_rounds
from groma.model.figure import Figure
from groma.model.program import Do, Repeat, Step, inner_steps
from groma.model.quantity import Quantity

METHOD = "bracketed convolution on a lattice"
CELLS, SEARCH_CELLS = 4096, 256
MOST_CALLS = 65_536
NEARLY_ALL = 0.9995
BEYOND = 8.0
"""Times its mean that nearly no run spends: of runs that go on with the same chance at any time, exp(-8)."""
Ends = tuple[float, float | None, float]


def figure(context: Context, measure: str) -> Figure:
    """`cost/FLOW/pNN` in the model's currency, `calls/FLOW/mean|pNN`."""
    asked = parsed(measure)
    of: Of = "calls" if asked.kind == "calls" else "cost"
    flow, share = asked.subject, asked.percentile
    what = "Calls" if of == "calls" else "Cost"
    title = f"{what} of a run of {flow}, {asked.statistic}"
    unit = "1" if of == "calls" else context.model.currency
    evidence = Evidence(context)
    if share is None:
        low, value, high = _mean(context, flow, evidence)
        method, missing = "sum over uses", evidence.missing
    else:
        known = spends(context, flow, of)
        low, value, high = known.percentile(share)
        method, missing = METHOD, tuple(sorted(m for m in known.outcome.missing if not m.endswith(".takes")))
        if math.isfinite(high):  # runs below it end before anything grows
            missing = tuple(each for each in missing if ".context.grows." not in each)
        _explain(evidence, context, known)
    reason = ""
    if missing and share is None:
        reason = "a share, count or time that decides how often calls are made isn't known"
    elif missing:
        reason, value = "at least: a price, a share or a size isn't known", None
    elif math.isinf(high):
        reason = "nothing bounds what so few runs spend: a loop or a growth without a stated end"
    shown = low > 0 or math.isfinite(high)
    ended = math.isfinite(high) and (share is None or not missing)
    if value is None and not missing:  # the ends hold whatever it is
        missing = unstated_counts(context, flow)
        reason = "a share, count or time that decides what runs spend isn't known" if missing else reason
    return Figure(
        measure, title, unit, value=value, low=low if shown else None,
        high=high if ended else None, method=method, inputs=evidence.inputs,
        derivation=tuple(evidence.lines), valid=evidence.valid, missing=missing, reason=reason,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """The least and the most, over whatever is still open."""
    asked = parsed(measure)
    if asked.percentile is None:
        low, _, high = _mean(context, asked.subject, Evidence(context))
        return low, high
    low, _, high = spends(context, asked.subject, "calls" if asked.kind == "calls" else "cost").percentile(
        asked.percentile
    )
    return low, high


@dataclass(frozen=True, slots=True)
class Spends:
    """What runs of a flow spend, on the lattice that fits it: at most `most`, and in all but a share `leak` of them
    within the ends of `law`."""

    flow: str
    of: Of
    grid: Grid
    outcome: Outcome
    law: Defective
    most: float
    leak: float

    def percentile(self, share: float) -> Ends:
        """(low, nominal, high) of the amount that this share of all runs doesn't exceed."""
        high = min(quantile(self.grid, self.law, share + self.leak)[1], self.most)
        low = min(quantile(self.grid, self.law, share - self.leak)[0], high)
        nominal = quantile(self.grid, self.law, share)[2]
        return low, min(nominal, high) if math.isfinite(nominal) else None, high

    @property
    def mean(self) -> Interval:
        """The first moment of the law: a check on the sum over uses."""
        low, high, nominal = (float(each) for each in self.law.moment)
        return Interval(low, nominal if math.isfinite(nominal) else None, high)


def spends(context: Context, flow: str, of: Of) -> Spends:
    """What the runs of a flow spend; remembered for the choices taken."""
    key = ("spends", flow, of, context.narrowed(context.left))
    known: Spends | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _spends(context, flow, of)
    return known


def _spends(context: Context, flow: str, of: Of) -> Spends:
    most = float(getattr(bound_of(context, flow), of))
    often = [use for use in uses(context, flow) if _varies(use.step)]
    leak = LEAK * total(use.weight for use in often).high if of == "cost" else 0.0
    grid = _counting(most) if of == "calls" else _fitted(context, flow, most)
    outcome, law = _read(context, flow, of, grid)
    if of == "calls":
        while math.isinf(most) and grid.cells < MOST_CALLS and float(law.cdf[SLOW, -1]) < NEARLY_ALL:
            grid = Grid(1.0, grid.cells * 4)
            outcome, law = _read(context, flow, of, grid)
    return Spends(flow, of, grid, outcome, law, most, leak)


def _varies(step: Step) -> bool:
    return any(isinstance(amount, Quantity) and not amount.constant for _, amount in growth_of(step.action))


def _counting(most: float) -> Grid:
    """A lattice of whole calls."""
    cells = 1024 if math.isinf(most) else min(int(most) + 2, MOST_CALLS)
    return Grid(1.0, max(cells, 4))


def _fitted(context: Context, flow: str, most: float) -> Grid:
    """A lattice of money that reaches a little beyond nearly all runs."""
    mean = total(each.run for each in spent(context, flow)).high
    if min(mean, most) == 0.0:
        return Grid(1.0, 4)
    usual = mean if math.isfinite(mean) else 1.0
    horizon = BEYOND * mean if math.isfinite(mean) else most if math.isfinite(most) else 1.0
    for _ in range(40):
        grid = Grid(horizon / SEARCH_CELLS, SEARCH_CELLS, 2)
        law = _read(context, flow, "cost", grid)[1]
        row = SLOW if math.isfinite(float(law.moment[SLOW])) or math.isfinite(most) else FAST
        place = int(law.cdf[row].searchsorted(NEARLY_ALL * float(law.mass[row])))
        if place >= SEARCH_CELLS and horizon < 1e12 * usual:
            if row == SLOW and horizon > 1e6 * usual:
                # Each call is rounded up to a cell, however wide these are.
                return _reaching(CELLS * _usual_price(context, flow), most)
            horizon *= 4
        elif 0 < place < SEARCH_CELLS / 6:
            horizon = 3 * place * grid.step
        elif place == 0 and row == FAST:
            horizon /= 16
        elif place == 0:  # nearly all runs spend nothing: the mean is that of few
            return _reaching(horizon / max(float(law.mass[SLOW] - law.cdf[SLOW, 0]), 1e-12), most)
        else:
            return _reaching(1.05 * (place + 1) * grid.step, most)
    return _reaching(horizon, most)


def _reaching(horizon: float, most: float) -> Grid:
    """A lattice up to there, and not much beyond the most that a run spends."""
    return Grid(min(horizon, most * (1 + 40 / CELLS)) / CELLS, CELLS)


def _usual_price(context: Context, flow: str) -> float:
    """The price of a use that is nearest to what uses cost in the mean, of those whose multiples reach far beyond what
    a run spends in the mean (else the dearest): on a lattice of its multiples at least those aren't rounded."""
    ends = ((each.use.weight.high, each.price.amount.high) for each in spent(context, flow))
    paid = [(often, price) for often, price in ends if often > 0 and price > 0]
    whole = math.fsum(often * price for often, price in paid)
    mean = whole / math.fsum(often for often, _ in paid)
    reaching = [price for _, price in paid if CELLS * price >= BEYOND * whole]
    return min(reaching, key=lambda price: abs(price - mean), default=max(price for _, price in paid))


def _read(context: Context, flow: str, of: Of, grid: Grid) -> tuple[Outcome, Defective]:
    times = queues_on(context, time_grid(context)).outcomes
    reader = Spending.beside(times, grid, of)
    outcome = reader.flow(flow)
    law = any_end(grid, outcome)
    there = context.model.flows[flow]
    undone = tuple(_undoing(context, there.steps, there.by, 1.0))
    if not undone:
        return outcome, law
    more = instant(grid)
    for steps, caller, times in undone:
        more = convolved(grid, more, _often(grid, any_end(grid, reader.sequence(steps, caller)), times))
    return outcome, enveloped(grid, [law, convolved(grid, law, more)])


def _often(grid: Grid, law: Defective, times: float) -> Defective:
    """So many of them, one after the other, by squaring."""
    if math.isinf(times):
        return unbounded(grid)
    left, whole = int(times), instant(grid)
    while left:
        whole = convolved(grid, whole, law) if left % 2 else whole
        law, left = convolved(grid, law, law), left // 2
    return whole


def _undoing(
    context: Context, steps: tuple[Step, ...], caller: str | None, times: float
) -> Iterator[tuple[tuple[Step, ...], str | None, float]]:
    """Compensations that a failed run may run, with who calls and how often at most: once for each time that their
    step may have ended well, in every round of the loops and every attempt of the retries around it."""
    for step in steps:
        policies, again = step.policies, times
        if policies.compensate:
            yield policies.compensate, caller, times
        if policies.retry is not None:
            again *= policies.retry.times + 1
        if policies.hedge is not None:
            again *= policies.hedge.at_most + 1
        if isinstance(step.action, Do):
            there = context.model.flows[step.action.flow]
            yield from _undoing(context, there.steps, there.by or caller, again)
        if isinstance(step.action, Repeat):
            again *= most_rounds(step.action)
        for where, inner in inner_steps(step):
            outside = where in ("fallback", "compensate")
            yield from _undoing(context, inner, caller, times if outside else again)


def _mean(context: Context, flow: str, evidence: Evidence) -> Ends:
    calls = [use for use in uses(context, flow) if use.kind in ("call", "send")]
    for use in calls:
        weight = use.weight.value
        evidence.line(f"{use.name}.{use.operation}", "unknown" if weight is None else f"{weight:.6g} a run")
    whole = total(use.weight for use in calls)
    if whole.value is None:
        for path in unstated_counts(context, flow):
            evidence.miss(path)
    sure = total(use.weight for use in calls if not use.when)
    return sure.low, whole.value, whole.high


def _explain(evidence: Evidence, context: Context, known: Spends) -> None:
    for note in sorted(known.outcome.notes):
        evidence.assume(note)
    if known.of == "cost":
        for each in spent(context, known.flow):
            for piece in each.price.pieces:
                piece.term.entered(evidence)
                for path, quantity in piece.quantities:
                    evidence.note(path, quantity)
    evidence.assume("sizes and work are drawn anew at each call, choices at each run")
    evidence.assume("work after its caller gave up is counted; what stands is not part of a run")
    least, high = float(known.law.mass[SLOW]), known.most
    evidence.line(
        "runs counted", "all, however they end" if least >= 1 - 1e-9 else f"at least {least:.6g} of all"
    )
    evidence.line("the most a run can take", f"{high:.6g}" if math.isfinite(high) else "no bound")
