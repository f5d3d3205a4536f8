"""How much of a change of a sum of products each factor made: additive logarithmic mean Divisia index (LMDI-I).

Of C = sum over i of x1_i * x2_i * ... the change between two periods is split exactly: the effect of factor k is the
sum over i of L(C_i', C_i) ln(x_k,i' / x_k,i) with the logarithmic mean L; nothing is left over. Where a product is
nothing in one period, the limit is taken: the factor that is nothing there carries all of it, several share it alike.

Source: Ang, B. W., "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33 (2005) 867-871;
zeros after Ang and Liu, "Handling zero values in the logarithmic mean Divisia index decomposition approach", Energy
Policy 35 (2007) 238-246.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def log_mean(one: float, other: float) -> float:
    """The logarithmic mean of two positive numbers; 0 where one of them is 0."""
    if one <= 0 or other <= 0:
        return 0.0
    ratio = other / one
    if abs(ratio - 1) < 1e-6:
        return (one + other) / 2
    return (other - one) / math.log(ratio)


def effects(before: Sequence[Sequence[float]], after: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The effect of each factor. `before` and `after` hold a row of factors (none below 0) for each i, in one order.

    Raises ValueError for rows of different length, or a factor below 0 or not finite.
    """
    if len(before) != len(after) or not before:
        raise ValueError("expected as many rows before as after, and at least one")
    count = len(before[0])
    found = [0.0] * count
    for old, new in zip(before, after, strict=True):
        if (
            len(old) != count
            or len(new) != count
            or not all(math.isfinite(x) and x >= 0 for x in (*old, *new))
        ):
            raise ValueError(f"expected {count} finite factors of at least 0 in each row")
        whole_old, whole_new = math.prod(old), math.prod(new)
        if whole_old > 0 and whole_new > 0:
            mean = log_mean(whole_old, whole_new)
            for k in range(count):
                found[k] += mean * math.log(new[k] / old[k])
            continue
        gone = [k for k in range(count) if (old[k] == 0) != (new[k] == 0)]
        for k in gone:
            found[k] += (whole_new - whole_old) / len(gone)
    return tuple(found)
