"""What became of requests, in seconds on one clock, and of the engine that served them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from groma.solvers.serving.iteration import Costs


@dataclass(frozen=True, slots=True)
class State:
    """The engine at the end of a second: requests running and waiting, share of the cache, tokens of that second."""

    second: int
    running: int
    waiting: int
    kv_share: float
    read: int
    written: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What became of each request, in seconds on one clock, and of the engine."""

    arrivals: tuple[float, ...]
    scheduled: tuple[float, ...]
    first: tuple[float, ...]
    last: tuple[float, ...]
    outputs: tuple[int, ...]
    preemptions: int
    iterations: int
    busy: float
    states: tuple[State, ...]

    @property
    def ttft(self) -> tuple[float, ...]:
        return tuple(f - a for f, a in zip(self.first, self.arrivals, strict=True))

    @property
    def tpot(self) -> tuple[float, ...]:
        """Seconds between tokens, of the requests that wrote at least two."""
        rows = zip(self.first, self.last, self.outputs, strict=True)
        return tuple((b - a) / (n - 1) for a, b, n in rows if n > 1)

    @property
    def latency(self) -> tuple[float, ...]:
        return tuple(b - a for b, a in zip(self.last, self.arrivals, strict=True))

    @property
    def queueing(self) -> tuple[float, ...]:
        return tuple(b - a for b, a in zip(self.scheduled, self.arrivals, strict=True))

    @property
    def throughput(self) -> float:
        """Tokens written each second from the first arrival to the last token."""
        return sum(self.outputs) / (max(self.last) - min(self.arrivals))


def outside(
    costs: Costs, inputs: Sequence[int], outputs: Sequence[int], first: Sequence[float], last: Sequence[float]
) -> tuple[float, ...]:
    """Seconds that each request spends outside of the engine's steps, before its first token is seen."""
    rows = zip(inputs, outputs, first, last, strict=True)
    return tuple(
        costs.start + costs.start_token * read + costs.lag * (b - a) / max(written - 1, 1)
        for read, written, a, b in rows
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them don't exceed."""
    ordered = sorted(values)
    ranks = [(k + 1) / len(ordered) for k in range(len(ordered))]
    return ordered[bisect_left(ranks, share - 1e-12)]
