"""From which share of the time a commitment is cheaper than paying for what is used."""

from __future__ import annotations

import math


def pays_from(committed: float, on_demand: float) -> float:
    """Share of the hours of a month that must be used for `committed` money a month to be no dearer than `on_demand`
    money a month of full use; infinite where the commitment is dearer than full use."""
    if min(committed, on_demand) < 0:
        raise ValueError("expected money of zero or more")
    if committed == 0:
        return 0.0
    share = math.inf if on_demand == 0 else committed / on_demand
    return share if share <= 1.0 else math.inf
