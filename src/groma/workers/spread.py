"""One door to the ways of running many items: in this process, in a pool of processes, on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from groma.workers.cluster import on_cluster
from groma.workers.journal import Journal
from groma.workers.outcome import Numbered, Outcome, Told, read, told
from groma.workers.pool import in_pool

Hears = Callable[[str, int, int | None], None]
"""Told of the work, how many items are finished, and of how many: `Progress.step`."""


def spread(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    jobs: int = 1,
    cluster: str | None = None,
    journal: Journal | None = None,
    names: Sequence[str] = (),
    hears: Hears | None = None,
    work: str = "points",
) -> list[Outcome]:
    """What `function` gives for each item, in the order of the items, the same wherever it ran.

    `function` depends on its item alone and gives what JSON can say; beside jobs=1 it and the items must be picklable,
    and importable where they run. `cluster` is the address of a Dask scheduler, or `local`. With a journal, `names`
    say what each item is by its content; what is finished there isn't worked out again.

    Raises ClusterError; an exception of `function` is a `Failed` of its item. KeyboardInterrupt ends the processes and
    leaves what is finished in the journal.
    """
    if journal is not None and len(names) != len(items):
        raise ValueError(f"a journal needs a name for each of the {len(items)} items, found {len(names)}")
    texts: list[str | None] = [None if journal is None else journal.get(name) for name in names]
    texts += [None] * (len(items) - len(texts))
    todo = [(place, items[place]) for place, text in enumerate(texts) if text is None]
    finished = len(items) - len(todo)
    if hears is not None:
        hears(work, finished, len(items))
    for batch in _run(function, todo, jobs, cluster):
        for place, text in batch:
            texts[place] = text
        if journal is not None:
            journal.append((names[place], text) for place, text in batch)
        finished += len(batch)
        if hears is not None:
            hears(work, finished, len(items))
    return [read(text) for text in texts if text is not None]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(
    function: Callable[[Any], Any], todo: list[Numbered], jobs: int, cluster: str | None
) -> Iterator[list[Told]]:
    if not todo:
        return iter(())
    if cluster is not None:
        return on_cluster(function, todo, cluster, jobs)
    if jobs > 1 and len(todo) > 1:
        return in_pool(function, todo, jobs)
    return ([(place, told(function, item))] for place, item in todo)
