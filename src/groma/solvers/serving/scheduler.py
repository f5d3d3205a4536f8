"""Requests run through one instance: as they arrive or in a closed loop; on the clock, or counting iterations."""

from __future__ import annotations

from groma.solvers.serving.engine import Engine, Iteration
from groma.solvers.serving.iteration import Costs
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.shape import ServingError
from groma.solvers.serving.timeline import Timeline

COUNTING = Costs((1.0,), 0.0, 0.0, 0.0)
"""An iteration takes one; nothing passes outside of the engine."""


def simulate(
    requests: Requests, costs: Costs, policy: Policy, capacity: int, concurrency: int | None = None
) -> Timeline:
    """Run the requests through one instance with `capacity` tokens of cache; `concurrency` closes the loop.

    Raises ServingError when a request can never fit, or when neither or both of arrivals and concurrency are given.
    """
    if bool(requests.arrivals) == (concurrency is not None):
        raise ServingError("expected either times of arrival or a number of requests kept in flight")
    if concurrency is not None and concurrency < 1:
        raise ServingError("expected at least one request in flight")
    largest = max(i + o for i, o in zip(requests.inputs, requests.outputs, strict=True))
    block = policy.block
    shared = requests.shared // block * block
    blocks = capacity // block - shared // block
    if -(-largest // block) > blocks:
        raise ServingError(
            f"a request of {largest} tokens never fits a cache of {max(blocks, 0) * block} tokens"
        )
    if len(costs.tokens) <= policy.budget:
        raise ServingError(f"the costs go to {len(costs.tokens) - 1} tokens, the policy to {policy.budget}")
    return Engine(requests, costs, policy, blocks, shared, concurrency).run()


def iterations(
    requests: Requests, policy: Policy, capacity: int, concurrency: int
) -> tuple[Timeline, list[Iteration]]:
    """What each iteration of a closed loop works on, on a clock that counts iterations: which it is doesn't hang on how
    long they take, since a request comes when another ends."""
    engine = Engine(requests, COUNTING, policy, capacity // policy.block, 0, concurrency)
    engine.log = []
    return engine.run(), engine.log
