"""The share of hits of a step's cache, stated or worked out from its keys.

A keyed cache is one whose share of hits isn't known better than to a range: guaranteed for independent references
when what is fetched comes at once and well, with Che's approximation as its nominal value. Where keys also grow old
the share depends on how often the cache is asked, so that its range begins at nothing; its nominal value takes one
look-up in each run of the flows that the step stands in.
"""

from __future__ import annotations

from functools import lru_cache

from groma.model.elements import Model
from groma.model.law import Constant
from groma.model.program import Cache, Step, walk
from groma.model.quantity import Quantity, Unknown
from groma.model.units import parse_unit


def hits_of(model: Model, step: Step) -> Quantity | Unknown | None:
    """The share of hits of the cache around a step; None without one."""
    cache = step.policies.cache
    if cache is None or not cache.keyed:
        return None if cache is None else cache.hits
    life = None if cache.lives is None else cache.lives.mean
    rate = 0.0 if life is None else _rate(model, step)
    low, value, high = _hits(cache.keys or 1, cache.holds or 1, cache.popularity or 0.0, life, rate)
    return Quantity(
        law=Constant(value), unit=parse_unit("%"), at=step.at, text=content(cache), known=(low, high)
    )  # fmt: skip


def content(cache: Cache) -> str:
    """What a keyed cache keeps, in words."""
    lives = "" if cache.lives is None else f", for {cache.lives.text}"
    return f"{cache.holds} of {cache.keys} keys kept{lives}, popularity {cache.popularity:g}"


def _rate(model: Model, step: Step) -> float:
    """Starts a second, in the busiest hour, of the flows that a step stands in."""
    total = 0.0
    for flow in model.flows.values():
        peak = None if flow.starts is None else flow.starts.at_peak
        if isinstance(peak, Quantity) and any(other.path == step.path for other in walk(flow.steps)):
            total += peak.mean
    return total


@lru_cache(maxsize=1024)
def _hits(
    keys: int, holds: int, popularity: float, life: float | None, rate: float
) -> tuple[float, float, float]:
    from groma.solvers.caching import both, least_recently_used, zipf

    shares = zipf(keys, popularity)
    found = least_recently_used(shares, holds) if life is None else both(shares, holds, rate, life)
    return found.low, found.value, found.high
