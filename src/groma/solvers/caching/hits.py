"""Share of hits of a cache whose keys are asked for independently of each other, each with its share.

A key is found in an LRU cache of `holds` places when fewer than `holds` other keys were asked for since it was asked
for last. With requests as a Poisson stream of rate one (which changes no share of hits),

    hits = integral over t of  sum_i p_i^2 exp(-p_i t)  P(fewer than `holds` of the others in t),

and that number is a sum of independent indicators. Che, Tung and Wang ("Hierarchical web caching systems", 2002) take
it for its mean: the key is found within the characteristic time T at which the mean is `holds`. Bounds that hold always
come from Chernoff's bound on the sum: exp(-m) (e m / k)^k bounds both its tails, m being its mean (Hagerup and Rub
1990).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PLACES = 200
"""Points of time between which the chance of being found is bounded by its ends."""
WIDEST = (1e-3, 1e3)
"""How far these points reach, as so many characteristic times."""
SURE = 1e-6
"""A chance beyond which they reach no further: what is left out is counted at its worst."""


@dataclass(frozen=True, slots=True)
class Hits:
    """A share of hits: its approximation within bounds that hold."""

    low: float
    value: float
    high: float


def zipf(keys: int, exponent: float) -> Array:
    """Shares of keys, the n-th in proportion to 1 / n to this power."""
    weights = np.arange(1, keys + 1, dtype=np.float64) ** -exponent
    return weights / weights.sum()


def least_recently_used(shares: Sequence[float] | Array, holds: int) -> Hits:
    """The share of hits of an LRU cache of so many places. ValueError for none or for shares that don't sum to one."""
    p = np.asarray(shares, dtype=np.float64)
    if holds < 1 or not len(p) or p.min() < 0.0 or abs(p.sum() - 1.0) > 1e-6:
        raise ValueError("a cache needs a place, and keys whose shares sum to one")
    return _found(p[p > 0.0], holds)


def characteristic_time(shares: Array, holds: int) -> float:
    """Time (in mean times between requests) in which so many different keys are asked for in the mean: of more keys."""
    low, high = 0.0, float(holds)
    while _different(shares, high) < holds:
        low, high = high, 2.0 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _different(shares, middle) < holds else (low, middle)
    return high


def _different(shares: Array, time: float) -> float:
    """Mean number of different keys asked for in a time."""
    return float(-np.expm1(-shares * time).sum())


def _again(shares: Array, time: float) -> float:
    """Chance that a key is asked for again within a time."""
    return float((shares * -np.expm1(-shares * time)).sum())


def _found(shares: Array, holds: int) -> Hits:
    if holds >= len(shares):
        return Hits(1.0, 1.0, 1.0)
    t = characteristic_time(shares, holds)
    times = np.concatenate(([0.0], np.geomspace(*_span(shares, holds, t), PLACES)))
    again = [_again(shares, time) for time in times]
    means = [_different(shares, time) for time in times]
    low = high = 0.0
    for n in range(len(times) - 1):
        step = again[n + 1] - again[n]
        low += step * _fewer_at_least(means[n + 1], holds)
        high += step * _fewer_at_most(means[n] - 1.0, holds)
    high += (1.0 - again[-1]) * _fewer_at_most(means[-1] - 1.0, holds)
    value = _again(shares, t)
    return Hits(max(min(low, value), 0.0), value, min(max(high, value), 1.0))


def _span(shares: Array, holds: int, t: float) -> tuple[float, float]:
    """Times around t before which a key is surely found, and after which it surely isn't."""
    first = last = t
    while first > WIDEST[0] * t and _fewer_at_least(_different(shares, first), holds) < 1.0 - SURE:
        first /= 1.2
    while last < WIDEST[1] * t and _fewer_at_most(_different(shares, last) - 1.0, holds) > SURE:
        last *= 1.2
    return first, last


def _fewer_at_least(mean: float, holds: int) -> float:
    """P(fewer than `holds` of the others) from below: all keys are at least as many, their mean is `mean`."""
    return 1.0 - _tail(mean, holds) if mean < holds else 0.0


def _fewer_at_most(mean: float, holds: int) -> float:
    """P(at most holds - 1) from above, of a mean of at least `mean`."""
    k = holds - 1
    return _tail(mean, k) if mean > k else 1.0


def _tail(mean: float, k: int) -> float:
    """Chernoff's bound of reaching k, on the far side of the mean (which is above zero)."""
    return math.exp(-mean + (k * (1.0 + math.log(mean / k)) if k > 0 else 0.0))


def time_to_live(shares: Sequence[float] | Array, rate: float, life: float) -> float:
    """The share of hits where everything has room and is put in anew `life` after it was put in; exact.

    Each key is asked for at rate p_i x `rate`: of the requests from one miss to the next, 1 + p_i rate life in
    the mean, all but the first are hits (Jung, Berger and Balakrishnan, INFOCOM 2003).
    """
    p = np.asarray(shares, dtype=np.float64)
    seen = p * rate * life
    return float((p * seen / (1.0 + seen)).sum())


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a cache is asked, per second: at least, nominally, and at most; `poisson`: as a Poisson stream."""

    least: float
    nominal: float
    most: float = math.inf
    poisson: bool = False


def both(shares: Sequence[float] | Array, holds: int, asked: Asked, life: float) -> Hits:
    """An LRU cache that also forgets what is older than `life`, counted from when it was put in.

    A request misses because its key went out of the cache for others, or because it grew old. The first happens to no
    more requests than in the same cache without a limit of age, as a key's place depends on the order of requests only.
    Misses of the second kind of one key are more than `life` apart, whatever the stream of requests: at most
    1 / (rate life) of its requests; in a Poisson stream the next request comes a mean gap after that, so at most
    1 / (1 + rate life). Hits are at least what both leave, key by key. From above: those without a limit of age, and in
    a Poisson stream those with room for all (`time_to_live`): no stay has more than rate x life hits in the mean.

    The nominal value: Che's time T ends a stay when the key isn't asked for within it; hits of a stay are counted up to
    `life`. With room for all and a Poisson stream it is exact.
    """
    p = np.asarray(shares, dtype=np.float64)
    upper = least_recently_used(p, holds).high
    if asked.poisson and math.isfinite(asked.most):
        upper = min(upper, time_to_live(p, asked.most, life))
    old = p * asked.least * life
    with np.errstate(divide="ignore"):
        aged = 1.0 / (1.0 + old) if asked.poisson else 1.0 / old
    low = float((p * np.maximum(_found_at_least(p, holds) - aged, 0.0)).sum())
    if asked.nominal <= 0.0:
        value = 0.0
    elif holds >= len(p):
        value = time_to_live(p, asked.nominal, life)
    else:
        value = _stays(p, holds, asked.nominal, life)
    low = min(low, upper)
    return Hits(low, min(max(value, low), upper), upper)


def _found_at_least(p: Array, holds: int) -> Array:
    """Per key, the least chance of being found in an LRU cache without a limit of age."""
    if holds >= np.count_nonzero(p):
        return np.ones(len(p))
    times = np.geomspace(*_span(p, holds, characteristic_time(p, holds)), PLACES)
    found = np.zeros(len(p))
    before = np.ones(len(p))
    for time in times:
        after = np.exp(-p * time)
        found += (before - after) * _fewer_at_least(_different(p, time), holds)
        before = after
    return found


def _stays(p: Array, holds: int, rate: float, life: float) -> float:
    """Hits with a time T such that the keys held are as many as there is room for."""
    p = p[p > 0.0]
    demands = p * rate
    low, high = 0.0, life  # the end stays where there is room for all
    for _ in range(60):
        middle = (low + high) / 2
        inside = float(_kept(demands, middle, life)[1].sum())
        low, high = (middle, high) if inside < holds else (low, middle)
    found = _kept(demands, high, life)[0]
    return float((p * found).sum())


def _kept(demands: Array, t: float, life: float) -> tuple[Array, Array]:
    """(share of hits, share of time in the cache) of keys asked for at these rates.

    From when it is put in, a key is asked for within t again and again with chance q = 1 - exp(-rate t), for at most
    `life`; hits before it goes are taken as if each further one came after the mean gap of those within t.
    """
    q = -np.expm1(-demands * t)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # q may be one
        gap = np.clip(1.0 / demands - t * (1.0 - q) / q, 1e-300, None)
        limited = q / (1.0 - q) * -np.expm1(life / gap * np.log(q))
        hits = np.minimum(np.where(q < 1.0, limited, np.inf), demands * life)
        stay = np.minimum(hits * gap + np.minimum(t, life), life)
        share = hits / (1.0 + hits)
        held = stay / (stay + 1.0 / demands)
    return share, held
