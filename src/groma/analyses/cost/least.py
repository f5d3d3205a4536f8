"""The least money a run spends on each component while choices are open (see `visits.least`)."""

from __future__ import annotations

from groma.analyses.context import Context
from groma.analyses.cost.use import price_of_use
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.visits.least import Least, LeastVisits
from groma.analyses.visits.use import Use


def least_spend(context: Context, flow: str, *, quick: bool) -> Least:
    """What one run of a flow spends at least on each component, given the choices taken. `quick`: with the chances over
    every way of making every choice, which are worked out once for a model and say less."""
    whole = context.with_partial({}) if quick else context
    outcomes = queues_on(whole, time_grid(whole, rows=2), "bound").outcomes

    def price(use: Use) -> tuple[str, float] | None:
        of_use = price_of_use(context, use)
        return (use.name, of_use.amount.low) if of_use.pieces else None

    return LeastVisits(context, outcomes, ("money", quick), price).flow(flow)
