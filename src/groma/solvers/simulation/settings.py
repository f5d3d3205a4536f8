"""How one replication runs."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How one replication runs.

    Until a time (seconds) or a number of ended runs; what starts before `warm_up` isn't counted; `buckets` of `width`
    seconds make time series; `trace` lines and `samples` latencies are kept; more than `most_tasks` at once stop it.
    """

    until: float = math.inf
    runs: int | None = None
    warm_up: float = 0.0
    width: float = 0.0
    buckets: int = 0
    trace: int = 0
    samples: int = 0
    most_tasks: int = 1_000_000
