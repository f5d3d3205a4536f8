"""`alerts/NAME/threshold|false-alarms|detection|budget` and `first/MODE`: the figures of the observability plan."""

from __future__ import annotations

import math
from collections.abc import Iterable

from groma.analyses.context import Context
from groma.analyses.observability.plan import plan
from groma.model.figure import Figure


def figure(context: Context, measure: str) -> Figure:
    """One of them. Raises ValueError for one that this model doesn't have, with those it has."""
    found = {each.name: each for each in figures(context)}
    if measure not in found:
        near = sorted(name for name in found if name.split("/")[0] == measure.split("/", maxsplit=1)[0])[:12]
        raise ValueError(
            f"`{measure}` isn't one of this model's figures of watching ({', '.join(near) or 'none'})"
        )
    return found[measure]


def figures(context: Context) -> Iterable[Figure]:
    """All of them, in the order of the plan."""
    return plan(context).figures


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends(-math.inf)
