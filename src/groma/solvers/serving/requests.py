"""The requests that come to an instance: when, how long their prompts are, how much is written."""

from __future__ import annotations

from dataclasses import dataclass

from groma.solvers.serving.shape import ServingError

MOST_REQUESTS = 1_000_000
MOST_TOKENS = 200_000_000


@dataclass(frozen=True, slots=True)
class Requests:
    """What comes: seconds of arrival (empty: closed loop, the next comes when one ends), tokens in and out;
    `shared` tokens at the start of every prompt are the same (a system prompt) and are read once where kept."""

    arrivals: tuple[float, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    shared: int = 0

    def __post_init__(self) -> None:
        n = len(self.inputs)
        if (
            len(self.outputs) != n
            or (self.arrivals and len(self.arrivals) != n)
            or not 1 <= n <= MOST_REQUESTS
        ):
            raise ServingError(
                f"expected 1 to {MOST_REQUESTS} requests with as many arrivals, inputs and outputs"
            )
        if min(self.inputs) < 1 or min(self.outputs) < 1 or self.shared < 0:
            raise ServingError("expected at least one token in and one out for every request")
        if sum(self.inputs) + sum(self.outputs) > MOST_TOKENS:
            raise ServingError(f"expected at most {MOST_TOKENS} tokens in all")
        if any(b < a for a, b in zip(self.arrivals, self.arrivals[1:], strict=False)):
            raise ServingError("expected arrivals in their order")
