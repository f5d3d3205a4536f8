"""What more load does to the bill and to each part, from figures that a ledger holds already.

The part of a bill that runs cause grows with the load, what stands doesn't: with F spent by flows in a month and a load
that grows by g a year, the bill after t years is C + F ((1 + g)^t - 1). By the utilisation law (Denning and Buzen 1978)
the utilisation of a station is in proportion to the load, so that one that is busy U of the time saturates at 1 / U
times the load, whatever the mix, as long as all flows grow alike.
"""

from __future__ import annotations

import math

from groma.analyses.interval import mean_of
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger, Line
from groma.model.quantity import Quantity


def bill_after(model: Model, ledger: Ledger, years: int) -> Figure | None:
    """The bill of a month after so many years of growth (`grown/YEARS`), in the unit of `cost/month`.

    None where growth isn't stated, the bill isn't known on both sides, or none of it is caused by runs.
    """
    month = ledger.figures.get("cost/month")
    flows = [
        f for f in ledger if f.name.startswith("cost/flow/") and f.low is not None and f.high is not None
    ]
    spent = [f for f in flows if (f.high or 0.0) > 0.0]
    if (
        month is None
        or month.low is None
        or month.high is None
        or not isinstance(model.growth, Quantity)
        or not spent
    ):
        return None
    growth = mean_of(model.growth)
    least, most = ((1.0 + end) ** years - 1.0 for end in (growth.low, growth.high))
    low = month.low + math.fsum(f.low or 0.0 for f in spent) * least
    high = month.high + math.fsum(f.high or 0.0 for f in spent) * most
    value = None
    if month.value is not None and growth.value is not None and all(f.value is not None for f in spent):
        value = month.value + math.fsum(f.value or 0.0 for f in spent) * ((1.0 + growth.value) ** years - 1.0)
    names = ("cost/month", *(f.name for f in spent))
    return Figure(
        f"grown/{years}",
        f"Bill of a month after {years} year{'s' if years > 1 else ''} of growth",
        month.unit,
        value=value,
        low=low,
        high=high,
        method="what runs cause grows with the load",
        inputs=names,
        derivation=(Line("bill and what flows spend of it", model.growth.text, names),),
        valid=("prices stay; nothing that stands has to be bought anew",),
    )


def saturating_load(model: Model, ledger: Ledger, component: str) -> Figure | None:
    """At how many times the load of the busiest hour a part saturates (`saturates/COMPONENT`, a multiple).

    None where its utilisation isn't known or nothing, and where a flow has a fixed number of customers: its rate
    follows from how it is served, so utilisation isn't in proportion to anything.
    """
    busy = ledger.figures.get(f"utilisation/{component}")
    if busy is None or not busy.high:
        return None
    if any(flow.starts is not None and flow.starts.closed for flow in model.flows.values()):
        return None
    return Figure(
        f"saturates/{component}",
        f"Times the load of the busiest hour at which {component} saturates",
        "x",
        value=1.0 / busy.value if busy.value else None,
        low=1.0 / busy.high,
        high=1.0 / busy.low if busy.low else None,
        method="utilisation law",
        inputs=(busy.name,),
        derivation=(Line("one divided by its utilisation", "", (busy.name,)),),
        valid=("all flows grow alike",),
    )
