"""What became of an item, as a value and as one line of JSON: the form in which it travels and is kept.

Every value goes through JSON, wherever it was worked out, so that work that goes on from a journal gives what work
in one go gives. Python writes a float with as many digits as it takes to read the same float back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pickle import loads
from typing import Any

Numbered = tuple[int, Any]
"""An item with its place among all items."""
Told = tuple[int, str]
"""What became of the item at a place, as JSON."""


@dataclass(frozen=True, slots=True)
class Done:
    """The function's value, as JSON gives it back (tuples are lists)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no value: the name of the exception and what it said; `WorkerLost` if the process ended on it."""

    kind: str
    message: str


Outcome = Done | Failed
LOST = json.dumps({"failed": ["WorkerLost", "the process that worked on it ended each time"]})


def told(function: Callable[[Any], Any], item: Any) -> str:
    """The outcome of one item as JSON; an exception is an outcome too."""
    try:
        return json.dumps({"done": function(item)}, ensure_ascii=False, separators=(",", ":"))
    except Exception as error:
        said = {"failed": [type(error).__name__, " ".join(str(error).split())]}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Outcome:
    """The outcome that `told` wrote."""
    data = json.loads(text)
    return Done(data["done"]) if "done" in data else Failed(*data["failed"])


def run_batch(pickled: bytes, batch: Sequence[Numbered]) -> list[Told]:
    """The outcomes of some items: what a worker process runs. The function is unpickled once a process."""
    function = _unpickled(pickled)
    return [(place, told(function, item)) for place, item in batch]


def batches(items: Sequence[Numbered], size: int) -> list[list[Numbered]]:
    """The items in their order, at most `size` together."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


@lru_cache(maxsize=2)
def _unpickled(pickled: bytes) -> Callable[[Any], Any]:
    return loads(pickled)  # bytes of our own parent process, or of the scheduler that was joined
