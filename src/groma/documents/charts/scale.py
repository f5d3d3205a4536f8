"""From values to places on a page: linear and logarithmic scales with round ticks.

Ticks are multiples of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990);
logarithmic scales take whole decades, or 1-2-5 steps where there are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from groma.documents.charts.chart import Axis


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] in the axis unit to [start, end] in px, end to end."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value; values outside stand at the nearer end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def scale(
    axis: Axis, values: list[float], start: float, end: float, *, zero: bool = False, most: int = 6
) -> Scale:
    """A scale that holds all finite values and ends at ticks; `zero` starts it at nought unless logarithmic."""
    found = [value for value in values if isfinite(value) and (value > 0 or not axis.log)]
    low, high = (min(found), max(found)) if found else (1.0, 10.0) if axis.log else (0.0, 1.0)
    if axis.log:
        return _log_scale(low, high, start, end)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low - abs(low) * 0.5, high + abs(high) * 0.5) if low else (0.0, 1.0)
    step = _nice((high - low) / most)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(round(nth * step, 12) for nth in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def _log_scale(low: float, high: float, start: float, end: float) -> Scale:
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    last = max(last, first + 1)
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    ticks = [factor * 10.0**power for power in range(first, last) for factor in factors] + [10.0**last]
    below = [tick for tick in ticks if tick <= low * (1 + 1e-9)]
    above = [tick for tick in ticks if tick >= high * (1 - 1e-9)]
    kept = [tick for tick in ticks if below[-1] <= tick <= above[0]]
    if len(kept) < 2:
        kept = [below[-1], below[-1] * 10]
    return Scale(kept[0], kept[-1], start, end, tuple(kept), log=True)


def _nice(step: float) -> float:
    power = 10.0 ** floor(log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def tick_text(value: float, axis: Axis) -> str:
    """A tick as printed: thousands separated, no more decimals than it has; shares as per cent."""
    shown = value * 100 if axis.percent else value
    text = f"{shown:,.10f}".rstrip("0").rstrip(".") if abs(shown) < 1e9 else f"{shown:.3g}"
    return f"{'0' if text == '-0' else text.replace('-', '−')}{' %' if axis.percent else ''}"
