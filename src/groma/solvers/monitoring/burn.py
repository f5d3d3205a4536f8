"""Burn rates of error budgets: how fast a budget goes, in multiples of what would use it up just at the period's end.

After B. Beyer and others, "The Site Reliability Workbook" (O'Reilly 2018), chapter 5 (sre.google/workbook): an alert at
burn rate b over a window w fires when b * w / T of the budget of period T went within the window.
"""

from __future__ import annotations

import math


def burn_rate(share: float, window: float, period: float) -> float:
    """The burn rate at which `share` of the budget of `period` goes within `window` (both in the same unit)."""
    _positive(share=share, window=window, period=period)
    return share * period / window


def budget_spent(rate: float, window: float, period: float) -> float:
    """The share of the budget that went within `window` at this burn rate."""
    _positive(rate=rate, window=window, period=period)
    return rate * window / period


def time_to_detect(error_share: float, threshold: float, window: float) -> float:
    """How long errors of this share have to last, after none, until their share over `window` reaches `threshold`.

    Infinite where they never do. In the mean of many events; with few, see `ratio_detection`.
    """
    _positive(threshold=threshold, window=window)
    return math.inf if error_share < threshold else window * threshold / error_share


def reset_time(error_share: float, threshold: float, short: float) -> float:
    """How long after the errors' end the share over the short window stays at `threshold` or above."""
    _positive(threshold=threshold, short=short)
    return 0.0 if error_share < threshold else short * (1.0 - threshold / error_share)


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (number > 0.0 and math.isfinite(number)):
            raise ValueError(f"{name}: expected a number above zero, found {number}")
