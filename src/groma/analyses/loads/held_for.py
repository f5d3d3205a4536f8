"""What servers and units are held for: stations to which no more come at a time than there are units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.analyses.context import Context
from groma.analyses.layered.held import held_across_calls
from groma.analyses.outcome.law import NEGLIGIBLE
from groma.analyses.reach import reach_of, servers_at_most
from groma.model.model_programs import programs
from groma.model.program import Hold, walk

special = cast(Any, scipy.special)
LONGER = 3.0
"""Times as long as without any wait that units are taken to be held where it is asked whether there are enough."""


def few(count: int, wanted: float) -> bool:
    """Whether there are so few that calls are held back: one, or fewer than may be wanted at a time (Poisson).

    `wanted`: how many were held at a time on average if nothing were waited for.
    """
    if count == 1 or math.isinf(wanted):
        return True
    return float(special.pdtrc(count - 1, LONGER * wanted)) > NEGLIGIBLE


def held_for(context: Context) -> Mapping[str, frozenset[str]]:
    """By component whose servers or units are held while others are waited for, the stations that these are."""
    known: Mapping[str, frozenset[str]] | None = context.memo.get("held for")
    if known is None:
        parts, found = context.model.components, dict[str, frozenset[str]]()
        inside = [
            (name, o.steps)
            for name in sorted(held_across_calls(context))
            for o in parts[name].offers.values()
        ]
        for _, steps in programs(context.model):
            inside += [
                (s.action.component, s.action.steps) for s in walk(steps) if isinstance(s.action, Hold)
            ]
        for name, steps in inside:
            if name in parts and servers_at_most(parts[name]) is not None:
                found[name] = found.get(name, frozenset()) | reach_of(context, steps).stations
        known = context.memo["held for"] = found
    return known
