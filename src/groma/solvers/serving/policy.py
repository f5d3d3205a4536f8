"""How an engine schedules: budgets, blocks, what must be free to be admitted; three engines as they come."""

from __future__ import annotations

from dataclasses import dataclass

from groma.solvers.serving.shape import ServingError


@dataclass(frozen=True, slots=True)
class Policy:
    """How an engine schedules. `reserve`: what must be free in the cache to be admitted: the first `chunk`,
    the whole `prompt`, or prompt and output (`all`, nobody is ever thrown out). `mixed`: prompts and decoding
    in one iteration, or prompts first by themselves. `reuse`: blocks of one thrown out are found again if
    nobody took them since (a prefix cache, whose free blocks are taken in the order they were freed, the end
    of a request first). `poll`: steps of decoding between two looks at who came."""

    budget: int = 2048
    sequences: int = 256
    block: int = 16
    reserve: str = "prompt"
    mixed: bool = True
    chunked: bool = True
    reuse: bool = True
    poll: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.sequences <= self.budget <= 131072 or not 1 <= self.block <= 1024:
            raise ServingError(
                "expected 1 <= sequences <= budget <= 131072 tokens, and blocks of 1 to 1024 tokens"
            )
        if not 1 <= self.poll <= 1000:
            raise ServingError(f"poll: expected 1 to 1000 steps, found {self.poll}")
        if self.reserve not in ("chunk", "prompt", "all"):
            raise ServingError(f"reserve: expected chunk, prompt or all, found {self.reserve}")


POLICIES = {
    "vllm": Policy(8192, 1024),
    "sglang": Policy(8192, 1024, mixed=False),
    "trtllm": Policy(8192, 1024, block=32, reserve="all"),
}
"""As the engines schedule when nobody tells them otherwise."""
