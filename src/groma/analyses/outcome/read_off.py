"""Numbers read off a law: percentiles, what comes past the lattice, nominal values as figures carry them."""

from __future__ import annotations

from typing import Any

import numpy as np

from groma.analyses.outcome.law import FAST, INF, NAN, NOMINAL, SLACK, SLOW, Array, Defective, Grid


def tail_of(grid: Grid, law: Defective) -> tuple[float, float]:
    """(upper bound, nominal) of E[(T - horizon)+; end]."""
    cdf = law.cdf
    inside = grid.step * float(np.maximum(law.mass[SLOW] - cdf[FAST], 0.0).sum())
    high = max(float(law.moment[SLOW]) - inside, 0.0)
    if grid.rows == 2:
        return high, NAN
    return high, max(
        float(law.moment[NOMINAL]) - grid.step * float((law.mass[NOMINAL] - cdf[NOMINAL]).sum()), 0.0
    )


def quantile(grid: Grid, law: Defective, share: float) -> tuple[float, float, float]:
    """(low, high, nominal) of the first t with P(T <= t | this end) >= share; inf or NaN where it isn't known."""
    cdf = law.cdf
    low = _first(cdf[FAST], share * float(law.mass[SLOW]) - SLACK)
    surely, late = cdf[SLOW], np.maximum(float(law.mass[FAST]) - np.cumsum(law.late), 0.0)
    high = _first(surely - share * (surely + late), SLACK)  # late / (late + surely) is at most what is left
    nominal: float = NAN
    if grid.rows > NOMINAL and not np.isnan(law.mass[NOMINAL]) and not bool(np.isnan(cdf[NOMINAL]).any()):
        place = _first(cdf[NOMINAL], share * float(law.mass[NOMINAL]) - SLACK)
        nominal = NAN if place is None else place * grid.step
    return (
        grid.horizon if low is None else low * grid.step,
        INF if high is None else high * grid.step,
        nominal,
    )


def _first(cdf: Array, level: float) -> int | None:
    if level <= 0:
        return 0
    place = int(np.searchsorted(cdf, level))
    return place if place < len(cdf) else None


def point(value: Any) -> float | None:
    """A nominal value as figures carry it: None where there is none."""
    return None if value is None or not np.isfinite(value) else float(value)
