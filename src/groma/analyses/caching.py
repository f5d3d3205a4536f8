"""The share of hits of a step's cache, stated or worked out from its keys.

A keyed cache is one whose share of hits isn't known better than to a range: guaranteed for independent references
when what is fetched comes at once and well, with Che's approximation as its nominal value. Where keys also grow old
the share depends on how often the cache is asked: at least once in each run that surely comes to it. Its nominal value
takes one look-up in each run of the flows that the step stands in.
"""

from __future__ import annotations

import math
from functools import lru_cache

from groma.model.elements import Flow, Model
from groma.model.law import Constant
from groma.model.model_programs import programs
from groma.model.program import Cache, Do, Mark, Step, Wait, walk
from groma.model.quantity import Quantity, Unknown
from groma.model.units import parse_unit

Ways = tuple[float, float, float, bool]
"""Look-ups a second: at least, nominally, at most; and whether they come as a Poisson stream."""


def hits_of(model: Model, step: Step) -> Quantity | Unknown | None:
    """The share of hits of the cache around a step; None without one."""
    cache = step.policies.cache
    if cache is None or not cache.keyed:
        return None if cache is None else cache.hits
    life = None if cache.lives is None else cache.lives
    asked = None if life is None else _asked(model, step)
    if (
        asked is not None
        and asked[1] <= 0.0
        and any(flow.starts is not None and flow.starts.closed for flow in _standing(model, step))
    ):
        return Unknown(step.at, "unknown")
    low, value, high = _hits(
        cache.keys or 1,
        cache.holds or 1,
        cache.popularity or 0.0,
        None if life is None else (life.low, life.mean, life.high),
        asked,
    )
    return Quantity(
        law=Constant(value), unit=parse_unit("%"), at=step.at, text=content(cache), known=(low, high)
    )  # fmt: skip


def content(cache: Cache) -> str:
    """What a keyed cache keeps, in words."""
    lives = "" if cache.lives is None else f", for {cache.lives.text}"
    return f"{cache.holds} of {cache.keys} keys kept{lives}, popularity {cache.popularity:g}"


def _standing(model: Model, step: Step) -> list[Flow]:
    """The flows that start, and that a step stands in."""
    return [
        flow
        for flow in model.flows.values()
        if flow.starts is not None and any(other.path == step.path for other in walk(flow.steps))
    ]


def _asked(model: Model, step: Step) -> Ways:
    """Look-ups a second in the busiest hour: at least, nominally, at most, and whether they are a Poisson stream.

    Nominally one in each run of the flows that the step stands in; at least that where each run surely comes to it, as
    nothing but marks and waits is before it. At most and Poisson only if it is looked up nowhere else.
    """
    flows = _standing(model, step)
    peaks = [(f, f.starts.at_peak) for f in flows if f.starts is not None]
    stated = [(f, peak) for f, peak in peaks if isinstance(peak, Quantity)]
    sure = [(f, peak) for f, peak in stated if _surely(f, step)]
    least = sum(peak.low for _, peak in sure)
    nominal = sum(peak.mean for _, peak in stated)
    alone = len(flows) == len(sure) == 1 and not _run_elsewhere(model, flows[0])
    if not alone:
        return least, nominal, math.inf, False
    from groma.solvers.distributions.law_functions import is_exponential

    starts = flows[0].starts
    assert starts is not None
    plain = starts.bursts is None and starts.replays is None
    poisson = plain and (starts.arrivals is None or is_exponential(starts.arrivals.law))
    return least, nominal, sum(peak.high for _, peak in sure), poisson


def _surely(flow: Flow, step: Step) -> bool:
    """Whether each run comes to a step, once."""
    for each in flow.steps:
        if each.path == step.path:
            return True
        if not (each.policies.none and isinstance(each.action, Mark | Wait)):
            return False
    return False


def _run_elsewhere(model: Model, flow: Flow) -> bool:
    """Whether others run a flow in place."""
    return any(step.action == Do(flow.name) for _, steps in programs(model) for step in walk(steps))


@lru_cache(maxsize=1024)
def _hits(
    keys: int, holds: int, popularity: float, life: tuple[float, float, float] | None, asked: Ways | None
) -> tuple[float, float, float]:
    from groma.solvers.caching import Asked, both, least_recently_used, zipf

    shares = zipf(keys, popularity)
    if life is None or asked is None:
        found = least_recently_used(shares, holds)
        return found.low, found.value, found.high
    found = both(shares, holds, Asked(*asked), life[1])
    if life[0] == life[2]:
        return found.low, found.value, found.high
    return (
        both(shares, holds, Asked(*asked), life[0]).low,
        found.value,
        both(shares, holds, Asked(*asked), life[2]).high,
    )
