"""Tables of the ziggurat for the exponential law: 256 layers of equal area (Marsaglia and Tsang 2000)."""

from __future__ import annotations

import math
from array import array
from functools import cache

_R = 7.69711747013104972
_AREA = 0.0039496598225815571993


@cache
def tables() -> tuple[array[float], array[float], array[float]]:
    """(width / 2^53, where the next layer begins, density) of each layer; the last `begin` is that of the tail."""
    x = [_AREA / math.exp(-_R), _R]
    for _ in range(2, 256):
        x.append(-math.log(_AREA / x[-1] + math.exp(-x[-1])))
    x.append(0.0)
    width = array("d", [value * 2.0**-53 for value in x])
    begin = array("d", [*x[1:], _R])
    density = array("d", [0.0, *(math.exp(-value) for value in x[1:])])
    return width, begin, density
