"""Parts of small layered networks that are written out by hand."""

from __future__ import annotations

from typing import Any

from groma.solvers.queueing import (
    Call,
    Entry,
    LayeredNetwork,
    LayeredResult,
    Processor,
    Task,
    solve_layered,
)

DELAY = Processor("users", None)
"""Where customers think: as many at once as there are."""


def users(
    count: int | None,
    think: float,
    *calls: Call,
    demand: float = 0.0,
    name: str = "users",
    choice: bool = False,
) -> Task:
    """So many customers who think, then call."""
    entry = Entry(f"{name}.run", demand, calls, choice=choice)
    return Task(name, "users", (entry,), count, True, think)


def solved(network: LayeredNetwork, method: Any = "approximate") -> LayeredResult:
    """What is found of it."""
    found = solve_layered(network, method)
    assert isinstance(found, LayeredResult), found
    return found
